"""Which engine takes the steps: the torch stack can do all, and the fused kernel is fast."""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Generator

from trainfcnn._support.checks import short
from trainfcnn.engine.batches import Batches
from trainfcnn.engine.device import SMALL_WORK
from trainfcnn.engine.epoch import Epoch, Evaluation
from trainfcnn.engine.fused import (
    MOST_LAYERS,
    RULES,
    FusedEpoch,
    FusedEvaluation,
    is_built_in,
)
from trainfcnn.engine.kernel import kernel
from trainfcnn.engine.optimizers import Optimizer
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.tasks import Task

ENGINES = ("auto", "fused", "torch")
# Weights between two layers up to which the kernel is the faster one, by `scripts/bench engine`.
MOST_WEIGHTS = 128 * 128


@dataclass(frozen=True)
class Engine:
    """What takes the steps of a training.

    Attributes
    ----------
    name : str
        'fused' or 'torch'.
    reason : str
        Why this one, in words.
    """

    name: str
    reason: str


UNKNOWN = Engine("torch", "not trained here")  # of a run that was made by hand


def check_engine(engine: str) -> str:
    """Return `engine` if it is one of `ENGINES`; else raise ValueError."""
    if not isinstance(engine, str) or engine not in ENGINES:
        raise ValueError(
            f"engine must be 'auto', 'fused' or 'torch', got {short(engine)}: try engine='auto'"
        )
    return engine


def choose_engine(stack: Stack, batches: Batches, optimizer: Optimizer, wanted: str) -> Engine:
    """Return which engine trains a stack on batches, and why.

    Raises
    ------
    ValueError
        If the fused kernel is `wanted`, and cannot do it.
    """
    if wanted == "torch":
        return Engine("torch", "as asked")
    obstacle = _obstacle(stack, batches, optimizer)
    if wanted == "fused":
        if obstacle:
            raise ValueError(
                "engine='fused' must be able to take the steps, and cannot here, since "
                f"{obstacle}: try engine='auto'"
            )
        return Engine("fused", "as asked")
    if obstacle:
        return Engine("torch", obstacle)
    sizes = [n_in * n_out for n_in, n_out in pairwise(stack.dims)]
    if max(sizes) > MOST_WEIGHTS:
        return Engine("torch", f"its products are faster on layers of {max(sizes):,} weights")
    if sum(sizes) * batches.batch_size >= SMALL_WORK:
        return Engine("torch", "it spreads steps as large as these over threads")
    return Engine("fused", "all of it is built in, and its steps are small")


def _obstacle(stack: Stack, batches: Batches, optimizer: Optimizer) -> str:
    """Return what the kernel cannot do; nothing, if it can do all."""
    parameters = stack.parameters
    own = [
        one.name for one in (*stack.activations, stack.output_activation) if not is_built_in(one)
    ]
    obstacles = {
        "it runs on CUDA": parameters.device.type != "cpu",
        f"activation {own[0] if own else ''!r} is your own": bool(own),
        "its images are prepared a batch at a time": batches.is_prepared,
        "its inputs are of another precision": batches.x.dtype != parameters.dtype,
        f"its precision is {parameters.dtype}": (
            parameters.dtype not in (torch.float32, torch.float64)
        ),
        f"it has more than {MOST_LAYERS} layers": len(stack.dims) - 1 > MOST_LAYERS,
        "its optimizer is your own": type(optimizer) not in RULES,
    }
    found = next((reason for reason, holds in obstacles.items() if holds), "")
    return found or kernel().reason


def epoch_for(
    engine: Engine,
    stack: Stack,
    batches: Batches,
    task: Task,
    optimizer: Optimizer,
    dropout: Generator,
    n_threads: int,
) -> Epoch | FusedEpoch:
    """Return the steps of an epoch as that engine takes them; see `Epoch` and `FusedEpoch`."""
    library = kernel().library
    if engine.name == "torch" or library is None:
        return Epoch(batches, task, optimizer, dropout)
    return FusedEpoch(library, stack, batches, task, optimizer, dropout, n_threads)


def evaluation_for(
    engine: Engine, stack: Stack, batches: Batches, task: Task, n_threads: int
) -> Evaluation | FusedEvaluation:
    """Return a look at samples as the engine that takes the steps has it."""
    library = kernel().library
    if engine.name == "torch" or library is None:
        return Evaluation(batches)
    return FusedEvaluation(library, stack, batches, task, n_threads)
