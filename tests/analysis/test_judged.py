"""Which points are missed, and which to show."""

import numpy as np
import pytest

from trainfcnn import TrainFCNN
from trainfcnn.analysis.judged import (
    LARGEST,
    MOST_MISSED,
    MOST_SHOWN,
    Judged,
    constant_score,
)
from trainfcnn.nn.tasks import TASKS


def judged(trainer):
    return Judged.of(trainer.run, trainer.dataset.x_test, trainer.dataset.y_test)


def test_the_missed_are_the_wrong_answers_and_all_of_them_are_shown():
    trainer = TrainFCNN("quadrants", n_samples=600).train(epochs=3)
    found = judged(trainer)
    wrong = trainer.predict(trainer.dataset.x_test) != trainer.dataset.y_test
    assert found.n_missed == wrong.sum() > 0
    assert wrong[found.missed].all()
    assert set(found.missed) <= set(found.shown)
    assert found.n_missed / found.n == pytest.approx(1 - trainer.score())


def test_of_many_points_some_are_shown_and_all_are_counted():
    trainer = TrainFCNN("xor", n_samples=5000, noise=1.0).train(epochs=1)
    found = judged(trainer)
    assert len(found.missed) <= MOST_MISSED < found.n_missed
    assert len(found.shown) <= MOST_SHOWN + MOST_MISSED
    assert found.n == len(trainer.dataset.x_test)


def test_of_a_regression_they_are_the_largest_errors():
    trainer = TrainFCNN("prod", n_samples=300).train(epochs=3)
    x, y = trainer.dataset.x_test, trainer.dataset.y_test
    distance = np.abs(trainer.predict(x) - y)
    found = judged(trainer)
    assert set(found.missed) == set(np.argsort(distance)[-LARGEST:])


def test_of_no_points_nothing_is_missed():
    trainer = TrainFCNN("xor", n_samples=60).train(epochs=1)
    found = Judged.of(trainer.run, np.empty((0, 2)), np.empty(0, dtype=np.int64))
    assert (found.n, found.n_missed, len(found.shown), found.gives_nothing) == (0, 0, 0, False)


def test_a_network_without_numbers_misses_nothing_that_could_be_shown():
    trainer = TrainFCNN("prod", n_samples=60)
    with pytest.warns(RuntimeWarning, match="diverged"):
        trainer.train(lr=1e9, optimizer="sgd", epochs=5)
    found = judged(trainer)
    assert found.gives_nothing
    assert not len(found.missed)


def test_the_constant_answer_is_that_of_the_training_sample():
    x = np.random.default_rng(0).normal(size=(40, 2))
    y = np.repeat([0, 1], [30, 10])
    trainer = TrainFCNN((x, y), test_size=(x[:10], np.repeat([0, 1], [3, 7]))).train(epochs=1)
    assert constant_score(trainer.run) == pytest.approx(0.3)


def test_of_a_regression_the_constant_answer_explains_nothing():
    trainer = TrainFCNN("prod", n_samples=100).train(epochs=1)
    y = trainer.dataset.y_test
    guess = np.full_like(y, trainer.dataset.y.mean())
    by_hand = 1 - np.square(y - guess).mean() / y.var()
    assert constant_score(trainer.run) == pytest.approx(by_hand)
    assert constant_score(trainer.run) <= 0
    assert TASKS["regression"].format_score(by_hand)
