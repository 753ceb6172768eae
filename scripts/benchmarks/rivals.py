"""The rivals: the tutorials' loop in its variants, scikit-learn, skorch and JAX.

Those on xor train as `xor` says. Those in torch run on one thread there: on products as small as
these that is the faster choice for each of them.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from scripts.benchmarks.timing import timed
from scripts.benchmarks.xor import (
    BATCH,
    EPOCHS,
    HIDDEN,
    LR,
    Answer,
    Train,
    arrays,
    probabilities,
    tensors,
)

# What takes long to import is imported by the function that needs it: --help needs none of it.
if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer
    from torch.utils.data import Dataset as TorchDataset
    from torch.utils.data import TensorDataset

    from trainfcnn import FCNN, Dataset

    Function = Callable[[Tensor], Tensor]
    Batches = Iterable[tuple[Tensor, Tensor]]

LOOP = "the tutorial's loop"
SKLEARN = "scikit-learn"
SKORCH = "skorch"
JAX = "JAX"
PACKAGES = {SKORCH: "skorch", JAX: "jax"}  # those of the extra `bench`
IMAGE_LR = 0.1
NEVER = 10 * EPOCHS  # so many epochs without progress, and scikit-learn stops early


def is_installed(package: str) -> bool:
    """Return whether a package is there; it is imported, so that no row pays for that."""
    try:
        import_module(package)
    except ModuleNotFoundError:
        return False
    return True


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch run on one thread meanwhile."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@contextmanager
def unconverged() -> Iterator[None]:
    """Let scikit-learn stop after the epochs it was given without a word."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


# --- the tutorials' loop ---


def train_epoch(
    scores_of: "Function",
    batches: "Batches",
    loss_of: "Callable[[Tensor, Tensor], Tensor]",
    optimizer: "Optimizer",
) -> "Tensor":
    """Take the steps of one epoch as the tutorials do; return the loss of the last batch."""
    for x, y in batches:
        optimizer.zero_grad()
        loss = loss_of(scores_of(x), y)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return loss


def fully_connected(sizes: Sequence[int], activation: str = "relu") -> "nn.Sequential":
    """Return a network as one writes it by hand."""
    from torch import nn

    between = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}[activation]
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), between()]
    return nn.Sequential(*layers[:-1])


def time_epoch(
    sizes: Sequence[int], sample: "TorchDataset[Any]", activation: str = "relu"
) -> float:
    """Return the seconds of an epoch over a `DataLoader`, once everything is made.

    Parameters
    ----------
    sizes : sequence of int
        From the inputs to the outputs.
    sample : torch Dataset
        What the loader takes its batches from.
    activation : str
        'sigmoid', 'tanh' or 'relu', after every hidden layer.
    """
    import torch
    from torch.utils.data import DataLoader

    network = fully_connected(sizes, activation)
    optimizer = torch.optim.SGD(network.parameters(), lr=IMAGE_LR)
    batches = DataLoader(sample, batch_size=BATCH, shuffle=True)
    return timed(train_epoch, network, batches, torch.nn.CrossEntropyLoss(), optimizer)


def as_floats(images: "Dataset") -> "TensorDataset":
    """Return a training sample of images as the loops take it: numbers from 0 to 1, and labels."""
    import torch
    from torch.utils.data import TensorDataset

    x = torch.tensor(images.x, dtype=torch.float32).div_(255)
    return TensorDataset(x, torch.tensor(images.y))


# --- the same on xor ---


def tutorial_network(seed: int) -> "FCNN":
    """Return the tutorial's kind of module, a ModuleList of Linear, with weights as torch draws."""
    import torch

    from trainfcnn import FCNN

    torch.manual_seed(seed)  # of the batch order
    return FCNN([2, HIDDEN, 1], init="pytorch", seed=seed)


def scores_alone(network: "FCNN", x: "Tensor") -> "Tensor":
    """Return the scores, and work out nothing else."""
    return network.scores(x)


def scores_as_in_the_tutorial(network: "FCNN", x: "Tensor") -> "Tensor":
    """Return the scores of a network whose `forward` works out the activated outputs as well."""
    scores = network.scores(x)
    scores.sigmoid()  # thrown away there too: the loss is taken of the scores
    return scores


@one_thread()
def autograd(
    seed: int,
    batches: "Callable[[], Batches]",
    scores_of: "Callable[[FCNN, Tensor], Tensor]" = scores_alone,
    fused: bool | None = None,
) -> Answer:
    """Train all epochs; `batches` gives those of the next one."""
    import torch

    network = tutorial_network(seed)
    loss_of = torch.nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=LR, fused=fused)
    losses = []
    for _ in range(EPOCHS):
        loss = train_epoch(partial(scores_of, network), batches(), loss_of, optimizer)
        losses.append(loss.item())
    return partial(probabilities, network.scores)


