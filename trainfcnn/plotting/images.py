"""Pictures of images: samples, mistakes, first-layer weights, robustness."""

from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.classification import Mistakes
from trainfcnn.data.augment import border_value
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.images import check_images
from trainfcnn.plotting.bars import bar
from trainfcnn.plotting.style import (
    BLUE,
    LINE,
    PALE,
    PAPER,
    SHORT_NAME,
    Style,
    as_text,
    axes_for,
    counted,
    diverging,
    set_title,
    shades,
)

SAMPLES_A_ROW = 12
FEWEST_ROWS = 6
MOST_CLASSES = 20
MISTAKES_A_ROW = 6
LONG_MISTAKES_A_ROW = 3
MISTAKE_ROWS = 4
WEIGHTS_A_ROW = 8
MOST_WEIGHTS = 48
GAP = 0.1  # between tiles, as a share of their size

# Space beside and below a tile, likewise: for two lines of text, or for three longer ones.
SHORT_CAPTION = (GAP, 0.8)
LONG_CAPTION = (1.6, 1.5)
REACH = 0.995  # share of the weights whose colours are told apart


def plot_samples(dataset: Dataset, ax: Axes | None = None) -> Axes:
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
    ax = axes_for(ax)
    classes = dataset.classes[:MOST_CLASSES]
    n_rows = max(1, FEWEST_ROWS // max(1, len(classes)))  # of each class
    n_each = n_rows * SAMPLES_A_ROW
    groups = [dataset.x[dataset.y == index][:n_each] for index in range(len(classes))]
    tiles = np.full((max(1, len(groups)), n_each, height, width), np.nan)
    for row, group in zip(tiles, groups or [dataset.x[:n_each]], strict=True):
        row[: len(group)] = group.reshape(-1, height, width)
    corners = _tile(ax, tiles.reshape(-1, height, width), SAMPLES_A_ROW, ink_of(dataset))
    if classes:
        middles = corners[:, 1].reshape(len(classes), n_each).mean(1) - height / 2
        ax.set_yticks(middles, [as_text(label) for label in classes])
        ax.tick_params(length=0)
    some = f", {len(classes)} of {len(dataset.classes)} classes"
    set_title(
        ax,
        f"{dataset.name}: {counted(len(dataset.x), 'image')} of {height} x {width} pixels"
        f"{some if len(classes) < len(dataset.classes) else ''}",
    )
    return ax


def n_mistakes(dataset: Dataset, rows: int = MISTAKE_ROWS) -> int:
    """Return how many mistakes make a picture of four rows, or of so many."""
    return rows * _columns(dataset)


def _columns(dataset: Dataset) -> int:
    """Return how many mistakes stand in a row: fewer where names or images are long."""
    height, width = check_images(dataset)
    columns = MISTAKES_A_ROW if _names_are_short(dataset) else LONG_MISTAKES_A_ROW
    return max(1, round(columns * min(1, height / width)))


def _names_are_short(dataset: Dataset) -> bool:
    return max(len(str(label)) for label in dataset.classes) <= SHORT_NAME


def plot_mistakes(dataset: Dataset, mistakes: Mistakes, ax: Axes | None = None) -> Axes:
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
    ax = axes_for(ax)
    short = _names_are_short(dataset)
    images = dataset.x_test[mistakes.indices].reshape(-1, height, width)
    caption = SHORT_CAPTION if short else LONG_CAPTION
    separator = " " if short else "\n"
    corners = _tile(ax, images, _columns(dataset), ink_of(dataset), caption)
    labels = zip(
        dataset.y_test[mistakes.indices], mistakes.answers, mistakes.confidence, strict=True
    )
    for (left, bottom), (truth, answer, share) in zip(corners, labels, strict=True):
        names = f"{dataset.classes[truth]}{separator}as {dataset.classes[answer]}"
        style: Style = {"ha": "center", "va": "top", "fontsize": "x-small", "color": LINE}
        ax.text(left + width / 2, bottom + 0.05 * height, f"{names}\n{share:.0%}", **style)
    shown = len(mistakes.indices)
    total = mistakes.total
    set_title(
        ax, f"{f'the surest {shown} of ' if shown < total else ''}{counted(total, 'mistake')}"
    )
    if shown:
        ax.set_xlabel("truth as answer,\nand how probable the answer was held")
    return ax


def plot_weights(weights: Array, shape: tuple[int, int], ax: Axes | None = None) -> Axes:
    """Draw what units of the first layer look at: orange speaks for them, blue against.

    Parameters
    ----------
    weights : array of shape (units, height * width)
        Of the first layer, times the standard deviation of each pixel; the units with the largest
        norm are drawn.
    shape : (int, int)
        Height and width of an image.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    chosen = np.sort(np.argsort(-np.linalg.norm(weights, axis=1), kind="stable")[:MOST_WEIGHTS])
    tiles = weights[chosen].reshape(-1, *shape)
    # Up to the largest of all, a few large weights would leave the others pale.
    reach = float(np.quantile(np.abs(tiles), REACH)) or 1.0
    cmap = diverging().with_extremes(bad=(0, 0, 0, 0))  # between the tiles
    style: Style = {"cmap": cmap, "norm": Normalize(-reach, reach)}
    _tile(ax, tiles, WEIGHTS_A_ROW, style)
    bar(ax, "weight, times the deviation of its pixel", style)
    some = f"{len(chosen)} of " if len(chosen) < len(weights) else ""
    set_title(ax, f"weights of {some}{counted(len(weights), 'unit')} in the first layer")
    return ax


def plot_rotation(
    degrees: Array, scores: Array, name: str = "accuracy", ax: Axes | None = None
) -> Axes:
    """Draw the score on rotated images against the angle.

    Parameters
    ----------
    degrees : array of shape (n,)
        Counter-clockwise.
    scores : array of shape (n,)
        The score at each.
    name : str
        What to call it.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    ax.plot(degrees, scores, color=BLUE, marker=".")
    ax.set_ylim(min(0, scores.min()), 1.02)
    ax.set_xlabel("test images turned by (degrees, counter-clockwise)")
    ax.set_ylabel(name)
    upright = np.abs(degrees).argmin()
    far = np.abs(degrees).argmax()
    ends = (f"{scores[index]:.1%} at {degrees[index]:g}°" for index in (upright, far))
    set_title(ax, f"{name} {', '.join(ends)}")
    ax.grid(alpha=0.3)
    return ax


def ink_of(dataset: Dataset) -> Style:
    """Return the style of images: the grey of their edges is paper."""
    low = float(dataset.x.min())
    high = float(dataset.x.max())
    paper = border_value(dataset.x, check_images(dataset))
    # Whichever end of the greys is nearer to the border is paper, and drawn white.
    cmap = shades(LINE) if paper - low <= high - paper else shades(LINE).reversed()
    return {"cmap": cmap, "vmin": low, "vmax": max(high, low + 1e-9)}


def _tile(
    ax: Axes,
    images: Values,
    columns: int,
    style: Style,
    space: tuple[float, float] = (GAP, GAP),
) -> Array:
    """Draw images (n, height, width) in rows; return each one's left and lower edge, (n, 2)."""
    n, height, width = images.shape
    columns = min(columns, max(1, n))
    size = max(height, width)
    right, down = (
        side + max(1, round(share * size))
        for side, share in zip((width, height), space, strict=True)
    )
    # One artist, however many there are; where the canvas is NaN, one sees the face of the axes.
    rows = max(1, ceil(n / columns))
    canvas = np.full((rows * down, columns * right), np.nan)
    corners = np.array([divmod(index, columns) for index in range(n)]).reshape(n, 2) * (down, right)
    for (top, left), image in zip(corners, images, strict=True):
        canvas[top : top + height, left : left + width] = image
    # Whole numbers are edges of pixels, and y goes down, as the corners are counted.
    ax.imshow(canvas, extent=(0, canvas.shape[1], canvas.shape[0], 0), **style)
    ax.set(xticks=[], yticks=[], facecolor=PALE if space == (GAP, GAP) else PAPER)
    ax.spines[:].set_visible(False)
    edges: Array = corners[:, ::-1] + (0.0, height)
    return edges
