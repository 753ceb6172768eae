"""A training under way as a file, from which it goes on with the same bits after it was killed.

Writing is not to slow the training down: a file is put off while all that were written would take
more than a hundredth of the time. So what is lost is at most a moment's work.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trainfcnn._support.checks import check_seed, check_switch, is_whole, short
from trainfcnn._support.container import (
    Contents,
    Described,
    Tensors,
    number_of,
    plain_number,
    write_container,
)
from trainfcnn._support.files import check_writable
from trainfcnn.nn.named import Own
from trainfcnn.storage import datasets, recipes, runs
from trainfcnn.training.loop import Training
from trainfcnn.training.run import Run
from trainfcnn.training.standing import set_state, states_of
from trainfcnn.training.state import Done

SHARE = 0.01  # of the time, that files may take to be written
KINDS = {
    "checkpoint": "",
    "run": "it is a finished training: use TrainFCNN.load(path)",
    "network": "use FCNN.load(path), or train(start=path)",
    "sweep": "use Sweep.load(path)",
    "chunk": "call sweep(..., checkpoint=folder) again",
}
RECORDERS = ("training", "validation", "test", "steps")
OF_BEST = ("parameters", "loss", "epoch", "gained_loss", "gained_epoch", "stopped", "reached")
BEFORE = "before."
EVERY = re.compile(r"(\d+(?:\.\d+)?) ?s(?:econds)?")
Every = int | str


@dataclass(frozen=True)
class Rhythm:
    """How often a file is written, at most: after so many epochs, or so many seconds.

    Epochs that the kernel trains in one call, some milliseconds, count as one.
    """

    epochs: int = 1
    seconds: float = 0.0

    @classmethod
    def of(cls, every: Every) -> "Rhythm":
        """Return what a number of epochs, or a text such as '30 s', stands for.

        Raises
        ------
        ValueError
            If it is neither.

        Examples
        --------
        >>> Rhythm.of(10), Rhythm.of("30 s")
        (Rhythm(epochs=10, seconds=0.0), Rhythm(epochs=1, seconds=30.0))
        """
        if is_whole(every) and int(every) >= 1:
            return cls(epochs=int(every))
        seconds = EVERY.fullmatch(every) if isinstance(every, str) else None
        if seconds is None:
            raise ValueError(
                "checkpoint_every must be a number of epochs, 1 or more, or of seconds as text, "
                f"got {short(every)}: try checkpoint_every=10, or '30 s'"
            )
        return cls(seconds=float(seconds[1]))


class Checkpoint:
    """A file that is written on the way, and that a training goes on from.

    Parameters
    ----------
    path : str or path
        The file.
    every : int or str
        See `Rhythm`.
    place : Place
        Of the trainer.
    before : Run, optional
        What was trained before, where the training goes on with that.

    Raises
    ------
    ValueError
        If the file cannot be written there.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        every: Every,
        place: runs.Place,
        before: Run | None = None,
    ) -> None:
        self.path = Path(path)
        check_writable(self.path)
        self._every = every
        self._rhythm = Rhythm.of(every)
        self._place = place
        self._before = before
        self._fixed: tuple[Described, Tensors] | None = None
        self._began = perf_counter()
        self._written = self._began
        self._epoch = 0
        self._spent = 0.0
        self._last = 0.0

    def begin(self, training: Training) -> None:
        """Write the file before the first epoch, so that there is one whenever it is killed."""
        self._began = perf_counter()
        self._fixed = self._description(training)
        self._write(training)

    def __call__(self, training: Training) -> None:
        """Write the file after an epoch, if it is time; and surely after the last one."""
        epoch = training.state.epoch
        if training.is_over or self._is_time(epoch):
            self._write(training)

    def _is_time(self, epoch: int) -> bool:
        rhythm = self._rhythm
        if epoch // rhythm.epochs == self._epoch // rhythm.epochs:
            return False
        now = perf_counter()
        # This one and the last one of all are still to be paid for.
        is_cheap = self._spent + 2 * self._last <= SHARE * (now - self._began)
        return is_cheap and now - self._written >= rhythm.seconds

    def _write(self, training: Training) -> None:
        start = perf_counter()
        described, tensors = self._fixed or self._description(training)
        state, buffers = pack_state(training)
        write_container(self.path, "checkpoint", described | {"state": state}, tensors | buffers)
        self._written = perf_counter()
        self._last = self._written - start
        self._spent += self._last
        self._epoch = training.state.epoch

    def _description(self, training: Training) -> tuple[Described, Tensors]:
        """Return all that stays the same."""
        made_of = training.made_of
        data, tensors = datasets.describe(made_of.dataset, with_samples=True)
        described = {
            "trainer": self._place.plain(),
            "every": self._every if isinstance(self._every, str) else int(self._every),
            "dataset": data,
            "recipe": recipes.plain_recipe(made_of.members[0].recipe),
            "seed": made_of.seed,
            "test_every": made_of.test_every,
            "record_steps": made_of.record_steps,
            "versions": runs.versions(),
            "before": None,
        }
        if self._before is not None:
            described["before"], others = runs.pack_trained(self._before)
            tensors |= {BEFORE + name: array for name, array in others.items()}
        return described, tensors


@dataclass(frozen=True, eq=False)
class Resumed:
    """What goes on: a training, where it trains, its file, and what was trained before it."""

    training: Training
    place: runs.Place
    checkpoint: Checkpoint
    before: Run | None


