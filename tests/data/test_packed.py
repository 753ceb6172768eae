"""A text is a text however it is packed and written, and nothing else is taken for one."""

import bz2
import gzip
import io
import lzma
import os
import zipfile
from pathlib import Path

import pytest

from trainfcnn.data.packed import read_text

TEXT = "größe,b\n1,2\n"


def zipped(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, TEXT)
    return stream.getvalue()


PACKED = {
    "plain": TEXT.encode(),
    "gz": gzip.compress(TEXT.encode()),
    "bz2": bz2.compress(TEXT.encode()),
    "xz": lzma.compress(TEXT.encode()),
    "zip": zipped("a.csv"),
    "zip_of_a_folder": zipped("data/", "data/a.csv", "__MACOSX/data/._a.csv"),
}
ENCODINGS = [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252",
]  # fmt: skip


@pytest.fixture
def write(tmp_path):
    def write(data):
        path = tmp_path / "a.csv"
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize("way", PACKED)
def test_a_packed_text_is_the_text(way, write):
    assert read_text(write(PACKED[way])) == TEXT


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_text_is_read_in_whatever_it_is_written(encoding, write):
    assert read_text(write(TEXT.encode(encoding))) == TEXT


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_lines_end_alike_wherever_they_are_from(newline, write):
    assert read_text(write(f"{TEXT}\x1a".replace("\n", newline).encode())) == TEXT


def test_bytes_that_windows_does_not_know_are_read_as_latin_1(write):
    assert read_text(write(b"a\x81,b\xe4\n")) == "a\x81,bä\n"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0", "must be a file of text, got bytes that are none"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "must be a file of text"),
        (b"PAR1\x15\x04\x15", "must be a file of text"),
        (b"a,b\n1,\x00\n" * 3, "must be a file of text"),
        (zipped("a.csv", "b.csv"), "must hold a single file, and holds 2: unpack the one"),
        (zipped(), "must be a file of text|must hold a single file"),
        (zipped("xl/workbook.xml"), "is a workbook of Excel: save it as CSV"),
        (gzip.compress(TEXT.encode())[:-6], "must be a whole file"),
        (gzip.compress(TEXT.encode())[:12] + b"?" * 9, "must be a whole file"),
        (bz2.compress(TEXT.encode())[:-6] + b"\0" * 6, "must be a whole file"),
        (lzma.compress(TEXT.encode())[:-6], "must be a whole file"),
        (zipped("a.csv")[:-30], "must be a whole file"),
    ],
    # not the bytes: in some stands when they were packed
    ids=[
        *("png", "doc", "parquet", "zeros", "two files", "no file", "workbook"),
        *("short gz", "wrong gz", "wrong bz2", "short xz", "short zip"),
    ],
)
def test_what_is_no_text_or_not_all_of_it_is_refused_with_its_path(data, told, write):
    path = write(data)
    with pytest.raises(ValueError, match=told) as no:
        read_text(path)
    assert repr(str(path)) in str(no.value)
    assert "\n" not in str(no.value)


def test_a_pipe_or_a_device_or_a_folder_is_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe.csv"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
        with pytest.raises(ValueError, match=r"pipe.csv' must be .*, and is a pipe or a device"):
            read_text(pipe)
    with pytest.raises(ValueError, match=r"must be .*, and is a folder: add the name"):
        read_text(tmp_path)
    with pytest.raises(ValueError, match=r"there is no file '.*none.csv': check the path"):
        read_text(tmp_path / "none.csv")
    with pytest.raises(ValueError, match=r"there is no file '.*pipe.csv.a'|must be a file"):
        read_text(pipe / "a")
    with pytest.raises(ValueError, match="must be a file"):
        read_text(tmp_path / "a\0b.csv")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero")
def test_a_file_without_an_end_is_not_read():
    with pytest.raises(ValueError, match=r"'/dev/zero' must be .*, and is a pipe or a device"):
        read_text(Path("/dev/zero"))
