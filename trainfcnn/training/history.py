"""What was seen of a network epoch by epoch."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.files import write_records
from trainfcnn._support.types import Array


@dataclass(frozen=True, eq=False)
class History:
    """What was seen epoch by epoch.

    Attributes
    ----------
    loss, score : array of shape (epochs,)
        On the training sample, each batch as it was met, before its step and with its units
        dropped out (so a loss here is a little above the one after the epoch). Where samples have
        weights, these count in every loss, and in no score.
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
    test_every : int
        After how many epochs each the test sample was looked at; 0 for never.
    test_loss, test_score : array of shape (epochs // test_every,)
        On the test sample, after these epochs; nothing of the training depends on them.
    step_loss, step_score : array of shape (steps,)
        Of every batch, before its step; empty unless it was asked for.
    elapsed : array of shape (epochs,)
        Seconds from the beginning of the training to the end of every epoch.
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
    test_every: int = 0
    test_loss: Array = field(default_factory=lambda: np.empty(0))
    test_score: Array = field(default_factory=lambda: np.empty(0))
    step_loss: Array = field(default_factory=lambda: np.empty(0))
    step_score: Array = field(default_factory=lambda: np.empty(0))
    elapsed: Array = field(default_factory=lambda: np.empty(0))

    def then(self, more: "History") -> "History":
        """Return what was seen of this training and of one that went on where it ended.

        The curve on the test sample goes on where its epochs do.
        """
        n = len(self)
        best = n + more.best_epoch if more.best_epoch else self.best_epoch
        goes_on = self.test_every == more.test_every and n % (self.test_every or 1) == 0
        names = ["loss", "score", "validation_loss", "validation_score", "step_loss", "step_score"]
        names += ["test_loss", "test_score"] if goes_on else []
        joined: dict[str, Any] = {
            name: np.append(getattr(self, name), getattr(more, name)) for name in names
        }
        elapsed = np.append(self.elapsed, self.seconds + more.elapsed)
        seconds = self.seconds + more.seconds
        return replace(self, **joined, elapsed=elapsed, seconds=seconds, best_epoch=best)

    def until(self, epoch: int) -> "History":
        """Return what had been seen after an earlier epoch."""
        n_tests = epoch // (self.test_every or epoch + 1)
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
            test_loss=self.test_loss[:n_tests],
            test_score=self.test_score[:n_tests],
            step_loss=self.step_loss[: epoch * self.steps_per_epoch],
            step_score=self.step_score[: epoch * self.steps_per_epoch],
            elapsed=self.elapsed[:epoch],
        )

    def to_records(self) -> list[dict[str, float | None]]:
        """Return a row for every epoch: what `pandas.DataFrame`, or any other table tool, takes.

        Its number, the seconds from the beginning to its end, loss and score, and those on what was
        held out and on the test sample where they were measured; None in an epoch without.

        Examples
        --------
        >>> from trainfcnn import TrainFCNN
        >>> rows = TrainFCNN("xor").train(epochs=2, test_every=2).history.to_records()
        >>> list(rows[0])
        ['epoch', 'seconds', 'loss', 'accuracy', 'test_loss', 'test_accuracy']
        >>> rows[0]["test_loss"] is None, rows[1]["epoch"]
        (True, 2)
        """
        score = "r2" if self.score_name == "R²" else self.score_name
        epochs = range(1, len(self) + 1)
        columns: dict[str, Iterable[float]] = {"epoch": epochs}
        if len(self.elapsed):
            columns["seconds"] = self.elapsed.tolist()
        columns |= {"loss": self.loss.tolist(), score: self.score.tolist()}
        if len(self.validation_loss):
            columns["validation_loss"] = self.validation_loss.tolist()
            columns[f"validation_{score}"] = self.validation_score.tolist()
        rows: list[dict[str, float | None]] = [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
        ]
        if self.test_every:
            tests = zip(self.test_loss.tolist(), self.test_score.tolist(), strict=True)
            seen = dict(zip(self.test_epochs.tolist(), tests, strict=True))
            for epoch, row in zip(epochs, rows, strict=True):
                row["test_loss"], row[f"test_{score}"] = seen.get(epoch, (None, None))
        return rows

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write `to_records` as a CSV file, all of it or nothing.

        Raises
        ------
        ValueError
            If it cannot be written there.
        """
        write_records(self.to_records(), Path(path))

    @property
    def test_epochs(self) -> NDArray[np.int64]:
        """The epochs after which the test sample was looked at."""
        return self.test_every * np.arange(1, len(self.test_loss) + 1)

    @property
    def steps_per_epoch(self) -> int:
        """How many steps a whole epoch had, where they were recorded; else 0."""
        return -(-len(self.step_loss) // max(1, len(self)))  # rounded up: the last may be a part

    def __len__(self) -> int:
        return len(self.loss)

    def __repr__(self) -> str:
        if not len(self):
            return "History: no epochs"
        return (
            f"History: {len(self)} epochs in {self.seconds:.2f} s, {self.loss_name} "
            f"{self.loss[0]:.4g} -> {self.loss[-1]:.4g}"
        )
