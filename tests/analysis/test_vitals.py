"""Dead units and gradients, against autograd and units killed by hand."""

import numpy as np
import pytest
import torch
from oracle import LOSSES, N_OUTPUTS, run_of, small_dataset

from trainfcnn import TrainFCNN
from trainfcnn.analysis.vitals import Vitals, dead_units, gradient_norms
from trainfcnn.nn.network import FCNN


@pytest.mark.parametrize("kind", N_OUTPUTS)
def test_norms_of_gradients_are_those_of_autograd(kind):
    dataset = small_dataset(kind)
    network = FCNN([2, 4, 3, N_OUTPUTS[kind]], "tanh", dtype=torch.float64)
    x, y = torch.tensor(dataset.x), torch.tensor(dataset.y)
    loss = LOSSES[kind](network, x, y).mean()
    loss.backward()
    expected = [
        (layer.weight.grad.square().sum() + layer.bias.grad.square().sum()).sqrt().item()
        for layer in network.linears
    ]
    np.testing.assert_allclose(gradient_norms(run_of(network, dataset), network), expected)


def test_units_that_are_off_on_all_points_are_dead():
    network = FCNN([2, 5, 4, 1], "relu", init="pytorch", seed=1)
    x = np.random.default_rng(0).uniform(-1, 1, (50, 2))
    before = dead_units(network, x)
    with torch.no_grad():
        network.linears[0].bias[[1, 3]] = -100
    assert dead_units(network, x)[0] == before[0] + 2
    with torch.no_grad():
        network.linears[0].bias[:] = -100
    assert dead_units(network, x) == [5, 4]  # where nothing arrives, all that follows is constant


def test_vitals_are_those_on_the_way_from_start_to_end():
    xor = TrainFCNN("xor", 60).train(dims=[4, 3], activation="relu", epochs=12)
    vitals = Vitals.of(xor.run)
    assert (vitals.epochs[0], vitals.epochs[-1]) == (0, 12)
    assert vitals.dead.shape == (len(vitals.epochs), 2)
    assert vitals.sizes == (4, 3)
    np.testing.assert_allclose(vitals.gradient_norms[-1], gradient_norms(xor.run, xor.network))
