"""A prediction over the plane or a single feature, and how far it is from the truth there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.checks import check_pair, is_real, is_whole, look_up, short
from trainfcnn._support.seeds import numpy_generator
from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.curve import Curve, has_curve, predict_curve, truth_at
from trainfcnn.analysis.evaluation import (
    check_one_target,
    error_title,
    score_on_truth,
    values_or_probabilities,
)
from trainfcnn.analysis.relevance import telling_pair
from trainfcnn.data.dataset import Dataset, Domain, Law
from trainfcnn.training.run import Run

MARGIN = 0.25  # beside the domain, as a share of its width
ERROR_PLACES = 20_000  # of a single feature
ERROR_CELLS = 200  # along each side; an even number leaves no cell on an axis, where labels change

Features = Sequence[int] | Sequence[str] | NDArray[np.int64]  # places from 0, or names


@dataclass(frozen=True, eq=False)
class Plane:
    """Two features that vary, while all others stay at the median of the training sample.

    Attributes
    ----------
    features : (int, int)
        Their indices.
    median : array of shape (d,)
        Of every feature.
    domain : Domain
        The box of the two, in the plane.
    names : (str, str)
        What to write on the axes.
    """

    features: tuple[int, int]
    median: Array
    domain: Domain
    names: tuple[str, str]

    @classmethod
    def of(cls, dataset: Dataset, features: Features | None = None) -> "Plane":
        """Return the plane of two features of a data set; of two there are, the plane itself.

        Parameters
        ----------
        dataset : Dataset
            But not of images.
        features : (int, int) or (str, str), optional
            Which, from 0 or by name; by default those that tell most.

        Raises
        ------
        ValueError
            If they are not given, or not there.
        """
        first, second = _checked(dataset, features)
        low = dataset.domain.low
        high = dataset.domain.high
        names = dataset.axis_names
        return cls(
            (first, second),
            np.median(dataset.x, axis=0),
            Domain((low[first], low[second]), (high[first], high[second])),
            (names[first], names[second]),
        )

    @property
    def is_all(self) -> bool:
        """Whether there are no other features."""
        return len(self.median) == 2

    def project(self, x: Values) -> Values:
        """Return the two features of points: (n, d) to (n, 2)."""
        return x[:, list(self.features)]

    def embed(self, points: Array) -> Array:
        """Return points of the plane with all their features: (n, 2) to (n, d)."""
        x = np.tile(self.median, (len(points), 1))
        x[:, list(self.features)] = points
        return x


def _checked(dataset: Dataset, features: Features | None) -> tuple[int, int]:
    n = dataset.n_features
    if dataset.image_shape is not None:
        raise ValueError(
            f"a plane is drawn for data of 2 features, got the {n} pixels of {dataset.name!r}: "
            "use plot(), plot_dataset(), plot_confusion(), plot_mistakes() or plot_weights()"
        )
    if n < 2:
        raise ValueError(
            f"a plane is drawn for data of 2 features or more, got {n} in {dataset.name!r}: "
            "use plot_prediction() or plot_network()"
        )
    if features is None:
        return (0, 1) if n == 2 else telling_pair(dataset)
    return check_pair("features", _places(dataset, features), n)


def _places(dataset: Dataset, features: Features) -> list[Any]:
    """Return features, of which some may be given by name, by their places."""
    known = {name: place for place, name in enumerate(dataset.feature_names)}
    given = features if isinstance(features, list | tuple) else ()
    if not any(isinstance(one, str) for one in given):
        return features  # type: ignore[return-value]  # whatever it is, which is checked next
    if not known:
        raise ValueError(
            f"the features of {dataset.name!r} have no names, got {short(features)}: give two "
            f"indices, as in features=(0, {dataset.n_features - 1})"
        )
    return [look_up(known, one, "feature") if isinstance(one, str) else one for one in given]


def check_view(dataset: Dataset, features: Features | None = None) -> None:
    """Refuse data whose prediction is neither a curve nor, with `features`, one over a plane.

    Raises
    ------
    ValueError
        If they are images, or have several targets.
    """
    check_one_target(dataset)
    if not has_curve(dataset):
        Plane.of(dataset, features)
    elif features is not None:
        raise ValueError(
            f"features must be two of those there are, got {short(features)} for the single one of "
            f"{dataset.name!r}: leave them out"
        )


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
        left, bottom = self.box.low
        right, top = self.box.high
        return left, right, bottom, top

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which cells have their midpoint in the sampled domain, (n, n)."""
        return self.plane.domain.contains(*np.meshgrid(self.x1, self.x2))

    def __repr__(self) -> str:
        return f"Grid: {self.kind} on {len(self.x2)} x {len(self.x1)} cells"


