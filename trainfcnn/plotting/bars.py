"""Bars of colours: beside a picture, in the room of its own panel."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.ticker import MaxNLocator

from trainfcnn.plotting.style import (
    LINE,
    PAPER,
    TICKS,
    Style,
    as_text,
    axes_inches,
    class_colormap,
    class_paths,
    figure_of,
    grey_level,
    in_lines,
    use_decades,
    use_plain_numbers,
)

PLACE = (1.03, 0.0, 0.05, 1.0)  # left, bottom, width, height, in units of the axes
APART = 2.0  # ticks, times the size of their text
LONG_NAME = 12  # characters of a class's name, from where on they are small
CROWDED = 0.17  # inches from one class to the next, from where on they are small


def bar(ax: Axes, label: str, style: Style, extend: str = "neither") -> None:
    """Draw a colour bar beside `ax`, for artists of that `style`."""
    colors = ScalarMappable(style["norm"], style["cmap"])
    # Not of subclasses: logarithmic and stretched scales come with ticks of their own.
    beside = ax.inset_axes(PLACE)
    room = int(_height(ax) / (APART * float(beside.yaxis.label.get_fontsize()) / 72))
    n_ticks = max(1, min(TICKS, room))
    ticks = MaxNLocator(n_ticks) if type(style["norm"]) is Normalize else None
    drawn = ax.figure.colorbar(colors, cax=beside, extend=extend, ticks=ticks)
    drawn.set_label(in_lines(label, _height(ax), beside.yaxis.label))
    if isinstance(style["norm"], LogNorm):
        use_decades(drawn.ax.yaxis)
    elif ticks:
        use_plain_numbers(drawn.ax.yaxis)
    keep_in_panel(ax)


def class_bar(ax: Axes, classes: tuple[object, ...]) -> None:
    """Draw the colours of the classes beside `ax`, with their markers and names."""
    n = len(classes)
    cmap = class_colormap(n)
    style = ScalarMappable(Normalize(-0.5, n - 0.5), cmap)
    colors = ax.figure.colorbar(style, cax=ax.inset_axes(PLACE), label="class", ticks=range(n))
    colors.set_ticklabels([as_text(label) for label in classes])
    if max(len(str(label)) for label in classes) > LONG_NAME or _height(ax) < CROWDED * n:
        colors.ax.tick_params(labelsize="x-small")
    inks = [LINE if grey_level(cmap(index)) > 0.6 else PAPER for index in range(n)]
    marks = colors.ax.scatter([0.5] * n, range(n), s=24, color=inks, clip_on=False)
    marks.set_paths(class_paths(n))
    keep_in_panel(ax)


def _height(ax: Axes) -> float:
    """Return about how high the axes are, in inches, before they are laid out."""
    height: float = ax.get_position(original=True).height * figure_of(ax).get_figheight()
    if ax.get_aspect() == "auto":
        return height
    return min(height, axes_inches(ax) * float(np.ptp(ax.get_ylim()) / np.ptp(ax.get_xlim())))


def keep_in_panel(ax: Axes) -> None:
    """Make a panel narrower, until what is beside it ends where the panel did.

    Only where nothing lays out the figure, as in a plain ``subplots(1, 3)``: there it would hang
    into the next panel. Axes that were put somewhere by hand stay there.
    """
    panel = ax.get_subplotspec()
    if panel is None or figure_of(ax).get_layout_engine() is not None:
        return
    whole = panel.get_position(ax.figure)  # type: ignore[arg-type]
    ax.set_position(whole)
    ends = [box.x1 for beside in ax.child_axes if (box := beside.get_tightbbox()) is not None]
    more = (max(ends, default=ax.bbox.x1) - ax.bbox.x1) / ax.figure.bbox.width
    ax.set_position((whole.x0, whole.y0, max(0.2 * whole.width, whole.width - more), whole.height))
    ax.set_in_layout(True)  # which a position of one's own ends
