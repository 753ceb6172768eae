"""Own arrays as a `Dataset`, and what inputs and targets must be."""

from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.checks import short
from trainfcnn._support.types import Array, Values
from trainfcnn.data.advice import recommended
from trainfcnn.data.cells import missing_texts
from trainfcnn.data.columns import as_plain
from trainfcnn.data.dataset import Dataset, Domain
from trainfcnn.data.splits import TestSize, hold_out, is_pair, test_mask
from trainfcnn.data.targets import check_columns, check_names
from trainfcnn.data.weights import check_weights, weighted

MOST_NUMBERED_CLASSES = 20  # whole numbers of more different values make a regression,
FEWEST_OF_A_CLASS = 5  # and so do those with fewer samples of each, on average,
SURE_CLASSES = {0, 1}, {-1, 1}, {1, 2}  # but for these
MOST_CLASSES = 1000
SAMPLES_A_CLASS = 3  # on average, at least, where labels are strings and more than a few


def from_arrays(
    X: ArrayLike,
    y: ArrayLike,
    *,
    kind: str | None = None,
    name: str = "own data",
    seed: int = 0,
    test_size: TestSize = None,
    weights: ArrayLike | None = None,
    target_names: tuple[str, ...] = (),
) -> Dataset:
    """Return own data as a `Dataset`, a fifth of it held out as test sample.

    Numbers make a regression, unless they are a few whole ones (20 different at most, each of them
    five times or more on average; 0 and 1, -1 and 1, 1 and 2 however few there are); otherwise the
    distinct labels are the classes, two of them a binary task. The split is stratified by class.
    Several columns of numbers are the targets of one regression, and with ``kind='multilabel'``
    columns of 0 and 1 labels, of which any may hold.

    Parameters
    ----------
    X : array-like of shape (n, d) or (n, height, width)
        Finite numbers; of images, grey values.
    y : array-like of shape (n,), (n, 1) or (n, targets)
        Numbers, booleans or strings; of several targets numbers.
    kind : str, optional
        'regression', 'binary', 'multiclass' or 'multilabel', where the rule above would take
        another.
    name : str
        What to call it.
    seed : int
        Of the split.
    test_size : float or (X, y), optional
        The share that is held out, or a test sample; by default a fifth, of fewer than 20 rows
        nothing.
    weights : array-like of shape (n,), optional
        How much each sample counts in the training; a score counts all alike.
    target_names : tuple of str
        What several targets are called; by default 'target 0' and so on.

    Raises
    ------
    ValueError
        For empty, non-numeric or non-finite data, unequal lengths, a single class, or a split that
        leaves nothing on one side.
    """
    x = check_inputs(X)
    labels = check_targets(y, len(x), kind)
    image_shape = _image_shape(X)
    names = check_names(target_names, labels)
    as_values = _looks_continuous(labels) if kind is None else kind == "regression"
    found, classes, targets = classify(labels, "regression" if as_values else kind)
    guess = _guess(labels, classes) if kind is None else ()
    data = Dataset(
        name=name,
        kind=found,
        x=x,
        y=targets,
        x_test=x[:0],
        y_test=targets[:0],
        classes=classes,
        domain=_bounding_box(x),  # of both samples, so that no test point lies outside
        image_shape=image_shape,
        normalize="unit" if image_shape else None,
        target_names=names,
        weights=None if weights is None else check_weights(weights, len(x)),
        notes=(*guess, *_oddities(targets, names)),
    )
    data = weighted(_with_test_sample(data, test_size, seed))
    return replace(data, recommended=recommended(data))


def _with_test_sample(data: Dataset, test_size: Any, seed: int) -> Dataset:
    """Return the data with a test sample: some of their own, or what is given as one."""
    if not is_pair(test_size):
        split = hold_out(data, test_mask(data, test_size, seed))
        none = () if len(split.x_test) else ("nothing held out for the test",)
        return replace(split, notes=(*split.notes, *none))
    try:
        x = check_inputs(test_size[0], data.x.shape[1], data.image_shape)
        y = targets_like(data, test_size[1], len(x))
    except ValueError as error:
        raise ValueError(f"the test sample, test_size=(X, y), does not fit: {error}") from error
    domain = _bounding_box(np.concatenate([data.x, x]))
    return replace(data, x_test=x, y_test=y.astype(data.y.dtype), domain=domain)


