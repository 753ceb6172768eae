"""K networks in one flat buffer, with explicit forward and backward passes.

A small network's time goes into *calling* operations, not into arithmetic, so K networks are
trained by the same calls as one. Per layer there is one block of shape (K, outputs, inputs + 1),
weights first and the bias as last column: its inputs carry a row of ones, so that one matrix
product gives scores, and another the gradients of weights and biases.

Samples are columns: activations have shape (K, units + 1, B), and the part without the row of ones
is contiguous for each member. The inputs alone are rows, (B, inputs + 1), as they are gathered
that way; and since all members share them, the first layer is one product for the whole stack.

Networks of unequal width are padded with units whose weights are 0, and stay so: what such a unit
gives is 0 as well (by a mask, where the activation of 0 is not 0), and so are all its gradients.

All tensors are inference tensors (about a quarter faster than ordinary ones, as nothing tracks
them), so whatever touches them runs under `torch.inference_mode`. What leaves a stack is a copy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
from torch import Generator, Tensor

from trainfcnn.activations import ACTIVATIONS, Activation
from trainfcnn.network import FCNN

Call = Callable[[], object]


class Stack:
    """K networks of one depth.

    Parameters
    ----------
    networks : sequence of FCNN
        One a member, all of the same activation and numbers of inputs, layers and outputs; their
        parameters are copied.
    output_activation : Activation, optional
        What the loss looks through: the last activation for a mean squared error, by default
        'linear', since the cross-entropies are computed on scores.
    device : torch.device or str
        Where all buffers live.

    Attributes
    ----------
    n_members : int
        K.
    dims : tuple of int
        All sizes of the widest members: inputs, hidden layers, outputs.
    live : list of Tensor of shape (K, units, 1)
        For each hidden layer, 1 for a member's own units and 0 for the padding.
    parameters, gradients : Tensor of shape (P,)
        Of all members, layer after layer.
    blocks, block_gradients : list of Tensor of shape (K, outputs, inputs + 1)
        Views of them, one a layer; the last column is the bias.
    weights : list of Tensor of shape (K, outputs, inputs)
        Views of `parameters`, one a layer.
    biases : list of Tensor of shape (K, outputs)
        Views of `parameters`, one a layer.

    Raises
    ------
    ValueError
        If there is no network, or they differ in activation, depth, inputs or outputs.

    Examples
    --------
    >>> Stack([FCNN([2, 6, 1], seed=seed) for seed in range(64)])
    Stack(64 x FCNN([2, 6, 1], 'relu')): 1,600 parameters
    """

    @torch.inference_mode()
    def __init__(
        self,
        networks: Sequence[FCNN],
        output_activation: Activation = ACTIVATIONS["linear"],
        device: torch.device | str = "cpu",
    ) -> None:
        if len(set(map(_kinship, networks))) != 1:
            raise ValueError(
                "a stack must hold networks of one depth and activation, got "
                f"{sorted(set(map(repr, networks)))}: make a stack for each"
            )
        first = networks[0]
        self.n_members = len(networks)
        sizes_by_layer = zip(*(network.dims for network in networks), strict=True)
        self.dims: tuple[int, ...] = tuple(map(max, sizes_by_layer))
        self.activation = first.activation
        self.output_activation = output_activation
        shapes = [(self.n_members, n_out, n_in + 1) for n_in, n_out in pairwise(self.dims)]
        sizes = [members * n_out * n_in for members, n_out, n_in in shapes]
        dtype = first.linears[0].weight.dtype
        self.parameters = torch.zeros(sum(sizes), dtype=dtype, device=device)
        self.gradients = torch.zeros_like(self.parameters)
        self.blocks = _views(self.parameters, sizes, shapes)
        self.block_gradients = _views(self.gradients, sizes, shapes)
        self.weights = [block[..., :-1] for block in self.blocks]
        self.biases = [block[..., -1] for block in self.blocks]
        self.live = [
            self.parameters.new_zeros(self.n_members, units, 1) for units in self.dims[1:-1]
        ]
        for member, network in enumerate(networks):
            self.load(member, network)
            for live, units in zip(self.live, network.dims[1:-1], strict=True):
                live[member, :units] = 1

    @torch.inference_mode()
    def load(self, member: int, network: FCNN) -> None:
        """Copy the parameters of `network` to one member."""
        for layer, weight, bias in zip(network.linears, self.weights, self.biases, strict=True):
            n_out, n_in = layer.weight.shape
            weight[member, :n_out, :n_in].copy_(layer.weight)
            bias[member, :n_out].copy_(layer.bias)

    def copy_to(self, network: FCNN, member: int, blocks: list[Tensor] | None = None) -> None:
        """Copy the parameters of one member to `network`, from `blocks` if others are given."""
        with torch.no_grad():
            for layer, block in zip(network.linears, blocks or self.blocks, strict=True):
                n_out, n_in = layer.weight.shape
                layer.weight.copy_(block[member, :n_out, :n_in])
                layer.bias.copy_(block[member, :n_out, -1])

    @torch.inference_mode()
    def spread(self, values: Sequence[float]) -> Tensor:
        """Return one value a member (K,) as one a parameter (P,)."""
        each = self.parameters.new_tensor(values)[:, None, None]
        return torch.cat([each.expand_as(block).flatten() for block in self.blocks])

    def lean(self, tensor: Tensor) -> Tensor:
        """Return a (K, ...) tensor without its first axis if K = 1.

        One member then gets plain products, which are called in half the time of batched ones.
        """
        return tensor[0] if self.n_members == 1 else tensor

    def __repr__(self) -> str:
        return (
            f"Stack({self.n_members} x FCNN({list(self.dims)}, {self.activation.name!r})): "
            f"{self.parameters.numel():,} parameters"
        )


def _kinship(network: FCNN) -> tuple[object, ...]:
    """Return what all members of a stack have in common."""
    inputs, *hidden, outputs = network.dims
    return inputs, len(hidden), outputs, network.activation.function


def _views(flat: Tensor, sizes: list[int], shapes: list[tuple[int, int, int]]) -> list[Tensor]:
    return [part.view(shape) for part, shape in zip(torch.split(flat, sizes), shapes, strict=True)]


@dataclass(frozen=True, slots=True)
class _Hidden:
    """The buffers of one hidden layer, and the parameters of the layer above it."""

    z: Tensor  # before the activation
    a: Tensor  # f(z)
    mask: Tensor | None  # what f(z) is multiplied with, by dropout or because it is padding
    kept: Tensor  # f(z) times the mask; the same memory as `a` where there is none
    padded: Tensor  # `kept` and a row of ones
    padded_rows: Tensor
    delta: Tensor  # the loss's derivative, first at `kept`, then at z
    block_above: Tensor
    gradient_above: Tensor
    weight_above_transposed: Tensor


class Workspace:
    """Scratch buffers for the hidden layers, shared by all passes of one batch size.

    Parameters
    ----------
    stack : Stack
        Whose passes these are.
    batch_size : int
        Samples a pass.
    dropouts : sequence of float
        One a member: the share of hidden units switched off at each pass. Members of one share lose
        the same units, so that each trains as it would alone; but then they must be of one width.
    """

    @torch.inference_mode()
    def __init__(self, stack: Stack, batch_size: int, dropouts: Sequence[float] = (0.0,)) -> None:
        self.batch_size = batch_size
        # A unit is kept where sixteen random bits, as a number, are not above a bound. They come as
        # whole words, all at once, which is five times as fast as `bernoulli_`.
        shares = dropouts if len(set(dropouts)) > 1 else dropouts[:1]
        keep = stack.parameters.new_tensor([1 - share for share in shares])[:, None, None]
        bound = (keep * 2**16).round().sub(1).clamp(min=0) - 2**15
        self._most, self._scale = stack.lean(bound.short()), stack.lean(1 / keep)
        self._n_shares, self._drops = len(shares), max(dropouts) > 0
        self.masks: list[tuple[Tensor, Tensor, Tensor]] = []
        self.hidden = [
            self._hidden(stack, live, *above)
            for live, *above in zip(
                stack.live, stack.blocks[1:], stack.block_gradients[1:], strict=True
            )
        ]

    def _hidden(self, stack: Stack, live: Tensor, block: Tensor, gradient: Tensor) -> _Hidden:
        new, lean, n, units = stack.parameters.new_ones, stack.lean, self.batch_size, live.shape[1]
        z, delta = (lean(new(stack.n_members, units, n)) for _ in range(2))
        padded = lean(new(stack.n_members, units + 1, n))
        a = kept = padded[..., :-1, :]
        mask = self._mask(stack, live)
        if mask is not None:
            a = torch.empty_like(z)
        return _Hidden(
            z, a, mask, kept, padded, padded.mT, delta,
            lean(block), lean(gradient), lean(block)[..., :-1].mT,
        )  # fmt: skip

    def _mask(self, stack: Stack, live: Tensor) -> Tensor | None:
        """Return what a layer's outputs are multiplied with, if they are."""
        units, n = live.shape[1], self.batch_size
        if self._drops:
            mask = stack.lean(live.new_ones(self._n_shares, units, n))
            bits = mask.new_empty(-(-units * n // 4), dtype=torch.int64)
            self.masks.append((mask, bits, bits.view(torch.int16)[: units * n].view(units, n)))
            return mask
        padded = not bool(live.all())
        return live if padded and stack.activation.function(live.new_zeros(1)).item() else None

    def draw_masks(self, generator: Generator) -> None:
        """Choose anew which units are dropped; the others are scaled up to keep the mean."""
        for mask, bits, sixteen in self.masks:
            bits.random_(-(2**63), None, generator=generator)  # all 64 bits
            torch.le(sixteen, self._most, out=mask).mul_(self._scale)

    def drop_nothing(self) -> None:
        """Keep all units until masks are drawn again."""
        for mask, *_ in self.masks:
            mask.fill_(1)


class Pass:
    """A batch's way up and down a stack: two lists of calls on buffers made beforehand.

    Calls that are put together once and only repeated take a seventh off a small network's step.

    Parameters
    ----------
    stack : Stack
        Whose parameters are read, and whose gradients are written.
    x : Tensor of shape (B, inputs + 1)
        The batch, with a column of ones at its end. It is kept, not copied: the next `forward`
        sees what is in it then.
    workspace : Workspace
        Of the batch's size; shared by passes that do not interleave.
    outputs : Tensor of shape (K, outputs, B)
        Where `forward` writes.

    Attributes
    ----------
    delta : Tensor of shape (K, outputs, B), or (outputs, B) if K = 1
        Where the caller writes the loss's derivative at the outputs before `backward`.
    outputs : Tensor of the shape of `delta`
        What `forward` wrote.
    up, down : list of callable
        What `forward` and `backward` call, one after the other.
    """

    @torch.inference_mode()
    def __init__(self, stack: Stack, x: Tensor, workspace: Workspace, outputs: Tensor) -> None:
        self.outputs = stack.lean(outputs)
        self.delta = torch.empty_like(self.outputs)
        straight = stack.output_activation.name == "linear"
        scores = self.outputs if straight else torch.empty_like(self.outputs)
        z = [*(layer.z for layer in workspace.hidden), scores]
        deltas = [*(layer.delta for layer in workspace.hidden), self.delta]
        units = stack.n_members * stack.dims[1]
        multiply = torch.mm if stack.n_members == 1 else torch.bmm

        block, first_z = stack.blocks[0].flatten(0, 1), z[0].view(units, -1)
        self.up: list[Call] = [partial(torch.mm, block, x.mT, out=first_z)]
        for layer, z_above in zip(workspace.hidden, z[1:], strict=True):
            self.up.append(partial(stack.activation.forward, layer.z, out=layer.a))
            if layer.mask is not None:
                self.up.append(partial(torch.mul, layer.a, layer.mask, out=layer.kept))
            self.up.append(partial(multiply, layer.block_above, layer.padded, out=z_above))

        self.down: list[Call] = []
        for layer, delta in zip(workspace.hidden[::-1], deltas[:0:-1], strict=True):
            self.down += [
                partial(multiply, delta, layer.padded_rows, out=layer.gradient_above),
                partial(multiply, layer.weight_above_transposed, delta, out=layer.delta),
            ]
            if layer.mask is not None:
                self.down.append(partial(layer.delta.mul_, layer.mask))
            self.down.append(partial(stack.activation.backward, layer.delta, layer.z, layer.a))
        gradient, first_delta = stack.block_gradients[0].flatten(0, 1), deltas[0].view(units, -1)
        self.down.append(partial(torch.mm, first_delta, x, out=gradient))

        if not straight:
            last = stack.output_activation
            self.up.append(partial(last.forward, scores, out=self.outputs))
            self.down.insert(0, partial(last.backward, self.delta, scores, self.outputs))

    def forward(self) -> None:
        """Write the outputs of every member."""
        for call in self.up:
            call()

    def backward(self) -> None:
        """Write the gradients of all parameters, from the `delta` of the outputs."""
        for call in self.down:
            call()
