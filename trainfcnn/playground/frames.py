"""Messages to the page: a head of JSON, and arrays of numbers behind it.

A message is the length of its head (4 bytes, little endian), the head, padded with blanks so that
arrays begin at a multiple of 8 bytes, and the arrays, each padded with zeros to one. The head's
``arrays`` says of each its name, type and shape, in their order.
"""

from collections.abc import Mapping
from json import dumps, loads
from math import isfinite, prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.types import Array

ALIGNED = 8  # bytes; a typed array of JavaScript begins at a multiple of its numbers' size
DTYPES = {"u1": "<u1", "i1": "<i1", "u4": "<u4", "f4": "<f4"}
MOST_BYTES = 64_000  # of a picture
GRIDS = (100, 80)  # cells along each side of the prediction; fewer where there is little room,
TILES = (24, 20, 16, 12, 8)  # of each network's small one, as many as there is room for,
UNITS = (32, 24, 16, 12, 8, 6)  # and of a unit's map
HEAD = 4_000  # bytes that a picture's head takes at most, about
CURVE = 6_000  # and its part of a curve

Message = dict[str, Any]
Arrays = Mapping[str, NDArray[Any]]


def encode(head: Message, arrays: Arrays | None = None) -> bytes:
    """Return a message as bytes; numbers of the head that are not finite become null."""
    packed = {name: _little(array) for name, array in (arrays or {}).items()}
    described = [[name, dtype, list(array.shape)] for name, (dtype, array) in packed.items()]
    text = dumps(plain({**head, "arrays": described}), separators=(",", ":"), allow_nan=False)
    encoded = text.encode()
    encoded += b" " * (-(4 + len(encoded)) % ALIGNED)
    parts = [len(encoded).to_bytes(4, "little"), encoded]
    for _, array in packed.values():
        parts += [array.tobytes(), bytes(-array.nbytes % ALIGNED)]
    return b"".join(parts)


def decode(message: bytes) -> tuple[Message, dict[str, NDArray[Any]]]:
    """Return head and arrays of a message, as the page does.

    Examples
    --------
    >>> head, arrays = decode(encode({"epoch": 3}, {"loss": np.array([0.5], dtype=np.float32)}))
    >>> head["epoch"], arrays["loss"]
    (3, array([0.5], dtype=float32))
    """
    start = 4 + int.from_bytes(message[:4], "little")
    head = loads(message[4:start])
    arrays = {}
    for name, dtype, shape in head["arrays"]:
        array = np.frombuffer(message, DTYPES[dtype], prod(shape), start)
        arrays[name] = array.reshape(shape)
        start += array.nbytes + -array.nbytes % ALIGNED
    return head, arrays


def _little(array: NDArray[Any]) -> tuple[str, NDArray[Any]]:
    """Return an array in one of the types that are sent, and its name."""
    name = {"u1": "u1", "i1": "i1", "u4": "u4"}.get(array.dtype.str[1:], "f4")
    return name, np.ascontiguousarray(array, dtype=DTYPES[name])


def plain(value: Any) -> Any:
    """Return what JSON can hold: numbers of numpy's as Python's, none that is not finite."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def as_bytes(values: Array, low: float, high: float) -> NDArray[np.uint8]:
    """Return values as 0 (`low`, and below) to 255 (`high`, and above); NaN is 0.

    Examples
    --------
    >>> as_bytes(np.array([-1.0, 0.0, 0.5, 1.0]), 0, 1)
    array([  0,   0, 128, 255], dtype=uint8)
    """
    shares = (np.nan_to_num(values, posinf=high, neginf=low) - low) / ((high - low) or 1)
    return _rounded(shares.clip(0, 1) * 255)


def _rounded(values: Array) -> NDArray[np.uint8]:
    return (values + 0.5).astype(np.uint8)


def spread(maps: Array) -> tuple[NDArray[np.uint8], list[list[float]]]:
    """Return maps (units, ...) as bytes, each from its least to its greatest, and these two.

    One that says the same everywhere is 128.
    """
    finite = np.nan_to_num(maps, posinf=1e30, neginf=-1e30).astype(np.float64)
    flat = finite.reshape(len(maps), -1)
    low = flat.min(1, keepdims=True)
    high = flat.max(1, keepdims=True)
    reach = np.where(high > low, high - low, 1)
    shares = np.where(high > low, (flat - low) / reach, 0.5)
    ends = np.hstack([low, high]).tolist()
    return _rounded(shares * 255).reshape(maps.shape), ends


def answer_bytes(answers: Array, kind: str, low: float, high: float) -> NDArray[np.uint8]:
    """Return answers (..., outputs, n) as planes of bytes, (..., 1 or 2, n).

    Of two classes the probability of the second, of a regression the value from `low` to `high`;
    of more classes the index of the likeliest, and its probability.
    """
    if kind != "multiclass":
        return as_bytes(answers, low, high)
    likeliest = answers.argmax(-2, keepdims=True)
    confidence = np.take_along_axis(answers, likeliest, -2)
    return np.concatenate([likeliest.astype(np.uint8), as_bytes(confidence, 0, 1)], axis=-2)


class Cells(NamedTuple):
    """Cells along each side of the prediction, of each network's small one, of a unit's map."""

    grid: int
    tiles: int
    units: int


def cells_for(n_members: int, n_units: int, n_weights: int, planes: int) -> Cells:
    """Return how fine maps are, so that no picture is larger than `MOST_BYTES`.

    Parameters
    ----------
    n_members, n_units, n_weights : int
        Of the stack, and of a single network.
    planes : int
        1 or 2, of an answer as bytes.

    Examples
    --------
    >>> cells_for(1, 16, 105, 1), cells_for(64, 16, 105, 1)
    (Cells(grid=100, tiles=24, units=32), Cells(grid=100, tiles=20, units=32))
    """
    room = MOST_BYTES - HEAD - CURVE - 4 * n_weights - 8 * n_members
    tiles_least = planes * n_members * TILES[-1] ** 2 * (n_members > 1)
    units_least = n_units * UNITS[-1] ** 2
    grid = next((n for n in GRIDS if planes * n**2 + tiles_least + units_least <= room), GRIDS[-1])
    room -= planes * grid**2
    most = max((room - tiles_least) // (2 if n_members > 1 else 1), units_least)
    units = next(n for n in UNITS if n_units * n**2 <= most)
    room -= n_units * units**2
    tiles = next((n for n in TILES if planes * n_members * n**2 <= room), TILES[-1])
    return Cells(grid, tiles if n_members > 1 else TILES[0], units)