def _guess(labels: NDArray[Any], classes: tuple[object, ...]) -> tuple[str, ...]:
    """Return what was guessed of whole numbers, which could be classes or values."""
    if labels.ndim == 2 or labels.dtype.kind not in "fiu" or (labels % 1 != 0).any():
        return ()
    if not classes:
        n = len(np.unique(labels))
        # Where hardly any comes twice nobody would have meant classes.
        few = n <= MOST_NUMBERED_CLASSES or len(labels) >= FEWEST_OF_A_CLASS * n
        return (f"{n} whole numbers taken for values, else say kind='multiclass'",) if few else ()
    names = [f"{name:g}" for name in classes]
    shown = "/".join(names) if len(names) <= 4 else f"{names[0]} to {names[-1]}"
    sure = set(classes) in SURE_CLASSES
    return (f"classes {shown}" + ("" if sure else ", else say kind='regression'"),)


def _oddities(targets: Values, names: tuple[str, ...]) -> tuple[str, ...]:
    if len(targets) < 2:
        return ()
    if targets.min() == targets.max():
        return (f"all targets are {targets.flat[0]:g}: there is nothing to learn",)
    constant = np.flatnonzero(np.ptp(targets, axis=0) == 0) if names else ()
    return tuple(f"{names[place]!r} is always {targets[0, place]:g}" for place in constant)


def _image_shape(X: ArrayLike) -> tuple[int, int] | None:
    _, *sizes = np.shape(X)
    return (sizes[0], sizes[1]) if len(sizes) == 2 else None


def _bounding_box(x: Array) -> Domain:
    low = x.min(0)
    high = x.max(0)
    flat = low == high  # a constant feature still needs some width to be drawn on
    return Domain(tuple((low - 0.5 * flat).tolist()), tuple((high + 0.5 * flat).tolist()))


def check_inputs(
    X: ArrayLike, n_features: int | None = None, image_shape: tuple[int, int] | None = None
) -> Values:
    """Return inputs as rows (n, d), bytes or floats, or say what is wrong with them."""
    x = _as_array(X, "X")
    if not x.ndim:
        raise ValueError(f"X must hold rows of numbers, got {short(X)}: give one row a sample")
    # Pixels stay as small as they are: as float64, bytes would take eight times the memory.
    if x.dtype != np.uint8 and not (x.dtype == np.float32 and x.ndim == 3):
        x = _as_floats(x)
    if x.ndim not in (2, 3) or x.size == 0:
        raise ValueError(
            "X must be of shape (n, d) with at least one row and one column, or (n, height, width) "
            f"for images, got shape {x.shape}: {_advice(x.shape, n_features)}"
        )
    if n_features is not None:
        _check_features(x.shape, n_features, image_shape)
    x = x.reshape(len(x), -1)
    if not np.isfinite(x).all():
        row = int(np.argwhere(~np.isfinite(x))[0, 0])
        raise ValueError(f"X must be finite, got NaN or infinity in row {row}: drop or fill it")
    return np.ascontiguousarray(x)  # torch takes no array that runs backwards


def _as_floats(x: NDArray[Any]) -> Array:
    """Return inputs as floats, or name the first that is no number."""
    try:
        return x.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        for place, value in np.ndenumerate(x):
            if np.isnan(_number(value)) and value == value:
                todo = "clean it, or give a frame of pandas, which may hold labels"
                raise ValueError(
                    f"X must hold numbers, got {short(as_plain(value))} in row {place[0]}: {todo}"
                ) from None
        raise


def _advice(shape: tuple[int, ...], n_features: int | None) -> str:
    """Return what to do with inputs of a shape that cannot be."""
    if len(shape) == 4:  # a channel, in Keras' place or in torch's
        channel = {shape[-1]: "X[..., 0]", shape[1]: "X[:, 0]"}
        return f"try {channel[1]}" if 1 in channel else "average the colours"
    if len(shape) == 1 and n_features in (1, *shape):
        return "try X[:, None]" if n_features == 1 else "try X[None], a row of its own"
    return "give one row a sample"


