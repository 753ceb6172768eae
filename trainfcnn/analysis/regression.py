"""How far a regression is from the truth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.evaluation import check_one_target, check_tested, predict
from trainfcnn.nn.tasks import TASKS
from trainfcnn.training.run import Run


def values_on_test(run: Run) -> tuple[Values, Values]:
    """Return targets and predictions on the test sample, (n,) each.

    Raises
    ------
    ValueError
        If the run has classes, or no test sample.
    """
    dataset = run.dataset
    if dataset.is_classification:
        raise ValueError(
            f"residuals are for a regression, and {dataset.name!r} has classes: use "
            "plot_calibration() or plot_confusion()"
        )
    check_one_target(dataset)
    check_tested(run)
    return dataset.y_test, predict(run, dataset.x_test)


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
        truth = _check_numbers("y", y)
        predicted = _check_numbers("predictions", predictions)
        if len(truth) != len(predicted):
            raise ValueError(
                f"predictions must be as many as y, {len(truth)}, got {len(predicted)}: "
                "give both of the same samples"
            )
        return cls(truth, predicted - truth)

    @property
    def rmse(self) -> float:
        """The root of the mean squared residual, in the unit of the targets."""
        return float(np.sqrt(np.mean(self.values**2)))

    @property
    def r2(self) -> float:
        """1 - MSE / variance; NaN where nothing varies."""
        if np.ptp(self.truth) == 0:  # rounding gives numbers that are all the same a tiny variance
            return float("nan")
        return 1 - self.rmse**2 / float(self.truth.var())  # over n, not n - 1, as the MSE is

    def __repr__(self) -> str:
        return f"Residuals: {self.title}"

    @property
    def title(self) -> str:
        """How far off, and on how many points."""
        r2 = TASKS["regression"].format_score(self.r2)
        return f"RMSE {self.rmse:.3g}, R² {r2} on {len(self.values):,} points"


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
