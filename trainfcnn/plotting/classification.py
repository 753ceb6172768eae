"""Pictures of how far a classifier is to be believed: confusion, calibration, ROC.

What is to be explained stands below the axes or beside them, where no point can lie under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.text import Text
from matplotlib.typing import ColorType
from numpy.typing import NDArray

from trainfcnn._support.types import Array
from trainfcnn.analysis.classification import Calibration, Indices
from trainfcnn.analysis.separation import PrecisionRecall, Roc, Separation
from trainfcnn.analysis.success import SuccessRate
from trainfcnn.plotting.style import (
    BLUE,
    FAINT,
    LINE,
    PALE,
    Style,
    as_text,
    axes_for,
    class_colormap,
    counted,
    set_title,
    shades,
)

MARGIN = 0.02  # around shares from 0 to 1, to let lines at 0 and 1 be seen
PALE_ERROR = "#E8877B"  # of the commonest mistake, on which black numbers can be read
STRIP = (0.0, 1.03, 1.0, 0.2)  # of the counts: left, bottom, width, height, in units of the axes
MOST_NUMBERED_BINS = 12
MOST_COUNTED_CLASSES = 20  # up to there a confusion matrix has its numbers written in
MOST_CLASSES = 10  # up to so many, each curve has its name
WORST = 6  # of more, those with the least area have one
LONGEST_NAME = 12  # characters

# Ten can be told apart without colour.
DASHES = ("-", "--", "-.", (0, (6, 1, 1, 1, 1, 1)), ":")
WIDTHS = (1.5, 2.6)


class _Count(Text):
    """A number in a cell, which is drawn where the largest of its kind would fit as well."""

    def __init__(self, x: int, y: int, count: int, largest: int) -> None:
        style: Style = {"ha": "center", "va": "center", "fontsize": "x-small", "color": LINE}
        super().__init__(x, y, f"{count}", **style)
        self._longer = len(f"{largest}") / len(f"{count}")

    def draw(self, renderer: RendererBase) -> None:
        """Draw it, or nothing: only now the size of a cell is known."""
        assert self.axes is not None
        left, right = self.axes.transData.transform([(0, 0), (1, 0)])[:, 0]
        if self._longer * self.get_window_extent(renderer).width < right - left:
            super().draw(renderer)


def plot_confusion(
    counts: NDArray[np.int64], classes: tuple[object, ...], ax: Axes | None = None
) -> Axes:
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
    ax = axes_for(ax)
    n = len(classes)
    right = np.eye(len(classes), dtype=bool)
    wrong = np.where(right, 0, counts)
    # A scale of its own for each of two layers: where the second is NaN, one sees the first.
    ax.imshow(wrong, cmap=shades(PALE_ERROR), vmin=0, vmax=max(1, wrong.max()))
    ax.imshow(np.where(right & (counts > 0), 1, np.nan), cmap=shades(PALE), vmin=0, vmax=1)
    if n <= MOST_COUNTED_CLASSES:
        for row, column in np.argwhere(counts):
            others = counts[right] if row == column else wrong
            ax.add_artist(_Count(column, row, counts[row, column], others.max()))
    names = [as_text(label) for label in classes]
    ax.set_xticks(range(n), names, rotation=90 if max(map(len, names)) > 2 else 0)
    ax.set_yticks(range(n), names)
    ax.set_xlabel("answer")
    ax.set_ylabel("truth")
    mistakes = counted(int(wrong.sum()), "mistake")
    set_title(ax, f"{mistakes} in {counted(int(counts.sum()), 'answer')}")
    ax.grid(False)
    return ax


def plot_calibration(calibration: Calibration, ax: Axes | None = None) -> Axes:
    """Draw accuracy against confidence, and above it how many answers there are in each bin.

    Bars are 95 % Wilson intervals: few answers in a bin say little about its accuracy.

    Parameters
    ----------
    calibration : Calibration
        Of a classifier.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    filled = calibration.counts > 0
    counts = calibration.counts[filled]
    accuracy = calibration.accuracy[filled]
    ends = _intervals(counts, accuracy)
    ax.plot([0, 1], [0, 1], color=FAINT, ls="--", label="perfectly calibrated")
    reach = np.abs(ends - accuracy)
    style: Style = {"fmt": "o", "color": BLUE, "ms": 5, "elinewidth": 1.5, "capsize": 3}
    ax.errorbar(calibration.confidence[filled], accuracy, reach, label="accuracy", **style)
    low = calibration.edges[0]
    ax.set_xlim(low - MARGIN * (1 - low), 1 + MARGIN * (1 - low))
    # An interval may reach below the least confidence, which is that of chance.
    ax.set_ylim(min(low, ends.min()) - MARGIN, 1 + MARGIN)
    ax.set_xlabel("confidence: the probability of the answer\ndashed: perfectly calibrated")
    ax.set_ylabel("accuracy, with 95% interval")
    ax.grid(alpha=0.3)
    _count_above(ax, calibration)
    points = counted(int(counts.sum()), "point")
    title = f"calibration error {calibration.error:.1%} on {points}"
    ax.set_title(title, y=STRIP[1] + STRIP[3])  # on top of the strip
    return ax