def tutorial_loop(seed: int) -> Answer:
    """Take slices of the points, always in the same order."""
    x, y = tensors()

    def slices() -> "Batches":
        for i in range(len(x) // BATCH):
            yield x[i * BATCH : (i + 1) * BATCH], y[i * BATCH : (i + 1) * BATCH]

    return autograd(seed, slices, scores_as_in_the_tutorial)


def data_loader(seed: int) -> Answer:
    """Take shuffled batches from a `DataLoader`."""
    from torch.utils.data import DataLoader, TensorDataset

    loader = DataLoader(TensorDataset(*tensors()), batch_size=BATCH, shuffle=True)
    return autograd(seed, lambda: loader)


def resident(seed: int) -> Answer:
    """Shuffle the whole tensor once an epoch, and let Adam be one operation."""
    import torch

    x, y = tensors()

    def shuffled() -> "Batches":
        order = torch.randperm(len(x))
        return zip(torch.split(x[order], BATCH), torch.split(y[order], BATCH), strict=True)

    return autograd(seed, shuffled, fused=True)


# --- libraries ---


def scikit_learn(seed: int) -> Answer:
    """Train scikit-learn's network."""
    from sklearn.neural_network import MLPClassifier

    x, y = arrays()
    # its default `alpha` is a weight decay, which the others do not have
    model = MLPClassifier((HIDDEN,), alpha=0.0, random_state=seed)
    model.set_params(batch_size=BATCH, learning_rate_init=LR, max_iter=EPOCHS)
    model.set_params(tol=0.0, n_iter_no_change=NEVER)
    with unconverged():
        model.fit(x, y)
    return lambda: model.predict_proba(x)[:, 1]


@one_thread()
def skorch(seed: int) -> Answer:
    """Train the tutorial's module with skorch."""
    import torch
    from skorch import NeuralNetBinaryClassifier

    x, y = arrays()
    model = NeuralNetBinaryClassifier(tutorial_network(seed), verbose=0, train_split=None)
    model.set_params(optimizer=torch.optim.Adam, lr=LR, max_epochs=EPOCHS)
    model.set_params(batch_size=BATCH, iterator_train__shuffle=True).fit(x, y)
    return lambda: model.predict_proba(x)[:, 1]


def jax_scores(parameters: Any, x: Any) -> Any:
    """Return the scores (n,) of points (n, 2)."""
    w1, b1, w2, b2 = parameters
    return ((x @ w1.T + b1).clip(0) @ w2.T + b2)[:, 0]


def jax_loss(parameters: Any, x: Any, y: Any) -> Any:
    """Return the cross-entropy."""
    from jax.nn import softplus

    scores = jax_scores(parameters, x)
    return (softplus(scores) - scores * y).mean()


def jax_step(state: Any, batch: Any) -> Any:
    """Take one step of Adam; return the new state and the loss."""
    import jax

    count, parameters, mean, square = state
    loss, gradient = jax.value_and_grad(jax_loss)(parameters, *batch)
    count += 1
    mean = [0.9 * m + 0.1 * g for m, g in zip(mean, gradient, strict=True)]
    square = [0.999 * s + 0.001 * g**2 for s, g in zip(square, gradient, strict=True)]
    # Kingma and Ba 2015, arXiv 1412.6980, algorithm 1, with torch's defaults.
    rate = LR / (1 - 0.9**count)
    unbias = 1 / (1 - 0.999**count)
    moves = [rate * m / ((s * unbias) ** 0.5 + 1e-8) for m, s in zip(mean, square, strict=True)]
    parameters = [p - move for p, move in zip(parameters, moves, strict=True)]
    return (count, parameters, mean, square), loss


@cache
def jax_epoch() -> Any:
    """Return what all runs share; its first call compiles it."""
    import jax

    jax.config.update("jax_platforms", "cpu")
    return jax.jit(lambda state, order, x, y: jax.lax.scan(jax_step, state, (x[order], y[order])))


def jax_scan(seed: int) -> Answer:
    """Train by a compiled scan over the batches of each epoch."""
    epoch = jax_epoch()
    import jax
    import numpy as np

    x, y = map(jax.numpy.asarray, arrays())
    parameters = [parameter.detach().numpy() for parameter in tutorial_network(seed).parameters()]
    zeros = [np.zeros_like(parameter) for parameter in parameters]
    random = np.random.default_rng(seed)
    state: Any = np.float32(0), parameters, zeros, zeros
    losses = []
    for _ in range(EPOCHS):
        state, loss = epoch(state, random.permutation(len(x)).reshape(-1, BATCH), x, y)
        losses.append(loss)
    # its calls return before they are done: without waiting, nothing would be timed
    trained = jax.block_until_ready(state)[1]
    return lambda: np.asarray(jax.nn.sigmoid(jax_scores(trained, x)))


RIVALS: dict[str, Train] = {
    LOOP: tutorial_loop,
    "DataLoader loop": data_loader,
    "resident tensors, fused Adam": resident,
    SKLEARN: scikit_learn,
    SKORCH: skorch,
    JAX: jax_scan,
}
