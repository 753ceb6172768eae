"""Pictures of many networks: what the settings do to the score, how sure that is, the extremes.

As in `plots`, nothing here computes a prediction, opens a window or chooses a backend.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn.checks import is_real
from trainfcnn.datasets import Array, Dataset
from trainfcnn.diagnosis import SuccessRate
from trainfcnn.grid import Grid
from trainfcnn.plots import plot_prediction
from trainfcnn.style import (
    BLUE,
    CLASS_COLORS,
    FAINT,
    FIGURE_SIZE,
    LINE,
    PALE,
    PAPER,
    Look,
    bar,
    new_axes,
    new_figure,
    spans_a_decade,
    use_log_scale,
)
from trainfcnn.tasks import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from matplotlib.typing import ColorType

Settings = Mapping[str, Sequence[object]]  # field: its value in each network

INCHES_AN_AXIS, INCHES_A_CELL, HEIGHT = 2.1, 0.85, 4.8
EXTREMES_SIZE = (10.4, 4.7)
INCHES_A_CHARACTER = 0.078  # of a title; a little more than they take
SPREAD, WIDEST_SPREAD = 0.3, 0.12  # of the lines of one value: share of a gap, share of the axis
MARK_GAP = 0.07  # between marks of an axis, as a share of it
NARROWEST_GAP = 0.045  # between the labels of an axis, as a share of it
A_CHARACTER = 0.02  # of a label below an axis, likewise
MOST_CURVES = 200  # drawn one by one
HIGHEST = 100.0  # times the greatest median: curves that go beyond, of divergence, leave the axes
MOST_NUMBERED = 12  # rows or columns of a heat map with its numbers written in
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
    def shown(self) -> Array:
        """The values as they are drawn: a score below 0 as 0; what is no number as the worst."""
        finite = self.values[np.isfinite(self.values)]
        worst = 0.0 if self.is_score or not finite.size else float(finite.max())
        shown = np.where(np.isfinite(self.values), self.values, worst)
        return np.maximum(shown, 0.0) if self.is_score else shown

    def merit(self) -> Array:
        """Return what orders networks from worst to best."""
        return self.shown if self.is_score else -self.shown

    def say(self, value: float) -> str:
        """Return a value as a reader wants it."""
        if not np.isfinite(value):
            return "not a number"
        return self.task.say_score(value) if self.is_score else f"{value:.3g}"

    def mark(self, value: float) -> str:
        """Return a round value, as an axis names it."""
        return f"{100 * value:.6g}%" if self.is_share else f"{value:g}"

    def stretch(self, values: Array) -> "Stretch | None":
        """Return how to tell shares near 1 apart, where the errors span a decade."""
        errors = 1 - values[np.isfinite(values)]
        if not (self.is_share and spans_a_decade(errors[errors > 0])):
            return None
        return Stretch(float(errors[errors > 0].min()) / (1 if errors.min() > 0 else 2))

    def look(self, values: Array) -> Look:
        """Return a colour map, dark for the best, and its limits."""
        from matplotlib.colors import FuncNorm, LogNorm, Normalize

        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        if low == high:
            low, high = low - 0.01 * (abs(low) or 1), high + 0.01 * (abs(high) or 1)
        stretch, norm = self.stretch(values), Normalize(low, high)
        if stretch:
            norm = FuncNorm((stretch.forward, stretch.inverse), low, high)
        elif not self.is_score and spans_a_decade(values):
            norm = LogNorm(low, high)
        return {"cmap": sequential() if self.is_score else sequential().reversed(), "norm": norm}

    def label(self, axis: "Axis", values: Array) -> None:
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
        if unit[index] - unit[chosen[-1]] >= gap - 1e-9:
            chosen.append(index)
    return chosen


def sequential() -> "Colormap":
    """Return yellow over green and blue to black, in grey print an even ramp."""
    from matplotlib.colors import LinearSegmentedColormap

    colors = [CLASS_COLORS[7], CLASS_COLORS[2], BLUE, LINE]
    greys = [_grey(color) for color in colors]
    places = [(greys[0] - grey) / (greys[0] - greys[-1]) for grey in greys]
    return LinearSegmentedColormap.from_list(
        "yellow to black", list(zip(places, colors, strict=True))
    )


def _grey(color: "ColorType") -> float:
    """Return how light a color is in grey print, from 0 to 1 (ITU-R BT.601)."""
    from matplotlib.colors import to_rgb

    return float(np.dot(to_rgb(color), (0.299, 0.587, 0.114)))


def plot_parallel(
    name: str, settings: Settings, column: Column, ax: "Axes | None" = None
) -> "Axes":
    """Draw a line for each network through its settings to its score.

    Networks with the same value of a setting pass side by side, the better above; the best are
    drawn last.

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
    from matplotlib.collections import LineCollection

    ax = ax or _axes(INCHES_AN_AXIS * (1 + len(settings)))
    order, look = np.argsort(column.merit(), kind="stable"), column.look(column.shown)
    scales = [scale_of(values) for values in settings.values()]
    heights = [_spread(scale, order) for scale in scales]
    corners = np.stack([*heights, look["norm"](column.shown)], axis=1)[order]
    across = np.broadcast_to(np.arange(len(corners[0])), corners.shape)
    lines = np.stack([across, corners], axis=2)
    ax.add_collection(
        LineCollection(list(lines), array=column.shown[order], lw=0.9, alpha=0.6, **look)
    )
    for place, scale in enumerate(scales):
        _rule(ax, place, scale)
    ax.axvline(len(scales), color=LINE, lw=1, clip_on=False)
    ax.set(xlim=(0, len(scales)), ylim=(0, 1), yticks=[])
    ax.set_xticks(range(len(scales) + 1), [*settings, column.name], fontweight="bold")
    ax.tick_params(length=0, pad=8)
    ax.spines[:].set_visible(False)
    bar(ax, column.name, look)
    column.label(ax.child_axes[-1].yaxis, column.shown)
    _say(ax, _range(name, column), _best_median(settings, column))
    return ax


