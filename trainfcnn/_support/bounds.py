"""What must hold of a value: in words, as a test, and how a command line reads one."""

from collections.abc import Callable
from functools import wraps
from math import inf
from typing import Any, NamedTuple

from trainfcnn._support.checks import is_real, is_whole, short

MOST = 10**12  # of whatever is counted; there is no machine for more, and int64 ends somewhere
# Above so high a rate a step is more than single precision can hold, whatever the gradient.
HIGHEST_RATE = 1e30


class Bound(NamedTuple):
    """What must hold of a value, in words and as a test, and how the command line reads one."""

    must: str
    allowed: Callable[[Any], bool]
    parse: Callable[[str], object]
    most: float = inf

    def is_above(self, value: Any) -> bool:
        """Whether there is more of it than any machine could take."""
        return self.most < inf and value is not None and value > self.most


class Setting(NamedTuple):
    """What there is to know of a hyper-parameter beside its default.

    Attributes
    ----------
    bound, example : Bound, object
        What must hold of it, and a value to try.
    metavar, help : str
        What the command line calls its value, and what it does.
    """

    bound: Bound
    example: object
    metavar: str
    help: str

    def check(self, name: str, value: Any) -> None:
        """Say what is wrong with `value` for the setting `name`, if something is.

        Raises
        ------
        ValueError
            If it is out of bounds.
        """
        if not self.bound.allowed(value):
            raise ValueError(
                f"{name} must be {self.bound.must}, got {short(value)}: try {name}={self.example!r}"
            )
        if self.bound.is_above(value):
            raise ValueError(
                f"{name} must be {self.bound.most:,} at most, got {short(value)}: try "
                f"{name}={self.example!r}"
            )


def _read_layers(text: str) -> tuple[int, ...]:
    """Return '16-8' or '16,8' as (16, 8), and 'none' as no hidden layer."""
    return () if text == "none" else tuple(int(size) for size in text.replace(",", "-").split("-"))


def _pair_of_numbers(text: str) -> tuple[float, float]:
    first, second = text.split(",")
    return float(first), float(second)


def _one_or_several(parse: Callable[[str], object]) -> Callable[[str], object]:
    """Return a parser that takes '0.2,0.5' for two values, one for each hidden layer."""

    @wraps(parse)  # so that a mistake is told by the same name
    def parsed(text: str) -> object:
        parts = [parse(part) for part in text.split(",")]
        return parts[0] if len(parts) == 1 else tuple(parts)

    return parsed


def _are_shares(value: Any) -> bool:
    return all(map(_is_share, value)) if isinstance(value, tuple) else _is_share(value)


def _is_share(value: Any) -> bool:
    return is_real(value) and 0 <= value < 1


# Names are looked up, and layers and seeds checked, where a recipe or a training is made.
NAME = Bound("a name", lambda value: True, str)
NAMES = Bound("a name, or one for each hidden layer", lambda value: True, _one_or_several(str))
LAYERS = Bound("layer sizes", lambda value: True, _read_layers)
SEED = Bound("a seed", lambda value: True, int)
SWITCH = Bound("True or False", lambda value: isinstance(value, bool), bool)
FROM_0 = Bound("an integer of 0 or more", lambda value: is_whole(value) and value >= 0, int, MOST)
FROM_1 = Bound("an integer of 1 or more", lambda value: is_whole(value) and value >= 1, int, MOST)
COUNT = Bound(
    "an integer of 1 or more",
    lambda value: value is None or (is_whole(value) and value >= 1),
    int,
    MOST,
)
RATE = Bound(
    "a number greater than 0", lambda value: is_real(value) and value > 0, float, HIGHEST_RATE
)
NOT_NEGATIVE = Bound("a number of 0 or more", lambda value: is_real(value) and value >= 0, float)
SHARE = Bound("a number from 0 to less than 1", _is_share, float)
SHARES = Bound(
    "a number from 0 to less than 1, or one for each hidden layer",
    _are_shares,
    _one_or_several(float),
)
PAIR = Bound(
    "two numbers from 0 to less than 1",
    lambda value: (
        isinstance(value, tuple | list) and len(value) == 2 and all(map(_is_share, value))
    ),
    _pair_of_numbers,
)
# Below the least one of single precision it would be 0, and divide by it.
EPS = Bound(
    "a number of 1e-37 or more",
    lambda value: value is None or (is_real(value) and value >= 1e-37),
    float,
)
SECONDS = Bound(
    "a number greater than 0", lambda value: value is None or (is_real(value) and value > 0), float
)
GOAL = Bound(
    "a goal such as 'accuracy >= 0.99', 'r2 >= 0.95' or 'loss <= 0.01'",
    lambda value: value is None or isinstance(value, str),
    str,
)
DEGREES = Bound("degrees from 0 to 180", lambda value: is_real(value) and 0 <= value <= 180, float)
PIXELS = Bound("pixels, 0 or more", lambda value: is_real(value) and value >= 0, float)
PRECISION = Bound("'float32' or 'float64'", lambda value: value in ("float32", "float64"), str)
