"""Pictures of the loss and the score over the epochs."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from trainfcnn._support.types import Array
from trainfcnn.plotting.style import (
    BLUE,
    FAINT,
    GREEN,
    ORANGE,
    PALE,
    TICKS,
    axes_for,
    set_title,
    spans_a_decade,
    use_log_scale,
    use_plain_numbers,
)
from trainfcnn.training.history import History

CURVES = {"training": (BLUE, "-"), "validation": (ORANGE, "--"), "test": (GREEN, "-.")}


def plot_loss(history: History, ax: Axes | None = None) -> Axes:
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
    ax = axes_for(ax)
    # Restarts may have gone on after the network that is kept had stopped.
    epochs = np.arange(1, history.restart_losses.shape[1] + 1)
    for losses in history.restart_losses:
        ax.plot(epochs, losses, color=FAINT, lw=0.6, alpha=0.6)
    _steps(ax, history, history.step_loss)
    curves = {
        "training": history.loss,
        "validation": history.validation_loss,
        "test": history.test_loss,
    }
    _curves(history, history.loss_name, curves, ax)
    if spans_a_decade(history.loss):
        use_log_scale(ax)
    return ax


def plot_score(history: History, ax: Axes | None = None) -> Axes:
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
    ax = axes_for(ax)
    _steps(ax, history, history.step_score)
    curves = {
        "training": history.score,
        "validation": history.validation_score,
        "test": history.test_score,
    }
    return _curves(history, history.score_name, curves, ax)


def _steps(ax: Axes, history: History, values: Array) -> None:
    """Draw what was met at each step, behind the curves; epoch 1 ends at 1."""
    if len(values):
        steps = np.arange(1, len(values) + 1) / history.steps_per_epoch
        ax.plot(steps, values, color=PALE, lw=0.6, label="each step")


def _curves(history: History, name: str, curves: Mapping[str, Array], ax: Axes) -> Axes:
    training = curves["training"]
    epochs = np.arange(1, len(history) + 1)
    for sample, values in curves.items():
        if len(values):
            at = history.test_epochs if sample == "test" else epochs
            point = "." if len(values) == 1 else None  # a line of one point is none
            color, dashes = CURVES[sample]
            ax.plot(at, values, dashes, marker=point, color=color, label=sample)
    if len(curves["validation"]):
        ax.axvline(history.best_epoch, color=FAINT, ls=":", label=f"kept: {history.best_epoch}")
    if len(ax.get_legend_handles_labels()[1]) > 1:
        ax.legend(frameon=False)
    ax.set_xlabel("epoch")
    ax.xaxis.set_major_locator(MaxNLocator(TICKS, integer=True))
    use_plain_numbers(ax.yaxis)
    if len(history) < 2:
        ax.set_xlim(0, 2)
    ax.set_ylabel(name)
    set_title(ax, f"{name}: {_ends(training)}")
    ax.grid(alpha=0.3)
    return ax


def _ends(values: Array) -> str:
    """Return from where to where it went, in words where that is no number."""
    if not len(values):
        return "no epochs"
    first, last = (f"{value:.3g}" for value in values[[0, -1]])
    if not np.isfinite(values[-1]):
        return f"{first}, then diverged" if np.isfinite(values[0]) else "no number"
    return f"{first} to {last}" if len(values) > 1 else first
