"""`Run`, what a training leaves behind."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np

from trainfcnn._support.types import Values
from trainfcnn.data.dataset import Dataset
from trainfcnn.engine.backend import UNKNOWN, Engine
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import Task, task_of
from trainfcnn.recipe import Recipe
from trainfcnn.training.history import History
from trainfcnn.training.kept import Network
from trainfcnn.training.standing import Standing


@dataclass(frozen=True)
class Scores:
    """What was measured of a run before it was saved, for when its data are left out.

    Attributes
    ----------
    loss, score : float
        On the training sample.
    test_loss, test_score, exact_score : float, optional
        On the test sample, and against the truth.
    baseline : float
        What the best constant answer reaches.
    """

    loss: float
    score: float
    test_loss: float | None
    test_score: float | None
    exact_score: float | None
    baseline: float


@dataclass(frozen=True, eq=False)
class Run:
    """What a training leaves behind: pictures, reports and sweeps are made of runs.

    Attributes
    ----------
    dataset : Dataset
        What was learnt.
    recipe : Recipe
        By which hyper-parameters.
    network : FCNN
        What came out, made when it is asked for; it lives on the CPU and takes and gives the data
        set's own units.
    history : History
        What was seen epoch by epoch.
    ended : str
        'done', 'reached' its goal, 'stopped' by its patience, 'time' was up, 'diverged' or
        'interrupted'.
    seed : int
        Of batch order, dropout and validation, and of initial weights unless the recipe has one.
    criterion : float
        By what runs are compared, the lower the better: the lowest validation loss; where nothing
        was held out, the training loss of the weights that were kept (with patience, as it was
        met).
    engine : Engine
        What took the steps, and why.
    units : tuple of float
        What each target was divided by for the loss; of classes it is 1.
    measured : dict
        Loss and score on a sample, by its name and the network's fingerprint: see `analysis`.
    scores : Scores, optional
        Of a run that was saved, what had been measured.
    standing : Standing, optional
        Where its training stood, so that it can go on.
    """

    dataset: Dataset
    recipe: Recipe
    network: FCNN
    history: History
    ended: str
    seed: int = 0
    criterion: float = float("nan")
    engine: Engine = UNKNOWN
    units: tuple[float, ...] = (1.0,)
    scores: Scores | None = None
    standing: Standing | None = None
    measured: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict, init=False)

    @property
    def task(self) -> Task:
        """What was asked of the network."""
        return task_of(self.dataset.kind, self.recipe.loss)

    def on(self, dataset: Dataset) -> "Run":
        """Return the same run with its data set, which it may have been sent without."""
        run = copy(self)  # `dataclasses.replace` would ask for the network
        vars(run)["dataset"] = dataset
        return run

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.network.dims))
        return f"Run({self.dataset.name!r}): {sizes}, {self.ended}, {self.history!r}"


def in_units(y: Values, units: tuple[float, ...]) -> Values:
    """Return targets as a loss is told in: of several each in its unit, one alone as it is.

    Examples
    --------
    >>> in_units(np.array([[2.0, 30.0]]), (2.0, 10.0)), in_units(np.array([2.0]), (2.0,))
    (array([[1., 3.]]), array([2.]))
    """
    return y if y.ndim == 1 else y / np.array(units)


# It may be given as one `Kept`. Here, since in the class it would be taken for the field's default.
Run.network = Network()  # type: ignore[assignment]


def best_of(criteria: Sequence[float]) -> int:
    """Return the index of the lowest criterion, the first of equals; one that is NaN comes last.

    Examples
    --------
    >>> best_of([float("nan"), 0.3, 0.2, 0.2])
    2
    """
    values = np.asarray(criteria)
    return int(np.lexsort((values, np.isnan(values)))[0])  # by whether they are NaN, then by size
