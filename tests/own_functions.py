"""A user's own functions, in a module where a pickle finds them again."""

import math

import numpy as np
from torch import Tensor

from trainfcnn._support.types import Array, Values

# of the plane: one formula, for arrays and (with `if` and `and`) for numbers only


def positive(x1: Array, x2: Array) -> Values:
    return x1 > 0


def positive_scalar(x1: float, x2: float) -> bool:
    return bool(x1 > 0 and abs(x2) < 9)


def thirds(x1: Array, x2: Array) -> Values:
    return (x1 > -1) * 1 + (x1 > 1) * 1


def thirds_scalar(x1: float, x2: float) -> int:
    if x1 <= -1:
        return 0
    return 2 if x1 > 1 else 1


def minus_plus(x1: Array, x2: Array) -> Values:
    return np.where(x1 > 0, 1, -1)


def bump(x1: Array, x2: Array) -> Values:
    return np.sin(x1) * x2


def bump_scalar(x1: float, x2: float) -> float:
    return math.sin(x1) * x2


def hinge(x1: Array, x2: Array) -> Values:
    return np.maximum(x1, 0)


def hinge_scalar(x1: float, x2: float) -> float:
    if x1 < 0:
        return 0  # an int here, a float elsewhere
    return x1


# of one feature, and of three


def wave(x: Array) -> Values:
    return np.sin(2 * x)


def saddle(x1: Array, x2: Array, x3: Array) -> Values:
    return x1 * x2 > x3


# activations


def softsign(z: Tensor) -> Tensor:
    return z / (1 + z.abs())


def double(z: Tensor) -> Tensor:
    return 2 * z.tanh()
