from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracle import (
    VARIANTS,
    assert_member_is,
    assert_same_network,
    assert_trains_as_autograd,
    losses,
    network_for,
    say,
    small_dataset,
    stacked,
    train_by_autograd,
)
from strategies import cases, hidden_dims, sizes

from trainfcnn._support.seeds import entropy
from trainfcnn.engine.device import SMALL_WORK, ExecutionContext
from trainfcnn.engine.optimizers import OPTIMIZERS
from trainfcnn.engine.passes import Workspace
from trainfcnn.engine.schedules import SCHEDULES
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS
from trainfcnn.recipe import Recipe

HUNDRED = Recipe(dims=[4, 3], lr=0.001, epochs=100, batch_size=12, dtype="float64")


def name_of(activation):
    return activation if isinstance(activation, str) else activation.__name__


each_kind = pytest.mark.parametrize("kind", TASKS)
each_activation = pytest.mark.parametrize("activation", [*ACTIVATIONS, torch.atan], ids=name_of)
each_depth = pytest.mark.parametrize("dims", [(), (4,), (4, 3), (2, 3, 4)], ids=str)


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


@given(case=cases(dropout=0.0, lr=0.001))
def test_any_run_is_that_of_autograd(case):
    assert_trains_as_autograd(case.dataset, case.recipe, case.seed)


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
            ends.append(sum(losses(run, kind)))
        with ExecutionContext(work=0):
            parameters[i] += h
        gradients.append((ends[0] - ends[1]) / (2 * h))
    return torch.tensor(gradients, dtype=torch.float64)


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
            np.testing.assert_allclose(losses(together, kind), expected, rtol=1e-9, atol=1e-9)
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


@given(members=st.lists(st.tuples(sizes, sizes), min_size=1, max_size=5))
def test_units_that_are_a_members_own_are_live(members):
    stack = Stack([FCNN([2, *dims, 1]) for dims in members])
    assert stack.dims == (2, *map(max, zip(*members, strict=True)), 1)
    assert [live[..., 0].sum(1).tolist() for live in stack.active] == [
        list(widths) for widths in zip(*members, strict=True)
    ]


def test_a_value_a_member_is_spread_over_its_parameters_alone():
    stack = Stack([FCNN([2, 3, 1]), FCNN([2, 5, 1])])
    spread = stack.expand([2, 7])
    with ExecutionContext(work=0):
        for member, value in enumerate((2, 7)):
            stack.parameters.copy_(spread)
            assert all(bool((block[member] == value).all()) for block in stack.blocks)


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


@given(n_in=sizes, hidden=hidden_dims, n_out=sizes, members=sizes)
def test_a_stack_holds_its_networks(n_in, hidden, n_out, members):
    networks = [FCNN([n_in, *hidden, n_out], init="pytorch", seed=seed) for seed in range(members)]
    stack = Stack(networks)
    for member, network in enumerate(networks):
        assert_member_is(stack, member, network)
    count = sum(parameter.numel() for network in networks for parameter in network.parameters())
    assert stack.parameters.numel() == count
    assert repr(stack).startswith(f"Stack({members} x ")


def test_networks_are_copied_in_and_out():
    network = FCNN([2, 3, 1], seed=0)
    stack, before = Stack([network]), deepcopy(network)
    with torch.inference_mode():
        stack.parameters.zero_()
    assert_same_network(network, before, tolerance=0)
    stack.copy_to(network, 0)
    assert not any(parameter.any() for parameter in network.parameters())
    stack.load(0, before)
    assert_member_is(stack, 0, before)


def test_one_member_can_be_exchanged_without_touching_the_others():
    networks = [FCNN([2, 3, 1], seed=seed) for seed in range(3)]
    stack, newcomer = Stack(networks), FCNN([2, 3, 1], seed=9)
    stack.load(1, newcomer)
    for member, network in enumerate([networks[0], newcomer, networks[2]]):
        assert_member_is(stack, member, network)


def test_weights_and_biases_are_views_of_the_parameters():
    stack = Stack([FCNN([2, 3, 1]), FCNN([2, 3, 1])])
    with torch.inference_mode():
        stack.parameters.fill_(7)
    for part in (*stack.weights, *stack.biases):
        assert (part == 7).all()


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


def drawn_masks(dropout, members=2):
    stack = Stack([FCNN([2, 50, 40, 1], dtype=torch.float64)] * members)
    workspace = Workspace(stack, 100, dropout if isinstance(dropout, list) else [dropout])
    with ExecutionContext(work=0):
        workspace.sample_dropout(torch.Generator().manual_seed(entropy(0, "dropout")))
    return [dropout.mask for dropout in workspace.dropouts]


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
        assert torch.equal(alone, shared[0])


def test_without_dropout_there_are_no_masks():
    assert drawn_masks(0.0) == []


def test_every_step_drops_other_units():
    recipe = replace(HUNDRED, dims=[20], dropout=0.5, epochs=2)
    dataset = small_dataset("binary")
    run = stacked([network_for(dataset, recipe, 0)], dataset, recipe)
    seen = [run.batches.parts[0].workspace.dropouts[0].mask.clone() for _ in run.loop]
    assert not torch.equal(*seen)


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def state():
    return torch.get_num_threads(), torch.is_grad_enabled(), torch.is_inference_mode_enabled()


@pytest.mark.parametrize(("work", "threads"), [(0, 1), (SMALL_WORK - 1, 1), (SMALL_WORK, 2)])
def test_the_engine_runs_small_work_on_one_thread_and_nothing_tracks_it(work, threads, two_threads):
    with ExecutionContext(work):
        assert state() == (threads, False, True)
    assert state() == (2, True, False)


@pytest.mark.parametrize("work", [0, SMALL_WORK])
def test_the_engine_leaves_all_as_it_was_on_an_error(work, two_threads):
    with torch.no_grad():
        before = state()
        with pytest.raises(KeyboardInterrupt), ExecutionContext(work):
            raise KeyboardInterrupt
        assert state() == before
    assert state() == (2, True, False)


def test_the_engine_can_stand_in_itself(two_threads):
    with ExecutionContext(work=0):
        with ExecutionContext(work=0):
            pass
        assert state() == (1, False, True)
    assert state() == (2, True, False)


def test_networks_that_differ_make_no_stack():
    for others in (
        [],
        [FCNN([2, 3, 1]), FCNN([2, 3, 3, 1])],
        [FCNN([2, 3, 1]), FCNN([3, 3, 1])],
        [FCNN([2, 3, 1]), FCNN([2, 3, 2])],
        [FCNN([2, 3, 1]), FCNN([2, 3, 1], "sine")],
    ):
        with pytest.raises(ValueError, match="networks of one depth and activation, got"):
            Stack(others)