def predict_grid(
    run: Run, n: int = 201, margin: float = MARGIN, features: Features | None = None
) -> Grid | Curve:
    """Return what the network of a run says over the plane, or along a single feature.

    Parameters
    ----------
    run : Run
        The domain of its data set is covered.
    n : int
        Cells along each axis.
    margin : float
        Covered beyond the domain on every side, as a share of its width.
    features : (int, int) or (str, str), optional
        The two to vary, from 0 or by name; the others stay at their median.

    Returns
    -------
    Grid or Curve
        A `Curve` of `n` places where the data have one feature.

    Raises
    ------
    ValueError
        If they are images.
    """
    check_view(run.dataset, features)
    if not is_whole(n) or n < 1:
        raise ValueError(f"n must be an integer of 1 or more, got {n!r}: try n=201")
    if not is_real(margin) or margin < 0:
        raise ValueError(f"margin must be a number of 0 or more, got {margin!r}: try margin=0.25")
    if has_curve(run.dataset):
        return predict_curve(run, n, margin)
    return _over_plane(run, Plane.of(run.dataset, features), n, margin)


def _over_plane(run: Run, plane: Plane, n: int, margin: float) -> Grid:
    box = plane.domain.expanded(margin)
    return grid_over(run, plane, box, n, plane.embed(box.cells(n)))


class ErrorMap(NamedTuple):
    """A prediction beside the truth, and how far apart they are, for a title."""

    grid: Grid | Curve
    truth: Values
    title: str


def error_map(run: Run, law: Law, features: Features | None = None) -> ErrorMap:
    """Return where the network of a run departs from the truth of `law`.

    Beyond the domain it is left out where a user's function is not defined there.
    """
    check_view(run.dataset, features)
    if has_curve(run.dataset):
        curve = predict_curve(run, ERROR_PLACES, MARGIN)
        truth = truth_at(law, curve.x[:, None])
        known = np.isfinite(truth)
        title = error_title(curve.kind, curve.values[known], truth[known], curve.inside[known])
        return ErrorMap(replace(curve, truth=truth), truth, title)
    plane = Plane.of(run.dataset, features)
    try:
        return _error_plane(run, law, plane, MARGIN)
    except ValueError:
        return _error_plane(run, law, plane, margin=0)


def _error_plane(run: Run, law: Law, plane: Plane, margin: float) -> ErrorMap:
    grid = _over_plane(run, plane, ERROR_CELLS, margin)
    cells = plane.embed(grid.box.cells(ERROR_CELLS))
    # A copy, so that each argument is in one piece: then functions of arrays give the same bits.
    truth = law.truth(*cells.T.copy()).reshape(ERROR_CELLS, ERROR_CELLS)
    task = run.task
    # Points that are not drawn evenly leave much of the plane empty: its area says little there.
    if law.sampler is not None:
        exact = score_on_truth(run, law)
        title = f"{task.score_name} {task.format_score(exact)} where points are drawn"
        return ErrorMap(grid, truth, title)
    # Not the midpoints that are drawn: what these overlook, `jittered_grid` says.
    points = grid.box.jittered_grid(ERROR_CELLS, numpy_generator(0, "exact"))
    inside = plane.domain.contains(*points.T)
    x = plane.embed(points)
    title = error_title(task.kind, values_or_probabilities(run, x), law.truth(*x.T), inside)
    return ErrorMap(grid, truth, title)


def grid_over(run: Run, plane: Plane, box: Domain, n: int, x: Array) -> Grid:
    """Return what the network of a run says of `x` (n * n, d), the cells of a box of the plane."""
    x1, x2 = box.grid(n)
    values = values_or_probabilities(run, x)
    # Rows are those of x2, as `Domain.cells` has them.
    shaped = values.reshape(n, n, *values.shape[1:])
    return Grid(x1, x2, shaped, run.dataset.kind, plane, box, run.dataset.classes)
