"""Where settings and scores stand on an axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import (
    Colormap,
    FuncNorm,
    LinearSegmentedColormap,
    LogNorm,
    Normalize,
)
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.checks import is_real
from trainfcnn._support.types import Array
from trainfcnn.nn.tasks import Task
from trainfcnn.plotting.style import (
    BLUE,
    CLASS_COLORS,
    FIGURE_SIZE,
    LINE,
    NOTHING,
    WIDEST,
    Style,
    axes_for,
    axes_inches,
    counted,
    grey_level,
    in_lines,
    spans_a_decade,
    text_scale,
)

Settings = Mapping[str, Sequence[object]]  # field: its value in each network

INCHES_AN_AXIS = 2.1
INCHES_A_CELL = 0.85
HEIGHT = 4.8
MARK_GAP = 0.07  # between marks of an axis, as a share of it
NARROWEST_GAP = 0.045  # between the labels of an axis, as a share of it
QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, eq=False)
class Column:
    """A number of each network, and how to speak of it.

    Attributes
    ----------
    of : str
        As it is called in the records of a sweep: 'score', 'test_score', 'loss'.
    values : array of shape (networks,)
        May hold what is no number, of a training that diverged.
    task : Task
        What it was measured by.
    """

    of: str
    values: Array
    task: Task

    @property
    def name(self) -> str:
        """What to call it on an axis."""
        sample, _, last = self.of.rpartition("_")
        names = {"score": self.task.score_name, "loss": self.task.loss_name}
        return f"{sample} {names.get(last, last)}".strip()

    @property
    def is_score(self) -> bool:
        """Whether more is better."""
        return self.of.endswith("score")

    @property
    def is_share(self) -> bool:
        """Whether it is an accuracy."""
        return self.is_score and self.task.is_classification

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Which networks have no number, worse than any, as their training diverged."""
        return np.isinf(self.values)

    @property
    def shown(self) -> Array:
        """The values as they are drawn: a score below 0 as 0; what is no number as the worst."""
        finite = self.values[np.isfinite(self.values)]
        worst = 0.0 if self.is_score or not finite.size else float(finite.max())
        shown = np.where(np.isfinite(self.values), self.values, worst)
        return np.maximum(shown, 0.0) if self.is_score else shown

    def merit(self) -> Array:
        """Return what orders networks from worst to best."""
        return self.shown if self.is_score else -self.shown

    def format(self, value: float) -> str:
        """Return a value as a reader wants it."""
        if not np.isfinite(value):
            return "undefined" if np.isnan(value) else "diverged"
        return self.task.format_score(value) if self.is_score else f"{value:.3g}"

    def mark(self, value: float) -> str:
        """Return a round value, as an axis names it."""
        return f"{100 * value:.6g}%" if self.is_share else f"{value:g}"

    def stretch(self, values: Array) -> "Stretch | None":
        """Return how to tell shares near 1 apart, where the errors span a decade."""
        errors = 1 - values[np.isfinite(values)]
        if not (self.is_share and spans_a_decade(errors[errors > 0])):
            return None
        # Those without an error are drawn as if they had half of the least there is.
        return Stretch(float(errors[errors > 0].min()) / (1 if errors.min() > 0 else 2))

    def style(self, values: Array) -> Style:
        """Return a colour map, dark for the best, and its limits."""
        seen = values[np.isfinite(values)]
        low = float(seen.min(initial=np.inf)) if seen.size else 0.0
        high = float(seen.max(initial=-np.inf)) if seen.size else 1.0
        if low == high:
            # A scale needs some width, also where all networks reach the same.
            low = low - 0.01 * (abs(low) or 1)
            high = high + 0.01 * (abs(high) or 1)
        stretch = self.stretch(values)
        norm = Normalize(low, high)
        if stretch:
            norm = FuncNorm((stretch.forward, stretch.inverse), low, high)
        elif not self.is_score and spans_a_decade(values):
            norm = LogNorm(low, high)
        cmap = sequential() if self.is_score else sequential().reversed()
        return {"cmap": cmap.with_extremes(bad=NOTHING), "norm": norm}

    def label(self, axis: Axis, values: Array) -> None:
        """Let an axis say shares in percent, with marks that suit where it is stretched."""
        stretch = self.stretch(values)
        if stretch:
            axis.set_ticks(stretch.marks(float(np.nanmin(values)), float(np.nanmax(values))))
            axis.set_ticks([], minor=True)
        if self.is_share:
            axis.set_major_formatter(lambda value, _: self.mark(value))


