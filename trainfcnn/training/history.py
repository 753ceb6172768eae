"""What was seen epoch by epoch, and the best of it."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from trainfcnn._support.types import Array
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.tasks import Task


@dataclass(frozen=True, eq=False)
class History:
    """What was seen epoch by epoch.

    Attributes
    ----------
    loss, score : array of shape (epochs,)
        On the training sample, each batch as it was met, before its step and with its units
        dropped out (so a loss here is a little above the one after the epoch).
    validation_loss, validation_score : array of shape (epochs,)
        After the epoch, on what was held out; empty where nothing was.
    seconds : float
        Wall-clock time of the training.
    best_epoch : int
        From 1, the one whose weights were kept; 0 if those are the initial ones.
    loss_name, score_name : str
        What was measured.
    restart_losses : array of shape (restarts, epochs)
        The losses of all networks that were trained beside it, its own among them: on what was
        held out, or else on the training sample; empty where it was alone.
    """

    loss: Array
    score: Array
    validation_loss: Array
    validation_score: Array
    seconds: float
    best_epoch: int
    loss_name: str
    score_name: str
    restart_losses: Array = field(default_factory=lambda: np.empty((0, 0)))

    def until(self, epoch: int) -> "History":
        """Return what had been seen after an earlier epoch."""
        watched = self.validation_loss[:epoch]
        best_so_far = int(np.nanargmin(watched)) + 1 if np.isfinite(watched).any() else epoch
        return replace(
            self,
            loss=self.loss[:epoch],
            score=self.score[:epoch],
            validation_loss=watched,
            validation_score=self.validation_score[:epoch],
            best_epoch=min(self.best_epoch, best_so_far),
            restart_losses=self.restart_losses[:, :epoch],
        )

    def __len__(self) -> int:
        return len(self.loss)

    def __repr__(self) -> str:
        if not len(self):
            return "History: no epochs"
        return (
            f"History: {len(self)} epochs in {self.seconds:.2f} s, {self.loss_name} "
            f"{self.loss[0]:.4g} -> {self.loss[-1]:.4g}"
        )


# At most so much is kept waiting before it is measured.
MOST_EPOCHS = 32
MOST_NUMBERS = 1_000_000


class Recorder:
    """Losses and scores of every epoch of a stack.

    A few epochs' outputs wait in one buffer and are measured together: on small data, calling a
    dozen operations each epoch would cost more than the arithmetic in them.

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
        self._n_members = n_members
        self._outputs = torch.empty(0)
        self._targets = torch.empty(0)
        self._n_waiting = 0
        self._measured: list[tuple[Tensor, Tensor]] = []

    def record(self, outputs: Tensor, targets: Tensor) -> None:
        """Take note of an epoch's outputs (K, outputs, n) and of their targets (outputs, n)."""
        if not len(self._outputs):
            capacity = max(1, min(MOST_EPOCHS, MOST_NUMBERS // outputs.numel()))
            self._outputs = outputs.new_empty(capacity, *outputs.shape)
            self._targets = targets.new_empty(capacity, 1, *targets.shape)
        self._outputs[self._n_waiting].copy_(outputs)
        self._targets[self._n_waiting].copy_(targets)
        self._n_waiting += 1
        if self._n_waiting == len(self._outputs):
            self.measure()

    def measure(self) -> None:
        """Work out loss and score of the epochs that wait."""
        if self._n_waiting:
            outputs = self._outputs[: self._n_waiting]
            targets = self._targets[: self._n_waiting]
            losses = self._task.loss(outputs, targets)
            self._measured.append((losses, self._task.score(outputs, targets)))
            self._n_waiting = 0
            self.has_diverged = not bool(losses[-1].isfinite().any())

    def latest_loss(self) -> Tensor:
        """Return the last epoch's loss of every member, (K,)."""
        self.measure()
        return self._measured[-1][0][-1]

    def rows(self) -> tuple[Tensor, Tensor]:
        """Return losses and scores, (epochs, K) each."""
        self.measure()
        if not self._measured:
            return torch.empty(0, self._n_members), torch.empty(0, self._n_members)
        losses, scores = zip(*self._measured, strict=True)
        return torch.cat(losses), torch.cat(scores)


class Best:
    """The lowest loss of every member so far, and the parameters that gave it.

    Parameters
    ----------
    stack : Stack
        Whose parameters are watched.
    patience : int
        A member stops after so many epochs without a lower loss; 0 never stops.

    Attributes
    ----------
    parameters : Tensor of shape (P,)
        Of every member's best epoch, as in the stack.
    loss : Tensor of shape (K,)
        The lowest so far.
    epoch : Tensor of shape (K,)
        Of the lowest loss, from 1; 0 before any.
    stopped : Tensor of shape (K,)
        The epoch at which a member stopped; 0 while it goes on.
    """

    def __init__(self, stack: Stack, patience: int) -> None:
        self.patience = patience
        self.parameters = stack.parameters.clone()
        self.loss = stack.parameters.new_full((stack.n_members,), torch.inf)
        self.epoch = torch.zeros(stack.n_members, dtype=torch.long, device=self.loss.device)
        self.stopped = torch.zeros_like(self.epoch)

    def watch(self, epoch: int, loss: Tensor, stack: Stack) -> None:
        """Keep the parameters of the members whose `loss` (K,) is their lowest."""
        better = (loss < self.loss) & (self.stopped == 0)
        self.loss[better] = loss[better]
        self.epoch[better] = epoch
        for kept, block in zip(stack.split(self.parameters), stack.blocks, strict=True):
            torch.where(better[:, None, None], block, kept, out=kept)
        if self.patience:
            late = (epoch - self.epoch >= self.patience) & (self.stopped == 0)
            self.stopped[late] = epoch

    @property
    def has_stopped(self) -> bool:
        """Whether no member goes on."""
        return self.patience > 0 and bool(self.stopped.all())
