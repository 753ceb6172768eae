"""The style of all pictures: sizes, words, and its colours from `colors`: where to change it."""

from collections.abc import Sequence
from functools import cache
from textwrap import fill
from typing import Any, cast

import numpy as np
from matplotlib import colormaps, rcParams
from matplotlib.axes import Axes
from matplotlib.axes._base import _AxesBase
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import (
    Colormap,
    LinearSegmentedColormap,
    ListedColormap,
    Normalize,
    to_rgb,
)
from matplotlib.figure import Figure, FigureBase
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator, StrMethodFormatter
from matplotlib.typing import ColorType
from numpy.typing import NDArray

from trainfcnn._support.checks import is_real, short
from trainfcnn._support.types import Array, Values
from trainfcnn.plotting.colors import BLUE as BLUE
from trainfcnn.plotting.colors import CLASS_COLORS as CLASS_COLORS
from trainfcnn.plotting.colors import ERROR as ERROR
from trainfcnn.plotting.colors import FAINT as FAINT
from trainfcnn.plotting.colors import GREEN as GREEN
from trainfcnn.plotting.colors import LINE as LINE
from trainfcnn.plotting.colors import NOTHING as NOTHING
from trainfcnn.plotting.colors import ORANGE as ORANGE
from trainfcnn.plotting.colors import PALE as PALE
from trainfcnn.plotting.colors import PAPER as PAPER
from trainfcnn.plotting.colors import SKY as SKY
from trainfcnn.plotting.figures import PictureAxes, new_picture

Style = dict[str, Any]  # keywords of one artist

Margins = dict[str, float]  # round and between pictures, as shares of the figure or of a picture

SURFACE_STRENGTH = 0.65  # of a colour in a prediction; the points on it have all of it
LONGEST_NAME = 30  # characters of a feature's name
SHORT_NAME = 3  # characters of a class's name
FREE_NAME = 6  # characters of a name for which there is room anyway
TICKS = 5  # of an axis, at most about; each costs a millisecond
MARKERS = "os^DvP<X>p"  # of the classes in turn, so that grey print tells them apart

OUTLIERS = 5  # numbers, or one of 200, without which a scale of colours may do
FAR_OFF = 3.0  # times the span of the others, from where on they are
PLAIN_TEXT = 10.0  # points of matplotlib's text; where a user has larger text, figures are larger
SMALL_TEXT = 8.0  # points, in figures of several pictures
A_CHARACTER = 0.0078  # inches that one takes for each point of its size; a little more than it does
OVERHANG = 1.1  # of a title, times the width of its axes
WIDE_OVERHANG = 1.3
NARROWEST = 24  # characters of a line, also where axes are narrower

# inches
WIDEST = 9.0  # as wide as a page shows it, where text of 8 points is still 8 points
FIGURE_SIZE = (5.0, 4.2)
PORTRAIT_SIZE = (8.4, 4.2)
OVERVIEW_SIZE = (9.0, 5.95)
COLUMN_SIZE = (3.9, 3.4)  # of each picture in a comparison, at most

FILM_SIZE = (12.0, 3.7)
FILM_DPI = 80
FILM_MARGINS: Margins = {"left": 0.05, "right": 0.985, "bottom": 0.14, "top": 0.82, "wspace": 0.32}


def text_scale() -> float:
    """Return how much larger a user's text is than matplotlib's, and so all that is made for it."""
    return float(rcParams["font.size"]) / PLAIN_TEXT


def new_axes(size: tuple[float, float] = FIGURE_SIZE) -> Axes:
    """Return the axes of a new figure, which show it in a notebook as it shows itself."""
    width, height = size
    figure = new_picture((width * text_scale(), height * text_scale()), "constrained")
    return figure.subplots(subplot_kw={"axes_class": PictureAxes})


