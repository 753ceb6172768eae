"""What a network takes for what, where it is sure and wrong, and how far it is to be believed."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from trainfcnn import TrainFCNN
from trainfcnn.analysis.classification import (
    Calibration,
    Mistakes,
    confusion,
)
from trainfcnn.analysis.regression import Residuals
from trainfcnn.analysis.separation import precision_recall_curves, roc_curves


@st.composite
def judged(draw):
    """Draw how many classes there are, the truth and the answers: some classes may not occur."""
    n_classes = draw(st.integers(2, 12))
    labels = st.integers(0, n_classes - 1)
    pairs = draw(st.lists(st.tuples(labels, labels), min_size=1, max_size=40))
    y, answers = np.array(pairs, dtype=np.int64).T
    return n_classes, y, answers


@st.composite
def guesses(draw):
    """Draw probabilities (m, n_classes), many of which are equal, and the truth."""
    n_classes = draw(st.integers(2, 5))
    rows = st.lists(st.integers(0, 3), min_size=n_classes, max_size=n_classes).filter(any)
    weights = np.array(draw(st.lists(rows, min_size=1, max_size=30)), dtype=float)
    labels = st.integers(0, n_classes - 1)
    y = draw(st.lists(labels, min_size=len(weights), max_size=len(weights)))
    return weights / weights.sum(1, keepdims=True), np.array(y)


# confusion


@given(case=judged())
def test_confusion_is_that_of_scikit_learn(case):
    n_classes, y, answers = case
    expected = metrics.confusion_matrix(y, answers, labels=range(n_classes))
    np.testing.assert_array_equal(confusion(y, answers, n_classes), expected, strict=True)


@given(case=judged())
def test_every_sample_is_counted_once_in_the_row_of_its_class(case):
    n_classes, y, answers = case
    counts = confusion(y, answers, n_classes)
    assert counts.sum(1).tolist() == np.bincount(y, minlength=n_classes).tolist()
    assert counts.sum(0).tolist() == np.bincount(answers, minlength=n_classes).tolist()
    assert counts.trace() == (y == answers).sum()


def test_of_no_samples_there_is_no_confusion():
    nothing = np.array([], dtype=np.int64)
    assert confusion(nothing, nothing, 3).tolist() == [[0] * 3] * 3


# mistakes


@given(case=guesses(), n=st.integers(1, 35))
def test_the_surest_mistakes_come_first_and_of_equals_the_earlier_one(case, n):
    probabilities, y = case
    rows = probabilities.tolist()
    wrong = [k for k, row in enumerate(rows) if row.index(max(row)) != y[k]]
    expected = sorted(wrong, key=lambda k: -max(rows[k]))[:n]
    mistakes = Mistakes.from_predictions(probabilities, y, n)
    assert mistakes.indices.tolist() == expected
    assert mistakes.answers.tolist() == [rows[k].index(max(rows[k])) for k in expected]
    assert mistakes.confidence.tolist() == [max(rows[k]) for k in expected]
    assert mistakes.total == len(wrong)


@given(case=guesses(), n=st.integers(1, 35))
def test_the_given_probabilities_are_not_changed(case, n):
    probabilities, y = case
    copies = probabilities.copy(), y.copy()
    Mistakes.from_predictions(probabilities, y, n)
    np.testing.assert_array_equal(probabilities, copies[0])
    np.testing.assert_array_equal(y, copies[1])


def test_who_is_always_right_makes_no_mistakes():
    mistakes = Mistakes.from_predictions(np.eye(3), np.arange(3), n=5)
    assert (len(mistakes.indices), len(mistakes.answers), len(mistakes.confidence)) == (0, 0, 0)
    assert mistakes.total == 0
    assert repr(mistakes) == "Mistakes: 0 of 0"


def test_mistakes_say_how_many_there_are_and_how_sure_the_surest_was():
    probabilities = np.tile([0.25, 0.75], (1500, 1))
    mistakes = Mistakes.from_predictions(probabilities, np.zeros(1500, int), n=24)
    assert repr(mistakes) == "Mistakes: 24 of 1,500, the most confident at 75%"


# of a trained network


@pytest.fixture(scope="module", params=["xor", "quadrants"])
def trained(request):
    return TrainFCNN(request.param, n_samples=200, noise=0.3).train(dims=[4], epochs=3)


def test_a_network_is_confused_as_scikit_learn_says_of_its_predictions(trained):
    data = trained.dataset
    labels = np.array(data.classes)
    expected = metrics.confusion_matrix(
        labels[data.y_test], trained.predict(data.x_test), labels=labels
    )
    np.testing.assert_array_equal(trained.confusion(), expected, strict=True)
    assert trained.confusion().trace() / len(data.y_test) == pytest.approx(trained.score())


def test_the_mistakes_of_a_network_are_what_lies_off_the_diagonal(trained):
    counts, data, everything = trained.confusion(), trained.dataset, trained.mistakes(10_000)
    assert everything.total == len(everything.indices) == counts.sum() - counts.trace() > 0
    for truth, answer in product(range(len(data.classes)), repeat=2):
        pairs = (data.y_test[everything.indices] == truth) & (everything.answers == answer)
        assert pairs.sum() == (counts[truth, answer] if truth != answer else 0)


def test_some_mistakes_of_a_network_are_the_first_of_all(trained):
    some, everything = trained.mistakes(5), trained.mistakes(10_000)
    assert (len(some.indices), some.total) == (5, everything.total)
    assert some.indices.tolist() == everything.indices[:5].tolist()
    assert (np.diff(everything.confidence) <= 0).all()
    probabilities = trained.predict_proba(trained.dataset.x_test)
    np.testing.assert_array_equal(some.confidence, probabilities[some.indices, some.answers])


@pytest.mark.parametrize("n", [0, -1, 2.0, True])
def test_a_number_of_mistakes_is_a_whole_one(n, trained):
    with pytest.raises(ValueError, match="n must be an integer of 1 or more, got"):
        trained.mistakes(n)


@pytest.mark.parametrize("ask", ["confusion", "mistakes"])
def test_a_regression_takes_nothing_for_anything(ask):
    trainer = TrainFCNN("prod", n_samples=50).train(dims=[], epochs=1)
    with pytest.raises(ValueError, match="this is for classes, and 'prod' is a regression"):
        getattr(trainer, ask)()


def test_an_answer_that_is_no_number_is_not_a_sure_mistake():
    probabilities = np.array([[np.nan, np.nan], [0.9, 0.1]])
    found = Mistakes.from_predictions(probabilities, np.array([1, 1]), n=5)
    np.testing.assert_array_equal(found.indices, [1])


# reliability


def calibration_error_by_hand(probabilities, y, n_bins):
    """Guo et al. 2017, eq. 3, in a loop over bins (low, high] from chance to 1."""
    n, n_classes = probabilities.shape
    pairs = zip(probabilities.tolist(), y, strict=True)
    answers = [(max(row), row.index(max(row)) == k) for row, k in pairs]
    edges = np.linspace(1 / n_classes, 1, n_bins + 1)
    total = 0.0
    for k in range(n_bins):
        low = -1 if k == 0 else edges[k]
        high = 2 if k == n_bins - 1 else edges[k + 1]
        inside = [answer for answer in answers if low < answer[0] <= high]
        if inside:
            confidence, accuracy = np.mean(inside, axis=0)
            total += len(inside) / n * abs(accuracy - confidence)
    return total


@given(case=guesses(), n_bins=st.integers(1, 12))
def test_the_calibration_error_is_that_of_a_loop_over_the_bins(case, n_bins):
    probabilities, y = case
    error = Calibration.from_predictions(probabilities, y, n_bins).error
    assert error == pytest.approx(calibration_error_by_hand(probabilities, y, n_bins))
    assert 0 <= error <= 1


@given(case=guesses(), n_bins=st.integers(1, 12))
def test_every_sample_is_in_one_bin_whose_edges_hold_its_confidence(case, n_bins):
    found = Calibration.from_predictions(*case, n_bins)
    assert found.counts.sum() == len(case[1])
    assert found.edges[[0, -1]] == pytest.approx([1 / case[0].shape[1], 1])
    empty = found.counts == 0
    np.testing.assert_array_equal(np.isnan(found.confidence), empty)
    np.testing.assert_array_equal(np.isnan(found.accuracy), empty)
    assert (found.edges[:-1] - 1e-12 <= found.confidence)[~empty].all()
    assert (found.confidence <= found.edges[1:] + 1e-12)[~empty].all()
    hits = (case[0].argmax(1) == case[1]).sum()
    assert np.nansum(found.accuracy * found.counts) == pytest.approx(hits)


def test_of_two_classes_the_bins_are_the_upper_half_of_those_of_scikit_learn():
    generator = np.random.default_rng(0)
    second = generator.uniform(size=500)
    probabilities, y = np.stack([1 - second, second], 1), generator.integers(0, 2, 500)
    right = probabilities.argmax(1) == y
    accuracy, confidence = calibration_curve(right, probabilities.max(1), n_bins=20)
    found = Calibration.from_predictions(probabilities, y, n_bins=10)
    np.testing.assert_allclose(found.accuracy, accuracy)
    np.testing.assert_allclose(found.confidence, confidence)


def test_what_lies_on_an_edge_belongs_to_the_bin_below():
    sure = np.array([0.5, 0.625, 0.75, 0.875, 1.0])
    found = Calibration.from_predictions(np.stack([sure, 1 - sure], 1), np.zeros(5, int), n_bins=4)
    assert found.counts.tolist() == [2, 1, 1, 1]


@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_who_is_sure_and_right_has_no_calibration_error_and_who_is_wrong_all_of_it(n_classes):
    y = np.arange(n_classes)
    assert Calibration.from_predictions(np.eye(n_classes), y).error == 0
    assert Calibration.from_predictions(np.eye(n_classes), (y + 1) % n_classes).error == 1


def test_a_classifier_that_draws_its_labels_by_its_own_probabilities_is_calibrated():
    generator = np.random.default_rng(0)
    second = generator.uniform(size=20_000)
    y = (generator.uniform(size=20_000) < second).astype(int)
    assert Calibration.from_predictions(np.stack([1 - second, second], 1), y).error < 0.015


def test_a_reliability_says_its_error_and_on_how_much():
    probabilities = np.tile([0.25, 0.75], (1500, 1))
    told = repr(Calibration.from_predictions(probabilities, np.ones(1500, int)))
    assert told == "Calibration: calibration error 25.0% on 1,500 points, in 1 of 10 bins"


# one class against the rest


def hand_made_areas(column, own):
    """The share of pairs in order (Fawcett 2006), and the precision weighted by its recall."""
    pairs = [(high > low) + (high == low) / 2 for high in column[own] for low in column[~own]]
    average, before = 0.0, 0.0
    for threshold in sorted(set(column), reverse=True):
        taken = column >= threshold
        recall = (taken & own).sum() / own.sum()
        average += (recall - before) * (taken & own).sum() / taken.sum()
        before = recall
    return np.mean(pairs), average


@given(case=guesses())
def test_areas_are_those_found_by_hand_and_a_class_alone_or_absent_has_none(case):
    probabilities, y = case
    found = zip(roc_curves(*case), precision_recall_curves(*case), strict=True)
    for k, (roc, precision) in enumerate(found):
        own = y == k
        assert roc.share == precision.share == pytest.approx(own.mean())
        if 0 < own.sum() < len(y):
            expected = hand_made_areas(probabilities[:, k], own)
            assert (roc.area, precision.area) == pytest.approx(expected)
        else:
            assert np.isnan([roc.area, precision.area]).all()
            assert [len(part) for c in (roc, precision) for part in (c.x, c.y)] == [0] * 4


@given(case=guesses())
def test_the_area_is_that_under_the_curve_as_it_is_drawn(case):
    for roc, precision in zip(roc_curves(*case), precision_recall_curves(*case), strict=True):
        if roc.x.size:
            assert metrics.auc(roc.x, roc.y) == pytest.approx(roc.area)
            steps = -np.diff(precision.x) * precision.y[:-1]
            assert steps.sum() == pytest.approx(precision.area)


# what is refused

HALVES = np.full((3, 2), 0.5)


@pytest.mark.parametrize("of", [Calibration.from_predictions, roc_curves, precision_recall_curves])
@pytest.mark.parametrize(
    ("probabilities", "y", "message"),
    [
        ([0.1, 0.9], [0, 1], r"a column for each of 2 or more classes, .* of shape \(2,\): try"),
        ([[1.0], [1.0]], [0, 0], r"a column for each of 2 or more classes, .* \(2, 1\): try"),
        (np.empty((0, 2)), [], r"a row for each of 1 or more samples .* \(0, 2\): try"),
        ([["a", "b"]], [0], "an array of numbers .* got one of <U1"),
        ([[0.5, 0.5], [3.0, -2.0]], [0, 1], r"0 or more, .* got \[ 3. -2.\] in row 1: try"),
        ([[0.5, 0.7]], [0], r"with a sum of 1 in each row, got \[0.5 0.7\] in row 0: try"),
        ([[np.nan, np.nan]], [0], r"got \[nan nan\] in row 0: .* did not diverge"),
        (HALVES, [0, 1], r"y must have shape \(3,\), .* got \(2,\): give both"),
        (HALVES, [[0], [1], [0]], r"y must have shape \(3,\), .* got \(3, 1\): give both"),
        (HALVES, [0.0, 1.0, 0.5], "class indices, integers from 0 to 1, got 0.0: use"),
        (HALVES, ["a", "b", "a"], "class indices, integers from 0 to 1, got 'a': use"),
        (HALVES, [0, 1, 2], "class indices, integers from 0 to 1, got 2: give a column"),
        (HALVES, [0, 1, -1], "class indices, integers from 0 to 1, got -1: give a column"),
    ],
)
def test_what_are_no_probabilities_or_no_classes_of_them_is_refused(of, probabilities, y, message):
    with pytest.raises(ValueError, match=message):
        of(probabilities, y)


@pytest.mark.parametrize("n_bins", [0, -1, 2.0, True, "ten"])
def test_a_number_of_bins_is_a_whole_one(n_bins):
    with pytest.raises(ValueError, match=r"n_bins must be an integer of 1 or more, got .*: try 10"):
        Calibration.from_predictions(HALVES, [0, 1, 0], n_bins)


@given(case=guesses())
def test_diagnosis_leaves_what_it_is_given_as_it_was(case):
    copies = case[0].copy(), case[1].copy()
    for of in (Calibration.from_predictions, roc_curves, precision_recall_curves):
        of(*case)
    Residuals.from_predictions(case[1], case[0][:, 0])
    np.testing.assert_array_equal(case[0], copies[0])
    np.testing.assert_array_equal(case[1], copies[1])


def test_a_trained_network_knows_how_sure_it_may_be(trained):
    data = trained.dataset
    found = Calibration.from_predictions(trained.predict_proba(data.x_test), data.y_test)
    accuracy = np.nansum(found.accuracy * found.counts) / found.counts.sum()
    assert accuracy == pytest.approx(trained.score())
