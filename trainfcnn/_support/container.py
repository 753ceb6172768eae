"""Files of tensors with a description: safetensors, in whose header a JSON text is.

Nothing in such a file is executed when it is read, and nothing in it is believed before it was
checked: its size, its version, a checksum over all that it says. Whatever is wrong with a file is a
`ValueError` that names it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from json import dumps, loads
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.checks import check_memory, short
from trainfcnn._support.files import check_writable, written_whole

FORMAT = 1
KEY = "trainfcnn"  # under which the description stands among the metadata
MOST_HEADER = 2**26  # bytes; of ten thousand networks it takes a tenth of that
LENGTH = 8  # bytes, that say how long the header is
DTYPES = ("F64", "F32", "I64", "U8", "BOOL")

Described = dict[str, Any]  # what JSON can hold
Tensors = dict[str, NDArray[Any]]
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Contents:
    """What a file holds.

    Attributes
    ----------
    path : Path
        Where it is.
    kind : str
        What it is of: 'network', 'run'...
    described : dict
        What JSON can hold.
    tensors : dict
        From names to arrays.
    """

    path: Path
    kind: str
    described: Described
    tensors: Tensors

    def made(self, make: Callable[["Contents"], Made]) -> Made:
        """Return what a function makes of it; whatever does not fit is told with the file's name.

        Raises
        ------
        ValueError
            If the function fails.
        """
        with _named(self.path):
            return make(self)


def write_container(
    path: str | os.PathLike[str], kind: str, described: Described, tensors: Tensors
) -> Path:
    """Write a description and tensors as one file, whole or not at all, and return its path."""
    place = Path(path)
    check_writable(place)
    packed = as_bytes(kind, described, tensors)
    with written_whole(place) as beside:
        beside.write_bytes(packed)
    return place


def as_bytes(kind: str, described: Described, tensors: Tensors) -> bytes:
    """Return a description and tensors as the content of a file."""
    from safetensors.numpy import save

    whole = _as_json({"format": FORMAT, "kind": kind, "described": described})
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    return save(arrays, {KEY: whole[:-1] + f', "sha256": "{checksum_of(arrays, whole)}"}}'})


def read_container(path: str | os.PathLike[str], kinds: Mapping[str, str]) -> Contents:
    """Return what a file holds, if it is of one of some kinds.

    Parameters
    ----------
    path : str or path
        Of a file that `write_container` wrote.
    kinds : mapping of str to str
        The kinds that will do, and for others that there are what to do with these; a kind that
        will do has ''.

    Raises
    ------
    ValueError
        If it is no such file, or one of another version or kind, or damaged.
    FileNotFoundError
        If there is none.
    """
    place = Path(path)
    with _named(place):
        whole, tensors = from_bytes(_read(place))
        kind = whole["kind"]
        if kinds.get(kind) != "":
            todo = kinds.get(kind, "it was written for something else")
            raise ValueError(f"it must hold another thing, got a {short(kind)}: {todo}")
        return Contents(place, kind, whole["described"], tensors)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Tell of whatever is wrong with a file as a ValueError with its name."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError(f"there is no file {str(path)!r}: look at its name") from error
    except MemoryError as error:
        raise ValueError(f"{str(path)!r} does not fit into the memory") from error
    except Exception as error:  # whatever a stranger's file can cause
        told = str(error)
        if not isinstance(error, ValueError):
            told = f"it is damaged ({type(error).__name__}: {short(told)})"
        raise ValueError(f"{str(path)!r} cannot be used: {told}") from error


def _read(path: Path) -> bytes:
    """Return the content of a file whose sizes are sound."""
    if path.is_dir():
        raise ValueError("it must be a file, and is a folder: add the file's name")
    if path.exists() and not path.is_file():  # a pipe would be waited for, and a device has no end
        raise ValueError("it must be a file, and is a device or a pipe: copy it to a file")
    try:
        file = path.open("rb")
    except PermissionError:
        raise ValueError("it may not be read: ask whoever owns it") from None
    with file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(LENGTH)
        n_header = int.from_bytes(head, "little")
        if len(head) < LENGTH or LENGTH + n_header > size:
            raise ValueError("it is no safetensors file, or only a part of one")
        if n_header > MOST_HEADER:
            raise ValueError(
                f"its header must take {MOST_HEADER:,} bytes at most, got {n_header:,}"
            )
        check_memory(2 * size, "it", "read it elsewhere")
        return head + file.read(size - LENGTH)


def from_bytes(packed: bytes) -> tuple[Described, Tensors]:
    """Return what is described, and the tensors, in the content of a file whose sizes are sound.

    Raises
    ------
    ValueError
        If it is not what `as_bytes` gives; others where its JSON or its tensors are damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    n_header = int.from_bytes(packed[:LENGTH], "little")
    try:
        header = loads(packed[LENGTH : LENGTH + n_header])
    except (ValueError, RecursionError):
        raise ValueError("it is no safetensors file, or damaged: its header is no JSON") from None
    metadata = header.pop("__metadata__", {}) if isinstance(header, dict) else {}
    if KEY not in metadata:
        raise ValueError("it was not written by trainfcnn: load its weights with safetensors")
    whole = loads(metadata[KEY])
    if whole["format"] != FORMAT:
        raise ValueError(
            f"its format must be {FORMAT}, got {short(whole['format'])}: use the version of "
            "trainfcnn that wrote it"
        )
    if any(tensor["dtype"] not in DTYPES for tensor in header.values()):
        raise ValueError(f"its tensors must be of {', '.join(DTYPES)}")
    try:
        tensors = load(packed)
    except SafetensorError as error:
        raise ValueError(f"its tensors are damaged ({short(str(error))})") from error
    expected = whole.pop("sha256")
    if checksum_of(tensors, _as_json(whole)) != expected:
        raise ValueError("it is damaged: its checksum is another one")
    return whole, tensors


def checksum_of(tensors: Tensors, text: str = "") -> str:
    """Return a sum over a text and arrays, names, types and shapes included, in whatever order."""
    found = sha256(text.encode())
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        found.update(f"{name} {array.dtype.str} {array.shape}".encode())
        if array.size:
            found.update(array.reshape(-1).data.cast("B"))
    return found.hexdigest()


def _as_json(value: object) -> str:
    return dumps(value, allow_nan=False, ensure_ascii=False, sort_keys=True)


def plain_number(value: float) -> float | str:
    """Return a number as JSON can hold it: 'nan', 'inf' and '-inf' as text.

    Examples
    --------
    >>> plain_number(0.5), plain_number(float("inf"))
    (0.5, 'inf')
    """
    return value if isfinite(value) else repr(float(value))


def number_of(plain: object) -> float:
    """Return the number that `plain_number` made plain.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> number_of("inf")
    inf
    """
    if plain in ("nan", "inf", "-inf"):
        return float(str(plain))
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise ValueError(f"a number must be one, got {short(plain)}")
    return float(plain)
