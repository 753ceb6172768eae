"""Whatever a user hands over as data, as a `Dataset`: arrays, a function, a CSV file, a name."""

import csv
import os
from collections.abc import Callable
from dataclasses import replace
from math import isfinite, prod
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn.checks import check_seed
from trainfcnn.datasets import (
    DATASETS,
    DEFAULT_SAMPLES,
    Array,
    Dataset,
    Domain,
    Law,
    Values,
    held_out,
    make_dataset,
)
from trainfcnn.images import IMAGES, Home, check_normalize, load_images
from trainfcnn.lookup import look_up
from trainfcnn.seeds import numpy_generator
from trainfcnn.tasks import TASKS

Source = str | os.PathLike[str] | Dataset | Law | tuple[Any, Any] | Callable[[Any, Any], Any]

# Own data comes in any unit and has no test sample of its own.
OWN_DATA_RECIPE = {"dims": (32, 32), "standardize": True, "schedule": "cosine"}
OWN_IMAGES_RECIPE = {"dims": (128,), "schedule": "cosine", "epochs": 30}
TEST_SHARE = 0.2
MOST_NUMBERED_CLASSES = 20


def as_dataset(
    source: Source,
    n_samples: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
    kind: str | None = None,
    *,
    data_home: Home | None = None,
    normalize: str | None = "auto",
) -> Dataset:
    """Return the `Dataset` that `source` stands for.

    Parameters
    ----------
    source : str, path, Dataset, Law, (X, y) or callable
        A key of `DATASETS` or `IMAGES`; a CSV file, given by its path, whose last column is the
        target; a ready `Dataset` or `Law`; arrays X (n, d), or images (n, height, width), and
        y (n,); or a function ``f(x1, x2)`` of two arrays, sampled on [-2, 2]², whose result makes
        it binary (bool), multiclass (int) or a regression (float).
    n_samples : int, optional
        How many points to draw, where points are drawn; by default 2,500. Of an image set, how many
        images to train on; by default all.
    noise : float
        Standard deviation of what is added, where points are drawn (see `make_dataset`).
    seed : int
        Of the sample; for own data of the split that holds a fifth out for the test.
    kind : str, optional
        'regression', 'binary' or 'multiclass', where own data could be either.
    data_home : str or path, optional
        Of an image set, see `load_images`.
    normalize : {'auto', 'unit', 'standard', None}
        Of images, see `load_images`. 'auto' is 'unit', or what a ready `Dataset` says itself.

    Raises
    ------
    ValueError
        If the source cannot be used; the message says why and what to do.
    FileNotFoundError
        If the files of an image set are not there and cannot be downloaded.
    """
    seed = check_seed(seed)
    if normalize != "auto":
        check_normalize(normalize)
    if kind is not None:
        look_up(TASKS, kind, "kind")
    dataset = _found(source, n_samples, noise, seed, kind, data_home)
    if normalize != "auto" and dataset.image_shape is not None:
        dataset = replace(dataset, normalize=normalize)
    elif normalize not in ("auto", None):
        _refuse("normalize", normalize, None, f"images, and {dataset.name!r} has points")
    if kind not in (None, dataset.kind):
        raise ValueError(f"{dataset.name!r} is {dataset.kind}, got kind={kind!r}: leave it out")
    return dataset


def _found(
    source: Source,
    n_samples: int | None,
    noise: float,
    seed: int,
    kind: str | None,
    data_home: Home | None,
) -> Dataset:
    if isinstance(source, str) and source in IMAGES:
        _refuse("noise", noise, 0, "data sets that are drawn")
        return load_images(source, n_samples, seed, data_home=data_home)
    _refuse("data_home", data_home, None, "the sets of images")
    given = _given(source, seed, kind)
    if given is None:
        return _drawn(source, n_samples, noise, seed, kind)
    _refuse("n_samples", n_samples, None, "data sets that are drawn, and this one is given")
    _refuse("noise", noise, 0, "data sets that are drawn, and this one is given")
    return given


def _refuse(name: str, value: object, usual: object, place: str) -> None:
    if value != usual:
        raise ValueError(f"{name} is for {place}, got {name}={value!r}: leave it out")


def _drawn(
    source: Any, n_samples: int | None, noise: float, seed: int, kind: str | None
) -> Dataset:
    law = from_function(source, kind) if callable(source) else source
    if not isinstance(law, Law):
        look_up({**DATASETS, **IMAGES}, law, "dataset")
    return make_dataset(law, DEFAULT_SAMPLES if n_samples is None else n_samples, noise, seed)


