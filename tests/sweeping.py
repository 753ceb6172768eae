"""Small sweeps, and a plain loop of trainings beside them."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from oracle import assert_same_network

from trainfcnn import Run, Sweep, TrainFCNN, sweep
from trainfcnn.analysis.evaluation import train_scores
from trainfcnn.sweeps.results import Row

SMALL: dict[str, Any] = {"n_samples": 40, "noise": 0.1}
QUICK: dict[str, Any] = {"epochs": 3, "batch_size": 16, "dtype": "float64"}
WIDTHS = [[2], [5], [3, 4], [4, 1]]
MEASURED = ("loss", "score", "validation_loss", "validation_score")

each_name = pytest.mark.parametrize("name", ["prod", "xor", "circles"])


def swept(name: str = "xor", seeds: int | Iterable[int] = 2, **fields: Any) -> Sweep:
    usual = {key: value for key, value in (SMALL | QUICK).items() if key not in fields}
    return sweep(name, seeds, **usual, **fields)


def looped(name: str, seeds: int, **lists: Sequence[Any]) -> list[TrainFCNN]:
    """Return the trainers of a plain loop over all combinations, then over seeds."""
    return [
        TrainFCNN(name, **SMALL).train(
            weight_seed=seed, **QUICK | dict(zip(lists, values, strict=True))
        )
        for *values, seed in product(*lists.values(), range(seeds))
    ]


def table_rows(found: Sweep) -> list[str]:
    """Return the lines of its table, without that on what is not plain in all of them."""
    lines = found.table().splitlines()
    return [line for line in lines if not line.startswith("all with ")]


def assert_close(ours: Any, other: Any) -> None:
    np.testing.assert_allclose(ours, other, rtol=1e-9, atol=1e-9)


def assert_is_trainer(run: Run, record: Row, trainer: TrainFCNN) -> None:
    """Compare networks, what was seen of them, and what the record says."""
    assert_same_network(run.network, trainer.network)
    assert run.recipe == trainer.recipe
    for name in MEASURED:
        assert_close(getattr(run.history, name), getattr(trainer.history, name))
    assert run.history.best_epoch == trainer.history.best_epoch
    assert_close([record["loss"], record["score"]], train_scores(trainer.run))
    assert_close(record["test_score"], trainer.score())
    assert record["epochs"] == len(trainer.history)
    if trainer.recipe.validation:
        assert_close(record["validation_loss"], trainer.history.validation_loss.min())
