"""One voice for every unknown name."""

from collections.abc import Iterable, Mapping
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
    raise ValueError(f"unknown {what} {name!r}: {_suggestion(name, table)}")


def _suggestion(name: object, names: Iterable[str]) -> str:
    by_lower_case = {known.lower(): known for known in names}
    wanted = str(name).lower().replace("-", "_").replace(" ", "_")
    close = get_close_matches(wanted, by_lower_case, n=1)
    choices = ", ".join(map(repr, by_lower_case.values()))
    if not close:
        return f"choose from {choices}"
    return f"did you mean {by_lower_case[close[0]]!r}? (choose from {choices})"
