"""Values that a page sent: numbers within bounds, or one ValueError that says what must hold."""

from typing import Any

from trainfcnn._support.checks import is_real, is_whole, short


def whole(name: str, value: Any, least: int, most: float) -> int:
    """Return a whole number from `least` to `most`.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> whole("member", 3, 0, 63)
    3
    """
    if not is_whole(value) or not least <= value <= most:
        raise ValueError(f"{name} must be a whole number {_from(least, most)}, got {short(value)}")
    return int(value)


def real(name: str, value: Any, least: float, most: float) -> float:
    """Return a number from `least` to `most` (ValueError if it is none)."""
    if not is_real(value) or not least <= value <= most:
        raise ValueError(f"{name} must be a number {_from(least, most)}, got {short(value)}")
    return float(value)


def _from(least: float, most: float) -> str:
    return f"from {least:,g} to {most:,g}" if most < 1e12 else f"of {least:,g} or more"


def several(name: str, value: Any, most: int) -> list[Any]:
    """Return a list of at most so many items (ValueError if it is none)."""
    if not isinstance(value, list | tuple) or len(value) > most:
        raise ValueError(f"{name} must be a list of at most {most:,}, got {short(value)}")
    return list(value)
