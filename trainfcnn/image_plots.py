"""Pictures of images: samples, mistakes, first-layer weights, robustness, and all in one figure.

As in `plots`, nothing here computes a prediction, opens a window or chooses a backend.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainfcnn.datasets import Array, Dataset, Values
from trainfcnn.diagnosis import Mistakes
from trainfcnn.history import History
from trainfcnn.images import check_images
from trainfcnn.plots import plot_confusion, plot_loss, plot_score
from trainfcnn.style import (
    BLUE,
    IMAGE_OVERVIEW_SIZE,
    LINE,
    PALE,
    PAPER,
    Look,
    bar,
    diverging,
    new_axes,
    shades,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SAMPLES_A_CLASS, MOST_CLASSES = 12, 20
MISTAKES_A_ROW = 6
WEIGHTS_A_ROW, MOST_WEIGHTS = 8, 48
GAP, CAPTION = 0.1, 0.7  # between tiles, and below those with text, as shares of their size
REACH = 0.995  # share of the weights whose colours are told apart


def plot_samples(dataset: Dataset, ax: "Axes | None" = None) -> "Axes":
    """Draw the first training images of every class, a row each.

    Parameters
    ----------
    dataset : Dataset
        Of images.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the data are no images.
    """
    height, width = check_images(dataset)
    ax = ax or new_axes()
    classes = dataset.classes[:MOST_CLASSES]
    tiles = np.full((len(classes), SAMPLES_A_CLASS, height, width), np.nan)
    for index, row in enumerate(tiles):
        first = dataset.x[dataset.y == index][:SAMPLES_A_CLASS]
        row[: len(first)] = first.reshape(-1, height, width)
    places = _tile(ax, tiles.reshape(-1, height, width), SAMPLES_A_CLASS, _ink(dataset))
    middles = places[::SAMPLES_A_CLASS, 1] - height / 2
    ax.set_yticks(middles, [str(label) for label in classes])
    ax.tick_params(length=0)
    ax.set_title(f"{dataset.name}: {len(dataset.x):,} images of {height} x {width} pixels")
    return ax


def plot_mistakes(dataset: Dataset, mistakes: Mistakes, ax: "Axes | None" = None) -> "Axes":
    """Draw test images that were taken for something else.

    Parameters
    ----------
    dataset : Dataset
        Of images.
    mistakes : Mistakes
        On its test sample.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    height, width = check_images(dataset)
    ax = ax or new_axes()
    images = dataset.x_test[mistakes.indices].reshape(-1, height, width)
    corners = _tile(ax, images, MISTAKES_A_ROW, _ink(dataset), CAPTION)
    told = zip(dataset.y_test[mistakes.indices], mistakes.answers, mistakes.confidence, strict=True)
    for (left, bottom), (truth, answer, share) in zip(corners, told, strict=True):
        text = f"{dataset.classes[truth]} as {dataset.classes[answer]}\n{share:.0%}"
        look: Look = {"ha": "center", "va": "top", "fontsize": "x-small", "color": LINE}
        ax.text(left + width / 2, bottom + 0.05 * height, text, **look)
    shown, total = len(mistakes.indices), mistakes.total
    ax.set_title(f"{f'the surest {shown} of ' if shown < total else ''}{total:,} mistakes")
    ax.set_xlabel("truth as answer, and how probable the answer was held")
    return ax


def plot_weights(weights: Array, shape: tuple[int, int], ax: "Axes | None" = None) -> "Axes":
    """Draw what units of the first layer look at: vermilion speaks for them, blue against.

    Parameters
    ----------
    weights : array of shape (units, height * width)
        Of the first layer; those of the largest norm are drawn.
    shape : (int, int)
        Height and width of an image.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    from matplotlib.colors import Normalize

    ax = ax or new_axes()
    chosen = np.sort(np.argsort(-np.linalg.norm(weights, axis=1), kind="stable")[:MOST_WEIGHTS])
    tiles = weights[chosen].reshape(-1, *shape)
    reach = float(np.quantile(np.abs(tiles), REACH)) or 1.0
    look: Look = {"cmap": diverging(), "norm": Normalize(-reach, reach)}
    _tile(ax, tiles, WEIGHTS_A_ROW, look)
    bar(ax, "weight", look)
    units = f"{len(chosen)} of {len(weights)}" if len(chosen) < len(weights) else len(weights)
    ax.set_title(f"weights of {units} units in the first layer")
    return ax


def plot_rotation(degrees: Array, scores: Array, ax: "Axes | None" = None) -> "Axes":
    """Draw the accuracy on turned images against the angle.

    Parameters
    ----------
    degrees : array of shape (n,)
        Counter-clockwise.
    scores : array of shape (n,)
        Accuracies.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    ax.plot(degrees, scores, color=BLUE, marker=".")
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("test images turned by (degrees, counter-clockwise)")
    ax.set_ylabel("accuracy")
    upright, far = np.abs(degrees).argmin(), np.abs(degrees).argmax()
    told = (f"{scores[index]:.1%} at {degrees[index]:g}°" for index in (upright, far))
    ax.set_title(f"accuracy {', '.join(told)}")
    ax.grid(alpha=0.3)
    return ax


def _ink(dataset: Dataset) -> Look:
    """Return the look of images: 0 is paper."""
    return {"cmap": shades(LINE), "vmin": 0, "vmax": float(dataset.x.max())}


def _tile(ax: "Axes", images: Values, columns: int, look: Look, caption: float = 0.0) -> Array:
    """Draw images (n, height, width) in rows; return each one's left and lower edge, (n, 2)."""
    n, height, width = images.shape
    right = width + max(1, round(GAP * width))
    down = height + max(1, round((GAP + caption) * height))
    canvas = np.full((-(-n // columns) * down or 1, columns * right), np.nan)
    corners = np.array([divmod(index, columns) for index in range(n)]).reshape(n, 2) * (down, right)
    for (top, left), image in zip(corners, images, strict=True):
        canvas[top : top + height, left : left + width] = image
    ax.imshow(canvas, extent=(0, canvas.shape[1], canvas.shape[0], 0), **look)
    ax.set(xticks=[], yticks=[], facecolor=PAPER if caption else PALE)
    ax.spines[:].set_visible(False)
    edges: Array = corners[:, ::-1] + (0.0, height)
    return edges


def plot_image_overview(
    dataset: Dataset,
    history: History,
    counts: NDArray[np.int64],
    mistakes: Mistakes,
    weights: Array,
    title: str,
) -> "Figure":
    """Draw samples, loss, accuracy, confusion, mistakes and weights in one figure.

    Parameters
    ----------
    dataset, history, counts, mistakes, weights
        As for the single pictures.
    title : str
        A line above all of them.

    Returns
    -------
    Figure
        Not known to `pyplot`: save it with ``figure.savefig("name.png")``.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=IMAGE_OVERVIEW_SIZE, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.15, h_pad=0.1)  # type: ignore[union-attr, call-arg]
    (samples, loss, score), (confused, wrong, first) = figure.subplots(2, 3)
    plot_samples(dataset, samples)
    plot_loss(history, loss)
    plot_score(history, score)
    plot_confusion(counts, dataset.classes, confused)
    plot_mistakes(dataset, mistakes, wrong)
    plot_weights(weights, check_images(dataset), first)
    figure.suptitle(title, fontsize="medium")
    return figure
