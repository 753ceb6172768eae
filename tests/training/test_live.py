"""A training whose settings change on the way."""

import pickle
from copy import deepcopy

import numpy as np
import pytest
import torch
from trainings import go_on

from trainfcnn import Recipe, make_dataset
from trainfcnn.training.live import LIVE, changed, set_weight
from trainfcnn.training.loop import Training

XOR = make_dataset("xor", 60)
RECIPE = Recipe(dims=[4], batch_size=10, epochs=20)


def begun(recipe=RECIPE, epochs=3, **options):
    training = Training(XOR, recipe, **options)
    go_on(training, epochs)
    return training


@pytest.mark.parametrize("engine", ["torch", "auto"])
def test_a_change_to_what_it_is_already_changes_no_bit(engine):
    training = begun(weight_seeds=[0, 1], engine=engine)
    same = changed(training, {"lr": RECIPE.lr, "batch_size": 10, "weight_decay": 0.0})
    for one in (training, same):
        go_on(one, 9 - one.state.epoch)
    assert torch.equal(training.state.parameters, same.state.parameters)
    assert np.array_equal(training.rows()[0], same.rows()[0])
    assert training.state.changes == ()
    assert same.scaling is training.scaling
    assert [epoch for epoch, _ in same.state.changes] == [3]


@pytest.mark.parametrize("name", LIVE)
def test_what_changes_is_as_in_a_training_that_stood_there_with_it(name):
    value = {"batch_size": 30, "momentum": 0.5, "dropout": 0.5}.get(name, 0.02)
    recipe = RECIPE.but(optimizer="sgd", lr=0.1)
    training = begun(recipe)
    new = changed(training, {name: value})
    assert new.made_of.members[0].recipe == recipe.but(**{name: value})
    by_hand = Training(XOR, recipe.but(**{name: value}))
    by_hand.restore(deepcopy(training.state))
    if name == "batch_size":
        assert new.state.step == 3 * 2
        by_hand.note_change({})
    for one in (new, by_hand):
        go_on(one, 2)
    assert torch.equal(new.state.parameters, by_hand.state.parameters)
    assert training.state.epoch == 3


def test_a_schedule_goes_on_by_epochs_when_batches_change():
    recipe = RECIPE.but(schedule="step", epochs=4, optimizer="sgd", lr=1e-9)
    new = changed(begun(recipe), {"batch_size": 60})
    assert new.state.step == 3
    before = new.state.parameters.clone()
    new.train_epochs(1)
    assert new.is_over
    assert float((new.state.parameters - before).abs().max()) < 1e-9  # a tenth of a tenth


def test_it_is_refused_where_it_cannot_be():
    training = begun()
    with pytest.raises(ValueError, match="lr must be a number greater than 0"):
        changed(training, {"lr": -1})
    with pytest.raises(ValueError, match="must be of lr, momentum"):
        changed(training, {"dims": [8]})
    with pytest.raises(ValueError, match="where steps are counted"):
        changed(begun(RECIPE.but(steps=60), epochs=1), {"batch_size": 5})


def test_changes_go_on_in_another_process():
    new = pickle.loads(pickle.dumps(changed(begun(), {"lr": 0.5})))
    assert new.state.changes == ((3, {"lr": 0.5}),)
    assert new.made_of.members[0].recipe.lr == 0.5


def test_a_weight_that_is_set_is_the_networks_and_goes_on_from_there():
    training = begun(RECIPE.but(dims=[5, 3]), weight_seeds=[0, 1, 2])
    before = training.network(2).linears[1].weight.detach().clone()
    set_weight(training, 2, 1, 0, 4, -3.0)
    set_weight(training, 2, 1, 0, None, 0.5)
    after = training.network(2).linears[1]
    assert after.weight[0, 4] == -3.0
    assert after.bias[0] == 0.5
    assert (after.weight.detach() != before).sum() == 1
    training.train_epochs(1)
    assert abs(training.network(2).linears[1].weight[0, 4] + 3.0) < 0.1
    assert [epoch for epoch, _ in training.state.changes] == [3, 3]
