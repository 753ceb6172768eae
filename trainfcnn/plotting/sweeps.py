"""Pictures of many networks: what a setting does to the score, how sure that is, the extremes."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from trainfcnn._support.types import Array
from trainfcnn.analysis.curve import Curve
from trainfcnn.analysis.prediction import Grid
from trainfcnn.analysis.success import SuccessRate
from trainfcnn.data.dataset import Dataset
from trainfcnn.plotting.bars import bar, keep_in_panel
from trainfcnn.plotting.prediction import plot_prediction
from trainfcnn.plotting.scales import (
    INCHES_A_CELL,
    QUANTILES,
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
from trainfcnn.plotting.style import (
    A_CHARACTER,
    BLUE,
    FAINT,
    LINE,
    NOTHING,
    PALE,
    PAPER,
    SKY,
    SMALL_TEXT,
    Style,
    axes_for,
    axes_inches,
    counted,
    figure_of,
    grey_level,
    new_figure,
    resize,
    spans_a_decade,
    text_scale,
    use_log_scale,
    use_plain_numbers,
)

EXTREMES_SIZE = (9.0, 4.2)
MOST_CURVES = 200  # drawn one by one
PLACES: Style = {"origin": "lower", "aspect": "auto"}  # of a heat map
ALL_GREY = ListedColormap([NOTHING])
HIGHEST = 100.0  # times the greatest median: curves that go beyond, of divergence, leave the axes
LINE_HEIGHT = 1.25  # times the size of its text


def plot_scores(
    name: str, field: str, values: Sequence[object], column: Column, ax: Axes | None = None
) -> Axes:
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
    ax = axes_for(ax)
    scale = scale_of(values)
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
    set_wrapped_title(ax, range_title(name, column), best_median_title({field: values}, column))
    return ax


def _band(ax: Axes, x: Array, quantiles: Array, marker: str | None, has_range: bool = True) -> None:
    """Draw a line with a band of quartiles and one of all, from quantiles of shape (5, n)."""
    least, low, middle, high, most = quantiles
    bands = [(least, most, 0.14, "all"), (low, high, 0.35, "quartiles")]
    for bottom, top, alpha, label in bands if has_range else bands[1:]:
        ax.fill_between(x, bottom, top, color=BLUE, alpha=alpha, lw=0, label=label)
        if len(x) == 1:
            # Over a single value a band has no width.
            ax.vlines(x, bottom, top, color=BLUE, alpha=alpha, lw=12)
    ax.plot(x, middle, color=BLUE, marker=marker, ms=4 if marker == "o" else None, label="median")


def _mark(ax: Axes, title: str, scale: Scale, labels: list[str]) -> None:
    """Name the values of a setting along the x axis, those that fit."""
    longest = 1 + max(len(line) for label in labels for line in label.split("\n"))
    gap = longest * _character(ax) / axes_inches(ax)
    # Numbers that do not fit are left out; of names as few as can be, so they stand upright.
    upright = scale.kind == "even" and len(labels) > 1 and 1 / (len(labels) - 1) < gap
    if scale.kind == "log":
        ax.set_xscale("log")
    chosen = apart(scale.unit(), _line_height(ax) / axes_inches(ax) if upright else gap)
    names = [labels[index] for index in chosen]
    ax.set_xticks(scale.places[chosen], names, rotation=90 if upright else 0)
    ax.minorticks_off()
    ax.set_xlabel(title)
    ax.margins(x=0.1)
    ax.grid(alpha=0.3)


def _character(ax: Axes) -> float:
    """Return how wide a character of a label below the axes is, in inches."""
    return A_CHARACTER * _label_points(ax)


def _line_height(ax: Axes) -> float:
    """Return how far apart lines must be for labels to keep clear of each other, in inches."""
    return LINE_HEIGHT * _label_points(ax) / 72


def _label_points(ax: Axes) -> float:
    return float(ax.xaxis.get_major_ticks(1)[0].label1.get_fontsize())


def _legend(ax: Axes) -> None:
    """Put the legend between title and axes, where it hides nothing."""
    n = len(ax.get_legend_handles_labels()[1])
    style: Style = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "borderaxespad": 0.2}
    ax.legend(frameon=False, fontsize="small", ncols=n, **style)


def plot_medians(name: str, settings: Settings, column: Column, ax: Axes | None = None) -> Axes:
    """Draw the median score against two settings, as a heat map with the numbers written in.

    They are left out where cells are too small for them, as are some names of rows and columns.

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
    ax = wide_axes(ax, INCHES_A_CELL * len(across.values))
    medians = _medians(across, up, column)
    # Where there is no network, one sees the face of the axes; where most diverged, grey.
    shown = np.maximum(medians, 0) if column.is_score else medians
    shown = np.where(np.isfinite(medians), shown, np.nan)
    style = column.style(shown)
    clear = {"cmap": style["cmap"].with_extremes(bad=(0, 0, 0, 0))}
    ax.imshow(shown, **style | clear, **PLACES)
    if np.isinf(medians).any():
        ax.imshow(np.where(np.isinf(medians), 0, np.nan), cmap=ALL_GREY, **PLACES)
    _label_cells(ax, across, up)
    _write(ax, medians, column, style)
    ax.tick_params(length=0)
    ax.set_facecolor(PALE)
    ax.grid(False)
    ax.set(**dict(zip(("xlabel", "ylabel"), settings, strict=True)))
    bar(ax, f"median {column.name}", style)
    column.label(ax.child_axes[-1].yaxis, shown)
    keep_in_panel(ax)  # with other labels
    set_wrapped_title(ax, *_medians_title(name, medians, settings, column))
    return ax


