"""How far errors on new points are from those on the points that were learnt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from trainfcnn._support.types import Array
from trainfcnn.nn.tasks import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """Errors on the training and on the test sample against a setting, over several networks.

    An error is the share of wrong answers; of a regression it is 1 - R².

    Attributes
    ----------
    field : str
        What the setting is called.
    labels : tuple of str
        Its values.
    training, test : array of shape (3, n)
        Lower quartile, median and upper quartile of the networks' errors at each value.
    counts : tuple of int
        How many networks there are at each.
    task : Task
        What was asked of them.
    """

    field: str
    labels: tuple[str, ...]
    training: Array
    test: Array
    counts: tuple[int, ...]
    task: Task

    @classmethod
    def of(
        cls, field: str, scores: Mapping[str, tuple[ArrayLike, ArrayLike]], task: Task
    ) -> "ErrorCurve":
        """Return the curve of scores on training and test sample, by the value of the setting.

        Examples
        --------
        >>> from trainfcnn import TASKS
        >>> curve = ErrorCurve.of("dims", {"2": ([0.75], [0.5])}, TASKS["binary"])
        >>> curve.training[1], curve.test[1]
        (array([0.25]), array([0.5]))
        """
        known, new = (
            np.array(
                [np.quantile(1 - np.array(both[which]), QUARTILES) for both in scores.values()]
            )
            for which in (0, 1)
        )
        counts = tuple(np.size(training) for training, _ in scores.values())
        return cls(field, tuple(scores), known.T, new.T, counts, task)

    @property
    def best(self) -> int:
        """At which value the median error on the test sample is least, the first of equals."""
        return int(self.test[1].argmin())

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it; see `plot_errors`."""
        from trainfcnn import plotting

        return plotting.plot_errors(self, ax)
