"""The linear regions of a relu network: in each of them the network is a plane."""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.types import Array
from trainfcnn.analysis.prediction import Plane
from trainfcnn.data.dataset import Domain
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import Task
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = 0.15  # beside the domain, as a share of its width
MOST_UNITS = 512  # hidden ones: every layer may square the number of regions


@dataclass(frozen=True, eq=False)
class LinearPiece:
    """A convex part of the plane on which no unit is switched on or off.

    Attributes
    ----------
    corners : array of shape (m, 2)
        Of the polygon, in turn.
    slopes : array of shape (outputs, 2)
        Of the scores (regression: the outputs) there.
    offsets : array of shape (outputs,)
        There the scores of a point x are ``slopes @ x + offsets``.
    """

    corners: Array
    slopes: Array
    offsets: Array

    @property
    def middle(self) -> Array:
        """The mean of its corners, (2,)."""
        middle: Array = self.corners.mean(0)
        return middle

    def scores(self, x: Array) -> Array:
        """Return the scores of points (n, 2) of the piece, (n, outputs)."""
        scores: Array = x @ self.slopes.T + self.offsets
        return scores


@dataclass(frozen=True, eq=False)
class LinearRegions:
    """The plane cut into the pieces on which a relu network is linear.

    The count is exact: polygons are cut by the line on which a unit is 0, layer by layer, see
    Montúfar et al. 2014 (arXiv:1402.1869).

    Attributes
    ----------
    pieces : list of LinearPiece
        They cover the box and do not overlap.
    box : Domain
        The sampled domain and a margin round it.
    plane : Plane
        Whose ``domain`` is where points were drawn.
    task : Task
        What was asked of the network.
    classes : tuple
        Labels; empty for a regression.
    """

    pieces: list[LinearPiece]
    box: Domain
    plane: Plane
    task: Task
    classes: tuple[object, ...]

    @classmethod
    def of(cls, run: Run) -> "LinearRegions":
        """Return the linear regions of a run's network.

        Raises
        ------
        ValueError
            If its data have not two features, or a hidden layer is no relu.

        Examples
        --------
        >>> from trainfcnn import TrainFCNN
        >>> len(LinearRegions.of(TrainFCNN("and", 100).train(dims=[1], epochs=1).run))
        2
        """
        dataset = run.dataset
        if dataset.image_shape is not None or dataset.n_features != 2:
            raise ValueError(
                f"linear regions are drawn for data of 2 features, got {dataset.n_features} in "
                f"{dataset.name!r}: use plot_network()"
            )
        plane = Plane.of(dataset)
        box = plane.domain.expanded(MARGIN)
        return cls(pieces_of(run.network, box), box, plane, run.task, dataset.classes)

    def __len__(self) -> int:
        return len(self.pieces)

    @property
    def decided(self) -> list[tuple[Array, int]]:
        """Polygons (m, 2) of the classification, with the index of the class decided for on each.

        They are the pieces, cut where two classes have one score.
        """
        parts = []
        for piece in self.pieces:
            polygons = [piece.corners]
            for slope, offset in _differences(piece):
                polygons = [half for one in polygons for half in halves(one, one @ slope + offset)]
            for polygon in polygons:
                scores = piece.scores(polygon.mean(0)[None])[0]
                decided = scores.argmax() if len(scores) > 1 else scores[0] > 0
                parts.append((polygon, int(decided)))
        return parts

    @property
    def boundary(self) -> list[Array]:
        """The straight parts, (2, 2) each, on which a network of two classes decides."""
        if self.task.kind != "binary":
            return []
        cuts = ((piece.corners, piece.scores(piece.corners)[:, 0]) for piece in self.pieces)
        return [cut for corners, heights in cuts if len(cut := _crossings(corners, heights)) == 2]

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it; see `plot_regions`."""
        from trainfcnn import plotting

        return plotting.plot_regions(self, ax)


def pieces_of(network: FCNN, box: Domain) -> list[LinearPiece]:
    """Return the pieces of a box on which a relu network of two inputs is linear."""
    _check_relu(network)
    low1, low2 = box.low
    high1, high2 = box.high
    corners = np.array([(low1, low2), (high1, low2), (high1, high2), (low1, high2)])
    pieces = [LinearPiece(corners, np.eye(2), np.zeros(2))]
    *hidden, last = (
        (layer.weight.detach().double().cpu().numpy(), layer.bias.detach().double().cpu().numpy())
        for layer in network.linears
    )
    for weight, bias in hidden:
        pieces = [part for piece in pieces for part in _cut(_after(piece, weight, bias))]
    return [_after(piece, *last) for piece in pieces]


def _check_relu(network: FCNN) -> None:
    names = [one.name for one in network.activations[: len(network.dims) - 2]]
    if any(name != "relu" for name in names):
        raise ValueError(
            f"linear regions are those of relu networks, got {network.activation!r}: train with "
            "activation='relu'"
        )
    n_units = sum(network.dims[1:-1])
    if n_units > MOST_UNITS:
        raise ValueError(
            f"linear regions are counted for {MOST_UNITS} hidden units at most, got {n_units:,}: "
            "take smaller layers"
        )


def _after(piece: LinearPiece, weight: Array, bias: Array) -> LinearPiece:
    """Return a piece with what the next layer sums up on it."""
    return LinearPiece(piece.corners, weight @ piece.slopes, weight @ piece.offsets + bias)


def _cut(piece: LinearPiece) -> list[LinearPiece]:
    """Return the parts of a piece on which the units of a layer are on or off, and give relu."""
    polygons = [piece.corners]
    for slope, offset in zip(piece.slopes, piece.offsets, strict=True):
        polygons = [half for one in polygons for half in halves(one, one @ slope + offset)]
    parts = []
    for corners in polygons:
        is_on = piece.slopes @ corners.mean(0) + piece.offsets > 0
        slopes = np.where(is_on[:, None], piece.slopes, 0)
        parts.append(LinearPiece(corners, slopes, np.where(is_on, piece.offsets, 0)))
    return parts


def halves(corners: Array, heights: Array) -> list[Array]:
    """Return the parts of a convex polygon (m, 2) below and above 0, by its corners' heights (m,).

    Examples
    --------
    >>> square = np.array([(0.0, 0), (1, 0), (1, 1), (0, 1)])
    >>> [len(half) for half in halves(square, square[:, 0] - 0.5)]
    [4, 4]
    """
    if heights.min() >= 0 or heights.max() <= 0:
        return [corners]
    crossings, places = _edges_crossed(corners, heights)
    # Each crossing stands behind the corner at which its edge begins.
    ring = np.insert(corners, places + 1, crossings, axis=0)
    sides = np.insert(heights, places + 1, 0.0)
    return [ring[sides <= 0], ring[sides >= 0]]


def _differences(piece: LinearPiece) -> list[tuple[Array, float]]:
    """Return slope and offset of what one class has over another, for each two of them."""
    if len(piece.offsets) == 1:  # of two classes, one score tells
        return [(piece.slopes[0], float(piece.offsets[0]))]
    return [
        (piece.slopes[one] - piece.slopes[two], float(piece.offsets[one] - piece.offsets[two]))
        for one, two in combinations(range(len(piece.offsets)), 2)
    ]


def _edges_crossed(corners: Array, heights: Array) -> tuple[Array, NDArray[np.int64]]:
    """Return where edges pass through 0, and at which corners these begin."""
    following = np.roll(heights, -1)
    (places,) = np.nonzero(heights * following < 0)
    share = (heights[places] / (heights[places] - following[places]))[:, None]
    start = corners[places]
    return start + share * (np.roll(corners, -1, axis=0)[places] - start), places


def _crossings(corners: Array, heights: Array) -> Array:
    """Return the ends of the line on which the heights over a polygon are 0, (2, 2) or fewer."""
    return np.concatenate([_edges_crossed(corners, heights)[0], corners[heights == 0]])
