"""Pictures and films as files: PNG, PDF and what else matplotlib writes; GIF, WebP, MP4."""

import subprocess
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from trainfcnn._support.checks import is_real, is_whole, look_up
from trainfcnn._support.files import check_writable, written_whole
from trainfcnn.plotting.style import Style, figure_of

Pixels = NDArray[np.uint8]  # (height, width, 3)

Encode = Callable[[list[Pixels], Path, float], None]

HOLD = 2.0  # seconds that the last picture stays, or as long as the others if that is more
PICTURE_DPI = 120
# A GIF counts hundredths of a second, up to 65,535 of them.
LEAST_FPS = 0.1
MOST_FPS = 100
COLORS = 128  # of a GIF or an animated PNG, which would be three times as large with all of them
SEEN_FOR_COLORS = 8  # pictures that these colours are taken from


def check_picture(path: Path) -> None:
    """Refuse a path that cannot become a picture, before any work is done for it.

    Raises
    ------
    ValueError
        If matplotlib does not know the ending, or there is no folder to write to.
    """
    endings = sorted(FigureCanvasBase.get_supported_filetypes())
    if path.suffix[1:].lower() not in endings:
        raise ValueError(
            f"a picture's name must end in one of {', '.join(endings)}, got {str(path)!r}: try "
            f"{str(path.with_suffix('.png'))!r}"
        )
    check_writable(path)


def save_picture(drawn: Figure | Axes, path: Path) -> None:
    """Write a picture, all of it or nothing, in the format that the ending of `path` names."""
    with written_whole(path) as place:
        # The format is said, since `place` ends in '.part'; so it is to Pillow and ffmpeg below.
        figure_of(drawn).savefig(place, format=path.suffix[1:].lower(), dpi=PICTURE_DPI)


def check_film(path: Path, frames: int = 60, fps: float = 12) -> None:
    """Say what is wrong with a film before it is made.

    Raises
    ------
    ValueError
        If the ending is unknown, its encoder is missing, a number is out of bounds, or there is no
        folder to write to.
    """
    look_up(ENCODERS, path.suffix.lower(), "film ending")
    if not is_whole(frames) or frames < 2:
        raise ValueError(f"frames must be an integer of 2 or more, got {frames!r}: try frames=60")
    if not is_real(fps) or not LEAST_FPS <= fps <= MOST_FPS:
        raise ValueError(
            f"fps must be a number from {LEAST_FPS} to {MOST_FPS}, got {fps!r}: try fps=12"
        )
    if path.suffix.lower() == ".mp4" and _ffmpeg() is None:
        raise ValueError(
            "an MP4 film needs the program ffmpeg, which is not there: pip install imageio-ffmpeg, "
            f"or write {path.with_suffix('.gif').name!r} instead"
        )
    check_writable(path)


def _ffmpeg() -> str | None:
    """Return where ffmpeg is: on the PATH, or in the package that brings it along."""
    found = which("ffmpeg")
    if found is None and find_spec("imageio_ffmpeg"):
        from imageio_ffmpeg import get_ffmpeg_exe

        with suppress(RuntimeError):  # the package may come without the program
            found = get_ffmpeg_exe()
    return found


def write_film(path: Path, pictures: list[Pixels], fps: float) -> None:
    """Write a film, all of it or nothing: GIF, APNG, WebP or MP4 by the ending of `path`."""
    with written_whole(path) as place:
        ENCODERS[path.suffix.lower()](pictures, place, fps)


def _encode_plain(pictures: list[Pixels], place: Path, fps: float, style: Style) -> None:
    """Write an animated image whose pictures share one palette, so that no colour flickers."""
    step = -(-len(pictures) // SEEN_FOR_COLORS)
    # From the end, so that the last picture, which stays longest, is one of those.
    palette = Image.fromarray(np.concatenate(pictures[::-step])).quantize(
        COLORS, Image.Quantize.FASTOCTREE
    )
    images = [Image.fromarray(picture) for picture in pictures]
    # Not dithered, or what stays as it is would get other dots in each picture.
    plain = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    _save(plain, place, fps, style | {"optimize": True})


def _encode_true(pictures: list[Pixels], place: Path, fps: float, style: Style) -> None:
    """Write an animated image that holds all colours."""
    _save([Image.fromarray(picture) for picture in pictures], place, fps, style)


def _save(images: list[Image.Image], place: Path, fps: float, style: Style) -> None:
    times = [round(1000 / fps)] * (len(images) - 1) + [round(1000 * max(HOLD, 1 / fps))]
    rest: Style = {"save_all": True, "append_images": images[1:], "duration": times, "loop": 0}
    images[0].save(place, **style, **rest)


def _encode_mp4(pictures: list[Pixels], place: Path, fps: float) -> None:
    height, width = (side - side % 2 for side in pictures[0].shape[:2])  # H.264 wants even sides
    raw = f"-f rawvideo -pix_fmt rgb24 -s {width}x{height} -r {fps:g} -i -"
    # yuv420p is what every player knows; faststart lets a browser begin before it has all of it.
    made = "-c:v libx264 -pix_fmt yuv420p -crf 20 -movflags +faststart -f mp4 -y"
    # All pictures of an MP4 are shown equally long: the last one is repeated.
    shown = [*pictures, *[pictures[-1]] * (round(HOLD * fps) - 1)]
    done = subprocess.run(
        [str(_ffmpeg()), "-loglevel", "error", *raw.split(), *made.split(), str(place)],
        input=b"".join(picture[:height, :width].tobytes() for picture in shown),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise OSError(f"ffmpeg could not write the film: {done.stderr.decode(errors='replace')}")


ENCODERS: dict[str, Encode] = {
    ".gif": partial(_encode_plain, style={"format": "GIF"}),
    ".png": partial(_encode_plain, style={"format": "PNG"}),
    ".apng": partial(_encode_plain, style={"format": "PNG"}),
    ".webp": partial(_encode_true, style={"format": "WEBP", "quality": 85, "method": 4}),
    ".mp4": _encode_mp4,
}
