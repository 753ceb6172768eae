"""What a layer makes of the data, along its two principal components."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trainfcnn._support.checks import is_whole, short
from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.feature_space import grid_lines
from trainfcnn.analysis.network import hidden_outputs
from trainfcnn.data.dataset import Dataset
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INPUTS = "inputs"


@dataclass(frozen=True, eq=False)
class Components:
    """A layer's outputs along their first two principal components.

    Attributes
    ----------
    layer : str
        Which: 'inputs', or 'hidden layer 0'.
    points : array of shape (n, 2)
        The training sample.
    lines : array of shape (lines, points, 2)
        Those of a square grid over the domain, if the data have two features; else none.
    explained : float
        The share of the variance that the two components hold.
    probe, shown : float
        The score on the test sample of the best linear answer that starts from all units of the
        layer, and from the two components alone: of logistic regression, or of least squares
        (Alain and Bengio 2016, arXiv:1610.01644). NaN without a test sample.
    dataset : Dataset
        What was learnt.
    """

    layer: str
    points: Array
    lines: Array
    explained: float
    probe: float
    shown: float
    dataset: Dataset

    @classmethod
    def of(cls, run: Run, layer: int | str | None = None) -> "Components":
        """Return what a layer of a run's network makes of the training sample.

        Parameters
        ----------
        run : Run
            What was trained.
        layer : int or 'inputs', optional
            A hidden layer, from 0; by default the last one.

        Raises
        ------
        ValueError
            If there is no such layer.
        """
        dataset = run.dataset
        place = _place(run, layer)
        seen = _outputs(run, dataset.x, place)
        center = seen.mean(0)
        _, sizes, axes = np.linalg.svd(seen - center, full_matrices=False)
        basis = _upright(axes[:2])
        new = _outputs(run, dataset.x_test, place)
        points = (seen - center) @ basis.T
        return cls(
            layer=INPUTS if place < 0 else f"hidden layer {place}",
            points=_padded(points),
            lines=_lines(run, place, center, basis),
            explained=float(np.square(sizes[:2]).sum() / (np.square(sizes).sum() or 1)),
            probe=_probe(dataset, seen, new),
            shown=_probe(dataset, points, (new - center) @ basis.T),
            dataset=dataset,
        )

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it; see `plot_components`."""
        from trainfcnn import plotting

        return plotting.plot_components(self, ax)


def _place(run: Run, layer: int | str | None) -> int:
    """Return the index of a hidden layer; -1 for the inputs."""
    n = len(run.network.dims) - 2
    if layer is None:
        return n - 1
    if isinstance(layer, str) and layer == INPUTS:
        return -1
    if not is_whole(layer) or not 0 <= layer < n:  # type: ignore[operator]
        raise ValueError(
            f"layer must be 'inputs' or the index of one of {n} hidden layers, got {short(layer)}: "
            f"try layer={max(n - 1, 0) if n else INPUTS!r}"
        )
    return int(layer)


def _outputs(run: Run, x: Values, place: int) -> Array:
    inputs: Array = np.asarray(x, dtype=np.float64)
    return inputs if place < 0 else hidden_outputs(run.network, x)[place]


def _upright(axes: Array) -> Array:
    """Return axes whose largest part is positive: the sign of a component is a matter of chance."""
    largest = np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], axis=1)
    return axes * np.where(largest < 0, -1.0, 1.0)


def _padded(points: Array) -> Array:
    """Return points with two columns, the second one 0 where there is a single component."""
    return points if points.shape[1] == 2 else np.column_stack([points, np.zeros(len(points))])


def _lines(run: Run, place: int, center: Array, basis: Array) -> Array:
    if run.dataset.image_shape is not None or run.dataset.n_features != 2:
        return np.empty((0, 0, 2))
    straight = grid_lines(run.dataset.domain)
    bent = (_outputs(run, straight.reshape(-1, 2), place) - center) @ basis.T
    return _padded(bent).reshape(straight.shape)


def _probe(dataset: Dataset, seen: Array, new: Array) -> float:
    """Return the score on new outputs of a layer of the best linear answer to those seen."""
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if not len(new):
        return float("nan")
    if not dataset.is_classification:
        return float(LinearRegression().fit(seen, dataset.y).score(new, dataset.y_test))
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    return float(probe.fit(seen, dataset.y).score(new, dataset.y_test))
