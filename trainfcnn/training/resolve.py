"""A recipe resolved for its data: every name looked up once, and every check made.

Network, stack and loop take what comes out, and look nothing up themselves.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise

import torch

from trainfcnn._support.checks import check_memory, look_up, short
from trainfcnn._support.seeds import restart_seeds
from trainfcnn._support.types import Array
from trainfcnn.data.augment import Augmentation, border_value
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.splits import validation_mask
from trainfcnn.engine.optimizers import OPTIMIZERS, Optimizer
from trainfcnn.engine.schedules import SCHEDULES, Schedule
from trainfcnn.goal import Goal
from trainfcnn.nn.activations import ACTIVATIONS, LAST_ACTIVATIONS, Activation, as_activations
from trainfcnn.nn.init import Init, as_init, initial_layers
from trainfcnn.nn.network import FCNN, Draft, schemes_of
from trainfcnn.nn.tasks import TASKS, Task, task_of
from trainfcnn.recipe import Recipe

# What the members of one stack may differ in; in all else they are trained alike.
OF_A_MEMBER = ("dims", "init", "lr", "weight_decay", "dropout", "weight_seed")


@dataclass(frozen=True)
class ResolvedRecipe:
    """A recipe with its names looked up, for data of one kind and size.

    Attributes
    ----------
    recipe : Recipe
        As it was given.
    task : Task
        What is asked of the network.
    dims : tuple of int
        All sizes: inputs, hidden layers, outputs.
    activations : tuple of Activation
        After every hidden layer, see `as_activations`.
    last_activation : str
        After the last one: a key of `LAST_ACTIVATIONS`.
    init : Init, optional
        How weights begin, where it is not the one that suits the activation.
    optimizer : type of Optimizer
        The update rule.
    schedule : callable
        From the share of steps done to the share of the learning rate.
    weight_seed : int, optional
        Of the initial weights, where it is not that of all that is random.
    """

    recipe: Recipe
    task: Task
    dims: tuple[int, ...]
    activations: tuple[Activation, ...]
    last_activation: str
    init: Init | None
    optimizer: type[Optimizer]
    schedule: Schedule
    weight_seed: int | None

    @property
    def n_multiplications(self) -> int:
        """How many a sample takes up to the last hidden layer, which says where to train."""
        return sum(n_in * n_out for n_in, n_out in pairwise(self.dims[:-1]))

    @property
    def dropouts(self) -> tuple[float, ...]:
        """The share of each hidden layer's units that a step switches off."""
        share = self.recipe.dropout
        return share if isinstance(share, tuple) else (share,) * (len(self.dims) - 2)

    @property
    def output_activation(self) -> Activation:
        """What stands between the scores and the loss."""
        return ACTIVATIONS["linear" if self.task.is_classification else self.last_activation]

    @property
    def scales_target(self) -> bool:
        """Whether a regression's targets are standardised: an output that is bounded could not."""
        linear = self.last_activation == "linear"
        return self.recipe.standardize and not self.task.is_classification and linear

    def with_weight_seed(self, seed: int) -> "ResolvedRecipe":
        """Return the same from other initial weights, of a seed that is checked already."""
        named = copy(self.recipe)  # and not by `but`, which would check all of it a thousand times
        object.__setattr__(named, "weight_seed", seed)
        return replace(self, recipe=named, weight_seed=seed)

    def draft(self, seed: int, x: Array) -> Draft:
        """Return a network as it begins; `seed` is for a recipe without one of its own.

        Where there is one feature its kinks are spread over inputs `x` (n, 1), which are scaled.
        """
        layers = initial_layers(
            self.dims,
            schemes_of(self.dims, self.activations, self.init),
            seed if self.weight_seed is None else self.weight_seed,
            getattr(torch, self.recipe.dtype),
            x,
        )
        return Draft(self.dims, self.activations, layers)

    def pattern(self) -> FCNN:
        """Return a network of these sizes and functions, whatever its weights."""
        return FCNN(
            self.dims,
            self.activations[: len(self.dims) - 2] or self.activations[0],
            self.last_activation,
            init="he",
            dtype=getattr(torch, self.recipe.dtype),
        )

    def n_bytes(self, n_samples: int) -> int:
        """Return about how many bytes a member of a stack takes.

        Its parameters, their gradients, the optimizer's and the best ones; four buffers a unit and
        batch; the outputs of all samples, twice and measured.
        """
        parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.dims))
        buffers = 4 * sum(self.recipe.dims) * min(self.recipe.batch_size, n_samples)
        outputs = 4 * self.dims[-1] * n_samples
        size = 8 if self.recipe.dtype == "float64" else 4
        return int(7 * parameters + buffers + outputs) * size

    def stack_key(self) -> tuple[object, ...]:
        """Return what two recipes must have in common for their networks to make one stack."""
        # all but these must be equal: schedules and batches are the stack's, not a member's
        rest = (value for name, value in vars(self.recipe).items() if name not in OF_A_MEMBER)
        # With dropout the members share their masks, and so must be of one width.
        widths = self.dims if any(self.dropouts) else ()
        return *rest, len(self.dims), widths