def _intervals(counts: Indices, accuracy: Array) -> Array:
    """Return the lower and the upper end of the interval of each accuracy, (2, bins)."""
    rates = (
        SuccessRate(round(n * share), int(n)) for n, share in zip(counts, accuracy, strict=True)
    )
    return np.array([rate.interval for rate in rates]).T


def _count_above(ax: Axes, calibration: Calibration) -> None:
    """Draw how many answers each bin holds, in a strip above `ax`."""
    strip = ax.inset_axes(STRIP, sharex=ax)
    edges = calibration.edges
    counts = calibration.counts
    style: Style = {"color": BLUE, "alpha": 0.5, "edgecolor": FAINT, "linewidth": 0.5}
    bars = strip.bar(edges[:-1], counts, np.diff(edges), align="edge", **style)
    strip.set(ylabel="points", yticks=[], ylim=(0, 1.05 * counts.max()))
    strip.tick_params(bottom=False, labelbottom=False)
    if len(counts) <= MOST_NUMBERED_BINS:
        strip.bar_label(bars, [f"{n:,}" for n in counts], fontsize="x-small", padding=1)
        strip.set_ylim(0, 1.5 * counts.max())  # space for the numbers on the bars
    else:
        strip.set_yticks([0, counts.max()], ["0", f"{counts.max():,}"], fontsize="x-small")
    strip.spines[["top", "right"]].set_visible(False)


def plot_roc(roc: Roc, ax: Axes | None = None) -> Axes:
    """Draw the receiver operating characteristic of each class against the rest.

    Of two classes only the second has a curve: the first's is its mirror image. Of more than 10
    the 6 with the least area are named.

    Parameters
    ----------
    roc : Roc
        Of a classifier.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    curves = _with_names(roc.curves, roc.classes)
    ax = axes_for(ax)
    ax.plot([0, 1], [0, 1], color=FAINT, ls=(0, (1, 1)), lw=1, label="chance: 0.5")
    _draw_curves(ax, curves, {})
    ax.set_xlabel("false positive rate")
    ax.set_ylabel("true positive rate")
    set_title(ax, _result("ROC area", curves, roc.n))
    return ax


def plot_precision_recall(found: PrecisionRecall, ax: Axes | None = None) -> Axes:
    """Draw the precision against the recall of each class against the rest.

    Of two classes only the second has a curve. Of more than 10 the 6 with the least area are
    named. The precision of chance is the share of a class, whatever the recall.

    Parameters
    ----------
    found : PrecisionRecall
        Of a classifier.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    curves = _with_names(found.curves, found.classes)
    ax = axes_for(ax)
    _draw_shares(ax, curves)
    # Steps, as in the sum that gives the area.
    _draw_curves(ax, curves, {"drawstyle": "steps-post"})
    ax.set_xlabel("recall")
    ax.set_ylabel("precision")
    set_title(ax, _result("average precision", curves, found.n))
    return ax


