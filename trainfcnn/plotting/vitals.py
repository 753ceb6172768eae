"""Dead units and norms of gradients over the epochs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from trainfcnn.analysis.vitals import Vitals
from trainfcnn.plotting.style import CLASS_COLORS, MARKERS, TICKS, axes_for, set_title, use_decades


def plot_dead_units(vitals: Vitals, ax: Axes | None = None) -> Axes:
    """Draw how many units of each hidden layer are dead, over the epochs.

    Parameters
    ----------
    vitals : Vitals
        Of a training.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    shares = vitals.dead / np.maximum(1, vitals.sizes) * 100
    for layer, share in enumerate(shares.T):
        _line(ax, vitals, share, layer, f"hidden layer {layer}")
    ax.set_ylim(-3, 103)
    ax.set_ylabel("dead units (%)")
    n = int(vitals.dead[-1].sum())
    total = sum(vitals.sizes)
    set_title(ax, f"{n} of {total} units dead at the end" if n else f"none of {total} units died")
    _frame(ax, vitals)
    return ax


def plot_gradient_norms(vitals: Vitals, ax: Axes | None = None) -> Axes:
    """Draw the norm of the gradient of each layer over the epochs, on a log scale.

    Parameters
    ----------
    vitals : Vitals
        Of a training.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    norms = vitals.gradient_norms
    for layer, norm in enumerate(norms.T):
        is_last = layer == norms.shape[1] - 1
        _line(ax, vitals, norm, layer, "output layer" if is_last else f"hidden layer {layer}")
    if (norms > 0).any():
        ax.set_yscale("log")
        use_decades(ax.yaxis)
    ax.set_ylabel("norm of the gradient")
    begin, end = (np.linalg.norm(row) for row in norms[[0, -1]])
    told = f"gradient {begin:.2g} at first, {end:.2g} at last"
    if still := int((norms[-1] == 0).sum()):
        told = f"no gradient in {still} of {norms.shape[1]} layers at last"
    set_title(ax, told)
    _frame(ax, vitals)
    return ax


def _line(ax: Axes, vitals: Vitals, values: np.ndarray, layer: int, label: str) -> None:
    # Where lines lie on each other, the lower ones show beside the upper ones.
    width = 1.3 + 0.8 * (vitals.gradient_norms.shape[1] - 1 - layer)
    color = CLASS_COLORS[layer % len(CLASS_COLORS)]
    marker = MARKERS[layer % len(MARKERS)]
    ax.plot(vitals.epochs, values, color=color, marker=marker, ms=3, lw=width, label=label)


def _frame(ax: Axes, vitals: Vitals) -> None:
    ax.set_xlabel("epoch")
    ax.xaxis.set_major_locator(MaxNLocator(TICKS, integer=True))
    if len(vitals.epochs) > 1:
        ax.set_xlim(0, vitals.epochs[-1])
    ax.legend(frameon=False, fontsize="small")
    ax.grid(alpha=0.3)