@dataclass(frozen=True)
class Stretch:
    """A scale of shares that shows errors as a logarithmic one would, the least of them on top.

    Attributes
    ----------
    least : float
        The error that is drawn for none.
    """

    least: float

    def forward(self, share: ArrayLike) -> Array:
        """Return where a share stands."""
        # Errors downwards on a log scale: 0.9, 0.99 and 0.999 are equally far apart.
        return -np.log10(np.maximum(1 - np.asarray(share, dtype=np.float64), self.least))

    def inverse(self, place: ArrayLike) -> Array:
        """Return what stands at a place."""
        share: Array = 1 - 10 ** -np.asarray(place, dtype=np.float64)
        return share

    def marks(self, low: float, high: float) -> list[float]:
        """Return round shares between two, far enough apart for their names."""
        tens = 10.0 ** -np.arange(9)
        shares = np.concatenate([1 - np.outer(tens, (0.5, 0.2, 0.1)).ravel(), [1.0]])
        shares = np.array([share for share in np.unique(shares.round(10)) if low <= share <= high])
        bottom, top = self.forward([low, high])
        below = (top - self.forward(shares[::-1])) / (top - bottom)  # the topmost is always named
        return [float(shares[-1 - index]) for index in apart(below, MARK_GAP)][::-1]


@dataclass(frozen=True, eq=False)
class Scale:
    """Where the values of a setting stand on an axis.

    Attributes
    ----------
    kind : str
        'linear', 'log', or 'even' for names.
    values : tuple
        Each once: numbers from the least, names as they come.
    places : array of shape (values,)
        Of each, in the axis's own units.
    which : array of shape (networks,)
        The index of each network's value.
    """

    kind: str
    values: tuple[object, ...]
    places: Array
    which: NDArray[np.int64]

    @property
    def labels(self) -> list[str]:
        """The values in words."""
        return list(map(_name, self.values))

    def unit(self) -> Array:
        """Return the places on an axis from 0 to 1."""
        places = np.log(self.places) if self.kind == "log" else self.places
        if len(places) == 1:
            return np.full(1, 0.5)
        share: Array = (places - places[0]) / (places[-1] - places[0])
        return share

    def groups(self, column: Column) -> list[Array]:
        """Return the numbers of the networks with each value."""
        return [column.shown[self.which == index] for index in range(len(self.values))]


def _name(value: object) -> str:
    return f"{value:g}" if is_real(value) else str(value)


def scale_of(values: Sequence[object]) -> Scale:
    """Return where to draw settings: names evenly, numbers that span a decade on a log scale.

    Numbers that span a decade and have a zero among them are treated as names.

    Examples
    --------
    >>> scale_of([0.1, 0.001, 0.1]).kind, scale_of(["relu", "tanh"]).kind, scale_of([1, 2]).kind
    ('log', 'even', 'linear')
    """
    distinct = tuple(dict.fromkeys(values))
    numeric = all(map(is_real, distinct))
    if numeric:
        distinct = tuple(sorted(distinct))  # type: ignore[type-var]
    which = np.array([distinct.index(value) for value in values], dtype=np.int64)
    numbers = np.array(distinct if numeric else range(len(distinct)), dtype=np.float64)
    # 0, 0.001, 0.01, 0.1: a log scale has no place for the first, a linear one tells few apart.
    if not numeric or (numbers[0] <= 0 and spans_a_decade(numbers[numbers > 0])):
        return Scale("even", distinct, np.arange(len(distinct), dtype=np.float64), which)
    return Scale("log" if spans_a_decade(numbers) else "linear", distinct, numbers, which)


