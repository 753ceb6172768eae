"""Where a classifier goes wrong, and how far it is to be believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.checks import is_whole
from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.evaluation import check_tested, predict, probabilities
from trainfcnn.data.dataset import Dataset
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    check_tested(run)
    return probabilities(run, dataset.x_test), dataset.y_test


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often each class was taken for each other.

    Attributes
    ----------
    counts : array of shape (n_classes, n_classes)
        ``counts[i, j]`` samples of class i were taken for class j.
    classes : tuple
        Their names.
    """

    counts: Indices
    classes: tuple[object, ...]

    @classmethod
    def from_predictions(cls, y: Values, answers: Values, classes: Sequence[object]) -> "Confusion":
        """Return that of the truth and the answers, class indices (n,) of the named classes.

        Examples
        --------
        >>> Confusion.from_predictions(np.array([0, 0, 1]), np.array([0, 1, 1]), ["cat", "dog"])
        Confusion: 1 mistake in 3 answers
        """
        return cls(confusion(y, answers, len(classes)), tuple(classes))

    @classmethod
    def from_run(cls, run: Run) -> "Confusion":
        """Return that of the test sample.

        Raises
        ------
        ValueError
            If the run has no classes, or no test sample.
        """
        _, y = predictions_on_test(run)
        return cls.from_predictions(y, predict(run, run.dataset.x_test), run.dataset.classes)

    @property
    def n_mistakes(self) -> int:
        """How many answers are wrong."""
        return int(self.counts.sum() - self.counts.trace())

    def __repr__(self) -> str:
        total = int(self.counts.sum())
        mistakes = f"{self.n_mistakes:,} mistake{'s' * (self.n_mistakes != 1)}"
        return f"Confusion: {mistakes} in {total:,} answer{'s' * (total != 1)}"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it; see `plot_confusion`."""
        from trainfcnn import plotting

        return plotting.plot_confusion(self.counts, self.classes, ax)


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
    dataset : Dataset, optional
        In whose test sample they are.
    """

    indices: Indices
    answers: Indices
    confidence: Array
    total: int
    dataset: Dataset | None = None

    @classmethod
    def from_predictions(
        cls, probabilities: Array, y: Values, n: int, dataset: Dataset | None = None
    ) -> "Mistakes":
        """Return the `n` most confident, from probabilities (m, n_classes) and classes (m,).

        Examples
        --------
        >>> Mistakes.from_predictions(np.array([[0.9, 0.1], [0.3, 0.7]]), np.array([1, 1]), n=10)
        Mistakes: 1 of 1, the most confident at 90%
        """
        answers = probabilities.argmax(1)
        confidence = probabilities.max(1)
        # A network that diverged is sure of nothing: its NaNs are no mistakes.
        wrong = np.flatnonzero((answers != y) & np.isfinite(confidence))
        # Stable: many probabilities are exactly 1, and equal ones stay in the sample's order.
        chosen = wrong[np.argsort(-confidence[wrong], kind="stable")][:n]
        return cls(chosen, answers[chosen], confidence[chosen], len(wrong), dataset)

    @classmethod
    def from_run(cls, run: Run, n: int) -> "Mistakes":
        """Return the `n` most confident errors on the test sample.

        Raises
        ------
        ValueError
            If `n` is no integer of 1 or more, or there are no classes or no test sample.
        """
        shares, y = predictions_on_test(run)
        if not is_whole(n) or n < 1:
            raise ValueError(f"n must be an integer of 1 or more, got {n!r}: try n=24")
        return cls.from_predictions(shares, y, n, run.dataset)

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw these images; see `plot_mistakes`.

        Raises
        ------
        ValueError
            If they are not known, or no images.
        """
        from trainfcnn import plotting

        if self.dataset is None:
            raise ValueError(
                "mistakes are drawn as the images of a data set, got none: use Mistakes.from_run"
            )
        return plotting.plot_mistakes(self.dataset, self, ax)

    def __repr__(self) -> str:
        confident = f", the most confident at {self.confidence[0]:.0%}" if len(self.indices) else ""
        return f"Mistakes: {len(self.indices):,} of {self.total:,}{confident}"


@dataclass(frozen=True, eq=False)
class Calibration:
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
    def from_predictions(
        cls, probabilities: ArrayLike, y: ArrayLike, n_bins: int = 10
    ) -> "Calibration":
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
        >>> Calibration.from_predictions([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7]], [0, 1, 1], n_bins=5)
        Calibration: calibration error 36.7% on 3 points, in 2 of 5 bins
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

    @classmethod
    def from_run(cls, run: Run, n_bins: int = 10) -> "Calibration":
        """Return that of the test sample.

        Raises
        ------
        ValueError
            If the run has no classes, or no test sample.
        """
        return cls.from_predictions(*predictions_on_test(run), n_bins)

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it; see `plot_calibration`."""
        from trainfcnn import plotting

        return plotting.plot_calibration(self, ax)

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
            f"Calibration: calibration error {self.error:.1%} on {self.counts.sum():,} points, "
            f"in {np.count_nonzero(self.counts)} of {len(self.counts)} bins"
        )


def _mean_of_bins(values: Values, bins: Indices, counts: Indices) -> Array:
    """Return the mean of the `values` (n,) in each bin, (bins,), NaN where there are none."""
    sums = np.bincount(bins, values, minlength=len(counts))
    # `where` leaves NaN in empty bins, and spares the warning of 0 / 0.
    means: Array = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
    return means
