"""A training watched: losses and scores recorded, the best weights kept, the early stop."""

import torch
from torch import Tensor

from trainfcnn.engine.stack import Stack
from trainfcnn.nn.tasks import Task

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
            # 1: all members share their targets
            self._targets = targets.new_empty(capacity, 1, *targets.shape)
        # copies, since the next epoch writes to the same outputs, in another order
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
        # < and not <=, so that of equal losses the first counts, and a NaN never does
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
