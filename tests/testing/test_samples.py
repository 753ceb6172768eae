"""Toy data as arrays."""

import subprocess
import sys

import numpy as np
import pytest

from trainfcnn import DATASETS, make_dataset
from trainfcnn.testing import toy_data


@pytest.mark.parametrize("name", DATASETS)
def test_arrays_are_those_of_the_data_set(name):
    X, y = toy_data(name, n_samples=30, noise=0.1, seed=3)
    dataset = make_dataset(name, 30, 0.1, 3)
    np.testing.assert_array_equal(X, dataset.x)
    np.testing.assert_array_equal(y, dataset.y)
    assert (X.shape, y.shape) == ((30, 2), (30,))


def test_another_seed_has_other_points():
    assert not np.isin(toy_data("xor", 50)[0], toy_data("xor", 50, seed=1)[0]).any()


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="did you mean 'moons'"):
        toy_data("mons")


def test_drawing_arrays_needs_no_torch():
    draw = "from trainfcnn.testing import toy_data; toy_data()"
    code = f"import sys; {draw}; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
