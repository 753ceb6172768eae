"""Everything that Hypothesis draws."""

from dataclasses import dataclass
from typing import Any

import torch
from hypothesis import strategies as st
from oracle import small_dataset, with_some_weights
from parametrized import KINDS, OF_ONE_TARGET

from trainfcnn.data.dataset import Dataset
from trainfcnn.engine.optimizers import OPTIMIZERS
from trainfcnn.engine.schedules import SCHEDULES
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.init import INITS
from trainfcnn.nn.tasks import REGRESSIONS
from trainfcnn.recipe import Recipe

seeds = st.integers(0, 2**100)
sizes = st.integers(1, 6)
progresses = st.floats(0, 0.9999)  # of a training: its last step begins before its end
hidden_dims = st.lists(st.integers(1, 4), max_size=3)
kinds = st.sampled_from(OF_ONE_TARGET)
all_kinds = st.sampled_from(KINDS)
points = st.lists(st.floats(-50, 50), min_size=1, max_size=8).map(
    lambda values: torch.tensor(values, dtype=torch.float64)
)


def batch_sizes(n: int) -> st.SearchStrategy[int]:
    """Draw 1, all, more than all, or anything else, most of which does not divide `n`."""
    return st.sampled_from([1, n, n + 3]) | st.integers(1, n)


@dataclass(frozen=True)
class Case:
    """A training: what on, how, and from which seed."""

    dataset: Dataset
    recipe: Recipe
    seed: int


@st.composite
def cases(draw: st.DrawFn, /, **fixed: Any) -> Case:
    """Draw a small training; `fixed` fields of the recipe are as given."""
    n = draw(st.integers(4, 12))
    dataset = small_dataset(draw(all_kinds), n, inputs=draw(st.integers(1, 3)))
    if draw(st.booleans()):
        dataset = with_some_weights(dataset)
    losses = [None] if dataset.is_classification else [None, *REGRESSIONS]
    drawn: dict[str, Any] = {
        "dims": draw(hidden_dims),
        "activation": draw(st.sampled_from(list(ACTIVATIONS))),
        "init": draw(st.sampled_from([None, *INITS])),
        "optimizer": draw(st.sampled_from(list(OPTIMIZERS))),
        "schedule": draw(st.sampled_from(list(SCHEDULES))),
        "batch_size": draw(batch_sizes(n)),
        "epochs": draw(st.integers(1, 4)),
        "dropout": draw(st.sampled_from([0.0, 0.3])),
        "standardize": draw(st.booleans()),
        "l1": draw(st.sampled_from([0.0, 0.01])),
        "loss": draw(st.sampled_from(losses)),
        "dtype": "float64",
    }
    return Case(dataset, Recipe(**(drawn | fixed)), draw(seeds))
