"""A trained network that is no module before somebody asks for it: a sweep keeps thousands."""

from dataclasses import dataclass

import torch

from trainfcnn._support.types import Array
from trainfcnn.engine.stack import fill, unfold
from trainfcnn.nn.network import FCNN
from trainfcnn.training.scaling import Scaling


@dataclass(frozen=True, eq=False)
class Kept:
    """What a stack's member is made of.

    Attributes
    ----------
    pattern : FCNN
        A network of its sizes and functions, which many share; its own weights do not matter.
    values : array of shape (P,)
        Its parameters, as `unfold` takes them.
    widest : tuple of int
        The sizes of its stack.
    scaling : Scaling
        Under which it was trained.
    """

    pattern: FCNN
    values: Array
    widest: tuple[int, ...]
    scaling: Scaling

    def network(self) -> FCNN:
        """Return it as a network of its own, in the data's units."""
        network = self.pattern.twin()
        fill(network, unfold(torch.from_numpy(self.values), self.widest))
        self.scaling.undo(network)
        return network.eval()  # as others expect of a network that is there to answer


class Network:
    """An attribute that is given as a network, or as one `Kept`, and read as a network."""

    def __get__(self, owner: object | None, kind: type) -> "Network | FCNN":
        """Return the network, which is made at the first time of asking."""
        if owner is None:
            return self
        held: FCNN | Kept = vars(owner)["network"]
        if isinstance(held, Kept):
            held = held.network()
            vars(owner)["network"] = held
        return held

    def __set__(self, owner: object, held: FCNN | Kept) -> None:
        """Keep what is given."""
        vars(owner)["network"] = held
