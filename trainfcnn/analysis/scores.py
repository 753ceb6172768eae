"""Every usual score of a network on a sample, as a small mapping."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.classification import confusion
from trainfcnn.analysis.evaluation import (
    asked_sample,
    check_some,
    class_probabilities,
    loss_and_score,
    raw_outputs,
)
from trainfcnn.analysis.targets import r2_of_each
from trainfcnn.training.run import Run


class Scores(dict[str, float]):
    """Loss and scores by their names, a line each where it is shown; NaN for what is undefined.

    Examples
    --------
    >>> Scores({"loss": 0.25, "r2": float("nan")}, n_samples=1200)
    on 1,200 samples
    loss  0.2500
    r2    undefined
    """

    def __init__(self, values: dict[str, float], n_samples: int) -> None:
        super().__init__(values)
        self.n_samples = n_samples

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        lines = [f"{name:<{width}}  {_number(value)}" for name, value in self.items()]
        count = f"{self.n_samples:,} sample{'s' * (self.n_samples != 1)}"
        return "\n".join([f"on {count}", *lines])


def _number(value: float) -> str:
    if np.isnan(value):
        return "undefined"
    return f"{value:.4f}" if 0.001 <= abs(value) < 1e6 or value == 0 else f"{value:.3e}"


def scores_on(run: Run, X: ArrayLike | None, y: ArrayLike | None) -> Scores:
    """Return loss and scores on the test sample, or on `X` and `y`; see `TrainFCNN.evaluate`."""
    x, truth = asked_sample(run, X, y, "evaluate")
    check_some(x)
    outputs = raw_outputs(run, x)
    loss, score = loss_and_score(run, outputs, truth)
    if run.dataset.target_names:
        return Scores({"loss": loss} | _of_several(run, outputs, truth, score), len(x))
    if not run.task.is_classification:
        told = {"loss": loss, "r2": score}
        return Scores(told | _errors(outputs.double()[:, 0].numpy(), truth), len(x))
    answers = run.task.decide(outputs).numpy()
    told = {"loss": loss, "accuracy": score}
    told |= _of_answers(confusion(truth, answers, len(run.dataset.classes)))
    told |= {"auc": _area(class_probabilities(run, outputs), truth), "log_loss": loss}
    return Scores(told, len(x))


def _of_several(run: Run, outputs: Tensor, truth: Values, score: float) -> dict[str, float]:
    """Return scores of several targets or labels: their means, and the chief one of each."""
    names = run.dataset.target_names
    answers = run.task.decide(outputs.double()).numpy()
    if run.task.is_classification:
        pairs = zip(truth.T, answers.T, strict=True)
        each = [_of_answers(confusion(true, told, 2))["f1"] for true, told in pairs]
        # as scikit-learn has it, F1 of a label that is neither there nor said is 0
        told = {"accuracy": score, "f1": float(np.nan_to_num(each).mean())}
        return told | {f"f1 of {name}": one for name, one in zip(names, each, strict=True)}
    columns = [_errors(one, true) for one, true in zip(answers.T, truth.T, strict=True)]
    told = {"r2": score} | {
        name: float(np.mean([errors[name] for errors in columns])) for name in columns[0]
    }
    told["max_error"] = max(errors["max_error"] for errors in columns)
    each = r2_of_each(outputs.double().T, torch.as_tensor(truth.T)).tolist()
    return told | {f"r2 of {name}": one for name, one in zip(names, each, strict=True)}


def _errors(values: Array, truth: Values) -> dict[str, float]:
    """Return how far a regression's values (n,) are from the truth (n,)."""
    with np.errstate(over="ignore"):  # a square may be more than any number
        sizes = np.abs(values - truth)
        mse = float(np.square(sizes).mean())
    return {
        "mse": mse,
        "rmse": float(np.sqrt(mse)),
        "mae": float(sizes.mean()),
        "max_error": float(sizes.max()),
    }


def _of_answers(counts: Values) -> dict[str, float]:
    """Return scores of answers, from how often each class was taken for each other."""
    right = counts.diagonal()
    true = counts.sum(1)
    told = counts.sum(0)
    there = true > 0
    f1 = 2 * right / np.where(true + told > 0, true + told, np.nan)
    return {
        "balanced_accuracy": float((right[there] / true[there]).mean()),
        # of two classes the second is the one that is looked for
        "f1": float(f1[1]) if len(f1) == 2 else float(np.nanmean(f1)),
    }


def _area(probabilities: Array, truth: Values) -> float:
    """Return the area under the ROC curve, of several classes the mean of each against the rest."""
    if not np.isfinite(probabilities).all():
        return float("nan")
    n_classes = probabilities.shape[1]
    looked_for = [1] if n_classes == 2 else range(n_classes)
    return float(np.mean([_area_of(probabilities[:, one], truth == one) for one in looked_for]))


def _area_of(shares: Array, own: Values) -> float:
    """Return how often one of a class has the higher share than one of the rest, a tie as half."""
    n_own = int(own.sum())
    n_rest = len(own) - n_own
    if not n_own or not n_rest:
        return float("nan")
    # Mann and Whitney 1947: from the sum of ranks, equal ones sharing theirs
    _, places, counts = np.unique(shares, return_inverse=True, return_counts=True)
    ranks = (counts.cumsum() - (counts - 1) / 2)[places]
    return float((ranks[own].sum() - n_own * (n_own + 1) / 2) / (n_own * n_rest))
