"""Whatever a user hands over as data, as a `Dataset`: arrays, a function, a CSV file, a name."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

from trainfcnn._support.checks import check_seed, look_up, short
from trainfcnn.data.arrays import from_arrays
from trainfcnn.data.columns import Columns, as_frame, as_name, is_frame, is_numbered
from trainfcnn.data.dataset import KINDS, Dataset, Law
from trainfcnn.data.functions import from_function
from trainfcnn.data.images import IMAGES, Home, check_normalize, load_images
from trainfcnn.data.recalled import RecalledDataset
from trainfcnn.data.splits import TestSize, is_pair
from trainfcnn.data.tables import Asked, Drop, Targets, from_csv, from_frame, from_pair
from trainfcnn.data.toy import DATASETS, DEFAULT_SAMPLES, make_dataset

# of `TrainFCNN`, where what is asked of the data is not asked of a training
DATA_ARGUMENTS = (
    "dataset", "n_samples", "noise", "seed", "device", "engine", "kind", "data_home",
    "normalize", "target", "drop", "missing", "test_size",
)  # fmt: skip

# under which names X and y stand in a dict: those of scikit-learn's Bunch, and the plain ones
PAIRS = ("data", "target"), ("X", "y")
ALIKE = 0.65  # a guess is no use where 'iris' is taken for 'digits'
OTHER_DATA = "; or give your own as (X, y), a table, a function f(x1, x2) or the path of a CSV file"

# Any: tables of pandas, polars, pyarrow, and dicts of columns
Source = str | os.PathLike[str] | Dataset | Law | tuple[Any, Any] | Callable[..., Any] | Any


def as_dataset(
    source: Source,
    n_samples: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
    kind: str | None = None,
    *,
    data_home: Home | None = None,
    normalize: str | None = "auto",
    target: Targets = None,
    drop: Drop = (),
    missing: str = "refuse",
    test_size: TestSize = None,
) -> Dataset:
    """Return the `Dataset` that `source` stands for.

    Parameters
    ----------
    source : str, path, table, Dataset, Law, (X, y) or callable
        A key of `DATASETS` or `IMAGES`; a CSV file, given by its path, or a table (a frame of
        pandas or polars, a dict of columns), whose last column is the target unless `target` says
        another; scikit-learn's `Bunch`; a ready `Dataset` or `Law`; arrays X (n, d), or images
        (n, height, width), and y (n,), perhaps with weights (n,) of the samples beside them,
        ``(X, y, sample_weight)``; y (n, targets) makes a regression of several targets, or with
        ``kind='multilabel'`` labels of which any may hold; or a function of one feature or more,
        ``f(x)``, ``f(x1, x2)``..., sampled on [-2, 2] for each, whose result makes it binary
        (bool), multiclass (int, str) or a regression (float).
    n_samples : int, optional
        How many points to draw, where points are drawn; by default 2,500. Of an image set, how many
        images to train on; by default all.
    noise : float
        Standard deviation of what is added, where points are drawn (see `make_dataset`).
    seed : int
        Of the sample; for own data of the split that holds some out for the test.
    kind : str, optional
        'regression', 'binary', 'multiclass' or 'multilabel', where own data could be either.
    data_home : str or path, optional
        Of an image set, see `load_images`.
    normalize : {'auto', 'unit', 'standard', None}
        Of images, see `load_images`. 'auto' is 'unit', or what a ready `Dataset` says itself.
    target : str, int or list of them, optional
        Of a table: the name of the target's column, or its place from 0; of several targets a list.
    drop : str, int or sequence of them
        Of a table: columns to leave out.
    missing : {'refuse', 'drop'}
        Of a table: what to do with rows in which a cell is missing.
    test_size : float or (X, y), optional
        Of own arrays and tables: the share that is held out for the test, 0 for none, or the test
        sample itself. By default a fifth, and nothing of fewer than 20 rows.

    Raises
    ------
    ValueError
        If the source cannot be used; the message says why and what to do.
    FileNotFoundError
        If the files of an image set are not there and cannot be downloaded.
    """
    spec = DataSpec(
        source, n_samples, noise, kind, data_home, normalize, target, drop, missing, test_size
    )
    return spec.load(seed)


@dataclass(frozen=True, eq=False)
class DataSpec:
    """A description of data that are not loaded yet; for the fields see `as_dataset`."""

    source: Source
    n_samples: int | None = None
    noise: float = 0.0
    kind: str | None = None
    data_home: Home | None = None
    normalize: str | None = "auto"
    target: Targets = None
    drop: Drop = ()
    missing: str = "refuse"
    test_size: TestSize = None

    def load(self, seed: int) -> Dataset:
        """Return the data set that comes of it with this seed."""
        seed = check_seed(seed)
        _check_together(self.source, self.n_samples)
        # What can be refused at once is, before anything is loaded or downloaded.
        if self.normalize != "auto":
            check_normalize(self.normalize)
        if self.kind is not None:
            look_up(dict.fromkeys(KINDS), self.kind, "kind")
        if not is_frame(self.test_size):
            is_pair(self.test_size)
        dataset = self._load(seed)
        if self.normalize != "auto" and dataset.image_shape is not None:
            dataset = replace(dataset, normalize=self.normalize)
        elif self.normalize not in ("auto", None):
            self._refuse("normalize", None, f"images, and {dataset.name!r} has points")
        if self.kind not in (None, dataset.kind):
            raise ValueError(
                f"{dataset.name!r} is {dataset.kind}, got kind={self.kind!r}: leave it out"
            )
        return dataset

    def _load(self, seed: int) -> Dataset:
        if isinstance(self.source, str) and self.source in IMAGES:
            self._refuse("noise", 0, "data sets that are drawn")
            self._refuse("test_size", None, "own arrays and files, and this set has a test sample")
            return load_images(self.source, self.n_samples, seed, data_home=self.data_home)
        self._refuse("data_home", None, "the sets of images")
        given: Dataset | None
        if _is_table(self.source):
            given = self._table(seed)
        else:
            for name, default in (("target", None), ("drop", ()), ("missing", "refuse")):
                self._refuse(name, default, "tables, that is frames and CSV files")
            given = _given(self.source, seed, self.kind, self.test_size)
        if given is self.source:
            self._refuse("test_size", None, "own arrays and files, and a Dataset is ready")
        if given is None:
            self._refuse("test_size", None, "own arrays and files, and here a test sample is drawn")
            return self._sampled(seed)
        self._refuse("n_samples", None, "data sets that are drawn, and this one is given")
        self._refuse("noise", 0, "data sets that are drawn, and this one is given")
        return given

    def _table(self, seed: int) -> Dataset:
        asked = Asked(self.target, self.drop, self.missing, self.kind, self.test_size)
        if isinstance(self.source, str | os.PathLike):
            return from_csv(self.source, **asked._asdict(), seed=seed)
        return from_frame(self.source, asked, seed)

    def _sampled(self, seed: int) -> Dataset:
        law: Any = self.source
        if callable(law):
            law = from_function(law, self.kind)
        if not isinstance(law, Law):
            # A name with a mistake in it: perhaps that of images was meant.
            look_up({**DATASETS, **IMAGES}, law, "dataset", ALIKE, OTHER_DATA)
        n_samples = DEFAULT_SAMPLES if self.n_samples is None else self.n_samples
        return make_dataset(law, n_samples, self.noise, seed)

    def _refuse(self, name: str, default: object, place: str) -> None:
        """Refuse a field that is not at its default, since it is for another sort of data."""
        value = getattr(self, name)
        if value != default:
            raise ValueError(f"{name} is for {place}, got {name}={short(value)}: leave it out")


def _given(source: Source, seed: int, kind: str | None, test_size: TestSize) -> Dataset | None:
    """Return the data set that `source` holds, or None where points are to be drawn."""
    if isinstance(source, Dataset):
        _check_ready(source)
        return source
    if isinstance(source, Mapping):
        return _from_mapping(source, seed, kind, test_size)
    if hasattr(source, "__array__") and not callable(source):  # `np.poly1d` is a function
        name = type(source).__name__
        raise ValueError(f"own data must be a pair (X, y), got one {name}: try dataset=(X, y)")
    if isinstance(source, tuple | list):
        if len(source) not in (2, 3):
            raise ValueError(
                f"own data must be a pair (X, y), or (X, y, sample_weight), got {len(source)} "
                "items: try dataset=(X, y)"
            )
        if all(isinstance(one, str | Dataset | Law) for one in source):
            raise ValueError(
                f"a dataset must be a single one, got {short(source)}: take one after the other, "
                "as in `for name in names`"
            )
        x, y, *weights = source
        return _from_pair(x, y, seed, kind, test_size, *weights)
    return None


def _from_pair(
    x: Any, y: Any, seed: int, kind: str | None, test_size: TestSize, weights: Any = None
) -> Dataset:
    if isinstance(y, str):
        raise ValueError(
            f"y must hold a target a row, got {short(y)}: if that is a column, try target={y!r}, "
            "beside the whole table"
        )
    names: tuple[str, ...] = ()
    if is_frame(y):
        frame = as_frame(y)
        y = frame.to_numpy()
        names = () if is_numbered(frame) else tuple(map(as_name, frame.columns))
    make = from_pair if is_frame(x) else from_arrays
    return make(
        x, y, kind=kind, seed=seed, test_size=test_size, weights=weights, target_names=names
    )


def _is_table(source: Any) -> bool:
    """Return whether the target is a column beside the features."""
    if isinstance(source, str | os.PathLike):
        return not isinstance(source, str) or (source not in IMAGES and _is_path(source))
    if isinstance(source, Mapping):
        return not any(set(pair) <= source.keys() for pair in PAIRS) and bool(source)
    return is_frame(source)


def _from_mapping(
    source: Mapping[str, Any], seed: int, kind: str | None, test_size: TestSize
) -> Dataset:
    """Return the data of a `Bunch` of scikit-learn, or of a dict that holds X and y."""
    if not source:
        raise ValueError("own data must be a pair (X, y), got an empty dict: try dataset=(X, y)")
    x_name, y_name = next(pair for pair in PAIRS if set(pair) <= source.keys())
    x = source[x_name]
    dataset = _from_pair(x, source[y_name], seed, kind, test_size)
    names = source.get("feature_names")
    if names is None or dataset.feature_names or len(names) != dataset.x.shape[1]:
        return dataset
    columns = Columns.of_numbers([str(name) for name in names])
    return replace(dataset, feature_names=columns.features, encoder=columns)


def _check_together(source: object, n_samples: object) -> None:
    """Refuse X and y in two arguments, of which the second is then `n_samples`."""
    if isinstance(n_samples, str) and _is_table(source):
        raise ValueError(
            f"n_samples must be left out for a table, got {short(n_samples)}: if that is the "
            f"target's column, try target={n_samples!r}"
        )
    if _is_column(n_samples) and (_is_column(source) or hasattr(source, "columns")):
        raise ValueError(
            "own data must be a pair in one argument, got X and y as two: try TrainFCNN((X, y))"
        )


def _is_column(value: object) -> bool:
    n_dims = getattr(value, "ndim", 0)
    return isinstance(value, list | tuple) or (isinstance(n_dims, int) and n_dims > 0)


def _check_ready(dataset: Dataset) -> None:
    """Refuse a data set, put together by hand, whose parts do not fit each other."""
    if isinstance(dataset, RecalledDataset):  # which was whole when it was saved
        return
    for name, x, y in (
        ("x and y", dataset.x, dataset.y),
        ("x_test and y_test", dataset.x_test, dataset.y_test),
    ):
        several = (dataset.n_targets,) if dataset.target_names else ()
        if x.ndim != 2 or y.shape != (len(x), *several) or x.shape[1] != dataset.x.shape[-1]:
            raise ValueError(
                f"{name} of a Dataset must be of shapes (n, d) and (n,), or (n, targets) with "
                f"target_names for each, got {x.shape} and {y.shape}: give one row a sample"
            )
    if dataset.weights is not None and dataset.weights.shape != dataset.y.shape[:1]:
        raise ValueError(
            f"weights of a Dataset must be one a training sample, got shape "
            f"{dataset.weights.shape} for {len(dataset.y)}: give as many"
        )
    if dataset.image_shape is not None and prod(dataset.image_shape) != dataset.x.shape[1]:
        raise ValueError(
            f"image_shape of a Dataset must be that of its rows, got {dataset.image_shape} for "
            f"{dataset.x.shape[1]} columns: give (height, width)"
        )
    if dataset.feature_names and len(dataset.feature_names) != dataset.x.shape[1]:
        raise ValueError(
            f"feature_names of a Dataset must be one a column, got {len(dataset.feature_names)} "
            f"for {dataset.x.shape[1]}: name all or none"
        )
    check_normalize(dataset.normalize)


def _is_path(text: str) -> bool:
    return bool(Path(text).suffix) or os.sep in text  # which no data set's name has
