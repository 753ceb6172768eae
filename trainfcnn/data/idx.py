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

# What to do. Only what is broken is to be deleted: another file may be dear to somebody.
BROKEN = "delete it, so that it is downloaded anew, or put the right one there"
OTHER = "move it away, so that the right one is downloaded, or put that there"
LOCKED = "make it readable"


class OtherFileError(ValueError):
    """A file is whole, but not the one it should be.

    Attributes
    ----------
    belongs_to : str, optional
        The title of the set it is from, where its content is known.
    """

    def __init__(self, found: str, belongs_to: str | None = None) -> None:
        super().__init__(found)
        self.belongs_to = belongs_to


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
        sha256 of the packed file as mirrors have it: there is no other while it is downloaded.
    unpacked : str
        sha256 of its content, which is the same however it was packed.
    """

    name: str
    shape: tuple[int, ...]
    packed: str
    unpacked: str

    @property
    def dotted(self) -> str:
        """The name that it has in many unpacked copies: 'train-images.idx3-ubyte'."""
        return self.name.replace("-idx", ".idx")

    @property
    def header(self) -> bytes:
        """The bytes before the first pixel: magic number and sizes, big-endian."""
        magic = 0x800 + len(self.shape)  # 08 for bytes, then the number of dimensions
        return b"".join(number.to_bytes(4, "big") for number in (magic, *self.shape))

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.header) + prod(self.shape)


Known = Mapping[str, tuple[IdxFile, str]]


def read_idx(path: Path, file: IdxFile, title: str, n_classes: int, known: Known) -> Pixels:
    """Return what a file holds, once its content has proved to be what it should be.

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
        From the hash of its content to each file that there is, and to the title of its set.

    Returns
    -------
    array of uint8, of the shape of `file`

    Raises
    ------
    OtherFileError
        If it is something else; the message says what, and what to do.
    ValueError
        If it is damaged or cannot be read; with such a message.
    """
    must = f"{str(path)!r} must be {file.name} of {title}, got"
    try:
        content = _verified(path, file, n_classes, known)
    except OtherFileError as error:
        raise OtherFileError(f"{must} {error}: {OTHER}", error.belongs_to) from error
    except ValueError as error:
        raise ValueError(f"{must} {error}: {BROKEN}") from error
    except OSError as error:
        raise ValueError(
            f"{must} a file that cannot be read ({error.strerror}): {LOCKED}"
        ) from error
    # A copy, since what shares memory with bytes cannot be written to.
    return np.frombuffer(content, np.uint8, offset=len(file.header)).reshape(file.shape).copy()


def _verified(path: Path, file: IdxFile, n_classes: int, known: Known) -> bytes:
    """Return the unpacked content, or say what it is instead of what it should be."""
    # As much as the largest has, so that each of them is recognised wherever it lies.
    size = max(other.size for other, _ in known.values())
    raw = _read_at_most(path.open("rb"), size + size // PACKING + PACKING)
    content = _unpacked(raw, size) if raw.startswith(GZIP) else raw
    hash_of_content = sha256(content).hexdigest()
    if hash_of_content == file.unpacked:
        return content
    if hash_of_content in known:
        other, title = known[hash_of_content]
        raise OtherFileError(f"{other.name} of {title}", title)
    _check_form(content, file, n_classes)
    raise OtherFileError("other content, perhaps damaged, since its sha256 is not the known one")


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
    if not content:
        raise ValueError("an empty file")
    # What a server says instead of sending the file; a BOM or blank lines may come first.
    if content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise ValueError("a web page")
    if len(content) < len(header):
        raise ValueError("a file that is cut short")
    if content[:4] != header[:4]:
        raise OtherFileError(f"the magic number 0x{content[:4].hex()}, not 0x{header[:4].hex()}")
    if not content.startswith(header):
        sizes = np.frombuffer(content[4 : len(header)], ">u4").tolist()  # big-endian
        raise OtherFileError(f"the sizes {sizes}, not {list(file.shape)}")
    if len(content) != file.size:
        found = "more than" if len(content) > file.size else f"{len(content):,} bytes instead of"
        raise ValueError(f"{found} {file.size:,} bytes")
    if len(file.shape) == 1 and max(content[len(header) :]) >= n_classes:
        last = n_classes - 1
        raise OtherFileError(f"the label {max(content[len(header) :])}, where {last} is last")
