"""A prediction over the plane, computed once and drawn as often as one likes."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from trainfcnn.checks import is_real, is_whole
from trainfcnn.datasets import Array, Dataset, Domain, Values
from trainfcnn.engine import engine
from trainfcnn.network import FCNN
from trainfcnn.plane import Features, Plane
from trainfcnn.tasks import TASKS

PART = 1024  # points at a time, which bounds the memory and keeps them in the cache


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
    run = network.scores if TASKS[kind].is_classification else network
    weight, n_parameters = network.linears[0].weight, sum(map(torch.numel, network.parameters()))
    parts = [x[start : start + PART] for start in range(0, len(x), PART)] or [x]
    with engine(PART * n_parameters):
        return torch.cat([run(weight.new_tensor(part)).cpu() for part in parts])


def answer(network: FCNN, kind: str, x: Values) -> Array:
    """Return a regression's values, (n,), or the probability of every class, (n, n_classes)."""
    task, outputs = TASKS[kind], respond(network, kind, x).double()
    answers = task.probabilities(outputs) if task.is_classification else outputs[:, 0]
    return answers.numpy()


def measure(network: FCNN, dataset: Dataset, x: Values, y: Values) -> tuple[float, float]:
    """Return loss and score of a network on inputs (n, d) and class indices or values (n,)."""
    if not len(x):
        raise ValueError("there is no test sample to score on: give X and y")
    task = TASKS[dataset.kind]
    outputs = respond(network, dataset.kind, x).T.double()
    targets = torch.as_tensor(task.targets(y, len(dataset.classes)), dtype=outputs.dtype)
    return float(task.loss(outputs, targets)), float(task.score(outputs, targets))


def verdict(network: FCNN, dataset: Dataset) -> str:
    """Return what a network reaches, for a title: on the test sample, if there is one."""
    task, fresh = TASKS[dataset.kind], len(dataset.x_test) > 0
    x, y = (dataset.x_test, dataset.y_test) if fresh else (dataset.x, dataset.y)
    loss, score = measure(network, dataset, x, y)
    if not np.isfinite(loss):
        return "diverged"
    said = task.say_score(score)
    said = f"{said} right" if task.is_classification else f"{task.score_name} {said}"
    samples = "images" if dataset.image_shape else "points"
    return f"{said} on {len(x):,}{' new' if fresh else ''} {samples}"


def tell_errors(kind: str, values: Array, truth: Values, inside: NDArray[np.bool_]) -> str:
    """Return how large errors are in the sampled domain and outside, for a title.

    Parameters
    ----------
    kind : str
        A key of `TASKS`.
    values : array of shape (..., n_classes) or (...)
        The probability of every class, or a regression's values.
    truth, inside : array of shape (...)
        Class indices or values, and whether a point lies in the domain.
    """
    if not np.isfinite(values).all():
        return "diverged"
    parts = (inside, "inside"), (~inside, "outside")
    where = [(mask, name) for mask, name in parts if mask.any()]
    if TASKS[kind].is_classification:
        right, say = values.argmax(-1) == truth, TASKS[kind].say_score
        return ", ".join(f"{say(right[mask].mean())} right {name}" for mask, name in where)
    squares = np.square(values - truth)
    sizes = ", ".join(f"{np.sqrt(squares[mask].mean()):.2g} {name}" for mask, name in where)
    return f"RMSE {sizes}"


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
    plane : Plane
        Whose ``domain`` is where points were drawn; the rest is extrapolation.
    box : Domain
        All of the grid, from the outer edges of its cells.
    classes : tuple
        Labels, in the order of the probabilities.
    """

    x1: Array
    x2: Array
    values: Array
    kind: str
    plane: Plane
    box: Domain
    classes: tuple[object, ...] = ()

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The outer edges of the cells: left, right, bottom, top."""
        (left, bottom), (right, top) = self.box.low, self.box.high
        return left, right, bottom, top

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which cells have their midpoint in the sampled domain, (n, n)."""
        return self.plane.domain.holds(*np.meshgrid(self.x1, self.x2))

    def __repr__(self) -> str:
        return f"Grid: {self.kind} on {len(self.x2)} x {len(self.x1)} cells"


def predict_grid(
    network: FCNN,
    dataset: Dataset,
    n: int = 201,
    margin: float = 0.25,
    features: Features | None = None,
) -> Grid:
    """Return what `network` says over the plane.

    Parameters
    ----------
    network : FCNN
        Trained on `dataset`.
    dataset : Dataset
        Whose domain is covered.
    n : int
        Cells along each axis.
    margin : float
        Covered beyond the domain on every side, as a share of its width.
    features : (int, int), optional
        The two to vary, from 0; the others stay at their median.

    Raises
    ------
    ValueError
        If the data have more than two features, and it is not said which.
    """
    plane = Plane.of(dataset, features)
    if not is_whole(n) or n < 1:
        raise ValueError(f"n must be an integer of 1 or more, got {n!r}: try n=201")
    if not is_real(margin) or margin < 0:
        raise ValueError(f"margin must be a number of 0 or more, got {margin!r}: try margin=0.25")
    box = plane.domain.widened(margin)
    x1, x2 = box.grid(n)
    values = answer(network, dataset.kind, plane.embed(cells(x1, x2)))
    shaped = values.reshape(n, n, *values.shape[1:])
    return Grid(x1, x2, shaped, dataset.kind, plane, box, dataset.classes)


def cells(x1: Array, x2: Array) -> Array:
    """Return the midpoints of all cells, (len(x2) * len(x1), 2): the rows of a grid in turn."""
    return np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
