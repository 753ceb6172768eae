"""Where a training stands is plain to see, and can be pickled."""

import pickle

import pytest
import torch
from oracle import small_dataset
from trainings import HELD, QUICK, trained

from trainfcnn.training.loop import Training

STEPS = 3  # an epoch: 12 samples, 5 a batch


def test_the_state_counts_epochs_and_steps_and_so_does_the_optimizer():
    training = Training(small_dataset("binary"), QUICK)
    state = training.state
    assert (state.epoch, state.step, state.seconds) == (0, 0, 0)
    for epoch in training:
        assert (state.epoch, state.step) == (epoch, epoch * STEPS)
        assert state.optimizer.n_steps == state.step
    assert state.seconds > 0


def test_parameters_and_order_of_the_state_are_those_that_are_trained():
    training = Training(small_dataset("binary"), QUICK)
    assert training.state.parameters is training.stack.parameters
    seen = set()
    for _ in training:
        order = training.state.order.tolist()
        assert sorted(order) == list(range(12))
        seen.add(tuple(order))
    assert len(seen) == QUICK.epochs


def test_each_use_of_chance_has_a_generator_of_its_own():
    state = Training(small_dataset("binary"), QUICK).state
    seeds = [one.initial_seed() for one in (state.batch_order, state.dropout, state.augmentation)]
    assert len(set(seeds)) == 3


@pytest.mark.parametrize(
    ("recipe", "is_watched"),
    [(QUICK, False), (HELD, True), (QUICK.but(patience=3), True)],
    ids=["plain", "held", "patient"],
)
def test_the_best_weights_are_part_of_it_where_some_are_kept(recipe, is_watched):
    state = Training(small_dataset("binary", n=30), recipe).state
    assert (state.best is not None) == is_watched


def test_a_state_that_was_pickled_holds_the_same():
    state = trained(small_dataset("binary", n=30), HELD).state
    back = pickle.loads(pickle.dumps(state))
    assert (back.epoch, back.step, back.seconds) == (state.epoch, state.step, state.seconds)
    assert torch.equal(back.parameters, state.parameters)
    assert torch.equal(back.best.parameters, state.best.parameters)
    for ours, theirs in zip(back.validation.rows(6), state.validation.rows(6), strict=True):
        assert torch.equal(ours, theirs)
    for name in ("batch_order", "dropout", "augmentation"):
        assert torch.equal(getattr(back, name).get_state(), getattr(state, name).get_state())
