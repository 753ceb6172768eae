"""The training that ours and the rivals all do: 2-6-1 relu on the same 2,500 points of xor.

200 epochs of 25 batches, Adam, cross-entropy. A row's time includes the making of its network, and
excludes imports and the judging of the outcome.
"""

from collections.abc import Callable
from functools import cache, partial
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

# What takes long to import is imported by the function that needs it: --help needs none of it.
if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from trainfcnn import Dataset

EPOCHS = 200
BATCH = 100
LR = 0.01
HIDDEN = 6
MEMBERS = 64
OURS = "trainfcnn"
STACK = f"trainfcnn, {MEMBERS} networks"
RECIPE: dict[str, Any] = {
    "dims": [HIDDEN],
    "activation": "relu",
    "optimizer": "adam",
    "lr": LR,
    "epochs": EPOCHS,
    "batch_size": BATCH,
    "schedule": "constant",
}

Answer = Callable[[], Any]  # gives the probabilities of class 1: (n,), or (K, n) of K networks
Train = Callable[[int], Answer]  # from a seed


class Run(NamedTuple):
    """What one training took, and reached on the training sample."""

    seconds: float
    loss: float
    accuracy: float


@cache
def dataset() -> "Dataset":
    """Return what all train on."""
    from trainfcnn import make_dataset

    return make_dataset("xor")


@cache
def arrays() -> "tuple[NDArray[Any], NDArray[Any]]":
    """Return points (n, 2) and labels (n,), in single precision as all rows have them."""
    return dataset().x.astype("float32"), dataset().y.astype("float32")


def tensors() -> "tuple[Tensor, Tensor]":
    """Return points (n, 2) and labels (n, 1)."""
    import torch

    x, y = arrays()
    return torch.from_numpy(x), torch.from_numpy(y)[:, None]


def probabilities(*networks: "Callable[[Tensor], Tensor]") -> "NDArray[Any]":
    """Return what K networks answer, given as functions from inputs to scores: (K, n)."""
    import torch

    x = tensors()[0]
    with torch.no_grad():
        answers: NDArray[Any] = torch.cat([network(x).T for network in networks]).sigmoid().numpy()
    return answers


def measure(train: Train, seed: int) -> Run:
    """Return what a row took and reached (of K networks: the medians)."""
    import numpy as np

    start = perf_counter()
    answer = train(seed)
    seconds = perf_counter() - start
    # (n,) of one network -> (1, n), as K networks have (K, n).
    p = np.atleast_2d(answer())
    y = arrays()[1]
    # a probability of exactly 0 would make the whole mean infinite
    losses = -np.log(np.where(y == 1, p, 1 - p).clip(1e-7)).mean(1)
    accuracies = ((p > 0.5) == y).mean(1)
    return Run(seconds, float(median(losses)), float(median(accuracies)))


def ours(seed: int) -> Answer:
    """Train as a user does."""
    from trainfcnn import TrainFCNN

    trainer = TrainFCNN(dataset(), seed=seed).train(**RECIPE, progress=False)
    return partial(probabilities, trainer.network.scores)


def ours_unrecorded(seed: int) -> Answer:
    """Train with nothing watching it."""
    from trainfcnn import Recipe, Training

    training = Training(dataset(), Recipe(**RECIPE), seed)
    while not training.is_over:
        training.train_epochs(EPOCHS, record=False)
    return partial(probabilities, training.network().scores)


def ours_stacked(seed: int) -> Answer:
    """Train many networks at once."""
    from trainfcnn import Recipe, Training

    training = Training(dataset(), Recipe(**RECIPE), seed, weight_seeds=range(MEMBERS))
    for _ in training.strides():
        pass
    networks = [training.network(member) for member in range(MEMBERS)]
    return partial(probabilities, *(network.scores for network in networks))