def _axes(width: float) -> "Axes":
    """Return the axes of a new figure, not narrower than others are."""
    from matplotlib.figure import Figure

    size = (max(FIGURE_SIZE[0], width), HEIGHT)
    return Figure(figsize=size, layout="constrained").subplots()


def _reach(scale: Scale) -> float:
    """Return how far from their place the lines of one value are spread."""
    gaps = np.diff(scale.unit())
    return min(WIDEST_SPREAD, SPREAD * float(gaps.min(initial=1.0)))


def _level(scale: Scale) -> Array:
    """Return the heights of the values, such that the lines round them stay within 0 and 1."""
    reach = _reach(scale)
    level: Array = reach + (1 - 2 * reach) * scale.unit()
    return level


def _spread(scale: Scale, order: NDArray[np.int64]) -> Array:
    """Return where each network crosses an axis: those of one value side by side, in order."""
    heights, reach = np.empty(len(order)), _reach(scale)
    for index, level in enumerate(_level(scale)):
        members = order[scale.which[order] == index]
        heights[members] = level + reach * np.linspace(-1, 1, len(members) + 2)[1:-1]
    return heights


def _rule(ax: "Axes", place: int, scale: Scale) -> None:
    """Draw one of the parallel axes, with the names of its values."""
    ax.axvline(place, color=LINE, lw=1, zorder=3, clip_on=False)
    levels, labels = _level(scale), scale.labels
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


