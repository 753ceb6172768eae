"""Which two features tell most of the targets: those that are drawn where nobody says."""

import numpy as np

from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Dataset

BINS = 8
MOST_ASKED = 5_000  # samples


def telling_pair(dataset: Dataset) -> tuple[int, int]:
    """Return the places of the two features that tell most of the targets, each on its own.

    Measured by the correlation ratio: the share of the targets' variance between bins of a
    feature. Indicators come last, as there is no plane between 0 and 1.
    """
    x = dataset.x[:MOST_ASKED]
    y = dataset.y[:MOST_ASKED]
    values = y.reshape(len(y), -1).astype(np.float64)
    targets = np.eye(len(dataset.classes))[y] if dataset.classes else values
    is_number = [len(np.unique(column)) > 2 for column in x.T]
    ratios = [correlation_ratio(column, targets) for column in x.T]
    # of equals the first: a stable sort of what is to be large, turned round
    order = np.lexsort((np.arange(len(ratios)), -np.array(ratios), ~np.array(is_number)))
    first, second = sorted(map(int, order[:2]))
    return first, second


def correlation_ratio(feature: Array, targets: Values) -> float:
    """Return how much of the variance of targets (n, k) lies between bins of a feature (n,).

    Examples
    --------
    >>> line = np.linspace(-1, 1, 800)
    >>> round(correlation_ratio(line, np.square(line)[:, None]), 2)
    0.92
    """
    edges = np.unique(np.quantile(feature, np.arange(1, BINS) / BINS))
    bins = np.searchsorted(edges, feature, side="right")
    counts = np.bincount(bins, minlength=BINS)
    centred = targets - targets.mean(0)
    whole = float(np.square(centred).sum())
    sums = np.stack([np.bincount(bins, column, minlength=BINS) for column in centred.T])
    between = float((np.square(sums) / np.maximum(counts, 1)).sum())
    return between / whole if whole > 0 else 0.0
