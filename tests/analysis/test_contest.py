"""Models on data sets, against scikit-learn asked by hand."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from trainfcnn import FCNNClassifier, make_dataset
from trainfcnn.analysis.contest import CELLS, Contest

DATA = [make_dataset("and", 80), make_dataset("quadrants", 80)]


def test_scores_and_grids_are_those_of_models_fitted_by_hand():
    models = {"line": LogisticRegression(), "vectors": SVC()}
    contest = Contest.of(models, DATA)
    assert contest.models == ("line", "vectors")
    for dataset, grids, scores in zip(DATA, contest.grids, contest.scores, strict=True):
        for model, grid, score in zip((LogisticRegression(), SVC()), grids, scores, strict=True):
            model.fit(dataset.x, dataset.y)
            assert score == model.score(dataset.x_test, dataset.y_test)
            x = np.stack(np.meshgrid(grid.x1, grid.x2), axis=-1).reshape(-1, 2)
            decided = grid.values.argmax(-1).ravel()
            assert (decided == model.predict(x)).mean() > 0.999  # ties of rounding aside
            assert grid.values.shape == (CELLS, CELLS, len(dataset.classes))


def test_models_are_left_as_they_were():
    models = {"network": FCNNClassifier(epochs=2), "line": LogisticRegression()}
    Contest.of(models, DATA[:1])
    assert not any(hasattr(model, "classes_") for model in models.values())


def test_equals_are_best_together():
    contest = Contest(DATA, ("a", "b", "c"), [], np.array([[0.9, 0.9004, 0.8], [0.5, 0.6, 0.6]]))
    assert contest.best.tolist() == [[True, True, False], [False, True, True]]


def test_a_class_that_was_not_learnt_has_no_probability():
    few = make_dataset("quadrants", 3)
    known = np.unique(few.y)
    grid = Contest.of({"line": LogisticRegression()}, [few]).grids[0][0]
    assert not np.delete(grid.values, known, axis=-1).any()


@pytest.mark.parametrize("dataset", [make_dataset("prod", 20)], ids=["regression"])
def test_what_cannot_be_compared_is_refused(dataset):
    with pytest.raises(ValueError, match="classes of 2 features with a test sample, got"):
        Contest.of({"line": LogisticRegression()}, [dataset])
    with pytest.raises(ValueError, match="models must be a dict of one classifier or more"):
        Contest.of({}, DATA)
