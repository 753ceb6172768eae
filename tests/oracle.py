"""What the engine must agree with: autograd, `torch.optim` and a plain loop."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional

from trainfcnn._support.seeds import entropy
from trainfcnn.data.dataset import Dataset
from trainfcnn.engine.batches import Batches
from trainfcnn.engine.device import ExecutionContext
from trainfcnn.engine.epoch import Epoch
from trainfcnn.engine.optimizers import OPTIMIZERS, Optimizer
from trainfcnn.engine.schedules import SCHEDULES
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.init import as_init, spread_kinks
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS, Task, task_of
from trainfcnn.recipe import Recipe
from trainfcnn.training.history import History
from trainfcnn.training.resolve import n_outputs_for, resolve
from trainfcnn.training.run import Run

# Of each sample, (n,).
LOSSES: dict[str, Callable[[FCNN, Tensor, Tensor], Tensor]] = {
    "regression": lambda network, x, y: functional.mse_loss(
        network(x), y.reshape(len(y), -1), reduction="none"
    ).mean(1),
    "binary": lambda network, x, y: functional.binary_cross_entropy_with_logits(
        network.scores(x)[:, 0], y.double(), reduction="none"
    ),
    "multiclass": lambda network, x, y: functional.cross_entropy(
        network.scores(x), y, reduction="none"
    ),
    "multilabel": lambda network, x, y: functional.binary_cross_entropy_with_logits(
        network.scores(x), y.double(), reduction="none"
    ).mean(1),
}
LOSSES["several"] = LOSSES["regression"]
# And of a regression with another loss.
OTHER_LOSSES: dict[str, Callable[[FCNN, Tensor, Tensor], Tensor]] = {
    "mse": LOSSES["regression"],
    "mae": lambda network, x, y: functional.l1_loss(
        network(x), y.reshape(len(y), -1), reduction="none"
    ).mean(1),
    "huber": lambda network, x, y: functional.huber_loss(
        network(x), y.reshape(len(y), -1), reduction="none"
    ).mean(1),
}
N_CLASSES = {"regression": 0, "binary": 2, "multiclass": 3, "several": 0, "multilabel": 0}
N_OUTPUTS = {"regression": 1, "binary": 1, "multiclass": 3, "several": 3, "multilabel": 3}

# A hundred steps on all of twelve samples.
HUNDRED = Recipe(dims=(4, 3), lr=0.001, epochs=100, batch_size=12, dtype="float64")

# Every optimizer as it is, and with all that it takes.
VARIANTS = [
    {"optimizer": name, "weight_decay": decay, "momentum": momentum, "nesterov": nesterov}
    for name in OPTIMIZERS
    for decay in (0.0, 0.1)
    for momentum, nesterov in ((0.0, False), (0.9, False), (0.9, True))
    if not momentum or name == "sgd" or (name == "rmsprop" and not nesterov)
] + [
    {"optimizer": "adam", "betas": (0.5, 0.9), "eps": 1e-3},
    {"optimizer": "adamw", "betas": (0.8, 0.99), "weight_decay": 0.1},
    {"optimizer": "rmsprop", "alpha": 0.9, "eps": 1e-4},
    {"optimizer": "adagrad", "eps": 1e-3},
]


def say(options: dict[str, object]) -> str:
    """Return options as the name of a test case: what is on, and names."""
    return "-".join(v if isinstance(v, str) else k for k, v in options.items() if v)


def with_some_weights(dataset: Dataset, seed: int = 0) -> Dataset:
    """Return the data with weights of all sizes, on a scale of their own."""
    generator = np.random.default_rng(seed)
    return replace(dataset, weights=7 * generator.gamma(1.0, size=len(dataset.x)))


def small_dataset(kind: str, n: int = 12, inputs: int = 2, seed: int = 0) -> Dataset:
    """Return noise, with every class in it, and no test sample; 'several' are three targets."""
    generator = np.random.default_rng(seed)
    x, n_classes = generator.normal(1, 2, (n, inputs)), N_CLASSES[kind]
    y = generator.permutation(n) % n_classes if n_classes else generator.normal(3, 2, n)
    names: tuple[str, ...] = ()
    if kind in ("several", "multilabel"):
        names = ("a", "b", "c")
        y = generator.normal((3, 0, 10), (2, 0.5, 4), (n, 3))
    if kind == "multilabel":
        y = (y > (3, -0.5, 12)).astype(np.int64)
    kind = "regression" if kind == "several" else kind
    classes = tuple(range(n_classes))
    return Dataset("noise", kind, x, y, x[:0], y[:0], classes, target_names=names)


def run_of(network: FCNN, dataset: Dataset, **fields: object) -> Run:
    """Return a run that leaves this network behind, without having trained it."""
    none = np.empty(0)
    task = TASKS[dataset.kind]
    history = History(none, none, none, none, 0.0, 0, task.loss_name, task.score_name)
    given = {"recipe": Recipe(), "history": history, "ended": "done"} | fields
    return Run(dataset=dataset, network=network, **given)  # type: ignore[arg-type]


def network_for(dataset: Dataset, recipe: Recipe, seed: int) -> FCNN:
    """Return the network with which a training of `recipe` begins."""
    task = TASKS[dataset.kind]
    network = FCNN(
        (dataset.x.shape[1], *recipe.dims, n_outputs_for(dataset)),
        recipe.activation,
        recipe.last_activation or task.last_activation,
        init=recipe.init,
        seed=seed,
        dtype=getattr(torch, recipe.dtype),
    )
    init = as_init(recipe.init or network.activations[0].init)
    if init.spreads_kinks and recipe.dims and dataset.x.shape[1] == 1:
        with torch.no_grad():
            spread_kinks(network.linears[0].weight, network.linears[0].bias, dataset.x)
    return network


def constant_network(dataset: Dataset, value: float) -> FCNN:
    """Return a network whose scores are `value` everywhere, in double precision."""
    task = TASKS[dataset.kind]
    dims = dataset.x.shape[1], n_outputs_for(dataset)
    network = FCNN(dims, last_activation=task.last_activation, dtype=torch.float64)
    with torch.no_grad():
        network.linears[0].weight.zero_()
        network.linears[0].bias.fill_(value)
    return network


def torch_optimizer(parameters: Iterator[Tensor], recipe: Recipe) -> torch.optim.Optimizer:
    """Return torch's own optimizer of that name."""
    by_lower_case = {name.lower(): value for name, value in vars(torch.optim).items()}
    options = {name: getattr(recipe, name) for name in ("momentum", "nesterov", "eps")}
    if recipe.optimizer in ("adam", "adamw"):
        options["betas"] = recipe.betas
    if recipe.optimizer == "rmsprop":
        options["alpha"] = recipe.alpha
    optimizer: torch.optim.Optimizer = by_lower_case[recipe.optimizer](
        parameters,
        lr=recipe.lr,
        weight_decay=recipe.weight_decay,
        **{name: value for name, value in options.items() if value},
    )
    return optimizer


