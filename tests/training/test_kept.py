"""A sweep's networks are made when somebody asks for them, and are then those that were trained."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from oracle import small_dataset
from trainings import QUICK

from trainfcnn.analysis.evaluation import evaluate
from trainfcnn.nn.network import FCNN
from trainfcnn.training.kept import Kept
from trainfcnn.training.loop import Training


def trained(kind="regression", **changes):
    recipe = replace(QUICK, **changes)
    dims = [(2,), (5,), (3,)]
    training = Training(small_dataset(kind, 30), [replace(recipe, dims=one) for one in dims])
    for _ in training.strides():
        pass
    return training


def held(run):
    return vars(run)["network"]


def same(one, other):
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return all(torch.equal(mine, theirs) for mine, theirs in pairs)


@pytest.mark.parametrize("changes", [{}, {"standardize": True}, {"validation": 0.2}], ids=str)
def test_a_run_holds_the_network_that_was_trained_and_makes_it_once(changes):
    training = trained(**changes)
    for member, run in enumerate(training.runs()):
        assert isinstance(held(run), Kept)
        assert same(run.network, training.network(member))
        assert run.network is run.network
        assert not run.network.training


def test_runs_do_not_share_what_can_be_changed():
    first, second = trained().runs()[0], trained().runs()[0]
    first.network.initialize(seed=99)
    assert not same(first.network, second.network)
    again = trained()
    before, after = (again.runs()[1].network for _ in range(2))
    before.initialize(seed=99)
    assert not same(before, after)


def test_a_run_is_sent_as_small_as_it_is():
    run = trained().runs()[2]
    sent = pickle.loads(pickle.dumps(run.on(run.dataset.without_samples())))
    assert isinstance(held(sent), Kept)
    assert isinstance(held(run), Kept)
    assert same(sent.network, run.network)


def test_a_network_that_is_given_is_the_one_that_is_read():
    run = trained().runs()[0]
    network = FCNN([2, 2, 1])
    assert replace(run, network=network).network is network


@pytest.mark.parametrize("kind", ["regression", "binary", "multiclass"])
@pytest.mark.parametrize("changes", [{}, {"standardize": True}, {"patience": 3}], ids=str)
def test_all_members_are_judged_as_each_of_them_is(kind, changes):
    training = trained(kind, **changes)
    other = small_dataset(kind, 40, seed=1)
    losses, scores = training.judged(other.x, other.y)
    before = training.losses()
    for member, run in enumerate(training.runs()):
        loss, score = evaluate(run, other.x, other.y)
        np.testing.assert_allclose(losses[member], loss, rtol=1e-5)
        np.testing.assert_allclose(scores[member], score, rtol=1e-5, atol=1e-6)
    assert np.array_equal(training.losses(), before)


def test_to_judge_does_not_change_a_training_that_goes_on():
    judged, plain = (
        Training(small_dataset("binary", 30), replace(QUICK, patience=20)) for _ in range(2)
    )
    for _ in judged:
        judged.judged(judged._dataset.x, judged._dataset.y)
    assert [*plain][-1] == judged.state.epoch
    assert torch.equal(judged.stack.parameters, plain.stack.parameters)
