"""FCNN, the module a user holds, and how its weights begin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import cast

import torch
from torch import Generator, Tensor, nn

from trainfcnn.activations import LAST_ACTIVATIONS, Activation, Function, as_activation
from trainfcnn.checks import check_seed
from trainfcnn.lookup import look_up
from trainfcnn.recipe import check_dims
from trainfcnn.seeds import entropy

Draw = Callable[[Tensor, Generator], object]


@dataclass(frozen=True)
class Init:
    """How weights (outputs, inputs) begin; biases start at 0, or are drawn like a weight."""

    hidden: Draw
    last: Draw
    draws_bias: bool = False


def _he(weight: Tensor, generator: Generator) -> None:
    bound = sqrt(6 / weight.shape[1])
    weight.uniform_(-bound, bound, generator=generator)


def _xavier(weight: Tensor, generator: Generator) -> None:
    bound = sqrt(6 / sum(weight.shape))
    weight.uniform_(-bound, bound, generator=generator)


def _pytorch(weight: Tensor, generator: Generator) -> None:
    bound = 1 / sqrt(weight.shape[1])
    weight.uniform_(-bound, bound, generator=generator)


def _lecun(weight: Tensor, generator: Generator) -> None:
    weight.normal_(0, 1 / sqrt(weight.shape[1]), generator=generator)


def _spread(weight: Tensor, generator: Generator) -> None:
    """Draw rows of norm sqrt(2), which is He's variance: orthogonal ones and their opposites.

    Independent rows leave some sides of the plane without a unit that looks there; these do not.
    """
    n_out, n_in = weight.shape
    blocks: list[Tensor] = []
    while (missing := n_out - sum(map(len, blocks))) > 0:
        gauss = torch.empty(n_in, min(n_in, missing), dtype=weight.dtype)
        q, r = torch.linalg.qr(gauss.normal_(generator=generator))
        rows = (q * r.diagonal().sign()).T
        blocks += [rows, -rows]
    weight.copy_(torch.cat(blocks)[:n_out] * sqrt(2))


# 'he': He et al. 2015, arXiv 1502.01852, eq. 10. 'xavier': Glorot and Bengio 2010, eq. 16.
# 'pytorch': what `nn.Linear` does. 'lecun': normal with variance 1 / fan_in (LeCun et al. 1998).
# 'spread': ours, for the relu family: he's variance without its bad luck, and a quiet last layer.
# Six relu units then learn xor on every one of 64 seeds, while with 'he' some get stuck.
INITS: dict[str, Init] = {
    "spread": Init(_spread, _pytorch),
    "he": Init(_he, _he),
    "xavier": Init(_xavier, _xavier),
    "pytorch": Init(_pytorch, _pytorch, draws_bias=True),
    "lecun": Init(_lecun, _lecun),
}


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
    init : str, optional
        A key of `INITS`; by default the one that suits `activation`.
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
        init: str | None = None,
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

    def initialize(self, init: str | None = None, seed: int = 0) -> None:
        """Draw all weights and biases anew (see the class for `init` and `seed`)."""
        scheme = look_up(INITS, self.activation.init if init is None else init, "init")
        generator = Generator().manual_seed(entropy(check_seed(seed), "weights"))
        with torch.no_grad():
            for layer in self.linears:
                weight = torch.empty(layer.weight.shape, dtype=layer.weight.dtype)
                draw = scheme.last if layer is self.linears[-1] else scheme.hidden
                draw(weight, generator)
                layer.weight.copy_(weight)
                layer.bias.zero_()
                if scheme.draws_bias:
                    draw(weight, generator)
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
        *_, x = x, *self.hidden(x)
        return cast(Tensor, self.linears[-1](x))

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, after the last activation: (n, inputs) to (n, outputs)."""
        return self._last(self.scores(x))

    def __repr__(self) -> str:
        count = sum(parameter.numel() for parameter in self.parameters())
        return (
            f"FCNN({list(self.dims)}, {self.activation.name!r}, {self.last_activation!r}): "
            f"{count:,} parameters"
        )
