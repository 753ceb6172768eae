"""Epochs over a stack: the loop, and what comes out of it.

A `Training` is what a user's call becomes. It is walked through epoch by epoch, so that a progress
bar or a film is a ``for`` in the caller. All that changes on the way is its `TrainingState`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import gcd
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from trainfcnn._support.checks import check_seed, check_switch, is_whole, short
from trainfcnn._support.seeds import entropy
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.splits import validation_mask
from trainfcnn.engine.backend import check_engine, choose_engine, epoch_for
from trainfcnn.engine.device import ExecutionContext, choose_device
from trainfcnn.engine.fused import FusedEpoch, FusedEvaluation, Watch
from trainfcnn.engine.optimizers import Optimizer
from trainfcnn.engine.stack import Stack
from trainfcnn.goal import Goal
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import constant_loss
from trainfcnn.recipe import Recipe
from trainfcnn.training.feed import Feed
from trainfcnn.training.monitor import Best, Recorder, Stopping, capacity_for
from trainfcnn.training.outcome import Outcome
from trainfcnn.training.resolve import ResolvedRecipe, resolve_members
from trainfcnn.training.run import in_units
from trainfcnn.training.scaling import Scaling
from trainfcnn.training.state import Done, TrainingState


class MadeOf(NamedTuple):
    """What a training is made of, for those that write it down; see `Training`."""

    dataset: Dataset
    members: list[ResolvedRecipe]
    seed: int
    test_every: int | None
    record_steps: bool


class Training(Outcome):
    """A stack of networks on one data set, a recipe or initial weights each; iterate to train.

    All arguments are checked, and all buffers made, before the first epoch. A loop that was left
    goes on where it was, and so does a training that was pickled, with the same bits.

    Parameters
    ----------
    dataset : Dataset
        Nothing that is trained depends on its test sample.
    recipe : Recipe or sequence of Recipe
        One for all members, or one a member. These may differ in `OF_A_MEMBER` alone, and in the
        sizes but not in the number of hidden layers; with dropout not in the sizes either.
    seed : int
        Of the batch order, the dropout masks and the validation split.
    weight_seeds : sequence of int, optional
        Of the initial weights, one a member, with one recipe for all; by default the recipe's
        `weight_seed`, else `seed`.
    device : torch.device or str
        Where to train; 'auto' takes CUDA where it is there and the networks gain by it.
    test_every : int, optional
        After how many epochs each to look at the test sample, for the history; by default never.
    record_steps : bool
        Whether the history is to hold the loss of every batch as well.
    engine : str
        What takes the steps, see `ENGINES`; 'auto' takes the fused kernel where it can.
    scaling : Scaling, optional
        In the place of that of the training sample.

    Attributes
    ----------
    task : Task
        What the networks are asked.
    stack : Stack
        The networks, as they are now.
    engine : Engine
        What takes the steps, and why.
    state : TrainingState
        All that changes while it is walked through.

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
    >>> from trainfcnn.data.toy import make_dataset
    >>> training = Training(make_dataset("xor"), Recipe(dims=[6], epochs=3), weight_seeds=[0, 1])
    >>> for epoch in training:
    ...     pass
    >>> len(training.history(member=1))
    3
    """

    def __init__(
        self,
        dataset: Dataset,
        recipe: Recipe | Sequence[Recipe | ResolvedRecipe],
        seed: int = 0,
        weight_seeds: Sequence[int] | None = None,
        device: torch.device | str = "cpu",
        test_every: int | None = None,
        record_steps: bool = False,
        engine: str = "auto",
        scaling: Scaling | None = None,
    ) -> None:
        seed = check_seed(seed)
        self._wanted_engine = check_engine(engine)
        self._members = resolve_members(dataset, recipe, weight_seeds, seed)
        first = self._members[0]
        self._dataset = dataset
        self._seed = seed
        self._test_every = _check_test_every(test_every, dataset)
        check_switch("record_steps", record_steps)
        self._record_steps = record_steps
        self.task = first.task
        self._recipe = first.recipe
        held_out = validation_mask(dataset, self._recipe.validation, seed)
        # a sample that is given for it has no weights; what is held out keeps its own
        given = dataset.validation
        validation = dataset.part(held_out) if given is None else (*given, None)
        self._watches = len(validation[0]) > 0
        self._scaling = scaling or Scaling.of(
            *dataset.part(~held_out),
            inputs="each" if self._recipe.standardize else dataset.normalize,
            target=first.scales_target,
        )
        one = (dataset.x[~held_out, :1] - self._scaling.x_shift[0]) / self._scaling.x_scale[0]
        drafts = [member.draft(seed, one) for member in self._members]
        self._patterns: dict[tuple[int, ...], FCNN] = {}
        # chosen by the work of one network: a stack of tiny ones is no reason to leave the CPU
        n_samples = min(self._recipe.batch_size, len(dataset.x))
        device = choose_device(device, n_samples * first.n_multiplications)
        self.stack = Stack(drafts, first.output_activation, device)
        self._work = self.stack.parameters.numel() * self._recipe.batch_size
        self._n_threads = torch.get_num_threads()  # before small work is held to one
        # each use of chance has a generator of its own, so that none shifts another
        moves = Generator(device).manual_seed(entropy(seed, "augmentation"))
        with ExecutionContext(self._work):
            self._feed = feed = Feed(dataset, self._scaling, self.stack, self.task)
            dropouts = [member.dropouts for member in self._members]
            self._train = feed.training(~held_out, self._recipe, dropouts, moves)
            self.state = state = self._initial_state(moves)
            self.engine = choose_engine(self.stack, self._train, state.optimizer, engine)
            self._epoch = epoch_for(
                self.engine,
                self.stack,
                self._train,
                self.task,
                state.optimizer,
                state.dropout,
                self._n_threads,
            )
            test = dataset.x_test, dataset.y_test
            self._validation = self.look_at(*validation) if self._watches else None
            self._test = self.look_at(*test) if self._test_every else None

    @torch.inference_mode()
    def begin_with(self, network: FCNN) -> None:
        """Let all members begin with the parameters of a network, in the data's own units.

        Raises
        ------
        ValueError
            If it is of other sizes or activations.
        """
        member = self._pattern(0)
        ours = (member.dims, member.activation, member.last_activation)
        if (network.dims, network.activation, network.last_activation) != ours:
            raise ValueError(
                f"start must be a network as it is to be trained, {member!r}, got {network!r}: "
                "leave out dims and activation, and they are those of the start"
            )
        scaled = self._scaling.redo(network, self.stack.parameters.dtype)
        for number in range(self.stack.n_members):
            self.stack.load(number, scaled)
        parameters = self.stack.parameters.clone()
        best = self.state.best
        kept = None if best is None else replace(best, parameters=parameters.clone())
        self.state.done = Done(0, 0, parameters, kept)

    def _initial_state(self, moves: Generator) -> TrainingState:
        stopping = self._stopping()
        best = Best.before_any(self.stack, stopping)
        is_kept = not stopping.keeps_last or stopping.goal is not None
        dropout = Generator(self.stack.parameters.device)
        return TrainingState(
            parameters=self.stack.parameters,
            optimizer=self._optimizer(),
            order=self._train.order,
            batch_order=Generator().manual_seed(entropy(self._seed, "batches")),
            dropout=dropout.manual_seed(entropy(self._seed, "dropout")),
            augmentation=moves,
            training=Recorder(self.task, self.stack.n_members),
            validation=Recorder(self.task, self.stack.n_members),
            test=Recorder(self.task, self.stack.n_members),
            steps=Recorder(self.task, self.stack.n_members),
            done=Done(0, 0, self.stack.parameters.clone(), best if is_kept else None),
        )

    def _stopping(self) -> Stopping:
        """Return when a member stops before the last epoch, and which weights it keeps."""
        recipe = self._recipe
        unit = self._unit  # of losses, as they are recorded
        data = self._dataset
        y = in_units(data.y, self._scaling.units)
        constant = constant_loss(data.kind, y, data.weights, recipe.loss) / unit
        return Stopping(
            recipe.patience,
            recipe.min_delta * constant,
            None if recipe.until is None else Goal.read(recipe.until).in_units(unit),
            # where nothing is held out and nobody is patient
            keeps_last=not self._watches and not recipe.patience,
        )

    def _optimizer(self) -> Optimizer:
        """Return the update rule, with rates and decays of their own for unequal members."""
        stack = self.stack
        recipe = self._recipe
        lrs = [member.recipe.lr for member in self._members]
        decays = [member.recipe.weight_decay for member in self._members]
        equal_decays = len(set(decays)) == 1
        return self._members[0].optimizer(
            stack.parameters,
            stack.gradients,
            momentum=recipe.momentum,
            nesterov=recipe.nesterov,
            betas=recipe.betas,
            alpha=recipe.alpha,
            eps=recipe.eps,
            l1=recipe.l1,
            weight_decay=recipe.weight_decay if equal_decays else stack.expand(decays),
            # shares of the first one's rate, which the schedule moves for all
            rates=None if len(set(lrs)) == 1 else stack.expand([lr / recipe.lr for lr in lrs]),
        )

    @property
    def made_of(self) -> "MadeOf":
        """What it was made of."""
        return MadeOf(
            self._dataset, self._members, self._seed, self._test_every or None, self._record_steps
        )

    @property
    def is_validated(self) -> bool:
        """Whether something is held out."""
        return self._watches

    def recorded(self) -> dict[str, tuple[Tensor, Tensor]]:
        """Return the losses and scores of each `Recorder` of the state, (n, K) each, as they are.

        To ask for them changes no bit of them: rows are measured alike, alone or together.
        """
        names = ("training", "validation", "test", "steps")
        with ExecutionContext(self._work):
            return {name: getattr(self.state, name).all_rows() for name in names}

    def reorder(self) -> None:
        """Take the samples as the state's order says, which was changed."""
        self._train.reorder()

    def __iter__(self) -> Iterator[int]:
        """Train; a loop that was left goes on where it was."""
        return self

    def __next__(self) -> int:
        start = perf_counter()
        if self.is_over:
            if self.stack.parameters.is_cuda:
                torch.cuda.synchronize()  # its work is queued, and not done when a call returns
                self.state.spend(perf_counter() - start)
            raise StopIteration
        self.train_epochs()
        self.state.spend(perf_counter() - start)
        return self.state.epoch

    @property
    def n_epochs(self) -> int:
        """How many epochs it takes at most."""
        return self._recipe.epochs

    @property
    def is_over(self) -> bool:
        """Whether epochs or time are over, no member goes on, or none has a finite loss."""
        state = self.state
        has_stopped = state.best is not None and state.best.has_stopped
        is_done = state.epoch >= self._recipe.epochs or self._is_late
        return is_done or has_stopped or state.training.has_diverged

    def strides(self, stops: Iterable[int] = ()) -> Iterator[int]:
        """Train to the end, several epochs at a time, and yield the number of those done so far.

        Nobody looks in between: only after each epoch of `stops`, and where that is for the
        training itself to do.
        """
        stops = sorted(stops)
        while not self.is_over:
            start = perf_counter()
            done = self.state.epoch
            self.train_epochs(next((stop for stop in stops if stop > done), self.n_epochs) - done)
            self.state.spend(perf_counter() - start)
            yield self.state.epoch

    def train_epochs(self, most: int = 1, record: bool = True) -> None:
        """Take the steps of an epoch, or of `most` of them at most.

        Parameters
        ----------
        most : int
            It is fewer where the engine, or what is to be measured, asks for it.
        record : bool
            Whether to measure losses and scores, and keep the best weights.
        """
        recipe = self._recipe
        state = self.state
        n_epochs = self._n_together(most)
        step = state.step + n_epochs * len(self._epoch)
        n_steps = len(self._epoch) * recipe.epochs
        if recipe.steps is not None:  # the last epoch may be a part of one
            n_steps = recipe.steps
            step = min(step, n_steps)
        schedule = self._members[0].schedule
        rates = recipe.lr * schedule(np.arange(state.step, step) / n_steps)
        rates = rates.reshape(n_epochs, -1)
        order = state.batch_order if recipe.shuffle else None
        with ExecutionContext(self._work):
            watch = self._watch() if record and rates.shape[1] == len(self._epoch) else None
            self._epoch.run(rates, order, watch)
            best = self._record(n_epochs, step - state.step, watch) if record else state.best
            state.done = Done(state.epoch + n_epochs, step, self.stack.parameters.clone(), best)

    def _n_together(self, most: int) -> int:
        """Return how many epochs to train before something is looked at."""
        recipe = self._recipe
        state = self.state
        best = state.best
        if self._record_steps or (best is not None and not self._can_watch):
            return 1
        left = recipe.epochs - state.epoch
        if recipe.steps is not None:
            left = max(1, (recipe.steps - state.step) // len(self._epoch))
        looks = capacity_for(self._train.outputs_met.numel())
        if self._test_every:
            looks = gcd(looks, self._test_every)
        if best is not None and best.stopping.patience:
            left = min(left, best.last_chance - state.epoch)
        return min(most, left, self._epoch.most_epochs, looks - state.epoch % looks)

    def _watch(self) -> Watch | None:
        """Return what the engine is to keep, epoch by epoch, if it can look after that itself."""
        best = self.state.best
        if best is None or not self._can_watch:
            return None
        return best.watch(self.state.epoch, self._evaluation)

    @property
    def _can_watch(self) -> bool:
        best = self.state.best
        if best is None or not best.is_plain or not isinstance(self._epoch, FusedEpoch):
            return False
        return self._validation is None or self._evaluation is not None

    @property
    def _evaluation(self) -> FusedEvaluation | None:
        evaluation = None if self._validation is None else self._validation.evaluation
        return evaluation if isinstance(evaluation, FusedEvaluation) else None

    def _record(self, n_epochs: int, n_steps: int, watch: Watch | None) -> Best | None:
        """Take note of epochs just trained; return the best weights so far, if some are kept."""
        state = self.state
        epoch = state.epoch + n_epochs
        state.training.take(epoch, self._epoch.measured(), self._train, n_steps)
        if self._validation is not None:
            if watch is None:
                self._validation.evaluation.run()
            self._validation.into(state.validation, epoch)
        if self._test is not None and epoch % self._test_every == 0:
            self._test.evaluation.run()
            self._test.into(state.test, epoch // self._test_every)
        if self._record_steps:
            for number in range(n_steps):
                state.steps.record(state.step + 1 + number, *self._train.met(number))
        if state.best is None:
            return None
        if watch is not None:
            return state.best.watched(watch)
        watched = state.validation if self._watches else state.training
        return state.best.after(epoch, *watched.latest(), self.stack)

    def note_change(self, changes: Mapping[str, object]) -> None:
        """Note that settings were changed on the way; steps are counted in batches as they are."""
        state = self.state
        state.changes = (*state.changes, (state.epoch, dict(changes)))
        if self._recipe.steps is None:
            state.done = replace(state.done, step=state.epoch * len(self._epoch))

    def __repr__(self) -> str:
        members = f"{self.stack.n_members:,} network{'s' * (self.stack.n_members != 1)}"
        done = f"{self.state.epoch} of {self.n_epochs} epochs"
        return f"Training({self._dataset.name!r}): {members}, {done}"

    def __getstate__(self) -> dict[str, object]:
        device = str(self.stack.parameters.device)
        made_of = (self._dataset, self._members, self._seed, None, device)
        watched = (self._test_every or None, self._record_steps, self._wanted_engine)
        return {"made_of": made_of + watched, "scaling": self._scaling, "state": self.state}

    def __setstate__(self, pickled: dict[str, Any]) -> None:
        # all buffers and operations are made anew, since pickles know no views of one buffer
        self.__init__(*pickled["made_of"], scaling=pickled["scaling"])  # type: ignore[misc]
        self.restore(pickled["state"])

    @torch.inference_mode()
    def take_over(self, saved: TrainingState) -> None:
        """Go on from another training's weights, optimizer and chance, perhaps on other samples."""
        state = self.state
        state.parameters.copy_(saved.parameters)
        state.optimizer.restore(saved.optimizer)
        for name in ("batch_order", "dropout", "augmentation"):
            getattr(state, name).set_state(getattr(saved, name).get_state())
        state.done = replace(state.done, parameters=state.parameters.clone())

    @torch.inference_mode()
    def restore(self, saved: TrainingState) -> None:
        """Go on from another training's state: copy it into the buffers that all operations use."""
        state = self.state
        self.take_over(saved)
        state.order.copy_(saved.order)
        self._train.reorder()
        self.state = replace(
            saved,
            parameters=state.parameters,
            optimizer=state.optimizer,
            order=state.order,
            batch_order=state.batch_order,
            dropout=state.dropout,
            augmentation=state.augmentation,
        )


def _check_test_every(test_every: int | None, dataset: Dataset) -> int:
    """Return after how many epochs to look at the test sample; 0 for never."""
    if test_every is None:
        return 0
    if not is_whole(test_every) or test_every < 1:
        raise ValueError(
            f"test_every must be an integer of 1 or more, got {short(test_every)}: try test_every=1"
        )
    if not len(dataset.x_test):
        raise ValueError(f"test_every needs a test sample, and {dataset.name!r} has none: leave it")
    return int(test_every)
