"""What every unit of every network of a stack says of the same points, in one pass."""

import torch
from torch import Tensor

from trainfcnn.engine.stack import Stack


@torch.inference_mode()
def layer_outputs(stack: Stack, x: Tensor, member: int | None = None) -> list[Tensor]:
    """Return what each layer gives, the hidden ones first and then the scores.

    There is no module to make: it is a product a layer for all networks together.

    Parameters
    ----------
    stack : Stack
        The networks, as they are now.
    x : Tensor of shape (n, inputs)
        Points, as the stack is trained on them.
    member : int, optional
        One of the networks; by default all.

    Returns
    -------
    list of Tensor of shape (K, units, n)
        One a layer; K is 1 where a member is chosen. Units that pad a narrow network are 0.
    """
    chosen = slice(None) if member is None else slice(member, member + 1)
    blocks = [block[chosen] for block in stack.blocks]
    outputs = []
    below = x.to(stack.parameters).T.expand(len(blocks[0]), -1, -1)
    for layer, block in enumerate(blocks):
        z = torch.baddbmm(block[..., -1:], block[..., :-1], below)
        if layer < len(stack.active):
            below = stack.activations[layer].function(z) * stack.active[layer][chosen]
        else:
            below = stack.output_activation.function(z)
        outputs.append(below)
    return outputs
