"""Own arrays as a `Dataset`, and what inputs and targets must be."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.seeds import numpy_generator
from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Dataset, Domain
from trainfcnn.data.splits import holdout_mask

# Own data comes in any unit and has no test sample of its own.
OWN_DATA_RECIPE = {"dims": (32, 32), "standardize": True, "schedule": "cosine"}
OWN_IMAGES_RECIPE = {"dims": (128,), "schedule": "cosine", "epochs": 30}
TEST_SHARE = 0.2
MOST_NUMBERED_CLASSES = 20  # whole numbers of more different values make a regression


def from_arrays(
    X: ArrayLike,
    y: ArrayLike,
    *,
    kind: str | None = None,
    name: str = "own data",
    seed: int = 0,
) -> Dataset:
    """Return own data as a `Dataset`, a fifth of it held out as test sample.

    Numbers make a regression, unless they are a few whole ones (20 different at most); otherwise
    the distinct labels are the classes, two of them a binary task. The split is stratified by
    class.

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

    Raises
    ------
    ValueError
        For empty, non-numeric or non-finite data, unequal lengths, or a single class.
    """
    x = check_inputs(X)
    labels = check_targets(y, len(x))
    image_shape = _image_shape(X)
    if kind is None and _looks_continuous(labels):
        kind = "regression"
    kind, classes, targets = classify(labels, kind)
    # Without classes all samples are one stratum.
    strata = targets if classes else np.zeros(len(x))
    test = holdout_mask(strata, TEST_SHARE, numpy_generator(seed, "split"))
    return Dataset(
        name=name,
        kind=kind,
        x=x[~test],
        y=targets[~test],
        x_test=x[test],
        y_test=targets[test],
        classes=classes,
        domain=_bounding_box(x),  # of both samples, so that no test point lies outside
        recommended=OWN_IMAGES_RECIPE if image_shape else OWN_DATA_RECIPE,
        image_shape=image_shape,
        normalize="unit" if image_shape else None,
    )


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
    return bool((labels % 1 != 0).any()) or len(np.unique(labels)) > MOST_NUMBERED_CLASSES


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
