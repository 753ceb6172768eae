"""Errors on what was learnt and on what is new, against a setting."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from trainfcnn._support.types import Array
from trainfcnn.analysis.generalization import ErrorCurve
from trainfcnn.plotting.style import BLUE, ORANGE, axes_for, set_title

FEWEST_TURNED = 8  # labels, from which on they stand upright


class HasErrors(Protocol):
    """A `Sweep`, as far as this picture knows it."""

    def errors(self) -> ErrorCurve:
        """Return the errors of all its networks, as one value of a setting."""


def compare_sweeps(
    sweeps: Mapping[object, HasErrors], name: str = "", ax: Axes | None = None
) -> Axes:
    """Draw errors on training and test sample of several sweeps, one beside the other.

    Parameters
    ----------
    sweeps : mapping
        From what each differs in, such as its `n_samples`, to the `Sweep`.
    name : str
        What they differ in.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is none, or they are of different kinds.

    Examples
    --------
    >>> from trainfcnn import sweep
    >>> few, many = (sweep("xor", n_samples=n, seeds=2, epochs=5) for n in (20, 100))
    >>> compare_sweeps({20: few, 100: many}, "points").get_xlabel()
    'points'
    """
    if not isinstance(sweeps, Mapping) or not sweeps:
        raise ValueError(
            f"sweeps must be a dict of one or more, got {sweeps!r}: try {{20: sweep(...)}}"
        )
    curves = [one.errors() for one in sweeps.values()]
    kinds = {curve.task.kind for curve in curves}
    if len(kinds) > 1:
        raise ValueError(
            f"sweeps must be of one kind, got {', '.join(sorted(kinds))}: leave some out"
        )
    joined = ErrorCurve(
        name,
        tuple(map(str, sweeps)),
        np.concatenate([curve.training for curve in curves], axis=1),
        np.concatenate([curve.test for curve in curves], axis=1),
        tuple(count for curve in curves for count in curve.counts),
        curves[0].task,
    )
    return plot_errors(joined, ax)


def plot_errors(curve: ErrorCurve, ax: Axes | None = None) -> Axes:
    """Draw errors on training and test sample against a setting, with their quartiles.

    Parameters
    ----------
    curve : ErrorCurve
        Of some networks at each value of the setting.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    places = np.arange(len(curve.labels), dtype=np.float64)
    _band(ax, places, curve.test, ORANGE, "s", "new points")
    _band(ax, places, curve.training, BLUE, "o", "learnt points")
    ax.axvline(curve.best, color=ORANGE, ls=":", lw=1.2)
    turned = 90 if len(curve.labels) >= FEWEST_TURNED and max(map(len, curve.labels)) > 4 else 0
    ax.set_xticks(places, curve.labels, rotation=turned)
    ax.set_xlabel(curve.field)
    ax.set_ylim(0, None)
    if curve.task.is_classification:
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=None))
        ax.set_ylabel("wrong answers")
    else:
        ax.set_ylabel("1 - R²")
    ax.legend(frameon=False, fontsize="small", title=_key(curve), title_fontsize="small")
    ax.grid(alpha=0.3)
    set_title(ax, _headline(curve))
    return ax


def _band(ax: Axes, places: Array, quartiles: Array, color: str, marker: str, label: str) -> None:
    low, middle, high = quartiles
    ax.fill_between(places, low, high, color=color, alpha=0.25, lw=0)
    ax.plot(places, middle, color=color, marker=marker, ms=5, label=label)


def _key(curve: ErrorCurve) -> str:
    counts = sorted(set(curve.counts))
    told = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"median and quartiles of {told} networks"


def _headline(curve: ErrorCurve) -> str:
    least = curve.test[1, curve.best]
    if not curve.task.is_classification:
        return f"at best 1 - R² {least:.3g} on new points"
    return f"at best {least:.1%} wrong on new points"
