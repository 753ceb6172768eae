"""What no file could say of a network is refused, and why."""

import numpy as np
import pytest
import torch

from trainfcnn import FCNN, TrainFCNN
from trainfcnn.export.blueprint import blueprint_of


def relu(z):
    return torch.relu(z)


@pytest.mark.parametrize("own", [torch.atan, relu], ids=["atan", "called relu"])
def test_an_activation_of_ones_own_is_refused_by_name(own):
    trainer = TrainFCNN("xor", n_samples=50).train([3], own, epochs=1)
    told = rf"^an exported activation must be one of relu, .*, got '{own.__name__}', .* torch.save"
    for what in (trainer.run, trainer.network):
        with pytest.raises(ValueError, match=told) as no:
            blueprint_of(what)
        assert "\n" not in str(no.value)


def test_of_no_hidden_layer_an_activation_does_not_matter():
    assert blueprint_of(FCNN([2, 1], torch.atan)).activations == ("linear",)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused(value):
    network = FCNN([2, 3, 1])
    with torch.no_grad():
        network.linears[0].bias[1] = value
    with pytest.raises(ValueError, match=r"^an exported network must have weights .* lower lr"):
        blueprint_of(network)


def test_a_precision_that_few_know_is_refused():
    with pytest.raises(ValueError, match=r"or float64, got bfloat16: call network.float"):
        blueprint_of(FCNN([2, 3, 1]).bfloat16())


def test_what_is_no_network_is_refused():
    with pytest.raises(TypeError, match=r"a Run or an FCNN, got TrainFCNN: try trainer.run"):
        blueprint_of(TrainFCNN("xor", n_samples=20))


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        (np.sinc, "rows of x"),
        ("xor", "rows of x1, x2"),
        ("digits", "images (8, 8), or rows of their 64 pixels"),
        ((np.eye(20), np.arange(20) % 2), "rows of 20 numbers"),
    ],
    ids=["one", "two", "images", "many"],
)
def test_what_goes_in_is_told(source, inputs):
    trainer = TrainFCNN(source).train([2], epochs=0)
    assert blueprint_of(trainer.run).inputs == inputs


def test_weights_are_copies_and_on_the_cpu():
    network = FCNN([2, 3, 1])
    blueprint = blueprint_of(network)
    before = blueprint.weights[0].copy()
    with torch.no_grad():
        network.linears[0].weight.zero_()
    assert np.array_equal(blueprint.weights[0], before)
