"""One network and 64 at once, against every rival."""

from collections.abc import Iterator
from functools import partial
from statistics import median

from scripts.benchmarks.report import Block, Cell, Result, Target, table, target
from scripts.benchmarks.rivals import JAX, LOOP, PACKAGES, RIVALS, SKLEARN, SKORCH, is_installed
from scripts.benchmarks.timing import in_turn, ratio
from scripts.benchmarks.xor import (
    MEMBERS,
    OURS,
    STACK,
    Run,
    Train,
    measure,
    ours,
    ours_stacked,
    ours_unrecorded,
)

ROWS: dict[str, Train] = {
    OURS: ours,
    "trainfcnn, no history": ours_unrecorded,
    STACK: ours_stacked,
    **RIVALS,
}
LEAST = {LOOP: 100, SKLEARN: 50, SKORCH: 250, JAX: 3}  # how many times as long as ours
COLUMNS = {
    "": "",
    "seconds": ".4g",
    f"{LOOP} / this": ".4g",
    "loss": ".4f",
    "accuracy": ".2%",
}
PAIRS = 4  # of ours, with history and without, a round: what lies between them is small

Seconds = dict[str, list[float]]


def speed(rounds: int, quick: bool) -> Result:
    """Train every row so many times, in turn."""
    rows = {
        name: train for name, train in ROWS.items() if is_installed(PACKAGES.get(name, "torch"))
    }
    first = {name: measure(train, seed=0).seconds for name, train in rows.items()}  # warms up
    runs = in_turn({name: partial(measure, train) for name, train in rows.items()}, rounds)
    seconds = {name: [run.seconds for run in found] for name, found in runs.items()}
    cells = [cells for name in runs for cells in rows_of(name, runs[name], seconds)]
    recording = recording_cost(PAIRS * rounds)
    return Result([table(COLUMNS, cells)], targets(seconds, recording), notes(seconds, first))


def rows_of(name: str, runs: list[Run], seconds: Seconds) -> Iterator[list[Cell]]:
    """Yield what the table says of one row; of a stack also for each of its networks."""
    taken, loss, accuracy = map(median, zip(*runs, strict=True))
    times = ratio(seconds[LOOP], seconds[name])
    yield [name, taken, times, loss, accuracy]
    if name == STACK:
        yield ["each of them", taken / MEMBERS, times * MEMBERS, loss, accuracy]


def recording_cost(pairs: int) -> float:
    """Return what `ours` takes more than `ours_unrecorded`, by more pairs than rivals get."""
    rows = {"recorded": partial(measure, ours), "bare": partial(measure, ours_unrecorded)}
    runs = in_turn(rows, pairs)
    recorded, bare = ([run.seconds for run in runs[name]] for name in rows)
    return ratio(recorded, bare) - 1


def targets(seconds: Seconds, recording: float) -> list[Target]:
    """Return what was promised of them."""
    found = [
        target(f"{name} / {OURS}", ratio(seconds[name], seconds[OURS]), "≥", least, ".1f")
        for name, least in LEAST.items()
        if name in seconds
    ]
    stack = ratio(seconds[STACK], seconds[LOOP])
    return [
        *found,
        target(f"{STACK} / {LOOP} for one", stack, "≤", 1.25, ".2f"),
        target("recording the history", recording, "≤", 0.1, ".1%"),
    ]


def notes(seconds: Seconds, first: dict[str, float]) -> list[str]:
    """Return what there is to say beside the table."""
    times = ratio(seconds[LOOP], seconds[OURS])
    found = [f"So a single network trains {times:.0f} times as fast as in {LOOP}."]
    if JAX in first:
        compiling = f"{first[JAX]:.2f} s, {first[JAX] / median(seconds[OURS]):.0f} of our trainings"
        found.insert(0, f"JAX's first call compiles as well, and takes {compiling}.")
    return found


BLOCK = Block(
    title="One network, and 64 at once",
    text="All rows train on the same data with the same steps and optimizer (xor, 2,500 points, "
    "2-6-1 relu, 200 epochs of 25 batches, Adam, cross-entropy). A row's time includes the making "
    "of its network, and excludes imports and the judging of the outcome. The rivals in torch run "
    "on one thread: on products as small as these that is the faster choice for each of them.",
    measure=speed,
    needs=tuple(PACKAGES.values()),
)
