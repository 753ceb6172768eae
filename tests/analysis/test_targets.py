"""One of several targets, and the scores of all, against scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics

from trainfcnn import TrainFCNN
from trainfcnn.analysis.targets import each_target, run_of_target

RNG = np.random.default_rng(0)
X = RNG.uniform(-2, 2, (120, 2))
VALUES = np.column_stack([np.sin(X[:, 0]), 100 * X[:, 1] + 7, X.prod(1)])
LABELS = np.column_stack([X.prod(1) > 0, X[:, 0] > 1, X.sum(1) > 0]).astype(int)
QUICK = {"dims": [8], "epochs": 15}


@pytest.fixture(scope="module")
def values():
    return TrainFCNN((X, VALUES)).train(**QUICK)


@pytest.fixture(scope="module")
def labels():
    return TrainFCNN((X, LABELS), kind="multilabel").train(**QUICK)


def test_scores_of_values_are_those_of_scikit_learn_and_their_uniform_mean(values):
    found = values.evaluate(X, VALUES)
    answers = values.predict(X)
    each = metrics.r2_score(VALUES, answers, multioutput="raw_values")
    assert values.score(X, VALUES) == pytest.approx(each.mean(), rel=1e-5)
    assert [found[f"r2 of target {place}"] for place in range(3)] == pytest.approx(each, rel=1e-5)
    assert found["mse"] == pytest.approx(metrics.mean_squared_error(VALUES, answers), rel=1e-5)
    rmse = metrics.root_mean_squared_error(VALUES, answers)
    assert found["rmse"] == pytest.approx(rmse, rel=1e-5)
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(VALUES, answers), rel=1e-5)


def test_scores_of_labels_are_those_of_scikit_learn(labels):
    found = labels.evaluate(X, LABELS)
    answers = labels.predict(X)
    assert answers.shape == LABELS.shape
    np.testing.assert_array_equal(answers, labels.predict_proba(X) > 0.5)
    assert found["accuracy"] == metrics.accuracy_score(LABELS, answers)
    each = metrics.f1_score(LABELS, answers, average=None)
    assert found["f1"] == pytest.approx(each.mean())
    assert [found[f"f1 of label {place}"] for place in range(3)] == pytest.approx(each)


def test_the_loss_of_values_sees_each_in_its_standard_deviation(values):
    unit = values.dataset.y.std(0)
    y = values.dataset.y
    errors = (values.predict(values.dataset.x) - y) / unit
    assert values.loss == pytest.approx(np.square(errors).mean(), rel=1e-5)
    assert values.run.criterion == pytest.approx(values.loss, rel=1e-5)
    assert values.baseline == pytest.approx(1)


def test_a_target_that_never_changes_is_left_out_of_the_mean():
    y = np.column_stack([X[:, 0], np.full(120, 3.0)])
    found = TrainFCNN((X, y)).train(**QUICK).evaluate()
    assert np.isnan(found["r2 of target 1"])
    assert found["r2"] == pytest.approx(found["r2 of target 0"])


@pytest.mark.parametrize("place", [0, 2])
def test_one_target_alone_is_answered_as_among_the_others(values, labels, place):
    one = values.for_target(place)
    expected = values.predict(X)[:, place]
    np.testing.assert_allclose(one.predict(X), expected, rtol=1e-5, atol=1e-5)
    assert one.dataset.name == f"target {place} ({place + 1} of 3)"
    label = labels.for_target(f"label {place}")
    assert (label.kind, label.dataset.classes) == ("binary", (0, 1))
    np.testing.assert_array_equal(label.predict(X), labels.predict(X)[:, place])
    shares = label.predict_proba(X)[:, 1]
    np.testing.assert_allclose(shares, labels.predict_proba(X)[:, place], rtol=1e-5)


def test_each_target_has_its_truth_its_answers_and_its_score_on_the_test_sample(values):
    found = each_target(values.run)
    for place, one in enumerate(found):
        np.testing.assert_array_equal(one.truth, values.dataset.y_test[:, place])
        assert one.score == f"R² {values.for_target(place).score():.4f}"


def test_a_run_of_one_target_is_its_own():
    run = TrainFCNN("xor", n_samples=50).train([2], epochs=1).run
    assert run_of_target(run) is run


@pytest.mark.parametrize("target", ["target 3", 3, -1, True])
def test_a_target_that_there_is_not_is_refused(values, target):
    with pytest.raises(ValueError, match="target must be one of"):
        values.for_target(target)


@pytest.mark.parametrize("call", ["confusion", "mistakes", "predict_grid"])
def test_what_is_of_one_target_says_how_to_take_one(labels, call):
    with pytest.raises(ValueError, match=r"take one, as in trainer.for_target\('label 0'\)"):
        getattr(labels, call)()
