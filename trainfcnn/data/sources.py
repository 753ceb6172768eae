"""Whatever a user hands over as data, as a `Dataset`: arrays, a function, a CSV file, a name."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

from trainfcnn._support.checks import check_seed, look_up, short
from trainfcnn.data.arrays import from_arrays
from trainfcnn.data.dataset import KINDS, Dataset, Law
from trainfcnn.data.functions import from_function
from trainfcnn.data.images import IMAGES, Home, check_normalize, load_images
from trainfcnn.data.tables import from_csv
from trainfcnn.data.toy import DATASETS, DEFAULT_SAMPLES, make_dataset

# of `TrainFCNN`, where what is asked of the data is not asked of a training
DATA_ARGUMENTS = (
    "dataset", "n_samples", "noise", "seed", "device", "engine", "kind", "data_home",
    "normalize",
)  # fmt: skip

ALIKE = 0.65  # a guess is no use where 'iris' is taken for 'digits'
OTHER_DATA = "; or give your own as (X, y), as a function f(x1, x2), or as the path of a CSV file"

Source = str | os.PathLike[str] | Dataset | Law | tuple[Any, Any] | Callable[[Any, Any], Any]


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
    return DataSpec(source, n_samples, noise, kind, data_home, normalize).load(seed)


@dataclass(frozen=True, eq=False)
class DataSpec:
    """A description of data that are not loaded yet; for the fields see `as_dataset`."""

    source: Source
    n_samples: int | None = None
    noise: float = 0.0
    kind: str | None = None
    data_home: Home | None = None
    normalize: str | None = "auto"

    def load(self, seed: int) -> Dataset:
        """Return the data set that comes of it with this seed."""
        seed = check_seed(seed)
        _check_together(self.source, self.n_samples)
        # What can be refused at once is, before anything is loaded or downloaded.
        if self.normalize != "auto":
            check_normalize(self.normalize)
        if self.kind is not None:
            look_up(dict.fromkeys(KINDS), self.kind, "kind")
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
            return load_images(self.source, self.n_samples, seed, data_home=self.data_home)
        self._refuse("data_home", None, "the sets of images")
        given = _given(self.source, seed, self.kind)
        if given is None:
            return self._sampled(seed)
        self._refuse("n_samples", None, "data sets that are drawn, and this one is given")
        self._refuse("noise", 0, "data sets that are drawn, and this one is given")
        return given

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
            raise ValueError(f"{name} is for {place}, got {name}={value!r}: leave it out")


def _given(source: Source, seed: int, kind: str | None) -> Dataset | None:
    """Return the data set that `source` holds, or None where points are to be drawn."""
    if isinstance(source, Dataset):
        _check_ready(source)
        return source
    if isinstance(source, Mapping) or hasattr(source, "__array__"):
        raise ValueError(f"own data must be a pair (X, y), got {_as_pair(source)}")
    if isinstance(source, tuple | list):
        if len(source) != 2:
            raise ValueError(
                f"own data must be a pair (X, y), got {len(source)} items: try dataset=(X, y)"
            )
        if all(isinstance(one, str | Dataset | Law) for one in source):
            raise ValueError(
                f"a dataset must be a single one, got {short(source)}: take one after the other, "
                "as in `for name in names`"
            )
        return from_arrays(*source, kind=kind, seed=seed)
    if isinstance(source, os.PathLike) or (isinstance(source, str) and _is_path(source)):
        return from_csv(source, kind=kind, seed=seed)
    return None


def _check_together(source: object, n_samples: object) -> None:
    """Refuse X and y in two arguments, of which the second is then `n_samples`."""
    if _is_column(n_samples) and (_is_column(source) or hasattr(source, "columns")):
        raise ValueError(
            "own data must be a pair in one argument, got X and y as two: try TrainFCNN((X, y))"
        )


def _is_column(value: object) -> bool:
    n_dims = getattr(value, "ndim", 0)
    return isinstance(value, list | tuple) or (isinstance(n_dims, int) and n_dims > 0)


def _as_pair(source: Any) -> str:
    """Return what came instead of a pair, and how to make one of it, without any of the data."""
    name = type(source).__name__
    if hasattr(source, "columns") and hasattr(source, "drop"):  # a DataFrame
        columns = list(source.columns)
        target = short(columns[-1]) if columns else "'target'"
        return f"a {name}: try dataset=(df.drop(columns={target}), df[{target}])"
    if not isinstance(source, Mapping):
        return f"one {name}: try dataset=(X, y)"
    first, second = ("data", "target") if {"data", "target"} <= source.keys() else ("X", "y")
    if name == "Bunch":
        return f"a {name}: try dataset=(bunch.{first}, bunch.{second})"
    return f"a {name}: try dataset=(d[{first!r}], d[{second!r}])"


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
    return bool(Path(text).suffix) or os.sep in text  # which no data set's name has
