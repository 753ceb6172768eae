"""Pictures of the loss and the score over the epochs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from trainfcnn._support.types import Array
from trainfcnn.plotting.style import (
    BLUE,
    FAINT,
    ORANGE,
    TICKS,
    axes_for,
    set_title,
    spans_a_decade,
    use_log_scale,
)
from trainfcnn.training.history import History


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
    _curves(history, history.loss_name, history.loss, history.validation_loss, ax)
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
    return _curves(history, history.score_name, history.score, history.validation_score, ax)


def _curves(
    history: History, name: str, training: Array, validation: Array, ax: Axes | None
) -> Axes:
    ax = axes_for(ax)
    epochs = np.arange(1, len(history) + 1)
    point = "." if len(history) == 1 else None  # a line of one point is none
    ax.plot(epochs, training, marker=point, color=BLUE, label="training")
    if len(validation):
        ax.plot(epochs, validation, "--", marker=point, color=ORANGE, label="validation")
        ax.axvline(history.best_epoch, color=FAINT, ls=":", label=f"kept: {history.best_epoch}")
        ax.legend(frameon=False)
    ax.set_xlabel("epoch")
    ax.xaxis.set_major_locator(MaxNLocator(TICKS, integer=True))
    if len(history) < 2:
        ax.set_xlim(0, 2)
    ax.set_ylabel(name)
    ends = f"{training[0]:.3g} to {training[-1]:.3g}" if len(history) else "no epochs"
    set_title(ax, f"{name}: {ends}")
    ax.grid(alpha=0.3)
    return ax