def plot_scores(
    name: str, field: str, values: Sequence[object], column: Column, ax: "Axes | None" = None
) -> "Axes":
    """Draw the median score against a setting, with quartiles, least and greatest.

    Parameters
    ----------
    name : str
        Of the data set.
    field : str
        What the setting is called.
    values : sequence
        Its value in each network.
    column : Column
        The score of each network.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax, scale = ax or new_axes(), scale_of(values)
    quantiles = [np.quantile(group, QUANTILES) for group in scale.groups(column)]
    _mark(ax, field, scale, scale.labels)
    _band(ax, scale.places, np.array(quantiles).T, "o")
    ax.set_ylabel(column.name)
    stretch = column.stretch(column.shown)
    if stretch:
        ax.set_yscale("function", functions=(stretch.forward, stretch.inverse))
    elif not column.is_score and spans_a_decade(column.shown):
        ax.set_yscale("log")
    column.label(ax.yaxis, column.shown)
    _legend(ax)
    _say(ax, _range(name, column), _best_median({field: values}, column))
    return ax


def _band(
    ax: "Axes", x: Array, quantiles: Array, marker: str | None, has_range: bool = True
) -> None:
    """Draw a line with a band of quartiles and one of all, from quantiles of shape (5, n)."""
    least, low, middle, high, most = quantiles
    bands = [(least, most, 0.14, "all"), (low, high, 0.35, "quartiles")]
    for bottom, top, alpha, label in bands if has_range else bands[1:]:
        ax.fill_between(x, bottom, top, color=BLUE, alpha=alpha, lw=0, label=label)
        if len(x) == 1:
            ax.vlines(x, bottom, top, color=BLUE, alpha=alpha, lw=12)
    ax.plot(x, middle, color=BLUE, marker=marker, ms=4 if marker == "o" else None, label="median")


def _mark(ax: "Axes", title: str, scale: Scale, labels: list[str]) -> None:
    """Name the values of a setting along the x axis, those that there is room for."""
    gap = A_CHARACTER * (1 + max(len(line) for label in labels for line in label.split("\n")))
    upright = scale.kind == "even" and len(labels) > 1 and 1 / (len(labels) - 1) < gap
    if scale.kind == "log":
        ax.set_xscale("log")
    chosen = apart(scale.unit(), NARROWEST_GAP if upright else gap)
    names = [labels[index] for index in chosen]
    ax.set_xticks(scale.places[chosen], names, rotation=90 if upright else 0)
    ax.minorticks_off()
    ax.set_xlabel(title)
    ax.margins(x=0.1)
    ax.grid(alpha=0.3)


def _legend(ax: "Axes") -> None:
    """Put the legend between title and axes, where it hides nothing."""
    n = len(ax.get_legend_handles_labels()[1])
    look: Look = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "borderaxespad": 0.2}
    ax.legend(frameon=False, fontsize="small", ncols=n, **look)


def plot_medians(name: str, settings: Settings, column: Column, ax: "Axes | None" = None) -> "Axes":
    """Draw the median score against two settings, as a heat map with the numbers written in.

    Parameters
    ----------
    name : str
        Of the data set.
    settings : mapping
        From two varied fields, that across first, to their values in each network.
    column : Column
        The score of each network.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    across, up = (scale_of(values) for values in settings.values())
    ax = ax or _axes(INCHES_A_CELL * len(across.values))
    medians = _medians(across, up, column)
    look = column.look(medians)
    ax.imshow(medians, origin="lower", aspect="auto", **look)
    if max(medians.shape) <= MOST_NUMBERED:
        _write(ax, medians, column, look)
    cell = _inches(ax) / len(across.values)
    crowded = cell < INCHES_A_CHARACTER * (2 + max(map(len, across.labels)))
    ax.set_xticks(range(len(across.values)), across.labels, rotation=90 if crowded else 0)
    ax.set_yticks(range(len(up.values)), up.labels)
    ax.tick_params(length=0)
    ax.set_facecolor(PALE)
    ax.set(**dict(zip(("xlabel", "ylabel"), settings, strict=True)))
    bar(ax, f"median {column.name}", look)
    column.label(ax.child_axes[-1].yaxis, medians)
    _say(ax, f"{name}: {len(column.values):,} networks", _best_median(settings, column))
    return ax


def _medians(across: Scale, up: Scale, column: Column) -> Array:
    """Return the median of each cell; NaN where there is no network."""
    medians = np.full((len(up.values), len(across.values)), np.nan)
    for cell in set(zip(up.which.tolist(), across.which.tolist(), strict=True)):
        inside = (up.which == cell[0]) & (across.which == cell[1])
        medians[cell] = np.median(column.shown[inside])
    return medians


def _write(ax: "Axes", medians: Array, column: Column, look: Look) -> None:
    """Write the numbers into the cells, white on dark."""
    for row, place in np.argwhere(np.isfinite(medians)):
        value = medians[row, place]
        color = LINE if _grey(look["cmap"](look["norm"](value))) > 0.5 else PAPER
        said = column.say(value)
        ax.text(place, row, said, ha="center", va="center", fontsize="small", color=color)


