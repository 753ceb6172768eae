"""What a model says, in whatever form, as class indices or values; and how right that is."""

from dataclasses import dataclass

import numpy as np

from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Dataset
from trainfcnn.nn.tasks import baseline


class UnusableAnswerError(ValueError):
    """Answers that are of no form in which answers can be."""


@dataclass(frozen=True)
class Question:
    """What is asked of a model: a kind of answer, one for each point.

    Attributes
    ----------
    kind : str
        'regression', 'binary' or 'multiclass'.
    n_classes : int
        0 for a regression.
    """

    kind: str
    n_classes: int

    @classmethod
    def of(cls, dataset: Dataset) -> "Question":
        """Return what a data set asks."""
        return cls(dataset.kind, len(dataset.classes))

    def read(self, raw: object, n: int) -> Values:
        """Return answers as class indices (n,), int64, or as values (n,), float64.

        Parameters
        ----------
        raw : array-like of shape (n,), (n, 1) or (n, n_classes)
            Values or labels; or one column a class, of which the largest is the answer.
        n : int
            Points that were asked about.

        Raises
        ------
        UnusableAnswerError
            If they are of another shape, or neither numbers nor labels.
        """
        answers = as_array(raw)
        columns = f" or ({n}, {self.n_classes})" if self.n_classes else ""
        if self.n_classes and answers.shape == (n, self.n_classes):
            labels: Values = answers.argmax(1).astype(np.int64)
            return labels
        if answers.shape not in ((n,), (n, 1)):
            raise UnusableAnswerError(
                f"answers must be of shape ({n},){columns}, one for each point, got shape "
                f"{answers.shape}: is an axis the wrong one?"
            )
        values = answers.reshape(n).astype(np.float64)
        return values if self.n_classes == 0 else _labels(values, self.n_classes)

    def score(self, answers: Values, y: Values) -> float:
        """Return the share of right answers, or R² of a regression: NaN if not all are finite."""
        if self.n_classes:
            return float(np.mean(answers == y))
        with np.errstate(over="ignore", invalid="ignore"):
            return float(1 - np.mean((answers - y) ** 2) / np.var(y))

    def constant(self, y: Values) -> float:
        """Return the score of the best constant answer."""
        return baseline(self.kind, y) if self.n_classes else 0.0


def as_array(raw: object) -> Array:
    """Return what a model gave as an array of numbers: of torch, of JAX, or in a list."""
    # A tensor of torch that has gradients refuses to become an array.
    detach = getattr(raw, "detach", None)
    numbers = np.asarray(detach().cpu() if detach is not None else raw)
    if numbers.dtype.kind not in "biuf":
        raise UnusableAnswerError(
            f"answers must be numbers, one for each point, got {type(raw).__name__} of "
            f"{numbers.dtype}: return labels from 0 as integers, or values"
        )
    return numbers


def _labels(values: Array, n_classes: int) -> Values:
    finite = np.isfinite(values)
    if (values[finite] != np.rint(values[finite])).any():
        wrong = values[finite & (values != np.rint(values))][0]
        raise UnusableAnswerError(
            f"answers must be labels from 0 to {n_classes - 1}, or a column for each class, got "
            f"{wrong:.3g}: is that a probability, or a score before the decision?"
        )
    return np.where(finite, values, -1).astype(np.int64)  # -1 is the label of no class
