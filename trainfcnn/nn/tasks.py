"""What each kind of task means: loss, prediction, decision, score.

The only place that knows a loss. In the loop, outputs and targets have shape (..., outputs, n):
samples come last, members of a stack first. Outputs are the network's for regression, and else
scores (before the last activation).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from trainfcnn._support.checks import look_up
from trainfcnn._support.types import Array, Values

LEAST_SPAN = 2 * float(torch.finfo(torch.float32).eps)  # of targets, as a share of the largest


@dataclass(frozen=True)
class Task:
    """One kind of question a network answers.

    Attributes
    ----------
    kind : str
        'regression', 'binary', 'multiclass' or 'multilabel'.
    loss_name, score_name : str
        How to call them in a sentence.
    last_activation : str
        The one a network gets unless the user asks for another.
    loss_gradient : float
        The derivative of the loss at the outputs is ``loss_gradient * (prediction - target) / n``,
        where it is a mean over n numbers, see `n_terms`.
    steepness : callable, optional
        What is done to ``prediction - target`` before, in place, where it is not that itself.
    power : int
        In which power of the target's unit the loss of a regression is.
    loss_key : str
        Under which of `REGRESSIONS` it is found, if it is no squared error.
    predict : callable
        ``predict(outputs, out=...)`` writes what is compared with the targets to `out`.
    loss : callable
        From outputs (..., outputs, n) and targets that broadcast to them, to one mean value per
        member: (...). A third argument, weights (..., 1, n) of mean 1, says how much each sample
        counts.
    score : callable
        The same of how right the answers are, in which all samples count alike.
    targets : callable
        ``targets(y, n_classes)`` is the (outputs, n) array a network is trained on.
    probabilities, decide : callable
        From scores (n, outputs) of one network to (n, n_classes), and to class indices (n,); of
        labels to (n, labels) both. A regression has values, (n,) or of several targets
        (n, targets), and no probabilities.
    """

    kind: str
    loss_name: str
    score_name: str
    last_activation: str
    loss_gradient: float
    predict: Callable[..., object]
    loss: Callable[..., Tensor]
    score: Callable[[Tensor, Tensor], Tensor]
    targets: Callable[[Values, int], Array]
    probabilities: Callable[[Tensor], Tensor]
    decide: Callable[[Tensor], Tensor]
    steepness: Callable[[Tensor], Tensor] | None = None
    power: int = 2
    loss_key: str = ""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by name: losses are found again, not sent."""
        return task_of, (self.kind, self.loss_key or None)

    @property
    def is_classification(self) -> bool:
        """Whether the answers are classes."""
        return self.kind != "regression"

    def n_outputs(self, n_classes: int, n_targets: int = 1) -> int:
        """Return how many outputs a network needs: one a class, or one a target."""
        return n_classes if self.kind == "multiclass" else n_targets

    def n_terms(self, n_outputs: int) -> int:
        """Return of how many numbers a sample's loss is the mean: classes share one, targets not.

        Examples
        --------
        >>> TASKS["multiclass"].n_terms(3), TASKS["regression"].n_terms(3)
        (1, 3)
        """
        return 1 if self.kind == "multiclass" else n_outputs

    def format_score(self, score: float) -> str:
        """Return a score as a reader wants it: accuracy in percent, R² as a number.

        Examples
        --------
        >>> [TASKS["binary"].format_score(score) for score in (0.99712, 0.9996, 0.999999, 1.0)]
        ['99.7%', '99.96%', '99.99%', '100.0%']
        >>> TASKS["regression"].format_score(float("nan"))
        'undefined'
        """
        if not isfinite(score):
            return "undefined"
        if not self.is_classification:
            return f"{score:.4f}" if abs(score) < 1e6 else f"{score:.3g}"
        percent = f"{score:.1%}"
        if percent == "100.0%" and score < 1:  # what is not all is not called all
            return f"{min(score, 0.9999):.2%}"
        return percent

    def format_range(self, scores: Array) -> str:
        """Return the least and the largest of some scores; one of them, where both read alike.

        Examples
        --------
        >>> TASKS["binary"].format_range(np.array([0.985, 0.9971]))
        '98.5% to 99.7%'
        """
        least, most = (self.format_score(float(end)) for end in (scores.min(), scores.max()))
        return least if least == most else f"{least} to {most}"


def _weighted(losses: Tensor, weights: Tensor | None) -> Tensor:
    return losses if weights is None else losses * weights


