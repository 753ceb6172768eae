"""The columns of a sweep's table that tell of scores, and the table as text."""

from collections.abc import Sequence

import numpy as np

from trainfcnn._support.types import Array

Columns = tuple[list[str], list[list[str]]]  # their names, and the cells of each row


def quantiles_of(values: Array, q: Sequence[float]) -> Array:
    """Return quantiles of scores or losses, of which some may be infinite, as they diverged."""
    # between two of which one is infinite lies no number, and between two that are lies none
    between = "linear" if np.isfinite(values).all() else "lower"
    with np.errstate(invalid="ignore"):
        return np.asarray(np.quantile(values, q, method=between))  # type: ignore[call-overload]


def scores_columns(scores: Sequence[Array], test_scores: Sequence[Array]) -> Columns:
    """Return columns on networks of the same samples: a row for each array of scores."""
    rows = []
    for score, test_score in zip(scores, test_scores, strict=True):
        with np.errstate(invalid="ignore"):
            mean = test_score.mean()
        rows.append([*map(_cell, (*quantiles_of(score, (0, 0.5, 1)), mean))])
    return ["worst", "median", "best", "mean test"], rows


def folds_columns(test_scores: Sequence[Array]) -> Columns:
    """Return columns on networks that were each scored on the fold they were not trained on."""
    with np.errstate(invalid="ignore"):
        means = [score.mean() for score in test_scores]
        rows = [
            [*map(_cell, (score.mean(), score.std(), score.min(), score.max()))]
            for score in test_scores
        ]
    for row, mean in zip(rows, means, strict=True):
        row.append("-" if np.isnan(mean) else str(1 + sum(other > mean for other in means)))
    return ["mean", "std", "worst", "best", "rank"], rows


def _cell(score: float) -> str:
    return "undefined" if np.isnan(score) else f"{score:.4f}"


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Return lines of cells as text, each column as wide as its widest cell.

    Examples
    --------
    >>> print(aligned([["lr", "networks"], ["0.01", "3"]]))
      lr  networks
    0.01         3
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
