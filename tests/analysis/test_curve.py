"""What a network says along its one feature, and what is true there."""

import numpy as np
import pytest

from trainfcnn.analysis.curve import Curve, truth_at
from trainfcnn.analysis.prediction import ErrorMap, predict_grid
from trainfcnn.data.functions import from_function
from trainfcnn.trainer import TrainFCNN

OF_ONE = {
    "regression": lambda x: np.sin(2 * x),
    "binary": lambda x: x > 0.5,
    "multiclass": lambda x: np.floor(x).astype(int),
}


@pytest.fixture(scope="module", params=OF_ONE)
def of_one(request):
    return TrainFCNN(OF_ONE[request.param], n_samples=300).train(epochs=3)


def test_a_curve_holds_the_networks_answer_at_each_place(of_one):
    curve = of_one.predict_grid(8, margin=0.25)
    assert isinstance(curve, Curve)
    np.testing.assert_allclose(curve.x, np.linspace(-2.625, 2.625, 8))
    assert curve.inside.tolist() == [False] + [True] * 6 + [False]
    classes = of_one.dataset.classes
    said = of_one.predict_proba if classes else of_one.predict
    np.testing.assert_allclose(curve.values, said(curve.x[:, None]), rtol=1e-6)
    assert (curve.kind, curve.classes) == (of_one.kind, classes)
    truth = OF_ONE[of_one.kind](curve.x[curve.inside])
    known = curve.truth[curve.inside]
    assert (np.array(classes)[known.astype(int)] if classes else known).tolist() == truth.tolist()


def test_the_truth_of_own_arrays_is_not_known():
    x = np.linspace(0, 1, 30)[:, None]
    assert TrainFCNN((x, x[:, 0])).train(epochs=1).predict_grid().truth is None


def test_the_truth_is_not_known_where_a_function_is_not_defined():
    law = from_function(lambda x: np.sqrt(2 - x))
    x = np.array([[-3.0], [0.0], [1.0], [2.5]])
    np.testing.assert_allclose(truth_at(law, x), [np.nan, 2**0.5, 1, np.nan])


@pytest.mark.parametrize(
    "function", [lambda x1, x2: np.sqrt(x1 + 2) + x2, lambda x1, x2: np.floor(x1).astype(int)]
)
def test_a_function_of_the_plane_is_compared_where_it_is_defined(function):
    trainer = TrainFCNN(function, n_samples=100).train(epochs=1)
    errors = ErrorMap.from_run(trainer.run)
    grid = errors.grid
    truth = errors.truth
    title = errors.title
    assert (grid.extent, truth.shape) == ((-2, 2, -2, 2), (200, 200))
    assert title.endswith(" inside")
    assert trainer.plot()


def test_errors_on_the_plane_of_two_of_three_features_are_those_at_their_median():
    trainer = TrainFCNN(lambda a, b, c: a * b - c, n_samples=100).train(epochs=1)
    errors = ErrorMap.from_run(trainer.run, (2, 0))
    grid = errors.grid
    truth = errors.truth
    c, a = np.meshgrid(grid.x1, grid.x2)
    np.testing.assert_allclose(truth, a * np.median(trainer.dataset.x[:, 1]) - c)


def test_errors_along_a_curve_are_told_inside_and_outside():
    trainer = TrainFCNN(lambda x: x > 0.5, n_samples=300).train(epochs=2)
    errors = ErrorMap.from_run(trainer.run)
    curve = errors.grid
    title = errors.title
    right = curve.values.argmax(1) == errors.truth
    shares = [right[curve.inside].mean(), right[~curve.inside].mean()]
    assert title == "{:.1%} right inside, {:.1%} right outside".format(*shares)


def test_the_exact_score_of_any_number_of_features_is_that_on_fresh_points():
    for function in (OF_ONE["regression"], lambda a, b, c: a * b - c):
        trainer = TrainFCNN(function).train(epochs=20)
        assert trainer.exact_score() == pytest.approx(trainer.score(), abs=0.01)


@pytest.mark.parametrize("bad", [{"n": 0}, {"margin": -1}, {"features": (0, 1)}])
def test_what_is_no_curve_is_refused(of_one, bad):
    with pytest.raises(ValueError, match=f"{next(iter(bad))} must be .*: (try|leave)"):
        predict_grid(of_one.run, **bad)
