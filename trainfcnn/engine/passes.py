"""Forward and backward passes of a batch through a stack, in buffers made beforehand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Generator, Tensor

from trainfcnn.engine.stack import Stack

Op = Callable[[], object]  # an operation on buffers, with all its arguments
Dropouts = Sequence[Sequence[float]]  # of each member, of each hidden layer


def squeeze(tensor: Tensor) -> Tensor:
    """Return a (K, ...) tensor without its first axis if K = 1.

    One member then gets plain products, which are called in half the time of batched ones.
    """
    return tensor[0] if len(tensor) == 1 else tensor


class Dropout:
    """The mask of one hidden layer: 0 for the units switched off, 1 / keep for the others.

    Parameters
    ----------
    stack : Stack
        Whose units these are.
    shares : sequence of float
        How many units are switched off: one share for all members, or one each.
    units, batch_size : int
        Of the layer, and of the batch.

    Attributes
    ----------
    mask : Tensor of shape (K, units, B), or (units, B) if all have one share
        What the units are multiplied with.
    """

    def __init__(self, stack: Stack, shares: Sequence[float], units: int, batch_size: int) -> None:
        new = stack.parameters
        scale, bound = kept(torch.tensor(shares, dtype=torch.float64)[:, None, None])
        self._bound = squeeze(bound.to(new.device))
        self._scale = squeeze(scale.to(new))
        self.mask = squeeze(new.new_ones(len(shares), units, batch_size))
        # The bits come in words of 64, all at once: five times as fast as `bernoulli_`.
        self._words = new.new_empty(-(-units * batch_size // 4), dtype=torch.int64)
        sixteen_bits = self._words.view(torch.int16)[: units * batch_size]
        self._bits = sixteen_bits.view(units, batch_size)

    def sample(self, generator: Generator) -> None:
        """Choose anew which units are switched off."""
        self._words.random_(-(2**63), None, generator=generator)  # all 64 bits
        torch.le(self._bits, self._bound, out=self.mask).mul_(self._scale)

    def keep_all(self) -> None:
        """Switch no unit off, until `sample` is called again."""
        self.mask.fill_(1)


def kept(shares: Tensor) -> tuple[Tensor, Tensor]:
    """Return for shares that are switched off what the others are multiplied with, and a bound.

    Sixteen random bits are one of 2**16 whole numbers, the least of them -2**15. A unit is kept
    where they are one of the lowest keep * 2**16, so up to this bound; as a share may be so near to
    1 that none is left, the bound is at least the lowest of all.
    """
    keep = 1 - shares
    bound = (keep * 2**16).round().sub(1).clamp(min=0) - 2**15
    return 1 / keep, bound.short()  # the first, so that a unit's mean stays


@dataclass(frozen=True, slots=True)
class _Hidden:
    """The buffers of one hidden layer, and the parameters of the layer above it."""

    z: Tensor  # before the activation
    a: Tensor  # f(z)
    mask: Tensor | None  # what f(z) is multiplied with: dropout's, or 0 where a unit is padding
    kept: Tensor  # f(z) times the mask; the same memory as `a` where there is none
    padded: Tensor  # `kept` and a row of ones, whose weights are the biases
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
    dropouts : sequence of sequence of float
        For each member the share of units of each hidden layer that is switched off at each pass;
        empty for none. Members of one share lose the same units, so that each trains as it would
        alone; but then they must be of one width.

    Attributes
    ----------
    dropouts : dict of int to Dropout
        Of those hidden layers, counted from 0, of which some member drops units.
    """

    @torch.inference_mode()
    def __init__(self, stack: Stack, batch_size: int, dropouts: Dropouts = ()) -> None:
        self.batch_size = batch_size
        self.dropouts: dict[int, Dropout] = {}
        for layer, shares in enumerate(zip(*dropouts, strict=True)):
            if max(shares) > 0:
                different = shares if len(set(shares)) > 1 else shares[:1]
                units = stack.dims[layer + 1]
                self.dropouts[layer] = Dropout(stack, different, units, batch_size)
        self.hidden = [self._hidden(stack, layer) for layer in range(len(stack.active))]

    def _hidden(self, stack: Stack, layer: int) -> _Hidden:
        members, units, _ = stack.active[layer].shape
        new = partial(stack.parameters.new_ones, members)
        z = squeeze(new(units, self.batch_size))
        padded = squeeze(new(units + 1, self.batch_size))
        kept = padded[..., :-1, :]
        mask = self._mask(stack, layer)
        block_above = squeeze(stack.blocks[layer + 1])
        return _Hidden(
            z=z,
            a=kept if mask is None else torch.empty_like(z),
            mask=mask,
            kept=kept,
            padded=padded,
            padded_rows=padded.mT,
            delta=torch.empty_like(z),
            block_above=block_above,
            gradient_above=squeeze(stack.block_gradients[layer + 1]),
            weight_above_transposed=block_above[..., :-1].mT,
        )

    def _mask(self, stack: Stack, layer: int) -> Tensor | None:
        """Return what a layer's outputs are multiplied with, if they are."""
        if layer in self.dropouts:
            return self.dropouts[layer].mask
        active = stack.active[layer]
        # Padding has no weights, so z is 0 there; only where f(0) is not 0 does it need a mask.
        at_zero = stack.activations[layer].function(active.new_zeros(1)).item()
        return active if at_zero and not bool(active.all()) else None

    def sample_dropout(self, generator: Generator) -> None:
        """Choose anew which units are switched off."""
        for dropout in self.dropouts.values():
            dropout.sample(generator)

    def keep_all(self) -> None:
        """Switch no unit off, until `sample_dropout` is called again."""
        for dropout in self.dropouts.values():
            dropout.keep_all()


