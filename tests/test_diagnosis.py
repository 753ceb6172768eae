"""What a classifier takes for what, and where it is sure and wrong."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from trainfcnn import TrainFCNN
from trainfcnn.diagnosis import Mistakes, confusion


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
    mistakes = Mistakes.of(probabilities, y, n)
    assert mistakes.indices.tolist() == expected
    assert mistakes.answers.tolist() == [rows[k].index(max(rows[k])) for k in expected]
    assert mistakes.confidence.tolist() == [max(rows[k]) for k in expected]
    assert mistakes.total == len(wrong)


@given(case=guesses(), n=st.integers(1, 35))
def test_the_given_probabilities_are_not_changed(case, n):
    probabilities, y = case
    copies = probabilities.copy(), y.copy()
    Mistakes.of(probabilities, y, n)
    np.testing.assert_array_equal(probabilities, copies[0])
    np.testing.assert_array_equal(y, copies[1])


def test_who_is_always_right_makes_no_mistakes():
    mistakes = Mistakes.of(np.eye(3), np.arange(3), n=5)
    assert (len(mistakes.indices), len(mistakes.answers), len(mistakes.confidence)) == (0, 0, 0)
    assert mistakes.total == 0
    assert repr(mistakes) == "Mistakes: 0 of 0"


def test_mistakes_say_how_many_there_are_and_how_sure_the_surest_was():
    probabilities = np.tile([0.25, 0.75], (1500, 1))
    mistakes = Mistakes.of(probabilities, np.zeros(1500, int), n=24)
    assert repr(mistakes) == "Mistakes: 24 of 1,500, the surest at 75%"


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
    found = Mistakes.of(probabilities, np.array([1, 1]), n=5)
    np.testing.assert_array_equal(found.indices, [1])
