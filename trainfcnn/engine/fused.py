"""The fused kernel: every step of a few epochs in one call of compiled code.

`fused.c` knows no Python: it is handed addresses of the buffers that stack, batches and optimizer
hold, and changes them in place. It is built at installation, where there is a C compiler.
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from trainfcnn._support.types import Array
from trainfcnn.engine.batches import Batches
from trainfcnn.engine.kernel import Job, WatchedJob, draw_orders
from trainfcnn.engine.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from trainfcnn.engine.passes import kept
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.activations import ACTIVATIONS, Activation
from trainfcnn.nn.tasks import Task, shares_of

MOST_LAYERS = 32  # as in fused.c
MOST_THREADS = 64
# Multiplications of all members: Ctrl-C waits for a call of so many, some 50 ms,
CALL_WORK = 200_000_000
THREAD_WORK = 20_000_000  # and a thread that had fewer to do would begin in vain.
MOST_EPOCHS = 32  # a call: what more of them saved would not be seen
MOST_PLACES = 1_000_000  # of their samples, all epochs together

# The numbers by which the kernel knows them; of a function, its place.
LOSSES = {"regression": 0, "binary": 1, "multilabel": 1, "multiclass": 2, "mae": 3, "huber": 4}
RULES: dict[type[Optimizer], int] = {SGD: 0, Adam: 1, AdamW: 2, RMSprop: 3, Adagrad: 4}
FUNCTIONS = (
    "relu", "leaky_relu", "elu", "tanh", "sigmoid", "softplus", "silu", "gelu", "sine", "linear",
)  # fmt: skip
LEARN = 0  # what a call does: steps,
ANSWER = 1  # outputs,
MEASURE = 2  # or losses and scores
_PRECISIONS = {torch.float32: "train_float", torch.float64: "train_double"}


def is_built_in(activation: Activation) -> bool:
    """Return whether the kernel knows an activation: a user's own may have a known name."""
    return activation.name in FUNCTIONS and ACTIVATIONS[activation.name] is activation


@dataclass(frozen=True, eq=False)
class Watch:
    """What is kept of every member's best epoch; the kernel changes it in place, epoch by epoch.

    Attributes
    ----------
    evaluation : FusedEvaluation, optional
        Of the sample that is watched; without it that is what an epoch met.
    epoch : int
        The last one before.
    patience, least_gain, parameters, loss, epochs, gained_loss, gained_epochs, stopped
        As of `Best`; numbers are double, and epochs whole.
    """

    evaluation: "FusedEvaluation | None"
    epoch: int
    patience: int
    least_gain: float
    parameters: Tensor
    loss: Tensor
    epochs: Tensor
    gained_loss: Tensor
    gained_epochs: Tensor
    stopped: Tensor

    def job(self, n_epochs: int) -> WatchedJob:
        """Return it as the kernel takes it, for so many epochs."""
        sample = None if self.evaluation is None else self.evaluation.job(n_epochs)
        return WatchedJob(
            sample=None if sample is None else ctypes.addressof(sample),
            epoch=self.epoch,
            patience=self.patience,
            least_gain=self.least_gain,
            parameters=self.parameters.data_ptr(),
            loss=self.loss.data_ptr(),
            gained_loss=self.gained_loss.data_ptr(),
            epochs=self.epochs.data_ptr(),
            gained_epochs=self.gained_epochs.data_ptr(),
            stopped=self.stopped.data_ptr(),
        )


