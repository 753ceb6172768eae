"""Pictures of the plane: the data, the prediction and its errors; of one feature, of a curve."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.curve import Curve, has_curve
from trainfcnn.analysis.evaluation import error_title
from trainfcnn.analysis.prediction import Features, Grid, Plane, check_view
from trainfcnn.data.dataset import Dataset, Domain
from trainfcnn.plotting.bars import bar, class_bar
from trainfcnn.plotting.curve import (
    MOST_OF_DATA,
    margin_of,
    plot_curve,
    plot_curve_error,
    plot_sample,
    sample_title,
)
from trainfcnn.plotting.style import (
    ERROR,
    FAINT,
    LINE,
    NOTHING,
    PAPER,
    SURFACE_STRENGTH,
    TICKS,
    Style,
    as_axis_text,
    as_text,
    axes_for,
    beyond,
    class_colormap,
    counted,
    diverging,
    note,
    scatter,
    set_title,
    symmetric,
    target_scale,
    thinned,
    use_plain_numbers,
)

Mask = NDArray[np.bool_]

MOST_POINTS = 1000  # drawn on a prediction; more would hide it
WIDE_LABEL = 10  # characters, which the bar of errors takes for two lines
LONGEST_SIDE = 4  # times the shorter one: up to there both axes of a plane have one scale


def plot_dataset(
    dataset: Dataset, ax: Axes | None = None, features: Features | None = None
) -> Axes:
    """Draw the training sample, coloured by target; of more than 5,000 points evenly so many.

    Parameters
    ----------
    dataset : Dataset
        Of points.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.
    features : (int, int), optional
        Which to draw, from 0 or by name; by default the two that tell most.

    Returns
    -------
    Axes
    """
    check_view(dataset, features)
    if has_curve(dataset):
        return plot_sample(dataset, ax)
    plane = Plane.of(dataset, features)
    ax = axes_for(ax, names=dataset.classes)
    style: Style = {"s": 12, "edgecolors": FAINT, "linewidths": 0.2}
    if dataset.classes:
        class_bar(ax, dataset.classes)
    else:
        norm = target_scale(dataset.y)
        style |= {"cmap": diverging(), "norm": norm}
        bar(ax, "target", style, beyond(norm, dataset.y))
    few = thinned(len(dataset.x), MOST_OF_DATA)
    scatter(ax, plane.project(dataset.x[few]), dataset.y[few], len(dataset.classes), style)
    set_title(ax, sample_title(dataset, few))
    frame(ax, plane)
    ax.update_datalim([plane.domain.low, plane.domain.high])  # all of it, where points are few
    return ax


def plot_prediction(
    grid: Grid | Curve,
    dataset: Dataset,
    ax: Axes | None = None,
    title: str | None = None,
    norm: Normalize | None = None,
) -> Axes:
    """Draw a prediction over the plane with the data on it; of one feature, a curve.

    Classes have a colour each, paler where the network is less sure, and a line where the
    decision changes. Probabilities are on a scale from 0 to 1, a regression's values on one that
    is symmetric about 0, or about their middle if they are far from 0. Where the network gives no
    number it is grey. What lies outside the sampled domain, extrapolation, is hatched. Of more than
    two features it says how many points lie on another class's colour because of the others.

    Parameters
    ----------
    grid : Grid or Curve
        What `predict_grid` computed.
    dataset : Dataset
        At most 1,000 of its points are drawn.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.
    title : str, optional
        By default the data set's name.
    norm : Normalize, optional
        The scale of a regression's colours; by default up to the largest target.

    Returns
    -------
    Axes
    """
    if isinstance(grid, Curve):
        return plot_curve(grid, dataset, ax, title)
    ax = axes_for(ax, names=grid.classes)
    norm = norm or target_scale(dataset.y)
    draw_surface(ax, grid, norm)
    _hatch_outside(ax, grid)
    draw_points(ax, grid.plane.project(dataset.x), dataset, norm)
    set_title(ax, title or f"{dataset.name}: prediction")
    frame(ax, grid.plane, told_of(grid))
    ax.axis(grid.extent)
    return ax


def told_of(grid: Grid) -> str:
    """Return what there is to say of the features that are no axes, if there are any."""
    if grid.plane.is_all:
        return ""
    if not grid.n_moved:
        return "others at their median"
    return (
        f"others at their median, which puts\n{grid.n_moved:,} of {counted(grid.n_seen, 'point')} "
        "on another class's colour"
    )


def plot_error(
    grid: Grid | Curve, truth: Values, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Draw where a prediction departs from the truth, in the sampled domain and beyond it.

    For classes it is how far the probability of the true one is above that of the best other: red
    where it is below, so that the answer is wrong, and grey where it is right but unsure. A dashed
    line shows where the truth changes, and a solid one where the decision does. For a regression it
    is the prediction minus the truth, on the scale of the domain: beyond, it may be off the scale.

    Parameters
    ----------
    grid : Grid or Curve
        What `predict_grid` computed.
    truth : array of shape (n, n), of a curve (n,)
        Class indices or values on the same cells.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.
    title : str, optional
        By default how large the errors are on these cells, in the domain and outside.

    Returns
    -------
    Axes
    """
    if isinstance(grid, Curve):
        return plot_curve_error(grid, truth, ax, title)
    ax = axes_for(ax, names=["x" * WIDE_LABEL])
    (_draw_missed if grid.classes else _draw_difference)(ax, grid, truth)
    _outline(ax, grid.plane.domain)
    set_title(ax, title or error_title(grid.kind, grid.values, truth, grid.inside))
    frame(ax, grid.plane, "" if grid.plane.is_all else "others at their median")
    ax.axis(grid.extent)
    return ax


