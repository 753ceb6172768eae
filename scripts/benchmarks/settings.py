"""Whether what one types is what happens: data sets with a single setting named."""

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from scripts.benchmarks.report import Block, Result, table, target

# What takes long to import is imported by the function that needs it: --help needs none of it.

NAMED: dict[str, tuple[Any, ...]] = {
    "optimizer": ("sgd", "adam", "adamw", "rmsprop", "adagrad"),
    "lr": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
    "weight_decay": (0.0001, 0.001, 0.01),
    "schedule": ("constant", "cosine", "one_cycle", "step", "cooldown"),
    "epochs": (20, 50, 100, 200),
    "batch_size": (10, 32, 250),
    "dims": ((), (4,), (8,), (16,), (16, 16), (32, 32), (8, 8, 8)),
    "activation": ("relu", "tanh", "sigmoid", "silu", "gelu", "sine"),
    "dropout": (0.1,),
    "init": ("he", "xavier", "pytorch"),
    "shuffle": (False,),
    "validation": (0.2,),
    "patience": (20,),
    "standardize": (True,),
}
# The better of two medians, of the plain recipe with that setting (schedule 'constant', 200 epochs,
# lr 0.01) and of what was recommended with it, before the rule was made: ten seeds, test sample.
BARS = Path(__file__).with_name("settings.json")
NOISE = 0.01
SEEDS = 10


class Cell(NamedTuple):
    """A data set, and the one setting of it that is named."""

    dataset: str
    setting: str
    value: Any

    @property
    def key(self) -> str:
        """Its name among the `bars`."""
        return f"{self.setting}={self.value}"


def cells() -> Iterator[Cell]:
    """Return all of them, those of a data set together."""
    for dataset in bars():
        for setting, values in NAMED.items():
            for value in values:
                yield Cell(dataset, setting, value)


def bars() -> dict[str, dict[str, float]]:
    """Return what is to be reached: from data set and setting to a score."""
    found: dict[str, dict[str, float]] = json.loads(BARS.read_text("utf-8"))
    return found


def reached(cell: Cell, n_seeds: int = SEEDS) -> float:
    """Return the median test score over so many initial weights, trained as one stack."""
    from trainfcnn import Training, make_dataset
    from trainfcnn.analysis.evaluation import score_on_test
    from trainfcnn.recipe import choose

    dataset = make_dataset(cell.dataset)
    recipe = choose(dataset.recommended, {cell.setting: cell.value}, dataset.plain_epochs)
    training = Training(dataset, recipe, weight_seeds=range(n_seeds))
    for _ in training:
        pass
    scores = (score_on_test(run) for run in training.runs())
    return median(-1.0 if score is None or score != score else score for score in scores)


def settings(rounds: int, quick: bool) -> Result:
    """Train each cell once."""
    wanted = bars()
    below: list[list[str | float]] = []
    n_cells = 0
    for index, cell in enumerate(cells()):
        if quick and index % 100:
            continue
        n_cells += 1
        score = reached(cell)
        bar = wanted[cell.dataset][cell.key]
        if score < bar - NOISE:
            below.append([cell.dataset, cell.key, score, bar])
    columns = {
        "below the better of two": "", "setting named": "", "median": ".4f", "better of two": ".4f",
    }  # fmt: skip
    share = target(
        f"of {n_cells} data sets with a setting, those that reach the better of two",
        1 - len(below) / n_cells,
        "≥",
        0.95,
        ".1%",
    )
    return Result([table(columns, below)], [share])


BLOCK = Block(
    title="A single setting named",
    text=f"Each data set with one setting named and the rest left to the rule: the median test "
    f"score of {SEEDS} seeds, against the better of the plain recipe and of what was recommended, "
    f"both with that setting, less {NOISE}. The table has those that fall below.",
    measure=settings,
)
