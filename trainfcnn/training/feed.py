"""A data set's samples, scaled, as the batches that a stack takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Dataset
from trainfcnn.engine.batches import Batches
from trainfcnn.engine.epoch import Evaluation
from trainfcnn.engine.fused import FusedEvaluation
from trainfcnn.engine.passes import Dropouts, Op
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.tasks import Task
from trainfcnn.recipe import Recipe
from trainfcnn.training.monitor import Recorder
from trainfcnn.training.resolve import augmentation
from trainfcnn.training.scaling import Scaling

# Of samples that are only looked at, so many go through the stack at once, at most,
EVALUATION_BATCH = 4096
EVALUATION_NUMBERS = 4_000_000  # and units of all members
LEAST = 1e6  # times the least number of a precision: smaller ones have lost their digits


@dataclass(frozen=True)
class Look:
    """Samples that are only looked at, and what looks at them.

    Attributes
    ----------
    batches : Batches
        The samples.
    evaluation : Evaluation or FusedEvaluation
        What measures the stack on them.
    """

    batches: Batches
    evaluation: Evaluation | FusedEvaluation

    def into(self, recorder: Recorder, number: int) -> None:
        """Record the losses and scores that were measured, up to that row (from 1)."""
        recorder.take(number, self.evaluation.measured(), self.batches)


@dataclass(frozen=True)
class Feed:
    """What makes batches of a data set's samples.

    Attributes
    ----------
    dataset, scaling, task
        Whose samples they are, what is done to them, and what is asked about them.
    stack : Stack
        That they go through.
    """

    dataset: Dataset
    scaling: Scaling
    stack: Stack
    task: Task

    def training(
        self, chosen: NDArray[np.bool_], recipe: Recipe, dropouts: Dropouts, moves: Generator
    ) -> Batches:
        """Return the chosen training samples; images are moved as the recipe says."""
        moved = augmentation(recipe, self.dataset)
        before = [] if moved is None else [partial(moved.apply, generator=moves)]
        return self._batches(*self.dataset.part(chosen), recipe.batch_size, dropouts, before)

    def evaluation(self, x: Values, y: Values, weights: Array | None = None) -> Batches:
        """Return samples that are only looked at, in large batches."""
        units = self.stack.n_members * max(self.stack.dims)
        size = max(1, min(EVALUATION_BATCH, EVALUATION_NUMBERS // units))
        return self._batches(x, y, weights, size, [], [])

    def _batches(
        self,
        x: Values,
        y: Values,
        weights: Array | None,
        batch_size: int,
        dropouts: Dropouts,
        before: Sequence[Any],
    ) -> Batches:
        """Return samples as batches; `before` is done to images ahead of scaling."""
        scaling = self.scaling
        like = self.stack.parameters
        y = (y - scaling.y_shift) / scaling.y_scale
        targets = like.new_tensor(self.task.targets(y, len(self.dataset.classes)))
        if not self.task.is_classification:
            _check_held("y", targets, y)
        counts = None if weights is None else like.new_tensor(weights / weights.mean())[None]
        if self.dataset.image_shape is None:
            x = (x - scaling.x_shift) / scaling.x_scale  # in double, as they may lie far from 0
            inputs = like.new_tensor(x)
            _check_held("X", inputs, x)
            return Batches(self.stack, inputs, targets, batch_size, dropouts, weights=counts)

        def prepare(pixels: Tensor) -> list[Op]:
            return [*(partial(op, pixels) for op in before), *scaling.prepare(pixels)]

        # bytes stay bytes until a batch of them is gathered: a quarter of the memory
        pixels = torch.tensor(x, device=like.device)
        return Batches(self.stack, pixels, targets, batch_size, dropouts, prepare, counts)


def _check_held(name: str, held: Tensor, given: Array) -> None:
    """Refuse numbers that are too large, or all too small, for the precision."""
    largest = float(np.abs(given).max(initial=0))
    least = LEAST * torch.finfo(held.dtype).tiny
    if not bool(held.isfinite().all()) or 0 < largest < least:
        precision = str(held.dtype).removeprefix("torch.")
        raise ValueError(
            f"{name} must be numbers that {precision} can hold, got {largest:g}: "
            "try standardize=True, or dtype='float64'"
        )