def _as_array(values: Any, name: str) -> NDArray[Any]:
    """Return what is like an array as one, or say what to do to make it one."""
    if np.ma.is_masked(values):
        row = int(np.argwhere(np.ma.getmaskarray(values))[0, 0])
        raise ValueError(
            f"{name} must hold no masked values, got one in row {row}: drop the row, or fill it "
            f"by {name}.filled(...)"
        )
    if hasattr(values, "toarray"):
        raise ValueError(
            f"{name} must be dense, got a sparse {type(values).__name__}: try {name}.toarray()"
        )
    try:
        array = np.asarray(_as_plain(values))
    except (TypeError, ValueError, RuntimeError) as error:
        told = "numbers in equal rows" if name == "X" else "one target a row"
        raise ValueError(f"{name} must hold {told} ({error}): clean it") from error
    if array.dtype.kind in "mM":  # numpy would take them for numbers, and NaT for -9.2e18
        raise ValueError(
            f"{name} must be numbers{', booleans or strings' * (name == 'y')}, got dates, dtype "
            f"{array.dtype}: make numbers of them, days since the first, say"
        )
    if array.dtype.kind == "c":  # numpy would drop the imaginary parts
        raise ValueError(
            f"{name} must {'hold numbers' if name == 'X' else 'be numbers, booleans or strings'}, "
            f"got dtype {array.dtype}: take .real, say"
        )
    return array


def _as_plain(values: Any) -> Any:
    """Return a tensor of torch as numpy can take it: without gradients, on the CPU, no bfloat16."""
    if not hasattr(values, "detach"):
        return values
    tensor = values.detach().cpu()
    return tensor.float() if "bfloat16" in str(tensor.dtype) else tensor


def _check_features(
    shape: tuple[int, ...], n_features: int, image_shape: tuple[int, int] | None
) -> None:
    """Refuse inputs that are not like those trained on."""
    if shape == image_shape:
        raise ValueError(f"X must hold one row an image, got one of shape {shape}: give X[None]")
    if len(shape) == 3 and shape[1:] != image_shape:
        there = f"of shape {image_shape}" if image_shape else "rows of features"
        raise ValueError(
            f"X must be like the training data, {there}, got shape {shape}: give the same"
        )
    if len(shape) == 2 and shape[1] != n_features:
        raise ValueError(
            f"X must have the {n_features} features of the training data, got {shape[1]} columns: "
            "give the same ones"
        )


def check_targets(y: ArrayLike, n: int, kind: str | None = None) -> NDArray[Any]:
    """Return targets of `n` rows as an array (n,) or (n, targets), or say what is wrong with them.

    Only regressions and labels have several, and only if their `kind` is either or not known.
    """
    labels = _as_array(y, "y")
    if labels.dtype.kind == "U" and not isinstance(y, np.ndarray):
        labels = np.asarray(y, dtype=object)  # numpy makes strings of all, if one of them is
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        return check_columns(labels, n, kind)
    if kind == "multilabel":
        raise ValueError(
            f"y must have a column for each label where kind='multilabel', got shape "
            f"{labels.shape}: leave kind out"
        )
    if labels.dtype.kind == "O":  # a list with None in it, or strings from pandas
        labels = _unboxed(labels)
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        row = int(np.argwhere(~np.isfinite(labels))[0, 0])
        raise ValueError(f"y must be finite, got NaN or infinity at {row}: drop or fill it")
    if labels.dtype.kind not in "fiubU":  # nor bytes
        raise ValueError(
            f"y must be numbers, booleans or strings, got dtype {labels.dtype}: convert it"
        )
    if len(labels) != n:
        raise ValueError(
            f"X and y must be of equal length, got {n} rows and {len(labels)} targets: "
            "give one target a row"
        )
    return _from_text(labels) if labels.dtype.kind == "U" else labels


def _unboxed(labels: NDArray[Any]) -> NDArray[Any]:
    """Return an array of Python objects as one of numbers or strings, if it holds one sort."""
    are_text = np.array([isinstance(label, str) for label in labels], dtype=bool)
    are_numbers = np.array([isinstance(label, Real | np.bool_) for label in labels], dtype=bool)
    most = are_text if are_text.sum() >= are_numbers.sum() else are_numbers
    if not most.all():
        row = int(most.argmin())
        came = short(as_plain(labels[row]))
        raise ValueError(
            f"y must be all numbers, all booleans or all strings, got {came} in row {row} among "
            "others: convert it, or drop the row"
        )
    return np.array(labels.tolist())


def _from_text(labels: NDArray[Any]) -> NDArray[Any]:
    """Return strings as the numbers that they are, unless they are few, as digits may be."""
    texts = np.char.strip(labels)
    missing = np.isin(texts, missing_texts(texts))
    if missing.any():
        row = int(missing.argmax())
        raise ValueError(
            f"y must hold no missing labels, got {str(labels[row])!r} in row {row}: drop the row"
        )
    values = np.array([_number(text) for text in texts])
    are_numbers = ~np.isnan(values)
    if not are_numbers.any() or not _looks_continuous(values[are_numbers]):
        return labels
    if are_numbers.all():
        return values
    if are_numbers.mean() > 0.5:
        row = int(are_numbers.argmin())
        raise ValueError(
            f"y must be all numbers or all labels, got {str(labels[row])!r} in row {row} among "
            "numbers: fix it, or drop the row"
        )
    return labels


