"""How often a training succeeds."""

from dataclasses import dataclass

import numpy as np

Z = 1.96  # standard deviations on either side hold 95 % of a normal distribution


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
        n = self.n
        share = self.share
        middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
        reach = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
        # The ends of 0 of n, and n of n, are 0 and 1 but for rounding: it must not push them past.
        low = max(0.0, min(share, float(middle - reach)))
        high = min(1.0, max(share, float(middle + reach)))
        return low, high

    def __float__(self) -> float:
        return self.share

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"{self.successes} of {self.n} ({self.share:.1%}; 95% interval {low:.1%} to {high:.1%})"
        )
