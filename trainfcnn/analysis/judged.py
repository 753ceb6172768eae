"""Samples as a network judges them: which to show, and which of them it misses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.evaluation import raw_outputs
from trainfcnn.nn.tasks import TASKS, varies
from trainfcnn.training.run import Run

MOST_SHOWN = 400  # of a sample; more would hide what is below them
MOST_MISSED = 150  # of those that are shown
LARGEST = 10  # errors of a regression that count as missed


@dataclass(frozen=True, eq=False)
class Judged:
    """Some points of a sample, and which of it a network misses.

    Attributes
    ----------
    shown : array of int
        Points to draw: evenly some of all, and all that are in `missed`.
    missed : array of int
        Wrong answers, 150 at most; of a regression the ten points that are farthest off.
    n_missed, n : int
        How many there are, and how large the sample is.
    gives_nothing : bool
        Whether there is no number among the answers, as of a training that diverged.
    """

    shown: NDArray[np.int64]
    missed: NDArray[np.int64]
    n_missed: int
    n: int
    gives_nothing: bool = False

    @classmethod
    def of(cls, run: Run, x: Values, y: Values) -> "Judged":
        """Return how the network of a run judges inputs (n, d) with their targets (n,)."""
        outputs = raw_outputs(run, x)
        gives_nothing = len(x) > 0 and not bool(outputs.isfinite().any())
        answers = run.task.decide(outputs).numpy()
        if gives_nothing:
            wrong = np.empty(0, dtype=np.int64)
        elif run.task.is_classification:
            wrong = np.flatnonzero(answers != y)
        else:
            distance = np.nan_to_num(np.abs(answers - y), nan=0, posinf=0)
            farthest = np.argsort(-distance, kind="stable")[:LARGEST]
            wrong = np.sort(farthest[distance[farthest] > 0])
        missed = _some(wrong, MOST_MISSED)
        shown = np.union1d(_some(np.arange(len(x)), MOST_SHOWN), missed)
        return cls(shown.astype(np.int64), missed, len(wrong), len(x), gives_nothing)


def _some(indices: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return `most` of them at most, evenly from all."""
    return indices[:: max(1, -(-len(indices) // most))]


def constant_score(run: Run) -> float:
    """Return what the best constant answer to the training sample scores on the test sample.

    The share of its commonest class; of a regression R² of its mean, which is 0 or a little less.
    """
    dataset = run.dataset
    expected: Array = dataset.y_test
    if TASKS[dataset.kind].is_classification:
        return float((expected == np.bincount(dataset.y).argmax()).mean())
    variance = float(expected.var())
    error = float(np.square(expected - dataset.y.mean()).mean())
    return 1 - error / variance if varies(expected) else float("nan")
