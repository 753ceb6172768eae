"""A film of a training: prediction, portrait and loss, epoch by epoch."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn.checks import is_real, is_whole
from trainfcnn.datasets import Dataset
from trainfcnn.files import check_writable, written_whole
from trainfcnn.grid import predict_grid, verdict
from trainfcnn.history import History
from trainfcnn.lookup import look_up
from trainfcnn.network import FCNN
from trainfcnn.plane import Features
from trainfcnn.plots import plot_loss, plot_prediction
from trainfcnn.portrait import Portrait
from trainfcnn.portrait_plots import plot_network
from trainfcnn.style import (
    FILM_DPI,
    FILM_ROOM,
    FILM_SIZE,
    Look,
    entitle,
    new_figure,
    render,
    use_decades,
    wipe,
)
from trainfcnn.training import Training

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]  # (height, width, 3)
Encode = Callable[[list[Pixels], Path, float], None]

HOLD = 2.0  # seconds that the last picture stays, or as long as the others if that is more
LEAST_FPS, MOST_FPS = 0.1, 100  # a GIF counts hundredths of a second, up to 65,535 of them
GRID_CELLS, UNIT_CELLS = 121, 32  # along each side, of the prediction and of a unit's map
COLORS = 128  # of a GIF
SEEN_FOR_COLORS = 8  # pictures that the colours of a GIF are taken from


@dataclass(frozen=True, eq=False)
class Shot:
    """A network in the course of its training: after which epoch, and what to say of it."""

    epoch: int
    network: FCNN
    title: str


def film_epochs(epochs: int, frames: int) -> list[int]:
    """Return after which epochs to take a picture: 0, the next ones, and then ever fewer.

    From where it can be, each is later than the one before by the same factor.

    Examples
    --------
    >>> film_epochs(200, 9)
    [0, 2, 4, 8, 15, 29, 55, 105, 200]
    """
    chosen = [0]
    for left in range(min(frames - 1, epochs), 0, -1):
        last = max(chosen[-1], 1)
        chosen.append(max(chosen[-1] + 1, round(last * (epochs / last) ** (1 / left))))
    return chosen


def filmed(training: Training, wanted: list[int], taken: dict[int, list[FCNN]]) -> Iterator[int]:
    """Yield the epochs of a training; put its networks by, in `taken`, after those `wanted`."""
    taken[0] = training.snapshots()
    for epoch in training:
        if epoch in wanted:
            taken[epoch] = training.snapshots()
        yield epoch


def shots(networks: dict[int, FCNN], kept: FCNN, dataset: Dataset, history: History) -> list[Shot]:
    """Return the pictures of a network by epoch, up to the end, and at last of what was kept."""
    name, best, end = dataset.name, history.best_epoch, len(history)
    taken = [
        Shot(epoch, network, f"{name}, epoch {epoch}: {verdict(network, dataset)}")
        for epoch, network in networks.items()
        if epoch <= end  # beside others that went on, it may have stopped before them
    ]
    if taken[-1].epoch < end or best < end:
        said = f"{name}, epoch {best}{', kept' if best < end else ''}: {verdict(kept, dataset)}"
        taken.append(Shot(end, kept, said))
    return taken


def draw_film(
    shots: list[Shot], dataset: Dataset, history: History, features: Features | None = None
) -> Iterator[Pixels]:
    """Yield a picture of every network: its prediction, its portrait and the loss so far.

    All are on the same scales, and show the same units of a wide layer.

    Parameters
    ----------
    shots : list of Shot
        In the order of the film.
    dataset : Dataset
        Of points.
    history : History
        Of the whole training.
    features : (int, int), optional
        The plane, in data of more than two features.
    """
    figure = new_figure(FILM_SIZE, "", fixed=FILM_ROOM)
    prediction, network, loss = figure.subplots(1, 3, width_ratios=(1, 2, 1))
    last = Portrait.of(shots[-1].network, dataset, UNIT_CELLS)
    limits = _loss_limits(history)
    for shot in shots:
        for ax in (prediction, network, loss):
            wipe(ax)
        grid = predict_grid(shot.network, dataset, GRID_CELLS, features=features)
        plot_prediction(grid, dataset, prediction)
        plot_network(Portrait.of(shot.network, dataset, UNIT_CELLS), network, like=last)
        plot_loss(history.until(shot.epoch), loss)
        loss.set(**limits)
        if limits["yscale"] == "log":
            use_decades(loss.yaxis)
        entitle(loss, "loss so far")
        figure.suptitle(shot.title)
        yield render(figure, FILM_DPI)[..., :3]


def _loss_limits(history: History) -> dict[str, Any]:
    """Return the axes of the whole loss history, to draw parts of it on."""
    ax = plot_loss(history)
    return {"xlim": ax.get_xlim(), "yscale": ax.get_yscale(), "ylim": ax.get_ylim()}


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


def _encode_gif(pictures: list[Pixels], place: Path, fps: float) -> None:
    """Write a GIF whose pictures share one palette, so that no colour flickers."""
    from PIL import Image

    step = -(-len(pictures) // SEEN_FOR_COLORS)
    palette = Image.fromarray(np.concatenate(pictures[::-step])).quantize(
        COLORS, Image.Quantize.FASTOCTREE
    )
    images = [Image.fromarray(picture) for picture in pictures]
    plain = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    _save(plain, place, fps, {"format": "GIF", "optimize": True})


def _encode_true(pictures: list[Pixels], place: Path, fps: float, look: Look) -> None:
    """Write an animated image that holds all colours."""
    from PIL import Image

    _save([Image.fromarray(picture) for picture in pictures], place, fps, look)


def _save(images: "list[Image]", place: Path, fps: float, look: Look) -> None:
    times = [round(1000 / fps)] * (len(images) - 1) + [round(1000 * max(HOLD, 1 / fps))]
    rest: Look = {"save_all": True, "append_images": images[1:], "duration": times, "loop": 0}
    images[0].save(place, **look, **rest)


def _encode_mp4(pictures: list[Pixels], place: Path, fps: float) -> None:
    height, width = (side - side % 2 for side in pictures[0].shape[:2])  # H.264 wants even sides
    raw = f"-f rawvideo -pix_fmt rgb24 -s {width}x{height} -r {fps:g} -i -"
    made = "-c:v libx264 -pix_fmt yuv420p -crf 20 -movflags +faststart -f mp4 -y"
    shown = [*pictures, *[pictures[-1]] * (round(HOLD * fps) - 1)]
    told = subprocess.run(
        [str(_ffmpeg()), "-loglevel", "error", *raw.split(), *made.split(), str(place)],
        input=b"".join(picture[:height, :width].tobytes() for picture in shown),
        capture_output=True,
        check=False,
    )
    if told.returncode:
        raise OSError(f"ffmpeg could not write the film: {told.stderr.decode(errors='replace')}")


ENCODERS: dict[str, Encode] = {
    ".gif": _encode_gif,
    ".png": partial(_encode_true, look={"format": "PNG"}),
    ".apng": partial(_encode_true, look={"format": "PNG"}),
    ".webp": partial(_encode_true, look={"format": "WEBP", "quality": 85, "method": 4}),
    ".mp4": _encode_mp4,
}
