"""The fused kernel against the torch stack: steps alone, and whole calls."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from scripts.benchmarks.report import Block, Cell, Result, Target, table, target
from scripts.benchmarks.timing import in_turn, ratio, timed
from scripts.benchmarks.xor import dataset

TORCH = "torch"
FUSED = "fused"
PASSES = 12  # over the sample, each time that steps alone are timed
# Hidden layers, batch size, members.
SHAPES: dict[str, tuple[list[int], int, int]] = {
    "[6], batch 100": ([6], 100, 1),
    "[6], batch 100, 64 networks": ([6], 100, 64),
    "[6], batch 10": ([6], 10, 1),
    "[16, 16], batch 100": ([16, 16], 100, 1),
    "[64, 64], batch 100": ([64, 64], 100, 1),
    "[128, 128, 128], batch 100": ([128] * 3, 100, 1),
}
# What a user calls, set-up and history included: a data set, and what is trained on it.
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "TrainFCNN('xor').train(dims=[6])": ("xor", {"dims": [6]}),
    "TrainFCNN('xor').train(dims=[6], restarts=16)": ("xor", {"dims": [6], "restarts": 16}),
    **{f"TrainFCNN({name!r}).train()": (name, {}) for name in ("xor", "moons", "spiral", "gauss")},
}
LEAST = {
    "[6], batch 100": 10.0,
    "[6], batch 100, 64 networks": 3.5,
    "[64, 64], batch 100": 1.5,
    "TrainFCNN('xor').train(dims=[6], restarts=16)": 4.0,
}

Seconds = dict[str, list[float]]  # by the name of the engine


def engine(rounds: int, quick: bool) -> Result:
    """Time both engines in turn, row after row."""
    steps = {name: timings(partial(seconds_a_step, *SHAPES[name]), rounds) for name in SHAPES}
    calls = {name: timings(partial(seconds_a_call, *CALLS[name]), rounds) for name in CALLS}
    columns = {TORCH: ".3g", FUSED: ".3g", f"{TORCH} / {FUSED}": ".3g"}
    return Result(
        [
            table({"steps alone, µs a step and network": "", **columns}, rows_of(steps, 1e6)),
            table({"whole calls, ms": "", **columns}, rows_of(calls, 1e3)),
        ],
        targets(steps | calls),
    )


def timings(measure: Callable[[str], float], rounds: int) -> Seconds:
    """Return what each engine takes, in turn, once both are warm."""
    rows = {name: lambda lap, name=name: measure(name) for name in (TORCH, FUSED)}
    in_turn(rows, 1)
    return in_turn(rows, rounds)


def seconds_a_step(dims: list[int], batch_size: int, members: int, engine: str) -> float:
    """Return the seconds of a step and network, with nothing around it but the rates."""
    from trainfcnn.engine.device import ExecutionContext

    epoch = steps_of(tuple(dims), batch_size, members, engine)
    rates = np.full((min(PASSES, epoch.most_epochs), len(epoch)), 1e-3)
    with ExecutionContext(0):  # on one thread
        start = perf_counter()
        for _ in range(0, PASSES, len(rates)):
            epoch.run(rates)
        seconds = perf_counter() - start
    return seconds / (PASSES * len(epoch) * members)


@cache
def steps_of(dims: tuple[int, ...], batch_size: int, members: int, engine: str) -> Any:
    """Return the steps of an epoch of Adam and cross-entropy on xor."""
    from torch import Generator

    from trainfcnn import FCNN
    from trainfcnn.engine.backend import choose_engine, epoch_for
    from trainfcnn.engine.batches import Batches
    from trainfcnn.engine.optimizers import Adam
    from trainfcnn.engine.stack import Stack
    from trainfcnn.nn.tasks import TASKS

    task = TASKS["binary"]
    data = dataset()
    stack = Stack([FCNN([2, *dims, 1], seed=seed) for seed in range(members)])
    x, y = map(stack.parameters.new_tensor, (data.x, task.targets(data.y, 2)))
    batches = Batches(stack, x, y, batch_size)
    optimizer = Adam(stack.parameters, stack.gradients)
    chosen = choose_engine(stack, batches, optimizer, engine)
    return epoch_for(chosen, stack, batches, task, optimizer, Generator(), n_threads=1)


def seconds_a_call(name: str, fields: Mapping[str, Any], engine: str) -> float:
    """Return the seconds of a training as a user calls it."""
    from trainfcnn import TrainFCNN

    return timed(TrainFCNN(name, engine=engine).train, **fields, progress=False)


def rows_of(found: Mapping[str, Seconds], scale: float) -> list[list[Cell]]:
    """Return a line for each row: the medians of both engines, and their ratio."""
    return [
        [
            name,
            median(seconds[TORCH]) * scale,
            median(seconds[FUSED]) * scale,
            ratio(seconds[TORCH], seconds[FUSED]),
        ]
        for name, seconds in found.items()
    ]


def targets(found: Mapping[str, Seconds]) -> list[Target]:
    """Return what was promised of some rows."""
    return [
        target(
            f"torch / the kernel: {name}",
            ratio(found[name][TORCH], found[name][FUSED]),
            "≥",
            least,
            ".1f",
        )
        for name, least in LEAST.items()
    ]


BLOCK = Block(
    title="The kernel and the torch stack",
    text="Adam and cross-entropy on the 2,500 points of xor, relu, in float32. Steps alone are on "
    "one thread, with nothing around them; calls are as a user makes them, set-up, history and the "
    "choice of the best included, on the data's own recipe.",
    measure=engine,
)