def _medians_title(name: str, medians: Array, settings: Settings, column: Column) -> list[str]:
    grey = "; grey: half or more diverged" if np.isinf(medians).any() else ""
    first = f"{name}: {counted(len(column.values), 'network')}{grey}"
    return [first, best_median_title(settings, column)]


def _medians(across: Scale, up: Scale, column: Column) -> Array:
    """Return the median of each cell; NaN where there is no network, infinite where it diverged."""
    medians = np.full((len(up.values), len(across.values)), np.nan)
    for cell in set(zip(up.which.tolist(), across.which.tolist(), strict=True)):
        inside = (up.which == cell[0]) & (across.which == cell[1])
        # Of an even number the mean of the middle two, which is no number beside one infinite.
        medians[cell] = np.median(column.values[inside])
    return medians


def _label_cells(ax: Axes, across: Scale, up: Scale) -> None:
    """Name rows and columns, those for which there is room."""
    cell = axes_inches(ax) / len(across.values)
    crowded = cell < _character(ax) * (2 + max(map(len, across.labels)))
    place = ax.get_position(original=True)
    row = place.height * figure_of(ax).get_figheight() / len(up.values)
    columns = _spread(len(across.values), _line_height(ax) / cell if crowded else 0)
    rows = _spread(len(up.values), _line_height(ax) / row)
    names = [across.labels[index] for index in columns]
    ax.set_xticks(columns, names, rotation=90 if crowded else 0)
    ax.set_yticks(rows, [up.labels[index] for index in rows])


def _spread(n: int, gap: float) -> list[int]:
    """Return places from 0 up to n, each a whole number apart that is at least `gap`."""
    return list(range(0, n, max(1, int(np.ceil(gap - 1e-9)))))


def _write(ax: Axes, medians: Array, column: Column, style: Style) -> None:
    """Write the numbers into the cells, white on dark, if they fit."""
    places = [tuple(place) for place in np.argwhere(~np.isnan(medians))]
    texts = [column.format(medians[place]) for place in places]
    points = 0.83 * text_scale() * 10  # small
    room = axes_inches(ax) / medians.shape[1] / (A_CHARACTER * points)
    whole = ax.get_position(original=True).height * figure_of(ax).get_figheight()
    if max(map(len, texts)) > room or whole / len(medians) < LINE_HEIGHT * points / 72:
        return
    for (row, place), text in zip(places, texts, strict=True):
        value = medians[row, place]
        is_dark = np.isfinite(value) and grey_level(style["cmap"](style["norm"](value))) <= 0.5
        color = PAPER if is_dark else LINE
        ax.text(place, row, text, ha="center", va="center", fontsize=points, color=color)


