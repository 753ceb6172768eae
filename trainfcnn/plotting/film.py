"""A film of a training: prediction, portrait and loss, epoch by epoch."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from trainfcnn._support.progress import progress_bar
from trainfcnn.analysis.curve import has_curve
from trainfcnn.analysis.evaluation import summary_title
from trainfcnn.analysis.network import Portrait
from trainfcnn.analysis.prediction import Features, check_view, predict_grid
from trainfcnn.analysis.seeds import OtherSeeds
from trainfcnn.data.dataset import Dataset
from trainfcnn.nn.network import FCNN
from trainfcnn.plotting.encoders import Pixels, write_film
from trainfcnn.plotting.figures import unseen
from trainfcnn.plotting.history import plot_loss
from trainfcnn.plotting.network import plot_network
from trainfcnn.plotting.prediction import plot_prediction
from trainfcnn.plotting.style import (
    FILM_DPI,
    FILM_MARGINS,
    FILM_SIZE,
    PALE,
    clear,
    new_figure,
    render,
    set_title,
    use_decades,
)
from trainfcnn.training.history import History
from trainfcnn.training.run import Run

GRID_CELLS = 121  # along each side of the prediction
UNIT_CELLS = 32  # along each side of a unit's map
SEEDS = 32  # whose losses are drawn behind that of the film
BAND = (0.05, 0.95)  # of the losses of other seeds


@dataclass(frozen=True, eq=False)
class Frame:
    """A network in the course of its training: after which epoch, and its title."""

    epoch: int
    run: Run
    title: str


def check_plane(dataset: Dataset, features: Features | None = None) -> None:
    """Refuse, before any training, data that have no curve and no plane to be drawn, as images.

    Raises
    ------
    ValueError
        If they are images.
    """
    check_view(dataset, features)


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
        # The factor is found anew each time, since the first steps are rounded up to a whole epoch.
        last = max(chosen[-1], 1)
        chosen.append(max(chosen[-1] + 1, round(last * (epochs / last) ** (1 / left))))
    return chosen


def film_frames(run: Run, networks: dict[int, FCNN]) -> list[Frame]:
    """Return the frames of a run: its networks by epoch, and at last what was kept."""
    name = run.dataset.name
    best = run.history.best_epoch
    end = len(run.history)
    frames = []
    for epoch, network in networks.items():
        if epoch <= end:  # beside others that went on, it may have stopped before them
            then = replace(run, network=network)
            frames.append(Frame(epoch, then, f"{name}, epoch {epoch}: {summary_title(then)}"))
    # The last picture is of the network that one holds afterwards, be it from an earlier epoch.
    if frames[-1].epoch < end or best < end:
        kept = ", kept" if best < end else ""
        frames.append(Frame(end, run, f"{name}, epoch {best}{kept}: {summary_title(run)}"))
    return frames


def draw_film(
    frames: list[Frame], features: Features | None = None, others: OtherSeeds | None = None
) -> Iterator[Pixels]:
    """Yield a picture of every frame: its prediction, its portrait and the loss so far.

    All are on the same scales, and show the same units of a wide layer.

    Parameters
    ----------
    frames : list of Frame
        Of one run of points, in the order of the film.
    features : (int, int), optional
        The plane, in data of more than two features.
    others : OtherSeeds, optional
        Trainings from other initial weights, for a band behind the loss.
    """
    history = frames[-1].run.history
    with unseen():
        figure = new_figure(FILM_SIZE, "", margins=FILM_MARGINS)
        limits = _loss_limits(history)
    columns = figure.add_gridspec(1, 3, width_ratios=(1, 2, 1))
    # Put there by hand, so that their places are those of the margins in every frame.
    places = [columns[0, column].get_position(figure).bounds for column in range(3)]
    prediction, network, loss = [figure.add_axes(place) for place in places]
    # Of the end: which units are drawn, and how wide links may get.
    last = Portrait.of(frames[-1].run, UNIT_CELLS)
    for frame in frames:
        for ax in (prediction, network, loss):
            clear(ax)
        grid = predict_grid(frame.run, GRID_CELLS, features=features)
        plot_prediction(grid, frame.run.dataset, prediction)
        if has_curve(frame.run.dataset) and not frame.run.dataset.is_classification:
            prediction.set_ylabel("")  # the numbers of targets may need all of the margin
        plot_network(Portrait.of(frame.run, UNIT_CELLS), network, like=last)
        plot_loss(history.until(frame.epoch), loss)
        loss.set(**limits)
        if limits["yscale"] == "log":
            use_decades(loss.yaxis)
        set_title(loss, _draw_band(loss, others))
        figure.suptitle(frame.title)
        yield render(figure, FILM_DPI)[..., :3]  # without alpha


def _draw_band(ax: Axes, others: OtherSeeds | None) -> str:
    """Draw between which losses nine of ten other seeds are, and return a title."""
    if others is None or not len(others) or not np.isfinite(others.losses).any():
        return "loss so far"
    losses = others.losses[:, np.isfinite(others.losses).any(0)]
    low, high = np.nanquantile(losses, BAND, axis=0)
    epochs = np.arange(1, len(low) + 1)
    ax.fill_between(epochs, low, high, color=PALE, lw=0, zorder=0)
    return f"loss (grey: {len(others)} seeds)"


def _loss_limits(history: History) -> dict[str, Any]:
    """Return the axes of the whole loss history, to draw parts of it on."""
    ax = plot_loss(history)  # in a figure that nobody sees
    return {"xlim": ax.get_xlim(), "yscale": ax.get_yscale(), "ylim": ax.get_ylim()}


def save_film(
    run: Run,
    networks: dict[int, FCNN],
    path: Path,
    fps: float,
    features: Features | None = None,
    progress: bool | None = None,
) -> None:
    """Draw a run's networks by epoch, and write them as a film (see `check_film`)."""
    frames = film_frames(run, networks)
    # How many would hang on the time that the training took; and of slow ones there are none.
    others = OtherSeeds.of(run, SEEDS if run.engine.name == "fused" else 0)
    pictures = []
    with progress_bar(len(frames), "picture", progress) as bar:
        for picture in draw_film(frames, features, others):
            pictures.append(picture)
            bar.update()
    write_film(path, pictures, fps)
