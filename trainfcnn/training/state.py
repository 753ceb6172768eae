"""All that changes in the course of a training, as one value that can be pickled."""

from dataclasses import dataclass

from torch import Generator, Tensor

from trainfcnn.engine.optimizers import Optimizer
from trainfcnn.training.monitor import Best, Recorder


@dataclass
class TrainingState:
    """Where a training stands: with its data and its recipe, all it takes to go on.

    Attributes
    ----------
    epoch, step : int
        How many are done.
    seconds : float
        Wall-clock time so far.
    parameters : Tensor of shape (P,)
        The stack's own.
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
    best : Best, optional
        The best weights so far, where something is held out or patience is asked for.
    """

    parameters: Tensor
    optimizer: Optimizer
    order: Tensor
    batch_order: Generator
    dropout: Generator
    augmentation: Generator
    training: Recorder
    validation: Recorder
    best: Best | None
    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
