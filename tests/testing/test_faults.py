"""Faults are named that show in the answers alone."""

import numpy as np
import pytest

from trainfcnn import make_dataset
from trainfcnn.testing.answers import Question
from trainfcnn.testing.faults import Evidence, faults_of, signs_of


def evidence(answers, dataset="xor", train_score=0.5):
    data = make_dataset(dataset, 200)
    question = Question.of(data)

    def read(x):
        return question.read(answers(*x.T), len(x))

    given = read(data.x_test)
    return Evidence(read, data, given, train_score, question.score(given, data.y_test))


SIGNS = {
    "the same answer everywhere": ("xor", lambda x1, x2: 0 * x1),
    "are targets one off": ("xor", lambda x1, x2: x1 * x2 <= 0),
    "the smallest score taken (argmin)": ("xor", lambda x1, x2: np.sin(50 * x1 * x2) > 0),
    "of the wrong sign": ("prod", lambda x1, x2: -x1 * x2),
    "of another scale or offset": ("prod", lambda x1, x2: 3 * x1 * x2 + 1),
    "no answer is below 0": ("prod", lambda x1, x2: np.maximum(x1 * x2, 0)),
    "do not depend on x2": ("xor", lambda x1, x2: np.sin(3 * x1) > 0),
    "cut to whole numbers": ("xor", lambda x1, x2: np.trunc(x1) * np.trunc(x2) > 0),
    "is linear in the inputs": ("xor", lambda x1, x2: x1 + x2 > 0.5),
    "are no finite number": ("prod", lambda x1, x2: np.where(x1 > 0, np.nan, x2)),
    "it learns, but too little": ("xor", lambda x1, x2: (x1 * x2 > 0) ^ (np.sin(90 * x1) > 0.7)),
}


@pytest.mark.parametrize("words", SIGNS)
def test_a_sign_is_seen(words):
    dataset, answers = SIGNS[words]
    assert words in " ".join(signs_of(evidence(answers, dataset)))


def test_what_is_right_on_its_own_sample_alone_is_told():
    told = signs_of(evidence(lambda x1, x2: np.sin(50 * x1 * x2) > 0, train_score=1.0))
    assert "knows the sample it was trained on and nothing else" in told[0]


def test_answers_that_are_others_on_each_call_are_a_fault():
    draw = np.random.default_rng(0)
    (told,) = faults_of(evidence(lambda x1, x2: x1 + draw.normal(size=len(x1)) > 0))
    assert "is dropout still on" in told


@pytest.mark.parametrize("dataset", ["xor", "prod"])
def test_answers_that_depend_on_the_other_points_are_a_fault(dataset):
    (told,) = faults_of(evidence(lambda x1, x2: (x1 - x1.mean() > 0) * 1, dataset))
    assert "change when fewer points are asked about at once" in told


@pytest.mark.parametrize("dataset", ["xor", "prod"])
def test_answers_that_are_a_function_of_each_point_are_no_fault(dataset):
    assert faults_of(evidence(lambda x1, x2: (x1 > 0) * 1, dataset)) == []
