"""All targets of a run in one figure: answers against the truth, and the loss."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from trainfcnn._support.types import Array
from trainfcnn.analysis.targets import OneTarget, each_target
from trainfcnn.plotting.history import plot_loss
from trainfcnn.plotting.style import (
    BLUE,
    COLUMN_SIZE,
    FAINT,
    LONGEST_NAME,
    ORANGE,
    as_text,
    new_figure,
    set_title,
    thinned,
)
from trainfcnn.training.run import Run

MOST_TARGETS = 7  # drawn, so that with the loss there are two rows of four
MOST_COLUMNS = 4
MOST_POINTS = 400
STRIP = 0.18  # half the width in which the points of a label lie side by side
GOLDEN = 0.6180339887  # whose multiples fill a strip evenly, and alike each time


def plot_targets(run: Run, headline: str, title: str) -> Figure:
    """Draw of every target the answers against the truth, and last the loss of all.

    They are those on the test sample, where there is one. Of labels it is the probability of each,
    for samples that have it and for those that have not; what is answered wrongly is a cross.

    Parameters
    ----------
    run : Run
        Of several targets; of more than seven the first seven are drawn.
    headline, title : str
        Lines above all of it, and below.

    Returns
    -------
    Figure
        A notebook shows it; save it with ``figure.savefig("name.png")``.
    """
    found = each_target(run)
    shown = found[:MOST_TARGETS]
    n = len(shown) + 1
    rows = -(-n // MOST_COLUMNS)
    columns = -(-n // rows)
    width, height = COLUMN_SIZE
    figure = new_figure((columns * width * 0.8, rows * height + 0.6), headline)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for one, ax in zip(shown, axes, strict=False):
        (_draw_label if one.is_label else _draw_values)(ax, one)
    set_title(plot_loss(run.history, axes[n - 1]), "loss of all")  # its own may be too long
    for ax in axes[n:]:
        ax.remove()
    rest = len(found) - len(shown)
    more = f"; {rest} more target{'s' * (rest > 1)} not drawn" if rest else ""
    figure.supxlabel(f"{as_text(title)}{more}", fontsize="x-small", wrap=True)
    return figure


def _draw_values(ax: Axes, one: OneTarget) -> None:
    few = thinned(len(one.truth), MOST_POINTS)
    ends = min(one.truth.min(), one.answers.min()), max(one.truth.max(), one.answers.max())
    ax.plot(ends, ends, color=FAINT, lw=1.2)
    ax.plot(one.truth[few], one.answers[few], ".", color=BLUE, ms=4, alpha=0.6)
    ax.set_xlabel(f"truth{_some(one, few)}")
    ax.set_ylabel("prediction")
    _finish(ax, one)


def _draw_label(ax: Axes, one: OneTarget) -> None:
    few = thinned(len(one.truth), MOST_POINTS)
    truth = one.truth[few]
    shares = one.answers[few]
    aside = STRIP * (2 * (np.arange(len(truth)) * GOLDEN % 1) - 1)
    right = (shares > 0.5) == (truth > 0)
    ax.axhline(0.5, color=FAINT, lw=1.2)
    for mask, mark, color in ((right, ".", BLUE), (~right, "x", ORANGE)):
        _dots(ax, truth + aside, shares, mask, mark, color)
    ax.set_xticks([0, 1], ["has it not", "has it"])
    ax.set_xlim(-0.5, 1.5)
    ax.set_ylim(-0.04, 1.04)
    ax.set_xlabel(f"truth{_some(one, few)}")
    ax.set_ylabel("probability")
    _finish(ax, one)


def _dots(ax: Axes, x: Array, y: Array, mask: NDArray[np.bool_], mark: str, color: str) -> None:
    ax.plot(x[mask], y[mask], mark, color=color, ms=4, alpha=0.7)


def _finish(ax: Axes, one: OneTarget) -> None:
    name = one.name if len(one.name) <= LONGEST_NAME else f"{one.name[: LONGEST_NAME - 1]}…"
    set_title(ax, f"{as_text(name)}\n{one.score}")
    ax.grid(alpha=0.3)


def _some(one: OneTarget, few: slice) -> str:
    n = len(one.truth)
    shown = len(range(n)[few])
    return f" ({shown:,} of {n:,} points drawn)" if shown < n else ""
