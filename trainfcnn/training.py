"""Epochs over a stack: the loop, schedule, validation, early stop.

`epochs` is the bare loop, a generator. `Training` is what a user's call becomes: it prepares the
data, watches the losses and keeps the best weights; it, too, is walked through epoch by epoch, so
that a progress bar or an animation is a ``for`` in the caller.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import partial
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from trainfcnn.activations import ACTIVATIONS, LAST_ACTIVATIONS, Activation, as_activation
from trainfcnn.batches import Batch, Batches
from trainfcnn.datasets import Array, Dataset, held_out
from trainfcnn.engine import engine
from trainfcnn.history import Best, History, Recorder
from trainfcnn.lookup import look_up
from trainfcnn.network import FCNN, INITS
from trainfcnn.optimizers import OPTIMIZERS, SCHEDULES, Rule, Step, make_step
from trainfcnn.recipe import Recipe
from trainfcnn.scaling import Scaling
from trainfcnn.seeds import entropy, numpy_generator, restart_seeds
from trainfcnn.stack import Call, Stack
from trainfcnn.tasks import TASKS, Task
from trainfcnn.warps import Warps, background

EVALUATION_BATCH, EVALUATION_NUMBERS = 4096, 4_000_000  # samples, and units of all members


def epochs(
    batches: Batches, task: Task, recipe: Recipe, step: Step, work: int, seed: int
) -> Iterator[int]:
    """Train for the recipe's epochs; yield the number of each, from 1, when it is done.

    Parameters
    ----------
    batches : Batches
        Of the sample to train on; after each epoch, its outputs are those that the samples met.
    task : Task
        Whose loss is lowered.
    recipe : Recipe
        Its `epochs`, `lr`, `schedule` and `shuffle` are used.
    step : callable
        ``step(lr)`` of `make_step`, on the buffers of the stack that the batches go through.
    work : int
        Multiplications a step, see `engine`.
    seed : int
        Of the batch order and the dropout masks.
    """
    order = Generator().manual_seed(entropy(seed, "batches"))
    drops = Generator(batches.targets.device).manual_seed(entropy(seed, "dropout"))
    schedule = SCHEDULES[recipe.schedule]
    plan = [_calls(part, task, drops) for part in batches.parts]
    n_steps, done = len(plan) * recipe.epochs, 0
    for epoch in range(1, recipe.epochs + 1):
        with engine(work):
            if recipe.shuffle:
                batches.shuffle(order)
            for calls in plan:
                for call in calls:
                    call()
                step(recipe.lr * schedule(done / n_steps))
                done += 1
        yield epoch


@torch.inference_mode()
def _calls(part: Batch, task: Task, drops: Generator) -> list[Call]:
    """Return all of a step but the optimizer's: gather, forward, the loss's slope, backward."""
    way, scale = part.way, part.targets.new_tensor(task.slope / part.targets.shape[1])
    return [
        *part.gather,
        *([partial(part.workspace.draw_masks, drops)] if part.workspace.masks else []),
        *way.up,
        partial(task.predict, way.outputs, out=way.delta),
        partial(way.delta.sub_, part.targets),
        partial(way.delta.mul_, scale),
        *way.down,
    ]


# What the members of one stack may differ in; in all else they are trained alike.
OF_A_MEMBER = ("dims", "init", "lr", "weight_decay", "dropout", "weight_seed")


class Training:
    """A stack of networks on one data set, a recipe or initial weights each; iterate to train.

    All arguments are checked, and all buffers made, before the first epoch.

    Parameters
    ----------
    dataset : Dataset
        Its test sample is not touched.
    recipe : Recipe or sequence of Recipe
        One for all members, or one a member. These may differ in `OF_A_MEMBER` alone, and in the
        sizes but not in the number of hidden layers; with dropout not in the sizes either.
    seed : int
        Of the batch order, the dropout masks and the validation split.
    weight_seeds : sequence of int, optional
        Of the initial weights, one a member, with one recipe for all; by default the recipe's
        `weight_seed`, else `seed`.
    device : torch.device or str
        Where to train.

    Yields
    ------
    int
        The number of each epoch, from 1, when it is done.

    Raises
    ------
    ValueError
        For an unknown name in the recipe, or data too small to hold out what it asks for.

    Examples
    --------
    >>> from trainfcnn.datasets import make_dataset
    >>> training = Training(make_dataset("xor"), Recipe(dims=[6], epochs=3), weight_seeds=[0, 1])
    >>> for epoch in training:
    ...     pass
    >>> len(training.history(member=1))
    3
    """

    def __init__(
        self,
        dataset: Dataset,
        recipe: Recipe | Sequence[Recipe],
        seed: int = 0,
        weight_seeds: Sequence[int] | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        members = _members(recipe, weight_seeds, seed)
        recipe = members[0]
        self._task, self._recipe, self._seed = TASKS[dataset.kind], recipe, seed
        _check_names(dataset, recipe)
        rule, asked = OPTIMIZERS[recipe.optimizer], recipe.last_activation
        self._last = self._task.last_activation if asked is None else asked
        self._networks = [self._draw_network(dataset, member) for member in members]
        self.stack = Stack(self._networks, _seen_by_loss(self._task, self._last), device)
        held = _validation_mask(dataset, recipe.validation, seed)
        self._scaling = self._find_scaling(dataset, ~held)
        warps = _warps(dataset, recipe)
        self._moves = Generator(device).manual_seed(entropy(seed, "warps"))
        self._work = self.stack.parameters.numel() * recipe.batch_size
        with engine(self._work):
            dropouts = [member.dropout for member in members]
            self._train = self._batches(dataset, ~held, recipe.batch_size, dropouts, warps)
            self._held = self._batches(dataset, held, self._evaluated) if held.any() else None
            self._step = self._make_step(rule, members)
            watching = held.any() or recipe.patience > 0
            self._best = Best(self.stack, recipe.patience) if watching else None
        self._recorder, self._held_recorder = (
            Recorder(self._task, self.stack.n_members) for _ in range(2)
        )
        self._seconds = 0.0
        self._epochs = self._walk()

    @property
    def _evaluated(self) -> int:
        """How many held-out samples go through the stack at once."""
        units = self.stack.n_members * max(self.stack.dims)
        return max(1, min(EVALUATION_BATCH, EVALUATION_NUMBERS // units))

    def _draw_network(self, dataset: Dataset, recipe: Recipe) -> FCNN:
        seed = self._seed if recipe.weight_seed is None else recipe.weight_seed
        dims = (dataset.x.shape[1], *recipe.dims, self._task.n_outputs(len(dataset.classes)))
        activation, dtype = as_activation(recipe.activation), getattr(torch, recipe.dtype)
        return FCNN(dims, activation, self._last, init=recipe.init, seed=seed, dtype=dtype)

    def _make_step(self, rule: Rule, members: list[Recipe]) -> Step:
        """Return the optimizer's step, with rates and decays of their own for unequal members."""
        stack, recipe = self.stack, self._recipe
        rates = decays = None
        if len({member.lr for member in members}) > 1:
            rates = stack.spread([member.lr / recipe.lr for member in members])
        if len({member.weight_decay for member in members}) > 1:
            decays = stack.spread([member.weight_decay for member in members])
        return make_step(rule, stack.parameters, stack.gradients, recipe, rates, decays)

    def _find_scaling(self, dataset: Dataset, chosen: NDArray[np.bool_]) -> Scaling:
        wanted = self._recipe.standardize
        return Scaling.of(
            dataset.x[chosen],
            dataset.y[chosen],
            inputs="each" if wanted else dataset.normalize,
            target=wanted and dataset.kind == "regression" and self._last == "linear",
        )

    def _batches(
        self,
        dataset: Dataset,
        chosen: NDArray[np.bool_],
        batch_size: int,
        dropouts: Sequence[float] = (0.0,),
        warps: Warps | None = None,
    ) -> Batches:
        scaling, like = self._scaling, self.stack.parameters
        y = (dataset.y[chosen] - scaling.y_shift) / scaling.y_scale
        targets = like.new_tensor(self._task.targets(y, len(dataset.classes)))
        x = dataset.x[chosen]
        if dataset.image_shape is None:
            x = (x - scaling.x_shift) / scaling.x_scale  # in double precision
            return Batches(self.stack, like.new_tensor(x), targets, batch_size, dropouts)

        def prepare(pixels: Tensor) -> list[Call]:
            moves = [partial(warps.apply, pixels, self._moves)] if warps else []
            return [*moves, *scaling.prepare(pixels)]

        pixels = torch.tensor(x, device=like.device)
        return Batches(self.stack, pixels, targets, batch_size, dropouts, prepare)

    def __iter__(self) -> Iterator[int]:
        """Train; a loop that was left goes on where it was."""
        return self._epochs

    def _walk(self) -> Iterator[int]:
        resumed = perf_counter()
        loop = epochs(self._train, self._task, self._recipe, self._step, self._work, self._seed)
        for epoch in loop:
            with engine(self._work):
                self._note(epoch)
            self._seconds += perf_counter() - resumed
            yield epoch
            resumed = perf_counter()
            if self._recorder.diverged or (self._best and self._best.all_stopped()):
                break
        if self.stack.parameters.is_cuda:
            torch.cuda.synchronize()  # its work is queued, and not done when a call returns
            self._seconds += perf_counter() - resumed

    def _note(self, epoch: int) -> None:
        self._recorder.record(self._train.outputs(), self._train.targets)
        if self._held is not None:
            self._held.forward()
            self._held_recorder.record(self._held.outputs(), self._held.targets)
        if self._best is not None:
            watched = self._recorder if self._held is None else self._held_recorder
            self._best.watch(epoch, watched.latest_loss())

    @property
    def diverged(self) -> bool:
        """Whether no member's loss is a finite number any more."""
        with engine(self._work):
            self._recorder.rows()  # measures what still waits
        return self._recorder.diverged

    def network(self, member: int = 0) -> FCNN:
        """Return a copy of one member as it is now, or as it was at its best epoch if one is kept.

        It lives on the CPU and takes and gives the data set's own units.
        """
        return self._take(member, self._best.blocks if self._best else None)

    def snapshots(self) -> list[FCNN]:
        """Return a copy of each member as it is now, whether or not a better one is kept."""
        return [self._take(member, None) for member in range(self.stack.n_members)]

    def _take(self, member: int, blocks: list[Tensor] | None) -> FCNN:
        network = deepcopy(self._networks[member])
        self.stack.copy_to(network, member, blocks)
        self._scaling.undo(network)
        return network

    def history(self, member: int = 0) -> History:
        """Return what was seen of one member so far."""
        return self._history(self._rows(), member)

    def histories(self) -> list[History]:
        """Return what was seen of each member so far."""
        rows = self._rows()
        return [self._history(rows, member) for member in range(self.stack.n_members)]

    def losses(self) -> Array:
        """Return by what members are compared, (K,): the lowest validation loss.

        Where nothing is held out it is the loss on the training sample: with patience the lowest
        that was met, and else that of the networks as they are now.
        """
        with engine(self._work):
            if self._best is not None:
                losses = self._best.loss
            else:
                moves = self._moves.get_state()  # to look changes nothing
                self._train.forward()
                self._moves.set_state(moves)
                losses = self._task.loss(self._train.outputs(), self._train.targets)
            return np.asarray(losses.double().cpu())

    def best_member(self) -> int:
        """Return the member with the lowest of `losses`; one that is no number comes last."""
        if self.stack.n_members == 1:
            return 0
        losses = self.losses()
        return int(np.nan_to_num(losses, nan=np.inf, posinf=np.inf).argmin())

    def restart_losses(self) -> Array:
        """Return the watched losses of all members, (K, epochs): validation, or else training."""
        loss, _, held_loss, _ = self._rows()
        return (held_loss if held_loss.size else loss).T * self._scaling.y_scale**2

    def _rows(self) -> list[Array]:
        """Return losses and scores, of the training sample and of what is held out: (epochs, K)."""
        with engine(self._work):
            rows = [*self._recorder.rows(), *self._held_recorder.rows()]
            return [np.asarray(row.double().cpu()) for row in rows]

    def _history(self, rows: list[Array], member: int) -> History:
        last = int(self._best.stopped[member]) if self._best else 0
        best = int(self._best.epoch[member]) if self._best else None
        loss, score, held_loss, held_score = (row[: last or None, member] for row in rows)
        if held_loss.size:  # an interrupt may have come between the two records
            loss, score = loss[: len(held_loss)], score[: len(held_loss)]
        square = self._scaling.y_scale**2  # a mean squared error is in squared units
        return History(
            loss=loss * square,
            score=score,
            validation_loss=held_loss * square,
            validation_score=held_score,
            seconds=self._seconds,
            best_epoch=len(loss) if best is None else best,
            loss_name=self._task.loss_name,
            score_name=self._task.score_name,
        )