def plot_success(
    name: str, field: str, rates: Mapping[object, SuccessRate], goal: str, ax: "Axes | None" = None
) -> "Axes":
    """Draw the share of networks that succeed, with its interval, for each value of a setting.

    Parameters
    ----------
    name : str
        Of the data set.
    field : str
        What the setting is called.
    rates : mapping
        From each value to how many networks succeeded.
    goal : str
        What they had to reach, in words.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax, scale = ax or new_axes(), scale_of(list(rates))
    ordered = [rates[value] for value in scale.values]
    shares, ends = np.array([r.share for r in ordered]), np.array([r.interval for r in ordered])
    labels = [
        f"{label}\n{rate.successes}/{rate.n}"
        for label, rate in zip(scale.labels, ordered, strict=True)
    ]
    _mark(ax, f"{field}, and how many succeed", scale, labels)
    reach = np.maximum(0, np.abs(ends.T - shares))  # rounding may put an end on the wrong side
    ax.errorbar(scale.places, shares, reach, fmt="o", color=BLUE, capsize=5, lw=1.5)
    ax.set_ylim(-0.04, 1.04)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.set_ylabel("successful networks (95% interval)")
    done, total = sum(rate.successes for rate in ordered), sum(rate.n for rate in ordered)
    _say(ax, f"{name}: {_percent(done / total)} of {total:,} networks reach {goal}")
    return ax


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def plot_losses(
    name: str, curves: Sequence[Array], loss_name: str, ax: "Axes | None" = None
) -> "Axes":
    """Draw the losses of all networks over the epochs: median, quartiles, and every curve.

    Of more than 200 networks, a band from the least to the greatest takes the place of the curves.

    Parameters
    ----------
    name : str
        Of the data set.
    curves : sequence of arrays of shape (epochs,)
        The loss of each network, which may have stopped before the others.
    loss_name : str
        What was measured.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    from matplotlib.ticker import MaxNLocator

    ax, table = ax or new_axes(), _padded(curves)
    seen = np.isfinite(table).any(0)
    x, few = np.flatnonzero(seen).astype(np.float64) + 1, len(curves) <= MOST_CURVES
    quantiles = np.nanquantile(table[:, seen], QUANTILES, axis=0).reshape(len(QUANTILES), len(x))
    if few:
        _draw_each(ax, curves)
    _band(ax, x, quantiles, has_range=not few, marker="." if len(x) == 1 else None)
    if spans_a_decade(table):
        use_log_scale(ax)
    if len(x) and np.nanmax(table) > HIGHEST * quantiles[2].max():
        ax.set_ylim(top=HIGHEST * quantiles[2].max())
    ax.set(xlabel="epoch", ylabel=loss_name)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    ax.grid(alpha=0.3)
    _legend(ax)
    middle = quantiles[2]
    ends = f"{middle[0]:.3g} to {middle[-1]:.3g}" if len(x) else "not a finite number"
    _say(ax, f"{name}: {len(curves):,} networks, median loss {ends}")
    return ax


def _draw_each(ax: "Axes", curves: Sequence[Array]) -> None:
    from matplotlib.collections import LineCollection

    lines = [np.column_stack([np.arange(1, len(curve) + 1), curve]) for curve in curves]
    look: Look = {"colors": FAINT, "lw": 0.6, "alpha": 0.4, "label": "each network"}
    ax.add_collection(LineCollection(lines, **look))


def _padded(curves: Sequence[Array]) -> Array:
    """Return curves as rows, with NaN after their end and where they are not finite."""
    table = np.full((len(curves), max(map(len, curves))), np.nan)
    for row, curve in zip(table, curves, strict=True):
        row[: len(curve)] = np.where(np.isfinite(curve), curve, np.nan)
    return table


def plot_extremes(
    dataset: Dataset, grids: Sequence[Grid], titles: Sequence[str], title: str
) -> "Figure":
    """Draw the best and the worst prediction side by side.

    Parameters
    ----------
    dataset : Dataset
        With two features.
    grids : sequence of Grid
        What the two networks say.
    titles : sequence of str
        Of each.
    title : str
        A line above both.

    Returns
    -------
    Figure
        Not known to `pyplot`: save it with ``figure.savefig("name.png")``.
    """
    figure = new_figure(EXTREMES_SIZE, title)
    for grid, told, ax in zip(grids, titles, figure.subplots(1, len(grids)), strict=True):
        plot_prediction(grid, dataset, ax, told)
    return figure


def _range(name: str, column: Column) -> str:
    """Say how many networks there are, and from where to where they get."""
    ends = f"{column.say(column.shown.min())} to {column.say(column.shown.max())}"
    return f"{name}: {len(column.values):,} networks, {column.name} {ends}"


def _best_median(settings: Settings, column: Column) -> str:
    """Say which settings have the best median."""
    rows = list(zip(*settings.values(), strict=True))
    merit, sign = column.merit(), 1 if column.is_score else -1
    parts = {row: merit[[other == row for other in rows]] for row in dict.fromkeys(rows)}
    medians = {row: float(np.median(part)) for row, part in parts.items()}
    best = max(parts, key=lambda row: (medians[row], parts[row].mean()))
    told = ", ".join(f"{field} {_name(value)}" for field, value in zip(settings, best, strict=True))
    return f"best median {column.say(sign * medians[best])} with {told}"


def _say(ax: "Axes", *lines: str) -> None:
    """Set a title of lines that are as long as the axes are wide."""
    characters = max(24, int(_inches(ax) / INCHES_A_CHARACTER))
    pad = 24.0 if ax.get_legend() else None  # the legend stands between
    told = "\n".join(fill(line, characters) for line in lines)
    ax.set_title(told, fontsize="medium", pad=pad)


def _inches(ax: "Axes") -> float:
    """Return how wide the axes are, before they are laid out."""
    figure = ax.get_figure(root=True)
    width = figure.get_figwidth() if figure else FIGURE_SIZE[0]
    return float(ax.get_position().width * width)
