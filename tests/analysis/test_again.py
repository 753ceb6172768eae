"""A training once more gives the networks that were there on the way."""

import torch

from trainfcnn import TrainFCNN
from trainfcnn.analysis.again import networks_by_epoch


def vector(network):
    return torch.nn.utils.parameters_to_vector(network.parameters())


def test_it_ends_with_the_network_of_the_run_and_passes_those_of_shorter_ones():
    xor = TrainFCNN("xor", 60).train(dims=[3], schedule="constant", epochs=20)
    networks = networks_by_epoch(xor.run, 6)
    assert list(networks) == [0, 1, 2, 4, 9, 20]
    assert torch.equal(vector(networks[20]), vector(xor.network))
    shorter = xor.train(dims=[3], schedule="constant", epochs=4)
    assert torch.equal(vector(networks[4]), vector(shorter.network))


def test_of_restarts_it_is_the_one_that_was_kept():
    xor = TrainFCNN("xor", 60).train(dims=[3], epochs=5, restarts=4)
    assert torch.equal(vector(networks_by_epoch(xor.run, 3)[5]), vector(xor.network))
