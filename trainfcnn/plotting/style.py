"""The style of all pictures: sizes, bars, and its colours from `colors`. The place to change it."""

from typing import Any, cast

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import (
    Colormap,
    LinearSegmentedColormap,
    ListedColormap,
    LogNorm,
    Normalize,
    to_rgb,
)
from matplotlib.figure import Figure, FigureBase
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, StrMethodFormatter
from matplotlib.typing import ColorType
from numpy.typing import NDArray

from trainfcnn._support.checks import short
from trainfcnn._support.types import Array, Values
from trainfcnn.plotting.colors import BLUE as BLUE
from trainfcnn.plotting.colors import CLASS_COLORS as CLASS_COLORS
from trainfcnn.plotting.colors import FAINT as FAINT
from trainfcnn.plotting.colors import GREEN as GREEN
from trainfcnn.plotting.colors import LINE as LINE
from trainfcnn.plotting.colors import ORANGE as ORANGE
from trainfcnn.plotting.colors import PALE as PALE
from trainfcnn.plotting.colors import PAPER as PAPER
from trainfcnn.plotting.figures import PictureAxes, new_picture

Style = dict[str, Any]  # keywords of one artist

Margins = dict[str, float]  # round and between pictures, as shares of the figure or of a picture

SURFACE_STRENGTH = 0.65  # of a colour in a prediction; the points on it have all of it
LONGEST_NAME = 30  # characters of a feature's name
SHORT_NAME = 3  # characters of a class's name
TICKS = 5  # of an axis, at most about; each costs a millisecond
MARKERS = "os^DvP<X>p"  # of the classes in turn, so that grey print tells them apart

# inches
FIGURE_SIZE = (5.0, 4.2)
PORTRAIT_SIZE = (8.4, 4.2)
OVERVIEW_SIZE = (9.0, 5.95)
COLUMN_SIZE = (3.9, 3.4)  # of each picture in a comparison

FILM_SIZE = (12.0, 3.7)
FILM_DPI = 80
FILM_MARGINS: Margins = {"left": 0.05, "right": 0.985, "bottom": 0.14, "top": 0.82, "wspace": 0.32}


def new_axes(size: tuple[float, float] = FIGURE_SIZE) -> Axes:
    """Return the axes of a new figure, which show it in a notebook as it shows itself."""
    figure = new_picture(size, "constrained")
    return figure.subplots(subplot_kw={"axes_class": PictureAxes})


def axes_for(ax: Axes | None, size: tuple[float, float] = FIGURE_SIZE) -> Axes:
    """Return the axes to draw on: those that were given, or new ones.

    Raises
    ------
    TypeError
        If something else was given, such as all axes of a figure at once, or a figure.
    """
    if ax is None:
        return new_axes(size)
    if isinstance(ax, Axes):
        return ax
    raise TypeError(f"ax must be one Axes of matplotlib, got {_mistaken(ax)}")


def _mistaken(ax: object) -> str:
    """Return what was taken for axes, and what to do."""
    if isinstance(ax, FigureBase):
        return "a figure: give axes of it, ax=figure.subplots()"
    if isinstance(ax, dict):  # of `subplot_mosaic`
        return f"a dict of them: take one, ax[{next(iter(ax), 0)!r}]"
    places = np.asarray(ax, dtype=object)
    if isinstance(ax, np.ndarray | list | tuple) and places.size:
        first = 1 if isinstance(places.flat[0], FigureBase) else 0  # of (figure, axes)
        return f"several: take one, ax[{', '.join([str(first)] * places.ndim)}]"
    return f"{short(ax)}: leave it out"


def new_figure(
    size: tuple[float, float],
    title: str,
    between_rows: float | None = None,
    margins: Margins | None = None,
) -> Figure:
    """Return a figure for several pictures, with space between them and a line above them all.

    To find that space takes a third of the time, so that it can be given as fixed `margins`.
    """
    layout: Any = "none" if margins else "constrained"  # else it would be that of rcParams
    figure = new_picture(size, layout)
    if margins:
        figure.subplots_adjust(**margins)
    else:
        padding = {"w_pad": 0.15, "h_pad": between_rows}
        figure.get_layout_engine().set(**padding)  # type: ignore[union-attr]
    figure.suptitle(title, fontsize="medium")
    return figure


def figure_of(drawn: Figure | Axes) -> Figure:
    """Return the figure that axes stand in; a figure is its own."""
    if isinstance(drawn, Figure):
        return drawn
    return cast(Figure, drawn.get_figure(root=True))  # all axes that are drawn on stand in one


def render(figure: Figure, dpi: int) -> NDArray[np.uint8]:
    """Return a figure as pixels, (height, width, 4); `savefig` would draw it twice."""
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.array(canvas.buffer_rgba())  # type: ignore[no-untyped-call]


def clear(ax: Axes) -> None:
    """Remove what is drawn on axes; `clear` would make all ticks anew, a third of the time."""
    drawn = [*ax.lines, *ax.images, *ax.collections, *ax.patches, *ax.texts, *ax.child_axes]
    legend = ax.get_legend()
    for artist in drawn if legend is None else [*drawn, legend]:
        artist.remove()


def set_title(ax: Axes, text: str) -> None:
    """Write a title right above the axes.

    Without `y`, matplotlib measures all tick labels to see whether one is in its way, which takes
    a quarter of the time of a whole picture.
    """
    ax.set_title(text, y=1.0)


def spans_a_decade(values: NDArray[np.float64]) -> bool:
    """Return whether all finite values are positive, and the greatest ten times the least."""
    seen = values[np.isfinite(values)]
    # 0.7 is less than 10 * 0.07 by rounding.
    return bool(seen.size and seen.min() > 0 and seen.max() >= (10 - 1e-9) * seen.min())


