"""FCNN, the module a user holds, and how its weights begin."""

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import torch
from torch import Generator, Tensor, nn

from trainfcnn._support.checks import check_dims, check_seed, look_up
from trainfcnn._support.seeds import entropy
from trainfcnn.nn.activations import LAST_ACTIVATIONS, Activation, Function, as_activation
from trainfcnn.nn.init import INITS, Init


class _Linear(nn.Linear):
    """A linear layer that leaves its weights to the network, not to torch's global generator."""

    def reset_parameters(self) -> None:
        """Do nothing."""


class FCNN(nn.Module):
    """A fully connected network: a `ModuleList` of `Linear` with an activation after each.

    Parameters
    ----------
    dims : sequence of int
        All sizes: inputs, hidden layers, outputs. ``[2, 6, 1]`` has one hidden layer of 6.
    activation : str or callable
        After every hidden layer: a key of `ACTIVATIONS`, or an elementwise torch function.
    last_activation : str
        After the last layer: a key of `LAST_ACTIVATIONS`.
    init : str or Init, optional
        A key of `INITS`, or a value; by default the one that suits `activation`.
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

    def __init__(
        self,
        dims: Sequence[int],
        activation: str | Function | Activation = "relu",
        last_activation: str = "linear",
        *,
        init: str | Init | None = None,
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
        self.activation = as_activation(activation)
        self.last_activation = last_activation
        self._last = look_up(LAST_ACTIVATIONS, last_activation, "last activation")
        self.layers = nn.ModuleList(
            _Linear(n_in, n_out, dtype=dtype) for n_in, n_out in pairwise(self.dims)
        )
        self.initialize(init, seed)

    def initialize(self, init: str | Init | None = None, seed: int = 0) -> None:
        """Initialise all weights and biases anew (see the class for `init` and `seed`)."""
        scheme = init
        if not isinstance(scheme, Init):
            scheme = look_up(INITS, self.activation.init if init is None else init, "init")
        generator = Generator().manual_seed(entropy(check_seed(seed), "weights"))
        with torch.no_grad():
            for layer in self.linears:
                # Drawn on the CPU, where the generator is, and copied: alike on every device.
                weight = torch.empty(layer.weight.shape, dtype=layer.weight.dtype)
                sample = scheme.last if layer is self.linears[-1] else scheme.hidden
                sample(weight, generator)
                layer.weight.copy_(weight)
                layer.bias.zero_()
                if scheme.samples_bias:
                    # The bound depends on the shape: draw all of it again, and take a column.
                    sample(weight, generator)
                    layer.bias.copy_(weight[:, 0])

    @property
    def linears(self) -> list[nn.Linear]:
        """The layers, from the inputs to the outputs."""
        return list(self.layers)  # type: ignore[arg-type]

    def hidden(self, x: Tensor) -> list[Tensor]:
        """Return what every hidden layer gives: (n, inputs) to an (n, units) each."""
        layers = []
        for layer in self.linears[:-1]:
            x = self.activation.function(layer(x))
            layers.append(x)
        return layers

    def scores(self, x: Tensor) -> Tensor:
        """Return the values before the last activation: (n, inputs) to (n, outputs)."""
        hidden = self.hidden(x)
        return cast(Tensor, self.linears[-1](hidden[-1] if hidden else x))

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, after the last activation: (n, inputs) to (n, outputs)."""
        return self._last(self.scores(x))

    def __repr__(self) -> str:
        count = sum(parameter.numel() for parameter in self.parameters())
        return (
            f"FCNN({list(self.dims)}, {self.activation.name!r}, {self.last_activation!r}): "
            f"{count:,} parameters"
        )
