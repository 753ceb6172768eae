"""A function of any number of features is a law, be it written for arrays or for numbers."""

import math
import pickle
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import torch
from own_functions import (
    bump,
    bump_scalar,
    hinge,
    hinge_scalar,
    minus_plus,
    positive,
    positive_scalar,
    saddle,
    thirds,
    thirds_scalar,
    wave,
)

from trainfcnn.data.functions import count_features, from_function
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


class Product:
    def __call__(self, a, b):
        return a * b

    def of_three(self, a, b, c):
        return a * b * c


def in_place(x):
    x -= 1
    return x**2


def without_return(x1, x2):
    x1 + x2


# each with its formula of a point
CALLABLES = {
    "ufunc of one": (np.sin, 1, lambda p: math.sin(p[0])),
    "ufunc of two": (np.hypot, 2, lambda p: math.hypot(*p)),
    "builtin of one": (math.sin, 1, lambda p: math.sin(p[0])),
    "builtin that does not say": (math.hypot, 2, lambda p: math.hypot(*p)),
    "partial": (partial(pow, exp=2), 1, lambda p: p[0] ** 2),
    "partial of a lambda": (partial(lambda k, a, b: k * a - b, 3), 2, lambda p: 3 * p[0] - p[1]),
    "object": (Product(), 2, math.prod),
    "method": (Product().of_three, 3, math.prod),
    "default": (lambda x, power=3: x**power, 1, lambda p: p[0] ** 3),
    "defaults alone": (lambda a=0, b=0: a * b, 2, math.prod),
    "arguments": (lambda *args: args[0] * args[1], 2, math.prod),
    "polynomial": (np.poly1d([1, 0, 2]), 1, lambda p: p[0] ** 2 + 2),
    "vectorize": (np.vectorize(lambda x: x if x > 0 else 0.0), 1, lambda p: max(p[0], 0)),
    "torch": (lambda x: torch.sin(torch.as_tensor(x)), 1, lambda p: math.sin(p[0])),
    "norm": (lambda a, b: np.linalg.norm([a, b]), 2, lambda p: math.hypot(*p)),
    "fractions": (lambda x: Fraction(x) / 2, 1, lambda p: p[0] / 2),
    "in place": (in_place, 1, lambda p: (p[0] - 1) ** 2),
    "of three": (lambda a, b, c: a * b + c, 3, lambda p: p[0] * p[1] + p[2]),
    "of seven": (lambda a, b, c, d, e, f, g: a - g, 7, lambda p: p[0] - p[6]),
}


@pytest.mark.parametrize("name", CALLABLES)
def test_whatever_can_be_called_is_sampled_on_as_many_features_as_it_takes(name):
    function, n_features, formula = CALLABLES[name]
    data = as_dataset(function, n_samples=40)
    assert count_features(function) == n_features == data.domain.n_features
    assert (data.x.shape, data.x_test.shape) == ((40, n_features), (TEST_SAMPLES, n_features))
    assert (data.kind, data.y.dtype) == ("regression", np.float64)
    np.testing.assert_allclose(data.y, [formula(point) for point in data.x.tolist()], atol=1e-12)
    assert np.abs(data.x).max() <= 2
    # uniform on [-2, 2]: the mean has a deviation of 2 / sqrt(3 n)
    assert np.abs(data.x_test.mean(0)).max() < 5 * 2 / math.sqrt(3 * TEST_SAMPLES)


@pytest.mark.parametrize("function", [lambda x: "low" if x < 0.5 else "high",
                                      lambda x: np.where(x < 0.5, "low", "high")])  # fmt: skip
def test_strings_are_classes(function):
    data = as_dataset(function, n_samples=50)
    assert (data.kind, data.classes) == ("binary", ("high", "low"))
    assert (np.array(data.classes)[data.y] == np.where(data.x[:, 0] < 0.5, "low", "high")).all()


