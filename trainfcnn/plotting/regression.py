"""A picture of how far a regression is from the truth."""

import numpy as np
from matplotlib.axes import Axes

from trainfcnn._support.types import Array
from trainfcnn.analysis.classification import Indices
from trainfcnn.analysis.regression import Residuals
from trainfcnn.plotting.style import (
    BLUE,
    ERROR,
    FAINT,
    TICKS,
    axes_for,
    set_title,
    use_plain_numbers,
)

MOST_POINTS = 1000  # drawn
LARGEST = 50  # of those, so many are chosen for their size
BAND = (0.05, 0.95)  # quantiles


def plot_residuals(residuals: Residuals, ax: Axes | None = None) -> Axes:
    """Draw prediction minus truth against the truth, and the band that holds 90 % of them.

    Those outside it are crosses. Of more than 1,000 points the 50 furthest off are drawn, and 950
    of the others.

    Parameters
    ----------
    residuals : Residuals
        Of a regression.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    chosen = _few_with_the_largest(residuals.values)
    n = len(residuals.values)
    low, high = np.quantile(residuals.values, BAND)
    ax.axhspan(low, high, color=FAINT, alpha=0.25, lw=0)
    ax.axhline(0, color=FAINT, lw=1.2)
    truth = residuals.truth[chosen]
    values = residuals.values[chosen]
    inside = (low <= values) & (values <= high)
    ax.plot(truth[inside], values[inside], ".", color=BLUE, ms=4, alpha=0.7)
    ax.plot(truth[~inside], values[~inside], "x", color=ERROR, ms=5)
    some = f" ({len(chosen):,} of {n:,} points drawn)" if len(chosen) < n else ""
    ax.set_xlabel(f"truth{some}\nband: 90% of the residuals")
    ax.set_ylabel("residual: prediction - truth")
    ax.locator_params(nbins=TICKS)
    for axis in (ax.xaxis, ax.yaxis):
        use_plain_numbers(axis)
    set_title(ax, residuals.title)
    ax.grid(alpha=0.3)
    return ax


def _few_with_the_largest(values: Array) -> Indices:
    """Return the indices of at most 1,000 values, those furthest from 0 among them, rising."""
    order = np.argsort(-np.abs(values), kind="stable")
    if len(values) <= MOST_POINTS:
        return np.arange(len(values))
    # Back in the sample's order, and then evenly from all of it, whatever their size.
    others = np.sort(order[LARGEST:])
    even = np.linspace(0, len(others) - 1, MOST_POINTS - LARGEST).astype(np.int64)
    return np.sort(np.concatenate([order[:LARGEST], others[even]]))
