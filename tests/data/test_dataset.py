"""The box of the plane, and what is drawn from a law."""

import pickle
from dataclasses import fields
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainfcnn.data.dataset import Domain, Law
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.toy import DATASETS, make_dataset

CLASSIFICATIONS = [name for name, law in DATASETS.items() if law.classes]


@pytest.mark.parametrize("name", CLASSIFICATIONS)
def test_noise_moves_inputs_but_not_labels(name):
    clean, noisy = make_dataset(name, 5000), make_dataset(name, 5000, noise=0.3)
    assert (clean.y == noisy.y).all()
    shift = noisy.x - clean.x
    assert np.abs(shift.mean(0)).max() < 5 * 0.3 / np.sqrt(5000)
    assert shift.std() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("name", [name for name in DATASETS if name not in CLASSIFICATIONS])
def test_noise_moves_targets_but_not_inputs(name):
    clean, noisy = make_dataset(name, 5000), make_dataset(name, 5000, noise=0.3)
    assert (clean.x == noisy.x).all()
    shift = noisy.y - clean.y
    assert abs(shift.mean()) < 5 * 0.3 / np.sqrt(5000)
    assert shift.std() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("name", DATASETS)
def test_noise_leaves_the_truth_as_it_is(name):
    plane = np.meshgrid(*DATASETS[name].domain.grid(50))
    clean, noisy = make_dataset(name, 5), make_dataset(name, 5, noise=1)
    assert (clean.law.truth(*plane) == noisy.law.truth(*plane)).all()


def test_cells_of_a_grid_tile_the_domain_and_its_margin():
    x1, x2 = Domain((-1, 0), (1, 4)).expanded(0.5).grid(4)
    assert x1.tolist() == [-1.5, -0.5, 0.5, 1.5]
    assert x2.tolist() == [-1, 1, 3, 5]


@pytest.mark.parametrize("name", [name for name, law in DATASETS.items() if law.sampler is None])
def test_no_exact_point_lies_on_a_boundary(name):
    law = DATASETS[name]
    x = law.exact_points()
    if law.classes:
        nudged = [law.truth(*(x + step).T) for step in (1e-9, -1e-9)]
        assert (nudged[0] == nudged[1]).all()


@given(
    n=st.integers(1, 6),
    low=st.tuples(st.floats(-9, 9), st.floats(-9, 9)),
    size=st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)),
)
def test_cells_are_the_midpoints_of_a_grid_row_by_row_from_below(n, low, size):
    domain = Domain(low, (low[0] + size[0], low[1] + size[1]))
    cells = domain.cells(n)
    x1, x2 = domain.grid(n)
    assert cells.tolist() == [[first, second] for second in x2 for first in x1]
    expected = [low[1] + (row + 0.5) * size[1] / n for row in range(n)]
    np.testing.assert_allclose(cells[::n, 1], expected, atol=1e-9)


@pytest.mark.parametrize("n_features", [1, 2, 3, 5])
def test_a_grid_of_any_number_of_axes_has_a_point_in_each_cell(n_features):
    domain = Domain((-1.0,) * n_features, (2.0,) * n_features)
    middles = domain.cells(3)
    expected = product([-0.5, 0.5, 1.5], repeat=n_features)
    assert sorted(map(tuple, middles.tolist())) == sorted(expected)
    jittered = domain.jittered_grid(3, np.random.default_rng(0))
    assert np.abs(jittered - middles).max() <= 0.5
    assert domain.contains(*jittered.T).all()
    assert not domain.contains(*(jittered.T - 9)).any()


@pytest.mark.parametrize(("n_features", "n"), [(1, 100_000), (2, 316**2), (3, 46**3), (9, 100_000)])
def test_about_100_000_exact_points_lie_all_over_the_box(n_features, n):
    domain = Domain((-2.0,) * n_features, (2.0,) * n_features)
    x = Law("any", "regression", "", lambda *x: x[0], domain=domain).exact_points()
    assert x.shape == (n, n_features)
    np.testing.assert_allclose(x.mean(0), 0, atol=0.03)
    np.testing.assert_allclose(x.std(0), 2 / np.sqrt(3), rtol=0.02)


@pytest.mark.parametrize("name", ["xor", "prod", "digits"])
def test_without_its_samples_a_data_set_still_says_what_it_was(name):
    whole = as_dataset(name, 50)
    none = whole.without_samples()
    assert (len(none.x), len(none.y), len(none.x_test), len(none.y_test)) == (0, 0, 0, 0)
    assert none.law is None
    assert (none.x.shape[1], none.x.dtype, none.y.dtype) == (
        whole.x.shape[1], whole.x.dtype, whole.y.dtype,
    )  # fmt: skip
    for field in fields(whole):
        if field.name not in ("x", "y", "x_test", "y_test", "law"):
            assert getattr(none, field.name) == getattr(whole, field.name)
    assert len(whole.x) == 50
    assert len(pickle.dumps(none)) < 2000 < len(pickle.dumps(whole))
