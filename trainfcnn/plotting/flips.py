"""Images, what speaks for the answer to them, and the smallest change that turns it."""

import numpy as np
from matplotlib.axes import Axes

from trainfcnn.analysis.flips import Flips
from trainfcnn.data.images import check_images
from trainfcnn.plotting.images import ink_of
from trainfcnn.plotting.style import (
    Style,
    as_text,
    axes_for,
    diverging,
    set_title,
)

SPACE = 1.12  # from one image to the next, in widths
ROW = 1.42  # from one row to the next, in heights: there is a line of text between


def plot_flips(flips: Flips, ax: Axes | None = None) -> Axes:
    """Draw images, what speaks for the answer, the smallest change, and the image that it makes.

    Orange pixels speak for the answer, or are added; blue ones speak against it, or are taken
    away. Saliency and change have a scale of colours for each image.

    Parameters
    ----------
    flips : Flips
        Of a trained network.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax, (9.0, 4.4))
    dataset = flips.dataset
    height, width = check_images(dataset)
    changed = flips.images + flips.changes
    ink = ink_of(dataset)
    rows = (flips.images, flips.saliency, flips.changes, changed)
    for number, images in enumerate(rows):
        for column, image in enumerate(images):
            style = _signed(image) if number in (1, 2) else ink
            left = column * SPACE * width
            top = number * ROW * height
            ax.imshow(image, extent=(left, left + width, top + height, top), **style)
    _write(ax, flips, dataset.classes)
    names = [
        "image\nand answer",
        "what speaks\nfor the answer",
        "smallest change\nthat turns it",
        "image, changed,\nnew answer",
    ]
    middles = (np.arange(len(names)) * ROW + 0.5) * height
    ax.set_yticks(middles, names)
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.set_xlim(-0.1 * width, ((len(flips.images) - 1) * SPACE + 1.1) * width)
    ax.set_ylim((3 * ROW + 1.35) * height, -0.1 * height)
    ax.spines[:].set_visible(False)
    ax.grid(False)
    share = float(np.median(flips.shares))
    set_title(ax, f"a change of {share:.0%} of an image's length turns the answer (median)")
    return ax


def _write(ax: Axes, flips: Flips, classes: tuple[object, ...]) -> None:
    """Write answers below the first and the last row, and lengths below the third."""
    height, width = flips.images.shape[1:]
    style: Style = {"ha": "center", "va": "top", "fontsize": "small"}
    labels = zip(flips.answers, flips.turned, flips.shares, strict=True)
    for column, (answer, turned, share) in enumerate(labels):
        middle = (column * SPACE + 0.5) * width
        lines = (as_text(classes[answer]), "", f"{share:.0%}", as_text(classes[turned]))
        for number, text in enumerate(lines):
            weight = "bold" if number == 3 else "normal"
            ax.text(middle, (number * ROW + 1.05) * height, text, fontweight=weight, **style)


def _signed(image: np.ndarray) -> Style:
    reach = float(np.abs(image).max()) or 1.0
    return {"cmap": diverging(), "vmin": -reach, "vmax": reach}
