"""Own arrays as a `Dataset`, and what inputs and targets must be."""

from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Dataset, Domain
from trainfcnn.data.splits import TestSize, hold_out, is_pair, test_mask

# Own data comes in any unit and has no test sample of its own.
OWN_DATA_RECIPE: dict[str, object] = {
    "dims": (32, 32),
    "standardize": True,
    "lr": 0.005,
    "schedule": "cosine",
}
MOST_COUNTED = 16  # features; of more, each says less
MOST_RATIO = 0.1  # of features to rows, so that a few rows are still learnt
CLASS_DOUBT = 0.5  # what d / n is multiplied with,
VALUE_DOUBT = 1.5  # and of values the share that a linear fit leaves unexplained
LEAST_DOUBT = 0.1
MOST_WORK = 1e9  # multiplications of that fit: a second
MOST_EPOCHS = 200
FEWEST_EPOCHS = 20
MOST_SAMPLES = 600_000  # seen in all, between these two: many rows take seconds, not minutes
OWN_IMAGES_RECIPE = {"dims": (128,), "schedule": "cosine", "epochs": 30}
MOST_NUMBERED_CLASSES = 20  # whole numbers of more different values make a regression,
FEWEST_OF_A_CLASS = 5  # and so do those with fewer samples of each, on average,
SURE_CLASSES = {0, 1}, {-1, 1}, {1, 2}  # but for these


def from_arrays(
    X: ArrayLike,
    y: ArrayLike,
    *,
    kind: str | None = None,
    name: str = "own data",
    seed: int = 0,
    test_size: TestSize = None,
) -> Dataset:
    """Return own data as a `Dataset`, a fifth of it held out as test sample.

    Numbers make a regression, unless they are a few whole ones (20 different at most, each of them
    five times or more on average; 0 and 1, -1 and 1, 1 and 2 however few there are); otherwise the
    distinct labels are the classes, two of them a binary task. The split is stratified by class.

    Parameters
    ----------
    X : array-like of shape (n, d) or (n, height, width)
        Finite numbers; of images, grey values.
    y : array-like of shape (n,) or (n, 1)
        Numbers, booleans or strings.
    kind : str, optional
        'regression', 'binary' or 'multiclass', where the rule above would take the other.
    name : str
        What to call it.
    seed : int
        Of the split.
    test_size : float or (X, y), optional
        The share that is held out, or a test sample; by default a fifth, of fewer than 20 rows
        nothing.

    Raises
    ------
    ValueError
        For empty, non-numeric or non-finite data, unequal lengths, a single class, or a split that
        leaves nothing on one side.
    """
    x = check_inputs(X)
    labels = check_targets(y, len(x))
    image_shape = _image_shape(X)
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
        notes=(*guess, *_oddities(targets)),
    )
    data = _with_test_sample(data, test_size, seed)
    return replace(data, recommended=OWN_IMAGES_RECIPE if image_shape else recommended(data))


def _with_test_sample(data: Dataset, test_size: Any, seed: int) -> Dataset:
    """Return the data with a test sample: some of their own, or what is given as one."""
    if not is_pair(test_size):
        split = hold_out(data, test_mask(data, test_size, seed))
        none = () if len(split.x_test) else ("nothing held out for the test",)
        return replace(split, notes=(*split.notes, *none))
    try:
        x = check_inputs(test_size[0], data.x.shape[1], data.image_shape)
        y = as_class_indices(check_targets(test_size[1], len(x)), data.classes)
    except ValueError as error:
        raise ValueError(f"the test sample, test_size=(X, y), does not fit: {error}") from error
    domain = _bounding_box(np.concatenate([data.x, x]))
    return replace(data, x_test=x, y_test=y.astype(data.y.dtype), domain=domain)


def _guess(labels: NDArray[Any], classes: tuple[object, ...]) -> tuple[str, ...]:
    """Return what was guessed of whole numbers, which could be classes or values."""
    if labels.dtype.kind not in "fiu" or (labels % 1 != 0).any():
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


def _oddities(targets: Values) -> tuple[str, ...]:
    constant = len(targets) > 1 and targets.min() == targets.max()
    return (f"all targets are {targets[0]:g}: there is nothing to learn",) if constant else ()


