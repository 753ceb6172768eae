"""What it takes to keep a network: bytes, milliseconds, and the price of a checkpoint."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from scripts.benchmarks.report import Block, Cell, Result, table, target
from scripts.benchmarks.timing import in_turn, ratio, timed

if TYPE_CHECKING:
    pass

LAPS = 20  # of a save and a load, of which a single one says little
EPOCHS = 2000
EVERY = 10
SLACK = 20_000  # bytes
NETWORKS: dict[str, dict[str, Any]] = {
    "xor": {},
    "xor, 256-256": {"dims": [256, 256], "epochs": 2},
    "digits": {"epochs": 2},
}


def sizes_and_times(name: str, recipe: dict[str, Any], path: Path, laps: int) -> list[Cell]:
    """Return bytes of weights and file, and the milliseconds of a save and a load."""
    from trainfcnn import TrainFCNN

    trainer = TrainFCNN(name.partition(",")[0]).train(**recipe, progress=False)
    weights = sum(parameter.nbytes for parameter in trainer.network.parameters())
    rows: dict[str, Callable[[int], float]] = {
        "save": lambda lap: timed(trainer.save, path),
        "load": lambda lap: timed(TrainFCNN.load, path),
    }
    laps_of = in_turn(rows, laps)
    times = [1000 * median(laps_of[row]) for row in rows]
    return [name, weights, path.stat().st_size, *times]


def keep(rounds: int, quick: bool) -> Result:
    """Save and load, and train with a checkpoint and without."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "network.safetensors")
        files = [
            sizes_and_times(name, recipe, path, 2 if quick else LAPS)
            for name, recipe in NETWORKS.items()
        ]
        trained, share = checkpoints(3 * rounds, path, 100 if quick else EPOCHS)
    excess = max(float(size) - 1.2 * float(weights) for _, weights, size, *_ in files)
    columns = {
        "file": "", "weights, bytes": ",.0f", "file, bytes": ",.0f", "save, ms": ".2f",
        "load, ms": ".2f",
    }  # fmt: skip
    save, load = (float(cell) for cell in files[0][3:])
    targets = [
        target("a file, beyond 1.2 times its weights, bytes", excess, "≤", SLACK, ",.0f"),
        target("to save an XOR run, ms", save, "≤", 5, ".2f"),
        target("to load it as a trainer, ms", load, "≤", 5, ".2f"),
        target(
            f"checkpoint every {EVERY} epochs of {EPOCHS:,}, longer by", share, "≤", 0.03, ".1%"
        ),
    ]
    seconds = table({f"xor, {EPOCHS:,} epochs": "", "seconds": ".3f"}, trained)
    return Result([table(columns, files), seconds], targets)


def checkpoints(rounds: int, path: Path, epochs: int) -> tuple[list[list[Cell]], float]:
    """Return the seconds of a training with a checkpoint and without, and what it costs."""
    from trainfcnn import TrainFCNN

    xor = TrainFCNN("xor")
    xor.train(epochs=10, progress=False, checkpoint=path)  # imports all that there is to import

    def seconds(file: Path | None) -> float:
        train = partial(xor.train, checkpoint=file, checkpoint_every=EVERY)
        return timed(train, epochs=epochs, progress=False)

    rows: dict[str, Callable[[int], float]] = {
        "plain": lambda lap: seconds(None),
        f"checkpoint every {EVERY} epochs": lambda lap: seconds(path),
    }
    laps = in_turn(rows, rounds)
    plain, written = laps.values()
    return [[name, median(row)] for name, row in laps.items()], ratio(written, plain) - 1


BLOCK = Block(
    title="Saved and loaded",
    text="The file of a trainer, and how long it takes to write it (with fsync) and to load it, a "
    "trainer made anew; and what a checkpoint adds to a training. It is put off while all that "
    "were written took more than 1 % of the time.",
    measure=keep,
)
