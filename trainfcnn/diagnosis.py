"""Where a network goes wrong, how far it is to be believed, and how often a training succeeds."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn.checks import is_whole
from trainfcnn.datasets import Array, Values

Indices = NDArray[np.int64]

Z = 1.96  # standard deviations on either side hold 95 % of a normal distribution
SLACK = 0.01  # of a sum of probabilities, which may have been rounded


def check_probabilities(probabilities: ArrayLike, y: ArrayLike) -> tuple[Array, Indices]:
    """Return probabilities (n, n_classes) and class indices (n,) as arrays, if they are such.

    Raises
    ------
    ValueError
        If they have another shape, are no probabilities or no class indices.
    """
    shares, labels = np.asarray(probabilities), np.asarray(y)
    if shares.ndim != 2 or shares.dtype.kind not in "fiu" or not len(shares) or len(shares.T) < 2:
        raise ValueError(
            "probabilities must be an array of numbers with a row for each of 1 or more samples "
            "and a column for each of 2 or more classes, got one of "
            f"{shares.dtype} of shape {shares.shape}: try predict_proba(X)"
        )
    sums = shares.sum(1)
    bad = np.flatnonzero(~((shares >= 0).all(1) & (np.abs(sums - 1) <= SLACK)))
    if len(bad):
        raise ValueError(
            "probabilities must be 0 or more, with a sum of 1 in each row, got "
            f"{np.array2string(shares[bad[0]], precision=3, threshold=6)} in row {bad[0]}: "
            "try predict_proba(X) of a training that did not diverge"
        )
    return shares.astype(np.float64), _check_indices(labels, *shares.shape)


def _check_indices(labels: Values, n: int, n_classes: int) -> Indices:
    if labels.shape != (n,):
        raise ValueError(
            f"y must have shape ({n},), the class of each row of probabilities, got "
            f"{labels.shape}: give both of the same samples"
        )
    if labels.dtype.kind not in "biu":
        raise ValueError(
            f"y must hold class indices, integers from 0 to {n_classes - 1}, got "
            f"{labels[:1].tolist()[0]!r}: use the y of a Dataset"
        )
    strange = labels[(labels < 0) | (labels >= n_classes)]
    if len(strange):
        raise ValueError(
            f"y must hold class indices, integers from 0 to {n_classes - 1}, got "
            f"{strange[0]}: give a column of probabilities for each class"
        )
    return labels.astype(np.int64)


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


@dataclass(frozen=True, eq=False)
class Reliability:
    """Whether a classifier is right as often as it says: its answers, in bins of confidence.

    Attributes
    ----------
    confidence : array of shape (bins,)
        The mean probability of the answers in each bin; NaN in an empty one.
    accuracy : array of shape (bins,)
        The share of them that is right; NaN in an empty one.
    counts : array of shape (bins,)
        How many there are.
    edges : array of shape (bins + 1,)
        Between the bins, rising; what lies on one belongs to the bin below.
    """

    confidence: Array
    accuracy: Array
    counts: Indices
    edges: Array

    @classmethod
    def of(cls, probabilities: ArrayLike, y: ArrayLike, n_bins: int = 10) -> "Reliability":
        """Return that of the answers, the most probable class of each sample.

        The bins are of equal width between 1 / n_classes, what chance gives, and 1. An answer is
        never less probable, and bins from 0 on would stand empty: half of them, for two classes.

        Parameters
        ----------
        probabilities : array of shape (n, n_classes)
            Of every class, for each sample.
        y : array of shape (n,)
            The class indices of the samples.
        n_bins : int
            How many there are to be.

        Raises
        ------
        ValueError
            If these are no probabilities, no class indices or no number of bins.

        Examples
        --------
        >>> Reliability.of([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7]], [0, 1, 1], n_bins=5)
        Reliability: calibration error 36.7% on 3 points, in 2 of 5 bins
        """
        if not is_whole(n_bins) or index(n_bins) < 1:
            raise ValueError(f"n_bins must be an integer of 1 or more, got {n_bins!r}: try 10")
        shares, labels = check_probabilities(probabilities, y)
        edges = np.linspace(1 / len(shares.T), 1, index(n_bins) + 1)
        confidence, right = shares.max(1), shares.argmax(1) == labels
        bins = np.searchsorted(edges[1:-1], confidence)
        counts = np.bincount(bins, minlength=len(edges) - 1)
        means = [_mean_of_bins(values, bins, counts) for values in (confidence, right)]
        return cls(means[0], means[1], counts, edges)

    @property
    def error(self) -> float:
        """The expected calibration error (Guo et al. 2017, arXiv 1706.04599, eq. 3).

        How far accuracy is from confidence, in the mean over the samples.
        """
        gaps = np.abs(self.accuracy - self.confidence)
        return float(np.nansum(self.counts * gaps) / self.counts.sum())

    def __repr__(self) -> str:
        return (
            f"Reliability: calibration error {self.error:.1%} on {self.counts.sum():,} points, "
            f"in {np.count_nonzero(self.counts)} of {len(self.counts)} bins"
        )


def _mean_of_bins(values: Values, bins: Indices, counts: Indices) -> Array:
    """Return the mean of the `values` (n,) in each bin, (bins,), NaN where there are none."""
    sums = np.bincount(bins, values, minlength=len(counts))
    means: Array = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
    return means


@dataclass(frozen=True, eq=False)
class Separation:
    """How well the probability of one class tells it from the others, at every threshold.

    Attributes
    ----------
    x, y : array of shape (points,)
        A curve; empty where the class or the others are absent.
    area : float
        Under it; NaN where there is none.
    share : float
        Of the samples that are of this class.
    """

    x: Array
    y: Array
    area: float
    share: float

    def __repr__(self) -> str:
        return f"Separation: area {self.area:.3f}, share {self.share:.1%}"


Points = tuple[Array, Array, float]  # x, y and the area under them


def roc_curves(probabilities: ArrayLike, y: ArrayLike) -> list[Separation]:
    """Return the true positive rate against the false one, of each class against the rest.

    After Fawcett 2006, Pattern Recognit. Lett. 27:861. An area of 1/2 is chance.

    Parameters
    ----------
    probabilities : array of shape (n, n_classes)
        Of every class, for each sample.
    y : array of shape (n,)
        The class indices of the samples.

    Raises
    ------
    ValueError
        If these are no probabilities or no class indices.

    Examples
    --------
    >>> roc_curves([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]], [0, 1, 1])[1]
    Separation: area 1.000, share 66.7%
    """
    return _separations(probabilities, y, _roc)


def precision_recall_curves(probabilities: ArrayLike, y: ArrayLike) -> list[Separation]:
    """Return the precision against the recall, of each class against the rest.

    Its area is the average precision: the precision at every threshold, weighted by the recall it
    adds. The share of the class is chance.

    Parameters
    ----------
    probabilities : array of shape (n, n_classes)
        Of every class, for each sample.
    y : array of shape (n,)
        The class indices of the samples.

    Raises
    ------
    ValueError
        If these are no probabilities or no class indices.

    Examples
    --------
    >>> precision_recall_curves([[0.1, 0.9], [0.4, 0.6], [0.3, 0.7]], [0, 1, 1])[1]
    Separation: area 0.583, share 66.7%
    """
    return _separations(probabilities, y, _precision_recall)


def _separations(
    probabilities: ArrayLike, y: ArrayLike, curve: Callable[[Values, Array], Points]
) -> list[Separation]:
    shares, labels = check_probabilities(probabilities, y)
    nothing = np.empty(0), np.empty(0), np.nan
    return [
        Separation(*(curve(own, column) if 0 < own.sum() < len(own) else nothing), own.mean())
        for own, column in zip(_one_row_each(labels, len(shares.T)), shares.T, strict=True)
    ]


def _one_row_each(labels: Indices, n_classes: int) -> Values:
    own: Values = labels == np.arange(n_classes)[:, None]
    return own


def _roc(own: Values, column: Array) -> Points:
    from sklearn.metrics import auc, roc_curve

    false, true, _ = roc_curve(own, column)
    return false, true, float(auc(false, true))


def _precision_recall(own: Values, column: Array) -> Points:
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision, recall, _ = precision_recall_curve(own, column, drop_intermediate=True)
    return recall, precision, float(average_precision_score(own, column))


@dataclass(frozen=True, eq=False)
class Residuals:
    """How far the answers of a regression are from the truth.

    Attributes
    ----------
    truth, values : array of shape (n,)
        The targets, and the predictions minus these, in the unit of the targets.
    """

    truth: Array
    values: Array

    @classmethod
    def of(cls, y: ArrayLike, predictions: ArrayLike) -> "Residuals":
        """Return those of targets (n,) and predictions (n,).

        Raises
        ------
        ValueError
            If these are no finite numbers, or not as many of one as of the other.

        Examples
        --------
        >>> Residuals.of([0.0, 1.0, 2.0], [0.1, 1.0, 1.9])
        Residuals: RMSE 0.0816, R² 0.9900 on 3 points
        """
        truth, said = _check_numbers("y", y), _check_numbers("predictions", predictions)
        if len(truth) != len(said):
            raise ValueError(
                f"predictions must be as many as y, {len(truth)}, got {len(said)}: "
                "give both of the same samples"
            )
        return cls(truth, said - truth)

    @property
    def rmse(self) -> float:
        """The root of the mean squared residual, in the unit of the targets."""
        return float(np.sqrt(np.mean(self.values**2)))

    @property
    def r2(self) -> float:
        """1 - MSE / variance; where nothing varies, 1 if all is right and else 0."""
        variance = float(self.truth.var())
        return 1 - self.rmse**2 / variance if variance > 0 else float(self.rmse == 0)

    def __repr__(self) -> str:
        return f"Residuals: RMSE {self.rmse:.3g}, R² {self.r2:.4f} on {len(self.values):,} points"


def _check_numbers(name: str, given: ArrayLike) -> Array:
    values = np.asarray(given)
    if values.ndim != 1 or not values.size or values.dtype.kind not in "fiu":
        raise ValueError(
            f"{name} must be a row of 1 or more numbers, got an array of {values.dtype} of shape "
            f"{values.shape}: give one for each sample"
        )
    if not np.isfinite(values).all():
        first = np.flatnonzero(~np.isfinite(values))[0]
        raise ValueError(
            f"{name} must be finite, got {values[first]} at {first}: leave such samples out"
        )
    return values.astype(np.float64)


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