def test_many_whole_numbers_are_a_regression_as_in_arrays():
    assert as_dataset(lambda x: (100 * x).astype(int), n_samples=9).kind == "regression"
    assert as_dataset(lambda x: round(2 * x), n_samples=9).classes == tuple(range(-4, 5))


@pytest.mark.parametrize("function", [wave, saddle])
def test_a_law_of_any_number_of_features_pickles(function):
    law = from_function(function)
    again = pickle.loads(pickle.dumps(law))
    x = law.domain.uniform(5, np.random.default_rng(0))
    assert (again.truth(*x.T) == law.truth(*x.T)).all()
    assert again.domain == law.domain


REFUSED = {
    "one class": (lambda x1, x2: x1 > 9, "at least two classes, got only False everywhere .*²:"),
    "constant": (lambda x: 3.5, r"must vary, got only 3.5 everywhere on \[-2, 2\]: there"),
    "one string": (lambda x: "red", "two classes, got only 'red' everywhere"),
    "nan": (lambda x1, x2: x1 * np.nan, "finite numbers or booleans, got nan at x1 = -1.99"),
    "pole": (lambda a, b: 1 / a, "booleans, got inf at x1 = 0, x2 = -1.99501: give it one there"),
    "pole of one": (lambda x: 1 / x, "got inf at x = 0:"),
    "pole of three": (lambda a, b, c: b / c, "got .* x3 = 0:"),
    "pole of seven": (lambda a, b, c, d, e, f, g: 1 / g, "got inf at .* x7 = 0:"),
    "pole of numbers": (
        lambda a, b: 1 / math.tan(b),
        r"got ZeroDivisionError \(float division by zero\) at x1 = -1.99501, x2 = 0",
    ),
    "beyond a root": (lambda x: math.sqrt(x), "math domain error"),
    "none": (without_return, "got None at x1 = .*: let it return a value"),
    "none among strings": (lambda x: "red" if x > 0 else None, "got None at x = -1.9"),
    "a number among strings": (lambda x: "red" if x > 0 else 1.5, "strings everywhere .* got 1.5"),
    "complex": (lambda x: np.sqrt(x + 0j), "booleans, got 1.4.*j at x = -1.9"),
    "wrong shape": (lambda x1, x2: np.zeros(3), r"one value a point, got array\(.*shape \(3,\)"),
    "a column": (lambda x: x[:, None], r"got TypeError .*shape \(160801, 1\)"),
    "pairs": (lambda x: [x, x], r"one value a point, got \[-1.9"),
    "unequal": (lambda x: [x] * int(x > 0), "one value a point, got"),
    "a point": (lambda p: p[0] * p[1], "an argument for each feature"),
    "no argument": (lambda: 3, "must take a number for each feature, and takes none: try lambda"),
    "wanted by name": (lambda x, *, k: x * k, "wants k by name: try functools.partial"),
    "does not say": (torch.sin, r"sin must take .*: try lambda x: f\(x\), say"),
    "tensors": (lambda x: torch.sin(x), r"must be Tensor.*torch.as_tensor\(x\)"),
    "gradients": (
        lambda x: torch.ones(1, requires_grad=True) * torch.as_tensor(x),
        r"let it return .detach\(\)",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_function_that_is_no_truth_is_refused(name):
    function, told = REFUSED[name]
    with pytest.raises(ValueError, match=told) as caught:
        as_dataset(function)
    assert len(str(caught.value)) < 500


def test_a_function_that_returns_nothing_is_asked_once():
    calls = []
    with pytest.raises(ValueError, match="got None"):
        as_dataset(lambda x: calls.append(1))
    assert len(calls) == 1


def test_a_class_too_small_for_the_grid_is_refused_where_it_is_met():
    law = from_function(lambda x1, x2: 2 * (x1 > 0) + (np.abs(x1 - 1.503) < 1e-3))
    with pytest.raises(ValueError, match="gives a class on too small a part of"):
        law.truth(np.array([1.503]), np.array([0.0]))
