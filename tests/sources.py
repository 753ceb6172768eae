"""Data of every sort that a user may give, and trainers on them."""

from typing import Any

import numpy as np

from trainfcnn import TrainFCNN, blobs
from trainfcnn._support.types import Values
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.toy import DATASETS, make_dataset

SMALL: dict[str, Any] = {"n_samples": 200}
QUICK: dict[str, Any] = {"dims": [6], "epochs": 3}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
HALF = (X[:, 0] > 0).astype(int)
NAMES = np.array(["no", "yes"])
WIDE = np.column_stack([X, X[:, 0]])
ONE, UNTESTED = (X[:, :1], HALF), (X[:2], [0, 1])

SOURCES: dict[str, Any] = {
    **{name: name for name in DATASETS},
    "law": blobs(5),
    "dataset": make_dataset("circle", 50),
    "numbers": (X, HALF),
    "strings": (X, NAMES[HALF]),
    "bools": (X, HALF == 1),
    "values": (X, X[:, 0]),
    "three_columns": (WIDE, HALF * 3),
    "function": lambda x1, x2: x1 > x2,
    "digits": "digits",
    "own_images": (RNG.integers(0, 256, (60, 4, 3), dtype=np.uint8), HALF),
    "targets": (X, np.column_stack([X[:, 0], 100 * X.sum(1)])),
    "labels": as_dataset(
        (X, np.column_stack([HALF, X.sum(1) > 0, X[:, 1] > 1])), kind="multilabel"
    ),
}


OF_ONE_TARGET = [name for name in SOURCES if name not in ("targets", "labels")]


def untrained(source: str = "xor", **given: Any) -> TrainFCNN:
    drawn = not isinstance(SOURCES.get(source), tuple | Dataset)
    return TrainFCNN(SOURCES[source], **(SMALL if drawn else {}) | given)


def trained(source: str = "xor", **recipe: Any) -> TrainFCNN:
    return untrained(source).train(**QUICK | recipe)


def own_labels(trainer: TrainFCNN) -> Values:
    classes, y = trainer.dataset.classes, trainer.dataset.y_test
    return np.array(classes)[y] if classes else y