def apart(unit: Array, gap: float) -> list[int]:
    """Return the indices of places, from the first on, that are at least a gap apart.

    Examples
    --------
    >>> apart(np.array([0.0, 0.1, 0.5, 0.7, 1.0]), 0.3)
    [0, 2, 4]
    """
    chosen = [0] if len(unit) else []
    for index in range(1, len(unit)):
        if unit[index] - unit[chosen[-1]] >= gap - 1e-9:  # equal but for rounding is enough
            chosen.append(index)
    return chosen


def sequential() -> Colormap:
    """Return yellow over green and blue to black, in grey print an even ramp."""
    colors = [CLASS_COLORS[7], CLASS_COLORS[2], BLUE, LINE]
    greys = [grey_level(color) for color in colors]
    # Each colour stands where its grey lies between the first and the last.
    places = [(greys[0] - grey) / (greys[0] - greys[-1]) for grey in greys]
    return LinearSegmentedColormap.from_list(
        "yellow to black", list(zip(places, colors, strict=True))
    )


def wide_axes(ax: Axes | None, width: float) -> Axes:
    """Return the axes to draw on; new ones are not narrower than others are, nor than a page."""
    return axes_for(ax, (min(WIDEST, max(FIGURE_SIZE[0], width)), HEIGHT))


def range_title(name: str, column: Column, as_what: str = "drawn as the worst") -> str:
    """Say how many networks there are, from where to where they get, and how many diverged."""
    finite = column.values[np.isfinite(column.values)]
    networks = f"{name}: {counted(len(column.values), 'network')}"
    n_diverged = int(column.diverged.sum())
    if not finite.size:
        return f"{networks}, {'all diverged' if n_diverged else f'{column.name} undefined'}"
    ends = column.format(finite.min())
    if finite.max() > finite.min():
        ends += f" to {column.format(finite.max())}"
    if column.is_score and finite.min() < 0:
        ends += ", below 0 drawn as 0"
    diverged = f"; {n_diverged:,} diverged, {as_what}" if n_diverged else ""
    return f"{networks}, {column.name} {ends}{diverged}"


def best_median_title(settings: Settings, column: Column) -> str:
    """Say which settings have the best median, and how many others have it too."""
    rows = list(zip(*settings.values(), strict=True))
    sign = 1 if column.is_score else -1
    worst = -np.inf  # also of what is not defined
    merit = np.where(np.isnan(column.values), worst, sign * column.values)
    parts = {row: merit[[other == row for other in rows]] for row in dict.fromkeys(rows)}
    medians = {row: float(np.median(part)) for row, part in parts.items()}
    # Of equals the one whose networks are better on the whole, with a score below 0 as 0.
    means = {row: _mean_shown(rows, row, column) for row in parts}
    best = max(parts, key=lambda row: (medians[row], sign * means[row]))
    if medians[best] == worst:
        return "no setting has a median that is a number"
    values = ", ".join(
        f"{field} {_name(value)}" for field, value in zip(settings, best, strict=True)
    )
    told = column.format(sign * medians[best])
    # Those that read alike are ties to a reader.
    n_ties = sum(column.format(sign * median) == told for median in medians.values()) - 1
    ties = f", as with {counted(n_ties, 'other')}" if n_ties else ""
    return f"best median {told} with {values}{ties}"


def _mean_shown(rows: Sequence[object], row: object, column: Column) -> float:
    return float(column.shown[[other == row for other in rows]].mean())


def set_wrapped_title(ax: Axes, *lines: str) -> None:
    """Set a title of lines that are as long as the axes are wide."""
    ax.title.set_fontsize("medium")
    wrapped = in_lines("\n".join(lines), axes_inches(ax), ax.title)
    pad = 24.0 * text_scale() if ax.get_legend() else None  # the legend stands between
    ax.set_title(wrapped, fontsize="medium", pad=pad)
