"""What was seen of a network epoch by epoch."""

from dataclasses import dataclass, field, replace

import numpy as np

from trainfcnn._support.types import Array


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
        # nanargmin raises where all are NaN
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