def resumed(contents: Contents, functions: Sequence[Own]) -> Resumed:
    """Return the training that a file holds, ready to go on."""
    described = contents.described
    tensors = contents.tensors
    place = runs.place_of(described["trainer"])
    dataset = datasets.dataset_of(described["dataset"], tensors, functions)
    check_switch("record_steps", described["record_steps"])
    training = Training(
        dataset,
        recipes.recipe_of(described["recipe"], functions),
        check_seed(described["seed"]),
        device=place.device,
        test_every=described["test_every"],
        record_steps=described["record_steps"],
        engine=place.engine,
    )
    restore_state(training, described["state"], tensors)
    before = None
    if described["before"] is not None:
        others = {
            name.removeprefix(BEFORE): array
            for name, array in tensors.items()
            if name.startswith(BEFORE)
        }
        before = runs.trained_of(described["before"], others, dataset, functions)
    checkpoint = Checkpoint(contents.path, described["every"], place, before)
    return Resumed(training, place, checkpoint, before)


def pack_state(training: Training) -> tuple[Described, Tensors]:
    """Return where a training stands after a whole epoch, as JSON and arrays."""
    state = training.state
    optimizer = state.optimizer
    tensors = {"parameters": state.done.parameters, "order": state.order}
    tensors |= {f"buffer.{name}": getattr(optimizer, name) for name in optimizer.buffers}
    tensors |= {f"generator.{name}": one for name, one in states_of(state).items()}
    best = state.best
    if best is not None:
        tensors |= {f"best.{name}": getattr(best, name) for name in OF_BEST}
    diverged = {}
    for name, (losses, scores) in training.recorded().items():
        diverged[name] = getattr(state, name).has_diverged
        tensors |= {f"{name}.losses": losses, f"{name}.scores": scores}
    described = {
        "epoch": state.epoch,
        "step": state.step,
        "n_steps": optimizer.n_steps,
        "seconds": plain_number(state.seconds),
        "has_diverged": diverged,
    }
    arrays = {f"state.{name}": one.cpu().numpy() for name, one in tensors.items()}
    return described, arrays | {"state.elapsed": state.elapsed_until(state.epoch)}


@torch.inference_mode()
def restore_state(training: Training, described: Mapping[str, Any], tensors: Tensors) -> None:
    """Put a training where another stood.

    Raises
    ------
    ValueError
        If that one was of other sizes.
    """
    found = {
        name.removeprefix("state."): array
        for name, array in tensors.items()
        if name.startswith("state.")
    }
    state = training.state
    n_epochs = training.n_epochs
    epoch, step, n_steps = (described[name] for name in ("epoch", "step", "n_steps"))
    if not all(map(is_whole, (epoch, step, n_steps))) or not 0 <= epoch <= n_epochs:
        raise ValueError(f"it must stand at an epoch from 0 to {n_epochs}, got {short(epoch)}")
    if not 0 <= step <= n_steps:
        raise ValueError(f"its steps do not fit its epochs, got {short(step)}")
    optimizer = state.optimizer
    _fill(state.parameters, found, "parameters")
    _fill(state.order, found, "order")
    if not torch.equal(state.order.sort().values, torch.arange(len(state.order))):
        raise ValueError("the order of its samples must have each of them once")
    for name in optimizer.buffers:
        _fill(getattr(optimizer, name), found, f"buffer.{name}")
    optimizer.n_steps = n_steps
    for name in ("batch_order", "dropout", "augmentation"):
        if f"generator.{name}" in found:
            set_state(getattr(state, name), torch.tensor(found[f"generator.{name}"]))
    _restore_recorders(training, described["has_diverged"], found, epoch, step)
    state.seconds = number_of(described["seconds"])
    state.elapsed = found["elapsed"].tolist()
    if len(state.elapsed) != epoch:
        raise ValueError(
            f"it must have a time for each of {epoch} epochs, got {len(state.elapsed)}"
        )
    best = state.best
    if best is not None:
        kept: dict[str, Any] = {
            name: _like(getattr(best, name), found, f"best.{name}") for name in OF_BEST
        }
        best = replace(best, **kept)
    state.done = Done(epoch, step, state.parameters.clone(), best)
    training.reorder()


def _restore_recorders(
    training: Training,
    diverged: Mapping[str, Any],
    found: Mapping[str, np.ndarray[Any, Any]],
    epoch: int,
    step: int,
) -> None:
    made_of = training.made_of
    n_tests = epoch // made_of.test_every if made_of.test_every else 0
    n_validations = epoch if training.is_validated else 0
    n_steps = step if made_of.record_steps else 0
    lengths = (epoch, n_validations, n_tests, n_steps)
    for name, n in zip(RECORDERS, lengths, strict=True):
        losses, scores = (found[f"{name}.{what}"] for what in ("losses", "scores"))
        shape = (n, training.stack.n_members)
        if losses.shape != shape or scores.shape != shape:
            raise ValueError(f"its losses must be of shape {shape}, got {losses.shape}")
        check_switch("has_diverged", diverged[name])
        device = training.stack.parameters.device
        rows = (torch.tensor(one, device=device) for one in (losses, scores))
        getattr(training.state, name).restore(*rows, diverged[name])


def _fill(buffer: Tensor, found: Mapping[str, np.ndarray[Any, Any]], name: str) -> None:
    buffer.copy_(_like(buffer, found, name))


def _like(buffer: Tensor, found: Mapping[str, np.ndarray[Any, Any]], name: str) -> Tensor:
    """Return a tensor of the file, if it is like one that there is."""
    array = found[name]
    if array.shape != tuple(buffer.shape) or torch.tensor(array).dtype != buffer.dtype:
        raise ValueError(
            f"tensor {name!r} must be of shape {tuple(buffer.shape)}, got {array.shape} of "
            f"{array.dtype}"
        )
    return torch.tensor(array, device=buffer.device)
