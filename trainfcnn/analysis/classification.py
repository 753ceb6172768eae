"""Where a classifier goes wrong, and how far it is to be believed."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.checks import is_whole
from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.evaluation import (
    check_one_target,
    check_tested,
    predict,
    probabilities,
)
from trainfcnn.training.run import Run

Indices = NDArray[np.int64]

SLACK = 0.01  # of a sum of probabilities, which may have been rounded


def check_probabilities(probabilities: ArrayLike, y: ArrayLike) -> tuple[Array, Indices]:
    """Return probabilities (n, n_classes) and class indices (n,) as arrays, if they are such.

    Raises
    ------
    ValueError
        If they have another shape, are no probabilities or no class indices.
    """
    shares = np.asarray(probabilities)
    labels = np.asarray(y)
    if shares.ndim != 2 or shares.dtype.kind not in "fiu" or not len(shares) or len(shares.T) < 2:
        raise ValueError(
            "probabilities must be an array of numbers with a row for each of 1 or more samples "
            "and a column for each of 2 or more classes, got one of "
            f"{shares.dtype} of shape {shares.shape}: try predict_proba(X)"
        )
    sums = shares.sum(1)
    # What is not right, rather than what is wrong: comparisons with NaN are all false.
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
        Class indices: the truth, one row of the result each, and the answers, one column each.
    n_classes : int
        How many there are.

    Examples
    --------
    >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), n_classes=2)
    array([[1, 1],
           [0, 1]])
    """
    # Each pair of truth and answer as one number, its place in the flattened matrix.
    pairs = np.bincount(y * n_classes + answers, minlength=n_classes**2)
    return pairs.reshape(n_classes, n_classes)


def predictions_on_test(run: Run) -> tuple[Array, Values]:
    """Return probabilities on the test sample, (n, n_classes), and the true classes, (n,).

    Raises
    ------
    ValueError
        If the run has no classes, or no test sample.
    """
    dataset = run.dataset
    if not dataset.is_classification:
        raise ValueError(
            f"this is for classes, and {dataset.name!r} is a regression: use .score() or "
            "plot_residuals()"
        )
    check_one_target(dataset)
    check_tested(run)
    return probabilities(run, dataset.x_test), dataset.y_test


def confusion_on_test(run: Run) -> Indices:
    """Return how often each class was taken for each other on the test sample, as `confusion`."""
    shares, y = predictions_on_test(run)
    answers = predict(run, run.dataset.x_test)
    return confusion(y, answers, shares.shape[1])


@dataclass(frozen=True, eq=False)
class Mistakes:
    """The most confident errors of a classifier.

    Attributes
    ----------
    indices : array of shape (n,)
        Which samples, the most confident error first.
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
        """Return the `n` most confident, from probabilities (m, n_classes) and classes (m,).

        Examples
        --------
        >>> Mistakes.of(np.array([[0.9, 0.1], [0.3, 0.7]]), np.array([1, 1]), n=10)
        Mistakes: 1 of 1, the most confident at 90%
        """
        answers = probabilities.argmax(1)
        confidence = probabilities.max(1)
        # A network that diverged is sure of nothing: its NaNs are no mistakes.
        wrong = np.flatnonzero((answers != y) & np.isfinite(confidence))
        # Stable: many probabilities are exactly 1, and equal ones stay in the sample's order.
        chosen = wrong[np.argsort(-confidence[wrong], kind="stable")][:n]
        return cls(chosen, answers[chosen], confidence[chosen], len(wrong))

    @classmethod
    def on_test(cls, run: Run, n: int) -> "Mistakes":
        """Return the `n` most confident errors on the test sample.

        Raises
        ------
        ValueError
            If `n` is no integer of 1 or more, or there are no classes or no test sample.
        """
        shares, y = predictions_on_test(run)
        if not is_whole(n) or n < 1:
            raise ValueError(f"n must be an integer of 1 or more, got {n!r}: try n=24")
        return cls.of(shares, y, n)

    def __repr__(self) -> str:
        confident = f", the most confident at {self.confidence[0]:.0%}" if len(self.indices) else ""
        return f"Mistakes: {len(self.indices):,} of {self.total:,}{confident}"


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
        confidence = shares.max(1)
        right = shares.argmax(1) == labels
        # Inner edges alone: rounding may put a confidence a little beyond the outer ones.
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
        # An empty bin has a gap of NaN, and no weight.
        return float(np.nansum(self.counts * gaps) / self.counts.sum())

    def __repr__(self) -> str:
        return (
            f"Reliability: calibration error {self.error:.1%} on {self.counts.sum():,} points, "
            f"in {np.count_nonzero(self.counts)} of {len(self.counts)} bins"
        )


def _mean_of_bins(values: Values, bins: Indices, counts: Indices) -> Array:
    """Return the mean of the `values` (n,) in each bin, (bins,), NaN where there are none."""
    sums = np.bincount(bins, values, minlength=len(counts))
    # `where` leaves NaN in empty bins, and spares the warning of 0 / 0.
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
    # For a class that is nowhere, or everywhere: one of the two rates is 0 / 0 then.
    nothing = np.empty(0), np.empty(0), np.nan
    return [
        Separation(*(curve(own, column) if 0 < own.sum() < len(own) else nothing), own.mean())
        for own, column in zip(_one_row_each(labels, len(shares.T)), shares.T, strict=True)
    ]


def _one_row_each(labels: Indices, n_classes: int) -> Values:
    # (n,) against (n_classes, 1) -> (n_classes, n).
    own: Values = labels == np.arange(n_classes)[:, None]
    return own


def _roc(own: Values, column: Array) -> Points:
    from sklearn.metrics import auc, roc_curve

    false, true, _ = roc_curve(own, column)
    return false, true, float(auc(false, true))


def _precision_recall(own: Values, column: Array) -> Points:
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision, recall, _ = precision_recall_curve(own, column, drop_intermediate=True)
    # A sum of steps: trapezoids between thresholds would promise too much (see its documentation).
    return recall, precision, float(average_precision_score(own, column))