def train_by_autograd(
    network: FCNN, dataset: Dataset, recipe: Recipe, seed: int
) -> Iterator[float]:
    """Train by the book, with the batches of `seed`; yield each epoch's mean loss."""
    x, y = torch.tensor(dataset.x), torch.tensor(dataset.y)
    weights = torch.ones(len(x), dtype=torch.float64)
    if dataset.weights is not None:
        weights = torch.tensor(dataset.weights / dataset.weights.mean())
    loss_of = (LOSSES | OTHER_LOSSES)[recipe.loss or dataset.kind]
    n_steps = recipe.steps or ceil(len(x) / recipe.batch_size) * recipe.epochs
    optimizer = torch_optimizer(network.parameters(), recipe)
    schedule, done = SCHEDULES[recipe.schedule], 0
    order = Generator().manual_seed(entropy(seed, "batches"))
    while done < n_steps:
        total = 0.0
        seen = 0
        for batch in torch.split(torch.randperm(len(x), generator=order), recipe.batch_size):
            optimizer.param_groups[0]["lr"] = recipe.lr * float(schedule(np.array(done / n_steps)))
            optimizer.zero_grad()
            loss = (weights[batch] * loss_of(network, x[batch], y[batch])).mean()
            sizes = sum(parameter.abs().sum() for parameter in network.parameters())
            (loss + recipe.l1 * sizes).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            done += 1
            seen += len(batch)
            total += loss.item() * len(batch)
            if done == n_steps:
                break
        yield total / seen


@dataclass(frozen=True)
class Stacked:
    """A stack, its batches, and the loop that trains it when it is iterated."""

    stack: Stack
    batches: Batches
    loop: Iterator[int]
    task: Task


