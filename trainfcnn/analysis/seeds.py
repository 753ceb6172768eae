"""What other initial weights come to by the same recipe, on the same data."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, islice

import numpy as np

from trainfcnn._support.checks import is_whole, short
from trainfcnn._support.types import Array
from trainfcnn.data.dataset import Dataset
from trainfcnn.training.loop import Training
from trainfcnn.training.run import Run

NUMBERS = (32, 16, 8)  # of other seeds, unless somebody asks for others
SHARE = 1.5  # of the seconds of the training, which the others may take
UNNOTICED = 2.0  # seconds that they may take anyhow
FUSED = 0.5  # of the time of a network alone, for each network of a stack
TORCH = 2.0  # the same where batches are large, or prepared one by one


@dataclass(frozen=True, eq=False)
class OtherSeeds:
    """Networks that differ from that of a run in nothing but their initial weights.

    Attributes
    ----------
    losses : array of shape (K, epochs)
        On the training sample, as it was met; NaN once a network had stopped.
    scores : array of shape (K,)
        On the test sample; NaN of those that diverged, and where there is no test sample.
    note : str
        Why they are fewer than usual, or none; else empty.
    """

    losses: Array
    scores: Array
    note: str = ""

    @classmethod
    def of(cls, run: Run, n: int | None = None) -> "OtherSeeds":
        """Train as the run was trained, from other initial weights.

        Batches, dropout and what is held out are those of the run. Of restarts each has one start,
        and of a training that went on with a network, or began with one, it is the recipe alone.

        Parameters
        ----------
        run : Run
            With its data.
        n : int, optional
            How many, as they come from 0 up, without the run's own; by default see `affordable`.

        Raises
        ------
        ValueError
            If that is not an integer of 0 or more.

        Examples
        --------
        >>> from trainfcnn import TrainFCNN
        >>> xor = TrainFCNN("xor", n_samples=100).train(epochs=5)
        >>> OtherSeeds.of(xor.run, 3).losses.shape
        (3, 5)
        """
        check_seeds(n)
        note = ""
        if n is None:
            n, note = affordable(run)
        elif run.ended in ("time", "interrupted"):
            n = 0
            note = UNEQUAL
        if not n:
            return cls(np.empty((0, len(run.history))), np.empty(0), note)
        training = trained_from(run, others_than(own_seed(run), n))
        return cls(*_seen(training, run.dataset), note)

    def __len__(self) -> int:
        return len(self.losses)

    @property
    def known(self) -> Array:
        """The scores of those that did not diverge."""
        return self.scores[np.isfinite(self.scores)]


UNEQUAL = "no other seeds: the training was cut short, and theirs would be longer"


def check_seeds(n: int | None) -> None:
    """Refuse a number of other seeds that is none (ValueError)."""
    if n is not None and (not is_whole(n) or n < 0):
        raise ValueError(
            f"seeds must be an integer of 0 or more, got {short(n)}: try seeds=8, or leave it out"
        )


def affordable(run: Run) -> tuple[int, str]:
    """Return how many other seeds can be trained while somebody waits, and why they are fewer.

    The 32, 16 or 8 that take at most 1.5 times as long as the training took, or two seconds.
    """
    if run.ended in ("time", "interrupted"):
        return 0, UNEQUAL
    seconds = run.history.seconds
    each = seconds * (FUSED if run.engine.name == "fused" else TORCH) / run.recipe.restarts
    budget = max(SHARE * seconds, UNNOTICED)
    n = next((number for number in NUMBERS if number * each <= budget), 0)
    if n == NUMBERS[0]:
        return n, ""
    return n, "" if n else f"other seeds left out, which take long: plot(seeds={NUMBERS[-1]})"


def trained_from(run: Run, seeds: Sequence[int]) -> Training:
    """Return a training by a run's recipe from other initial weights, one stack, at its end."""
    recipe = run.recipe.but(restarts=1, max_seconds=None)
    training = Training(run.dataset, recipe, run.seed, weight_seeds=seeds, device="auto")
    for _ in training.strides():
        pass
    return training


def own_seed(run: Run) -> int:
    """Return the seed of a run's initial weights; of restarts the first one's."""
    named = run.recipe.weight_seed
    return run.seed if named is None else named


def others_than(own: int, n: int) -> list[int]:
    """Return n seeds, as they come from 0 up, without one's own.

    Examples
    --------
    >>> others_than(1, 3)
    [0, 2, 3]
    """
    return list(islice((seed for seed in count() if seed != own), n))


def _seen(training: Training, dataset: Dataset) -> tuple[Array, Array]:
    """Return the losses of all members, epoch by epoch, and their scores on the test sample."""
    runs = training.runs()
    losses = np.full((len(runs), max(len(run.history) for run in runs)), np.nan)
    for row, run in zip(losses, runs, strict=True):
        row[: len(run.history)] = run.history.loss
    if not len(dataset.x_test):
        return losses, np.full(len(runs), np.nan)
    scores = training.judged(dataset.x_test, dataset.y_test)[1]
    # The decision of a network without numbers is no decision, though it may be right by chance.
    return losses, np.where([run.ended == "diverged" for run in runs], np.nan, scores)
