"""A training watched: losses and scores recorded, the best weights kept, the early stop."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trainfcnn.engine.batches import Batches
from trainfcnn.engine.fused import FusedEvaluation, Watch
from trainfcnn.engine.stack import Stack
from trainfcnn.goal import Goal
from trainfcnn.nn.tasks import Task

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

    def latest(self) -> tuple[Tensor, Tensor]:
        """Return the last epoch's loss and score of every member, (K,) each."""
        self.measure()
        last = self._n_measured - 1
        return self._losses[last], self._scores[last]

    def _look_for_divergence(self) -> None:
        self.has_diverged = not bool(self._losses[self._n_measured - 1].isfinite().any())

    def rows(self, n_epochs: int) -> tuple[Tensor, Tensor]:
        """Return losses and scores of the first epochs, (n_epochs, K) each, if all are recorded."""
        self.measure()
        n = min(n_epochs, self._n_measured)
        return self._losses[:n], self._scores[:n]

    def all_rows(self) -> tuple[Tensor, Tensor]:
        """Return losses and scores of all epochs that were recorded, (n, K) each."""
        self.measure()
        return self._losses[: self._n_measured], self._scores[: self._n_measured]

    def restore(self, losses: Tensor, scores: Tensor, has_diverged: bool) -> None:
        """Take over what another had recorded of its first epochs, (n, K) each."""
        self._losses = losses
        self._scores = scores
        self._n_measured = len(losses)
        self._n_waiting = 0
        self.has_diverged = has_diverged


def _with_rows(table: Tensor, rows: Tensor, end: int) -> Tensor:
    """Return a table (m, K) that has `rows` up to its row `end`: the same, or one twice as long.

    One buffer that grows, and not a tensor for each epoch: these would lie scattered among larger
    ones that come and go, and keep the memory from being given back.
    """
    if end > len(table):
        # In the precision of what there is: the kernel measures in double, the stack in its own.
        like = table if len(table) else rows
        longer = like.new_empty(max(end, 2 * len(table)), rows.shape[1])
        longer[: len(table)] = table
        table = longer
    table[end - len(rows) : end] = rows
    return table


@dataclass(frozen=True)
class Stopping:
    """When a member stops before the last epoch, and which of its weights are kept.

    Attributes
    ----------
    patience : int
        It stops after so many epochs without a gain; 0 never stops.
    least_gain : float
        By how much a loss must fall to count as a gain.
    goal : Goal, optional
        It stops when that is reached, and these weights are kept.
    keeps_last : bool
        Whether the last weights are kept, and not those of the lowest loss.
    """

    patience: int = 0
    least_gain: float = 0.0
    goal: Goal | None = None
    keeps_last: bool = False


@dataclass(frozen=True, eq=False)
class Best:
    """The weights of every member that are kept so far: of the lowest loss, or the last ones.

    A value: an epoch that is interrupted leaves either the one before it or the one after.

    Attributes
    ----------
    stopping : Stopping
        When a member stops, and what is kept.
    parameters : Tensor of shape (P,)
        Of every member's best epoch, as in the stack.
    loss : Tensor of shape (K,)
        Of that epoch.
    epoch : Tensor of shape (K,)
        Which one it was, from 1; 0 before any.
    gained_loss, gained_epoch : Tensor of shape (K,)
        Of the last gain.
    stopped : Tensor of shape (K,)
        The epoch at which a member stopped; 0 while it goes on.
    reached : Tensor of shape (K,)
        Whether it stopped at its goal.
    """

    stopping: Stopping
    parameters: Tensor
    loss: Tensor
    epoch: Tensor
    gained_loss: Tensor
    gained_epoch: Tensor
    stopped: Tensor
    reached: Tensor

    @classmethod
    def before_any(cls, stack: Stack, stopping: Stopping) -> "Best":
        """Return what there is before the first epoch."""
        device = stack.parameters.device
        loss = torch.full((stack.n_members,), torch.inf, dtype=torch.float64, device=device)
        none = torch.zeros(stack.n_members, dtype=torch.long, device=device)
        kept = stack.parameters.clone()
        return cls(stopping, kept, loss, none, loss, none, none, reached=none > 0)

    def beginning(self, parameters: Tensor, loss: Tensor) -> "Best":
        """Return what there is before a first epoch that follows others, of which these were best.

        Patience counts anew: who asks for more epochs does not mean those that came before.
        """
        return replace(self, parameters=parameters, loss=loss, gained_loss=loss)

    def after(self, epoch: int, loss: Tensor, score: Tensor, stack: Stack) -> "Best":
        """Return what is best once an epoch left the stack with that `loss` and `score` (K,)."""
        stopping = self.stopping
        goes_on = self.stopped == 0
        # < and not <=, so that of equal losses the first counts, and a NaN never does
        better = goes_on if stopping.keeps_last else goes_on & (loss < self.loss)
        stopped = self.stopped
        reached = self.reached
        if stopping.goal is not None:
            met = goes_on & stopping.goal.is_met(loss, score)
            better = better | met
            reached = reached | met
            stopped = torch.where(met, epoch, stopped)
        parameters = self.parameters.clone()
        for kept, block in zip(stack.split(parameters), stack.blocks, strict=True):
            torch.where(better[:, None, None], block, kept, out=kept)
        gains = loss < self.gained_loss - stopping.least_gain
        gained_epoch = torch.where(gains, epoch, self.gained_epoch)
        if stopping.patience:
            late = (epoch - gained_epoch >= stopping.patience) & (stopped == 0)
            stopped = torch.where(late, epoch, stopped)
        return Best(
            stopping,
            parameters,
            loss=torch.where(better, loss, self.loss),
            epoch=torch.where(better, epoch, self.epoch),
            gained_loss=torch.where(gains, loss, self.gained_loss),
            gained_epoch=gained_epoch,
            stopped=stopped,
            reached=reached,
        )

    @property
    def is_plain(self) -> bool:
        """Whether the lowest losses are kept, without a goal: what the kernel can look after."""
        return self.stopping.goal is None and not self.stopping.keeps_last

    def watch(self, epoch: int, evaluation: FusedEvaluation | None) -> Watch:
        """Return what the kernel looks after itself, from an epoch on, in copies of the buffers."""
        stopping = self.stopping
        return Watch(
            evaluation,
            epoch,
            stopping.patience,
            stopping.least_gain,
            self.parameters.clone(),
            self.loss.clone(),
            self.epoch.clone(),
            self.gained_loss.clone(),
            self.gained_epoch.clone(),
            self.stopped.clone(),
        )

    def watched(self, watch: Watch) -> "Best":
        """Return what the kernel made of it."""
        return replace(
            self,
            parameters=watch.parameters,
            loss=watch.loss,
            epoch=watch.epochs,
            gained_loss=watch.gained_loss,
            gained_epoch=watch.gained_epochs,
            stopped=watch.stopped,
        )

    @property
    def last_chance(self) -> int:
        """The epoch at which the last member that goes on may stop, if it gains no more."""
        return int(self.gained_epoch[self.stopped == 0].max()) + self.stopping.patience

    @property
    def has_stopped(self) -> bool:
        """Whether no member goes on."""
        can_stop = self.stopping.patience > 0 or self.stopping.goal is not None
        return can_stop and bool(self.stopped.all())