def stacked(
    networks: Sequence[FCNN],
    dataset: Dataset,
    recipe: Recipe,
    seed: int = 0,
    step: Callable[[float], object] | None = None,
) -> Stacked:
    """Return the engine's own epochs over copies of `networks`, with another `step` if given."""
    task, last = task_of(dataset.kind, recipe.loss), recipe.last_activation or "linear"
    targets = task.targets(dataset.y, len(dataset.classes))
    dropouts = resolve(recipe, dataset).dropouts
    with ExecutionContext(work=0):
        stack = Stack(networks, ACTIVATIONS["linear" if task.is_classification else last])
        x, y = (stack.parameters.new_tensor(array) for array in (dataset.x, targets))
        weights = None
        if dataset.weights is not None:
            weights = stack.parameters.new_tensor(dataset.weights / dataset.weights.mean())[None]
        batches = Batches(stack, x, y, recipe.batch_size, [dropouts], weights=weights)
        optimizer = optimizer_for(recipe, stack.parameters, stack.gradients)
        if step is not None:
            optimizer.step = step  # type: ignore[assignment]
    return Stacked(stack, batches, _epochs(batches, task, recipe, optimizer, seed), task)


def optimizer_for(recipe: Recipe, parameters: Tensor, gradients: Tensor) -> Optimizer:
    """Return our update rule for a recipe."""
    return OPTIMIZERS[recipe.optimizer](
        parameters,
        gradients,
        momentum=recipe.momentum,
        nesterov=recipe.nesterov,
        weight_decay=recipe.weight_decay,
        betas=recipe.betas,
        alpha=recipe.alpha,
        eps=recipe.eps,
        l1=recipe.l1,
    )


def _epochs(
    batches: Batches, task: Task, recipe: Recipe, optimizer: Optimizer, seed: int
) -> Iterator[int]:
    order = Generator().manual_seed(entropy(seed, "batches"))
    epoch = Epoch(batches, task, optimizer, Generator().manual_seed(entropy(seed, "dropout")))
    schedule, n_steps = SCHEDULES[recipe.schedule], len(epoch) * recipe.epochs
    for number in range(recipe.epochs):
        first = number * len(epoch)
        rates = recipe.lr * schedule(np.arange(first, first + len(epoch)) / n_steps)
        with ExecutionContext(work=0):
            epoch.run(rates[None], order if recipe.shuffle else None)
        yield number + 1


def losses(run: Stacked) -> list[float]:
    """Return the loss of every member at the outputs last written."""
    with ExecutionContext(work=0):
        batches = run.batches
        return run.task.loss(batches.outputs(), batches.targets, batches.weights).tolist()


def assert_trains_as_autograd(
    dataset: Dataset, recipe: Recipe, seed: int = 0, watched: Sequence[int] = (1,)
) -> None:
    """Compare `watched` members of three, and the first of them alone, with the plain loop.

    After the first epoch and after the last: one full batch an epoch makes that one step and all.
    """
    networks = [network_for(dataset, recipe, member) for member in range(3)]
    plain = [networks[member] for member in watched]
    alone = stacked(plain[:1], dataset, recipe, seed)
    together = stacked(networks, dataset, recipe, seed)
    oracles = [train_by_autograd(network, dataset, recipe, seed) for network in plain]
    for epoch, _, *expected in zip(alone.loop, together.loop, *oracles, strict=True):
        if epoch not in (1, recipe.epochs):
            continue
        assert_member_is(alone.stack, 0, plain[0])
        for member, network in zip(watched, plain, strict=True):
            assert_member_is(together.stack, member, network)
        seen = [losses(together)[member] for member in watched]
        np.testing.assert_allclose(seen, expected, rtol=1e-9, atol=1e-9)


def assert_member_is(stack: Stack, member: int, network: FCNN) -> None:
    """Compare the parameters of one member with those of a network, to 1e-9."""
    ours = deepcopy(network)
    stack.copy_to(ours, member)
    assert_same_network(ours, network)


def assert_same_network(ours: FCNN, other: FCNN, tolerance: float = 1e-9) -> None:
    """Compare sizes and parameters of two networks."""
    assert ours.dims == other.dims
    for mine, theirs in zip(ours.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=tolerance, atol=tolerance)
