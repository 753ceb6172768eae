"""Answers in the forms in which people give them."""

import numpy as np
import pytest
import torch

from trainfcnn.testing.answers import Question, UnusableAnswerError

BINARY = Question("binary", 2)
THREE = Question("multiclass", 3)
VALUES = Question("regression", 0)


@pytest.mark.parametrize(
    "raw",
    [
        [1, 0, 1],
        np.array([True, False, True]),
        np.array([[1.0], [0.0], [1.0]]),
        torch.tensor([1, 0, 1]),
        torch.tensor([1.0, 0.0, 1.0], requires_grad=True),
        np.array([[0.1, 0.9], [5, -5], [-3, -2]]),
    ],
    ids=["list", "bool", "column", "tensor", "with gradients", "a column a class"],
)
def test_labels_are_read_in_any_form(raw):
    assert BINARY.read(raw, 3).tolist() == [1, 0, 1]


def test_values_are_read_as_they_are():
    assert VALUES.read([[0.5], [1.5]], 2).tolist() == [0.5, 1.5]


def test_a_label_that_is_no_number_is_that_of_no_class():
    assert THREE.read([np.nan, 2.0], 2).tolist() == [-1, 2]


@pytest.mark.parametrize(
    ("question", "raw", "words"),
    [
        (BINARY, [0, 1, 1], r"shape \(2,\) or \(2, 2\), one for each point, got shape \(3,\)"),
        (VALUES, np.zeros((2, 2)), r"shape \(2,\), one for each point, got shape \(2, 2\)"),
        (BINARY, [0.0, 0.37], "labels from 0 to 1, or a column for each class, got 0.37"),
        (BINARY, ["cat", "dog"], "must be numbers"),
        (VALUES, None, "must be numbers, one for each point, got NoneType"),
    ],
    ids=["too many", "too wide", "a probability", "text", "nothing"],
)
def test_answers_that_cannot_be_read_are_named(question, raw, words):
    with pytest.raises(UnusableAnswerError, match=words):
        question.read(raw, 2)


def test_scores_are_accuracy_and_r2():
    y = np.array([0, 1, 2, 2])
    assert THREE.score(np.array([0, 1, 1, 1]), y) == 0.5
    assert THREE.constant(y) == 0.5
    assert VALUES.score(y + 0.0, y) == 1
    assert VALUES.score(np.full(4, y.mean()), y) == pytest.approx(VALUES.constant(y))
    assert np.isnan(VALUES.score(np.array([np.nan, 0, 0, 0]), y))