def axes_for(
    ax: Axes | None, size: tuple[float, float] = FIGURE_SIZE, names: Sequence[object] = ()
) -> Axes:
    """Return the axes to draw on: those that were given, or new ones.

    These are wider where long `names` are to stand beside them.

    Raises
    ------
    TypeError
        If something else was given, such as all axes of a figure at once, or a figure.
    """
    if ax is None:
        longest = max((len(str(name)) for name in names), default=0)
        more = max(0, longest - FREE_NAME) * A_CHARACTER * PLAIN_TEXT
        return new_axes((min(WIDEST, size[0] + more), size[1]))
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
    figsize: tuple[float, float] | None = None,
) -> Figure:
    """Return a figure for several pictures, with space between them and a line above them all.

    To find that space takes a third of the time, so that it can be given as fixed `margins`. It is
    as large as `figsize` says, or else as `size` does for a user's text.
    """
    layout: Any = "none" if margins else "constrained"  # else it would be that of rcParams
    figure = new_picture(size_or(figsize, size), layout)
    if margins:
        figure.subplots_adjust(**margins)
    else:
        padding = {"w_pad": 0.08, "h_pad": between_rows}
        figure.get_layout_engine().set(**padding)  # type: ignore[union-attr]
    figure.suptitle(title, fontsize="medium")
    return figure


def size_or(figsize: tuple[float, float] | None, size: tuple[float, float]) -> tuple[float, float]:
    """Return the size that was asked for, or else the usual one for a user's text, in inches.

    Raises
    ------
    ValueError
        If it is not two numbers greater than 0.
    """
    if figsize is None:
        return size[0] * text_scale(), size[1] * text_scale()
    given = figsize if isinstance(figsize, list | tuple) else ()
    if len(given) != 2 or not all(is_real(side) and side > 0 for side in given):
        raise ValueError(
            f"figsize must be two numbers greater than 0, width and height in inches, got "
            f"{short(figsize)}: try figsize=(9, 6), or leave it out"
        )
    return float(given[0]), float(given[1])


def resize(ax: _AxesBase, size: float) -> None:
    """Give all that is written on axes, and beside them, one size."""
    ax.tick_params(labelsize=size)
    legend = ax.get_legend()
    texts = legend.get_texts() if legend else []
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts, *texts):
        text.set_fontsize(size)
    for beside in ax.child_axes:
        resize(beside, size)


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
    """Write a title right above the axes, in lines as long as these are wide.

    Without `y`, matplotlib measures all tick labels to see whether one is in its way, which takes
    a quarter of the time of a whole picture.
    """
    size = ax.title.get_fontsize()
    ax.set_title(in_lines(text, _title_inches(ax), ax.title), fontsize=size, y=1.0)


def _title_inches(ax: Axes) -> float:
    """Return how wide a title may be: where panels are laid out there is room on both sides."""
    panel = ax.get_subplotspec()
    is_of_several = panel is not None and panel.get_gridspec().ncols > 1
    is_laid_out = figure_of(ax).get_layout_engine() is not None
    return (WIDE_OVERHANG if is_of_several and is_laid_out else OVERHANG) * axes_inches(ax)


def in_lines(text: str, inches: float, like: Text) -> str:
    """Return text with line breaks, so that each line fits if it is as large as another text."""
    characters = max(NARROWEST, int(inches / (A_CHARACTER * float(like.get_fontsize()))))
    lines = text.split("\n")
    return "\n".join(fill(line, characters, break_long_words=False) for line in lines)


def axes_inches(ax: Axes) -> float:
    """Return how wide the axes are, before they are laid out."""
    width: float = ax.get_position(original=True).width
    return width * figure_of(ax).get_figwidth()


