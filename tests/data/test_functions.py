"""A function of the plane is a law, whether it is written for arrays or for numbers."""

import numpy as np
import pytest
from own_functions import (
    bump,
    bump_scalar,
    hinge,
    hinge_scalar,
    minus_plus,
    positive,
    positive_scalar,
    thirds,
    thirds_scalar,
)

from trainfcnn.data.functions import from_function
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.toy import TEST_SAMPLES

FUNCTIONS = {
    positive: (positive, "binary", (False, True)),
    positive_scalar: (positive, "binary", (False, True)),
    thirds: (thirds, "multiclass", (0, 1, 2)),
    thirds_scalar: (thirds, "multiclass", (0, 1, 2)),
    minus_plus: (minus_plus, "binary", (-1, 1)),
    bump: (bump, "regression", ()),
    bump_scalar: (bump, "regression", ()),
    hinge: (hinge, "regression", ()),
    hinge_scalar: (hinge, "regression", ()),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_sampled_as_what_its_results_make_it(function):
    vectorised, kind, classes = FUNCTIONS[function]
    data = as_dataset(function, n_samples=300)
    assert (data.name, data.kind, data.classes) == (function.__name__, kind, classes)
    labels = np.array(classes)[data.y] if classes else data.y
    np.testing.assert_allclose(labels, vectorised(*data.x.T).astype(labels.dtype))
    assert np.abs(data.x).max() <= 2
    assert (data.x_test.shape, data.y_test.shape) == ((TEST_SAMPLES, 2), (TEST_SAMPLES,))
    assert (data.law.truth(*data.x.T) == data.y).all()


def test_a_whole_numbered_function_can_be_a_regression():
    data = as_dataset(thirds, n_samples=20, kind="regression")
    assert (data.kind, data.y.dtype) == ("regression", np.float64)


def test_noise_moves_the_inputs_of_a_function_but_not_its_labels():
    clean, noisy = (as_dataset(positive, n_samples=99, noise=noise) for noise in (0, 0.5))
    assert (clean.y == noisy.y).all()
    assert not (clean.x == noisy.x).any()


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda x1, x2: x1 > 9, "at least two classes, got only False"),
        (lambda x1, x2: x1 * np.nan, "finite numbers or booleans, got .*nan"),
        (lambda x1, x2: "red", "finite numbers or booleans, got .*red"),
        (lambda x1, x2: np.zeros(3), "own function"),
        (lambda x1: x1 > 0, "own function"),
    ],
    ids=["one_class", "nan", "string", "wrong_shape", "one_argument"],
)
def test_a_function_that_is_no_truth_is_refused(function, told):
    with pytest.raises(ValueError, match=told):
        as_dataset(function)


def test_a_class_too_small_for_the_grid_is_refused_where_it_is_met():
    law = from_function(lambda x1, x2: 2 * (x1 > 0) + (np.abs(x1 - 1.503) < 1e-3))
    with pytest.raises(ValueError, match="gives a class on too small a part of"):
        law.truth(np.array([1.503]), np.array([0.0]))