def recommended(data: Dataset) -> dict[str, object]:
    """Return how a network is to learn own data that are no images.

    Decay is that of weights with a prior of fixed width, times d / n: what few rows say of many
    features is doubted, and of values the more, the less of them a straight line explains. Values
    are mostly smooth functions, and so is silu. Chosen by `scripts/bench own`.
    """
    n, d = data.x.shape
    epochs = max(FEWEST_EPOCHS, min(MOST_EPOCHS, MOST_SAMPLES // n))
    doubt = CLASS_DOUBT if data.classes else max(VALUE_DOUBT * _unexplained(data), LEAST_DOUBT)
    decay = doubt * min(min(d, MOST_COUNTED) / n, MOST_RATIO)
    recipe = OWN_DATA_RECIPE | {"epochs": epochs, "weight_decay": float(f"{decay:.2g}")}
    return recipe if data.classes else recipe | {"activation": "silu"}


def _unexplained(data: Dataset) -> float:
    """Return the share of the targets' variance that a linear fit leaves; 1 if that is not known.

    Over n - d - 1, as many features explain some of any noise.
    """
    n, d = data.x.shape
    free = n - d - 1
    if free < 1 or n * d**2 > MOST_WORK:
        return 1.0
    with np.errstate(all="ignore"):  # of numbers too large for squares the training tells
        spread = data.x.std(0)
        x = (data.x - data.x.mean(0)) / np.where(spread > 0, spread, 1.0)
        y = (data.y - data.y.mean()) / data.y.std()  # NaN, if they are all the same
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return 1.0
    fit = np.linalg.lstsq(x, y)[0]
    return float(min(np.square(y - x @ fit).sum() / free, 1.0))


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
    try:
        x = np.asarray(X)
        if x.dtype.kind == "c":
            raise ValueError("they are complex")  # numpy would drop the imaginary parts
        # Pixels stay as small as they are: as float64, bytes would take eight times the memory.
        small = x.dtype == np.uint8 or (x.dtype == np.float32 and x.ndim == 3)
        x = x if small else np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"X must hold numbers in equal rows ({error}): clean it") from error
    if x.ndim not in (2, 3) or x.size == 0:
        advice = "average the colours" if x.ndim == 4 else "give one row a sample"
        raise ValueError(
            "X must be of shape (n, d) with at least one row and one column, or (n, height, width) "
            f"for images, got shape {x.shape}: {advice}"
        )
    if n_features is not None:
        _check_features(x.shape, n_features, image_shape)
    x = x.reshape(len(x), -1)
    if not np.isfinite(x).all():
        row = int(np.argwhere(~np.isfinite(x))[0, 0])
        raise ValueError(f"X must be finite, got NaN or infinity in row {row}: drop or fill it")
    return x


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


def check_targets(y: ArrayLike, n: int) -> NDArray[Any]:
    """Return targets of `n` rows as an array (n,), or say what is wrong with them."""
    try:
        labels = np.asarray(y)
    except ValueError as error:
        raise ValueError(f"y must hold one target a row ({error}): clean it") from error
    if labels.dtype.kind == "O":  # a list with None in it, or strings from pandas
        labels = _unboxed(labels)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise ValueError(
            f"y must be of shape (n,) or (n, 1), got shape {labels.shape}: give one target a row"
        )
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        row = int(np.argwhere(~np.isfinite(labels))[0, 0])
        raise ValueError(f"y must be finite, got NaN or infinity at {row}: drop or fill it")
    if labels.dtype.kind not in "fiubU":  # nor bytes, dates or complex numbers
        raise ValueError(
            f"y must be numbers, booleans or strings, got dtype {labels.dtype}: convert it"
        )
    if len(labels) != n:
        raise ValueError(
            f"X and y must be of equal length, got {n} rows and {len(labels)} targets: "
            "give one target a row"
        )
    return labels


def _unboxed(labels: NDArray[Any]) -> NDArray[Any]:
    """Return an array of Python objects as one of numbers or strings, if it holds one sort."""
    sorts = {str if isinstance(label, str) else Real for label in labels.flat}
    for label in labels.flat:
        if not isinstance(label, str | Real) or len(sorts) > 1:
            raise ValueError(
                f"y must be all numbers, all booleans or all strings, got {label!r} among others: "
                "convert it"
            )
    return np.array(labels.tolist())


def classify(labels: NDArray[Any], kind: str | None) -> tuple[str, tuple[object, ...], Values]:
    """Return the kind of task, its classes, and the targets as indices or values."""
    if kind == "regression" and labels.dtype.kind == "U":
        raise ValueError(
            f"y must hold numbers for kind='regression', got {str(labels[0])!r}: leave kind out"
        )
    if kind == "regression":
        return "regression", (), labels.astype(np.float64)
    # Sorted: the order of the samples does not change which class has which index.
    names, indices = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise ValueError(
            f"y must hold at least two classes, got only {names.tolist()[0]!r}: add samples of "
            "another, or say kind='regression'"
        )
    found = "binary" if len(names) == 2 else "multiclass"
    if kind not in (None, found):
        raise ValueError(
            f"y has {len(names)} classes, which makes it {found}, got kind={kind!r}: leave it out"
        )
    return found, tuple(names.tolist()), indices.astype(np.int64)


def _looks_continuous(labels: NDArray[Any]) -> bool:
    if labels.dtype.kind not in "fiu":
        return False
    found = np.unique(labels)
    if (found % 1 != 0).any() or len(found) > MOST_NUMBERED_CLASSES:
        return True
    return len(labels) < FEWEST_OF_A_CLASS * len(found) and set(found.tolist()) not in SURE_CLASSES


def as_class_indices(labels: NDArray[Any], classes: tuple[object, ...]) -> Values:
    """Return labels (n,) as indices of the classes; a regression, which has none, takes numbers.

    Raises
    ------
    ValueError
        If a label is no class, or no number.
    """
    if not classes:
        if labels.dtype.kind == "U":
            raise ValueError(f"y must hold numbers, got {str(labels[0])!r}: convert it")
        return labels
    hits = labels[:, None] == np.array(classes)  # (n, n_classes): strangers hit none
    if not hits.any(1).all():
        stranger = labels[~hits.any(1)][0]
        raise ValueError(
            f"y must hold the classes {list(classes)}, got {stranger.item()!r} too: leave it out"
        )
    indices: Values = hits.argmax(1)
    return indices
