"""Other initial weights, by the same recipe on the same data."""

from dataclasses import replace

import numpy as np
import pytest

from trainfcnn import TrainFCNN
from trainfcnn.analysis.seeds import NUMBERS, OtherSeeds, affordable, others_than
from trainfcnn.engine.backend import Engine
from trainfcnn.training.loop import Training


@pytest.fixture(scope="module")
def xor():
    return TrainFCNN("xor", n_samples=200).train(dims=[4], epochs=6)


def lasting(trainer, seconds, engine="fused"):
    run = trainer.run
    history = replace(run.history, seconds=seconds)
    return replace(run, history=history, engine=Engine(engine, "for the test"))


def test_each_is_what_a_trainer_gets_from_that_weight_seed(xor):
    others = OtherSeeds.of(xor.run, 3)
    for number, seed in enumerate([1, 2, 3]):
        alone = TrainFCNN("xor", n_samples=200).train(dims=[4], epochs=6, weight_seed=seed)
        np.testing.assert_allclose(others.losses[number], alone.history.loss, rtol=1e-4)
        assert others.scores[number] == pytest.approx(alone.score(), abs=0.011)


def test_they_are_the_same_each_time_and_leave_the_run_alone(xor):
    before = repr(xor)
    one, other = OtherSeeds.of(xor.run, 4), OtherSeeds.of(xor.run, 4)
    np.testing.assert_array_equal(one.losses, other.losses)
    np.testing.assert_array_equal(one.scores, other.scores)
    assert repr(xor) == before


def test_ones_own_weights_are_not_among_them():
    assert others_than(0, 3) == [1, 2, 3]
    assert others_than(2, 3) == [0, 1, 3]
    made = TrainFCNN("xor", n_samples=200).train(dims=[4], epochs=2, weight_seed=1)
    found = OtherSeeds.of(made.run, 5).losses[:, 0]
    assert not np.isclose(found, made.history.loss[0], rtol=1e-6).any()


def test_what_stopped_earlier_has_no_losses_after_that():
    made = TrainFCNN("xor", n_samples=200, noise=0.5)
    made.train(dims=[4], epochs=60, validation=0.3, patience=3)
    others = OtherSeeds.of(made.run, 4)
    ends = np.isfinite(others.losses).sum(1)
    assert ends.max() == others.losses.shape[1]
    for losses, end in zip(others.losses, ends, strict=True):
        assert np.isfinite(losses[:end]).all()


@pytest.mark.filterwarnings("ignore:the training diverged")
def test_the_score_of_what_diverged_is_not_known():
    made = TrainFCNN("prod", n_samples=200)
    with pytest.warns(RuntimeWarning, match="diverged"):
        made.train(lr=1e9, optimizer="sgd", epochs=5)
    others = OtherSeeds.of(made.run, 2)
    assert np.isnan(others.scores).all()
    assert len(others) == 2
    assert not len(others.known)


def test_without_a_test_sample_there_are_losses_alone():
    made = TrainFCNN((np.random.default_rng(0).normal(size=(12, 2)), [0, 1] * 6)).train(epochs=3)
    others = OtherSeeds.of(made.run, 2)
    assert others.losses.shape == (2, 3)
    assert np.isnan(others.scores).all()


@pytest.mark.parametrize(
    ("seconds", "engine", "n"),
    [(0.05, "fused", 32), (0.2, "fused", 16), (0.4, "fused", 8), (60, "fused", 0), (5, "torch", 0)],
)
def test_there_are_as_many_as_one_waits_for(xor, seconds, engine, n):
    found, note = affordable(lasting(xor, seconds, engine))
    assert found == n
    assert ("left out" in note) == (n == 0)
    assert n in (*NUMBERS, 0)


def test_those_that_are_asked_for_are_trained_however_long_it_takes(xor):
    assert len(OtherSeeds.of(lasting(xor, 1000.0), 2)) == 2
    assert len(OtherSeeds.of(lasting(xor, 1000.0))) == 0


@pytest.mark.parametrize("ended", ["time", "interrupted"])
def test_a_training_that_was_cut_short_is_compared_with_none(xor, ended):
    for n in (None, 3):
        others = OtherSeeds.of(replace(xor.run, ended=ended), n)
        assert len(others) == 0
        assert "cut short" in others.note


@pytest.mark.parametrize("n", [-1, 1.5, "8", True], ids=repr)
def test_a_number_of_seeds_that_is_none_is_refused(xor, n):
    with pytest.raises(ValueError, match="seeds must be an integer of 0 or more"):
        xor.plot(seeds=n)


def test_ctrl_c_while_they_are_trained_leaves_the_trainer_as_it_was(xor, monkeypatch):
    def interrupted(training, *given):
        yield 1
        raise KeyboardInterrupt

    before = repr(xor)
    monkeypatch.setattr(Training, "strides", interrupted)
    with pytest.raises(KeyboardInterrupt):
        xor.plot(seeds=4)
    monkeypatch.undo()
    assert repr(xor) == before
    assert len(OtherSeeds.of(xor.run, 2)) == 2
