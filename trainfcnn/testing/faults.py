"""Which fault a model's answers look like.

Each function below looks for one, and returns a sentence that names it, or nothing. They see only
what any model has, its answers; what the training of a torch module shows is in `modules`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Dataset
from trainfcnn.nn.tasks import TASKS
from trainfcnn.testing.answers import Question
from trainfcnn.testing.kinds import Answers

CHANCE = 0.15  # of the way from a constant answer to all right: no more than luck and a bit
LEARNT = 0.6  # of that way: something was
ALIKE = 0.97  # share of answers that are the same
SAME = 0.999  # likewise, where only rounding may make a difference


@dataclass(frozen=True)
class Evidence:
    """A model's answers on the test sample, and the model to ask more of.

    Attributes
    ----------
    answers : callable
        The model.
    dataset : Dataset
        What it was trained on, with the test sample.
    given : array of shape (n,)
        What it said of the test sample.
    train_score, score : float
        On the sample it was trained on, and on the test sample.
    """

    answers: Answers
    dataset: Dataset
    given: Values
    train_score: float
    score: float

    @property
    def question(self) -> Question:
        """What was asked."""
        return Question.of(self.dataset)

    def share(self, score: float) -> float:
        """Return how much of the way from a constant answer to all right a score is."""
        constant = self.question.constant(self.dataset.y_test)
        return (score - constant) / (1 - constant)

    def agrees(self, others: Values) -> float:
        """Return the share of other answers that are those given (of values: within 1 %)."""
        if self.question.n_classes:
            return float(np.mean(others == self.given))
        spread = float(np.std(self.given)) or 1.0
        return float(np.mean(np.abs(others - self.given) <= 0.01 * spread))


def faults_of(evidence: Evidence) -> list[str]:
    """Return what is wrong with a model however good its answers are."""
    told = (_answers_vary(evidence), _needs_the_others(evidence))
    return [one for one in told if one]


def signs_of(evidence: Evidence) -> list[str]:
    """Return which faults the answers of a model that has not learnt look like."""
    # Of these most of the others hold too, and say nothing more.
    if told := _not_finite(evidence) or _constant(evidence):
        return [told]
    seen = (look(evidence) for look in LOOKS)
    return [one for one in seen if one] or [_how_far(evidence)]


def _answers_vary(evidence: Evidence) -> str:
    again = evidence.answers(evidence.dataset.x_test)
    if evidence.agrees(again) >= SAME or not np.isfinite(evidence.given).all():
        return ""
    return (
        f"two calls at the same points agree on {evidence.agrees(again):.1%} only: is dropout "
        "still on when it predicts?"
    )


def _needs_the_others(evidence: Evidence) -> str:
    """See whether a point's answer depends on the points that are asked about beside it."""
    x = evidence.dataset.x_test
    if _answers_vary(evidence) or not np.isfinite(evidence.given).all():
        return ""
    corner = (x < np.median(x, axis=0)).all(1)
    alone = evidence.given.copy()
    alone[corner] = evidence.answers(x[corner])
    if evidence.agrees(alone) >= SAME:
        return ""
    return (
        f"{1 - evidence.agrees(alone):.1%} of the answers change when fewer points are asked about "
        "at once: are inputs scaled by the mean of what is predicted, or is batch normalisation "
        "left in training mode?"
    )


def _not_finite(evidence: Evidence) -> str:
    given = evidence.given
    bad = (given == -1) if evidence.question.n_classes else ~np.isfinite(given)
    return f"{bad.mean():.1%} of the answers are no finite number" if bad.any() else ""


def _constant(evidence: Evidence) -> str:
    values = evidence.given
    if np.ptp(values) > 1e-6 * max(1.0, float(np.abs(values).max())):
        return ""
    return (
        f"it gives the same answer everywhere, {values[0]:.3g}: is no step taken, do steps blow "
        "up (uphill, gradients not set to zero), is there no activation between layers, or can "
        "outputs take no other sign (a ReLU on them, a sigmoid before the threshold)?"
    )