def _members(
    recipe: Recipe | Sequence[Recipe], weight_seeds: Sequence[int] | None, seed: int
) -> list[Recipe]:
    """Return a recipe for each member of the stack, if they make one."""
    if isinstance(recipe, Recipe):
        own = seed if recipe.weight_seed is None else recipe.weight_seed
        seeds = restart_seeds(own, recipe.restarts) if weight_seeds is None else weight_seeds
        members = [recipe.but(weight_seed=seed) for seed in seeds]
    elif weight_seeds is None:
        members = list(recipe)
    else:
        raise ValueError("weight_seeds are for a single recipe, got several: leave them out")
    if not members:
        raise ValueError("a training must have a member, got no recipe and no weight seed: try [0]")
    if len({shared(member) for member in members}) > 1:
        raise ValueError(
            f"the members of a stack may differ in {', '.join(OF_A_MEMBER)}, but not in depth, and "
            "with dropout not in dims: make a training for each"
        )
    return members


def shared(recipe: Recipe) -> tuple[object, ...]:
    """Return what two recipes must have in common for their networks to make one stack."""
    rest = tuple(value for name, value in vars(recipe).items() if name not in OF_A_MEMBER)
    drops = recipe.dropout > 0
    return *rest, len(recipe.dims), drops and recipe.dims


