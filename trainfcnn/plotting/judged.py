"""The plane as a network answers it, with what is new to it and what it misses."""

from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from trainfcnn._support.types import Array
from trainfcnn.analysis.judged import Judged
from trainfcnn.analysis.prediction import Grid
from trainfcnn.data.dataset import Dataset
from trainfcnn.plotting.prediction import draw_surface, fade_outside, frame, told_of
from trainfcnn.plotting.style import LINE, PAPER, Style, axes_for, diverging, scatter

KNOWN: Style = {"s": 7, "edgecolors": (0, 0, 0, 0.6), "linewidths": 0.3}
NEW: Style = {"s": 22, "edgecolors": PAPER, "linewidths": 0.5}
RING: Style = {"facecolors": "none", "edgecolors": LINE, "zorder": 3}
CROWD = 40  # misses, of which more have thinner rings


def plot_judged(
    grid: Grid, dataset: Dataset, known: Judged, new: Judged, norm: Normalize, ax: Axes | None
) -> Axes:
    """Draw a prediction over the plane with large points where they are new, and misses ringed.

    Small ones are of the training sample. What lies outside the sampled domain, extrapolation, is
    faded. There is no bar of the colours.

    Parameters
    ----------
    grid : Grid
        What `predict_grid` computed.
    dataset : Dataset
        Of two features or more.
    known, new : Judged
        Its training sample and its test sample.
    norm : Normalize
        The scale of a regression's colours.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    draw_surface(ax, grid, norm, with_bar=False)
    fade_outside(ax, grid)
    # Of a regression right points have the colour that is below them.
    values: Style = {"cmap": diverging(), "norm": norm, "edgecolors": LINE, "linewidths": 0.3}
    colors: Style = {} if dataset.classes else values
    samples = ((dataset.x, dataset.y, known, KNOWN), (dataset.x_test, dataset.y_test, new, NEW))
    for x, y, judged, style in samples:
        points = grid.plane.project(x)
        if len(judged.shown):
            few = judged.shown
            scatter(ax, points[few], y[few], len(dataset.classes), style | colors)
        _ring(ax, points[judged.missed])
    frame(ax, grid.plane, told_of(grid))
    ax.axis(grid.extent)
    ax.grid(False)
    return ax


def _ring(ax: Axes, points: Array) -> None:
    size: Style = {"s": 75, "linewidths": 1.1} if len(points) <= CROWD else {"s": 45, "lw": 0.8}
    if len(points):
        ax.scatter(points[:, 0], points[:, 1], **size | RING)


def key_of_judged(known: Judged, new: Judged, kind: str) -> str:
    """Return what sizes and rings mean, and how many points they stand for, in two lines."""
    sizes = f"small: {_share(known)} training points"
    if new.n:
        sizes += f"; large: {_share(new)} new ones"
    if known.gives_nothing:
        return f"{sizes}\nthe network gives no numbers: the points alone are drawn"
    if kind == "regression":
        return f"{sizes}\nringed: the ten largest errors of each; faded: beyond the data"
    ringed = len(known.missed) + len(new.missed)
    total = known.n_missed + new.n_missed
    if not total:
        return f"{sizes}\nnone is missed; faded: beyond the data"
    fewer = f"{ringed} of " if ringed < total else ""
    new_ones = f" ({new.n_missed:,} of them new)" if new.n else ""
    return f"{sizes}\nringed: {fewer}{total:,} missed{new_ones}; faded: beyond the data"


def _share(judged: Judged) -> str:
    shown = len(judged.shown)
    return f"{judged.n:,}" if shown == judged.n else f"{shown:,} of {judged.n:,}"