def _given(source: Source, seed: int, kind: str | None) -> Dataset | None:
    """Return the data set that `source` holds, or None where points are to be drawn."""
    if isinstance(source, Dataset):
        _check_ready(source)
        return source
    if isinstance(source, tuple | list) or hasattr(source, "__array__"):
        pair = source if isinstance(source, tuple | list) else [source]
        if len(pair) != 2:
            raise ValueError(
                f"own data must be a pair (X, y), got {len(pair)} items: try dataset=(X, y)"
            )
        return from_arrays(*pair, kind=kind, seed=seed)
    if isinstance(source, os.PathLike) or (isinstance(source, str) and _is_path(source)):
        return from_csv(source, kind=kind, seed=seed)
    return None


def _check_ready(dataset: Dataset) -> None:
    """Refuse a data set, put together by hand, whose parts do not fit each other."""
    for name, x, y in (
        ("x and y", dataset.x, dataset.y),
        ("x_test and y_test", dataset.x_test, dataset.y_test),
    ):
        if x.ndim != 2 or y.shape != x.shape[:1] or x.shape[1] != dataset.x.shape[-1]:
            raise ValueError(
                f"{name} of a Dataset must be of shapes (n, d) and (n,), got {x.shape} and "
                f"{y.shape}: give one row a sample"
            )
    if dataset.image_shape is not None and prod(dataset.image_shape) != dataset.x.shape[1]:
        raise ValueError(
            f"image_shape of a Dataset must be that of its rows, got {dataset.image_shape} for "
            f"{dataset.x.shape[1]} columns: give (height, width)"
        )
    check_normalize(dataset.normalize)


def _is_path(text: str) -> bool:
    return bool(Path(text).suffix) or os.sep in text


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
    x, labels, image_shape = check_inputs(X), check_targets(y), _image_shape(X)
    if len(x) != len(labels):
        raise ValueError(
            f"X and y must be of equal length, got {len(x)} rows and {len(labels)} targets: "
            "give one target a row"
        )
    if kind is None and _looks_continuous(labels):
        kind = "regression"
    kind, classes, targets = _classify(labels, kind)
    strata = targets if classes else np.zeros(len(x))
    test = held_out(strata, TEST_SHARE, numpy_generator(seed, "split"))
    return Dataset(
        name=name,
        kind=kind,
        x=x[~test],
        y=targets[~test],
        x_test=x[test],
        y_test=targets[test],
        classes=classes,
        domain=_bounding_box(x),
        recommended=OWN_IMAGES_RECIPE if image_shape else OWN_DATA_RECIPE,
        image_shape=image_shape,
        normalize="unit" if image_shape else None,
    )


def _image_shape(X: ArrayLike) -> tuple[int, int] | None:
    _, *sizes = np.shape(X)
    return (sizes[0], sizes[1]) if len(sizes) == 2 else None


def _bounding_box(x: Array) -> Domain:
    low, high = x.min(0), x.max(0)
    flat = low == high  # a constant feature still needs some width to be drawn on
    return Domain(tuple((low - 0.5 * flat).tolist()), tuple((high + 0.5 * flat).tolist()))


def check_inputs(
    X: ArrayLike, n_features: int | None = None, image_shape: tuple[int, int] | None = None
) -> Values:
    """Return inputs as rows (n, d), bytes or floats, or say what is wrong with them."""
    try:
        x = np.asarray(X)
        if x.dtype.kind == "c":
            raise ValueError("they are complex")
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