def draw_surface(ax: Axes, grid: Grid, norm: Normalize, with_bar: bool = True) -> None:
    """Draw what a grid holds, with lines where the decision changes and a bar of the colours.

    A regression's are on the scale `norm`.
    """
    _SURFACES[grid.kind](ax, grid, norm, with_bar)


def _draw_regression(ax: Axes, grid: Grid, norm: Normalize, with_bar: bool) -> None:
    style: Style = {"cmap": diverging(SURFACE_STRENGTH), "norm": norm}
    _image(ax, grid, grid.values, style)
    ax.contour(grid.x1, grid.x2, grid.values, levels=9, colors=FAINT, linewidths=0.5)
    if with_bar:
        bar(ax, "prediction", style, beyond(norm, grid.values[grid.inside]))


def _draw_binary(ax: Axes, grid: Grid, norm: Normalize, with_bar: bool) -> None:
    style: Style = {"cmap": diverging(SURFACE_STRENGTH), "norm": Normalize(0, 1)}
    _image(ax, grid, grid.values[..., 1], style)
    _decision_lines(ax, grid)
    if with_bar:
        bar(ax, f"probability of class {as_text(grid.classes[1])}", style)


def _draw_multiclass(ax: Axes, grid: Grid, norm: Normalize, with_bar: bool) -> None:
    n_classes = len(grid.classes)
    guess = 1 / n_classes
    # 0, and so white, where all classes are equally probable; 1 where one is certain.
    sureness = (grid.values.max(-1, keepdims=True) - guess) / (1 - guess)
    colors = class_colormap(n_classes)(grid.values.argmax(-1))[..., :3]
    shown = 1 - SURFACE_STRENGTH * sureness * (1 - colors)
    _image(ax, grid, np.where(np.isfinite(shown), shown, to_rgb(NOTHING)), {})
    _decision_lines(ax, grid)
    if with_bar:
        class_bar(ax, grid.classes)


_SURFACES = {
    "regression": _draw_regression,
    "binary": _draw_binary,
    "multiclass": _draw_multiclass,
}


def _decision_lines(ax: Axes, grid: Grid) -> None:
    """Draw where the most probable class changes."""
    # Of two classes each has the same line.
    indices = range(len(grid.classes)) if len(grid.classes) > 2 else [1]
    for index in indices:
        others = np.delete(grid.values, index, axis=-1)
        _boundary(ax, grid, grid.values[..., index] - others.max(-1))


def _draw_missed(ax: Axes, grid: Grid, truth: Values) -> None:
    style: Style = {"cmap": wrong_or_unsure(), "norm": Normalize(-1, 1)}
    _image(ax, grid, margin_of(grid.values, truth), style)
    # Class 0 has no border that is not another's too.
    for index in range(1, len(grid.classes)):
        _boundary(ax, grid, (truth == index) - 0.5, color=FAINT, linestyles="--")
    _decision_lines(ax, grid)
    bar(ax, "true class minus best other\n(red: wrong, grey: unsure)", style)


