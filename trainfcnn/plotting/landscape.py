"""The loss over the plane of a training's path."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize

from trainfcnn._support.types import Array
from trainfcnn.analysis.landscape import Landscape
from trainfcnn.plotting.bars import bar
from trainfcnn.plotting.style import (
    BLUE,
    LINE,
    ORANGE,
    PAPER,
    Style,
    axes_for,
    set_title,
    shades,
    spans_a_decade,
)

FEW_TICKS = 4  # they are long, and say little
LEVELS = 12
HIGHEST = 0.98  # of the losses: above, one colour


def plot_landscape(landscape: Landscape, ax: Axes | None = None) -> Axes:
    """Draw the loss over the plane of a training's path, and the path from start to end.

    Parameters
    ----------
    landscape : Landscape
        Of a training.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    losses = landscape.losses
    style: Style = {"cmap": shades(BLUE), "norm": _scale(losses)}
    ax.imshow(losses, extent=landscape.extent, origin="lower", interpolation="bilinear", **style)
    ax.set_aspect("auto")
    if losses.min() < losses.max():
        levels = _levels(style["norm"])
        ax.contour(landscape.x, landscape.y, losses, levels, colors=PAPER, linewidths=0.6)
    path = landscape.path
    ax.plot(*path.T, color=ORANGE, lw=2, marker="o", ms=3.5, mec=LINE, mew=0.4)
    for place, name in ((path[0], "start"), (path[-1], "end")):
        _name(ax, place, name)
    bar(ax, landscape.loss_name, style)
    held = f"both: {landscape.explained:.1%} of the path"
    ax.set(xlabel=f"direction 1 ({held})", ylabel="direction 2")
    ax.locator_params(nbins=FEW_TICKS)
    ax.grid(False)
    first = landscape.path_losses[0]
    last = landscape.path_losses[-1]
    set_title(ax, f"loss {first:.3g} to {last:.3g}")
    return ax


def _scale(losses: Array) -> Normalize:
    seen = losses[np.isfinite(losses)]
    low = float(seen.min())
    high = float(np.quantile(seen, HIGHEST))
    if spans_a_decade(seen):
        return LogNorm(low, max(high, 1.001 * low))
    return Normalize(low, max(high, low + 1e-12))


def _levels(norm: Normalize) -> Array:
    spaced = np.geomspace if isinstance(norm, LogNorm) else np.linspace
    levels: Array = spaced(float(norm.vmin or 0), float(norm.vmax or 1), LEVELS)[1:-1]
    return levels


def _name(ax: Axes, place: Array, name: str) -> None:
    ink = ax.xaxis.label.get_color()  # which can be seen on a dark background too
    box: Style = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "alpha": 0.8, "pad": 1.5}
    style: Style = {"ha": "center", "color": ink, "bbox": box, "zorder": 4}
    ax.annotate(name, (place[0], place[1]), (0, 9), textcoords="offset points", **style)
