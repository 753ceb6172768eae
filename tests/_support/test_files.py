import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from trainfcnn._support.files import check_writable, written_whole


def test_a_file_takes_its_name_once_it_is_whole(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("old")
    with written_whole(path) as place:
        place.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path):
    def fail(place):
        place.write_text("ne")
        raise OSError("the disk is full")

    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(OSError, match="full"), written_whole(path) as place:
        fail(place)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_and_an_old_one_may_be_written(tmp_path):
    old = tmp_path / "old.txt"
    old.write_text("old")
    check_writable(tmp_path / "new.txt")
    check_writable(old)
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_text() == "old"


def test_a_name_alone_is_in_the_folder_one_is_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_writable(Path("new.txt"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere/new.txt", "there is no folder '.*nowhere' to save 'new.txt' in: make it"),
        ("file/new.txt", "there is no folder '.*file' to save 'new.txt' in: make it"),
        ("folder/new/deep.txt", "there is no folder '.*new' to save 'deep.txt' in: make it"),
        ("", "must be a file to write, and is a folder: add a name to it"),
        ("folder", "folder' must be a file to write, and is a folder: add a name to it"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_refused(name, message, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match=message):
        check_writable(tmp_path / name)


def test_a_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: (path, mode) != (tmp_path, os.W_OK))
    with pytest.raises(ValueError, match=r"the folder '.*' may not be written to: choose another"):
        check_writable(tmp_path / "new.txt")


def make_device(path):
    """Make a device of one's own, another /dev/null, where that is allowed."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
        path.write_bytes(b"")
    except (AttributeError, OSError):
        pytest.skip("no device can be made here")


def test_a_device_is_written_to_and_stays_what_it_is(tmp_path):
    device = tmp_path / "null"
    make_device(device)
    check_writable(device)
    with written_whole(device) as place:
        place.write_text("new")
    assert device.is_char_device()
    assert list(tmp_path.iterdir()) == [device]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_pipe_gets_the_whole_file_or_nothing(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    check_writable(pipe)
    with ThreadPoolExecutor(1) as readers:
        text = readers.submit(pipe.read_text)
        with written_whole(pipe) as place:
            place.write_text("new")
        assert text.result(timeout=10) == "new"
    assert pipe.is_fifo()


def test_a_disk_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "sda"
    monkeypatch.setattr(Path, "is_block_device", lambda self: self == path)
    with pytest.raises(ValueError, match="sda' must be a file to write, and is a device"):
        check_writable(path)


def test_a_link_stays_one_and_what_it_points_to_is_written(tmp_path):
    (tmp_path / "there").mkdir()
    there = tmp_path / "there" / "file"
    there.write_text("old")
    link = tmp_path / "link"
    link.symlink_to(there)
    check_writable(link)
    with written_whole(link) as place:
        assert place.parent == there.parent
        place.write_text("new")
    assert link.is_symlink()
    assert there.read_text() == "new"
    assert list(there.parent.iterdir()) == [there]


def test_what_a_killed_process_left_goes_with_the_next_file(tmp_path):
    (tmp_path / ".out.txt.part").write_text("half")
    with written_whole(tmp_path / "out.txt") as place:
        place.write_text("new")
    assert list(tmp_path.iterdir()) == [tmp_path / "out.txt"]


def test_a_file_is_on_the_disk_before_it_takes_its_name(tmp_path, monkeypatch):
    seen = []
    path = tmp_path / "out.txt"
    monkeypatch.setattr(os, "fsync", lambda descriptor: seen.append(path.exists()))
    with written_whole(path) as place:
        place.write_text("new")
    assert seen == [False]
