"""What networks of many seeds say: a band of curves, or a crowd of boundaries."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from trainfcnn._support.types import Array
from trainfcnn.analysis.curve import Curve
from trainfcnn.analysis.prediction import Grid
from trainfcnn.analysis.seed_answers import MOST, SeedAnswers
from trainfcnn.nn.tasks import TASKS
from trainfcnn.plotting.bars import class_bar
from trainfcnn.plotting.prediction import draw_points, frame
from trainfcnn.plotting.style import (
    BLUE,
    FAINT,
    LINE,
    ORANGE,
    TICKS,
    Style,
    as_axis_text,
    axes_for,
    set_title,
    shades,
    target_scale,
    thinned,
)

MOST_POINTS = 1000
BAND_SIZE = (7.0, 4.2)  # inches
ROOM = 0.35  # above and below the targets, as a share of them
LEGEND: Style = {"loc": "lower center", "ncols": 3, "fontsize": "small", "frameon": False}


def plot_seed_answers(answers: SeedAnswers, ax: Axes | None = None) -> Axes:
    """Draw what networks of many seeds say, that of the run among them.

    Along a single feature it is a band that holds nine in ten of them; the places where units of
    the run's network bend its curve are marked on it. Over the plane it is the boundary of each,
    with the data, on shades of grey where they differ.

    Parameters
    ----------
    answers : SeedAnswers
        Of some networks; at most 1,000 points of the first one's data are drawn.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    if answers.is_curve:
        return _draw_band(axes_for(ax, BAND_SIZE), answers)
    return _draw_boundaries(axes_for(ax), answers)


def _draw_band(ax: Axes, answers: SeedAnswers) -> Axes:
    dataset = answers.dataset
    own = answers.answers[0]
    assert isinstance(own, Curve)
    values = answers.values
    low, high = answers.spread()
    few = thinned(len(dataset.x), MOST_POINTS)
    ink = ax.xaxis.label.get_color()  # which can be seen on a dark background too
    ax.plot(dataset.x[few, 0], dataset.y[few], ".", color=ink, ms=5, alpha=0.7, label="data")
    ax.fill_between(own.x, low, high, color=BLUE, alpha=0.25, lw=0, label="90% of the seeds")
    curves = [np.column_stack([own.x, one]) for one in values[1:]]
    ax.add_collection(LineCollection(curves, colors=BLUE, linewidths=0.4, alpha=0.25))
    if own.truth is not None:
        ax.plot(own.x, own.truth, "--", color=ink, lw=1.2, label="truth")
    ax.plot(own.x, values[0], color=ORANGE, lw=2, label="this network")
    seen = answers.hinges[(answers.hinges >= own.x[0]) & (answers.hinges <= own.x[-1])]
    if len(seen):
        at = np.interp(seen, own.x, values[0])
        ax.plot(seen, at, "o", color=ORANGE, mec=LINE, ms=5, label=f"its {len(seen)} hinges")
    for edge in (*dataset.domain.low, *dataset.domain.high):
        ax.axvline(edge, color=FAINT, lw=1, ls=":")
    ax.set_xlim(own.x[0], own.x[-1])
    targets = dataset.y
    reach = (float(targets.max() - targets.min()) or 1.0) * ROOM
    ax.set_ylim(targets.min() - 1.6 * reach, targets.max() + reach)
    ax.legend(**LEGEND)
    ax.set_xlabel(f"{as_axis_text(dataset.axis_names[0])} (dotted: where the data end)")
    ax.set_ylabel("probability" if dataset.classes else "target")
    ax.locator_params(nbins=TICKS)
    ax.grid(alpha=0.3)
    set_title(ax, _title_of_band(answers, low, high))
    return ax


def _title_of_band(answers: SeedAnswers, low: Array, high: Array) -> str:
    half = (high - low) / 2
    inside = answers.inside
    told = f"±{half[inside].mean():.2g} among the data"
    if not inside.all():
        told += f", ±{half[~inside].mean():.2g} beyond"
    return f"{len(answers)} seeds agree to {told}"


def _draw_boundaries(ax: Axes, answers: SeedAnswers) -> Axes:
    dataset = answers.dataset
    own = answers.answers[0]
    assert isinstance(own, Grid)
    style: Style = {"cmap": shades(FAINT), "vmin": 0, "vmax": 0.5}
    minority = 1 - answers.agreement
    ax.imshow(minority, extent=own.extent, origin="lower", interpolation="bilinear", **style)
    draw_points(ax, dataset.x, dataset, target_scale(dataset.y))
    for number, grid in reversed([*enumerate(answers.answers)]):
        line: Style = {"colors": BLUE, "linewidths": 0.5, "alpha": 0.45, "zorder": 2}
        if number == 0:
            line = {"colors": LINE, "linewidths": 2.0, "zorder": 3}
        draw_decisions(ax, grid, line)  # type: ignore[arg-type]
    class_bar(ax, own.classes)
    frame(ax, own.plane)
    ax.axis(own.extent)
    ax.grid(False)
    ax.set_xlabel(f"{ax.get_xlabel()} (black: this network, blue: the others)")
    what = f"{len(answers)} samples" if answers.is_resampled else f"{len(answers)} seeds"
    disputed = float((answers.agreement[answers.inside] < MOST).mean())
    told = f"{what} dispute {disputed:.0%} of the domain"
    known = answers.scores[np.isfinite(answers.scores)]
    if len(known):
        told += f"\n{TASKS[dataset.kind].format_range(known)} right on new points"
    set_title(ax, told)
    return ax


def draw_decisions(ax: Axes, grid: Grid, style: Style) -> None:
    """Draw where the most probable class changes, in a style of `Axes.contour`."""
    indices = range(len(grid.classes)) if len(grid.classes) > 2 else [1]
    for index in indices:
        margin = grid.values[..., index] - np.delete(grid.values, index, axis=-1).max(-1)
        if margin.min() < 0 < margin.max():  # matplotlib 3.10 warns of a level without a line
            ax.contour(grid.x1, grid.x2, margin, levels=[0], **style)