def resolve(recipe: Recipe, dataset: Dataset) -> ResolvedRecipe:
    """Look up what a recipe names, and hold it against the data.

    Raises
    ------
    ValueError
        For a name that is unknown or does not suit the data, or data too small to hold out what is
        asked for.
    """
    task = task_of(dataset.kind, recipe.loss)
    recipe = _with_epochs(recipe, dataset)
    activations = as_activations(recipe.activation, len(recipe.dims))
    last = task.last_activation if recipe.last_activation is None else recipe.last_activation
    look_up(LAST_ACTIVATIONS, last, "last activation")
    resolved = ResolvedRecipe(
        recipe=recipe,
        task=task,
        dims=(dataset.x.shape[1], *recipe.dims, n_outputs_for(dataset)),
        activations=activations,
        last_activation=last,
        init=None if recipe.init is None else as_init(recipe.init),
        optimizer=look_up(OPTIMIZERS, recipe.optimizer, "optimizer"),
        schedule=look_up(SCHEDULES, recipe.schedule, "schedule"),
        weight_seed=recipe.weight_seed,
    )
    if last == "softmax" and dataset.kind != "multiclass":
        suits = "one output, whose softmax is always 1"
        if dataset.target_names:
            suits = "targets that need not add up to 1"
        raise ValueError(
            f"last_activation must suit {suits}, got 'softmax' for a {dataset.kind} task: leave it "
            "out"
        )
    n_bytes = recipe.restarts * resolved.n_bytes(len(dataset.x))
    networks = "the network" if recipe.restarts == 1 else f"{recipe.restarts:,} networks"
    check_memory(n_bytes, f"{networks} of dims={short(recipe.dims)}", "take smaller or fewer ones")
    _check_images(recipe, dataset)
    _check_goal(recipe, dataset)
    validation_mask(dataset, recipe.validation, seed=0)  # refuses what no seed could hold out
    return resolved


def _with_epochs(recipe: Recipe, dataset: Dataset) -> Recipe:
    """Return the recipe with the epochs that its steps take, the last perhaps a part of one."""
    if recipe.steps is None:
        return recipe
    # any seed: it moves who is held out, and not how many
    n_samples = int((~validation_mask(dataset, recipe.validation, seed=0)).sum())
    per_epoch = -(-n_samples // recipe.batch_size)  # rounded up
    return replace(recipe, epochs=-(-recipe.steps // per_epoch))


def resolve_members(
    dataset: Dataset,
    recipe: "Recipe | Sequence[Recipe | ResolvedRecipe]",
    weight_seeds: Sequence[int] | None,
    seed: int,
) -> list[ResolvedRecipe]:
    """Return the resolved recipe of each member of a stack, if they make one (see `Training`)."""
    if isinstance(recipe, Recipe):
        one = resolve(recipe, dataset)
        own = seed if recipe.weight_seed is None else recipe.weight_seed
        seeds = restart_seeds(own, recipe.restarts) if weight_seeds is None else weight_seeds
        members = [replace(one, weight_seed=seed) for seed in seeds]
    elif weight_seeds is None:
        members = [
            one if isinstance(one, ResolvedRecipe) else resolve(one, dataset) for one in recipe
        ]
    else:
        raise ValueError("weight_seeds are for a single recipe, got several: leave them out")
    if not members:
        raise ValueError("a training must have a member, got no recipe and no weight seed: try [0]")
    if len({member.stack_key() for member in members}) > 1:
        raise ValueError(
            f"the members of a stack may differ in {', '.join(OF_A_MEMBER)}, but not in depth, and "
            "with dropout not in dims: make a training for each"
        )
    return members


def n_outputs_for(dataset: Dataset) -> int:
    """Return how many outputs a network for these data has."""
    return TASKS[dataset.kind].n_outputs(len(dataset.classes), dataset.n_targets)


def doubt_dims(dims: object, dataset: Dataset) -> str | None:
    """Return a warning where layer sizes look as if inputs and outputs were among them."""
    if not isinstance(dims, Sequence) or isinstance(dims, str) or len(dims) < 3:
        return None
    outputs = n_outputs_for(dataset)
    if (dims[0], dims[-1]) != (dataset.x.shape[1], outputs):
        return None
    whole = "-".join(map(str, (dims[0], *dims, outputs)))
    return (
        f"dims are the hidden layers alone, got {list(dims)}, which begins with the {dims[0]} "
        f"inputs and ends with the {outputs} outputs: the network is now {whole}; was "
        f"dims={list(dims[1:-1])} meant?"
    )


def _check_images(recipe: Recipe, dataset: Dataset) -> None:
    if dataset.image_shape is None:
        for name in ("rotate", "shift", "scale"):
            value = getattr(recipe, name)
            if value:
                raise ValueError(
                    f"{name} is for images, and {dataset.name!r} has none, got {name}={value}: "
                    "leave it out"
                )


def _check_goal(recipe: Recipe, dataset: Dataset) -> None:
    """Refuse a goal that is about another kind of task."""
    if recipe.until is None:
        return
    measure = Goal.read(recipe.until).measure
    fitting = "accuracy" if dataset.is_classification else "r2"
    if measure not in (fitting, "loss"):
        raise ValueError(
            f"until must be about {fitting} or loss, as {dataset.name!r} is {dataset.kind}, got "
            f"{recipe.until!r}: try until='{fitting} >= 0.95'"
        )


def augmentation(recipe: Recipe, dataset: Dataset) -> Augmentation | None:
    """Return how the recipe moves images, if it does."""
    if dataset.image_shape is None or not (recipe.rotate or recipe.shift or recipe.scale):
        return None
    border = border_value(dataset.x, dataset.image_shape)
    return Augmentation(dataset.image_shape, recipe.rotate, recipe.shift, recipe.scale, border)
