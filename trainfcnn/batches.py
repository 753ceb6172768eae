"""A sample on the device, cut into batches, in an order that changes every epoch."""

import torch
from torch import Generator, Tensor

from trainfcnn.stack import Pass, Stack, Workspace


class Batches:
    """A sample on the device, cut into batches whose passes are made once.

    Parameters
    ----------
    stack : Stack
        That the samples go through.
    x : Tensor of shape (n, inputs)
        Inputs.
    targets : Tensor of shape (outputs, n)
        What `Task.targets` gives.
    batch_size : int
        The last batch may be smaller.
    dropout : float
        Of the passes.

    Attributes
    ----------
    passes : list of (Pass, Tensor, Workspace)
        One a batch, with the targets (outputs, B) of its samples and the workspace it runs in.
    targets : Tensor of shape (outputs, n)
        In the present order.
    """

    @torch.inference_mode()
    def __init__(
        self, stack: Stack, x: Tensor, targets: Tensor, batch_size: int, dropout: float = 0.0
    ) -> None:
        self._given = torch.cat([x, x.new_ones(len(x), 1)], 1), targets.clone()
        self._x, self.targets = self._given[0].clone(), targets.clone()
        self._order = torch.empty(len(x), dtype=torch.long)
        starts = range(0, len(x), batch_size)
        sizes = [min(batch_size, len(x) - start) for start in starts]
        # All outputs of an epoch are kept, batch after batch: its loss then costs no second pass.
        self._shape = stack.n_members, stack.dims[-1]
        self._outputs = x.new_empty(len(x) * stack.n_members * stack.dims[-1])
        workspaces = {size: Workspace(stack, size, dropout) for size in set(sizes)}
        self.passes = [
            (
                Pass(stack, part, workspaces[size], out.view(*self._shape, size)),
                part_targets,
                workspaces[size],
            )
            for size, part, part_targets, out in zip(
                sizes,
                torch.split(self._x, sizes),
                torch.split(self.targets, sizes, dim=1),
                torch.split(self._outputs, [len(self._outputs) // len(x) * n for n in sizes]),
                strict=True,
            )
        ]

    def shuffle(self, generator: Generator) -> None:
        """Put the samples in a new random order."""
        torch.randperm(len(self._order), generator=generator, out=self._order)
        order = self._order.to(self._x.device)
        torch.index_select(self._given[0], 0, order, out=self._x)
        torch.index_select(self._given[1], 1, order, out=self.targets)

    def outputs(self) -> Tensor:
        """Return what the last forward passes wrote, (K, outputs, n), in the present order."""
        first, last = self.passes[0][1].shape[1], self.passes[-1][1].shape[1]
        if first == last:
            return self._side_by_side(self._outputs, first)
        tail = self._outputs.numel() // len(self._order) * last
        full = self._side_by_side(self._outputs[:-tail], first)
        return torch.cat([full, self._side_by_side(self._outputs[-tail:], last)], dim=2)

    def _side_by_side(self, outputs: Tensor, size: int) -> Tensor:
        batches = outputs.view(-1, *self._shape, size)
        return batches.permute(1, 2, 0, 3).reshape(*self._shape, -1)

    def forward(self) -> None:
        """Write the outputs of all batches."""
        for way, _, _ in self.passes:
            way.forward()
