import math

import numpy as np
import pytest
import torch
from hypothesis import given
from oracle import assert_same_network
from strategies import points
from torch import nn

from trainfcnn.nn.activations import ACTIVATIONS, LAST_ACTIVATIONS, as_activation, as_activations
from trainfcnn.nn.init import INITS
from trainfcnn.trainer import TrainFCNN

FORMULAS = {
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "tanh": math.tanh,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "silu": lambda z: z / (1 + math.exp(-z)),
    "gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
    "sine": math.sin,
    "linear": lambda z: z,
}
OWN = {
    "atan": torch.atan,
    "swish of two": lambda z: z * torch.sigmoid(2 * z),
    "a module": nn.Softsign(),
}
EVERY = {**ACTIVATIONS, **{name: as_activation(function) for name, function in OWN.items()}}
SMOOTH = torch.linspace(-3, 3, 40, dtype=torch.float64)  # kinks are at 0, between two of these
EXTREMES = [0.0, -0.0, 19.9, 20.1, -20.1, 700.0, -700.0]

each_activation = pytest.mark.parametrize("name", EVERY)


def value(name, z):
    a = torch.full_like(z, torch.nan)
    EVERY[name].forward(z.clone(), out=a)
    return a


def slope(name, z, delta=1.0):
    error = torch.full_like(z, delta)
    EVERY[name].backward(error, z.clone(), value(name, z))
    return error


def autograd_slope(name, z):
    point = z.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(EVERY[name].function(point).sum(), point)
    return gradient


@pytest.mark.parametrize("name", FORMULAS)
def test_an_activation_is_its_formula(name):
    expected = [FORMULAS[name](z) for z in SMOOTH.tolist()]
    np.testing.assert_allclose(value(name, SMOOTH), expected, rtol=1e-12, atol=1e-12)


@each_activation
@given(z=points)
def test_forward_writes_the_function_and_leaves_its_argument(name, z):
    before, a = z.clone(), torch.full_like(z, torch.nan)
    EVERY[name].forward(z, out=a)
    torch.testing.assert_close(a, EVERY[name].function(z), rtol=1e-12, atol=1e-12)
    assert torch.equal(z, before)


@each_activation
def test_the_slope_is_that_of_central_differences(name):
    h = 1e-6
    differences = (value(name, SMOOTH + h) - value(name, SMOOTH - h)) / (2 * h)
    torch.testing.assert_close(slope(name, SMOOTH), differences, rtol=1e-8, atol=1e-8)


@each_activation
@given(z=points)
def test_the_slope_is_that_of_autograd(name, z):
    torch.testing.assert_close(slope(name, z), autograd_slope(name, z), rtol=1e-9, atol=1e-9)


@each_activation
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_slope_is_that_of_autograd_at_kinks_and_far_out(name, dtype):
    z = torch.tensor(EXTREMES, dtype=dtype)
    tolerance = 1e-6 if dtype == torch.float32 else 1e-9
    close = torch.testing.assert_close
    close(slope(name, z), autograd_slope(name, z), rtol=tolerance, atol=tolerance)


@each_activation
def test_backward_multiplies_the_error(name):
    torch.testing.assert_close(slope(name, SMOOTH, delta=-3.0), -3 * slope(name, SMOOTH))


@each_activation
def test_forward_and_backward_work_in_inference_mode(name):
    expected = slope(name, SMOOTH)
    with torch.inference_mode():
        ours = slope(name, SMOOTH.clone())
        assert ours.is_inference()
        assert torch.equal(ours, expected)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_entry_stands_under_its_name_with_an_init_that_exists(name):
    assert ACTIVATIONS[name].name == name
    assert ACTIVATIONS[name].init in INITS
    assert as_activation(name) is ACTIVATIONS[name]
    assert LAST_ACTIVATIONS[name] is ACTIVATIONS[name].function


def test_softmax_as_last_activation_makes_every_row_sum_to_one():
    rows = LAST_ACTIVATIONS["softmax"](SMOOTH.reshape(8, 5))
    torch.testing.assert_close(rows.sum(1), torch.ones(8, dtype=torch.float64))


def test_an_own_function_is_called_by_its_name():
    assert as_activation(torch.atan).name == "atan"
    assert as_activation(nn.Softsign()).name == "Softsign"
    assert as_activation(EVERY["atan"]) is EVERY["atan"]


@pytest.mark.parametrize(
    "function",
    [
        lambda z: torch.softmax(z, dim=-1),
        lambda z: z - z.mean(),
        lambda z: torch.cumsum(z, dim=0),
        torch.sum,
        lambda z: np.sin(z.detach().numpy()),
        lambda z: torch.sin(z.detach()),
        lambda z: z.mul_(2),
        lambda z: torch.ones_like(z),
        lambda: 0,
    ],
    ids=[
        "softmax",
        "mean",
        "cumsum",
        "sum",
        "numpy",
        "detached",
        "in_place",
        "constant",
        "no_argument",
    ],
)
def test_a_function_that_is_not_elementwise_and_differentiable_is_refused(function):
    with pytest.raises(ValueError, match=r"elementwise.*torch\.atan"):
        as_activation(function)


@pytest.mark.parametrize(
    "module", [nn.PReLU(), nn.Sequential(nn.ReLU(), nn.PReLU())], ids=["alone", "within another"]
)
def test_a_function_with_parameters_of_its_own_is_refused(module):
    with pytest.raises(ValueError, match="it has parameters, which nobody would train: use torch"):
        as_activation(module)
    with pytest.raises(ValueError, match="it has parameters, which nobody would train"):
        TrainFCNN("xor", 20).train([3], module)


def test_a_module_without_parameters_learns_what_the_function_of_its_name_does():
    ours = as_activation(nn.ReLU())
    assert (ours.name, ours.init) == ("ReLU", "xavier")
    recipe = {"dims": [4, 3], "init": "spread", "epochs": 5, "dtype": "float64"}
    module, name = (TrainFCNN("xor", 60).train(activation=f, **recipe) for f in (nn.ReLU(), "relu"))
    assert_same_network(module.network, name.network)


def test_an_unknown_name_is_answered_with_the_one_meant():
    with pytest.raises(ValueError, match="unknown activation 'rely': did you mean 'relu'"):
        as_activation("rely")


@pytest.mark.parametrize(("several", "n"), [(["relu"], 2), (["relu", "tanh"], 1), ([], 0)])
def test_there_is_an_activation_for_each_hidden_layer_or_one_for_all(several, n):
    with pytest.raises(ValueError, match=f"^activation must be one for all hidden layers, or {n},"):
        as_activations(several, n)
    assert len(as_activations("relu", n)) == max(1, n)