def check_recipe(dataset: Dataset, recipe: Recipe) -> None:
    """Refuse, before a training is made, what making it would refuse."""
    _check_names(dataset, recipe)
    _warps(dataset, recipe)
    _validation_mask(dataset, recipe.validation, seed=0)


def _check_names(dataset: Dataset, recipe: Recipe) -> None:
    """Refuse what a recipe names and nobody knows, or what does not suit the task."""
    look_up(OPTIMIZERS, recipe.optimizer, "optimizer")
    look_up(SCHEDULES, recipe.schedule, "schedule")
    activation = as_activation(recipe.activation)
    look_up(INITS, activation.init if recipe.init is None else recipe.init, "init")
    last = recipe.last_activation
    if last is not None:
        look_up(LAST_ACTIVATIONS, last, "last activation")
    if last == "softmax" and dataset.kind != "multiclass":
        raise ValueError(
            f"last_activation must suit one output, whose softmax is always 1, got 'softmax' for a "
            f"{dataset.kind} task: leave it out"
        )


def _seen_by_loss(task: Task, last_activation: str) -> Activation:
    """Return what stands between the scores and the loss."""
    return ACTIVATIONS["linear" if task.is_classification else last_activation]


def _warps(dataset: Dataset, recipe: Recipe) -> Warps | None:
    """Return how the recipe moves images, if it does."""
    moves = {name: getattr(recipe, name) for name in ("rotate", "shift", "scale")}
    if not any(moves.values()):
        return None
    if dataset.image_shape is None:
        name = next(name for name, value in moves.items() if value)
        raise ValueError(
            f"{name} is for images, and {dataset.name!r} has none, got {name}={moves[name]}: "
            "leave it out"
        )
    return Warps(
        dataset.image_shape, **moves, background=background(dataset.x, dataset.image_shape)
    )


def _validation_mask(dataset: Dataset, share: float, seed: int) -> NDArray[np.bool_]:
    strata = dataset.y if dataset.classes else np.zeros(len(dataset.y))
    mask = held_out(strata, share, numpy_generator(seed, "validation"))
    if (share and not mask.any()) or mask.all():
        raise ValueError(
            f"validation must leave samples on both sides, got validation={share} of "
            f"{len(mask)} samples: try another share, or validation=0"
        )
    return mask
