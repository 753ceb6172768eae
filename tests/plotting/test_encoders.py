"""What is in the file of a film."""

import subprocess
import sys

import numpy as np
import pytest
from films import read, some_pictures

from trainfcnn.plotting import encoders
from trainfcnn.plotting.encoders import COLORS, ENCODERS, write_film

IMAGES = [ending for ending in ENCODERS if ending != ".mp4"]
each_image = pytest.mark.parametrize("ending", IMAGES)


def read_mp4(path, height, width):
    """Return what ffmpeg says of a film, and the pictures if they are of that size."""
    from imageio_ffmpeg import get_ffmpeg_exe

    command = [get_ffmpeg_exe(), "-i", path, *["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]]
    told = subprocess.run(command, capture_output=True, check=True)
    pictures = np.frombuffer(told.stdout, np.uint8).reshape(-1, height, width, 3)
    return told.stderr.decode(), pictures


def test_ffmpeg_on_the_path_comes_first(monkeypatch):
    monkeypatch.setattr(encoders, "which", {"ffmpeg": "/opt/ffmpeg"}.get)
    assert encoders._ffmpeg() == "/opt/ffmpeg"


def test_what_ffmpeg_complains_of_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(encoders, "_ffmpeg", lambda: sys.executable)  # which knows no -loglevel
    with pytest.raises(OSError, match=r"ffmpeg could not write the film: .*\S"):
        write_film(tmp_path / "film.mp4", some_pictures(), 12)
    assert list(tmp_path.iterdir()) == []


@each_image
@pytest.mark.parametrize("fps", [5, 0.25])
def test_pictures_are_shown_for_their_time_and_the_last_for_two_seconds_or_as_long(
    ending, fps, tmp_path
):
    write_film(tmp_path / f"film{ending}", some_pictures(), fps)
    pictures, times = read(tmp_path / f"film{ending}")
    assert times == [1000 / fps] * 4 + [max(2000, 1000 / fps)]
    assert [picture.shape for picture in pictures] == [(31, 45, 3)] * 5


def test_a_webp_is_close_to_what_was_drawn(tmp_path):
    write_film(tmp_path / "film.webp", some_pictures(), 12)
    off = np.subtract(read(tmp_path / "film.webp")[0], some_pictures(), dtype=float)
    assert np.sqrt(np.square(off).mean()) < 12


@pytest.mark.parametrize("ending", [".gif", ".png", ".apng"])
def test_no_color_of_a_palette_flickers(ending, tmp_path):
    """There are more colours than it holds; what stays is drawn alike in all pictures."""
    pictures = some_pictures()
    assert len(np.unique(pictures[0][:12].reshape(-1, 3), axis=0)) > COLORS
    write_film(tmp_path / f"film{ending}", pictures, 12)
    shown, _ = read(tmp_path / f"film{ending}")
    for picture in shown:
        np.testing.assert_array_equal(picture[:12], shown[0][:12])
        assert np.abs(picture[:12] - pictures[0][:12].astype(float)).mean() < 12
    assert len(np.unique(np.reshape(shown, (-1, 3)), axis=0)) <= COLORS


@pytest.mark.parametrize(("fps", "held"), [(10, 20), (0.25, 1)])
def test_an_mp4_has_all_pictures_with_even_sides_and_holds_the_last(fps, held, tmp_path):
    pictures = some_pictures(height=61, width=91)
    write_film(tmp_path / "film.mp4", pictures, fps)
    told, shown = read_mp4(tmp_path / "film.mp4", 60, 90)
    assert "90x60, " in told
    assert f"{fps:g} fps" in told
    assert len(shown) == 4 + held
    expected = np.array([*pictures, *pictures[-1:] * (held - 1)])[:, :60, :90]
    off = np.subtract(shown, expected, dtype=float)
    assert np.sqrt(np.square(off).mean((1, 2, 3))).max() < 25  # few colours at half the resolution
