"""Pictures: each takes arrays and small types and an `ax`, and returns the `Axes` it drew on.

Nothing here computes a prediction, opens a window or chooses a backend. Colours and sizes are those
of `style`.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainfcnn.datasets import Array, Dataset, Domain
from trainfcnn.grid import Grid, check_plane
from trainfcnn.history import History
from trainfcnn.style import (
    BLUE,
    FAINT,
    LINE,
    OVERVIEW_SIZE,
    PALE,
    VERMILION,
    Look,
    bar,
    class_bar,
    class_colormap,
    diverging,
    new_axes,
    new_figure,
    shades,
    spans_a_decade,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

SURFACE_STRENGTH = 0.65  # of a colour in a prediction; the points on it have all of it
MOST_POINTS = 1000  # drawn on a prediction; more would hide it
MOST_COUNTED_CLASSES = 20  # up to there a confusion matrix has its numbers written in
LONGEST_SIDE = 4  # times the shorter one: up to there both axes have one scale


def plot_dataset(dataset: Dataset, ax: "Axes | None" = None) -> "Axes":
    """Draw the training sample, coloured by target.

    Parameters
    ----------
    dataset : Dataset
        With two features.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    check_plane(dataset)
    ax = ax or new_axes()
    _scatter(ax, dataset, slice(None), {"s": 9, "edgecolors": FAINT, "linewidths": 0.2})
    if dataset.classes:
        class_bar(ax, dataset.classes)
    else:
        bar(ax, "target", {"cmap": diverging(), "norm": _symmetric(dataset)})
    ax.set_title(f"{dataset.name}: {len(dataset.x):,} points")
    _frame(ax, dataset.domain)
    ax.update_datalim([dataset.domain.low, dataset.domain.high])
    return ax


def plot_loss(history: History, ax: "Axes | None" = None) -> "Axes":
    """Draw the loss over the epochs, validation beside training, on a log scale where it helps.

    Parameters
    ----------
    history : History
        Of a training.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    epochs = np.arange(1, history.restart_losses.shape[1] + 1)
    for losses in history.restart_losses:
        ax.plot(epochs, losses, color=FAINT, lw=0.6, alpha=0.6)
    _curves(history, history.loss_name, history.loss, history.validation_loss, ax)
    if spans_a_decade(history.loss):
        ax.set_yscale("log")
    return ax


def plot_score(history: History, ax: "Axes | None" = None) -> "Axes":
    """Draw the accuracy (of a regression: R²) over the epochs, validation beside training.

    Parameters
    ----------
    history : History
        Of a training.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    return _curves(history, history.score_name, history.score, history.validation_score, ax)


def _curves(
    history: History, name: str, training: Array, validation: Array, ax: "Axes | None"
) -> "Axes":
    from matplotlib.ticker import MaxNLocator

    ax = ax or new_axes()
    epochs = np.arange(1, len(history) + 1)
    point = "." if len(history) == 1 else None
    ax.plot(epochs, training, marker=point, color=BLUE, label="training")
    if len(validation):
        ax.plot(epochs, validation, marker=point, color=VERMILION, label="validation")
        ax.axvline(history.best_epoch, color=FAINT, ls=":", label=f"kept: {history.best_epoch}")
        ax.legend(frameon=False)
    ax.set_xlabel("epoch")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(history) < 2:
        ax.set_xlim(0, 2)
    ax.set_ylabel(name)
    ends = f"{training[0]:.3g} to {training[-1]:.3g}" if len(history) else "no epochs"
    ax.set_title(f"{name}: {ends}")
    ax.grid(alpha=0.3)
    return ax