def check_targets(y: ArrayLike) -> NDArray[Any]:
    """Return targets as an array (n,), or say what is wrong with them."""
    try:
        labels = np.asarray(y)
    except ValueError as error:
        raise ValueError(f"y must hold one target a row ({error}): clean it") from error
    if labels.dtype.kind == "O":
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
    if labels.dtype.kind not in "fiubU":
        raise ValueError(
            f"y must be numbers, booleans or strings, got dtype {labels.dtype}: convert it"
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


def _classify(labels: NDArray[Any], kind: str | None) -> tuple[str, tuple[object, ...], Values]:
    """Return the kind of task, its classes, and the targets as indices or values."""
    if kind == "regression" and labels.dtype.kind == "U":
        raise ValueError(
            f"y must hold numbers for kind='regression', got {str(labels[0])!r}: leave kind out"
        )
    if kind == "regression":
        return "regression", (), labels.astype(np.float64)
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


def from_function(function: Callable[[Any, Any], Any], kind: str | None = None) -> Law:
    """Return the law of a function of the plane, sampled uniformly on [-2, 2]².

    Parameters
    ----------
    function : callable
        ``f(x1, x2)``, of two arrays or, more slowly, of two numbers. Its result decides the kind:
        bool is binary, int multiclass (binary if it takes two values), float a regression.
    kind : str, optional
        To take a whole-numbered function as a regression.

    Raises
    ------
    ValueError
        If it gives a single class, or values that are not finite numbers.
    """
    name = getattr(function, "__name__", type(function).__name__)
    name = "own function" if name == "<lambda>" else name
    values = _evaluate(function, name, *np.meshgrid(*Domain().grid(401)))
    if values.dtype.kind == "f" or kind == "regression":
        return Law(name, "regression", name, lambda x1, x2: _evaluate(function, name, x1, x2) * 1.0)
    found, classes, _ = _classify(values.ravel(), kind)
    known = np.array(classes)

    def truth(x1: Array, x2: Array) -> Values:
        labels = _evaluate(function, name, x1, x2)
        indices = np.searchsorted(known, labels).clip(max=len(known) - 1)
        if (known[indices] != labels).any():
            raise ValueError(
                f"{name} gives a class on too small a part of [-2, 2]² to be found on a grid of "
                "401 x 401 points: give (X, y) instead"
            )
        return indices

    return Law(name, found, name, truth, classes)


def _evaluate(function: Callable[[Any, Any], Any], name: str, x1: Array, x2: Array) -> Values:
    try:
        values = np.broadcast_to(np.asarray(function(x1, x2)), x1.shape)
    except (TypeError, ValueError):  # written for numbers: `if`, `and`, `math.sin`
        values = _evaluate_one_by_one(function, name, x1, x2)
    if values.dtype.kind not in "fiub" or not np.isfinite(values).all():
        raise ValueError(
            f"{name} must give finite numbers or booleans, got {values.ravel()[0]!r} and others: "
            "check it on [-2, 2]²"
        )
    return values


def _evaluate_one_by_one(
    function: Callable[[Any, Any], Any], name: str, x1: Array, x2: Array
) -> Values:
    points = zip(x1.ravel().tolist(), x2.ravel().tolist(), strict=True)
    try:
        return np.array([function(*point) for point in points]).reshape(x1.shape)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} must take two arrays or numbers x1, x2 and give one value a point ({error}): "
            "check it on [-2, 2]²"
        ) from error


def from_csv(path: str | os.PathLike[str], *, kind: str | None = None, seed: int = 0) -> Dataset:
    """Return the data of a CSV file: numbers in all columns, the target in the last.

    Parameters
    ----------
    path : str or path
        Separated by commas, semicolons or tabs; a first line with names is passed over. The
        targets may be strings.
    kind, seed
        As for `from_arrays`.

    Raises
    ------
    ValueError
        If the file is missing, empty, ragged or not numeric; with its path and line.
    """
    path = Path(path)
    rows = _read(path)
    if rows and _number(rows[0][1][0]) is None:
        rows = rows[1:]  # the names of the columns
    if not rows:
        raise ValueError(f"{str(path)!r} must hold at least one row of numbers, got none: fill it")
    x = [_features(path, line, cells, width=len(rows[0][1])) for line, cells in rows]
    y = _column([cells[-1] for _, cells in rows])
    return from_arrays(x, y, kind=kind, name=path.stem, seed=seed)


def _read(path: Path) -> list[tuple[int, list[str]]]:
    """Return the lines that are not empty, each with its number."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            delimiter = max(",;\t", key=file.readline().count)
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter)
            return [(reader.line_num, cells) for cells in reader if cells]
    except FileNotFoundError:
        raise ValueError(f"there is no file {str(path)!r}: check the path") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{str(path)!r} must be a CSV file ({error}): check the path") from error


def _features(path: Path, line: int, cells: list[str], width: int) -> list[float]:
    if len(cells) != width or width < 2:
        raise ValueError(
            f"every line of {str(path)!r} must hold the same number of columns, two at least: "
            f"line {line} holds {len(cells)}, the first {width}"
        )
    if not cells[-1].strip():
        raise ValueError(f"{str(path)!r} must hold a target, got none in line {line}: fill it")
    return [_finite(path, line, cell) for cell in cells[:-1]]


def _finite(path: Path, line: int, cell: str) -> float:
    number = _number(cell)
    if number is None or not isfinite(number):
        raise ValueError(
            f"{str(path)!r} must hold finite numbers, got {cell!r} in line {line}: fix it"
        )
    return number


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _column(cells: list[str]) -> NDArray[Any]:
    """Return the target column as ints, floats or strings, the first that fits all of it."""
    for type_ in (int, float):
        try:
            return np.array([type_(cell) for cell in cells])
        except ValueError:
            continue
    return np.array([cell.strip() for cell in cells])
