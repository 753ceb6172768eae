"""FCNN, the module a user holds, and how its weights begin."""

import os
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from trainfcnn._support.checks import check_dims, check_memory, look_up, short
from trainfcnn._support.container import Described, Tensors, read_container, write_container
from trainfcnn.nn.activations import (
    LAST_ACTIVATIONS,
    Activation,
    Function,
    OneOrSeveral,
    as_activations,
    joined_names,
)
from trainfcnn.nn.init import Init, Initializer, Layer, as_init, initial_layers
from trainfcnn.nn.named import Own
from trainfcnn.nn.saved import KINDS, LEFT, Parts, check_finite, describe

Copied = TypeVar("Copied", bound=nn.Module)


class _Linear(nn.Linear):
    """A linear layer that leaves its weights to the network, not to torch's global generator.

    Attributes
    ----------
    function : callable
        What follows it. An attribute here, as TorchScript compiles no list of functions.
    """

    function: Function

    def reset_parameters(self) -> None:
        """Do nothing."""


class FCNN(nn.Module):
    """A fully connected network: a `ModuleList` of `Linear` with an activation after each.

    Parameters
    ----------
    dims : sequence of int
        All sizes: inputs, hidden layers, outputs. ``[2, 6, 1]`` has one hidden layer of 6.
    activation : str, callable, or sequence of them
        After every hidden layer: a key of `ACTIVATIONS`, or an elementwise torch function; or a
        list of them, one for each hidden layer.
    last_activation : str
        After the last layer: a key of `LAST_ACTIVATIONS`.
    init : str, callable or Init, optional
        A key of `INITS`, or ``init(weight, generator)`` that fills a weight in place; by default
        the one that suits `activation`.
    seed : int
        Of the initial weights. The global random state is neither read nor changed.
    dtype : torch.dtype
        Of the parameters.

    Raises
    ------
    ValueError
        For an unknown name, or a size that is no integer of 1 or more.

    Examples
    --------
    >>> FCNN([2, 3, 5, 6], "relu", "sigmoid")
    FCNN([2, 3, 5, 6], 'relu', 'sigmoid'): 65 parameters
    >>> FCNN([2, 6, 1])(torch.zeros(4, 2)).shape
    torch.Size([4, 1])
    """

    __jit_unused_properties__ = ("linears", "activation")  # TorchScript would compile any property

    def __init__(
        self,
        dims: Sequence[int],
        activation: OneOrSeveral = "relu",
        last_activation: str = "linear",
        *,
        init: str | Initializer | Init | None = None,
        seed: int = 0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.dims = check_dims(dims)
        if len(self.dims) < 2:
            raise ValueError(
                f"dims must hold at least an input and an output size, got {dims!r}: "
                "try dims=[2, 6, 1]"
            )
        if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
            raise ValueError(
                f"dtype must be a torch dtype of real numbers, got {dtype!r}: try torch.float32"
            )
        n_bytes = dtype.itemsize * sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.dims))
        check_memory(n_bytes, f"a network of dims={short(self.dims)}", "take smaller layers")
        self.activations = as_activations(activation, len(self.dims) - 2)
        self.last_activation = last_activation
        self._last = look_up(LAST_ACTIVATIONS, last_activation, "last activation")
        self.layers = nn.ModuleList(
            _Linear(n_in, n_out, dtype=dtype) for n_in, n_out in pairwise(self.dims)
        )
        functions = [one.function for one in self.activations[: len(self.dims) - 2]]
        for layer, function in zip(self.linears, [*functions, self._last], strict=True):
            layer.function = function  # type: ignore[assignment]
        self.initialize(init, seed)

    def initialize(self, init: str | Initializer | Init | None = None, seed: int = 0) -> None:
        """Initialise all weights and biases anew (see the class for `init` and `seed`)."""
        schemes = schemes_of(self.dims, self.activations, init)
        drawn = initial_layers(self.dims, schemes, seed, self.linears[0].weight.dtype)
        with torch.no_grad():
            for layer, begun in zip(self.linears, drawn, strict=True):
                layer.weight.copy_(begun.weight)
                layer.bias.copy_(begun.bias)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the network to a file, and return its path.

        It is one of safetensors, with the parameters as in `state_dict`; sizes and activations are
        in its header. Of an own activation it holds the name.

        Raises
        ------
        ValueError
            If a parameter is no finite number, an own activation has no name, or the file cannot be
            written there.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> network = FCNN([2, 6, 1])
        >>> with TemporaryDirectory() as folder:
        ...     FCNN.load(network.save(f"{folder}/network.safetensors"))
        FCNN([2, 6, 1], 'relu', 'linear'): 25 parameters
        """
        described, tensors = self.described()
        for name, array in tensors.items():
            check_finite(name, array, finite=True)
        return write_container(path, "network", {"network": described}, tensors)

    @staticmethod
    def load(path: str | os.PathLike[str], functions: Sequence[Own] = ()) -> "FCNN":
        """Return the network that a file holds, of `save` or of a trainer's.

        Parameters
        ----------
        path : str or path
            The file; nothing in it is executed.
        functions : sequence of callable
            Own activations among which its names are looked up.

        Raises
        ------
        ValueError
            If it is no such file, or damaged, or needs a function that is not there.
        FileNotFoundError
            If there is none.
        """
        contents = read_container(path, KINDS)
        return contents.made(
            lambda it: FCNN.of_parts(Parts.of(it.described["network"], it.tensors, functions))
        )

    def described(self) -> tuple[Described, Tensors]:
        """Return sizes and activations as JSON can hold them, and all parameters as arrays."""
        hidden = self.activations[: max(1, len(self.dims) - 2)]
        described = describe(self.dims, hidden, self.last_activation)
        return described, {name: one.cpu().numpy() for name, one in self.state_dict().items()}

    @staticmethod
    def of_parts(parts: Parts) -> "FCNN":
        """Return the network that is made of some parts."""
        hidden = parts.activations[: len(parts.dims) - 2] or parts.activations[0]
        network = FCNN(parts.dims, hidden, parts.last_activation, init=LEFT, dtype=parts.dtype)
        with torch.no_grad():
            for layer, (weight, bias) in zip(network.linears, parts.parameters, strict=True):
                layer.weight.copy_(weight)
                layer.bias.copy_(bias)
        return network

    def twin(self) -> "FCNN":
        """Return a copy, ten times as fast as `deepcopy` makes one: a sweep takes one a network."""
        return _twin(self)

    @property
    def linears(self) -> list[nn.Linear]:
        """The layers, from the inputs to the outputs."""
        return list(self.layers)  # type: ignore[arg-type]

    def hidden(self, x: Tensor) -> list[Tensor]:
        """Return what every hidden layer gives: (n, inputs) to an (n, units) each."""
        layers: list[Tensor] = []
        for layer in self.layers:  # and not a slice of them, which would be a module made anew
            if len(layers) < len(self.layers) - 1:
                x = layer.function(layer(x))  # type: ignore[operator]
                layers.append(x)
        return layers

    def scores(self, x: Tensor) -> Tensor:
        """Return the values before the last activation: (n, inputs) to (n, outputs)."""
        hidden = self.hidden(x)
        if len(hidden) > 0:  # as TorchScript asks; it takes no list for its truth
            x = hidden[-1]
        scores: Tensor = self.layers[-1](x)
        return scores

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, after the last activation: (n, inputs) to (n, outputs)."""
        return self._last(self.scores(x))

    def summary(self) -> str:
        """Return a table of the layers: units, activation, shapes, parameters.

        Examples
        --------
        >>> print(FCNN([2, 6, 1], "relu", "sigmoid").summary())
        layer   units  activation  weights  biases  parameters
        input       2
        hidden      6  relu        (6, 2)   (6,)            18
        output      1  sigmoid     (1, 6)   (1,)             7
        total                                               25
        """
        hidden = [one.name for one in self.activations[: len(self.linears) - 1]]
        kinds = ["hidden"] * len(hidden) + ["output"]
        names = [*hidden, self.last_activation]
        rows = [("layer", "units", "activation", "weights", "biases", "parameters")]
        rows.append(("input", str(self.dims[0]), "", "", "", ""))
        for kind, name, layer in zip(kinds, names, self.linears, strict=True):
            shapes = (str(tuple(layer.weight.shape)), str(tuple(layer.bias.shape)))
            count = layer.weight.numel() + layer.bias.numel()
            rows.append((kind, str(layer.out_features), name, *shapes, f"{count:,}"))
        total = sum(parameter.numel() for parameter in self.parameters())
        rows.append(("total", "", "", "", "", f"{total:,}"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        to_the_right = (1, 5)  # numbers
        return "\n".join(
            "  ".join(
                cell.rjust(width) if place in to_the_right else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        )

    @property
    def activation(self) -> str:
        """What follows the hidden layers: a name, or where they differ one for each.

        Examples
        --------
        >>> FCNN([2, 8, 4, 1], ["relu", "tanh"]).activation
        'relu/tanh'
        """
        return joined_names(self.activations)

    def __repr__(self) -> str:
        count = sum(parameter.numel() for parameter in self.parameters())
        return (
            f"FCNN({list(self.dims)}, {self.activation!r}, {self.last_activation!r}): "
            f"{count:,} parameters"
        )


@dataclass(frozen=True, eq=False)
class Draft:
    """A network that is no module yet: a stack takes thousands of them.

    Attributes
    ----------
    dims, activations
        As of an `FCNN`.
    linears : list of Layer
        Its parameters.
    """

    dims: tuple[int, ...]
    activations: tuple[Activation, ...]
    linears: list[Layer]


def schemes_of(
    dims: Sequence[int],
    activations: Sequence[Activation],
    init: str | Initializer | Init | None,
) -> list[Init]:
    """Return how each layer begins: as `init` says, or else as suits its activation."""
    # the last layer begins as the one before
    before = (*activations[: len(dims) - 2], activations[-1])
    return [as_init(one.init if init is None else init) for one in before]


def _twin(module: Copied) -> Copied:
    """Return a copy with tensors and tables of its own."""
    copied = copy(module)
    own = vars(copied)
    for name, value in own.items():
        if isinstance(value, dict | set):  # of hooks, parameters, modules below
            own[name] = value.copy()
    for name, parameter in module.named_parameters(recurse=False):
        own["_parameters"][name] = nn.Parameter(parameter.detach().clone(), parameter.requires_grad)
    for name, buffer in module.named_buffers(recurse=False):
        own["_buffers"][name] = buffer.clone()
    for name, child in module.named_children():
        own["_modules"][name] = _twin(child)
    return copied
