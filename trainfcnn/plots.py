"""Pictures: each takes arrays and small types and an `ax`, and returns the `Axes` it drew on.

Nothing here computes a prediction, opens a window or chooses a backend. Without an `ax` a figure
is made that `pyplot` does not know, so nothing stays open. Colours and sizes are set at the top.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from trainfcnn.datasets import Array, Dataset, Domain
from trainfcnn.grid import Grid, check_plane
from trainfcnn.history import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, ListedColormap, Normalize
    from matplotlib.figure import Figure

Look = dict[str, Any]  # keywords of one artist

# Okabe and Ito's colours (jfly.uni-koeln.de/color): the colour-blind can tell them apart.
BLUE, VERMILION = "#0072B2", "#D55E00"
CLASS_COLORS = (
    BLUE, VERMILION, "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F", "#F0E442",
)  # fmt: skip
SURFACE_STRENGTH = 0.65  # of a colour in a prediction; the points on it have all of it
LINE, FAINT = "#222222", "#8A8A8A"
FIGURE_SIZE, OVERVIEW_SIZE = (5.0, 4.2), (14.0, 4.2)
MOST_POINTS = 1000  # drawn on a prediction; more would hide it
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
    ax = ax or _new_axes()
    _scatter(ax, dataset, slice(None), {"s": 9, "edgecolors": FAINT, "linewidths": 0.2})
    if dataset.classes:
        _class_bar(ax, dataset.classes)
    else:
        _bar(ax, "target", {"cmap": _diverging(), "norm": _symmetric(dataset)})
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
    ax = ax or _new_axes()
    epochs = np.arange(1, len(history) + 1)
    ax.plot(epochs, history.loss, color=BLUE, label="training")
    if len(history.validation_loss):
        ax.plot(epochs, history.validation_loss, color=VERMILION, label="validation")
        ax.axvline(history.best_epoch, color=FAINT, ls=":", label=f"kept: {history.best_epoch}")
        ax.legend(frameon=False)
    if _spans_a_decade(history.loss):
        ax.set_yscale("log")
    ax.set_xlabel("epoch")
    ax.set_ylabel(history.loss_name)
    ends = f"{history.loss[0]:.3g} to {history.loss[-1]:.3g}" if len(history) else "no epochs"
    ax.set_title(f"{history.loss_name}: {ends}")
    ax.grid(alpha=0.3)
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
    ax = ax or _new_axes()
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
    from matplotlib.figure import Figure

    figure = Figure(figsize=OVERVIEW_SIZE, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.15)  # type: ignore[union-attr, call-arg]
    data, prediction, loss = figure.subplots(1, 3)
    plot_dataset(dataset, data)
    plot_prediction(grid, dataset, prediction, verdict)
    plot_loss(history, loss)
    figure.suptitle(title, fontsize="medium")
    return figure


def _draw_regression(ax: "Axes", grid: Grid, dataset: Dataset) -> None:
    look: Look = {"cmap": _diverging(SURFACE_STRENGTH), "norm": _symmetric(dataset)}
    _image(ax, grid, grid.values, look)
    ax.contour(grid.x1, grid.x2, grid.values, levels=9, colors=FAINT, linewidths=0.5)
    _bar(ax, "prediction", look)


def _draw_binary(ax: "Axes", grid: Grid, dataset: Dataset) -> None:
    from matplotlib.colors import Normalize

    look: Look = {"cmap": _diverging(SURFACE_STRENGTH), "norm": Normalize(0, 1)}
    probability = grid.values[..., 1]
    _image(ax, grid, probability, look)
    _boundary(ax, grid, probability - 0.5)
    _bar(ax, f"probability of class {grid.classes[1]}", look)


def _draw_multiclass(ax: "Axes", grid: Grid, dataset: Dataset) -> None:
    n_classes = len(grid.classes)
    guess = 1 / n_classes
    sureness = (grid.values.max(-1, keepdims=True) - guess) / (1 - guess)
    colors = _class_colormap(n_classes)(grid.values.argmax(-1))[..., :3]
    _image(ax, grid, 1 - SURFACE_STRENGTH * sureness * (1 - colors), {})
    for index in range(n_classes):
        others = np.delete(grid.values, index, axis=-1)
        _boundary(ax, grid, grid.values[..., index] - others.max(-1))
    _class_bar(ax, grid.classes)


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
        colors: Look = {"color": _class_colormap(len(dataset.classes))(y)}
    else:
        colors = {"c": y, "cmap": _diverging(), "norm": _symmetric(dataset)}
    ax.scatter(x[:, 0], x[:, 1], **look, **colors)


def _bar(ax: "Axes", label: str, look: Look) -> None:
    from matplotlib.cm import ScalarMappable

    ax.figure.colorbar(ScalarMappable(**look), cax=_beside(ax), label=label)


def _class_bar(ax: "Axes", classes: tuple[object, ...]) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    n = len(classes)
    look = ScalarMappable(Normalize(-0.5, n - 0.5), _class_colormap(n))
    bar = ax.figure.colorbar(look, cax=_beside(ax), label="class", ticks=range(n))
    bar.set_ticklabels([str(label) for label in classes])


def _beside(ax: "Axes") -> "Axes":
    """Return axes for a colour bar as high as `ax` itself."""
    return ax.inset_axes((1.03, 0, 0.05, 1))


def _class_colormap(n_classes: int) -> "ListedColormap":
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    if n_classes <= len(CLASS_COLORS):
        return ListedColormap(CLASS_COLORS[:n_classes])
    return ListedColormap(colormaps["turbo"](np.linspace(0.05, 0.95, n_classes)))


def _diverging(strength: float = 1.0) -> "Colormap":
    """Return blue over white to vermilion, the colours of classes 0 and 1."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    white = np.ones(3)
    ends = (white - strength * (white - to_rgb(color)) for color in (BLUE, VERMILION))
    low, high = map(tuple, ends)
    return LinearSegmentedColormap.from_list("blue to vermilion", [low, tuple(white), high])


def _symmetric(dataset: Dataset) -> "Normalize":
    from matplotlib.colors import Normalize

    reach = float(np.abs(dataset.y).max()) or 1.0
    return Normalize(-reach, reach)


def _spans_a_decade(losses: Array) -> bool:
    seen = losses[np.isfinite(losses)]
    return bool(seen.size and seen.min() > 0 and seen.max() > 10 * seen.min())


def _frame(ax: "Axes", domain: Domain) -> None:
    ax.set_xlabel("x1")
    ax.set_ylabel("x2")
    width, height = np.subtract(domain.high, domain.low)
    if max(width, height) <= LONGEST_SIDE * min(width, height):
        ax.set_aspect("equal", adjustable="box")
    else:
        ax.set_aspect("auto")


def _new_axes() -> "Axes":
    from matplotlib.figure import Figure

    return Figure(figsize=FIGURE_SIZE, layout="constrained").subplots()
