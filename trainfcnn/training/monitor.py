"""A training watched: losses and scores recorded, the best weights kept, the early stop."""

from dataclasses import dataclass

import torch
from torch import Tensor

from trainfcnn.engine.batches import Batches
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.tasks import Task

LEAST_GAIN = 1e-4  # of a constant answer's loss: less is no progress that somebody waits for
# At most so much is kept waiting before it is measured.
MOST_EPOCHS = 32
MOST_NUMBERS = 1_000_000


def capacity_for(n_outputs: int) -> int:
    """Return how many epochs of so many outputs wait before they are measured."""
    return max(1, min(MOST_EPOCHS, MOST_NUMBERS // n_outputs))


class Recorder:
    """Losses and scores of every epoch of a stack.

    A few epochs' outputs wait in one buffer and are measured together: on small data, calling a
    dozen operations each epoch would cost more than the arithmetic in them. An epoch that is
    recorded again, as it was interrupted, takes the place of what was recorded of it.

    Parameters
    ----------
    task : Task
        What to measure.
    n_members : int
        K.

    Attributes
    ----------
    has_diverged : bool
        Whether no member's loss is finite, as far as it is measured: some epochs may wait.
    """

    def __init__(self, task: Task, n_members: int) -> None:
        self.has_diverged = False
        self._task = task
        self._outputs = torch.empty(0)
        self._targets = torch.empty(0)
        self._weights: Tensor | None = None  # where all samples count alike
        self._n_waiting = 0
        self._losses = torch.empty(0, n_members)
        self._scores = torch.empty(0, n_members)
        self._n_measured = 0

    def take(
        self,
        epoch: int,
        measured: tuple[Tensor, Tensor] | None,
        batches: Batches,
        n_parts: int | None = None,
    ) -> None:
        """Take note of what an engine measured, or else of the outputs of so many batches."""
        if measured is None:
            outputs = batches.outputs(n_parts)
            n = outputs.shape[2]
            weights = None if batches.weights is None else batches.weights[:, :n]
            self.record(epoch, outputs, batches.targets[:, :n], weights)
        else:
            self.note(epoch, *measured, batches.outputs_met.numel())

    def record(
        self, epoch: int, outputs: Tensor, targets: Tensor, weights: Tensor | None = None
    ) -> None:
        """Take note of an epoch's outputs (K, outputs, n), targets (outputs, n) and weights."""
        if self._outputs.shape[1:] != outputs.shape:  # as of the first, or of a part of one
            self.measure()
            capacity = capacity_for(outputs.numel())
            self._outputs = outputs.new_empty(capacity, *outputs.shape)
            # 1: all members share their targets
            self._targets = targets.new_empty(capacity, 1, *targets.shape)
            if weights is not None:
                self._weights = weights.new_empty(capacity, 1, *weights.shape)
        self._n_measured = min(self._n_measured, epoch - 1)
        place = epoch - 1 - self._n_measured
        # copies, since the next epoch writes to the same outputs, in another order
        self._outputs[place].copy_(outputs)
        self._targets[place].copy_(targets)
        if weights is not None and self._weights is not None:
            self._weights[place].copy_(weights)
        self._n_waiting = place + 1
        # At certain epochs, and not whenever somebody has asked: that must not end a training.
        if epoch % len(self._outputs) == 0:
            self.measure()
            self._look_for_divergence()

    def note(self, epoch: int, loss: Tensor, score: Tensor, n_outputs: int) -> None:
        """Take note of epochs' losses and scores (m, K), up to that epoch's.

        They are measured already, on so many outputs each.
        """
        self.measure()
        self._losses = _with_rows(self._losses, loss, epoch)
        self._scores = _with_rows(self._scores, score, epoch)
        self._n_measured = epoch
        if epoch % capacity_for(n_outputs) == 0:
            self._look_for_divergence()

    def measure(self) -> None:
        """Work out loss and score of the epochs that wait."""
        if not self._n_waiting:
            return
        outputs = self._outputs[: self._n_waiting]
        targets = self._targets[: self._n_waiting]
        weights = None if self._weights is None else self._weights[: self._n_waiting]
        losses = self._task.loss(outputs, targets, weights)
        scores = self._task.score(outputs, targets)
        end = self._n_measured + self._n_waiting
        self._losses = _with_rows(self._losses, losses, end)
        self._scores = _with_rows(self._scores, scores, end)
        self._n_measured = end
        self._n_waiting = 0

    def latest_loss(self) -> Tensor:
        """Return the last epoch's loss of every member, (K,)."""
        self.measure()
        self._look_for_divergence()
        return self._losses[self._n_measured - 1]

    def _look_for_divergence(self) -> None:
        self.has_diverged = not bool(self._losses[self._n_measured - 1].isfinite().any())

    def rows(self, n_epochs: int) -> tuple[Tensor, Tensor]:
        """Return losses and scores of the first epochs, (n_epochs, K) each, if all are recorded."""
        self.measure()
        n = min(n_epochs, self._n_measured)
        return self._losses[:n], self._scores[:n]


def _with_rows(table: Tensor, rows: Tensor, end: int) -> Tensor:
    """Return a table (m, K) that has `rows` up to its row `end`: the same, or one twice as long.

    One buffer that grows, and not a tensor for each epoch: these would lie scattered among larger
    ones that come and go, and keep the memory from being given back.
    """
    if end > len(table):
        longer = rows.new_empty(max(end, 2 * len(table)), rows.shape[1])
        longer[: len(table)] = table
        table = longer
    table[end - len(rows) : end] = rows
    return table


@dataclass(frozen=True, eq=False)
class Best:
    """The lowest loss of every member so far, and the parameters that gave it.

    A value: an epoch that is interrupted leaves either the one before it or the one after.

    Attributes
    ----------
    patience : int
        A member stops after so many epochs without a gain; 0 never stops.
    parameters : Tensor of shape (P,)
        Of every member's best epoch, as in the stack.
    loss : Tensor of shape (K,)
        The lowest so far.
    epoch : Tensor of shape (K,)
        Of the lowest loss, from 1; 0 before any.
    least_gain : float
        By how much a loss must fall to count as a gain.
    gained_loss, gained_epoch : Tensor of shape (K,)
        Of the last gain.
    stopped : Tensor of shape (K,)
        The epoch at which a member stopped; 0 while it goes on.
    """

    patience: int
    parameters: Tensor
    loss: Tensor
    epoch: Tensor
    least_gain: float
    gained_loss: Tensor
    gained_epoch: Tensor
    stopped: Tensor

    @classmethod
    def before_any(cls, stack: Stack, patience: int, constant_loss: float) -> "Best":
        """Return what there is before the first epoch; a constant answer has `constant_loss`."""
        least_gain = LEAST_GAIN * constant_loss
        loss = stack.parameters.new_full((stack.n_members,), torch.inf)
        none = torch.zeros(stack.n_members, dtype=torch.long, device=loss.device)
        return cls(patience, stack.parameters.clone(), loss, none, least_gain, loss, none, none)

    def after(self, epoch: int, loss: Tensor, stack: Stack) -> "Best":
        """Return what is best once an epoch left the stack with that `loss` (K,)."""
        # < and not <=, so that of equal losses the first counts, and a NaN never does
        better = (loss < self.loss) & (self.stopped == 0)
        parameters = self.parameters.clone()
        for kept, block in zip(stack.split(parameters), stack.blocks, strict=True):
            torch.where(better[:, None, None], block, kept, out=kept)
        best_epoch = torch.where(better, epoch, self.epoch)
        gains = loss < self.gained_loss - self.least_gain
        gained_epoch = torch.where(gains, epoch, self.gained_epoch)
        stopped = self.stopped
        if self.patience:
            late = (epoch - gained_epoch >= self.patience) & (stopped == 0)
            stopped = torch.where(late, epoch, stopped)
        return Best(
            self.patience,
            parameters,
            loss=torch.where(better, loss, self.loss),
            epoch=best_epoch,
            least_gain=self.least_gain,
            gained_loss=torch.where(gains, loss, self.gained_loss),
            gained_epoch=gained_epoch,
            stopped=stopped,
        )

    @property
    def has_stopped(self) -> bool:
        """Whether no member goes on."""
        return self.patience > 0 and bool(self.stopped.all())
