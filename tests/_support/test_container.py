"""A file of tensors is read whole and sound, or refused with its name."""

import os
import pickle
import struct
from json import dumps, loads

import numpy as np
import pytest

from trainfcnn._support.container import (
    FORMAT,
    KEY,
    MOST_HEADER,
    as_bytes,
    number_of,
    plain_number,
    read_container,
    write_container,
)

KINDS = {"thing": "", "other": "use the other"}
TENSORS = {
    "a": np.arange(6, dtype=np.float32).reshape(2, 3),
    "b": np.array([True, False]),
    "c": np.empty((0, 3)),
    "d": np.arange(3, dtype=np.uint8),
}
SAID = {"text": "ü 'quoted'", "list": [1, 2.5, None, True], "deep": {"er": {}}}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "thing.safetensors"


def written(path, kind="thing"):
    write_container(path, kind, SAID, TENSORS)
    return path.read_bytes()


def with_description(packed, change):
    """Return a file whose description was changed, and its checksum not."""
    n = struct.unpack("<Q", packed[:8])[0]
    header = loads(packed[8 : 8 + n])
    whole = loads(header["__metadata__"][KEY])
    change(whole)
    header["__metadata__"][KEY] = dumps(whole)
    text = dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + packed[8 + n :]


def test_what_is_written_is_read(path):
    written(path)
    contents = read_container(path, KINDS)
    assert (contents.kind, contents.described, contents.path) == ("thing", SAID, path)
    assert contents.tensors.keys() == TENSORS.keys()
    for name, array in TENSORS.items():
        assert contents.tensors[name].dtype == array.dtype
        np.testing.assert_array_equal(contents.tensors[name], array)


def test_the_same_makes_the_same_file(path):
    assert written(path) == written(path) == as_bytes("thing", SAID, TENSORS)


def test_others_that_know_safetensors_read_the_tensors(path):
    from safetensors.numpy import load_file

    written(path)
    np.testing.assert_array_equal(load_file(path)["a"], TENSORS["a"])


def test_a_number_that_is_none_of_json_is_a_text():
    for value in (0.5, -0.0, 1e308, float("inf"), -float("inf")):
        assert number_of(plain_number(value)) == value
    assert np.isnan(number_of(plain_number(float("nan"))))


@pytest.mark.parametrize("plain", [None, True, "1", [1], "infinity"], ids=repr)
def test_what_is_no_number_is_refused(plain):
    with pytest.raises(ValueError, match="a number must be one"):
        number_of(plain)


BAD = {
    "empty": (lambda packed: b"", "no safetensors file, or only a part"),
    "half": (lambda packed: packed[: len(packed) // 2], "no safetensors file, or only a part"),
    "text": (lambda packed: b"hello, world, how are you?" * 10, "no safetensors file"),
    "pickle": (lambda packed: pickle.dumps(TENSORS), "no safetensors file"),
    "longer": (lambda packed: packed + b"more", "its tensors are damaged"),
    "other version": (
        lambda packed: with_description(packed, lambda whole: whole.update(format=FORMAT + 1)),
        r"its format must be 1, got 2: use the version of trainfcnn that wrote it",
    ),
    "other words": (
        lambda packed: with_description(packed, lambda whole: whole.update(kind="other")),
        "it is damaged: its checksum is another one",
    ),
    "no version": (
        lambda packed: with_description(packed, lambda whole: whole.pop("format")),
        "it is damaged .KeyError",
    ),
    "no number": (lambda packed: packed.replace(b"2.5", b"NaN"), "it is damaged|Out of range"),
    "of somebody else": (
        lambda packed: struct.pack("<Q", 2) + b"{}", "it was not written by trainfcnn"
    ),
    "nested": (
        lambda packed: struct.pack("<Q", 100_000) + b"[" * 100_000, "its header is no JSON"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "message"), BAD.values(), ids=BAD)
def test_a_file_that_is_damaged_is_refused_by_its_name(damage, message, path):
    path.write_bytes(damage(written(path)))
    with pytest.raises(ValueError, match=message) as caught:
        read_container(path, KINDS)
    assert str(path) in str(caught.value)


def test_each_byte_counts(path):
    """Of a short file each is changed in turn: none of that is loaded as something else."""
    packed = written(path)
    for place in range(len(packed)):
        changed = bytearray(packed)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises(ValueError, match=str(path)):
            read_container(path, KINDS)


def test_a_header_of_two_gigabytes_is_refused_and_not_read(path):
    with path.open("wb") as file:
        file.write(struct.pack("<Q", 2**31))
        file.truncate(2**31 + 100)  # a hole, which takes no room on the disk
    with pytest.raises(ValueError, match=f"its header must take {MOST_HEADER:,} bytes at most"):
        read_container(path, KINDS)


def test_a_file_of_another_kind_says_what_to_do(path):
    written(path, "other")
    with pytest.raises(ValueError, match="must hold another thing, got a 'other': use the other"):
        read_container(path, KINDS)


def test_a_file_that_is_not_there_is_not_found(path):
    with pytest.raises(FileNotFoundError, match=str(path)):
        read_container(path, KINDS)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must be a file, and is a folder"):
        read_container(tmp_path, KINDS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_pipe_is_refused_and_not_waited_for(path):
    os.mkfifo(path)
    with pytest.raises(ValueError, match="is a device or a pipe: copy it to a file"):
        read_container(path, KINDS)


def test_a_device_is_refused_and_not_read_for_ever():
    if not os.path.exists("/dev/zero"):
        pytest.skip("there is no such device")
    with pytest.raises(ValueError, match="is a device or a pipe"):
        read_container("/dev/zero", KINDS)


def test_a_link_is_read_and_written_through(path, tmp_path):
    link = tmp_path / "link.safetensors"
    link.symlink_to(path)
    written(link)
    assert link.is_symlink()
    assert read_container(link, KINDS).described == SAID == read_container(path, KINDS).described
    assert sorted(tmp_path.iterdir()) == [link, path]


def test_a_file_of_another_user_is_refused_by_its_name(path, monkeypatch):
    written(path)

    def refuse(self, mode):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(ValueError, match=r"thing.safetensors' .* may not be read"):
        read_container(path, KINDS)
