"""All units of all networks in one pass."""

import pytest
import torch

from trainfcnn.engine.answers import layer_outputs
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.network import FCNN

POINTS = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))


def stack_of(*dims, activation="sigmoid"):
    return [FCNN(one, activation, seed=seed) for seed, one in enumerate(dims)]


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_they_are_those_of_each_network_alone_and_0_where_a_narrow_one_is_padded(activation):
    networks = stack_of([2, 5, 3, 2], [2, 3, 3, 2], activation=activation)
    layers = layer_outputs(Stack(networks), POINTS)
    for member, network in enumerate(networks):
        *hidden, scores = (layer[member] for layer in layers)
        for ours, theirs in zip(hidden, network.hidden(POINTS), strict=True):
            n_units = theirs.shape[1]
            torch.testing.assert_close(ours[:n_units].T, theirs, check_device=False)
            assert not ours[n_units:].any()
        torch.testing.assert_close(scores.T, network.scores(POINTS))


def test_one_member_is_asked_alone():
    stack = Stack(stack_of([2, 4, 1], [2, 4, 1], [2, 4, 1]))
    alone = layer_outputs(stack, POINTS, member=2)
    for ours, all_ in zip(alone, layer_outputs(stack, POINTS), strict=True):
        assert len(ours) == 1
        torch.testing.assert_close(ours[0], all_[2])
