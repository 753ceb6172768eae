"""What must hold of a value: in words, as a test, and how a command line reads one."""

from collections.abc import Callable
from math import inf
from typing import Any, NamedTuple

from trainfcnn._support.checks import is_real, is_whole

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
        return self.most < inf and value > self.most


def _read_layers(text: str) -> tuple[int, ...]:
    """Return '16-8' or '16,8' as (16, 8), and 'none' as no hidden layer."""
    return () if text == "none" else tuple(int(size) for size in text.replace(",", "-").split("-"))


def _two_numbers(text: str) -> tuple[float, float]:
    first, second = text.split(",")
    return float(first), float(second)


def _is_share(value: Any) -> bool:
    return is_real(value) and 0 <= value < 1


# Names are looked up, and layers and seeds checked, where a recipe or a training is made.
NAME = Bound("a name", lambda value: True, str)
LAYERS = Bound("layer sizes", lambda value: True, _read_layers)
SEED = Bound("a seed", lambda value: True, int)
SWITCH = Bound("True or False", lambda value: isinstance(value, bool), bool)
FROM_0 = Bound("an integer of 0 or more", lambda value: is_whole(value) and value >= 0, int, MOST)
FROM_1 = Bound("an integer of 1 or more", lambda value: is_whole(value) and value >= 1, int, MOST)
RATE = Bound(
    "a number greater than 0", lambda value: is_real(value) and value > 0, float, HIGHEST_RATE
)
NOT_NEGATIVE = Bound("a number of 0 or more", lambda value: is_real(value) and value >= 0, float)
SHARE = Bound("a number from 0 to less than 1", _is_share, float)
PAIR = Bound(
    "two numbers from 0 to less than 1",
    lambda value: (
        isinstance(value, tuple | list) and len(value) == 2 and all(map(_is_share, value))
    ),
    _two_numbers,
)
# Below the least one of single precision it would be 0, and divide by it.
EPS = Bound(
    "a number of 1e-37 or more",
    lambda value: value is None or (is_real(value) and value >= 1e-37),
    float,
)
DEGREES = Bound("degrees from 0 to 180", lambda value: is_real(value) and 0 <= value <= 180, float)
PIXELS = Bound("pixels, 0 or more", lambda value: is_real(value) and value >= 0, float)
PRECISION = Bound("'float32' or 'float64'", lambda value: value in ("float32", "float64"), str)
