"""The fused kernel: every step of an epoch in one call of compiled code.

`fused.c` knows no Python: it is handed addresses of the buffers that stack, batches and optimizer
hold, and changes them in place. It is built at installation, where there is a C compiler.
"""

import ctypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainfcnn.engine.batches import Batches
from trainfcnn.engine.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.activations import ACTIVATIONS, Activation
from trainfcnn.nn.tasks import Task, explained_variance

MOST_LAYERS = 32  # as in fused.c
MOST_THREADS = 64
# Multiplications of all members: Ctrl-C waits for a call of so many, some 50 ms,
CALL_WORK = 500_000_000
THREAD_WORK = 20_000_000  # and a thread that had fewer to do would begin in vain.

# The numbers by which the kernel knows them; of a function, its place.
LOSSES = {"regression": 0, "binary": 1, "multiclass": 2}
RULES: dict[type[Optimizer], int] = {SGD: 0, Adam: 1, AdamW: 2, RMSprop: 3, Adagrad: 4}
FUNCTIONS = (
    "relu", "leaky_relu", "elu", "tanh", "sigmoid", "softplus", "silu", "gelu", "sine", "linear",
)  # fmt: skip
_PRECISIONS = {torch.float32: "train_float", torch.float64: "train_double"}

_WHOLE = ctypes.c_int64
_REAL = ctypes.c_double
_ADDRESS = ctypes.c_void_p


class _Job(ctypes.Structure):
    """What one call does: the `Job` of fused.c, field by field."""

    _fields_ = (
        ("n_members", _WHOLE),
        ("n_layers", _WHOLE),
        ("dims", _ADDRESS),
        ("widest", _ADDRESS),
        ("activations", _ADDRESS),
        ("loss", _WHOLE),
        ("loss_gradient", _REAL),
        ("parameters", _ADDRESS),
        ("rule", _WHOLE),
        ("nesterov", _WHOLE),
        ("momentum", _REAL),
        ("beta1", _REAL),
        ("beta2", _REAL),
        ("alpha", _REAL),
        ("eps", _REAL),
        ("first", _ADDRESS),
        ("second", _ADDRESS),
        ("rates", _ADDRESS),
        ("decay", _ADDRESS),
        ("steps_before", _WHOLE),
        ("x", _ADDRESS),
        ("order", _ADDRESS),
        ("targets", _ADDRESS),
        ("outputs", _ADDRESS),
        ("losses", _ADDRESS),
        ("hits", _ADDRESS),
        ("n", _WHOLE),
        ("batch_size", _WHOLE),
        ("first_step", _WHOLE),
        ("n_steps", _WHOLE),
        ("lrs", _ADDRESS),
        ("n_threads", _WHOLE),
        ("only_forward", _WHOLE),
    )


@dataclass(frozen=True)
class Kernel:
    """The compiled library, or why there is none.

    Attributes
    ----------
    library : CDLL, optional
        None where it cannot be used.
    reason : str
        Why not; empty where it can.
    """

    library: ctypes.CDLL | None
    reason: str


@cache
def kernel() -> Kernel:
    """Return the compiled library, looked for once, or why there is none."""
    return load(Path(__file__).parent)


def load(folder: Path) -> Kernel:
    """Return the compiled library of a folder, or why it has none that can be used here."""
    paths = [folder / f"_fused{suffix}" for suffix in EXTENSION_SUFFIXES]
    path = next((path for path in paths if path.exists()), None)
    if path is None:
        return Kernel(None, "the kernel is not built: install with a C compiler at hand")
    try:
        library = ctypes.CDLL(str(path))
        size = library.size_of_job()
    except (OSError, AttributeError) as error:
        return Kernel(None, f"the kernel cannot be loaded ({error}): install again")
    if size != ctypes.sizeof(_Job):
        return Kernel(None, "the kernel was built from other sources: install again")
    if not library.runs_here():
        return Kernel(None, "this processor has no AVX2")
    return Kernel(library, "")


def is_built_in(activation: Activation) -> bool:
    """Return whether the kernel knows an activation: a user's own may have a known name."""
    return activation.name in FUNCTIONS and ACTIVATIONS[activation.name] is activation


