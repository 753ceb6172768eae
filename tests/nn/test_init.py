"""Where the kinks of a first layer of one input begin."""

import numpy as np
import pytest
import torch

from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.init import INITS, spread_kinks
from trainfcnn.nn.network import FCNN
from trainfcnn.recipe import Recipe
from trainfcnn.trainer import TrainFCNN
from trainfcnn.training.loop import Training

RELU_FAMILY = [name for name, one in ACTIVATIONS.items() if one.init == "spread"]
RNG = np.random.default_rng(0)
WAVE = RNG.uniform(-3, 3, (400, 1))


def kinks(network):
    """Where the units of the first layer bend: w x + b = 0."""
    first = network.linears[0]
    return (-first.bias / first.weight[:, 0]).detach().double().numpy()


def begun(x, standardize, **options):
    trainer = TrainFCNN((x, RNG.normal(size=len(x))))
    return trainer.train(epochs=0, standardize=standardize, **options)


@pytest.mark.parametrize("activation", RELU_FAMILY)
def test_kinks_are_spread_where_inputs_usually_lie(activation):
    network = FCNN([1, 8, 1], activation, seed=3)
    np.testing.assert_allclose(kinks(network), np.linspace(-1.75, 1.75, 8), atol=1e-6)
    assert len({*network.linears[0].weight.sign().flatten().tolist()}) == 2


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("shift", [0.0, 1000.0])
def test_a_training_spreads_kinks_over_the_quantiles_of_its_sample(standardize, shift):
    trainer = begun(np.exp(WAVE) + shift, standardize, dims=[10])
    shares = (np.arange(10) + 0.5) / 10
    expected = np.quantile(trainer.dataset.x, shares)
    np.testing.assert_allclose(kinks(trainer.network), expected, atol=2e-4)


def test_what_is_held_out_does_not_say_where_kinks_are():
    one, other = (begun(WAVE, True, dims=[5], validation=part) for part in (0.0, 0.5))
    assert not np.allclose(kinks(one.network), kinks(other.network), atol=1e-3)


def test_of_two_values_every_kink_lies_between_them():
    trainer = begun(np.arange(60)[:, None] % 2, True, dims=[6])
    between = kinks(trainer.network)
    assert (between > 0).all()
    assert (between < 1).all()


@pytest.mark.parametrize("init", [name for name in INITS if not INITS[name].spreads_kinks])
def test_a_named_initialisation_is_what_its_name_says(init):
    again = FCNN([1, 6, 1], init=init)
    trained = begun(WAVE, False, dims=[6], init=init).network
    assert torch.equal(trained.linears[0].bias, again.linears[0].bias)


@pytest.mark.parametrize("dims", [[2, 6, 1], [3, 6, 1], [1, 1]])
def test_more_inputs_and_a_layer_that_is_the_last_begin_without_bias(dims):
    network = FCNN(dims, init="spread")
    assert not network.linears[0].bias.any()


def test_each_member_of_a_stack_has_the_kinks_it_has_alone():
    data = TrainFCNN((WAVE, WAVE[:, 0])).dataset
    recipes = [Recipe(dims=[units], epochs=0) for units in (3, 7)]
    for member, recipe in enumerate(recipes):
        together = Training(data, recipes).network(member)
        np.testing.assert_array_equal(kinks(together), kinks(Training(data, recipe).network()))


def test_kinks_over_a_single_value_are_all_there():
    layer = FCNN([1, 4, 1]).linears[0]
    with torch.no_grad():
        spread_kinks(layer.weight, layer.bias, np.full((5, 1), 0.5))
    np.testing.assert_allclose((-layer.bias / layer.weight[:, 0]).detach(), 0.5, rtol=1e-6)


@pytest.mark.parametrize("recipe", [{"dims": [128], "activation": "relu"}, {}])
@pytest.mark.parametrize("seed", range(3))
def test_a_wave_is_learnt(recipe, seed):
    wave = TrainFCNN((WAVE, np.sin(2 * WAVE[:, 0])), seed=seed).train(**recipe)
    assert wave.score() >= 0.99
