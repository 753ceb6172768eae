"""Signs of how a training fares: units that died, and the sizes of its gradients."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from trainfcnn._support.types import Array
from trainfcnn.analysis.again import networks_by_epoch
from trainfcnn.analysis.network import hidden_outputs
from trainfcnn.nn.network import FCNN
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEPS = 50  # on the way, at most
MOST_POINTS = 2000  # of the training sample, on which it is measured


@dataclass(frozen=True, eq=False)
class Vitals:
    """Dead units and norms of gradients over the epochs, layer by layer.

    Attributes
    ----------
    epochs : array of shape (steps,)
        After how many epochs, from 0.
    dead : array of shape (steps, hidden layers)
        Units that give one and the same for all training points, so that no gradient moves them:
        relu units that are always off, as a rule.
    sizes : tuple of int
        Of the hidden layers.
    gradient_norms : array of shape (steps, layers)
        Euclidean, of the loss on the training sample with respect to the weights and biases of
        each layer.
    """

    epochs: NDArray[np.int64]
    dead: NDArray[np.int64]
    sizes: tuple[int, ...]
    gradient_norms: Array

    @classmethod
    def of(cls, run: Run) -> "Vitals":
        """Train once more by a run's recipe, and look at the network on the way."""
        networks = networks_by_epoch(run, STEPS)
        return cls(
            epochs=np.array([*networks]),
            dead=np.array([dead_units(one, _sample(run)[0]) for one in networks.values()], int),
            sizes=run.network.dims[1:-1],
            gradient_norms=np.array([gradient_norms(run, one) for one in networks.values()]),
        )

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the dead units; see `plot_dead_units`."""
        from trainfcnn import plotting

        return plotting.plot_dead_units(self, ax)

    def plot_gradient_norms(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the gradients; see `plot_gradient_norms`."""
        from trainfcnn import plotting

        return plotting.plot_gradient_norms(self, ax)


def _sample(run: Run) -> tuple[Array, Array]:
    step = -(-len(run.dataset.x) // MOST_POINTS)
    return run.dataset.x[::step], run.dataset.y[::step]


def dead_units(network: FCNN, x: Array) -> list[int]:
    """Return how many units of each hidden layer give the same for all points (n, d)."""
    return [int((layer.max(0) == layer.min(0)).sum()) for layer in hidden_outputs(network, x)]


def gradient_norms(run: Run, network: FCNN) -> list[float]:
    """Return the norm of each layer's gradient of a run's loss, for a network of its sizes."""
    x, y = _sample(run)
    task = run.task
    network = network.twin()
    first = network.linears[0].weight
    answer = network.scores if task.is_classification else network
    targets = first.new_tensor(task.targets(y, len(run.dataset.classes)))
    with torch.enable_grad():
        loss = task.loss(answer(first.new_tensor(x)).T, targets)
        gradients = torch.autograd.grad(loss.sum(), [*network.parameters()])
    # A weight and a bias for each layer.
    pairs = zip(gradients[::2], gradients[1::2], strict=True)
    return [float(torch.cat([weight.flatten(), bias]).norm()) for weight, bias in pairs]