def _renamed(evidence: Evidence) -> str:
    """See whether answers are right but for the names of the classes."""
    n = evidence.question.n_classes
    if n == 0:
        return ""
    seen = np.zeros((n, n))
    known = (evidence.given >= 0) & (evidence.given < n)
    np.add.at(seen, (evidence.given[known], evidence.dataset.y_test[known]), 1)
    # Cell for cell the best class that is not its own.
    other = seen.copy()
    np.fill_diagonal(other, -1)
    meant = other.argmax(1)
    score = float(other.max(1).clip(0).sum() / len(evidence.given))
    if evidence.share(score) < LEARNT or evidence.share(evidence.score) > CHANCE:
        return ""
    told = ", ".join(f"{k} for {v}" for k, v in enumerate(meant) if other[k, v] > 0)
    named = TASKS[evidence.dataset.kind].format_score(score)
    return (
        f"the answers are right on {named} when renamed ({told}): are targets one off, is the "
        "smallest score taken (argmin), or the sign turned?"
    )


def _mirrored(evidence: Evidence) -> str:
    """See whether values are right up to scale and offset."""
    if evidence.question.n_classes or np.std(evidence.given) == 0:
        return ""
    r = float(np.corrcoef(evidence.given, evidence.dataset.y_test)[0, 1])
    if r**2 < LEARNT:
        return ""
    what = "of the wrong sign" if r < 0 else "of another scale or offset"
    return f"the answers follow the truth (correlation {r:.2f}), but {what}"


def _one_sided(evidence: Evidence) -> str:
    if evidence.question.n_classes:
        return ""
    truth = evidence.dataset.y_test
    if evidence.given.min() < -1e-9 or (truth < 0).mean() < 0.1:
        return ""
    return (
        f"no answer is below 0, and {np.mean(truth < 0):.0%} of the truth is: is there a ReLU or a "
        "sigmoid on the output?"
    )


def _linear(evidence: Evidence) -> str:
    """See whether answers are those of a straight line, on data that need more."""
    x = evidence.dataset.x_test
    design = np.column_stack([x, np.ones(len(x))])
    targets = _indicators(evidence.given, evidence.question.n_classes)
    fit = design @ np.linalg.lstsq(design, targets, rcond=None)[0]
    straight = fit.argmax(1) if evidence.question.n_classes else fit[:, 0]
    if evidence.agrees(straight) < ALIKE:
        return ""
    return (
        "what it does is linear in the inputs: is there no activation between its layers, or no "
        "hidden layer?"
    )


def _indicators(answers: Values, n_classes: int) -> Array:
    """Return a column for each class, or the values as one."""
    if n_classes:
        return np.equal(answers[:, None], np.arange(n_classes)).astype(np.float64)
    return answers[:, None]


def _whole_numbers(evidence: Evidence) -> str:
    x = evidence.dataset.x_test
    if evidence.agrees(evidence.answers(np.trunc(x))) < SAME:
        return ""
    return "its answers do not change when inputs are cut to whole numbers: a cast to int?"


def _blind(evidence: Evidence) -> str:
    """See whether a feature has no say."""
    x = evidence.dataset.x_test
    for place, name in enumerate(evidence.dataset.axis_names):
        moved = x.copy()
        moved[:, place] = moved[::-1, place]
        if evidence.agrees(evidence.answers(moved)) >= SAME:
            return f"its answers do not depend on {name}: is an axis or a slice the wrong one?"
    return ""


def _memorised(evidence: Evidence) -> str:
    seen = evidence.share(evidence.train_score)
    fresh = evidence.share(evidence.score)
    if seen < LEARNT or fresh > CHANCE:
        return ""
    return (
        "it knows the sample it was trained on and nothing else: are points and labels of the two "
        "samples mixed up, or inputs treated in two ways?"
    )


def _how_far(evidence: Evidence) -> str:
    """Return what is left to say where nothing more is seen."""
    if evidence.share(evidence.score) > CHANCE:
        return (
            "it learns, but too little: are there too few steps or units, is a loss applied to "
            "probabilities (softmax twice), is a layer frozen, are labels those of other points?"
        )
    return (
        "it is no better than a constant answer, on its own training sample too: are labels "
        "shuffled, or those of other points; is no step taken, do steps go uphill, are gradients "
        "not set to zero; is the loss that of another output, or the smallest score taken (argmin)?"
    )


LOOKS: tuple[Callable[[Evidence], str], ...] = (
    _renamed, _mirrored, _one_sided, _blind, _whole_numbers, _linear,
    _memorised,
)  # fmt: skip
