"""Networks go into one flat buffer and come out of it."""

from copy import deepcopy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracle import assert_member_is, assert_same_network
from strategies import hidden_dims, sizes

from trainfcnn.engine.device import ExecutionContext
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.network import FCNN


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