def use_decades(axis: Axis) -> None:
    """Write 0.01 rather than a power of ten, which takes five times as long to draw."""
    low, high = axis.get_view_interval()
    # Within two decades the powers of ten alone would be too few.
    steps = (1.0,) if high > 100 * low else (1.0, 2.0, 5.0)
    axis.set_major_locator(LogLocator(subs=steps))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))


def use_log_scale(ax: Axes) -> None:
    """Put what is drawn on a logarithmic scale."""
    ax.set_yscale("log")
    use_decades(ax.yaxis)


def class_colormap(n_classes: int) -> ListedColormap:
    """Return a colour for each class."""
    if n_classes <= len(CLASS_COLORS):
        return ListedColormap(CLASS_COLORS[:n_classes])
    # Without turbo's ends, which are so dark that lines and edges are lost on them.
    return ListedColormap(colormaps["turbo"](np.linspace(0.05, 0.95, n_classes)))


def diverging(strength: float = 1.0) -> Colormap:
    """Return blue over white to orange, the colours of classes 0 and 1."""
    white = np.ones(3)
    ends = (white - strength * (white - to_rgb(color)) for color in (BLUE, ORANGE))
    low, high = map(tuple, ends)
    return LinearSegmentedColormap.from_list("blue to orange", [low, tuple(white), high])


def shades(color: ColorType) -> Colormap:
    """Return white to a colour."""
    return LinearSegmentedColormap.from_list(f"white to {color}", ["white", color])


def class_paths(n_classes: int) -> list[Path]:
    """Return the outline of a marker for each class."""
    styles = [MarkerStyle(mark) for mark in MARKERS]
    paths = [style.get_path().transformed(style.get_transform()) for style in styles]
    return [paths[index % len(paths)] for index in range(n_classes)]


def thinned(n: int, most: int) -> slice:
    """Return which of n points to draw on a prediction, `most` at most."""
    # Evenly from all of them, since the first ones may be of one class.
    return slice(None, None, max(1, -(-n // most)))


def scatter(ax: Axes, points: Array, y: Values, n_classes: int, style: Style) -> None:
    """Draw points (n, 2), coloured by target; classes have a marker each."""
    x1, x2 = points.T
    if not n_classes:
        ax.scatter(x1, x2, c=y, **style)
        return
    # One artist with a marker for each point: one a class would hide the classes drawn before.
    drawn = ax.scatter(x1, x2, color=class_colormap(n_classes)(y), **style)
    paths = class_paths(n_classes)
    drawn.set_paths([paths[index] for index in y])


def note(ax: Axes, text: str, color: ColorType = LINE, paper: ColorType = PAPER) -> None:
    """Write a line at the upper edge."""
    ax.annotate(
        text,
        (0.5, 0.975),
        xycoords="axes fraction",
        ha="center",
        va="top",
        fontsize="x-small",
        color=color,
        bbox={"facecolor": paper, "edgecolor": "none", "pad": 1.5},
    )


def bar(ax: Axes, label: str, style: Style, extend: str = "neither") -> None:
    """Draw a colour bar beside `ax`, for artists of that `style`."""
    colors = ScalarMappable(style["norm"], style["cmap"])
    # Not of subclasses: logarithmic and stretched scales come with ticks of their own.
    ticks = MaxNLocator(TICKS) if type(style["norm"]) is Normalize else None
    drawn = ax.figure.colorbar(colors, cax=_beside(ax), label=label, extend=extend, ticks=ticks)
    if isinstance(style["norm"], LogNorm):
        use_decades(drawn.ax.yaxis)


def as_axis_text(name: str) -> str:
    """Return the name of a feature as text that leaves room for the axis."""
    return as_text(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…")


def as_text(label: object) -> str:
    """Return a label as text, in which a $ is no mathematics."""
    return str(label).replace("$", r"\$")


def class_bar(ax: Axes, classes: tuple[object, ...]) -> None:
    """Draw the colours of the classes beside `ax`."""
    n = len(classes)
    style = ScalarMappable(Normalize(-0.5, n - 0.5), class_colormap(n))
    colors = ax.figure.colorbar(style, cax=_beside(ax), label="class", ticks=range(n))
    colors.set_ticklabels([as_text(label) for label in classes])
    marks = colors.ax.scatter([0.5] * n, range(n), s=24, color=PAPER, clip_on=False)
    marks.set_paths(class_paths(n))


def _beside(ax: Axes) -> Axes:
    """Return axes for a colour bar as high as `ax` itself."""
    # `colorbar(ax=ax)` would take space from `ax`, and not shrink with it where an aspect is set.
    return ax.inset_axes((1.03, 0, 0.05, 1))


NEAR = 0.9  # targets reach less far than this share of their size if they are far from 0


def target_scale(targets: Values) -> Normalize:
    """Return a scale of colours about 0, or about the middle of targets that are far from it."""
    finite = targets[np.isfinite(targets)].astype(np.float64)
    low = float(finite.min(initial=np.inf))
    high = float(finite.max(initial=-np.inf))
    far = 0 < high - low < NEAR * max(abs(low), abs(high))
    return Normalize(low, high) if far else symmetric(targets)


def symmetric(values: Values) -> Normalize:
    """Return a scale of colours for `values` that is symmetric about 0."""
    # 1 where all is 0, or none is finite: a scale needs some width.
    reach = float(np.abs(values[np.isfinite(values)]).max(initial=0)) or 1.0
    return Normalize(-reach, reach)
