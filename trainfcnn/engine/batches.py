"""A sample on the device, cut into batches, in an order that changes every epoch."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import prod

import torch
from torch import Generator, Tensor

from trainfcnn.engine.passes import Dropouts, Op, Pass, Workspace
from trainfcnn.engine.stack import Stack

GATHERED = 250_000  # numbers brought together at once; they stay in the processor's cache

Prepare = Callable[[Tensor], Iterable[Op]]


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of an epoch.

    Attributes
    ----------
    gather : list of callable
        What brings its inputs here, and those of the next few batches; empty for these.
    network_pass : Pass
        Forward and backward through the stack.
    targets : Tensor of shape (outputs, B)
        Of its samples.
    weights : Tensor of shape (1, B), optional
        How much each of them counts.
    workspace : Workspace
        In which its pass runs.
    """

    gather: list[Op]
    network_pass: Pass
    targets: Tensor
    weights: Tensor | None
    workspace: Workspace


class Batches:
    """A sample on the device, cut into batches whose passes are made once.

    A few batches at a time are gathered in the present order; of a small sample, all of them. Bytes
    become floats only there, so that images stay as small as they are.

    Parameters
    ----------
    stack : Stack
        That the samples go through.
    x : Tensor of shape (n, inputs)
        Inputs, of any dtype.
    targets : Tensor of shape (outputs, n)
        What `Task.targets` gives.
    batch_size : int
        The last batch may be smaller.
    dropouts : sequence of sequence of float
        Of the passes, see `Workspace`.
    prepare : callable, optional
        From gathered inputs (m, inputs) to the operations that get them ready, in place.
    weights : Tensor of shape (1, n), optional
        How much each sample counts, of mean 1; by default all count alike.

    Attributes
    ----------
    x : Tensor of shape (n, inputs)
        As given.
    batch_size : int
        Of all batches but the last.
    is_prepared : bool
        Whether something is done to inputs when they are gathered.
    dropouts : sequence of sequence of float
        As given.
    drops : bool
        Whether units are switched off.
    order : Tensor of shape (n,)
        Where each sample of the present order stands in `x`.
    outputs_met : Tensor of shape (n * K * outputs,)
        What the last forward passes wrote, batch after batch, (K, outputs, B) each.
    targets : Tensor of shape (outputs, n)
        In the present order of the samples.
    weights : Tensor of shape (1, n), optional
        Likewise.
    ordered_targets : Tensor of shape (outputs, n)
        As given, in the order of `x`.
    ordered_weights : Tensor of shape (1, n), optional
        Likewise.
    """

    @torch.inference_mode()
    def __init__(
        self,
        stack: Stack,
        x: Tensor,
        targets: Tensor,
        batch_size: int,
        dropouts: Dropouts = (),
        prepare: Prepare | None = None,
        weights: Tensor | None = None,
    ) -> None:
        n = len(x)
        self.order = torch.arange(n)
        self.targets = targets.clone()
        self.weights = None if weights is None else weights.clone()
        self.x = x
        self.batch_size = batch_size
        self.is_prepared = prepare is not None
        self.dropouts = dropouts
        self.drops = any(share > 0 for shares in dropouts for share in shares)
        self.ordered_targets = targets
        self.ordered_weights = weights
        # torch permutes on the CPU, whose generator gives the same order on every device
        self._places = self.order.to(x.device)  # the same memory, if that is the CPU
        self._shape = (stack.n_members, stack.dims[-1])
        # All outputs of an epoch are kept, batch after batch: its loss then costs no second pass.
        self.outputs_met = stack.parameters.new_empty(n * stack.n_members * stack.dims[-1])
        self._passed_by = stack, prepare

    @cached_property
    @torch.inference_mode()
    def parts(self) -> list[Batch]:
        """Every batch, in the order in which they are to be used; made when first asked for."""
        stack, prepare = self._passed_by
        batch_size = self.batch_size
        n, n_inputs = self.x.shape
        sizes = [min(batch_size, n - start) for start in range(0, n, batch_size)]
        workspaces = {size: Workspace(stack, size, self.dropouts) for size in set(sizes)}
        # One call gathers several batches: at ten samples a batch it takes longer than a step does.
        # More than fits into the cache is no gain, so that large samples come a few at a time.
        together = max(1, GATHERED // (batch_size * (n_inputs + 1)))
        n_gathered = min(n, together * batch_size)
        self._inputs = stack.parameters.new_ones(n_gathered, n_inputs + 1)  # the last for the bias
        self._raw = self.x.new_empty(n_gathered, n_inputs)
        n_outputs = self._shape[0] * self._shape[1]
        targets = torch.split(self.targets, sizes, dim=1)
        weights: Sequence[Tensor | None] = [None] * len(sizes)
        if self.weights is not None:
            weights = torch.split(self.weights, sizes, dim=1)
        outputs = torch.split(self.outputs_met, [size * n_outputs for size in sizes])
        parts = []
        for number, size in enumerate(sizes):
            start = number * batch_size
            row = number % together * batch_size
            gather = [] if row else self._gather(slice(start, start + n_gathered), prepare)
            network_pass = Pass(
                stack,
                self._inputs[row : row + size],
                workspaces[size],
                outputs[number].view(*self._shape, size),
            )
            part = Batch(gather, network_pass, targets[number], weights[number], workspaces[size])
            parts.append(part)
        return parts

    def _gather(self, chosen: slice, prepare: Prepare | None) -> list[Op]:
        """Return the operations that make inputs of the samples at these places of the order."""
        places = self._places[chosen]
        inputs = self._inputs[: len(places), :-1]
        raw = self._raw[: len(places)]
        return [
            partial(torch.index_select, self.x, 0, places, out=raw),
            partial(inputs.copy_, raw),
            *(prepare(inputs) if prepare else ()),
        ]

    def shuffle(self, generator: Generator) -> None:
        """Put the samples in a new random order."""
        torch.randperm(len(self.order), generator=generator, out=self.order)
        self.reorder()

    def reorder(self) -> None:
        """Take the samples as `order` says, which was changed."""
        if self._places is not self.order:
            self._places.copy_(self.order)
        torch.index_select(self.ordered_targets, 1, self._places, out=self.targets)
        if self.weights is not None and self.ordered_weights is not None:
            torch.index_select(self.ordered_weights, 1, self._places, out=self.weights)

    def outputs(self, n_parts: int | None = None) -> Tensor:
        """Return what the last forward passes wrote, (K, outputs, n), in the present order.

        Of the first parts only, if their number is given.
        """
        n_whole, rest = divmod(len(self.order), self.batch_size)
        first = self.batch_size if n_whole else rest
        last = rest or first
        if n_parts is not None and n_parts < n_whole + (rest > 0):
            n = n_parts * first * prod(self._shape)
            return self._side_by_side(self.outputs_met[:n], first)
        if first == last:
            return self._side_by_side(self.outputs_met, first)
        # the last batch is smaller, and its outputs have another shape
        tail = self.outputs_met.numel() // len(self.order) * last
        full = self._side_by_side(self.outputs_met[:-tail], first)
        return torch.cat([full, self._side_by_side(self.outputs_met[-tail:], last)], dim=2)

    def met(self, number: int) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return outputs (K, outputs, B), targets and weights (outputs, B) of a batch, from 0."""
        start = number * self.batch_size
        chosen = slice(start, start + self.batch_size)
        targets = self.targets[:, chosen]
        weights = None if self.weights is None else self.weights[:, chosen]
        each = prod(self._shape)
        outputs = self.outputs_met[start * each : start * each + targets.shape[1] * each]
        return outputs.view(*self._shape, -1), targets, weights

    def _side_by_side(self, outputs: Tensor, size: int) -> Tensor:
        # (batches, K, outputs, size) -> (K, outputs, batches * size)
        batches = outputs.view(-1, *self._shape, size)
        return batches.permute(1, 2, 0, 3).reshape(*self._shape, -1)

    def forward(self) -> None:
        """Write the outputs of all batches, with nothing dropped."""
        for part in self.parts:
            part.workspace.keep_all()
            for op in (*part.gather, *part.network_pass.forward_ops):
                op()
