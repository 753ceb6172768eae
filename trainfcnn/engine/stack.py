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

from collections.abc import Sequence
from itertools import pairwise
from math import prod

import torch
from torch import Tensor, nn

from trainfcnn.nn.activations import ACTIVATIONS, Activation, joined_names
from trainfcnn.nn.init import Layer
from trainfcnn.nn.network import FCNN, Draft


class Stack:
    """K networks of one depth.

    Parameters
    ----------
    networks : sequence of FCNN or Draft
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
    member_dims : list of tuple of int
        The sizes of each member.
    active : list of Tensor of shape (K, units, 1)
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
        networks: Sequence[FCNN | Draft],
        output_activation: Activation = ACTIVATIONS["linear"],
        device: torch.device | str = "cpu",
    ) -> None:
        if len(set(map(_stack_key, networks))) != 1:
            raise ValueError(
                "a stack must hold networks of one depth and activation, got "
                f"{sorted(set(map(repr, networks)))}: make a stack for each"
            )
        first = networks[0]
        self.n_members = len(networks)
        self.member_dims = [network.dims for network in networks]
        self.dims: tuple[int, ...] = tuple(map(max, zip(*self.member_dims, strict=True)))
        self.activations = first.activations
        self.output_activation = output_activation
        # the bias is one more weight, of an input that is always 1
        self._shapes = [(self.n_members, n_out, n_in + 1) for n_in, n_out in pairwise(self.dims)]
        dtype = first.linears[0].weight.dtype
        # one buffer, so that the optimizer needs one call for all layers and members
        self.parameters = torch.zeros(sum(map(prod, self._shapes)), dtype=dtype, device=device)
        self.gradients = torch.zeros_like(self.parameters)
        self._make_views()
        self.active = [
            self.parameters.new_zeros(self.n_members, units, 1) for units in self.dims[1:-1]
        ]
        for member, network in enumerate(networks):
            self.load(member, network)
            for active, units in zip(self.active, network.dims[1:-1], strict=True):
                active[member, :units] = 1

    def _make_views(self) -> None:
        self.blocks = self.split(self.parameters)
        self.block_gradients = self.split(self.gradients)
        self.weights = [block[..., :-1] for block in self.blocks]
        self.biases = [block[..., -1] for block in self.blocks]

    def __getstate__(self) -> dict[str, object]:
        views = ("blocks", "block_gradients", "weights", "biases")
        return {name: value for name, value in vars(self).items() if name not in views}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._make_views()  # a pickle would hold copies, which no step could change

    @torch.inference_mode()
    def load(self, member: int, network: FCNN | Draft) -> None:
        """Copy the parameters of `network` to one member."""
        linears: Sequence[nn.Linear | Layer] = network.linears
        for layer, weight, bias in zip(linears, self.weights, self.biases, strict=True):
            n_out, n_in = layer.weight.shape
            weight[member, :n_out, :n_in].copy_(layer.weight)
            bias[member, :n_out].copy_(layer.bias)

    def copy_to(self, network: FCNN, member: int, parameters: Tensor | None = None) -> None:
        """Copy the parameters of one member to `network`, from other ones (P,) if given."""
        blocks = self.blocks if parameters is None else self.split(parameters)
        fill(network, [block[member] for block in blocks])

    def by_member(self, parameters: Tensor) -> Tensor:
        """Return parameters (P,) as a row for each member, (K, P / K), which `unfold` takes."""
        return torch.cat([block.flatten(1) for block in self.split(parameters)], dim=1)

    def split(self, flat: Tensor) -> list[Tensor]:
        """Return views of a flat buffer (P,), one a layer, each (K, outputs, inputs + 1)."""
        parts = torch.split(flat, [*map(prod, self._shapes)])
        return [part.view(shape) for part, shape in zip(parts, self._shapes, strict=True)]

    @torch.inference_mode()
    def expand(self, values: Sequence[float]) -> Tensor:
        """Return one value a member (K,) as one a parameter (P,)."""
        each = self.parameters.new_tensor(values)[:, None, None]
        return torch.cat([each.expand_as(block).flatten() for block in self.blocks])

    def __repr__(self) -> str:
        hidden = joined_names(self.activations)
        return (
            f"Stack({self.n_members} x FCNN({list(self.dims)}, {hidden!r})): "
            f"{self.parameters.numel():,} parameters"
        )


def fill(network: FCNN, blocks: Sequence[Tensor]) -> None:
    """Copy parameters to a network: one block a layer, (outputs, inputs + 1) or larger."""
    with torch.no_grad():  # the network's parameters are ordinary ones, which autograd watches
        for layer, block in zip(network.linears, blocks, strict=True):
            n_out, n_in = layer.weight.shape
            layer.weight.copy_(block[:n_out, :n_in])
            layer.bias.copy_(block[:n_out, -1])


def unfold(row: Tensor, dims: Sequence[int]) -> list[Tensor]:
    """Return a row of `Stack.by_member` as one block a layer, for a stack of sizes `dims`."""
    shapes = [(n_out, n_in + 1) for n_in, n_out in pairwise(dims)]
    parts = torch.split(row, [*map(prod, shapes)])
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]


def _stack_key(network: FCNN | Draft) -> tuple[object, ...]:
    """Return what all members of a stack have in common."""
    inputs, *hidden, outputs = network.dims
    # the function, not the name: two own ones may have the same
    return inputs, len(hidden), outputs, tuple(one.function for one in network.activations)