class FusedEpoch:
    """The steps of an epoch in one call or a few, as `Epoch` takes them.

    Parameters
    ----------
    library : CDLL
        Of a `Kernel`.
    stack : Stack
        On the CPU, with built-in activations.
    batches : Batches
        Of samples in the stack's precision, without dropout; after each run, its outputs are those
        that the samples met.
    task : Task
        Whose loss is lowered.
    optimizer : Optimizer
        On the buffers of the stack.
    n_threads : int
        Over which members are spread, where a call is long enough; results do not depend on it.
    """

    def __init__(
        self,
        library: ctypes.CDLL,
        stack: Stack,
        batches: Batches,
        task: Task,
        optimizer: Optimizer,
        n_threads: int = 1,
    ) -> None:
        self._train = getattr(library, _PRECISIONS[stack.parameters.dtype])
        self._optimizer = optimizer
        self._n_threads = min(n_threads, stack.n_members, MOST_THREADS)
        self._n_steps = -(-len(batches.x) // batches.batch_size)
        dims = np.array(stack.member_dims)
        # multiplications of a step: forward, and twice as many backward
        self._work = 3 * batches.batch_size * int((dims[:, 1:] * (dims[:, :-1] + 1)).sum())
        self._held: list[object] = [stack, batches]  # whatever the job has addresses of
        self._task = task
        self._targets = batches.targets
        self._losses = np.zeros(stack.n_members)
        self._hits = np.zeros(stack.n_members)
        self._is_whole = False
        self._job = _Job(
            n_members=stack.n_members,
            n_layers=len(stack.dims) - 1,
            dims=self._numbers(dims.ravel()),
            widest=self._numbers(stack.dims),
            activations=self._numbers(
                [FUNCTIONS.index(one.name) for one in _functions(stack)],
            ),
            loss=LOSSES[task.kind],
            loss_gradient=task.loss_gradient,
            parameters=stack.parameters.data_ptr(),
            x=self._tensor(batches.x),
            order=batches.order.data_ptr(),
            targets=batches.targets.data_ptr(),
            outputs=batches.outputs_met.data_ptr(),
            losses=self._losses.ctypes.data,
            hits=self._hits.ctypes.data,
            n=len(batches.x),
            batch_size=batches.batch_size,
            **self._rule(optimizer),
        )

    def _rule(self, optimizer: Optimizer) -> dict[str, object]:
        """Return the fields of a job that say what a step is."""
        buffers = [getattr(optimizer, name).data_ptr() for name in optimizer.buffers]
        first, second = [*buffers, None, None][:2]
        beta1, beta2 = optimizer.betas
        return {
            "rule": RULES[type(optimizer)],
            "nesterov": optimizer.nesterov,
            "momentum": optimizer.momentum,
            "beta1": beta1,
            "beta2": beta2,
            "alpha": optimizer.alpha,
            "eps": optimizer.eps,
            "first": first,
            "second": second,
            "rates": self._tensor(optimizer.rates),
            "decay": self._tensor(optimizer.decays),
        }

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

    def __len__(self) -> int:
        """Return how many steps there are."""
        return self._n_steps

    def run(self, rates: Iterable[float]) -> None:
        """Take a step for each learning rate: all of the epoch, or its first ones."""
        lrs = np.fromiter(rates, dtype=np.float64)[: self._n_steps]
        self._losses.fill(0)
        self._hits.fill(0)
        self._is_whole = len(lrs) == self._n_steps
        self._go_through(lrs)

    def forward(self) -> None:
        """Write the outputs of all batches, and take no step."""
        self._go_through(np.zeros(self._n_steps), only_forward=True)

    def _go_through(self, lrs: np.ndarray, only_forward: bool = False) -> None:
        # Python hears of Ctrl-C between calls alone
        together = max(1, CALL_WORK // self._work)
        for start in range(0, len(lrs), together):
            part = lrs[start : start + together]
            self._call(start, part, only_forward)
            self._optimizer.n_steps += 0 if only_forward else len(part)

    def measured(self) -> tuple[Tensor, Tensor] | None:
        """Return loss and score (K,) of the outputs that were met, after a run of all steps."""
        if not self._is_whole:
            return None
        targets = self._targets
        loss = torch.from_numpy(self._losses / targets.shape[1])
        if self._task.is_classification:
            return loss, torch.from_numpy(self._hits / targets.shape[1])
        return loss, explained_variance(loss, targets)

    def _call(self, first_step: int, lrs: np.ndarray, only_forward: bool) -> None:
        job = self._job
        job.only_forward = only_forward
        job.first_step = first_step
        job.n_steps = len(lrs)
        job.lrs = lrs.ctypes.data
        job.steps_before = self._optimizer.n_steps
        job.n_threads = max(1, min(self._n_threads, self._work * len(lrs) // THREAD_WORK))
        if self._train(ctypes.byref(job)):
            raise MemoryError("no memory is left for scratch space: take smaller batches")


def _functions(stack: Stack) -> list[Activation]:
    """Return the function after each layer: those of the hidden ones, and the output's."""
    n_hidden = len(stack.dims) - 2
    return [*stack.activations[:n_hidden], stack.output_activation]