def counted(n: int, what: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "point"), counted(2500, "point")
    ('1 point', '2,500 points')
    """
    return f"{n:,} {what}{'s' * (n != 1)}"


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


def use_plain_numbers(axis: Axis) -> None:
    """Write 99999.5 and 1e+10 in full: what stands for all ticks at once runs into the title."""
    axis.set_major_formatter(FuncFormatter(_plain))


def _plain(value: float, place: object) -> str:
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}")


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
    """Return blue over white to orange, the colours of classes 0 and 1; grey for no number."""
    white = np.ones(3)
    ends = (white - strength * (white - to_rgb(color)) for color in (BLUE, ORANGE))
    low, high = map(tuple, ends)
    colors = LinearSegmentedColormap.from_list("blue to orange", [low, tuple(white), high])
    return colors.with_extremes(bad=NOTHING)


def shades(color: ColorType) -> Colormap:
    """Return white to a colour."""
    return LinearSegmentedColormap.from_list(f"white to {color}", ["white", color])


def grey_level(color: ColorType) -> float:
    """Return how light a color is in grey print, from 0 to 1 (ITU-R BT.601)."""
    return float(np.dot(to_rgb(color), (0.299, 0.587, 0.114)))


def class_paths(n_classes: int) -> list[Path]:
    """Return the outline of a marker for each class."""
    paths = _marker_paths()
    return [paths[index % len(paths)] for index in range(n_classes)]


@cache
def _marker_paths() -> list[Path]:
    styles = [MarkerStyle(mark) for mark in MARKERS]
    return [style.get_path().transformed(style.get_transform()) for style in styles]


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


def note(
    ax: Axes, text: str, color: ColorType = LINE, paper: ColorType = PAPER, below: bool = False
) -> None:
    """Write a line at the upper edge, or at the lower one."""
    ax.annotate(
        text,
        (0.5, 0.025 if below else 0.975),
        xycoords="axes fraction",
        ha="center",
        va="bottom" if below else "top",
        fontsize="x-small",
        color=color,
        bbox={"facecolor": paper, "edgecolor": "none", "pad": 1.5},
    )


def as_axis_text(name: str) -> str:
    """Return the name of a feature as text that leaves room for the axis."""
    return as_text(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…")


def as_text(label: object) -> str:
    """Return a label as text, in which a $ is no mathematics."""
    return str(label).replace("$", r"\$")


NEAR = 0.9  # targets reach less far than this share of their size if they are far from 0


def without_outliers(values: Values) -> Array:
    """Return the finite ones, (n,), without some that are so far off that they would hide the rest.

    They are five at most, or one of 200, and are left out where all spans three times what the
    others do.
    """
    finite = values[np.isfinite(values)].astype(np.float64).ravel()
    few = max(len(finite) // 200, min(OUTLIERS, len(finite) // 10))
    if not few:
        return finite
    distance = np.abs(finite - np.median(finite))
    others = finite[np.argsort(distance, kind="stable")[:-few]]
    return others if 0 < FAR_OFF * np.ptp(others) < np.ptp(finite) else finite


def target_scale(targets: Values) -> Normalize:
    """Return a scale of colours about 0, or about the middle of targets that are far from it.

    A few that are far from all others have the colour of its ends.
    """
    seen = without_outliers(targets)
    low = float(seen.min(initial=np.inf))
    high = float(seen.max(initial=-np.inf))
    far = 0 < high - low < NEAR * max(abs(low), abs(high))
    return Normalize(low, high) if far else symmetric(targets)


def symmetric(values: Values) -> Normalize:
    """Return a scale of colours for `values` that is symmetric about 0, likewise."""
    # 1 where all is 0, or none is finite: a scale needs some width.
    reach = float(np.abs(without_outliers(values)).max(initial=0)) or 1.0
    return Normalize(-reach, reach)


def beyond(norm: Normalize, values: Values) -> str:
    """Return at which ends values leave a scale of colours, as `colorbar` wants it."""
    finite = values[np.isfinite(values)]
    slack = 1e-9 * (norm.vmax - norm.vmin)  # type: ignore[operator]
    under = bool(finite.size and finite.min() < norm.vmin - slack)  # type: ignore[operator]
    over = bool(finite.size and finite.max() > norm.vmax + slack)  # type: ignore[operator]
    return {(False, False): "neither", (True, False): "min", (False, True): "max"}.get(
        (under, over), "both"
    )
