"""Which samples are held out: for the test, for validation, for each fold."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from trainfcnn._support.seeds import numpy_generator
from trainfcnn._support.types import Values
from trainfcnn.data.dataset import Dataset


def holdout_mask(strata: Values, share: float, generator: Generator) -> NDArray[np.bool_]:
    """Return a mask that marks `share` of the samples at random, of each stratum alike.

    Examples
    --------
    >>> holdout_mask(np.repeat([0, 1], 50), 0.2, np.random.default_rng(0)).reshape(2, 50).sum(1)
    array([10, 10])
    """
    mask = np.zeros(len(strata), dtype=bool)
    for stratum in np.unique(strata):
        members = generator.permutation(np.flatnonzero(strata == stratum))
        mask[members[: round(share * len(members))]] = True
    return mask


def validation_mask(dataset: Dataset, share: float, seed: int) -> NDArray[np.bool_]:
    """Return a mask of the `share` of the training sample that is held out for validation.

    Raises
    ------
    ValueError
        If it would leave no sample on one of both sides.
    """
    strata = dataset.y if dataset.classes else np.zeros(len(dataset.y))
    mask = holdout_mask(strata, share, numpy_generator(seed, "validation"))
    if (share and not mask.any()) or mask.all():
        raise ValueError(
            f"validation must leave samples on both sides, got validation={share} of "
            f"{len(mask)} samples: try another share, or validation=0"
        )
    return mask


def fold_indices(dataset: Dataset, folds: int, seed: int) -> NDArray[np.int64]:
    """Return which of `folds` parts each training sample belongs to: of each class alike.

    Raises
    ------
    ValueError
        If a class has fewer samples than there are folds.
    """
    strata = dataset.y if dataset.classes else np.zeros(len(dataset.y), dtype=np.int64)
    labels, counts = np.unique(strata, return_counts=True)
    if counts.min() < folds:
        rarest = labels[counts.argmin()]
        of = f"of class {dataset.classes[rarest]!r}" if dataset.classes else "in the sample"
        raise ValueError(
            f"folds must be at most the {counts.min()} samples {of}, got folds={folds}: "
            f"{f'try folds={counts.min()}, or ' if counts.min() > 1 else ''}add samples"
        )
    parts = np.empty(len(strata), np.int64)
    generator = numpy_generator(seed, "folds")
    first = 0
    for label in labels:
        members = generator.permutation(np.flatnonzero(strata == label))
        parts[members] = (first + np.arange(len(members))) % folds
        first += len(members)  # so that all parts are equally large
    return parts


def hold_out(dataset: Dataset, held: NDArray[np.bool_]) -> Dataset:
    """Return the data with some training samples in the place of the test sample."""
    kept = ~held
    x = dataset.x
    y = dataset.y
    return replace(dataset, x=x[kept], y=y[kept], x_test=x[held], y_test=y[held])
