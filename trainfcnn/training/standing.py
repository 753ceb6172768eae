"""Where the training of one network stood when it ended, so that it can go on."""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Generator, Tensor

from trainfcnn.engine.stack import Stack
from trainfcnn.training.state import Done, TrainingState

GENERATORS = ("batch_order", "dropout", "augmentation")


@dataclass(frozen=True, eq=False)
class Standing:
    """All that it takes to go on with one network, as a training of its own.

    Parameters and buffers are of a stack of this network alone, in the units in which it is
    trained.

    Attributes
    ----------
    parameters : Tensor of shape (P,)
        The last ones, be they the best or not.
    n_steps : int
        That the optimizer took.
    buffers : dict of Tensor of shape (P,)
        What it remembers of past gradients.
    generators : dict of Tensor
        The states of those that were used.
    best : Tensor of shape (P,), optional
        The parameters that are kept, where the best are.
    best_loss : float
        Theirs.
    """

    parameters: Tensor
    n_steps: int
    buffers: dict[str, Tensor]
    generators: dict[str, Tensor]
    best: Tensor | None = None
    best_loss: float = float("inf")

    @classmethod
    def of(cls, stack: Stack, state: TrainingState, member: int) -> "Standing":
        """Return where a member of a stack stands."""
        optimizer = state.optimizer
        best = state.best
        return cls(
            parameters=_of_member(stack, state.done.parameters, member),
            n_steps=optimizer.n_steps,
            buffers={
                name: _of_member(stack, getattr(optimizer, name), member)
                for name in optimizer.buffers
            },
            generators=states_of(state),
            best=None if best is None else _of_member(stack, best.parameters, member),
            best_loss=float("inf") if best is None else float(best.loss[member]),
        )

    @torch.inference_mode()
    def put_into(self, stack: Stack, state: TrainingState) -> None:
        """Let the training of a stack of one begin where this one stood.

        Raises
        ------
        ValueError
            If it is of other sizes, or has another optimizer.
        """
        parameters = state.parameters
        optimizer = state.optimizer
        sizes = {one.shape for one in (self.parameters, *self.buffers.values())}
        if sizes != {parameters.shape} or set(self.buffers) != set(optimizer.buffers):
            raise ValueError(
                "where a training stood must fit what goes on, and is of other sizes, or of "
                "another optimizer: give the weights alone, with train(start=...)"
            )
        parameters.copy_(self.parameters)
        optimizer.n_steps = self.n_steps
        for name, buffer in self.buffers.items():
            getattr(optimizer, name).copy_(buffer)
        for name, saved in self.generators.items():
            set_state(getattr(state, name), saved)
        best = state.best
        if best is not None and self.best is not None:
            loss = torch.full_like(best.loss, self.best_loss)
            kept = self.best.to(parameters).clone()
            best = best.beginning(kept, loss)
        state.done = Done(0, 0, parameters.clone(), best)


def _of_member(stack: Stack, flat: Tensor, member: int) -> Tensor:
    """Return one member's part of a flat buffer, as it lies in a stack of its own."""
    dims = stack.member_dims[member]
    blocks = zip(stack.split(flat), pairwise(dims), strict=True)
    parts = [
        # the bias is the last column, behind the weights of all inputs of the widest member
        torch.cat([block[member, :n_out, :n_in], block[member, :n_out, -1:]], dim=1).flatten()
        for block, (n_in, n_out) in blocks
    ]
    return torch.cat(parts).cpu()


def states_of(state: TrainingState) -> dict[str, Tensor]:
    """Return the states of those generators that have drawn something."""
    found = {}
    for name in GENERATORS:
        generator = getattr(state, name)
        fresh = Generator(generator.device).manual_seed(generator.initial_seed())
        if not torch.equal(now := generator.get_state(), fresh.get_state()):
            found[name] = now
    return found


def set_state(generator: Generator, saved: Tensor) -> None:
    """Put a generator into a state, unless that is of another device's."""
    if generator.get_state().shape == saved.shape:
        generator.set_state(saved)
