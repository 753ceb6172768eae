"""What counts as a number, for everything that checks an argument."""

from collections.abc import Sequence
from math import isfinite
from numbers import Real
from operator import index
from typing import Any

import numpy as np


def is_whole(value: Any) -> bool:
    """Return whether `value` is an integer, numpy's included, and not a boolean.

    Examples
    --------
    >>> is_whole(3), is_whole(True), is_whole(3.0)
    (True, False, False)
    """
    try:
        value.__index__()
    except (AttributeError, TypeError):
        return False
    return not isinstance(value, bool)


def is_real(value: Any) -> bool:
    """Return whether `value` is a finite number, numpy's included, and not a boolean.

    Examples
    --------
    >>> is_real(0.5), is_real(3), is_real(float("nan")), is_real("3")
    (True, True, False, False)
    """
    return isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)


def check_seed(seed: Any, name: str = "seed") -> int:
    """Return `seed` as an int, or say what a seed must be.

    Raises
    ------
    ValueError
        If it is no integer of 0 or more.
    """
    if not is_whole(seed) or index(seed) < 0:
        raise ValueError(f"{name} must be an integer of 0 or more, got {seed!r}: try {name}=0")
    return index(seed)


def check_pair(name: str, given: Any, n: int) -> tuple[int, int]:
    """Return two indices below `n` as ints, or say what they must be.

    Raises
    ------
    ValueError
        If they are not two different ones of those there are.

    Examples
    --------
    >>> check_pair("features", [3, 1], 4)
    (3, 1)
    """
    chosen = list(given) if isinstance(given, Sequence | np.ndarray) else []
    known = all(is_whole(each) and 0 <= each < n for each in chosen)
    if not known or len(chosen) != 2 or chosen[0] == chosen[1]:
        raise ValueError(
            f"{name} must be two different indices from 0 to {n - 1}, got {given!r}: "
            f"try {name}=(0, {n - 1})"
        )
    return index(chosen[0]), index(chosen[1])
