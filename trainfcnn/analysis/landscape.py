"""The loss over the plane in which a training moves through the space of weights."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from trainfcnn._support.types import Array
from trainfcnn.analysis.again import networks_by_epoch
from trainfcnn.analysis.evaluation import evaluate
from trainfcnn.data.dataset import Domain
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CELLS = 37  # along each side
STEPS = 60  # of the path, at most
MARGIN = 0.35  # beside the path, as a share of its reach
MOST_POINTS = 1000  # of the training sample, on which the loss is measured


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss over the plane that holds most of a training's path through its weights.

    Its axes are the first two principal components of the path about its end (Li et al. 2018,
    arXiv:1712.09913); on each point of the plane all other directions stay as at the end.

    Attributes
    ----------
    x, y : array of shape (n,)
        Distances from the last weights along the two axes.
    losses : array of shape (n, n)
        ``losses[i, j]`` is at (x[j], y[i]).
    path : array of shape (steps, 2)
        Where the training went.
    epochs : array of shape (steps,)
        After how many epochs it was there, from 0.
    path_losses : array of shape (steps,)
        Of the networks themselves, which may be off the plane.
    explained : float
        The share of the path's variance that lies in the plane.
    loss_name : str
        What the loss is called.
    """

    x: Array
    y: Array
    losses: Array
    path: Array
    epochs: NDArray[np.int64]
    path_losses: Array
    explained: float
    loss_name: str

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The outer edges of the cells: left, right, bottom, top."""
        across, up = (_half(places) for places in (self.x, self.y))
        left, right = self.x[[0, -1]] + (-across, across)
        bottom, top = self.y[[0, -1]] + (-up, up)
        return float(left), float(right), float(bottom), float(top)

    @classmethod
    def of(cls, run: Run, n: int = CELLS) -> "Landscape":
        """Train once more by a run's recipe, and measure the loss on n x n points of that plane.

        Raises
        ------
        ValueError
            If the training diverged, or had no epoch.
        """
        networks = networks_by_epoch(run, STEPS)
        weights = np.stack([_vector(network) for network in networks.values()])
        if len(weights) < 2 or not np.isfinite(weights).all():
            raise ValueError(
                f"a path needs an epoch or more and finite weights, got {len(run.history)} epochs, "
                f"{run.ended}: train again, with a lower lr than {run.recipe.lr:g} if it diverged"
            )
        end = weights[-1]
        _, sizes, axes = np.linalg.svd(weights - end, full_matrices=False)
        path = (weights - end) @ axes[:2].T
        x, y = _box(path).grid(n)
        places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        # Of all points evenly some: every one of n * n networks is asked about them.
        step = -(-len(run.dataset.x) // MOST_POINTS)
        return cls(
            x=x,
            y=y,
            losses=_losses(run, end + places @ axes[:2], step).reshape(n, n),
            path=path,
            epochs=np.array([*networks]),
            path_losses=_losses(run, weights, step),
            explained=float(np.square(sizes[:2]).sum() / (np.square(sizes).sum() or 1)),
            loss_name=run.task.loss_name,
        )

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it; see `plot_landscape`."""
        from trainfcnn import plotting

        return plotting.plot_landscape(self, ax)


def _half(places: Array) -> float:
    """Return half of a cell."""
    return float(places[1] - places[0]) / 2


def _vector(run_network: torch.nn.Module) -> Array:
    vector: Array = parameters_to_vector(run_network.parameters()).detach().double().cpu().numpy()
    return vector


def _box(path: Array) -> Domain:
    low = path.min(0)
    high = path.max(0)
    width = high - low
    # A path that is straight would leave a box without a height.
    least = 0.25 * width.max() or 1.0
    middle = (low + high) / 2
    reach = np.maximum(width, least) / 2
    return Domain(tuple(middle - reach), tuple(middle + reach)).expanded(MARGIN)


def _losses(run: Run, weights: Array, step: int) -> Array:
    """Return the loss of networks (K, parameters) on every `step`-th training sample, (K,)."""
    x = run.dataset.x[::step]
    y = run.dataset.y[::step]
    counts = None if run.dataset.weights is None else run.dataset.weights[::step]
    network = run.network.twin()
    first = network.linears[0].weight
    trial = replace(run, network=network)
    losses = []
    for row in weights:
        with torch.no_grad():
            vector_to_parameters(first.new_tensor(row), network.parameters())
        losses.append(evaluate(trial, x, y, counts)[0])
    return np.array(losses)
