"""The parts of a network as a file holds them, checked before a network is made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Generator, Tensor

from trainfcnn._support.checks import check_dims, look_up, short
from trainfcnn._support.container import Described, Tensors
from trainfcnn.nn.activations import (
    ACTIVATIONS,
    LAST_ACTIVATIONS,
    Activation,
    as_activation,
)
from trainfcnn.nn.init import Init
from trainfcnn.nn.named import Own, function_named, name_of

DTYPES = {np.dtype("float32"): torch.float32, np.dtype("float64"): torch.float64}
# What to do with files of another kind, for `read_container`.
KINDS = {
    "network": "",
    "run": "",
    "checkpoint": "go on with TrainFCNN.resume(path)",
    "sweep": "use Sweep.load(path).best().network",
    "chunk": "call sweep(..., checkpoint=folder) again",
}


def describe(
    dims: Sequence[int], activations: Sequence[Activation], last_activation: str
) -> Described:
    """Return sizes and activations as JSON can hold them (ValueError for one without a name)."""
    return {
        "dims": list(dims),
        "activations": [plain_activation(one) for one in activations],
        "last_activation": last_activation,
    }


def plain_activation(activation: Activation) -> str:
    """Return a table's activation by its key, one's own by module and name."""
    if activation.is_known:
        return activation.name
    return name_of(activation.function, "an own activation")


def activation_named(name: str, functions: Sequence[Own]) -> Activation:
    """Return what `plain_activation` named (ValueError if it cannot be found)."""
    if ":" in name:
        return as_activation(function_named(name, functions))
    return look_up(ACTIVATIONS, name, "activation")


@dataclass(frozen=True, eq=False)
class Parts:
    """What a network is made of.

    Attributes
    ----------
    dims, activations, last_activation
        As of an `FCNN`.
    dtype : torch.dtype
        Of its parameters.
    parameters : list of (Tensor, Tensor)
        Weight (outputs, inputs) and bias (outputs,) of each layer.
    """

    dims: tuple[int, ...]
    activations: tuple[Activation, ...]
    last_activation: str
    dtype: torch.dtype
    parameters: list[tuple[Tensor, Tensor]]

    @classmethod
    def of(
        cls,
        described: Described,
        tensors: Tensors,
        functions: Sequence[Own] = (),
        *,
        prefix: str = "",
        finite: bool = True,
    ) -> "Parts":
        """Return the parts that are described, if tensors fit and, if asked, are finite numbers.

        Raises
        ------
        ValueError
            If they are not, or a name is unknown.
        """
        dims = check_dims(described["dims"])
        last = described["last_activation"]
        look_up(LAST_ACTIVATIONS, last, "last activation")
        names = described["activations"]
        if len(dims) < 2 or len(names) != max(1, len(dims) - 2):
            raise ValueError(f"its {len(names)} activations do not fit dims={short(dims)}")
        parameters = []
        for layer, (n_in, n_out) in enumerate(pairwise(dims)):
            weight = _tensor(tensors, f"{prefix}layers.{layer}.weight", (n_out, n_in), finite)
            bias = _tensor(tensors, f"{prefix}layers.{layer}.bias", (n_out,), finite)
            parameters.append((weight, bias))
        dtypes = {one.dtype for pair in parameters for one in pair}
        if len(dtypes) > 1:
            raise ValueError(f"its layers must be of one precision, got {sorted(map(str, dtypes))}")
        activations = tuple(activation_named(name, functions) for name in names)
        return cls(dims, activations, last, dtypes.pop(), parameters)


def _tensor(tensors: Tensors, name: str, shape: tuple[int, ...], finite: bool) -> Tensor:
    """Return a copy of a tensor of real numbers, if it is of that shape."""
    if name not in tensors:
        raise ValueError(f"it has no tensor {name!r}")
    array = tensors[name]
    if array.shape != shape or array.dtype not in DTYPES:
        raise ValueError(
            f"tensor {name!r} must be of shape {shape} and real, got {array.shape} of {array.dtype}"
        )
    check_finite(name, array, finite)
    return torch.tensor(array)


def check_finite(
    name: str, array: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", finite: bool
) -> None:
    """Refuse NaN and infinity, unless they are expected of a training that diverged.

    Raises
    ------
    ValueError
        If there are some.
    """
    if finite and not np.isfinite(array).all():
        raise ValueError(f"tensor {name!r} must hold finite numbers, and has NaN or infinity in it")


def _leave(weight: Tensor, generator: Generator) -> None:
    """Draw nothing: the parameters are copied from elsewhere."""


LEFT = Init(_leave, _leave)
