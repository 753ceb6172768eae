"""One voice for every unknown name."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

Entry = TypeVar("Entry")


def look_up(table: Mapping[str, Entry], name: object, what: str) -> Entry:
    """Return `table[name]`, or say which name was probably meant.

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
    close = get_close_matches(name.lower(), table, n=1) if isinstance(name, str) else []
    if not close:
        raise ValueError(f"unknown {what} {name!r}: choose from {choices}")
    raise ValueError(f"unknown {what} {name!r}: did you mean {close[0]!r}? (choose from {choices})")
