"""What must hold of every picture."""

from collections.abc import Callable
from itertools import combinations

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib import style as looks
from matplotlib.axes import Axes
from matplotlib.axes._base import _AxesBase
from matplotlib.axis import Axis
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text

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


def labels(axis: Axis) -> list[str]:
    """Return what is written at the ticks that are in sight."""
    axis.axes.figure.draw_without_rendering()  # type: ignore[union-attr]
    return [label.get_text() for label in ticks_of(axis)]


def ticks_of(axis: Axis) -> list[Text]:
    """Return the labels of ticks in sight; those out of sight are there, but not drawn."""
    low, high = sorted(axis.get_view_interval())
    axis.get_majorticklabels()  # which brings the ticks up to date
    ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    # On the right, as of a bar, it is the second label.
    texts = [text for tick in ticks for text in (tick.label1, tick.label2)]
    return [text for text in texts if text.get_visible()]


def outlines(paths: list[Path]) -> list[bytes]:
    """Return what tells markers apart."""
    return [np.asarray(path.vertices).round(9).tobytes() for path in paths]


def texts_of(ax: _AxesBase) -> list[Text]:
    """Return all that is written on axes and beside them."""
    legend = ax.get_legend()
    texts = [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
    texts += [ax.xaxis.get_offset_text(), ax.yaxis.get_offset_text()]
    texts += [*ticks_of(ax.xaxis), *ticks_of(ax.yaxis), *(legend.get_texts() if legend else [])]
    return texts + [text for beside in ax.child_axes for text in texts_of(beside)]


def assert_no_text_is_cut_or_runs_into_another(figure: Figure) -> None:
    """Hold every text against the page, and against all others."""
    figure.draw_without_rendering()
    texts = list(figure.texts)  # the headline is one of them
    texts += [text for legend in figure.legends for text in legend.get_texts()]
    texts += [text for ax in figure.axes for text in texts_of(ax)]
    seen = [text for text in texts if text.get_text().strip() and text.get_visible()]
    boxes = [(text.get_window_extent(), text.get_text()) for text in seen]
    page = figure.bbox
    for box, told in boxes:
        assert min(box.x0 - page.x0, page.x1 - box.x1) >= -1, f"{told!r} leaves the page"
        assert min(box.y0 - page.y0, page.y1 - box.y1) >= -1, f"{told!r} leaves the page"
    for (one, its), (other, others) in combinations(boxes, 2):
        wide = min(one.x1, other.x1) - max(one.x0, other.x0)
        high = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert wide < 1 or high < 1, f"{its!r} runs into {others!r}"