class _Fused:
    """Calls of the kernel on a stack and batches, whose buffers it changes in place."""

    def __init__(
        self,
        library: ctypes.CDLL,
        stack: Stack,
        batches: Batches,
        task: Task,
        n_threads: int,
        n_orders: int = 1,
    ) -> None:
        self._train = getattr(library, _PRECISIONS[stack.parameters.dtype])
        self._batches = batches
        self._task = task
        self._shares, self._variance = shares_of(batches.ordered_targets)
        self._n_threads = min(n_threads, stack.n_members, MOST_THREADS)
        self._n_steps = -(-len(batches.x) // batches.batch_size)
        self._work = work_of(stack, batches)
        self._orders = batches.order.repeat(n_orders, 1)
        self._losses = np.zeros((MOST_EPOCHS, stack.n_members))
        self._hits = np.zeros_like(self._losses)
        self._n_measured = 0
        self._held: list[object] = [stack]  # whatever else the job has addresses of
        self._job = Job(
            n_members=stack.n_members,
            n_layers=len(stack.dims) - 1,
            dims=self._numbers(np.array(stack.member_dims).ravel()),
            widest=self._numbers(stack.dims),
            activations=self._numbers(
                [FUNCTIONS.index(one.name) for one in _functions(stack)],
            ),
            loss=LOSSES[task.loss_key or task.kind],
            loss_gradient=task.loss_gradient,
            n_terms=task.n_terms(len(batches.targets)),
            parameters=stack.parameters.data_ptr(),
            x=self._tensor(batches.x),
            targets=self._tensor(batches.ordered_targets),
            weights=self._tensor(batches.ordered_weights),
            shares=self._tensor(self._shares),
            orders=self._orders.data_ptr(),
            outputs=batches.outputs_met.data_ptr(),
            losses=self._losses.ctypes.data,
            hits=self._hits.ctypes.data,
            n=len(batches.x),
            batch_size=batches.batch_size,
        )

    def _numbers(self, values: Sequence[int] | np.ndarray) -> int:
        """Return the address of whole numbers that are kept."""
        array = np.ascontiguousarray(values, dtype=np.int64)
        self._held.append(array)
        return array.ctypes.data

    def _tensor(self, tensor: Tensor | None) -> int | None:
        """Return the address of a tensor's numbers, side by side, that are kept; of none, none."""
        if tensor is None:
            return None
        self._held.append(together := tensor.contiguous())
        return together.data_ptr()

    def _go_through(
        self, rates: Array, what: int, watch: WatchedJob | None = None
    ) -> Iterator[int]:
        """Call the kernel for rates (epochs, steps), and yield how many steps each call took."""
        n_epochs, n_steps = rates.shape
        self._begin(n_epochs if n_steps == self._n_steps and what != ANSWER else 0)
        # Python hears of Ctrl-C between calls alone
        together = n_steps if n_epochs > 1 else max(1, CALL_WORK // self._work)
        for start in range(0, n_steps, together):
            part = np.ascontiguousarray(rates[:, start : start + together])
            is_last = start + together >= n_steps
            self._job.watch = ctypes.addressof(watch) if watch is not None and is_last else None
            self._call(start, part, what)
            yield part.size

    def _begin(self, n_epochs: int) -> None:
        """Begin sums anew, which so many epochs will be measured by."""
        self._losses.fill(0)
        self._hits.fill(0)
        self._n_measured = n_epochs

    def _call(self, first_step: int, rates: Array, what: int) -> None:
        job = self._job
        job.what = what
        job.n_epochs, job.n_steps = rates.shape
        job.first_step = first_step
        job.lrs = rates.ctypes.data
        job.n_threads = max(1, min(self._n_threads, self._work * rates.size // THREAD_WORK))
        if self._train(ctypes.byref(job)):
            raise MemoryError("no memory is left for scratch space: take smaller batches")

    def measured(self) -> tuple[Tensor, Tensor] | None:
        """Return loss and score (epochs, K) of outputs as they were met, after whole epochs."""
        if not self._n_measured:
            return None
        job = self._job
        loss = torch.from_numpy(self._losses[: self._n_measured] / (job.n * job.n_terms))
        hits = torch.from_numpy(self._hits[: self._n_measured] / job.n)
        return loss, hits if self._task.is_classification else 1 - hits / self._variance


class FusedEvaluation(_Fused):
    """Samples that are only looked at, as `Evaluation` does.

    Parameters
    ----------
    library, stack, batches, task, n_threads
        As of a `FusedEpoch`.
    """

    def run(self) -> None:
        """Measure all members, as they are."""
        for _ in self._go_through(np.zeros((1, self._n_steps)), MEASURE):
            pass

    def job(self, n_epochs: int) -> Job:
        """Return what measures all members after each of so many epochs of another job."""
        self._begin(n_epochs)
        self._rates = np.zeros(self._n_steps)
        job = self._job
        job.what = MEASURE
        job.n_epochs = 1
        job.first_step = 0
        job.n_steps = self._n_steps
        job.lrs = self._rates.ctypes.data
        return job


class FusedEpoch(_Fused):
    """The steps of one epoch or a few in one call, as `Epoch` takes them.

    Parameters
    ----------
    library : CDLL
        Of a `Kernel`.
    stack : Stack
        On the CPU, with built-in activations.
    batches : Batches
        Of samples in the stack's precision; after each run, its outputs are those that the samples
        met in the last epoch.
    task : Task
        Whose loss is lowered.
    optimizer : Optimizer
        On the buffers of the stack.
    dropout : Generator
        Of the units that are switched off.
    n_threads : int
        Over which members are spread, where a call is long enough; results do not depend on it.

    Attributes
    ----------
    most_epochs : int
        How many a run may take.
    """

    def __init__(
        self,
        library: ctypes.CDLL,
        stack: Stack,
        batches: Batches,
        task: Task,
        optimizer: Optimizer,
        dropout: Generator,
        n_threads: int = 1,
    ) -> None:
        n = len(batches.x)
        of_an_epoch = work_of(stack, batches) * -(-n // batches.batch_size)
        self.most_epochs = max(1, min(MOST_EPOCHS, CALL_WORK // of_an_epoch, MOST_PLACES // n))
        super().__init__(library, stack, batches, task, n_threads, self.most_epochs)
        self._library = library
        self._optimizer = optimizer
        self._set_rule(optimizer)
        self._dropout = dropout if batches.drops else None
        if batches.drops:
            self._set_dropouts(np.array(batches.dropouts))

    def _set_dropouts(self, shares: Array) -> None:
        """Fill the fields of the job that say how many units are switched off, of shares (K, L)."""
        job = self._job
        job.drops = self._numbers([any(column) for column in shares.T])
        scales, bounds = kept(torch.from_numpy(shares))
        job.bounds = self._numbers(bounds.numpy().ravel())
        job.scales = self._tensor(scales)

    def _set_rule(self, optimizer: Optimizer) -> None:
        """Fill the fields of the job that say what a step is."""
        job = self._job
        buffers = [getattr(optimizer, name).data_ptr() for name in optimizer.buffers]
        job.first, job.second = [*buffers, None, None][:2]
        job.rule = RULES[type(optimizer)]
        job.nesterov = optimizer.nesterov
        job.momentum = optimizer.momentum
        job.beta1, job.beta2 = optimizer.betas
        job.alpha = optimizer.alpha
        job.eps = optimizer.eps
        job.l1 = optimizer.l1
        job.rates = self._tensor(optimizer.rates)
        job.decay = self._tensor(optimizer.decays)

    def __len__(self) -> int:
        """Return how many steps there are."""
        return self._n_steps

    def run(self, rates: Array, order: Generator | None = None, watch: Watch | None = None) -> None:
        """Take a step for each learning rate, (epochs, steps).

        All steps of up to `most_epochs`, or the first ones of a single epoch. `order` draws the
        samples of each epoch anew; by default they are taken as before. `watch` keeps the best.
        """
        watched = None if watch is None else watch.job(len(rates))
        orders = self._orders[: len(rates)]
        if order is None:
            orders.copy_(self._batches.order)
        else:
            draw_orders(self._library, order, orders)
        with self._chance():
            self._job.steps_before = self._optimizer.n_steps
            for n_steps in self._go_through(rates, LEARN, watched):
                self._optimizer.n_steps += n_steps
                self._job.steps_before = self._optimizer.n_steps
        self._batches.order.copy_(orders[-1])
        self._batches.reorder()

    @contextmanager
    def _chance(self) -> Iterator[None]:
        """Lend the kernel the state of the dropout's generator, and take it back."""
        if self._dropout is None:
            yield
            return
        state = self._dropout.get_state()
        self._job.chance = state.data_ptr()
        try:
            yield
        finally:
            self._job.chance = None
            self._dropout.set_state(state)

    def forward(self) -> None:
        """Write the outputs of all batches in their present order, and take no step."""
        self._orders[0] = self._batches.order
        for _ in self._go_through(np.zeros((1, self._n_steps)), ANSWER):
            pass


def work_of(stack: Stack, batches: Batches) -> int:
    """Return how many multiplications a step is: forward, and twice as many backward."""
    dims = np.array(stack.member_dims)
    return 3 * batches.batch_size * int((dims[:, 1:] * (dims[:, :-1] + 1)).sum())


def _functions(stack: Stack) -> list[Activation]:
    """Return the function after each layer: those of the hidden ones, and the output's."""
    n_hidden = len(stack.dims) - 2
    return [*stack.activations[:n_hidden], stack.output_activation]