class Pass:
    """A batch's forward and backward pass: two lists of operations on buffers made beforehand.

    Operations that are put together once and only repeated take a seventh off a small network's
    step.

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
        Where the caller writes the loss's derivative at the outputs before it goes back.
    outputs : Tensor of the shape of `delta`
        What `forward` wrote.
    forward_ops, backward_ops : list of callable
        In turn they write the outputs, and from `delta` the gradients of all parameters.
    """

    @torch.inference_mode()
    def __init__(self, stack: Stack, x: Tensor, workspace: Workspace, outputs: Tensor) -> None:
        self.outputs = squeeze(outputs)
        self.delta = torch.empty_like(self.outputs)
        last = stack.output_activation
        is_linear = last.name == "linear"
        scores = self.outputs if is_linear else torch.empty_like(self.outputs)
        self.forward_ops = _forward_ops(stack, x, workspace, scores)
        self.backward_ops = _backward_ops(stack, x, workspace, self.delta)
        if not is_linear:
            self.forward_ops.append(partial(last.forward, scores, out=self.outputs))
            self.backward_ops.insert(0, partial(last.backward, self.delta, scores, self.outputs))

    def forward(self) -> None:
        """Write the outputs of every member."""
        for op in self.forward_ops:
            op()


def _forward_ops(stack: Stack, x: Tensor, workspace: Workspace, scores: Tensor) -> list[Op]:
    """Return the operations from the inputs up to the scores."""
    multiply = torch.mm if stack.n_members == 1 else torch.bmm
    above = [*(layer.z for layer in workspace.hidden), scores]
    # all members share the inputs, so that the first layer is one product for the whole stack
    block = stack.blocks[0].flatten(0, 1)
    ops: list[Op] = [partial(torch.mm, block, x.mT, out=above[0].view(len(block), -1))]
    for number, layer in enumerate(workspace.hidden):
        ops.append(partial(stack.activations[number].forward, layer.z, out=layer.a))
        if layer.mask is not None:
            ops.append(partial(torch.mul, layer.a, layer.mask, out=layer.kept))
        ops.append(partial(multiply, layer.block_above, layer.padded, out=above[number + 1]))
    return ops


def _backward_ops(stack: Stack, x: Tensor, workspace: Workspace, delta: Tensor) -> list[Op]:
    """Return the operations from the derivative at the scores down to all gradients."""
    multiply = torch.mm if stack.n_members == 1 else torch.bmm
    ops: list[Op] = []
    for number, layer in reversed([*enumerate(workspace.hidden)]):
        ops += [
            partial(multiply, delta, layer.padded_rows, out=layer.gradient_above),
            partial(multiply, layer.weight_above_transposed, delta, out=layer.delta),
        ]
        if layer.mask is not None:
            ops.append(partial(layer.delta.mul_, layer.mask))
        ops.append(partial(stack.activations[number].backward, layer.delta, layer.z, layer.a))
        delta = layer.delta
    gradient = stack.block_gradients[0].flatten(0, 1)
    ops.append(partial(torch.mm, delta.view(len(gradient), -1), x, out=gradient))
    return ops
