"""All that changes in the course of a training, as one value that can be pickled."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from torch import Generator, Tensor

from trainfcnn._support.types import Array
from trainfcnn.engine.optimizers import Optimizer
from trainfcnn.training.monitor import Best, Recorder


@dataclass(frozen=True, eq=False)
class Done:
    """What is done of a training, up to the last whole epoch.

    It is replaced as a whole, so that Ctrl-C, wherever it comes, leaves epochs, weights and the
    best of them in step.

    Attributes
    ----------
    epoch, step : int
        How many there were.
    parameters : Tensor of shape (P,)
        As they were then.
    best : Best, optional
        The best weights so far, where something is held out or patience is asked for.
    """

    epoch: int
    step: int
    parameters: Tensor
    best: Best | None


@dataclass
class TrainingState:
    """Where a training stands: with its data and its recipe, all it takes to go on.

    Attributes
    ----------
    parameters : Tensor of shape (P,)
        The stack's own, perhaps in the middle of an epoch.
    optimizer : Optimizer
        With what it remembers of past gradients.
    order : Tensor of shape (n,)
        In which the training samples were taken last.
    batch_order, dropout, augmentation : Generator
        Whatever is random.
    training : Recorder
        Losses and scores on the training sample.
    validation : Recorder
        Losses and scores on what is held out; empty where nothing is.
    test, steps : Recorder
        Those on the test sample, and of each batch; empty where nobody asked.
    done : Done
        What whole epochs left.
    seconds : float
        Wall-clock time so far.
    elapsed : list of float
        That time at the end of every epoch.
    changes : tuple of (int, mapping)
        Settings that were changed on the way, and after which epoch; see `training.live`.
    """

    parameters: Tensor
    optimizer: Optimizer
    order: Tensor
    batch_order: Generator
    dropout: Generator
    augmentation: Generator
    training: Recorder
    validation: Recorder
    test: Recorder
    steps: Recorder
    done: Done
    seconds: float = 0.0
    elapsed: list[float] = field(default_factory=list)
    changes: tuple[tuple[int, Mapping[str, object]], ...] = ()

    def spend(self, seconds: float) -> None:
        """Count time that was spent; epochs that were done in it took the same time each."""
        began = self.seconds
        self.seconds += seconds
        n = self.epoch - len(self.elapsed)
        self.elapsed += [began + seconds * done / n for done in range(1, n)]
        self.elapsed += [self.seconds] * (n > 0)

    def elapsed_until(self, epoch: int) -> Array:
        """Return the time at the end of the first epochs, (epoch,)."""
        self.spend(0)  # an interrupt may have come after an epoch, before its time was counted
        return np.array(self.elapsed[:epoch], dtype=np.float64)

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return self.done.epoch

    @property
    def step(self) -> int:
        """How many steps these took."""
        return self.done.step

    @property
    def best(self) -> Best | None:
        """The best weights so far, if some are kept."""
        return self.done.best
