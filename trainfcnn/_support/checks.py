"""What arguments must be: numbers, names of a table, functions that can be pickled."""

import os
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from math import isfinite
from numbers import Real
from operator import index
from pickle import PicklingError
from reprlib import Repr
from typing import Any, TypeVar

from trainfcnn._support.names import known_as

# A message names what came, and never prints somebody's data.
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 60


def short(value: object) -> str:
    """Return a `repr` that is one line and short, whatever the value.

    Examples
    --------
    >>> short([0.5, "xor"]), short(list(range(100)))
    ("[0.5, 'xor']", '[0, 1, 2, 3, 4, 5, ...]')
    """
    return " ".join(line.strip() for line in _SHORT.repr(value).splitlines())


def check_switch(name: str, value: object, *, or_none: bool = False) -> None:
    """Refuse what is neither True nor False, nor None where that is allowed.

    Raises
    ------
    ValueError
        If it is something else, such as 'no', which Python would take for True.
    """
    if not isinstance(value, bool) and not (or_none and value is None):
        must = "True, False or None" if or_none else "True or False"
        raise ValueError(f"{name} must be {must}, got {short(value)}: try {name}=True")


def is_whole(value: Any) -> bool:
    """Return whether `value` is an integer, numpy's included, and not a boolean.

    Examples
    --------
    >>> is_whole(3), is_whole(True), is_whole(3.0)
    (True, False, False)
    """
    try:
        value.__index__()
    except (AttributeError, TypeError):  # arrays have the method, but refuse
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
        raise ValueError(f"{name} must be an integer of 0 or more, got {short(seed)}: try {name}=0")
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
    # A set has no first and second, and an iterator would be used up by the check.
    is_ordered = isinstance(given, Sequence) or hasattr(given, "__array__")
    chosen = list(given) if is_ordered else []
    known = all(is_whole(each) and 0 <= each < n for each in chosen)
    if not known or len(chosen) != 2 or chosen[0] == chosen[1]:
        raise ValueError(
            f"{name} must be two different indices from 0 to {n - 1}, got {short(given)}: "
            f"try {name}=(0, {n - 1})"
        )
    return index(chosen[0]), index(chosen[1])


Entry = TypeVar("Entry")


def look_up(
    table: Mapping[str, Entry], name: object, what: str, cutoff: float = 0.6, else_: str = ""
) -> Entry:
    """Return `table[name]`, or say which name was probably meant.

    Parameters
    ----------
    table : mapping
        From names to what they stand for.
    name : object
        What came.
    what : str
        What the table holds, for the message.
    cutoff : float
        How alike a name must be to be guessed, from 0 to 1.
    else_ : str
        What else can be done, for the end of the message.

    Raises
    ------
    ValueError
        If `name` is no key of `table`.

    Examples
    --------
    >>> look_up({"relu": 1, "tanh": 2}, "tanh", "activation")
    2
    >>> look_up({"relu": 1, "tanh": 2}, "rely", "activation")
    Traceback (most recent call last):
    ...
    ValueError: unknown activation 'rely': did you mean 'relu'? (choose from 'relu', 'tanh')
    """
    if isinstance(name, str) and name in table:
        return table[name]
    choices = ", ".join(map(repr, table))
    close: list[str] = []
    if isinstance(name, str):
        # In small letters, as all keys are: 'ReLU' means 'relu'.
        close = known_as(name, table) or get_close_matches(name.lower(), table, 1, cutoff)
    if not close:
        raise ValueError(f"unknown {what} {short(name)}: choose from {choices}{else_}")
    meant = " and ".join(map(repr, close))
    raise ValueError(f"unknown {what} {name!r}: did you mean {meant}? (choose from {choices})")


def check_dims(dims: object, name: str = "dims") -> tuple[int, ...]:
    """Return layer sizes as a tuple of ints >= 1; a single int stands for one layer.

    Examples
    --------
    >>> check_dims(6), check_dims([3, 4])
    ((6,), (3, 4))
    """
    # A string is an iterable too, of characters: it is refused whole.
    sizes = tuple(dims) if isinstance(dims, Iterable) and not isinstance(dims, str) else (dims,)
    for size in sizes:
        if not is_whole(size) or size < 1:
            raise ValueError(
                f"{name} must be layer sizes, integers of 1 or more, got {short(dims)}: try "
                f"{name}=[6]"
            )
    return tuple(int(size) for size in sizes)


MOST_BYTES = 2**40  # taken for a machine's memory where the system does not tell it


def check_memory(n_bytes: int, what: str, todo: str) -> None:
    """Refuse what is larger than all of this machine's memory, before torch or numpy try.

    Raises
    ------
    ValueError
        If it is.
    """
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # as on Windows
        there = MOST_BYTES
    if n_bytes > there:
        raise ValueError(
            f"{what} must fit into the memory of this machine, {there:,} bytes, and would take "
            f"{n_bytes:,}: {todo}"
        )


def check_importable(function: object, what: str) -> None:
    """Refuse to pickle a function that could not be found again by its module and name.

    Raises
    ------
    PicklingError
        If it is a lambda, or was defined within another function.
    """
    name = getattr(function, "__qualname__", "")
    if "<" in name:  # <lambda>, <locals>
        raise PicklingError(
            f"a pickle must find {what} by its name, and {name} has none outside the place where "
            "it was made: define it with `def` at the top of a module"
        )
