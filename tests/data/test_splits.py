"""Which samples are held out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import small_dataset

from trainfcnn.data.splits import fold_indices, holdout_mask


@pytest.mark.parametrize("share", [0, 0.2, 0.5])
def test_the_held_out_share_is_the_same_in_every_stratum(share):
    strata = np.repeat([0, 1, 2], [10, 100, 1000])
    mask = holdout_mask(strata, share, np.random.default_rng(0))
    assert np.bincount(strata, weights=mask).tolist() == [10 * share, 100 * share, 1000 * share]


@pytest.mark.parametrize("kind", ["regression", "binary", "multiclass"])
@given(n=st.integers(12, 60), folds=st.integers(2, 4), seed=st.integers(0, 2**70))
def test_folds_part_the_sample_of_each_class_alike(kind, n, folds, seed):
    dataset = small_dataset(kind, n)
    parts = fold_indices(dataset, folds, seed)
    assert set(parts) == set(range(folds))
    assert np.ptp(np.bincount(parts)) <= 1
    for label in range(len(dataset.classes)):
        assert np.ptp(np.bincount(parts[dataset.y == label], minlength=folds)) <= 1
    assert np.array_equal(parts, fold_indices(dataset, folds, seed))
