"""Which samples are held out: for the test, for validation, for each fold."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.checks import is_real, short
from trainfcnn._support.seeds import numpy_generator
from trainfcnn._support.types import Values
from trainfcnn.data.dataset import Dataset

TEST_SHARE = 0.2  # of own data, unless another is asked for
FEWEST_ROWS = 20  # of which a test sample is taken unasked: a fifth of fewer says next to nothing

TestSize = float | tuple[ArrayLike, ArrayLike] | None


def holdout_mask(strata: Values, share: float, generator: Generator) -> NDArray[np.bool_]:
    """Return a mask that marks `share` of the samples at random, of each stratum alike.

    Examples
    --------
    >>> holdout_mask(np.repeat([0, 1], 50), 0.2, np.random.default_rng(0)).reshape(2, 50).sum(1)
    array([10, 10])
    """
    mask = np.zeros(len(strata), dtype=bool)
    if not share:
        return mask  # without a look at a million samples
    for stratum in np.unique(strata):
        members = generator.permutation(np.flatnonzero(strata == stratum))
        mask[members[: round(share * len(members))]] = True
    return mask


def is_pair(test_size: Any) -> bool:
    """Return whether a test sample is given, in the place of a share.

    Raises
    ------
    ValueError
        If it is neither of them.
    """
    is_two = isinstance(test_size, tuple | list) and len(test_size) == 2
    if is_two and not any(map(is_real, test_size)):
        return True
    if test_size is not None and not (is_real(test_size) and 0 <= test_size < 1):
        raise ValueError(
            "test_size must be a share from 0 to below 1, or a test sample (X, y), got "
            f"{short(test_size)}: try test_size=0.2"
        )
    return False


def test_mask(dataset: Dataset, share: float | None, seed: int) -> NDArray[np.bool_]:
    """Return a mask of the samples that are held out for the test, of each class alike.

    Without a `share` it is a fifth, and of fewer than 20 samples none.

    Raises
    ------
    ValueError
        If no sample would be held out although some are asked for, or no sample of a class be left.
    """
    n = len(dataset.y)
    asked = share is not None
    if share is None:
        share = TEST_SHARE if n >= FEWEST_ROWS else 0.0
    strata = dataset.y if dataset.classes else np.zeros(n, dtype=np.int64)
    generator = numpy_generator(seed, "split")
    mask = holdout_mask(strata, share, generator)
    if share and not mask.any():  # classes of so few samples each that all were rounded down
        mask = _one_of_some(strata, round(share * n), generator)
    left = np.bincount(strata[~mask], minlength=int(strata.max()) + 1)
    if asked and ((share and not mask.any()) or not left.all()):
        of = f" of class {short(dataset.classes[left.argmin()])}" if dataset.classes else ""
        raise ValueError(
            "test_size must leave samples on both sides, of each class for the training, got "
            f"test_size={share:g}, which leaves {left.min()}{of} of {n}: try another share, or "
            "test_size=0"
        )
    return mask


def _one_of_some(strata: Values, n: int, generator: Generator) -> NDArray[np.bool_]:
    """Return a mask of `n` samples at most, of different strata with other samples in them."""
    mask = np.zeros(len(strata), dtype=bool)
    order = generator.permutation(len(strata))
    labels, first = np.unique(strata[order], return_index=True)
    several = np.bincount(strata)[labels] > 1
    mask[generator.permutation(order[first[several]])[:n]] = True
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
    x, y, weights = dataset.part(~held)
    x_test, y_test, _ = dataset.part(held)
    seen = replace(dataset, x=x, y=y, weights=weights, origin=None)
    return replace(seen, x_test=x_test, y_test=y_test)
