"""Activations as one writes them: a function, and how steep it is."""

from collections.abc import Callable
from dataclasses import dataclass
from math import erf, pi, sqrt

import numpy as np

from trainfcnn._support.types import Array

_erf = np.vectorize(erf, otypes=[float])  # the error function, which NumPy has not


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + e^-z), of any shape, in a form where no exponential is too large."""
    values: Array = np.exp(-np.logaddexp(0, -z))
    return values


def softmax(z: Array) -> Array:
    """Return e^z of each score over their sum in its row: (n, classes), each row adding to 1."""
    # The largest is taken off first: that changes no share, and no exponential is too large.
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _normal_below(z: Array) -> Array:
    """Return the share of a standard normal distribution below z."""
    shares: Array = (1 + _erf(z / sqrt(2))) / 2
    return shares


def _normal_density(z: Array) -> Array:
    return np.exp(-(z**2) / 2) / sqrt(2 * pi)


def _silu_slope(z: Array) -> Array:
    s = sigmoid(z)
    return s * (1 + z * (1 - s))


@dataclass(frozen=True)
class Formula:
    """An elementwise activation f and its derivative f', each as words and as a function.

    Attributes
    ----------
    says, slope_says : str
        f(z) and f'(z) as one writes them.
    function, slope : callable
        From an array of scores z to f(z) and f'(z), of the same shape.
    """

    says: str
    slope_says: str
    function: Callable[[Array], Array]
    slope: Callable[[Array], Array]


# Where a curve has a kink, f' at z = 0 is that of the left side, as in torch.
FORMULAS = {
    "relu": Formula(
        "max(z, 0)",
        "1 where z > 0, else 0",
        lambda z: np.maximum(z, 0),
        lambda z: np.where(z > 0, 1.0, 0.0),
    ),
    "leaky_relu": Formula(
        "z where z > 0, else 0.01 z",
        "1 where z > 0, else 0.01",
        lambda z: np.where(z > 0, z, 0.01 * z),
        lambda z: np.where(z > 0, 1.0, 0.01),
    ),
    # Clevert, Unterthiner and Hochreiter (2016). The minimum keeps the unused side from overflow.
    "elu": Formula(
        "z where z > 0, else e^z - 1",
        "1 where z > 0, else e^z",
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        lambda z: np.exp(np.minimum(z, 0)),
    ),
    "tanh": Formula("tanh(z)", "1 - f^2", np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": Formula("1 / (1 + e^-z)", "f (1 - f)", sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    # torch takes z itself beyond 20, which is 2e-9 away.
    "softplus": Formula("log(1 + e^z)", "sigmoid(z)", lambda z: np.logaddexp(0, z), sigmoid),
    # Elfwing, Uchibe and Doya (2018)
    "silu": Formula(
        "z sigmoid(z)",
        "s (1 + z (1 - s)), with s = sigmoid(z)",
        lambda z: z * sigmoid(z),
        _silu_slope,
    ),
    # Hendrycks and Gimpel (2016)
    "gelu": Formula(
        "z P(z), with P the share of a standard normal below z",
        "P(z) + z p(z), with p its density",
        lambda z: z * _normal_below(z),
        lambda z: _normal_below(z) + z * _normal_density(z),
    ),
    "sine": Formula("sin(z)", "cos(z)", np.sin, np.cos),
    "linear": Formula("z", "1", lambda z: z, np.ones_like),
}
# Every score of a row moves every share of it: there is no f' for each element alone.
SOFTMAX = Formula(
    "e^z / sum of e^z",
    "a * (incoming - sum of a * incoming), a the activations of a row",
    softmax,
    lambda z: np.full_like(z, np.nan),
)
OF_LAYERS = FORMULAS | {"softmax": SOFTMAX}
