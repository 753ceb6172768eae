"""Files in the IDX format, in which MNIST comes: read, and held against what they should be.

The format is described at yann.lecun.com/exdb/mnist: a magic number, the sizes, then the bytes.
"""

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedIOBase, BytesIO
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

GZIP = b"\x1f\x8b"  # how a packed file starts
PACKING = 1024  # it may be so many bytes larger than its content, and one more in so many


@dataclass(frozen=True)
class IdxFile:
    """One file of a set of images.

    Attributes
    ----------
    name : str
        Unpacked; packed it ends in '.gz'.
    shape : tuple of int
        Of what it holds: (n, height, width) for images, (n,) for labels.
    packed : str
        sha256 of the packed file.
    unpacked : str, optional
        sha256 of the unpacked one, where it is known.
    """

    name: str
    shape: tuple[int, ...]
    packed: str
    unpacked: str | None = None

    @property
    def header(self) -> bytes:
        """The bytes before the first pixel: magic number and sizes, big-endian."""
        magic = 0x800 + len(self.shape)  # 08 for bytes, then the number of dimensions
        return b"".join(number.to_bytes(4, "big") for number in (magic, *self.shape))


def read_idx(
    path: Path, file: IdxFile, title: str, n_classes: int, known: Mapping[str, str]
) -> Pixels:
    """Return what a file holds, once it has proved to be what it should be.

    Parameters
    ----------
    path : Path
        Packed with gzip or not, whatever its name.
    file : IdxFile
        What it should be.
    title : str
        Of the set that it belongs to.
    n_classes : int
        Labels must be less.
    known : mapping
        From the hashes of other files to what these are called.

    Returns
    -------
    array of uint8, of the shape of `file`

    Raises
    ------
    ValueError
        If it is something else or damaged; the message says what, and what to do.
    """
    try:
        content = _verified(path, file, n_classes, known)
    except (ValueError, OSError) as error:
        raise ValueError(
            f"{str(path)!r} must be {file.name} of {title}, got {error}: delete it, so that it is "
            "downloaded anew, or put the right one there"
        ) from error
    # A copy, since what shares memory with bytes cannot be written to.
    return np.frombuffer(content, np.uint8, offset=len(file.header)).reshape(file.shape).copy()


def _verified(path: Path, file: IdxFile, n_classes: int, known: Mapping[str, str]) -> bytes:
    """Return the unpacked content, or say what it is instead of what it should be."""
    size = len(file.header) + prod(file.shape)
    raw = _read_at_most(path.open("rb"), size + size // PACKING + PACKING)
    is_packed = raw.startswith(GZIP)
    content = _unpacked(raw, size) if is_packed else raw
    hash_of_file = _hash(raw)
    if hash_of_file in (file.packed, file.unpacked):
        return content
    # The right content may have been packed anew, which gives the file another hash.
    hash_of_content = _hash(content) if is_packed else hash_of_file
    if hash_of_content == file.unpacked:
        return content
    for other in (hash_of_file, hash_of_content):
        if other in known:
            raise ValueError(known[other])
    _check_form(content, file, n_classes)
    if is_packed or file.unpacked is not None:  # else no hash is known, and the form must do
        raise ValueError("other content, perhaps damaged, since its sha256 is not the known one")
    return content


def _read_at_most(stream: BufferedIOBase, size: int) -> bytes:
    """Return `size` bytes, and one more if there is one: nobody fills the memory with zeros."""
    with stream:
        return stream.read(size + 1)


def _unpacked(raw: bytes, size: int) -> bytes:
    try:
        return _read_at_most(gzip.open(BytesIO(raw)), size)
    except EOFError:
        raise ValueError("a file that is cut short") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"a damaged gzip file ({error})") from error


def _check_form(content: bytes, file: IdxFile, n_classes: int) -> None:
    header = file.header
    size = len(file.header) + prod(file.shape)
    if not content:
        raise ValueError("an empty file")
    # What a server says instead of sending the file; a BOM or blank lines may come first.
    if content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise ValueError("a web page")
    if len(content) < len(header):
        raise ValueError("a file that is cut short")
    if content[:4] != header[:4]:
        raise ValueError(f"the magic number 0x{content[:4].hex()}, not 0x{header[:4].hex()}")
    if not content.startswith(header):
        sizes = np.frombuffer(content[4 : len(header)], ">u4").tolist()  # big-endian
        raise ValueError(f"the sizes {sizes}, not {list(file.shape)}")
    if len(content) != size:
        found = "more than" if len(content) > size else f"{len(content):,} bytes instead of"
        raise ValueError(f"{found} {size:,} bytes")
    if len(file.shape) == 1 and max(content[len(header) :]) >= n_classes:
        raise ValueError(f"the label {max(content[len(header) :])}, where {n_classes - 1} is last")


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
