"""Small trainings, and what is compared of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainfcnn._support.seeds import numpy_generator
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.splits import holdout_mask
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS
from trainfcnn.recipe import Recipe
from trainfcnn.training.history import History
from trainfcnn.training.loop import Training

QUICK = Recipe(dims=(4, 3), epochs=8, batch_size=5, dtype="float64")
HELD = replace(QUICK, validation=0.3, epochs=12)
RESTLESS = replace(HELD, lr=0.3, patience=2, epochs=60)
MANNERS = {
    "plain": QUICK,
    "dropout": replace(QUICK, dropout=0.4),
    "validation": HELD,
    "standardize": replace(QUICK, standardize=True),
    "validation and early stopping": RESTLESS,
    "early stopping alone": replace(RESTLESS, validation=0.0),
    "all of it": replace(RESTLESS, dropout=0.2, standardize=True, schedule="cosine"),
}
MEASURED = ("loss", "score", "validation_loss", "validation_score")
each_manner = pytest.mark.parametrize("recipe", MANNERS.values(), ids=MANNERS)


def trained(
    dataset: Dataset, recipe: Recipe | Sequence[Recipe], seed: int = 0, **options: Any
) -> Training:
    training = Training(dataset, recipe, seed, **options)
    for _ in training:
        pass
    return training


def bits(network: FCNN) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


def held(dataset: Dataset, recipe: Recipe, seed: int = 0) -> NDArray[np.bool_]:
    strata = dataset.y if dataset.classes else np.zeros(len(dataset.y))
    return holdout_mask(strata, recipe.validation, numpy_generator(seed, "validation"))


def loss_on(
    network: FCNN,
    dataset: Dataset,
    mask: NDArray[np.bool_],
    units: tuple[float, ...] = (1.0,),
) -> Tensor:
    """Return the loss on some samples; several targets count in their units."""
    task = TASKS[dataset.kind]
    answer = network.scores if task.is_classification else network
    outputs = answer(torch.tensor(dataset.x[mask])).detach().T
    targets = torch.tensor(task.targets(dataset.y[mask], len(dataset.classes)))
    each = torch.tensor(units if len(units) > 1 else (1.0,), dtype=outputs.dtype)[:, None]
    return task.loss(outputs / each, targets / each)


def assert_same_history(ours: History, other: History) -> None:
    for name in MEASURED:
        np.testing.assert_allclose(
            getattr(ours, name), getattr(other, name), rtol=1e-9, atol=1e-9, err_msg=name
        )
    assert ours.best_epoch == other.best_epoch


def some_images(n: int = 40, seed: int = 0) -> Dataset:
    """Noise in bytes, 3 x 2 pixels, none of which is ever 0 or 255 in all images."""
    generator = np.random.default_rng(seed)
    x, y = generator.integers(0, 256, (n, 6), dtype=np.uint8), generator.permutation(n) % 3
    return Dataset("images", "multiclass", x, y, x[:0], y[:0], (0, 1, 2), image_shape=(3, 2))


def taken(training: Training) -> list[list[FCNN]]:
    """Return the snapshots before the first epoch, and after each."""
    return [training.snapshots(), *(training.snapshots() for _ in training)]


def go_on(training: Training, n_epochs: int) -> None:
    """Train so many epochs more, one at a time where there is no kernel."""
    end = training.state.epoch + n_epochs
    while training.state.epoch < end:
        training.train_epochs(end - training.state.epoch)
