"""The compiled library of the fused kernel: where it is, whether it runs here, what it is handed.

It is built twice where that helps, for processors of the last ten years and for any; the first that
runs here is taken. `fused` calls it.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import torch
from torch import Generator, Tensor

LIBRARIES = ("_fused", "_fused_plain")  # as in setup.py, the faster one first
MOST_PERMUTED = 100_000_000  # samples, up to which torch.randperm draws as fused_order.h does

_WHOLE = ctypes.c_int64
_REAL = ctypes.c_double
_ADDRESS = ctypes.c_void_p


class Job(ctypes.Structure):
    """What one call does: the `Job` of fused.c, field by field."""

    _fields_ = (
        ("n_members", _WHOLE),
        ("n_layers", _WHOLE),
        ("dims", _ADDRESS),
        ("widest", _ADDRESS),
        ("activations", _ADDRESS),
        ("loss", _WHOLE),
        ("loss_gradient", _REAL),
        ("n_terms", _WHOLE),
        ("parameters", _ADDRESS),
        ("rule", _WHOLE),
        ("nesterov", _WHOLE),
        ("momentum", _REAL),
        ("beta1", _REAL),
        ("beta2", _REAL),
        ("alpha", _REAL),
        ("eps", _REAL),
        ("l1", _REAL),
        ("first", _ADDRESS),
        ("second", _ADDRESS),
        ("rates", _ADDRESS),
        ("decay", _ADDRESS),
        ("steps_before", _WHOLE),
        ("x", _ADDRESS),
        ("targets", _ADDRESS),
        ("weights", _ADDRESS),
        ("shares", _ADDRESS),
        ("orders", _ADDRESS),
        ("outputs", _ADDRESS),
        ("losses", _ADDRESS),
        ("hits", _ADDRESS),
        ("n", _WHOLE),
        ("batch_size", _WHOLE),
        ("n_epochs", _WHOLE),
        ("first_step", _WHOLE),
        ("n_steps", _WHOLE),
        ("lrs", _ADDRESS),
        ("chance", _ADDRESS),
        ("drops", _ADDRESS),
        ("bounds", _ADDRESS),
        ("scales", _ADDRESS),
        ("n_threads", _WHOLE),
        ("what", _WHOLE),
        ("watch", _ADDRESS),
    )


class WatchedJob(ctypes.Structure):
    """What is kept of the best epochs: the `Watch` of fused.c, field by field."""

    _fields_ = (
        ("sample", _ADDRESS),
        ("epoch", _WHOLE),
        ("patience", _WHOLE),
        ("least_gain", _REAL),
        ("parameters", _ADDRESS),
        ("loss", _ADDRESS),
        ("gained_loss", _ADDRESS),
        ("epochs", _ADDRESS),
        ("gained_epochs", _ADDRESS),
        ("stopped", _ADDRESS),
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


def load(folder: Path, names: Sequence[str] = LIBRARIES) -> Kernel:
    """Return the first library of a folder that can be used here, or why none of them can."""
    paths = [folder / (name + suffix) for name in names for suffix in EXTENSION_SUFFIXES]
    built = [path for path in paths if path.exists()]
    found = Kernel(None, "the kernel is not built: install with a C compiler at hand")
    for path in built:
        found = _open(path)
        if found.library is not None:
            break
    return found


def _open(path: Path) -> Kernel:
    """Return the library of a file, or why it cannot be used here."""
    try:
        library = ctypes.CDLL(str(path))
        size = library.size_of_job()
    except (OSError, AttributeError) as error:
        return Kernel(None, f"the kernel cannot be loaded ({error}): install again")
    if size != ctypes.sizeof(Job):
        return Kernel(None, "the kernel was built from other sources: install again")
    if not library.runs_here():
        return Kernel(None, "this processor has no AVX2")
    if not _permutes(library):
        return Kernel(None, f"it does not know the generator of torch {torch.__version__}")
    return Kernel(library, "")


def built_for(library: ctypes.CDLL) -> str:
    """Return for which instructions a library was built, in words."""
    library.built_for.restype = ctypes.c_char_p
    told: bytes = library.built_for()
    return told.decode()


def _permutes(library: ctypes.CDLL) -> bool:
    """Return whether orders are drawn as torch draws them: how a generator is kept is its own."""
    ours = torch.empty(2, 700, dtype=torch.int64)
    theirs = Generator().manual_seed(0)
    draw_orders(library, Generator().manual_seed(0), ours)
    return all(torch.equal(one, torch.randperm(700, generator=theirs)) for one in ours)


def draw_orders(library: ctypes.CDLL, chance: Generator, orders: Tensor) -> None:
    """Write what ``torch.randperm`` would draw, several times as fast: (epochs, n)."""
    n = orders.shape[1]
    if n > MOST_PERMUTED:
        for order in orders:
            torch.randperm(n, generator=chance, out=order)
        return
    state = chance.get_state()
    address = ctypes.c_void_p(state.data_ptr())
    places = ctypes.c_void_p(orders.data_ptr())
    library.permute(address, _WHOLE(len(orders)), _WHOLE(n), places)
    chance.set_state(state)