def wrong_or_unsure() -> Colormap:
    """Return red for what is below 0, and above it grey, the paler the farther from it."""
    below = [(0.0, ERROR), (0.5, "#F2B8B0")]
    above = [(0.5, "#8F8F8F"), (1.0, "white")]
    colors = LinearSegmentedColormap.from_list("wrong or unsure", [*below, *above])
    return colors.with_extremes(bad=NOTHING)


def _draw_difference(ax: Axes, grid: Grid, truth: Values) -> None:
    difference = grid.values - truth
    # Beyond the domain errors may be so large that nothing could be told apart within it.
    norm = symmetric(difference[grid.inside])
    style: Style = {"cmap": diverging(), "norm": norm}
    _image(ax, grid, difference, style)
    bar(ax, "prediction - truth", style, beyond(norm, difference))


def _image(ax: Axes, grid: Grid, values: Array, style: Style) -> None:
    if not np.isfinite(grid.values).any():
        note(ax, "grey: the network gives no number", below=True)
    ax.imshow(values, extent=grid.extent, origin="lower", interpolation="bilinear", **style)


def _boundary(
    ax: Axes, grid: Grid, margin: Array, color: str = LINE, linestyles: str = "-"
) -> None:
    """Draw where `margin` changes sign, if it does."""
    if margin.min() < 0 < margin.max():  # matplotlib 3.10 warns of a level without a line
        style: Style = {"colors": color, "linestyles": linestyles, "linewidths": 1.3}
        ax.contour(grid.x1, grid.x2, margin, levels=[0], **style)


def _hatch_outside(ax: Axes, grid: Grid) -> None:
    ring = _outside(grid)
    ax.add_patch(
        PathPatch(ring, facecolor=(1, 1, 1, 0.35), edgecolor=FAINT, hatch="////", linewidth=0.8)
    )
    note(ax, "hatched: outside the domain")


def fade_outside(ax: Axes, grid: Grid) -> None:
    """Let what lies outside the sampled domain fade, with a line where that begins."""
    style: Style = {"facecolor": (1, 1, 1, 0.6), "edgecolor": FAINT, "linewidth": 0.8}
    ax.add_patch(PathPatch(_outside(grid), **style))


def _outside(grid: Grid) -> Path:
    """Return the ring round the sampled domain."""
    left, right, bottom, top = grid.extent
    low1, low2 = grid.plane.domain.low
    high1, high2 = grid.plane.domain.high
    outer = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    # The other way round than the outer edge, or the hole would be filled.
    hole = [(low1, low2), (low1, high2), (high1, high2), (high1, low2), (low1, low2)]
    return Path.make_compound_path(Path(outer, closed=True), Path(hole, closed=True))


def _outline(ax: Axes, domain: Domain) -> None:
    left, bottom = domain.low
    width, height = np.subtract(domain.high, domain.low)
    ax.add_patch(
        Rectangle((left, bottom), width, height, fill=False, edgecolor=FAINT, linewidth=0.8)
    )
    note(ax, "framed: the domain")


def draw_points(ax: Axes, points: Array, dataset: Dataset, norm: Normalize) -> None:
    """Draw at most 1,000 of the training sample, wherever its `points` (n, 2) are, on a surface."""
    few = thinned(len(points), MOST_POINTS)
    style: Style = {"s": 14, "edgecolors": PAPER, "linewidths": 0.4}
    if not dataset.classes:
        style |= {"cmap": diverging(), "norm": norm}
    scatter(ax, points[few], dataset.y[few], len(dataset.classes), style)


def frame(ax: Axes, plane: Plane, others: str = "") -> None:
    """Name the axes of a plane, and give both one scale where that leaves it a plane.

    What there is to say of the `others` stands below.
    """
    ax.set_xlabel("\n".join(filter(None, [as_axis_text(plane.names[0]), others])))
    ax.set_ylabel(as_axis_text(plane.names[1]))
    ax.locator_params(nbins=TICKS)
    for axis in (ax.xaxis, ax.yaxis):
        use_plain_numbers(axis)
    width, height = np.subtract(plane.domain.high, plane.domain.low)
    if plane.is_all and max(width, height) <= LONGEST_SIDE * min(width, height):
        ax.set_aspect("equal", adjustable="box")
    else:
        ax.set_aspect("auto")