def _number(value: Any) -> float:
    """Return the number that a text or whatever else is, or NaN."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.nan


def _as_numbers(labels: NDArray[Any], where: str = "") -> Values:
    """Return labels as numbers, or name the first that is none."""
    if labels.dtype.kind != "U":
        return labels.astype(np.float64)
    values = np.array([_number(text) for text in labels])
    if np.isnan(values).any():
        row = int(np.isnan(values).argmax())
        raise ValueError(
            f"y must hold numbers{where}, got {str(labels[row])!r} in row {row}: "
            f"{'leave kind out' if where else 'convert it'}"
        )
    return values


def classify(labels: NDArray[Any], kind: str | None) -> tuple[str, tuple[object, ...], Values]:
    """Return the kind of task, its classes, and the targets as indices or values."""
    if labels.ndim == 2:
        return kind or "regression", (), labels
    if kind == "regression":
        return "regression", (), _as_numbers(labels, " for kind='regression'")
    # Sorted: the order of the samples does not change which class has which index.
    names, indices = np.unique(labels, return_inverse=True)
    _check_classes(names, len(labels), kind)
    found = "binary" if len(names) == 2 else "multiclass"
    if kind not in (None, found):
        raise ValueError(
            f"y has {len(names)} classes, which makes it {found}, got kind={kind!r}: leave it out"
        )
    return found, tuple(names.tolist()), indices.astype(np.int64)


def _check_classes(names: NDArray[Any], n: int, kind: str | None) -> None:
    """Refuse a single class, and so many that they are no classes."""
    if len(names) < 2:
        raise ValueError(
            f"y must hold at least two classes, got only {names.tolist()[0]!r}: add samples of "
            "another, or say kind='regression'"
        )
    # A name or a date is another one in every row; classes come again.
    singular = kind is None and len(names) > max(MOST_NUMBERED_CLASSES, n // SAMPLES_A_CLASS)
    if singular or (len(names) > MOST_CLASSES and kind != "binary"):
        todo = "choose another target" if names.dtype.kind == "U" else "say kind='regression'"
        raise ValueError(
            f"y must hold classes that come again, {MOST_CLASSES:,} at most, got {len(names):,} "
            f"different ones in {n:,} rows, as {short(names.tolist()[0])}: is it a name or a date? "
            f"{todo}"
        )


def _looks_continuous(labels: NDArray[Any]) -> bool:
    if labels.ndim == 2 or labels.dtype.kind not in "fiu":
        return labels.ndim == 2
    found = np.unique(labels)
    if (found % 1 != 0).any() or len(found) > MOST_NUMBERED_CLASSES:
        return True
    return len(labels) < FEWEST_OF_A_CLASS * len(found) and set(found.tolist()) not in SURE_CLASSES


def targets_like(dataset: Dataset, y: ArrayLike, n: int) -> Values:
    """Return targets of `n` more rows of known data: class indices or values, as many a row.

    Raises
    ------
    ValueError
        If they are not like those of the data set.
    """
    labels = check_targets(y, n, dataset.kind)
    n_targets = labels.shape[1] if labels.ndim == 2 else 1
    if n_targets != dataset.n_targets:
        raise ValueError(
            f"y must have the {dataset.n_targets} targets a row of the training data, got shape "
            f"{labels.shape}: give the same"
        )
    return labels if dataset.target_names else as_class_indices(labels, dataset.classes)


def as_class_indices(labels: NDArray[Any], classes: tuple[object, ...]) -> Values:
    """Return labels (n,) as indices of the classes; a regression, which has none, takes numbers.

    Raises
    ------
    ValueError
        If a label is no class, or no number.
    """
    if not classes:
        return _as_numbers(labels)
    if labels.dtype.kind == "U" and not isinstance(classes[0], str):
        values = np.array([_number(text) for text in labels])
        labels = labels if np.isnan(values).any() else values
    hits = labels[:, None] == np.array(classes)  # (n, n_classes): strangers hit none
    if not hits.any(1).all():
        stranger = labels[~hits.any(1)][0]
        raise ValueError(
            f"y must hold the classes {list(classes)}, got {stranger.item()!r} too: leave it out"
        )
    indices: Values = hits.argmax(1)
    return indices
