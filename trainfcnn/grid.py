"""A prediction over the plane, computed once and drawn as often as one likes."""

from dataclasses import dataclass

import numpy as np
import torch

from trainfcnn.checks import is_real, is_whole
from trainfcnn.datasets import Array, Dataset, Domain, Values
from trainfcnn.network import FCNN
from trainfcnn.tasks import TASKS

MOST_NUMBERS = 4_000_000  # in the largest layer at a time, which bounds the memory


def respond(network: FCNN, kind: str, x: Values) -> torch.Tensor:
    """Return what a loss of that kind looks at: outputs for a regression, else scores.

    Parameters
    ----------
    network : FCNN
        On any device, of any dtype.
    kind : str
        A key of `TASKS`.
    x : array of shape (n, inputs)
        Points, of any dtype.

    Returns
    -------
    Tensor of shape (n, outputs)
        On the CPU, without gradients.
    """
    answer = network.scores if TASKS[kind].is_classification else network
    weight, size = network.linears[0].weight, max(1, MOST_NUMBERS // max(network.dims))
    parts = [x[start : start + size] for start in range(0, len(x), size)] or [x]
    with torch.no_grad():
        return torch.cat([answer(weight.new_tensor(part)).cpu() for part in parts])


def measure(network: FCNN, dataset: Dataset, x: Values, y: Values) -> tuple[float, float]:
    """Return loss and score of a network on inputs (n, d) and class indices or values (n,)."""
    if not len(x):
        raise ValueError("there is no test sample to score on: give X and y")
    task = TASKS[dataset.kind]
    outputs = respond(network, dataset.kind, x).T.double()
    targets = torch.as_tensor(task.targets(y, len(dataset.classes)), dtype=outputs.dtype)
    return float(task.loss(outputs, targets)), float(task.score(outputs, targets))


@dataclass(frozen=True, eq=False)
class Grid:
    """What a network says on the cells of a grid over the sampled domain and a margin round it.

    Attributes
    ----------
    x1, x2 : array of shape (n,)
        Midpoints of the cells.
    values : array of shape (n, n) or (n, n, n_classes)
        ``values[i, j]`` is at (x1[j], x2[i]): a regression's prediction, or the probability of
        every class.
    kind : str
        A key of `TASKS`.
    domain : Domain
        Where points were drawn; the rest is extrapolation.
    box : Domain
        All of the grid, from the outer edges of its cells.
    classes : tuple
        Labels, in the order of the probabilities.
    """

    x1: Array
    x2: Array
    values: Array
    kind: str
    domain: Domain
    box: Domain
    classes: tuple[object, ...] = ()

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The outer edges of the cells: left, right, bottom, top."""
        (left, bottom), (right, top) = self.box.low, self.box.high
        return left, right, bottom, top

    def __repr__(self) -> str:
        return f"Grid: {self.kind} on {len(self.x2)} x {len(self.x1)} cells"


def check_plane(dataset: Dataset) -> None:
    """Say what to do if the data do not lie in a plane."""
    if dataset.image_shape is not None:
        raise ValueError(
            f"a plane is drawn for data of 2 features, got the {dataset.x.shape[1]} pixels of "
            f"{dataset.name!r}: use plot(), plot_dataset(), plot_confusion(), plot_mistakes() or "
            "plot_weights()"
        )
    if dataset.x.shape[1] != 2:
        raise ValueError(
            f"a plane is drawn for data of 2 features, got {dataset.x.shape[1]} in "
            f"{dataset.name!r}: train on two of its columns, or use predict(X)"
        )


def predict_grid(network: FCNN, dataset: Dataset, n: int = 201, margin: float = 0.25) -> Grid:
    """Return what `network` says over the plane.

    Parameters
    ----------
    network : FCNN
        With two inputs.
    dataset : Dataset
        Whose domain is covered.
    n : int
        Cells along each axis.
    margin : float
        Covered beyond the domain on every side, as a share of its width.

    Raises
    ------
    ValueError
        If the data have not two features.
    """
    check_plane(dataset)
    if not is_whole(n) or n < 1:
        raise ValueError(f"n must be an integer of 1 or more, got {n!r}: try n=201")
    if not is_real(margin) or margin < 0:
        raise ValueError(f"margin must be a number of 0 or more, got {margin!r}: try margin=0.25")
    box = dataset.domain.widened(margin)
    x1, x2 = box.grid(n)
    points = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
    task, outputs = TASKS[dataset.kind], respond(network, dataset.kind, points)
    answers = task.probabilities(outputs) if task.is_classification else outputs[:, 0]
    values = answers.double().numpy().reshape(n, n, *answers.shape[1:])
    return Grid(x1, x2, values, dataset.kind, dataset.domain, box, dataset.classes)
