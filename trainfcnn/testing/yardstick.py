"""What this package's own networks reach on the same data: what can be asked of a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from trainfcnn.analysis.success import SuccessRate
from trainfcnn.data.dataset import Law
from trainfcnn.data.toy import DATASETS
from trainfcnn.nn.tasks import TASKS
from trainfcnn.sweeps.execute import sweep
from trainfcnn.testing.answers import Question
from trainfcnn.wording import format_recipe

NETWORKS = 8
WAY = 0.9  # from a constant answer to what our networks reach: so far a model must come


@dataclass(frozen=True)
class Yardstick:
    """What is to be reached.

    Attributes
    ----------
    kind : str
        The task.
    constant : float
        The score of the best constant answer on the test sample.
    scores : tuple of float
        Those of our networks there.
    recipe : str
        What these are, in words.
    """

    kind: str
    constant: float
    scores: tuple[float, ...]
    recipe: str

    @property
    def median(self) -> float:
        """What the middle one of our networks reaches."""
        return float(np.median(self.scores))

    @property
    def goal(self) -> float:
        """What a model must reach, if nothing else is said."""
        return self.constant + WAY * (self.median - self.constant)

    @property
    def score_name(self) -> str:
        """What is judged, in a sentence."""
        return "an accuracy" if TASKS[self.kind].is_classification else "an R²"

    def say(self, score: float) -> str:
        """Return a score in words."""
        return TASKS[self.kind].format_score(score)

    def describe(self, at_least: float) -> str:
        """Return two lines: what a constant answer reaches, and what our networks do."""
        n_reached = sum(score >= at_least for score in self.scores)
        rate = SuccessRate(n_reached, len(self.scores))
        low, high = rate.interval
        reach = (
            f"{rate.successes} of {rate.n} reach {self.say(at_least)}; 95% interval of that share "
            f"{low:.0%} to {high:.0%}"
        )
        return (
            f"  a constant answer  {self.say(self.constant)}\n"
            f"  our networks       {self.say(self.median)} ({reach}): {self.recipe}"
        )


def yardstick(law: Law, n_samples: int, noise: float, seed: int) -> Yardstick:
    """Return what our networks reach, by the recipe that is recommended for these data."""
    # Laws hold a dict and have no hash; those that have a name are measured once.
    if DATASETS.get(law.name) is law:
        return _of_known(law.name, n_samples, noise, seed)
    return _measure(law, n_samples, noise, seed)


@lru_cache(maxsize=64)
def _of_known(name: str, n_samples: int, noise: float, seed: int) -> Yardstick:
    return _measure(DATASETS[name], n_samples, noise, seed)


def _measure(law: Law, n_samples: int, noise: float, seed: int) -> Yardstick:
    found = sweep(
        law,
        seeds=NETWORKS,
        seed=seed,
        n_samples=n_samples,
        noise=noise,
        device="cpu",
        progress=False,
    )
    return Yardstick(
        kind=found.dataset.kind,
        constant=Question.of(found.dataset).constant(found.dataset.y_test),
        scores=scores_of(found.records()),
        recipe=format_recipe(found.runs[0].recipe),
    )


def scores_of(records: Sequence[dict[str, object]]) -> tuple[float, ...]:
    """Return the scores on the test sample of the networks of a sweep."""
    return tuple(float(str(row["test_score"])) for row in records)
