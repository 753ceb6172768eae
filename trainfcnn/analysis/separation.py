"""How well a classifier tells each class from the rest, whatever the threshold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.classification import Indices, check_probabilities, predictions_on_test
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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


@dataclass(frozen=True, eq=False)
class AgainstTheRest:
    """A curve for each class against the rest.

    Attributes
    ----------
    curves : tuple of Separation
        One for each class.
    classes : tuple
        Their names.
    n : int
        Of how many samples.
    """

    curves: tuple[Separation, ...]
    classes: tuple[object, ...]
    n: int

    @classmethod
    def from_predictions(
        cls, probabilities: ArrayLike, y: ArrayLike, classes: Sequence[object]
    ) -> Self:
        """Return the curves of probabilities (n, n_classes) for samples of classes (n,).

        Raises
        ------
        ValueError
            If these are no probabilities or no class indices, or not as many names as columns.
        """
        curves = cls._curves_of(probabilities, y)
        if len(classes) != len(curves):
            raise ValueError(
                f"classes must name all {len(curves)} columns of probabilities, got {len(classes)} "
                "names: use the classes of the data set"
            )
        return cls(tuple(curves), tuple(classes), len(np.asarray(y)))

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Return the curves of the test sample.

        Raises
        ------
        ValueError
            If the run has no classes, or no test sample.
        """
        return cls.from_predictions(*predictions_on_test(run), run.dataset.classes)

    @staticmethod
    def _curves_of(probabilities: ArrayLike, y: ArrayLike) -> list[Separation]:
        raise NotImplementedError

    def __repr__(self) -> str:
        areas = ", ".join(f"{curve.area:.3f}" for curve in self.curves)
        return f"{type(self).__name__}: areas {areas} on {self.n:,} samples"


class Roc(AgainstTheRest):
    """The receiver operating characteristic of each class against the rest.

    Examples
    --------
    >>> Roc.from_predictions([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]], [0, 1, 1], ["cat", "dog"])
    Roc: areas 1.000, 1.000 on 3 samples
    """

    _curves_of = staticmethod(roc_curves)

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw them; see `plot_roc`."""
        from trainfcnn import plotting

        return plotting.plot_roc(self, ax)


class PrecisionRecall(AgainstTheRest):
    """The precision against the recall of each class against the rest.

    Examples
    --------
    >>> shares = [[0.1, 0.9], [0.4, 0.6], [0.3, 0.7]]
    >>> PrecisionRecall.from_predictions(shares, [0, 1, 1], ["cat", "dog"])
    PrecisionRecall: areas 0.333, 0.583 on 3 samples
    """

    _curves_of = staticmethod(precision_recall_curves)

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw them; see `plot_precision_recall`."""
        from trainfcnn import plotting

        return plotting.plot_precision_recall(self, ax)
