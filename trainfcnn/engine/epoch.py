"""One epoch: a step for each batch, as lists of operations that are made once and repeated."""

from functools import partial

import torch
from torch import Generator

from trainfcnn._support.collector import uncollected
from trainfcnn._support.types import Array
from trainfcnn.engine.batches import Batch, Batches
from trainfcnn.engine.optimizers import Optimizer
from trainfcnn.engine.passes import Op
from trainfcnn.nn.tasks import Task


class Epoch:
    """The steps of an epoch: gather, forward, loss gradient, backward, update.

    Parameters
    ----------
    batches : Batches
        Of the sample to train on; after each run, its outputs are those that the samples met.
    task : Task
        Whose loss is lowered.
    optimizer : Optimizer
        On the buffers of the stack that the batches go through.
    dropout : Generator
        Of the masks.

    Attributes
    ----------
    most_epochs : int
        How many a run may take.
    forward : callable
        Writes the outputs of all batches, with nothing dropped, and takes no step.
    """

    most_epochs = 1

    @torch.inference_mode()
    def __init__(
        self, batches: Batches, task: Task, optimizer: Optimizer, dropout: Generator
    ) -> None:
        self._optimizer = optimizer
        self._batches = batches
        self.forward = batches.forward
        with uncollected():
            self._steps = [_ops(part, task, dropout) for part in batches.parts]

    def __len__(self) -> int:
        """Return how many steps there are."""
        return len(self._steps)

    def measured(self) -> None:
        """Return nothing: what outputs came to is measured later, of several epochs at once."""

    def run(self, rates: Array, order: Generator | None = None, watch: object = None) -> None:
        """Take a step for each learning rate, (1, steps): all of the epoch, or its first ones.

        `order` draws the samples anew; by default they are taken as before. Nothing is watched
        here: whoever wants to keep the best looks after each epoch.
        """
        if order is not None:
            self._batches.shuffle(order)
        update = self._optimizer.step  # looked up once, as this loop is all there is to training
        for ops, lr in zip(self._steps, rates[0].tolist(), strict=False):
            for op in ops:
                op()
            update(lr)


class Evaluation:
    """Samples that are only looked at.

    Parameters
    ----------
    batches : Batches
        Of which, after each run, the outputs are those of the stack as it was.
    """

    def __init__(self, batches: Batches) -> None:
        self.run = batches.forward

    def measured(self) -> None:
        """Return nothing, as `Epoch` does."""


def _ops(part: Batch, task: Task, dropout: Generator) -> list[Op]:
    """Return all of a step but the update."""
    network_pass = part.network_pass
    # the loss is a mean over the batch, whose last one may be smaller than the others
    n_outputs, n_samples = part.targets.shape
    n_terms = n_samples * task.n_terms(n_outputs)
    scale = part.targets.new_tensor(task.loss_gradient / n_terms)
    masks = [partial(part.workspace.sample_dropout, dropout)] if part.workspace.dropouts else []
    bend = [] if task.steepness is None else [partial(task.steepness, network_pass.delta)]
    weigh = [] if part.weights is None else [partial(network_pass.delta.mul_, part.weights)]
    return [
        *part.gather,
        *masks,
        *network_pass.forward_ops,
        partial(task.predict, network_pass.outputs, out=network_pass.delta),
        partial(network_pass.delta.sub_, part.targets),
        *bend,
        partial(network_pass.delta.mul_, scale),
        *weigh,
        *network_pass.backward_ops,
    ]
