"""Where a classifier goes wrong, and how often a training succeeds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainfcnn.datasets import Array, Values

Indices = NDArray[np.int64]

Z = 1.96  # standard deviations on either side hold 95 % of a normal distribution


def confusion(y: Values, answers: Values, n_classes: int) -> Indices:
    """Return how often each class was taken for each other, (n_classes, n_classes).

    Parameters
    ----------
    y, answers : array of shape (n,)
        Class indices: the truth, one row of the result each, and what was said, one column each.
    n_classes : int
        How many there are.

    Examples
    --------
    >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), n_classes=2)
    array([[1, 1],
           [0, 1]])
    """
    pairs = np.bincount(y * n_classes + answers, minlength=n_classes**2)
    return pairs.reshape(n_classes, n_classes)


@dataclass(frozen=True, eq=False)
class Mistakes:
    """The surest wrong answers of a classifier.

    Attributes
    ----------
    indices : array of shape (n,)
        Which samples, the surest mistake first.
    answers : array of shape (n,)
        The indices of the classes they were taken for.
    confidence : array of shape (n,)
        The probabilities of these.
    total : int
        How many mistakes there are, these among them.
    """

    indices: Indices
    answers: Indices
    confidence: Array
    total: int

    @classmethod
    def of(cls, probabilities: Array, y: Values, n: int) -> "Mistakes":
        """Return the `n` surest ones, from probabilities (m, n_classes) and class indices (m,).

        Examples
        --------
        >>> Mistakes.of(np.array([[0.9, 0.1], [0.3, 0.7]]), np.array([1, 1]), n=10)
        Mistakes: 1 of 1, the surest at 90%
        """
        answers, confidence = probabilities.argmax(1), probabilities.max(1)
        wrong = np.flatnonzero((answers != y) & np.isfinite(confidence))
        chosen = wrong[np.argsort(-confidence[wrong], kind="stable")][:n]
        return cls(chosen, answers[chosen], confidence[chosen], len(wrong))

    def __repr__(self) -> str:
        surest = f", the surest at {self.confidence[0]:.0%}" if len(self.indices) else ""
        return f"Mistakes: {len(self.indices):,} of {self.total:,}{surest}"


@dataclass(frozen=True)
class SuccessRate:
    """How many networks of some succeeded.

    Attributes
    ----------
    successes, n : int
        So many of so many.
    """

    successes: int
    n: int

    @property
    def share(self) -> float:
        """The share that succeeded."""
        return self.successes / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the share (Wilson 1927, J. Am. Stat. Assoc. 22:209).

        Examples
        --------
        >>> low, high = SuccessRate(50, 100).interval
        >>> round(low, 3), round(high, 3)
        (0.404, 0.596)
        """
        n, share = self.n, self.share
        middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
        reach = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
        return max(0.0, min(share, float(middle - reach))), min(
            1.0, max(share, float(middle + reach))
        )

    def __float__(self) -> float:
        return self.share

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"{self.successes} of {self.n} ({self.share:.1%}; 95% interval {low:.1%} to {high:.1%})"
        )
