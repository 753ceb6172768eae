"""How weights begin, by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from trainfcnn._support.checks import check_seed, look_up
from trainfcnn._support.seeds import entropy

Initializer = Callable[[Tensor, Generator], object]

USUAL = np.array([-2.0, 2.0])  # where inputs lie, if nothing is known of them


@dataclass(frozen=True)
class Init:
    """How weights (outputs, inputs) begin; biases start at 0, or are drawn like a weight.

    Where it `spreads_kinks`, those of a first layer of one input are from `spread_kinks`.
    """

    hidden: Initializer
    last: Initializer
    samples_bias: bool = False
    spreads_kinks: bool = False


def _he(weight: Tensor, generator: Generator) -> None:
    # Uniform on [-b, b] has variance b² / 3: here 2 / fan_in.
    bound = sqrt(6 / weight.shape[1])
    weight.uniform_(-bound, bound, generator=generator)


def _xavier(weight: Tensor, generator: Generator) -> None:
    bound = sqrt(6 / sum(weight.shape))  # variance 2 / (fan_in + fan_out)
    weight.uniform_(-bound, bound, generator=generator)


def _pytorch(weight: Tensor, generator: Generator) -> None:
    bound = 1 / sqrt(weight.shape[1])
    weight.uniform_(-bound, bound, generator=generator)


def _lecun(weight: Tensor, generator: Generator) -> None:
    weight.normal_(0, 1 / sqrt(weight.shape[1]), generator=generator)


def _spread(weight: Tensor, generator: Generator) -> None:
    """Take rows of norm sqrt(2), which is He's variance: orthogonal ones and their opposites.

    Independent rows leave some sides of the plane without a unit that looks there; these do not.
    """
    n_out, n_in = weight.shape
    blocks: list[Tensor] = []
    while (missing := n_out - sum(map(len, blocks))) > 0:
        gauss = torch.empty(n_in, min(n_in, missing), dtype=weight.dtype)
        q, r = _qr(gauss.normal_(generator=generator))
        # The signs make q uniform among orthogonal matrices (Mezzadri 2007, arXiv math-ph/0609050).
        rows = (q * r.diagonal().sign()).T
        blocks += [rows, -rows]
    weight.copy_(torch.cat(blocks)[:n_out] * sqrt(2))


def spread_kinks(weight: Tensor, bias: Tensor, sample: NDArray[np.float64] = USUAL) -> None:
    """Let the kinks of a hidden layer of one input, where w x + b = 0, be spread over a sample.

    The weight (units, 1) stays, and the bias (units,) is changed in place.

    With biases of 0 all units of a relu layer bend at one place, and what they make of a single
    input is one angle. In more inputs each has an edge of its own direction.
    """
    n_units = len(weight)
    # Each value once: quantiles of a sample of few values would be these, where no unit is of use.
    places = np.quantile(np.unique(sample), (np.arange(n_units) + 0.5) / n_units)
    bias.copy_(-weight[:, 0] * weight.new_tensor(places))


def _qr(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Return q and r, on one thread: on two, the last bits of large ones are others."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        q, r = torch.linalg.qr(matrix)
    finally:
        torch.set_num_threads(threads)
    return q, r


def _unit_normal(weight: Tensor, generator: Generator) -> None:
    weight.normal_(generator=generator)


def _over_fan_in(weight: Tensor, generator: Generator) -> None:
    weight.normal_(0, 1 / weight.shape[1], generator=generator)


# 'he': He et al. 2015, arXiv 1502.01852, eq. 10. 'xavier': Glorot and Bengio 2010, eq. 16.
# 'pytorch': what `nn.Linear` does. 'lecun': normal with variance 1 / fan_in (LeCun et al. 1998).
# 'unit_normal' and '1/fan_in' are how two tutorials begin: far too wide, and too narrow.
# 'spread': ours, for the relu family: he's variance without its bad luck, and a quiet last layer.
# Six relu units then learn xor on every one of 64 seeds, while with 'he' some get stuck. Of one
# input, the kinks of the first layer are spread over the data.
INITS: dict[str, Init] = {
    "spread": Init(_spread, _pytorch, spreads_kinks=True),
    "he": Init(_he, _he),
    "xavier": Init(_xavier, _xavier),
    "pytorch": Init(_pytorch, _pytorch, samples_bias=True),
    "lecun": Init(_lecun, _lecun),
    "unit_normal": Init(_unit_normal, _unit_normal, samples_bias=True),
    "1/fan_in": Init(_over_fan_in, _over_fan_in),
}


def as_init(init: str | Initializer | Init) -> Init:
    """Return the initialisation of that name, or the user's own function as one.

    Parameters
    ----------
    init : str, callable or Init
        A key of `INITS`, or ``init(weight, generator)``, which fills a tensor (outputs, inputs) in
        place; biases then begin at 0.

    Raises
    ------
    ValueError
        If the name is unknown.
    """
    if isinstance(init, Init):
        return init
    if not callable(init):
        return look_up(INITS, init, "init")
    checked = partial(_fill, init)
    return Init(checked, checked)


@dataclass(frozen=True, eq=False)
class Layer:
    """The parameters of a layer, where no module is needed: (outputs, inputs) and (outputs,)."""

    weight: Tensor
    bias: Tensor


def initial_layers(
    dims: Sequence[int],
    schemes: Sequence[Init],
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
    sample: NDArray[np.float64] = USUAL,
) -> list[Layer]:
    """Return how the layers of a network begin.

    Parameters
    ----------
    dims : sequence of int
        All sizes: inputs, hidden layers, outputs.
    schemes : sequence of Init
        One a layer.
    seed : int
        Of all that is drawn, on the CPU, so that it is alike on every device.
    dtype : torch.dtype
        Of the parameters.
    sample : array
        Inputs, where there is one feature, over which kinks are spread.
    """
    generator = Generator().manual_seed(entropy(check_seed(seed), "weights"))
    layers: list[Layer] = []
    for (n_in, n_out), scheme in zip(pairwise(dims), schemes, strict=True):
        weight = torch.empty(n_out, n_in, dtype=dtype)
        fill = scheme.hidden if len(layers) < len(dims) - 2 else scheme.last
        fill(weight, generator)
        bias = torch.zeros(n_out, dtype=dtype)
        if scheme.samples_bias:
            # The bound depends on the shape: draw all of it again, and take a column.
            drawn = torch.empty_like(weight)
            fill(drawn, generator)
            bias.copy_(drawn[:, 0])
        layers.append(Layer(weight, bias))
    if schemes[0].spreads_kinks and dims[0] == 1 and len(dims) > 2:
        spread_kinks(layers[0].weight, layers[0].bias, sample)
    return layers


def _fill(init: Initializer, weight: Tensor, generator: Generator) -> None:
    """Let the user's own function fill a weight, and see whether it did."""
    must = "init must fill a weight (outputs, inputs) in place, given (weight, generator), "
    advice = "try init=lambda weight, generator: weight.normal_(generator=generator)"
    weight.fill_(torch.nan)
    shape = weight.shape
    try:
        init(weight, generator)
    except Exception as error:
        raise ValueError(f"{must}but it failed ({error}): {advice}") from error
    if weight.shape != shape or not bool(weight.isfinite().all()):
        raise ValueError(f"{must}and some of one of shape {tuple(shape)} is not filled: {advice}")
