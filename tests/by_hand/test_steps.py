"""Every step written out is what autograd and `torch.optim` do, and the lesson keeps its word."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracle import LOSSES, N_OUTPUTS, OTHER_LOSSES, small_dataset
from strategies import hidden_dims

from trainfcnn import by_hand
from trainfcnn.by_hand import FORMULAS, Layer
from trainfcnn.nn.activations import ACTIVATIONS, LAST_ACTIVATIONS
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import REGRESSIONS, TASKS

PAGE = Path(__file__).parents[2] / "gallery" / "by_hand.md"
X = [[-1, -1], [-1, 1], [1, -1], [1, 1]]
XOR = [1, 0, 0, 1]
# softplus is z itself beyond 20 in torch, and 2e-9 more here
CLOSE = {"rtol": 1e-8, "atol": 1e-8}


def network_for(kind, activation="tanh", hidden=(3,), inputs=2, last=None, seed=0):
    outputs = N_OUTPUTS[kind]
    last = last or TASKS["regression" if kind == "several" else kind].last_activation
    network = FCNN([inputs, *hidden, outputs], activation, last, seed=seed, dtype=torch.float64)
    with torch.no_grad():
        for linear in network.linears:  # biases that are not all 0
            linear.bias.copy_(torch.linspace(-0.5, 0.4, len(linear.bias)))
    return network


def passes(network, kind, X, y):
    """Forward, loss and backward, by hand."""
    seen = by_hand.forward(network, X)
    loss = by_hand.loss_and_gradient(kind, seen[-1], y)
    return seen, loss, by_hand.backward(network, seen, loss)


def assert_is_as_autograd(network, kind, X, y):
    seen, loss, gradients = passes(network, kind, X, y)
    x = torch.tensor(X, dtype=torch.float64, requires_grad=True)
    expected = LOSSES[kind](network, x, torch.tensor(y)).mean()
    expected.backward()
    np.testing.assert_allclose(seen[-1].activations, network(x).detach(), **CLOSE)
    np.testing.assert_allclose(loss.value, expected.item(), **CLOSE)
    np.testing.assert_allclose(gradients[0].inputs, x.grad, **CLOSE)
    for linear, gradient in zip(network.linears, gradients, strict=True):
        np.testing.assert_allclose(gradient.weights, linear.weight.grad, **CLOSE)
        np.testing.assert_allclose(gradient.biases, linear.bias.grad, **CLOSE)


# --- equal to autograd ---


def test_every_activation_is_written_out():
    assert list(FORMULAS) == list(ACTIVATIONS)


@pytest.mark.parametrize("name", FORMULAS)
def test_functions_and_slopes_are_those_of_torch(name):
    z = np.array([-800.0, -30.0, -3.0, -1.0, -1e-9, 0.0, 1e-9, 0.5, 2.0, 19.0, 30.0, 800.0])
    points = torch.tensor(z, requires_grad=True)
    values = ACTIVATIONS[name].function(points)
    values.sum().backward()
    np.testing.assert_allclose(FORMULAS[name].function(z), values.detach(), **CLOSE)
    np.testing.assert_allclose(FORMULAS[name].slope(z), points.grad, **CLOSE)


@given(
    kind=st.sampled_from(list(TASKS)),
    activation=st.sampled_from(list(FORMULAS)),
    hidden=hidden_dims,
    inputs=st.integers(1, 4),
    n=st.integers(1, 9),
    seed=st.integers(0, 1000),
)
def test_a_network_is_as_autograd_has_it(kind, activation, hidden, inputs, n, seed):
    data = small_dataset(kind, n, inputs, seed)
    network = network_for(kind, activation, hidden, inputs, seed=seed)
    assert_is_as_autograd(network, kind, data.x, data.y)


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("activation", FORMULAS)
def test_each_activation_with_each_kind_is_as_autograd_has_it(kind, activation):
    data = small_dataset(kind)
    assert_is_as_autograd(network_for(kind, activation, (4, 3)), kind, data.x, data.y)


@pytest.mark.parametrize("last", LAST_ACTIVATIONS)
@pytest.mark.parametrize("kind", TASKS)
def test_each_last_activation_is_as_autograd_has_it(kind, last):
    data = small_dataset(kind)
    assert_is_as_autograd(network_for(kind, last=last), kind, data.x, data.y)


@pytest.mark.parametrize("loss", REGRESSIONS)
@pytest.mark.parametrize("kind", ["regression", "several"])
def test_each_loss_of_a_regression_is_as_autograd_has_it(kind, loss):
    data = small_dataset(kind)
    network = network_for(kind)
    seen = by_hand.forward(network, data.x)
    found = by_hand.loss_and_gradient("regression", seen[-1], data.y, loss)
    expected = OTHER_LOSSES[loss](network, torch.tensor(data.x), torch.tensor(data.y)).mean()
    expected.backward()
    np.testing.assert_allclose(found.value, expected.item(), **CLOSE)
    gradients = by_hand.backward(network, seen, found)
    for linear, gradient in zip(network.linears, gradients, strict=True):
        np.testing.assert_allclose(gradient.weights, linear.weight.grad, **CLOSE)
    told = by_hand.explain(network, data.x, data.y, "regression", loss=loss)
    assert f"LOSS: {REGRESSIONS[loss].loss_name} {found.value:.6g}" in told


def test_softmax_in_a_layer_is_as_autograd_has_it():
    generator = np.random.default_rng(0)
    x, incoming = generator.normal(size=(2, 5, 3))
    weights = generator.normal(size=(3, 3))
    points = torch.tensor(x, requires_grad=True)
    torch.softmax(points @ torch.tensor(weights).T, 1).backward(torch.tensor(incoming))
    seen = by_hand.forward_layer(x, weights, np.zeros(3), "softmax")
    gradient = by_hand.backward_layer(incoming, seen, weights, "softmax")
    np.testing.assert_allclose(gradient.inputs, points.grad, **CLOSE)


def test_gradients_are_what_a_small_change_of_each_weight_makes():
    network = by_hand.layers(network_for("multiclass"))
    data = small_dataset("multiclass")
    _, _, gradients = passes(network, "multiclass", data.x, data.y)
    for layer, gradient in zip(network, gradients, strict=True):
        for place in np.ndindex(layer.weights.shape):
            there = []
            for change in (1e-5, -2e-5):  # up from where it is, then down from there
                layer.weights[place] += change
                there.append(passes(network, "multiclass", data.x, data.y)[1].value)
            layer.weights[place] += 1e-5
            slope = (there[0] - there[1]) / 2e-5
            np.testing.assert_allclose(gradient.weights[place], slope, atol=1e-8)


@pytest.mark.parametrize("kind", TASKS)
def test_scores_far_from_0_make_no_infinite_loss(kind):
    outputs = N_OUTPUTS[kind]
    far = [Layer(np.full((outputs, 1), 1e3), np.arange(outputs), "linear")]
    seen = by_hand.forward(far, [[1], [-1]])
    labels = [[0, 1, 0], [1, 1, 0]] if kind == "multilabel" else [0, 1]
    loss = by_hand.loss_and_gradient(kind, seen[-1], labels)
    assert np.isfinite(loss.value)
    assert np.isfinite(loss.gradient).all()


# --- one update ---


@pytest.mark.parametrize("kind", TASKS)
def test_a_step_is_that_of_sgd(kind):
    network, data = network_for(kind, hidden=(4, 3)), small_dataset(kind)
    moved = by_hand.step(network, passes(network, kind, data.x, data.y)[2], lr=0.3)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.3)
    LOSSES[kind](network, torch.tensor(data.x), torch.tensor(data.y)).mean().backward()
    optimizer.step()
    for layer, linear in zip(moved, network.linears, strict=True):
        np.testing.assert_allclose(layer.weights, linear.weight.detach(), **CLOSE)
        np.testing.assert_allclose(layer.biases, linear.bias.detach(), **CLOSE)


def test_a_step_leaves_the_network_as_it_was():
    network = network_for("binary")
    before = [parameter.clone() for parameter in network.parameters()]
    own = by_hand.layers(network)
    weights = own[0].weights.copy()
    gradients = passes(own, "binary", X, XOR)[2]
    by_hand.step(network, gradients, lr=1.0)
    by_hand.step(own, gradients, lr=1.0)
    assert (own[0].weights == weights).all()
    assert all(map(torch.equal, network.parameters(), before))


# --- what is shown ---


def test_every_derivative_has_the_shape_of_what_it_is_for():
    seen, _, gradients = passes(network_for("multiclass", hidden=(5, 4)), "multiclass", X, XOR)
    layers = by_hand.layers(network_for("multiclass", hidden=(5, 4)))
    for layer, one, gradient in zip(layers, seen, gradients, strict=True):
        assert gradient.weights.shape == layer.weights.shape
        assert gradient.biases.shape == layer.biases.shape
        assert gradient.inputs.shape == one.inputs.shape
        assert gradient.incoming.shape == gradient.at_scores.shape == one.scores.shape
    for below, above in pairwise(gradients):
        assert (below.incoming == above.inputs).all()


@pytest.mark.parametrize("kind", TASKS)
def test_the_explanation_has_every_step_in_its_order(kind):
    data = small_dataset(kind, 40, 3)
    told = by_hand.explain(network_for(kind, hidden=(12, 2), inputs=3), data.x, data.y)
    heads = [line.split(":")[0] for line in told.splitlines() if not line.startswith(" ")]
    up = ["layer 1", "layer 2", "layer 3"]
    assert heads[:-1] == [
        "FORWARD", *up, "LOSS", "BACKWARD", *up[::-1],
        "UPDATE", *up, "LOSS AFTER IT",
    ]  # fmt: skip
    assert max(map(len, told.splitlines())) <= 100
    assert TASKS[kind].loss_name in told
    assert "(40, 3) @ (3, 12) + (12,) = (40, 12)" in told
    assert " ..." in told  # of large matrices, a part


def test_the_kind_is_what_the_last_activation_is_for_unless_it_is_named():
    network = network_for("regression", last="sigmoid")
    assert "binary cross-entropy" in by_hand.explain(network, X, XOR)
    assert "MSE" in by_hand.explain(network, X, XOR, kind="regression")


def test_numbers_are_short_and_zero_has_no_sign():
    told = str(Layer(np.array([[-1e-9, 1.5], [1 / 3, 2]]), np.array([1e-12, 3]), "relu"))
    assert told.splitlines() == [
        "weights (2, 2)  biases (2,)  activation 'relu'",
        "0.000 1.500     0 3",
        "0.333 2.000",
    ]
    assert "1.0e-08" in str(Layer(np.array([[1e-8]]), np.array([0]), "relu"))
    assert "nan" in str(Layer(np.array([[np.nan]]), np.array([0]), "relu"))


# --- what is refused ---


NETWORK = network_for("binary")
THREE = network_for("multiclass")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: by_hand.forward(NETWORK, [[1, 2, 3]]), r"X must have 2 columns.*got shape \(1, 3"),
        (lambda: by_hand.forward(NETWORK, [1, 2]), r"X must be of shape \(n, d\)"),
        (lambda: by_hand.forward(NETWORK, [[np.nan, 2]]), "X must be finite"),
        (lambda: by_hand.forward([], X), "a network must be an FCNN"),
        (lambda: by_hand.forward(3, X), "a network must be an FCNN.*got int"),
        (
            lambda: by_hand.layers(FCNN([2, 3, 1], torch.atan)),
            "'atan' is your own function: choose",
        ),
        (lambda: by_hand.layers(by_hand.layers(NETWORK)[::-1]), "layer 2 must take the 1 units"),
        (lambda: Layer([[1, 2]], [0, 0], "relu"), r"got \(1, 2\) and \(2,\)"),
        (lambda: Layer([[1, 2]], [0], "rely"), "did you mean 'relu'"),
        (lambda: Layer([[1, 2], [3]], [0, 0], "relu"), "weights must hold numbers in equal rows"),
        (lambda: by_hand.forward_layer(X, [[1, 2]], ["a"], "relu"), "biases must hold numbers"),
        (lambda: by_hand.explain(NETWORK, X, XOR[:3]), "equal length, got 4 rows and 3 targets"),
        (lambda: by_hand.explain(NETWORK, X, [0, 1, 2, 1]), "0 to 1, got 2 in row 2"),
        (lambda: by_hand.explain(NETWORK, X, [0, 1, 0.5, 1]), "0 to 1, got 0.5 in row 2"),
        (lambda: by_hand.explain(THREE, X, [0, 3, 0, 1]), "3 classes, 0 to 2, got 3 in row 1"),
        (lambda: by_hand.explain(THREE, X, list("abca")), "y must hold the numbers of classes"),
        (lambda: by_hand.explain(THREE, X, XOR, "binary"), "one output, got one with 3"),
        (lambda: by_hand.explain(NETWORK, X, XOR, "multiclass"), "2 or more, got one with 1"),
        (lambda: by_hand.explain(NETWORK, X, XOR, "classes"), "unknown kind 'classes'"),
        (lambda: by_hand.explain(NETWORK, X, XOR, lr=0), "lr must be a number above 0, got 0"),
        (lambda: by_hand.backward(NETWORK, [], None), "seen must hold the 2 layers"),
        (
            lambda: by_hand.step(THREE, passes(NETWORK, "binary", X, XOR)[2], 0.1),
            "gradients must be of weights of shape",
        ),
        (
            lambda: by_hand.backward_layer([[1]], by_hand.forward(NETWORK, X)[0], [[1]], "relu"),
            r"incoming must be of shape \(4, 3\)",
        ),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(call, told):
    with pytest.raises(ValueError, match=told) as error:
        call()
    assert "\n" not in str(error.value)


# --- the lesson ---


def test_the_lesson_prints_what_stands_under_its_blocks(capsys):
    page = PAGE.read_text(encoding="utf-8")
    assert len(page.splitlines()) <= 150
    names = {}
    pairs = re.findall(r"```python\n(.*?)```\n```text\n(.*?)```", page, re.DOTALL)
    assert len(pairs) == page.count("```python")
    for code, printed in pairs:
        exec(compile(code, PAGE.name, "exec"), names)
        assert capsys.readouterr().out == printed
