"""Untrained networks, and what their units give."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from oracle import network_for
from sklearn.datasets import load_iris
from torch import Tensor

from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Dataset, Domain
from trainfcnn.data.sources import as_dataset
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.network import FCNN
from trainfcnn.recipe import Recipe

IRIS = as_dataset(load_iris(return_X_y=True))
activations = st.sampled_from(list(ACTIVATIONS))


def untrained(
    dataset: Dataset, dims: Sequence[int] = (4,), activation: str = "tanh", **recipe: Any
) -> FCNN:
    """A network with biases that are drawn too."""
    options = {"init": "pytorch", "dtype": "float64"} | recipe
    return network_for(dataset, Recipe(dims=tuple(dims), activation=activation, **options), seed=3)


def heard(network: FCNN, x: Values) -> list[Array]:
    """What each hidden layer gives, (n, units), as the next layer hears it."""
    inputs: list[Tensor] = []
    hooks = [
        layer.register_forward_pre_hook(lambda _, given: inputs.append(given[0]))
        for layer in network.layers
    ]
    network(torch.tensor(x, dtype=network.linears[0].weight.dtype))
    for hook in hooks:
        hook.remove()
    return [layer.detach().numpy() for layer in inputs[1:]]


def midpoints(domain: Domain, n: int) -> Array:
    x1, x2 = domain.grid(n)
    return np.array([(a, b) for b in x2 for a in x1])