def plot_confusion(
    counts: NDArray[np.int64], classes: tuple[object, ...], ax: "Axes | None" = None
) -> "Axes":
    """Draw how often each class was taken for each other.

    Right answers, on the diagonal, are grey: the colours are for the mistakes, which would be too
    pale to see beside them.

    Parameters
    ----------
    counts : array of shape (n_classes, n_classes)
        ``counts[i, j]`` samples of class i were taken for class j.
    classes : tuple
        Their names.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    n, right = len(classes), np.eye(len(classes), dtype=bool)
    wrong = np.where(right, 0, counts)
    ax.imshow(wrong, cmap=shades(VERMILION), vmin=0, vmax=max(1, wrong.max()))
    ax.imshow(np.where(right & (counts > 0), 1, np.nan), cmap=shades(PALE), vmin=0, vmax=1)
    if n <= MOST_COUNTED_CLASSES:
        for row, column in np.argwhere(counts):
            look: Look = {"ha": "center", "va": "center", "fontsize": "x-small", "color": LINE}
            ax.text(column, row, f"{counts[row, column]}", **look)
    names = [str(label) for label in classes]
    ax.set_xticks(range(n), names, rotation=90 if max(map(len, names)) > 2 else 0)
    ax.set_yticks(range(n), names)
    ax.set_xlabel("answer")
    ax.set_ylabel("truth")
    ax.set_title(f"{wrong.sum():,} mistakes in {counts.sum():,} answers")
    return ax


def plot_prediction(
    grid: Grid, dataset: Dataset, ax: "Axes | None" = None, title: str | None = None
) -> "Axes":
    """Draw a prediction over the plane with the data on it.

    Classes have a colour each, paler where the network is less sure, and a line where the
    decision changes. Probabilities are on a scale from 0 to 1, a regression's values on one that
    is symmetric about 0. What lies outside the sampled domain, extrapolation, is hatched.

    Parameters
    ----------
    grid : Grid
        What `predict_grid` computed.
    dataset : Dataset
        At most 1,000 of its points are drawn.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.
    title : str, optional
        By default the data set's name.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    _SURFACES[grid.kind](ax, grid, dataset)
    _hatch_outside(ax, grid)
    few = slice(None, None, max(1, -(-len(dataset.x) // MOST_POINTS)))
    _scatter(ax, dataset, few, {"s": 11, "edgecolors": "white", "linewidths": 0.4})
    ax.set_title(title or f"{dataset.name}: prediction")
    _frame(ax, dataset.domain)
    ax.axis(grid.extent)
    return ax


def plot_overview(
    dataset: Dataset, grid: Grid, history: History, verdict: str, title: str
) -> "Figure":
    """Draw data, prediction and loss side by side.

    Parameters
    ----------
    dataset, grid, history
        As for the three single pictures.
    verdict : str
        The title of the prediction.
    title : str
        A line above all three.

    Returns
    -------
    Figure
        Not known to `pyplot`: save it with ``figure.savefig("name.png")``.
    """
    figure = new_figure(OVERVIEW_SIZE, title)
    data, prediction, loss = figure.subplots(1, 3)
    plot_dataset(dataset, data)
    plot_prediction(grid, dataset, prediction, verdict)
    plot_loss(history, loss)
    return figure


def _draw_regression(ax: "Axes", grid: Grid, dataset: Dataset) -> None:
    look: Look = {"cmap": diverging(SURFACE_STRENGTH), "norm": _symmetric(dataset)}
    _image(ax, grid, grid.values, look)
    ax.contour(grid.x1, grid.x2, grid.values, levels=9, colors=FAINT, linewidths=0.5)
    bar(ax, "prediction", look)


def _draw_binary(ax: "Axes", grid: Grid, dataset: Dataset) -> None:
    from matplotlib.colors import Normalize

    look: Look = {"cmap": diverging(SURFACE_STRENGTH), "norm": Normalize(0, 1)}
    probability = grid.values[..., 1]
    _image(ax, grid, probability, look)
    _boundary(ax, grid, probability - 0.5)
    bar(ax, f"probability of class {grid.classes[1]}", look)


def _draw_multiclass(ax: "Axes", grid: Grid, dataset: Dataset) -> None:
    n_classes = len(grid.classes)
    guess = 1 / n_classes
    sureness = (grid.values.max(-1, keepdims=True) - guess) / (1 - guess)
    colors = class_colormap(n_classes)(grid.values.argmax(-1))[..., :3]
    _image(ax, grid, 1 - SURFACE_STRENGTH * sureness * (1 - colors), {})
    for index in range(n_classes):
        others = np.delete(grid.values, index, axis=-1)
        _boundary(ax, grid, grid.values[..., index] - others.max(-1))
    class_bar(ax, grid.classes)


_SURFACES = {
    "regression": _draw_regression,
    "binary": _draw_binary,
    "multiclass": _draw_multiclass,
}


def _image(ax: "Axes", grid: Grid, values: Array, look: Look) -> None:
    ax.imshow(values, extent=grid.extent, origin="lower", interpolation="bilinear", **look)


def _boundary(ax: "Axes", grid: Grid, margin: Array) -> None:
    """Draw where `margin` changes sign, if it does."""
    if margin.min() < 0 < margin.max():
        ax.contour(grid.x1, grid.x2, margin, levels=[0], colors=LINE, linewidths=1.3)


def _hatch_outside(ax: "Axes", grid: Grid) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    left, right, bottom, top = grid.extent
    (low1, low2), (high1, high2) = grid.domain.low, grid.domain.high
    outer = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    hole = [(low1, low2), (low1, high2), (high1, high2), (high1, low2), (low1, low2)]
    ring = Path.make_compound_path(Path(outer, closed=True), Path(hole, closed=True))
    ax.add_patch(
        PathPatch(ring, facecolor=(1, 1, 1, 0.35), edgecolor=FAINT, hatch="////", linewidth=0.8)
    )
    ax.annotate(
        "hatched: outside the sampled domain",
        (0.5, 0.975),
        xycoords="axes fraction",
        ha="center",
        va="top",
        fontsize="x-small",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )


def _scatter(ax: "Axes", dataset: Dataset, chosen: slice, look: Look) -> None:
    x, y = dataset.x[chosen], dataset.y[chosen]
    if dataset.classes:
        colors: Look = {"color": class_colormap(len(dataset.classes))(y)}
    else:
        colors = {"c": y, "cmap": diverging(), "norm": _symmetric(dataset)}
    ax.scatter(x[:, 0], x[:, 1], **look, **colors)


def _symmetric(dataset: Dataset) -> "Normalize":
    from matplotlib.colors import Normalize

    reach = float(np.abs(dataset.y).max()) or 1.0
    return Normalize(-reach, reach)


def _frame(ax: "Axes", domain: Domain) -> None:
    ax.set_xlabel("x1")
    ax.set_ylabel("x2")
    width, height = np.subtract(domain.high, domain.low)
    if max(width, height) <= LONGEST_SIDE * min(width, height):
        ax.set_aspect("equal", adjustable="box")
    else:
        ax.set_aspect("auto")