@dataclass(frozen=True, eq=False)
class _Named:
    name: str
    color: ColorType
    curve: Separation

    @property
    def label(self) -> str:
        if self.curve.x.size:
            return f"{self.name}: {_format_area(self.curve.area)}"
        return f"{self.name}: no {'others' if self.curve.share else 'samples'}"


def _format_area(area: float) -> str:
    """Return an area with three digits, and 1 only if it is."""
    text = f"{area:.3f}"
    # An area of 1 is a sum, and may be off by rounding.
    return ">0.999" if text == "1.000" and area < 1 - 1e-12 else text


def _with_names(curves: Sequence[Separation], classes: Sequence[object]) -> list[_Named]:
    """Return the curves to draw, of two classes the second's, with a name and a colour each."""
    names = [as_text(label) for label in classes]
    short = [n if len(n) <= LONGEST_NAME else f"{n[: LONGEST_NAME - 1]}…" for n in names]
    colors = class_colormap(len(curves))(range(len(curves)))
    named = [_Named(*parts) for parts in zip(short, colors, curves, strict=True)]
    return named[1:] if len(named) == 2 else named


def _draw_shares(ax: Axes, curves: list[_Named]) -> None:
    """Draw what precision chance has: a line, or two that hold the shares of all classes."""
    # By their text: shares that read alike are one line.
    shares = {f"{n.curve.share:#.2g}": n.curve.share for n in curves if n.curve.x.size}
    ends = sorted(shares, key=float)[:: max(1, len(shares) - 1)]  # the first and the last
    for end in ends:
        label = f"chance: {' to '.join(ends)}" if end == ends[0] else None
        ax.axhline(shares[end], color=FAINT, ls=(0, (1, 1)), lw=1, label=label)


def _draw_curves(ax: Axes, curves: list[_Named], style: Style) -> None:
    """Draw curves, of many the worst with their names, and a legend beside the axes."""
    there = [named for named in curves if named.curve.x.size]
    absent = [named.label for named in curves if not named.curve.x.size]
    if len(curves) > MOST_CLASSES:
        there = _draw_all_but_the_worst(ax, there, style)
        absent = [f"{len(absent)} without a curve"] if absent else []
    for index, named in enumerate(there):
        ways: Style = {"ls": DASHES[index % len(DASHES)], "lw": WIDTHS[index // len(DASHES) % 2]}
        ax.plot(named.curve.x, named.curve.y, color=named.color, label=named.label, **ways, **style)
    for label in absent:
        ax.plot([], [], ls="none", label=label)  # a line of the legend and nothing else
    ax.set(xlim=(-MARGIN, 1 + MARGIN), ylim=(-MARGIN, 1 + MARGIN))
    ax.grid(alpha=0.3)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.02), frameon=False, fontsize="small")


def _draw_all_but_the_worst(ax: Axes, there: list[_Named], style: Style) -> list[_Named]:
    """Draw all curves faintly but those with the least area; return these, the worst first."""
    ranked = sorted(there, key=lambda named: named.curve.area)
    for index, named in enumerate(others := ranked[WORST:]):
        label = f"{len(others)} others" if index == 0 else None
        faint: Style = {"color": FAINT, "lw": 0.8, "alpha": 0.5, "label": label}
        ax.plot(named.curve.x, named.curve.y, **faint, **style)
    # Of so many classes each colour is much like the next; few curves can have distinct ones.
    colors = class_colormap(WORST)(range(WORST))
    pairs = zip(ranked[:WORST], colors, strict=False)  # there may be fewer curves
    return [replace(named, color=color) for named, color in pairs]


def _result(what: str, curves: list[_Named], n: int) -> str:
    """Return a title: the area, in the mean over the classes that have a curve."""
    areas = [named.curve.area for named in curves if named.curve.x.size]
    if not areas:
        return f"no curve: one class only in {counted(n, 'point')}"
    if len(curves) == 1:
        return f"{what} {_format_area(areas[0])} on {counted(n, 'point')}"
    classes = f"{len(areas)} class{'es' if len(areas) > 1 else ''}"
    mean = _format_area(float(np.mean(areas)))
    return f"mean {what} {mean}\nof {classes} on {counted(n, 'point')}"
