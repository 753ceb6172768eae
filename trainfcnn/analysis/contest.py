"""Classifiers side by side: what each of several models makes of each of several data sets."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trainfcnn._support.checks import short
from trainfcnn._support.types import Array
from trainfcnn.analysis.prediction import Grid, Plane
from trainfcnn.data.dataset import Dataset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CELLS = 81  # along each side
MARGIN = 0.1  # beside the domain, as a share of its width


@dataclass(frozen=True, eq=False)
class Contest:
    """What models make of data sets.

    Attributes
    ----------
    datasets : sequence of Dataset
        Of two features, and of classes.
    models : tuple of str
        Their names.
    grids : list of list of Grid
        What each model says over the plane, a row for each data set.
    scores : array of shape (datasets, models)
        The share of right answers on the test samples.
    """

    datasets: Sequence[Dataset]
    models: tuple[str, ...]
    grids: list[list[Grid]]
    scores: Array

    @classmethod
    def of(cls, models: Mapping[str, Any], datasets: Sequence[Dataset]) -> "Contest":
        """Train copies of models on the training samples, and ask them over the plane.

        Parameters
        ----------
        models : mapping
            From a name to a classifier of scikit-learn, or what has its ``fit`` and ``predict``.
        datasets : sequence of Dataset
            With a test sample each.

        Raises
        ------
        ValueError
            If there is none, or data have no two features, no classes or no test sample.
        """
        if not isinstance(models, Mapping) or not models:
            raise ValueError(
                f"models must be a dict of one classifier or more by their names, got "
                f"{short(models)}: try {{'network': FCNNClassifier()}}"
            )
        for dataset in datasets:
            _check(dataset)
        grids = []
        scores = np.empty((len(datasets), len(models)))
        for row, dataset in enumerate(datasets):
            fitted = [deepcopy(model).fit(dataset.x, dataset.y) for model in models.values()]
            grids.append([_grid(model, dataset) for model in fitted])
            scores[row] = [
                np.mean(model.predict(dataset.x_test) == dataset.y_test) for model in fitted
            ]
        return cls(datasets, tuple(map(str, models)), grids, scores)

    @property
    def best(self) -> Array:
        """Which models have the highest score on a data set, ties in per mille included."""
        rounded = self.scores.round(3)  # as they are written
        best: Array = rounded == rounded.max(1, keepdims=True)
        return best

    def plot(self) -> "Figure":
        """Draw it in a figure of its own; see `compare_models`."""
        from trainfcnn import plotting

        return plotting.plot_contest(self)


def _check(dataset: Dataset) -> None:
    is_plane = dataset.image_shape is None and dataset.n_features == 2
    if not is_plane or not dataset.is_classification or not dataset.n_test:
        raise ValueError(
            "models are compared on classes of 2 features with a test sample, got "
            f"{dataset!r}: leave it out"
        )


def _grid(model: Any, dataset: Dataset) -> Grid:
    plane = Plane.of(dataset)
    box = plane.domain.expanded(MARGIN)
    cells = box.cells(CELLS)
    n_classes = len(dataset.classes)
    values = np.zeros((len(cells), n_classes))
    if hasattr(model, "predict_proba"):
        # Of classes that the training sample lacks, a model knows nothing.
        values[:, np.asarray(model.classes_, dtype=np.int64)] = model.predict_proba(cells)
    else:
        values[np.arange(len(cells)), np.asarray(model.predict(cells), dtype=np.int64)] = 1
    x1, x2 = box.grid(CELLS)
    shaped = values.reshape(CELLS, CELLS, n_classes)
    return Grid(x1, x2, shaped, dataset.kind, plane, box, dataset.classes)
