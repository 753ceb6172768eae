"""Pictures of a single feature: the data, the prediction as a curve, and its errors."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.curve import Curve
from trainfcnn.analysis.evaluation import error_title
from trainfcnn.data.dataset import Dataset
from trainfcnn.plotting.bars import class_bar
from trainfcnn.plotting.style import (
    BLUE,
    ERROR,
    FAINT,
    ORANGE,
    TICKS,
    Style,
    as_axis_text,
    as_text,
    axes_for,
    class_colormap,
    counted,
    note,
    scatter,
    set_title,
    symmetric,
    thinned,
    use_plain_numbers,
)

MOST_POINTS = 1000  # drawn on a prediction; more would hide it
MOST_OF_DATA = 5000  # drawn where there is nothing below them
MOST_NAMES = 12  # of classes on an axis
ROOM = (0.08, 0.2)  # below and above all targets, the upper one for the note, as shares of them
STRIP = (0.04, 0.12)  # how far from 0 and from 1 the points of classes lie


def plot_sample(dataset: Dataset, ax: Axes | None = None) -> Axes:
    """Draw the training sample of one feature: targets against it, or a row for each class.

    Parameters
    ----------
    dataset : Dataset
        Of one feature.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    n_classes = len(dataset.classes)
    few = thinned(len(dataset.x), MOST_OF_DATA)
    if n_classes:
        rows = dataset.y + 0.6 * (_scattered(len(dataset.y)) - 0.5)
        _draw_classes(ax, dataset, rows, few)
        named = range(0, n_classes, -(-n_classes // MOST_NAMES))
        ax.set_yticks(named, [as_text(dataset.classes[index]) for index in named])
        ax.set_ylim(-0.6, n_classes - 0.4)
    else:
        ax.plot(dataset.x[few, 0], dataset.y[few], ".", color=BLUE, ms=4, alpha=0.5)
    _frame(ax, "class" if n_classes else "target", dataset)
    set_title(ax, sample_title(dataset, few))
    return ax


def sample_title(dataset: Dataset, few: slice) -> str:
    """Return the name of a data set, and how many of its points are drawn."""
    shown = len(dataset.x[few])
    some = f"{shown:,} of " if shown < len(dataset.x) else ""
    return f"{dataset.name}: {some}{counted(len(dataset.x), 'point')}"


def plot_curve(
    curve: Curve,
    dataset: Dataset,
    ax: Axes | None = None,
    title: str | None = None,
    fades: bool = False,
) -> Axes:
    """Draw a prediction along one feature, with the truth where it is known, and the data.

    Of a regression it is the prediction among the points; what goes far beyond all targets leaves
    the axes. Of two classes it is the probability of the second, with the points of each class at
    its side, and of more that of every one, with the points below; dashed lines are where the
    truth changes. Beyond the sampled domain, where it is extrapolation, it is hatched.

    Parameters
    ----------
    curve : Curve
        What `predict_grid` computed.
    dataset : Dataset
        At most 1,000 of its points are drawn.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.
    title : str, optional
        By default the data set's name.
    fades : bool
        Let what is extrapolation fade, and say nothing of it.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    few = thinned(len(dataset.x), MOST_POINTS)
    if curve.classes:
        _draw_probabilities(ax, curve, dataset, few)
    else:
        ax.plot(dataset.x[few, 0], dataset.y[few], ".", color=BLUE, ms=4, alpha=0.5)
        if curve.truth is not None:
            ax.plot(curve.x, curve.truth, color=_ink(ax), lw=1.2, ls="--")
        ax.plot(curve.x, curve.values, color=ORANGE, lw=2)
        ax.set_ylim(*_range(curve, dataset.y))
        _frame(ax, "target", dataset)
    dashed = "" if curve.truth is None else "dashed: truth, "
    if fades:
        _fade_outside(ax, curve)
    else:
        _hatch_outside(ax, curve, dashed)
    set_title(ax, title or f"{dataset.name}: prediction")
    return ax


def plot_curve_error(
    curve: Curve, truth: Values, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Draw where a prediction along one feature departs from the truth.

    For classes it is how far the probability of the true one is above that of the best other, red
    where it is below; dashed lines are where the truth changes. For a regression it is the
    prediction minus the truth, on the scale of the domain: beyond, where it is hatched, it may be
    off the scale.

    Parameters
    ----------
    curve : Curve
        What `predict_grid` computed.
    truth : array of shape (n,)
        Class indices or values there, NaN where they are not known.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.
    title : str, optional
        By default how large the errors are, in the domain and outside.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    known = np.isfinite(truth)
    if curve.classes:
        margin = np.where(known, margin_of(curve.values, np.nan_to_num(truth).astype(int)), np.nan)
        ax.fill_between(curve.x, 0, np.minimum(margin, 0), color=ERROR, alpha=0.5, lw=0)
        ax.axhline(0, color=FAINT, lw=1)
        ax.plot(curve.x, margin, color=_ink(ax), lw=1.5)
        _mark_changes(ax, curve.x, truth)
        ax.set_ylim(-1.1, 1.3)
        _frame(ax, "true class minus best other", x_alone=True)
        note(ax, "red: wrong", _ink(ax), ax.get_facecolor(), below=True)
    else:
        difference = curve.values - truth
        ax.axhline(0, color=FAINT, lw=1)
        ax.plot(curve.x, difference, color=ORANGE, lw=1.5)
        reach = symmetric(difference[curve.inside]).vmax or 1.0  # never 0 or None
        ax.set_ylim(-1.1 * reach, 1.3 * reach)
        _frame(ax, "prediction - truth")
    _hatch_outside(ax, curve)
    set_title(
        ax,
        title or error_title(curve.kind, curve.values[known], truth[known], curve.inside[known]),
    )
    return ax


def margin_of(probabilities: Array, truth: Values) -> Array:
    """Return by how much the true class is more probable than the best other, below 0 if less.

    Parameters
    ----------
    probabilities : array of shape (..., n_classes)
        Of every class.
    truth : array of shape (...)
        Class indices.

    Examples
    --------
    >>> margin_of(np.array([[0.75, 0.25], [0.75, 0.25]]), np.array([0, 1])).tolist()
    [0.5, -0.5]
    """
    own = np.take_along_axis(probabilities, truth[..., None], axis=-1)
    others = probabilities.copy()
    np.put_along_axis(others, truth[..., None], -np.inf, axis=-1)
    margin: Array = own[..., 0] - others.max(-1)
    return margin


def _draw_probabilities(ax: Axes, curve: Curve, dataset: Dataset, few: slice) -> None:
    n_classes = len(curve.classes)
    near, far = STRIP
    depth = near + (far - near) * _scattered(len(dataset.y))
    if n_classes == 2:
        _draw_classes(ax, dataset, np.where(dataset.y == 1, 1 + depth, -depth), few)
        ax.plot(curve.x, curve.values[:, 1], color=_ink(ax), lw=2)
        label = f"probability of class {as_text(curve.classes[1])}"
    else:
        _draw_classes(ax, dataset, -depth, few)
        for index, color in enumerate(class_colormap(n_classes)(range(n_classes))):
            ax.plot(curve.x, curve.values[:, index], color=color, lw=2)
        label = "probability"
    if curve.truth is not None:
        _mark_changes(ax, curve.x, curve.truth)
    class_bar(ax, curve.classes)
    ax.set_ylim(-far - 0.04, 1 + far + ROOM[1] / 2)
    _frame(ax, label, dataset, x_alone=True)
    ax.set_yticks([0, 0.5, 1])


def _draw_classes(ax: Axes, dataset: Dataset, heights: Array, few: slice) -> None:
    points = np.column_stack([dataset.x[:, 0], heights])
    style: Style = {"s": 10, "edgecolors": FAINT, "linewidths": 0.2}
    scatter(ax, points[few], dataset.y[few], len(dataset.classes), style)


def _mark_changes(ax: Axes, x: Array, truth: Array) -> None:
    """Draw a line wherever the true class changes."""
    known = np.isfinite(truth)
    changes = np.flatnonzero(np.diff(truth[known]))
    for place in (x[known][changes] + x[known][changes + 1]) / 2:
        ax.axvline(place, color=FAINT, lw=1, ls="--")


def _range(curve: Curve, targets: Values) -> tuple[float, float]:
    """Return the limits of the axis of targets: those of the data and of the truth among them."""
    seen = targets
    if curve.truth is not None:
        seen = np.concatenate([targets, curve.truth[curve.inside & np.isfinite(curve.truth)]])
    low = float(seen.min())
    high = float(seen.max())
    size = (high - low) or abs(high) or 1.0
    return low - ROOM[0] * size, high + ROOM[1] * size


def _scattered(n: int) -> Array:
    """Return n numbers from 0 to 1, evenly however many of them one takes: no chance is needed."""
    golden = (5**0.5 - 1) / 2
    return np.arange(n, dtype=np.float64) * golden % 1


def _hatch_outside(ax: Axes, curve: Curve, before: str = "") -> None:
    style: Style = {"facecolor": "none", "edgecolor": FAINT, "hatch": "////", "lw": 0, "alpha": 0.5}
    for start, end in _outside(ax, curve):
        ax.axvspan(start, end, zorder=0, **style)
    note(ax, f"{before}hatched: no data", _ink(ax), ax.get_facecolor())


def _fade_outside(ax: Axes, curve: Curve) -> None:
    paper = ax.get_facecolor()
    for start, end in _outside(ax, curve):
        ax.axvspan(start, end, zorder=3, color=paper, alpha=0.6, lw=0)


def _outside(ax: Axes, curve: Curve) -> list[tuple[float, float]]:
    """Give axes the reach of a curve, and return the two ends of what is beyond the domain."""
    (low,) = curve.domain.low
    (high,) = curve.domain.high
    step = (curve.x[-1] - curve.x[0]) / max(1, len(curve.x) - 1) / 2  # they are midpoints of cells
    left = float(curve.x[0] - step)
    right = float(curve.x[-1] + step)
    ax.set_xlim(min(left, low), max(right, high))
    return [(start, end) for start, end in ((left, low), (high, right)) if end - start > step]


def _ink(ax: Axes) -> Any:
    """Return the colour in which axes are labelled, which can be seen on a dark background too."""
    return ax.xaxis.label.get_color()


def _frame(ax: Axes, label: str, dataset: Dataset | None = None, x_alone: bool = False) -> None:
    ax.set_xlabel(as_axis_text(dataset.axis_names[0]) if dataset else "x")
    ax.set_ylabel(label)
    ax.locator_params(axis="x", nbins=TICKS)
    for axis in [ax.xaxis] if label == "class" else [ax.xaxis, ax.yaxis]:
        use_plain_numbers(axis)
    if not x_alone and label != "class":
        ax.locator_params(axis="y", nbins=TICKS)
    ax.grid(alpha=0.3)
