"""Models with one planted fault each, as they are found in the wild."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional


def network(n_outputs=1, width=16, activation=nn.ReLU):
    return nn.Sequential(
        nn.Linear(2, width),
        activation(),
        nn.Linear(width, width),
        activation(),
        nn.Linear(width, n_outputs),
    )


def loss_of(outputs, y):
    """The usual one: of a single output, or of one a class."""
    if outputs.shape[1] > 1:
        return functional.cross_entropy(outputs, y)
    return functional.binary_cross_entropy_with_logits(outputs[:, 0], y.float())


def decided(net, X):
    with torch.no_grad():
        outputs = net(torch.as_tensor(X, dtype=torch.float32))
    return (outputs[:, 0] > 0).long() if outputs.shape[1] == 1 else outputs.argmax(1)


def train(net, X, y, loss=loss_of, epochs=40, lr=0.01, zero=True, sign=1, after=None):
    """The loop that a user writes, with a switch for what can go wrong in it."""
    x = torch.as_tensor(X, dtype=torch.float32)
    y = torch.as_tensor(y)
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(50):
            if zero:
                optimizer.zero_grad()
            (sign * loss(net(x[batch]), y[batch])).backward()
            optimizer.step()
        if after is not None:
            after(net)
    return partial(decided, net)


# --- the loop ---


def no_zero_grad(X, y):
    return train(network(), X, y, zero=False)


def gradient_ascent(X, y):
    return train(network(), X, y, sign=-1)


def rate_of_zero(X, y):
    return train(network(), X, y, lr=0.0)


def last_batch_alone(X, y):
    net = network()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    x, y = torch.as_tensor(X, dtype=torch.float32), torch.as_tensor(y)
    for _ in range(40):
        for batch in torch.randperm(len(x)).split(50):
            optimizer.zero_grad()
            loss = loss_of(net(x[batch]), y[batch])
        loss.backward()
        optimizer.step()
    return partial(decided, net)


def reset_every_epoch(X, y):
    def reset(net):
        for layer in net[::2]:
            layer.reset_parameters()

    return train(network(), X, y, after=reset)


# --- data ---


def labels_shuffled(X, y):
    return train(network(), X, np.random.permutation(y))


def samples_mixed_up(X, y):
    half = len(X) // 2
    X_train, y_train, _, _ = X[:half], y[half:], X[half:], y[:half]
    return train(network(), X_train, y_train)


def targets_one_off(X, y):
    return train(network(4), X, (y + 1) % 4)


def inputs_cast_to_int(X, y):
    predict = train(network(), X.astype(int), y)
    return lambda X: predict(X.astype(int))


def scaled_by_what_is_predicted(X, y):
    def scaled(X):
        return (X - X.mean(0)) / X.std(0)

    predict = train(network(), scaled(X), y)
    return lambda X: predict(scaled(X))


# --- answers ---


def smallest_score(X, y):
    net = network(4)
    train(net, X, y)
    return lambda X: net(torch.as_tensor(X, dtype=torch.float32)).argmin(1)


def wrong_axis(X, y):
    net = network(4)
    train(net, X, y)
    return lambda X: net(torch.as_tensor(X, dtype=torch.float32)).argmax(0)


def loss_on_another_output(X, y):
    net = network(8)

    def loss(outputs, y):
        return functional.cross_entropy(outputs[:, 4:], y)

    train(net, X, y, loss=loss)
    return lambda X: net(torch.as_tensor(X, dtype=torch.float32))[:, :4].argmax(1)


# --- networks ---


def softmax_twice():
    return nn.Sequential(network(4), nn.Softmax(dim=1))


def frozen_layer():
    net = network(width=4)
    for layer in (net[0], net[2]):
        layer.requires_grad_(False)
    return net


def no_activation():
    return network(activation=nn.Identity)


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = network()

    def forward(self, x):
        return torch.tensor(self.body(x).tolist())


def relu_on_the_output():
    return nn.Sequential(network(), nn.ReLU())


class DropoutLeftOn(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 64)
        self.out = nn.Linear(64, 1)

    def forward(self, x):
        return self.out(functional.dropout(torch.relu(self.hidden(x)), 0.9))


def all_weights_equal():
    net = network()
    for parameter in net.parameters():
        nn.init.constant_(parameter, 0.1)
    return net


# data set, what part of the message names it, the model
BROKEN: dict[str, tuple[str, str, Callable]] = {
    "no zero_grad": ("spiral", "gradients not set to zero", no_zero_grad),
    "labels shuffled": ("xor", "labels shuffled", labels_shuffled),
    "softmax twice": ("circles", "softmax once more", softmax_twice),
    "a frozen layer": ("spiral", "never changed (0.weight, 0.bias", frozen_layer),
    "a wrong axis": ("quadrants", "axis", wrong_axis),
    "no activation": ("moons", "no activation", no_activation),
    "loss on the wrong output": ("quadrants", "", loss_on_another_output),
    "learning rate 0": ("xor", "no step", rate_of_zero),
    "detached graph": ("xor", "detached", Detached),
    "train and test mixed up": ("xor", "those of other points", samples_mixed_up),
    "last batch alone": ("spiral", "too few steps", last_batch_alone),
    "targets one off": ("quadrants", "one off", targets_one_off),
    "gradient uphill": ("xor", "uphill", gradient_ascent),
    "ReLU on the output": ("prod", "ReLU", relu_on_the_output),
    "dropout left on": ("xor", "dropout", DropoutLeftOn),
    "scaled by what is predicted": (
        "xor",
        "mean of what is predicted",
        scaled_by_what_is_predicted,
    ),
    "all weights equal": ("xor", "same value", all_weights_equal),
    "inputs cast to int": ("circle", "cast to int", inputs_cast_to_int),
    "argmin": ("quadrants", "argmin", smallest_score),
    "reset every epoch": ("spiral", "no better than a constant", reset_every_epoch),
}
