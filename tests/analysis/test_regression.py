"""How far a regression is from the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from trainfcnn.analysis.regression import Residuals
from trainfcnn.plotting.style import counted

NUMBERS = st.floats(-1e3, 1e3)


@given(pairs=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30))
def test_residuals_are_measured_as_by_scikit_learn(pairs):
    y, predictions = np.array(pairs).T
    found = Residuals.from_predictions(y, predictions)
    np.testing.assert_allclose(found.truth + found.values, predictions, atol=1e-9)
    assert found.rmse == pytest.approx(metrics.root_mean_squared_error(y, predictions))
    if y.std() > 1e-3:
        assert found.r2 == pytest.approx(metrics.r2_score(y, predictions))


def test_that_the_variance_of_a_constant_is_rounded_does_not_count():
    constant = np.full(60, 0.1)
    assert constant.var() > 0
    assert np.isnan(Residuals.from_predictions(constant, constant + 1).r2)


@pytest.mark.parametrize("truth", [[1, 1], [3], [0.5, 0.5 + 1e-13]])
def test_where_nothing_varies_r2_is_undefined_and_said_so(truth):
    residuals = Residuals.from_predictions(truth, np.add(truth, 0.5))
    assert np.isnan(residuals.r2)
    assert repr(residuals) == f"Residuals: RMSE 0.5, R² undefined on {counted(len(truth), 'point')}"


@pytest.mark.parametrize(
    ("y", "predictions", "message"),
    [
        ([1, 2], [1, 2, 3], "predictions must be as many as y, 2, got 3: give both"),
        ([[1.0]], [1.0], r"y must be a row of 1 or more numbers, .* of shape \(1, 1\): give one"),
        ([1.0], [], r"predictions must be a row of 1 or more numbers, .* of shape \(0,\): give"),
        (["a"], [1.0], "y must be a row of 1 or more numbers, got an array of <U1"),
        ([1.0, 2.0], [1.0, np.nan], "predictions must be finite, got nan at 1: leave such"),
        ([np.inf], [1.0], "y must be finite, got inf at 0: leave such"),
    ],
)
def test_residuals_are_of_as_many_finite_numbers(y, predictions, message):
    with pytest.raises(ValueError, match=message):
        Residuals.from_predictions(y, predictions)
