"""Every step of a stack is that of autograd and `torch.optim`, member by member."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from oracle import (
    HUNDRED,
    VARIANTS,
    assert_member_is,
    assert_trains_as_autograd,
    losses,
    network_for,
    say,
    small_dataset,
    stacked,
    train_by_autograd,
    with_some_weights,
)
from parametrized import each_activation, each_depth, each_kind
from strategies import cases

from trainfcnn.engine.device import ExecutionContext
from trainfcnn.engine.optimizers import OPTIMIZERS
from trainfcnn.engine.schedules import SCHEDULES
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.tasks import REGRESSIONS


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@each_activation
@each_kind
def test_one_step_and_a_hundred_are_those_of_autograd(kind, activation, optimizer):
    recipe = replace(HUNDRED, activation=activation, optimizer=optimizer)
    assert_trains_as_autograd(small_dataset(kind), recipe)


@pytest.mark.parametrize("options", VARIANTS, ids=say)
@each_kind
def test_a_hundred_steps_of_every_variant_are_those_of_autograd(kind, options):
    assert_trains_as_autograd(small_dataset(kind), replace(HUNDRED, activation="tanh", **options))


@each_depth
@each_kind
def test_a_network_of_any_depth_trains_as_by_autograd(kind, dims):
    recipe = replace(HUNDRED, dims=dims)
    assert_trains_as_autograd(small_dataset(kind), recipe, watched=range(3))


@each_kind
def test_layers_of_unequal_activations_train_as_by_autograd(kind):
    recipe = replace(HUNDRED, dims=(4, 3, 4), activation=("relu", "sigmoid", torch.atan))
    assert_trains_as_autograd(small_dataset(kind), recipe, watched=range(3))


@pytest.mark.parametrize("dims", [(), (4, 3)], ids=str)
@pytest.mark.parametrize("last", ACTIVATIONS)
def test_a_squared_error_looks_through_the_last_activation(last, dims):
    recipe = replace(HUNDRED, dims=dims, activation="tanh", last_activation=last)
    assert_trains_as_autograd(small_dataset("regression"), recipe)


@pytest.mark.parametrize("schedule", SCHEDULES)
@each_kind
def test_a_run_in_batches_with_a_tail_and_a_schedule_is_that_of_autograd(kind, schedule):
    recipe = replace(HUNDRED, schedule=schedule, epochs=20, batch_size=5, lr=0.03)
    assert_trains_as_autograd(small_dataset(kind), recipe, seed=3, watched=range(3))


@pytest.mark.parametrize("loss", REGRESSIONS)
def test_every_loss_of_a_regression_is_lowered_as_by_autograd(loss):
    recipe = replace(HUNDRED, epochs=20, batch_size=5, lr=0.03, loss=loss)
    dataset = small_dataset("regression")
    assert_trains_as_autograd(dataset, recipe, watched=range(3))
    assert_trains_as_autograd(with_some_weights(dataset), replace(recipe, last_activation="tanh"))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_l1_penalty_is_that_of_autograd(optimizer):
    recipe = replace(HUNDRED, optimizer=optimizer, epochs=20, l1=0.05, weight_decay=0.01)
    assert_trains_as_autograd(small_dataset("binary"), recipe, watched=range(3))


@each_kind
def test_weights_of_samples_are_factors_of_their_losses(kind):
    recipe = replace(HUNDRED, epochs=20, batch_size=5, lr=0.03)
    assert_trains_as_autograd(with_some_weights(small_dataset(kind)), recipe, watched=range(3))


@given(case=cases(dropout=0.0, lr=0.001))
def test_any_run_is_that_of_autograd(case):
    assert_trains_as_autograd(case.dataset, case.recipe, case.seed)


PADDED = [(1, 5), (4, 3), (5, 1)]  # each layer is widest in another member


def padding(networks):
    """Return where a stack of such networks holds parameters of none of them."""
    ones = [deepcopy(network) for network in networks]
    for network in ones:
        torch.nn.utils.vector_to_parameters(
            torch.ones(sum(p.numel() for p in network.parameters())), network.parameters()
        )
    return Stack(ones).parameters == 0


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@each_activation
def test_networks_of_unequal_width_train_as_by_autograd(activation, optimizer):
    recipe = replace(HUNDRED, activation=activation, optimizer=optimizer, epochs=6, batch_size=5)
    assert_padded_networks_train_as_by_autograd("multiclass", recipe)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "softplus"])
@each_kind
def test_networks_of_unequal_width_train_as_by_autograd_for_every_task(kind, activation):
    recipe = replace(HUNDRED, activation=activation, epochs=20)
    assert_padded_networks_train_as_by_autograd(kind, recipe)


def assert_padded_networks_train_as_by_autograd(kind, recipe):
    dataset = small_dataset(kind)
    networks = [network_for(dataset, recipe.but(dims=dims), 0) for dims in PADDED]
    together = stacked(networks, dataset, recipe)
    oracles = [train_by_autograd(network, dataset, recipe, 0) for network in networks]
    for epoch, *expected in zip(together.loop, *oracles, strict=True):
        if epoch in (1, recipe.epochs):
            np.testing.assert_allclose(losses(together), expected, rtol=1e-9, atol=1e-9)
            for member, network in enumerate(networks):
                assert_member_is(together.stack, member, network)


@pytest.mark.parametrize("options", VARIANTS, ids=say)
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "softplus"])
def test_padding_stays_zero(activation, options):
    recipe = replace(HUNDRED, activation=activation, epochs=10, batch_size=5, lr=0.1, **options)
    dataset = small_dataset("multiclass")
    networks = [network_for(dataset, recipe.but(dims=dims), 0) for dims in PADDED]
    run = stacked(networks, dataset, recipe)
    list(run.loop)
    with ExecutionContext(work=0):
        padded = run.stack.parameters[padding(networks)]
    count = sum(p.numel() for network in networks for p in network.parameters())
    assert len(padded) == run.stack.parameters.numel() - count > 0
    assert not padded.any()


def test_a_function_whose_slope_at_zero_is_no_number_does_not_spoil_padded_networks():
    def root(z):
        return z.abs().sqrt()

    dataset, recipe = small_dataset("binary"), replace(HUNDRED, activation=root, epochs=3)
    networks = [network_for(dataset, recipe.but(dims=dims), 0) for dims in PADDED]
    together = stacked(networks, dataset, recipe)
    list(together.loop)
    for member, network in enumerate(networks):
        list(train_by_autograd(network, dataset, recipe, 0))
        assert_member_is(together.stack, member, network)


def test_members_do_not_disturb_one_another():
    """A member whose parameters are no numbers leaves those beside it as they would be."""
    dataset, recipe = small_dataset("binary"), replace(HUNDRED, epochs=5)
    networks = [network_for(dataset, recipe, member) for member in range(3)]
    whole = stacked(networks, dataset, recipe)
    with torch.no_grad():
        networks[1].linears[0].weight.fill_(torch.nan)
    broken = stacked(networks, dataset, recipe)
    list(whole.loop), list(broken.loop)
    for ours, theirs in zip(broken.stack.blocks, whole.stack.blocks, strict=True):
        assert ours[1].isnan().any()
        assert torch.equal(ours[[0, 2]], theirs[[0, 2]])


def test_every_step_drops_other_units():
    recipe = replace(HUNDRED, dims=[20], dropout=0.5, epochs=2)
    dataset = small_dataset("binary")
    run = stacked([network_for(dataset, recipe, 0)], dataset, recipe)
    seen = [run.batches.parts[0].workspace.dropouts[0].mask.clone() for _ in run.loop]
    assert not torch.equal(*seen)