def plot_success(
    name: str, field: str, rates: Mapping[object, SuccessRate], goal: str, ax: Axes | None = None
) -> Axes:
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
    ax = axes_for(ax)
    scale = scale_of(list(rates))
    ordered = [rates[value] for value in scale.values]
    shares = np.array([r.share for r in ordered])
    ends = np.array([r.interval for r in ordered])
    labels = [
        f"{label}\n{rate.successes}/{rate.n}"
        for label, rate in zip(scale.labels, ordered, strict=True)
    ]
    _mark(ax, f"{field}, and how many succeed", scale, labels)
    arms = np.maximum(0, np.abs(ends.T - shares))  # rounding may put an end on the wrong side
    ax.errorbar(scale.places, shares, arms, fmt="o", color=BLUE, capsize=5, lw=1.5)
    ax.set_ylim(-0.04, 1.04)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.set_ylabel("successful networks (95% interval)")
    done = sum(rate.successes for rate in ordered)
    total = sum(rate.n for rate in ordered)
    reach = f"{_percent(done / total)} of {counted(total, 'network')}"
    set_wrapped_title(ax, f"{name}: {reach} reach{'es' * (total == 1)} {goal}")
    return ax


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def plot_losses(name: str, curves: Sequence[Array], loss_name: str, ax: Axes | None = None) -> Axes:
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
    ax = axes_for(ax)
    table = _padded(curves)
    seen = np.isfinite(table).any(0)
    x = np.flatnonzero(seen).astype(np.float64) + 1
    few = len(curves) <= MOST_CURVES
    # Networks that have stopped count no more; epochs in which none is finite are left out.
    quantiles = np.nanquantile(table[:, seen], QUANTILES, axis=0).reshape(len(QUANTILES), len(x))
    lost = [not np.isfinite(curve[-1]) if len(curve) else False for curve in curves]
    if few:
        _draw_each(ax, curves, lost)
    _band(ax, x, quantiles, has_range=not few, marker="." if len(x) == 1 else None)
    use_plain_numbers(ax.yaxis)
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
    diverged = f"; {sum(lost):,} diverged{', grey' if few else ''}" if any(lost) else ""
    told = "all diverged" if all(lost) else f"median loss {ends}{diverged}"
    set_wrapped_title(ax, f"{name}: {counted(len(curves), 'network')}, {told}")
    return ax


def _draw_each(ax: Axes, curves: Sequence[Array], lost: Sequence[bool]) -> None:
    # One artist for up to 200 curves, which may be of unequal length.
    lines = [np.column_stack([np.arange(1, len(curve) + 1), curve]) for curve in curves]
    colors = [FAINT if diverged else SKY for diverged in lost]
    style: Style = {"colors": colors, "lw": 0.6, "alpha": 0.4, "label": "each network"}
    ax.add_collection(LineCollection(lines, **style))


def _padded(curves: Sequence[Array]) -> Array:
    """Return curves as rows, with NaN after their end and where they are not finite."""
    table = np.full((len(curves), max(map(len, curves))), np.nan)
    for row, curve in zip(table, curves, strict=True):
        row[: len(curve)] = np.where(np.isfinite(curve), curve, np.nan)
    return table


def plot_extremes(
    dataset: Dataset,
    grids: Sequence[Grid | Curve],
    titles: Sequence[str],
    title: str,
    figsize: tuple[float, float] | None = None,
) -> Figure:
    """Draw the best and the worst prediction side by side.

    Parameters
    ----------
    dataset : Dataset
        Of points.
    grids : sequence of Grid or Curve
        The predictions of the two networks.
    titles : sequence of str
        Of each.
    title : str
        A line above both.
    figsize : (float, float), optional
        Width and height in inches.

    Returns
    -------
    Figure
        A notebook shows it; save it with ``figure.savefig("name.png")``.
    """
    figure = new_figure(EXTREMES_SIZE, title, figsize=figsize)
    size = SMALL_TEXT * text_scale()
    for grid, heading, ax in zip(grids, titles, figure.subplots(1, len(grids)), strict=True):
        resize(ax, size)  # or titles would be broken as large ones are
        resize(plot_prediction(grid, dataset, ax, heading), size)
    return figure
