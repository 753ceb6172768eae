"""`assert_model_learns`: whether a model of anybody's is able to learn."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, isnan

from trainfcnn._support.checks import check_seed, short
from trainfcnn.data.dataset import Dataset, Law
from trainfcnn.data.toy import make_dataset
from trainfcnn.testing.answers import Question, UnusableAnswerError
from trainfcnn.testing.asked import check_count, check_goal, check_law, check_share
from trainfcnn.testing.faults import Evidence, faults_of, signs_of
from trainfcnn.testing.isolation import isolated
from trainfcnn.testing.kinds import Model, check_model, fitted, trains_itself
from trainfcnn.testing.modules import Loop, Loss, MakeOptimizer
from trainfcnn.testing.samples import FEW_SAMPLES
from trainfcnn.testing.yardstick import Yardstick, yardstick

EPOCHS = 60  # of a torch module, at most
BATCH_SIZE = 50
TRY = {
    "optimizer": "functools.partial(torch.optim.Adam, lr=0.01)",
    "loss": "torch.nn.BCELoss()",
}


@dataclass(frozen=True)
class Attempt:
    """One training of a model, and how good it is then.

    Attributes
    ----------
    score, train_score : float
        On fresh points, and on those it was trained on; NaN without usable answers.
    faults : tuple of str
        What is wrong however good that is.
    signs : tuple of str
        Of which faults it is typical, if it is not good enough.
    """

    score: float
    train_score: float
    faults: tuple[str, ...]
    signs: tuple[str, ...]

    def succeeds(self, at_least: float) -> bool:
        """Return whether it is good enough, and has no fault."""
        return self.score >= at_least and not self.faults


def assert_model_learns(
    model: Model,
    dataset: str | Law = "xor",
    *,
    at_least: float | None = None,
    share: float = 0.5,
    seeds: int = 3,
    seed: int = 0,
    n_samples: int = FEW_SAMPLES,
    noise: float = 0.0,
    optimizer: MakeOptimizer | None = None,
    loss: Loss | None = None,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
) -> None:
    """Raise AssertionError unless a model learns data whose truth is known.

    It is trained on points drawn from that truth and judged on 2,500 fresh ones, on a few seeds.
    Each seed draws other points, other initial weights and batches. What is judged is the share of
    right answers, or R² of a regression.

    A torch module is trained here, as plainly as can be: batches in random order, Adam with a rate
    of 0.01, cross-entropy of its outputs (or the squared error), until it is good enough or the
    epochs are over. Its outputs are scores, not probabilities: (n, n_classes), of two classes also
    (n, 1). Everything else trains itself, on X (n, 2) of float64 and y (n,): class indices, or
    values.

    The random numbers of Python, NumPy and torch, threads, dtype and grad mode are the same after
    the call as before, and what was handed over is not changed.

    Parameters
    ----------
    model : torch module, estimator or callable
        A module, or better its class, or a function without arguments that makes one: an instance
        starts from the weights it has on every seed. An object with ``fit(X, y)`` and
        ``predict(X)``, as scikit-learn's. Or your own function ``fit(X, y)`` that returns
        ``predict``: a function of X that gives labels (n,), values (n,) or a column a class.
    dataset : str or Law
        A key of `trainfcnn.DATASETS`, or a law such as ``blobs(centers=5)``.
    at_least : float, optional
        The score that counts as success; by default nine tenths of the way from the best constant
        answer to what this package's own networks reach on the same points.
    share : float
        Of the seeds, on which it must succeed.
    seeds : int
        How many there are, from `seed` on. No more are tried than it takes to know.
    seed : int
        Same seed, same verdict.
    n_samples, noise
        As in `toy_data`.
    optimizer : callable, optional
        Of a torch module: from its parameters to an optimizer, as
        ``functools.partial(torch.optim.SGD, lr=0.1)``.
    loss : callable, optional
        Of a torch module: from outputs and targets to a loss, as ``torch.nn.BCELoss()`` of a
        network that ends in a sigmoid. Targets have the shape of a single output, else they are
        class indices (n,).
    epochs, batch_size : int
        Of a torch module: at most so many epochs, and so many points a step.

    Raises
    ------
    AssertionError
        If it does not learn. The message has what it reached, what a constant answer and our
        networks reach, and of which fault that is typical. Two faults are told however good the
        answers are: that they are others on each call, and that they depend on each other.
    ValueError, TypeError
        If an argument is out of bounds, or no model. What the model itself raises is passed on.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> assert_model_learns(KNeighborsClassifier(), "moons")
    >>> def fit(X, y):  # it knows the truth
    ...     return lambda X: X[:, 0] * X[:, 1] > 0
    >>> assert_model_learns(fit, "xor")
    """
    __tracebackhide__ = True
    check_model(model)
    law = check_law(dataset)
    check_count("seeds", seeds)
    check_count("epochs", epochs)
    check_count("batch_size", batch_size)
    seed = check_seed(seed)
    check_share(share)
    _check_loop(model, optimizer, loss)
    measure = yardstick(law, n_samples, noise, seed)
    goal = measure.goal if at_least is None else check_goal(at_least, law)
    loop = Loop(epochs, batch_size, optimizer, loss)

    def attempt(seed: int) -> Attempt:
        return _attempt(model, make_dataset(law, n_samples, noise, seed), loop, goal, seed)

    attempts = _attempts(attempt, range(seed, seed + seeds), share, goal)
    if sum(one.succeeds(goal) for one in attempts) < ceil(share * seeds):
        raise AssertionError(_say(law.name, attempts, measure, goal, at_least is None))


def _attempts(
    attempt: Callable[[int], Attempt], seeds: range, share: float, goal: float
) -> list[Attempt]:
    """Try seeds in turn, until it is known whether enough of them succeed."""
    needed = ceil(share * len(seeds))
    tried: list[Attempt] = []
    for seed in seeds:
        tried.append(attempt(seed))
        successes = sum(one.succeeds(goal) for one in tried)
        if successes >= needed or successes + len(seeds) - len(tried) < needed:
            break
    return tried


def _attempt(model: Model, dataset: Dataset, loop: Loop, goal: float, seed: int) -> Attempt:
    """Train a model, and judge it on the test sample."""
    question = Question.of(dataset)
    enough = (goal + 3) / 4  # on points that it has seen; fresh ones are harder
    with isolated(seed):
        try:
            found = fitted(model, question, dataset.x, dataset.y, loop, enough)
            given = found.answers(dataset.x_test)
            on_train = found.answers(dataset.x)
        except UnusableAnswerError as error:
            return Attempt(float("nan"), float("nan"), (str(error),), ())
        scores = question.score(on_train, dataset.y), question.score(given, dataset.y_test)
        evidence = Evidence(found.answers, dataset, given, *scores)
        faults = (*found.faults, *faults_of(evidence))
        is_good = evidence.score >= goal
        signs = () if is_good or faults else (*found.signs, *signs_of(evidence))
        return Attempt(evidence.score, evidence.train_score, faults, tuple(signs))


def _say(name: str, attempts: list[Attempt], measure: Yardstick, goal: float, is_ours: bool) -> str:
    """Return what was reached, what others reach, and what that looks like."""
    successes = sum(one.succeeds(goal) for one in attempts)
    worst = min(attempts, key=lambda one: -1e9 if isnan(one.score) else one.score)
    why = ", nine tenths of the way from a constant answer to ours" if is_ours else ""
    reached = "  ".join(measure.say(one.score) for one in attempts)
    on_train = "  ".join(measure.say(one.train_score) for one in attempts)
    but = ", but with a fault" if worst.faults and worst.score >= goal else ""
    reach = sum(one.score >= goal for one in attempts) if but else successes
    lines = [
        f"the model must learn {name!r}, with {measure.score_name} of at least {measure.say(goal)}"
        f"{why}: it did on {reach} of {len(attempts)} seeds{but}",
        f"  reached            {reached} (on the points it was trained on {on_train})",
        measure.describe(goal),
    ]
    told = dict.fromkeys(worst.faults or worst.signs)
    lines += [
        f"  {'a fault          ' if worst.faults else 'it looks like    '}  {one}" for one in told
    ]
    return "\n".join(lines)


def _check_loop(model: Model, optimizer: object, loss: object) -> None:
    """Refuse an optimizer or a loss for what trains itself, or that cannot be called."""
    for name, given in {"optimizer": optimizer, "loss": loss}.items():
        if given is not None and trains_itself(model):
            raise ValueError(
                f"{name} must be left out, since {short(model)} is no torch module and trains "
                f"itself, got {short(given)}"
            )
        if given is not None and not callable(given):
            raise TypeError(
                f"{name} must be a function, since a fresh copy of the model is trained on each "
                f"seed, got {short(given)}: try {TRY[name]}"
            )