def _mean_squared_error(outputs: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    return _weighted((outputs - targets).square_(), weights).mean((-2, -1))


def _mean_absolute_error(outputs: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    return _weighted((outputs - targets).abs_(), weights).mean((-2, -1))


def _mean_huber_loss(outputs: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    error = outputs - targets
    clipped = error.clamp(-1, 1)
    # half the square up to 1, and a line of slope 1 from there on
    return _weighted(clipped * (error - clipped / 2), weights).mean((-2, -1))


def _explained_variance(outputs: Tensor, targets: Tensor) -> Tensor:
    shares, variance = shares_of(targets)
    error = (outputs - targets).square_().mean(-1)
    return 1 - (error * shares).sum(-1) / variance


def shares_of(targets: Tensor) -> tuple[Tensor, Tensor]:
    """Return how much each target's squared error counts in R², and what their sum is divided by.

    R² = 1 - MSE / variance, of several targets the mean of theirs. One that does not vary, or by
    less than single precision, in which networks answer, can tell, has none and is left out; where
    none does, R² is NaN.

    Parameters
    ----------
    targets : Tensor of shape (..., outputs, n)
        As `Task.targets` gives them.

    Returns
    -------
    (Tensor, Tensor) of shape (..., outputs) and (...)
        Of a single target 1 and its variance.
    """
    # Seen by their ends: rounding gives numbers that are all the same a tiny variance.
    high = targets.amax(-1)
    low = targets.amin(-1)
    varies = high - low > LEAST_SPAN * torch.maximum(high.abs(), low.abs())
    variances = targets.var(-1, correction=0)
    largest = torch.where(varies, variances, 0.0).amax(-1)
    shares = largest[..., None] / (variances * varies.sum(-1, keepdim=True))
    return torch.where(varies, shares, 0.0), torch.where(varies.any(-1), largest, torch.nan)


def varies(y: Values) -> bool:
    """Return whether targets (n,) of a regression vary by what a network can tell.

    Examples
    --------
    >>> varies(np.array([0.5, 0.6])), varies(np.array([0.5, 0.5 + 1e-12]))
    (True, False)
    """
    return bool(len(y) and np.ptp(y) > LEAST_SPAN * np.abs(y).max())


def _binary_cross_entropy(scores: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    # -log sigmoid(s) for y = 1 and -log sigmoid(-s) for y = 0, without a logarithm of 0.
    losses = F.softplus(scores).addcmul_(scores, targets, value=-1)
    return _weighted(losses, weights).mean((-2, -1))


def _binary_accuracy(scores: Tensor, targets: Tensor) -> Tensor:
    hits = (scores > 0).type_as(targets) == targets
    # four times as fast as `mean` on booleans
    return hits.sum((-2, -1)).type_as(targets) / targets.shape[-1]


def _subset_accuracy(scores: Tensor, targets: Tensor) -> Tensor:
    hits = ((scores > 0).type_as(targets) == targets).all(-2)
    return hits.sum(-1).type_as(targets) / targets.shape[-1]


def _cross_entropy(scores: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    true_scores = (scores * targets).sum(-2)  # (..., n_classes, n) -> (..., n): targets are one-hot
    # -log softmax at the true class, without a softmax that may round to 0.
    losses = scores.logsumexp(-2) - true_scores
    return _weighted(losses, None if weights is None else weights[..., 0, :]).mean(-1)


def _multiclass_accuracy(scores: Tensor, targets: Tensor) -> Tensor:
    hits = _largest(scores) == _largest(targets)
    return hits.sum(-1).type_as(targets) / targets.shape[-1]


def _largest(scores: Tensor) -> Tensor:
    """Return the index of the largest output; five times as fast as `argmax` on dimension -2."""
    return scores.mT.contiguous().argmax(-1)


def _a_row_each(y: Values, n_classes: int) -> Array:
    return y.astype(np.float64).reshape(len(y), -1).T  # (n,) or (n, targets) -> (targets, n)


def _one_hot(y: Values, n_classes: int) -> Array:
    return np.equal(y, np.arange(n_classes)[:, None]).astype(np.float64)  # (n_classes, n)


def _two_probabilities(scores: Tensor) -> Tensor:
    # sigmoid(-s) is 1 - sigmoid(s), but keeps its digits where that is nearly 0.
    return torch.cat([torch.sigmoid(-scores), torch.sigmoid(scores)], dim=1)


def _no_probabilities(scores: Tensor) -> Tensor:
    raise ValueError("probabilities are for classes, and this is a regression: use predict(X)")


# Losses take scores, and then the derivative of either cross-entropy is prediction - target.
TASKS = {
    "regression": Task(
        kind="regression",
        loss_name="MSE",
        score_name="R²",
        last_activation="linear",
        loss_gradient=2.0,  # d(o - t)² = 2 (o - t)
        predict=lambda outputs, out: out.copy_(outputs),
        loss=_mean_squared_error,
        score=_explained_variance,
        targets=_a_row_each,
        probabilities=_no_probabilities,
        decide=lambda outputs: outputs[:, 0] if outputs.shape[1] == 1 else outputs,
    ),
    "binary": Task(
        kind="binary",
        loss_name="binary cross-entropy",
        score_name="accuracy",
        last_activation="sigmoid",
        loss_gradient=1.0,
        predict=torch.sigmoid,
        loss=_binary_cross_entropy,
        score=_binary_accuracy,
        targets=_a_row_each,
        probabilities=_two_probabilities,
        decide=lambda scores: (scores[:, 0] > 0).long(),
    ),
    "multiclass": Task(
        kind="multiclass",
        loss_name="cross-entropy",
        score_name="accuracy",
        last_activation="softmax",
        loss_gradient=1.0,
        predict=partial(torch.softmax, dim=-2),
        loss=_cross_entropy,
        score=_multiclass_accuracy,
        targets=_one_hot,
        probabilities=lambda scores: torch.softmax(scores, dim=1),
        decide=lambda scores: scores.argmax(1),
    ),
    "multilabel": Task(
        kind="multilabel",
        loss_name="binary cross-entropy",
        score_name="accuracy",  # of all labels of a sample together
        last_activation="sigmoid",
        loss_gradient=1.0,
        predict=torch.sigmoid,
        loss=_binary_cross_entropy,
        score=_subset_accuracy,
        targets=_a_row_each,
        probabilities=torch.sigmoid,
        decide=lambda scores: (scores > 0).long(),
    ),
}

# Losses of a regression by name; Huber's turns from a square to a line at an error of 1.
REGRESSIONS = {
    "mse": TASKS["regression"],
    "mae": replace(
        TASKS["regression"],
        loss_name="MAE",
        loss=_mean_absolute_error,
        loss_gradient=1.0,
        steepness=lambda errors: errors.sign_(),
        power=1,
        loss_key="mae",
    ),
    "huber": replace(
        TASKS["regression"],
        loss_name="Huber loss",
        loss=_mean_huber_loss,
        loss_gradient=1.0,
        steepness=lambda errors: errors.clamp_(-1, 1),
        loss_key="huber",
    ),
}


def task_of(kind: str, loss: str | None = None) -> Task:
    """Return the task of that kind with that loss, by default its usual one.

    Raises
    ------
    ValueError
        If there is no such loss, or one is named for classes.

    Examples
    --------
    >>> task_of("regression", "mae").loss_name, task_of("binary").loss_name
    ('MAE', 'binary cross-entropy')
    """
    if loss is None:
        return TASKS[kind]
    found = look_up(REGRESSIONS, loss, "loss")
    if kind != "regression":
        raise ValueError(
            f"loss is for a regression, and classes have their cross-entropy, got loss={loss!r}: "
            "leave it out"
        )
    return found


def baseline(kind: str, y: Values) -> float:
    """Return what the best constant guess reaches: the commonest class's share, or the variance.

    Parameters
    ----------
    kind : str
        A key of `TASKS`.
    y : array of shape (n,) or (n, targets)
        Class indices, or values for a regression.

    Returns
    -------
    float
        Accuracy of always saying the commonest class, or the commonest set of labels; for a
        regression the MSE of the mean.

    Examples
    --------
    >>> baseline("binary", np.array([0, 0, 0, 1]))
    0.75
    >>> baseline("regression", np.array([-1.0, 1.0]))
    1.0
    """
    if kind == "regression":
        return float(y.astype(np.float64).var(0).mean())
    return float(np.unique(y, return_counts=True, axis=0)[1].max() / len(y))


def constant_loss(
    kind: str, y: Values, weights: Array | None = None, loss: str | None = None
) -> float:
    """Return the loss of the best constant answer: the variance, or the entropy of the classes.

    Parameters
    ----------
    kind : str
        A key of `TASKS`.
    y : array of shape (n,) or (n, targets)
        Class indices, or values for a regression; of several targets the mean is returned.
    weights : array of shape (n,), optional
        How much each sample counts.
    loss : str, optional
        A key of `REGRESSIONS`; of Huber's half the variance is returned, which is no less.

    Examples
    --------
    >>> round(constant_loss("binary", np.array([0, 1])), 3)
    0.693
    """
    if y.ndim == 2:
        of_one = "binary" if kind == "multilabel" else kind
        return float(np.mean([constant_loss(of_one, one, weights, loss) for one in y.T]))
    if loss == "mae":
        order = np.argsort(y)
        sums = (np.ones(len(y)) if weights is None else weights[order]).cumsum()
        median = y[order[np.searchsorted(sums, sums[-1] / 2)]]
        return float(np.average(np.abs(y - median), weights=weights))
    if loss == "huber":
        return constant_loss(kind, y, weights) / 2
    if kind == "regression":
        values = y.astype(np.float64)
        return float(
            np.average(np.square(values - np.average(values, weights=weights)), weights=weights)
        )
    counts = np.bincount(np.unique(y, return_inverse=True)[1], weights=weights)
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())
