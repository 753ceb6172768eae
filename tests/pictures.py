"""What must hold of every picture."""

from collections.abc import Callable
from itertools import combinations

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib import style as looks
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

ONE_OF_EACH_KIND = {"regression": "prod", "binary": "xor", "multiclass": "quadrants"}

Draw = Callable[..., Axes]  # takes an `ax`, or none


def assert_nothing_is_clipped_or_overlaps(figure: Figure) -> None:
    """Hold the boxes of all axes, with what is written on them, against figure and each other."""
    figure.draw_without_rendering()
    boxes = [box for ax in figure.axes if (box := ax.get_tightbbox()) is not None]
    for box in boxes:
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1
    for one, other in combinations(boxes, 2):
        assert one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0


def assert_is_not_clipped(ax: Axes) -> None:
    """Hold all that belongs to some axes against the page."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    figure.draw_without_rendering()  # a layout may need the first one to settle
    box = ax.get_tightbbox()
    assert box is not None
    assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
    assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1


def assert_is_drawn_where_told(draw: Draw) -> None:
    """Draw on given axes, and on some of its own; leave pyplot and its settings alone."""
    ax = Figure().subplots()
    settings = dict(mpl.rcParams)
    assert draw(ax) is ax
    assert draw() is not ax
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == settings


def assert_texts_are_light_on_a_dark_background(draw: Draw) -> Axes:
    """Hold the colours of all that is written round the axes against black; return the axes."""
    with looks.context("dark_background"):
        ax = draw()
        texts = [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
        legend = ax.get_legend()
        texts += legend.get_texts() if legend else []
        for part in ax.child_axes:
            texts += [*part.texts, part.yaxis.label, *part.get_yticklabels()]
        assert min(sum(to_rgb(text.get_color())) for text in texts) > 2
    return ax


def assert_is_well_drawn(draw: Draw) -> None:
    """Hold one picture to what must hold of each."""
    assert_is_drawn_where_told(draw)
    assert_is_not_clipped(draw())
    assert_texts_are_light_on_a_dark_background(draw)
