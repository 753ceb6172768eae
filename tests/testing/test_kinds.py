"""Which kind of model it is that was handed over."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from trainfcnn.testing.answers import Question
from trainfcnn.testing.kinds import check_model, fitted, trains_itself
from trainfcnn.testing.modules import Loop
from trainfcnn.testing.samples import toy_data

BINARY = Question("binary", 2)
X, Y = toy_data("and", 100)


class Predictor:
    """What `fit` may return, as scikit-learn's does."""

    def predict(self, X):
        return X[:, 0] > 0


class Estimator(Predictor):
    def fit(self, X, y):
        return self


class Line(nn.Linear):
    def __init__(self):
        super().__init__(2, 1)


def fit(X, y):
    return lambda X: X[:, 0] > 0


def make_fit():
    return fit


MODELS = {
    "module": nn.Linear(2, 1),
    "class of a module": Line,
    "maker of modules": lambda: nn.Linear(2, 1),
    "maker with defaults": lambda inputs=2, outputs=1: nn.Linear(inputs, outputs),
    "estimator": KNeighborsClassifier(),
    "class of an estimator": KNeighborsClassifier,
    "own estimator": Estimator(),
    "fit": fit,
    "maker of fit": make_fit,
    "fit that returns an estimator": lambda X, y: Predictor(),
    "fit that returns a module": lambda X, y: nn.Linear(2, 1),
}


@pytest.mark.parametrize("name", MODELS)
def test_each_kind_answers(name):
    check_model(MODELS[name])
    found = fitted(MODELS[name], BINARY, X, Y, Loop(1, 50), 1.0)
    answers = found.answers(X)
    assert answers.shape == (100,)
    assert np.isin(answers, (0, 1)).all()


def test_what_trains_itself_is_known():
    alone = {name for name, model in MODELS.items() if trains_itself(model)}
    assert alone == {
        "estimator", "own estimator", "fit", "fit that returns an estimator",
        "fit that returns a module",
    }  # fmt: skip


def test_an_estimator_is_fitted_as_a_copy():
    estimator = KNeighborsClassifier()
    fitted(estimator, BINARY, X, Y, Loop(1, 50), 1.0)
    assert not hasattr(estimator, "classes_")


def test_a_fit_that_returns_nothing_is_refused():
    with pytest.raises(TypeError, match=r"fit\(X, y\) must return what predicts.* got None"):
        fitted(lambda X, y: None, BINARY, X, Y, Loop(1, 50), 1.0)
