"""The text of a file: unpacked, and decoded from whatever it is written in."""

import codecs
import io
import os
import re
import stat
import zipfile
import zlib
from pathlib import Path

# Those of UTF-32 first: in little-endian order it begins as UTF-16 does.
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What Excel and R write on Windows, and latin-1, in which every byte is a character.
ENCODINGS = "utf-8", "cp1252", "latin-1"
HEAD = 4096  # bytes that are looked at to tell a text
NO_TEXT = re.compile("[\0-\b\x0e-\x19\x1b-\x1f]")  # 1a ends a file of DOS
WORKBOOK = "xl/workbook.xml"  # a member of every file of Excel


def read_text(path: Path) -> str:
    """Return the text of a file, which may be packed (gz, bz2, xz, zip), in any usual encoding.

    Raises
    ------
    ValueError
        If there is no such file, or there is no text in it; with its path.
    """
    name = str(path)
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(f"there is no file {name!r}: check the path") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{name!r} must be a file ({error}): check the path") from error
    # A pipe or a device might never end, or never begin.
    if not stat.S_ISREG(mode):
        kind = "folder" if stat.S_ISDIR(mode) else "pipe or a device"
        todo = "add the name of a file" if stat.S_ISDIR(mode) else "save what is in it as a file"
        raise ValueError(f"{name!r} must be a file of text, and is a {kind}: {todo}")
    try:
        data = _unpacked(name, path.read_bytes())
    except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise ValueError(f"{name!r} must be a whole file ({error}): check it") from error
    return _decoded(name, data)


def _unpacked(name: str, data: bytes) -> bytes:
    # By what it begins with: names lie, and a file that is piped in has none.
    if data.startswith(b"\x1f\x8b"):
        import gzip

        return gzip.decompress(data)
    if data.startswith(b"BZh"):
        import bz2

        return bz2.decompress(data)
    if data.startswith(b"\xfd7zXZ"):
        import lzma

        try:
            return lzma.decompress(data)
        except lzma.LZMAError as error:
            raise OSError(error) from error
    return _unzipped(name, data) if data.startswith(b"PK\3\4") else data


def _unzipped(name: str, data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.namelist()
        if WORKBOOK in members:
            raise ValueError(
                f"{name!r} must be a file of text, and is a workbook of Excel: save it as CSV"
            )
        files = [one for one in members if not one.endswith("/") and "__MACOSX" not in one]
        if len(files) != 1:
            raise ValueError(
                f"{name!r} must hold a single file, and holds {len(files)}: unpack the one that "
                "is meant"
            )
        return archive.read(files[0])


def _decoded(name: str, data: bytes) -> str:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or NO_TEXT.search(text[:HEAD]):
            break
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.rstrip("\x1a")
    todo = "save it as CSV"
    if name.endswith(".safetensors"):
        todo = "if it is a trained network, try TrainFCNN.load(path)"
    raise ValueError(f"{name!r} must be a file of text, got bytes that are none: {todo}")


def _encodings(data: bytes) -> tuple[str, ...]:
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return (encoding,)
    head = data[:HEAD]
    # Latin letters in UTF-16 without a mark: every second byte is 0.
    if head.count(0) > len(head) / 4:
        first = head[::2].count(0)
        return ("utf-16-be",) if first > head[1::2].count(0) else ("utf-16-le",)
    return ENCODINGS
