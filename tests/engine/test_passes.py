"""Scores, gradients and masks of a batch."""

from dataclasses import replace

import pytest
import torch
from oracle import HUNDRED, losses, network_for, small_dataset, stacked
from parametrized import each_activation, each_depth, each_kind

from trainfcnn._support.seeds import entropy
from trainfcnn.engine.device import ExecutionContext
from trainfcnn.engine.passes import Workspace
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.network import FCNN


def one_epoch_without_a_step(kind, recipe):
    """Return two members after one pass up and down, with their gradients."""
    dataset, full_batch = small_dataset(kind), replace(recipe, epochs=1, batch_size=12)
    networks = [network_for(dataset, full_batch, member) for member in range(2)]
    run = stacked(networks, dataset, full_batch, step=lambda lr: None)
    assert list(run.loop) == [1]
    return run


def numeric_gradients(run, kind, h=1e-6):
    """Return central differences of the members' summed loss along every parameter."""
    parameters, gradients = run.stack.parameters, []
    for i in range(parameters.numel()):
        ends = []
        for shift in (h, -2 * h):
            with ExecutionContext(work=0):
                parameters[i] += shift
                run.batches.parts[0].network_pass.forward()  # with the masks that were drawn
            ends.append(sum(losses(run)))
        with ExecutionContext(work=0):
            parameters[i] += h
        gradients.append((ends[0] - ends[1]) / (2 * h))
    return torch.tensor(gradients, dtype=torch.float64)


def test_members_of_one_dropout_lose_the_same_units_and_those_of_another_their_own_share():
    mixed = drawn_masks([0.2, 0.5, 0.2], members=3)
    for share, member in ((0.2, 0), (0.5, 1), (0.2, 2)):
        for mask, alone in zip(mixed, drawn_masks(share, members=1), strict=True):
            assert torch.equal(mask[member], alone)


def assert_gradients_are_numeric(kind, recipe):
    run = one_epoch_without_a_step(kind, replace(recipe, init="pytorch"))  # no score on a kink
    ours = run.stack.gradients.clone()
    assert ours.any()
    torch.testing.assert_close(ours, numeric_gradients(run, kind), rtol=1e-6, atol=1e-7)


@each_activation
@each_kind
def test_gradients_are_central_differences(kind, activation):
    assert_gradients_are_numeric(kind, replace(HUNDRED, activation=activation))


@pytest.mark.parametrize("last", ACTIVATIONS)
def test_gradients_through_a_last_activation_are_central_differences(last):
    assert_gradients_are_numeric(
        "regression", replace(HUNDRED, activation="tanh", last_activation=last)
    )


@each_activation
def test_gradients_under_dropout_are_central_differences(activation):
    recipe = replace(HUNDRED, activation=activation, dropout=0.4, dims=[6, 5])
    assert_gradients_are_numeric("multiclass", recipe)


@pytest.mark.parametrize("members", [1, 3])
@each_depth
@each_activation
def test_a_pass_up_gives_the_scores_of_every_network(activation, dims, members):
    dataset, recipe = (
        small_dataset("multiclass"),
        replace(HUNDRED, activation=activation, dims=dims),
    )
    networks = [network_for(dataset, recipe, member) for member in range(members)]
    run = stacked(networks, dataset, recipe)
    with ExecutionContext(work=0):
        run.batches.forward()
    x = torch.tensor(dataset.x)
    for outputs, network in zip(run.batches.outputs(), networks, strict=True):
        torch.testing.assert_close(outputs, network.scores(x).T, rtol=1e-12, atol=1e-12)


def drawn_masks(dropout, members=2):
    stack = Stack([FCNN([2, 50, 40, 1], dtype=torch.float64)] * members)
    shares = dropout if isinstance(dropout, list) else [dropout]  # one a member, or one for all
    workspace = Workspace(stack, 100, [[share, share] for share in shares])
    with ExecutionContext(work=0):
        workspace.sample_dropout(torch.Generator().manual_seed(entropy(0, "dropout")))
    return [dropout.mask for dropout in workspace.dropouts.values()]


@pytest.mark.parametrize("dropout", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("members", [1, 3])
def test_dropout_switches_off_its_share_and_keeps_the_mean(members, dropout):
    masks = drawn_masks(dropout, members)
    assert [mask.shape[-2:] for mask in masks] == [(50, 100), (40, 100)]
    for mask in masks:
        expected = torch.tensor([0, 1 / (1 - dropout)], dtype=torch.float64)
        torch.testing.assert_close(mask.unique(), expected)
        assert (mask == 0).double().mean().item() == pytest.approx(dropout, abs=0.03)


@pytest.mark.parametrize(("dropout", "kept"), [(1e-9, 1.0), (1 - 1e-9, 0.0)])
def test_the_least_and_the_greatest_dropout_keep_all_units_and_next_to_none(dropout, kept):
    for mask in drawn_masks(dropout):
        assert (mask > 0).double().mean().item() == pytest.approx(kept, abs=0.001)


def test_all_members_lose_the_same_units_as_one_alone():
    for alone, shared in zip(drawn_masks(0.5, members=1), drawn_masks(0.5, members=3), strict=True):
        assert torch.equal(alone, shared)  # one mask, which all members share


def test_without_dropout_there_are_no_masks():
    assert drawn_masks(0.0) == []


def test_a_layer_without_a_share_loses_no_unit():
    workspace = Workspace(Stack([FCNN([2, 50, 40, 1])] * 2), 100, [[0.0, 0.5]])
    assert list(workspace.dropouts) == [1]
    assert [layer.mask is None for layer in workspace.hidden] == [True, False]
