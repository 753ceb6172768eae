"""Matrices as text, side by side."""

from collections.abc import Sequence

import numpy as np

from trainfcnn._support.types import Array

_SHOWN = 8  # rows and columns
_WIDTH = 98


def heading(name: str, value: object) -> str:
    """Return a name with the shape of an array, or with any other value."""
    if isinstance(value, np.ndarray):
        return f"{name} {value.shape}"
    return f"{name} {value!r}" if isinstance(value, str) else f"{name} {value:.6g}"


def side_by_side(named: Sequence[tuple[str, object]]) -> str:
    """Return matrices beside each other, each under its name and shape, and below each other
    where the line is full.
    """
    rows: list[list[list[str]]] = [[]]
    for name, value in named:
        block = _block(name, value)
        if rows[-1] and sum(len(one[0]) + 2 for one in [*rows[-1], block]) > _WIDTH:
            rows.append([])
        rows[-1].append(block)
    return "\n".join(line for row in rows for line in _joined(row))


def _joined(blocks: list[list[str]]) -> list[str]:
    height = max(map(len, blocks))
    filled = [block + [" " * len(block[0])] * (height - len(block)) for block in blocks]
    return ["  ".join(parts).rstrip() for parts in zip(*filled, strict=True)]


def _block(name: str, value: object) -> list[str]:
    """Return the lines of one matrix, of one width."""
    title = heading(name, value)
    lines = _numbers(np.atleast_2d(value)) if isinstance(value, np.ndarray) else []
    width = max(map(len, [title, *lines]))
    return [line.ljust(width) for line in [title, *lines]]


def _numbers(matrix: Array) -> list[str]:
    part = matrix[:_SHOWN, :_SHOWN]
    lines = _texts(part)
    if matrix.shape[1] > _SHOWN:
        lines = [f"{line} ..." for line in lines]
    if len(matrix) > _SHOWN:
        lines.append("...")
    return lines


def _texts(part: Array) -> list[str]:
    """Return rows with as few decimals as they need, up to three."""
    largest = np.abs(part).max()
    style = ".1e"
    if largest == 0 or 1e-2 <= largest < 1e5:
        exact = (d for d in range(3) if np.allclose(part.round(d), part, rtol=0, atol=1e-9))
        decimals = next(exact, 3)
        part = part.round(decimals) + 0.0  # no -0
        style = f".{decimals}f"
    texts = [[f"{number:{style}}" for number in row] for row in part.tolist()]
    width = max(len(text) for row in texts for text in row)
    return [" ".join(text.rjust(width) for text in row) for row in texts]


def count(n: int, what: str) -> str:
    """Return a number of things in words: 1 unit, 2 units."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
