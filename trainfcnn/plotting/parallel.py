"""Parallel coordinates: a line for each network through its settings to its score."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from trainfcnn._support.types import Array
from trainfcnn.plotting.bars import bar
from trainfcnn.plotting.scales import (
    INCHES_AN_AXIS,
    NARROWEST_GAP,
    Column,
    Scale,
    Settings,
    apart,
    best_median_title,
    range_title,
    scale_of,
    set_wrapped_title,
    wide_axes,
)
from trainfcnn.plotting.style import LINE, PAPER

# How far the lines of one value spread to either side, at most.
JITTER = 0.3  # of the gap to the next value
WIDEST_JITTER = 0.12  # of the axis


def plot_parallel(name: str, settings: Settings, column: Column, ax: Axes | None = None) -> Axes:
    """Draw a line for each network through its settings to its score.

    Networks with the same value of a setting pass side by side, the better above; the best are
    drawn last. Those that diverged are grey, and end at the bottom.

    Parameters
    ----------
    name : str
        Of the data set.
    settings : mapping
        From each varied field to its value in each network.
    column : Column
        The score of each network.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = wide_axes(ax, INCHES_AN_AXIS * (1 + len(settings)))
    order = np.argsort(column.merit(), kind="stable")
    style = column.style(column.shown)
    scales = [scale_of(values) for values in settings.values()]
    heights = [_jitter(scale, order) for scale in scales]
    # The last axis is the bar of colours: a score stands where the bar has its colour.
    corners = np.stack([*heights, style["norm"](column.shown)], axis=1)[order]
    across = np.broadcast_to(np.arange(len(corners[0])), corners.shape)  # both (networks, axes)
    lines = np.stack([across, corners], axis=2)
    scores = np.where(column.diverged, np.nan, column.shown)[order]
    ax.add_collection(LineCollection(list(lines), array=scores, lw=0.9, alpha=0.6, **style))
    for place, scale in enumerate(scales):
        _rule(ax, place, scale)
    ax.axvline(len(scales), color=LINE, lw=1, clip_on=False)
    ax.set(xlim=(0, len(scales)), ylim=(0, 1), yticks=[])
    ax.set_xticks(range(len(scales) + 1), [*settings, column.name], fontweight="bold")
    ax.tick_params(length=0, pad=8)
    ax.spines[:].set_visible(False)
    bar(ax, column.name, style)
    column.label(ax.child_axes[-1].yaxis, column.shown)
    first = range_title(name, column, "grey")
    set_wrapped_title(ax, first, best_median_title(settings, column))
    return ax


def _reach(scale: Scale) -> float:
    """Return how far from their place the lines of one value are spread."""
    gaps = np.diff(scale.unit())
    return min(WIDEST_JITTER, JITTER * float(gaps.min(initial=1.0)))


def _level(scale: Scale) -> Array:
    """Return the heights of the values, such that the lines round them stay within 0 and 1."""
    reach = _reach(scale)
    level: Array = reach + (1 - 2 * reach) * scale.unit()
    return level


def _jitter(scale: Scale, order: NDArray[np.int64]) -> Array:
    """Return where each network crosses an axis: those of one value side by side, in order."""
    heights = np.empty(len(order))
    reach = _reach(scale)
    for index, level in enumerate(_level(scale)):
        members = order[scale.which[order] == index]
        # The ends are left free: a single one stands in the middle, and values keep apart.
        heights[members] = level + reach * np.linspace(-1, 1, len(members) + 2)[1:-1]
    return heights


def _rule(ax: Axes, place: int, scale: Scale) -> None:
    """Draw one of the parallel axes, with the names of its values."""
    ax.axvline(place, color=LINE, lw=1, zorder=3, clip_on=False)
    levels = _level(scale)
    labels = scale.labels
    for index in apart(scale.unit(), NARROWEST_GAP):
        ax.annotate(
            labels[index],
            (place, levels[index]),
            (-5, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            zorder=4,
            annotation_clip=False,
            bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.85, "pad": 1.2},
        )
