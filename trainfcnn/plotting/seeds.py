"""A training among those that begin with other weights: its loss, and its score."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, StrMethodFormatter

from trainfcnn._support.types import Array
from trainfcnn.analysis.seeds import OtherSeeds
from trainfcnn.nn.tasks import Task
from trainfcnn.plotting.style import (
    BLUE,
    FAINT,
    ORANGE,
    axes_for,
    set_title,
    spans_a_decade,
    use_log_scale,
)
from trainfcnn.training.history import History

BINS = 13  # an odd number: where all are alike, they stand in the middle of one
FEW_TICKS = 3


def plot_loss_among(history: History, others: OtherSeeds, ax: Axes | None = None) -> Axes:
    """Draw the loss over the epochs as one line among those of other initial weights.

    Parameters
    ----------
    history : History
        Of the training.
    others : OtherSeeds
        What else was trained; there may be none.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    if len(history) and not np.isfinite(history.loss).any():
        _say(ax, "no loss was finite")
    epochs = np.arange(1, len(history) + 1)
    mark = "." if len(history) == 1 else None  # a line of one point is none
    for losses in others.losses:
        theirs = np.arange(1, len(losses) + 1)
        ax.plot(theirs, losses, color=FAINT, lw=0.5, alpha=0.5, marker=mark)
    ax.plot(epochs, history.loss, color=BLUE, lw=1.6, marker=mark)
    if len(history.validation_loss):
        ax.plot(epochs, history.validation_loss, "--", color=ORANGE, lw=1.2, marker=mark)
    # Of others that diverged the loss may be huge, and says nothing of this one.
    own = history.loss[np.isfinite(history.loss)]
    if spans_a_decade(history.loss):
        use_log_scale(ax)
    elif len(own) and len(others):
        ax.set_ylim(*_room_for(own, others.losses))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:.3g}"))
    if len(own):
        ax.xaxis.set_major_locator(MaxNLocator(FEW_TICKS, integer=True))
    if len(history) < 2:
        ax.set_xlim(0, 2)
    ax.set_xlabel(_key_of_loss(history, others))
    set_title(ax, history.loss_name)
    ax.grid(alpha=0.3)
    return ax


def _say(ax: Axes, text: str) -> None:
    """Write in the middle of axes that have nothing to show."""
    ax.text(0.5, 0.5, text, ha="center", va="center", transform=ax.transAxes)
    ax.set(xticks=[], yticks=[])


def _room_for(own: Array, others: Array) -> tuple[float, float]:
    """Return limits that hold one's own losses, and those of others unless they are far off."""
    seen = others[np.isfinite(others) & (others <= 3 * own.max())]
    low = min(own.min(), seen.min(initial=np.inf))
    high = max(own.max(), seen.max(initial=-np.inf))
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return float(low - room), float(high + room)


def _key_of_loss(history: History, others: OtherSeeds) -> str:
    lines = ["epoch" if len(history) else "no epochs"]
    if len(others):
        lines.append("blue: this one, grey: others")
    if len(history.validation_loss):
        lines.append("dashed: held out")
    return "\n".join(lines)


def plot_scores_of_seeds(
    score: float, others: OtherSeeds, task: Task, ax: Axes | None = None
) -> Axes:
    """Draw how often other initial weights reach which score, and where this one stands.

    Parameters
    ----------
    score : float
        Of the training on the test sample.
    others : OtherSeeds
        What else was trained.
    task : Task
        Which says what a score is.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    known = others.known
    seen = np.append(known, score) if np.isfinite(score) else known
    ax.yaxis.set_major_locator(MaxNLocator(FEW_TICKS, integer=True))
    if len(seen):
        ax.hist(
            known, bins=_bins(seen).tolist(), color=FAINT, ec=ax.get_facecolor(), lw=0.5, alpha=0.7
        )
        alike = seen.min() == seen.max()
        ax.xaxis.set_major_locator(FixedLocator(seen[:1].tolist()) if alike else MaxNLocator(2))
    else:
        _say(ax, "all diverged")
    if np.isfinite(score):
        ax.axvline(score, color=BLUE, lw=2)
    ax.xaxis.set_major_formatter(
        FuncFormatter(_percent) if task.is_classification else StrMethodFormatter("{x:.4g}")
    )
    ax.grid(False)
    ax.tick_params(axis="x", pad=5)  # or the first would touch the 0 of the counts
    ax.set_xlabel(f"{task.score_name} on what is new")
    set_title(ax, _rank(score, others))
    return ax


def _bins(seen: Array) -> Array:
    low = float(seen.min())
    high = float(seen.max())
    if high - low < 1e-9 * max(1, abs(high)):  # all alike: a bar of some width
        low -= 0.005
        high += 0.005
    return np.linspace(low, high, BINS + 1)


def _percent(share: float, place: object) -> str:
    return f"{100 * share:.5g}%"


def _rank(score: float, others: OtherSeeds) -> str:
    """Return how many of the others do better, and how many just as well."""
    lost = len(others) - len(others.known)
    if not np.isfinite(score):
        return f"{lost} of {len(others)} diverged" if lost else f"{len(others)} other seeds"
    better = int((others.known > score).sum())
    ties = int((others.known == score).sum())
    alike = f", {ties} tie" if ties else ""
    return f"{better} of {len(others)} better{alike}"
