"""The linear regions of a relu network, and the straight parts of its boundary."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Rectangle

from trainfcnn._support.types import Array
from trainfcnn.analysis.regions import LinearRegions
from trainfcnn.plotting.bars import bar, class_bar
from trainfcnn.plotting.prediction import frame
from trainfcnn.plotting.style import (
    FAINT,
    LINE,
    PAPER,
    SURFACE_STRENGTH,
    Style,
    axes_for,
    class_colormap,
    diverging,
    set_title,
    symmetric,
)


def plot_regions(regions: LinearRegions, ax: Axes | None = None) -> Axes:
    """Draw the pieces on which a network is linear, and what it decides there.

    White lines are between them. Of two classes the boundary is drawn with its corners; of a
    regression a piece has the colour of the value in its middle.

    Parameters
    ----------
    regions : LinearRegions
        Of a relu network.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    if regions.classes:
        _draw_classes(ax, regions)
    else:
        _draw_values(ax, regions)
    outlines = [np.vstack([piece.corners, piece.corners[:1]]) for piece in regions.pieces]
    ax.add_collection(LineCollection(outlines, colors=PAPER, linewidths=0.7))
    boundary = regions.boundary
    ax.add_collection(LineCollection(boundary, colors=LINE, linewidths=2.0, zorder=2))
    ends = np.concatenate(boundary) if boundary else np.empty((0, 2))
    ax.plot(*ends.T, "o", color=LINE, ms=3)
    _outline(ax, regions)
    frame(ax, regions.plane)
    left, bottom = regions.box.low
    right, top = regions.box.high
    ax.axis((left, right, bottom, top))
    ax.grid(False)
    told = f"{len(regions):,} region{'s' * (len(regions) != 1)}"
    if boundary:
        told += f", {len(boundary)} boundary line{'s' * (len(boundary) != 1)}"
    set_title(ax, told)
    return ax


def _draw_classes(ax: Axes, regions: LinearRegions) -> None:
    parts = regions.decided
    solid = class_colormap(len(regions.classes))([decided for _, decided in parts])[:, :3]
    _fill(ax, [polygon for polygon, _ in parts], 1 - SURFACE_STRENGTH * (1 - solid))
    class_bar(ax, regions.classes)


def _draw_values(ax: Axes, regions: LinearRegions) -> None:
    values = np.array([piece.scores(piece.middle[None])[0, 0] for piece in regions.pieces])
    style: Style = {"cmap": diverging(SURFACE_STRENGTH), "norm": symmetric(values)}
    colors = ScalarMappable(**style).to_rgba(values)
    _fill(ax, [piece.corners for piece in regions.pieces], colors)
    bar(ax, "prediction in the middle of a piece", style)


def _fill(ax: Axes, polygons: list[Array], colors: Array) -> None:
    # Edges of their own colour, or paper would shine through between neighbours.
    style: Style = {"facecolors": colors, "edgecolors": colors, "linewidths": 0.3}
    ax.add_collection(PolyCollection(polygons, **style))


def _outline(ax: Axes, regions: LinearRegions) -> None:
    left, bottom = regions.plane.domain.low
    width, height = np.subtract(regions.plane.domain.high, (left, bottom))
    ax.add_patch(
        Rectangle((left, bottom), width, height, fill=False, ec=FAINT, lw=1, ls=":", zorder=3)
    )
