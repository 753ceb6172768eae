"""Untrained networks on data of every sort, and what is found in their pictures."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from oracle import network_for, run_of
from sklearn.datasets import load_iris

from trainfcnn.analysis.feature_space import HiddenSpace
from trainfcnn.analysis.prediction import Features
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.images import load_images
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.toy import blobs, make_dataset
from trainfcnn.nn.network import FCNN
from trainfcnn.recipe import Recipe

NAMES = np.array(["setosa", "versicolor", "virginica"])
X, Y = load_iris(return_X_y=True)
DATA = {
    "regression": make_dataset("prod", 40),
    "binary": make_dataset("xor", 40),
    "multiclass": make_dataset("quadrants", 40),
    "many classes": make_dataset(blobs(centers=14), 40),
    "one feature": as_dataset((X[:, :1], X[:, 1])),
    "four features": as_dataset((X, NAMES[Y])),
    "images": load_images("digits", 40),
}


def untrained(
    dataset: Dataset, dims: Sequence[int] = (4,), activation: str = "tanh", seed: int = 3
) -> FCNN:
    recipe = Recipe(dims=tuple(dims), activation=activation, init="pytorch")
    return network_for(dataset, recipe, seed)


def links(ax: Axes) -> list[LineCollection]:
    """The links of each layer."""
    return [part for part in ax.collections if isinstance(part, LineCollection)]


def dots(ax: Axes) -> list[PathCollection]:
    """The biases of each layer."""
    return [part for part in ax.collections if type(part) is PathCollection]


def space(
    data: str = "binary",
    dims: Sequence[int] = (2,),
    activation: str = "tanh",
    features: Features | None = None,
) -> tuple[HiddenSpace, Dataset]:
    """Return the plane as two units see it, and the data."""
    dataset = DATA[data]
    return HiddenSpace.of(
        run_of(untrained(dataset, dims, activation), dataset), features=features
    ), dataset
