import pytest

from trainfcnn.files import written_whole


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
