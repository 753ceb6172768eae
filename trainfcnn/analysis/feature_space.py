"""How two units of a hidden layer bend the plane."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trainfcnn._support.checks import check_pair, is_whole
from trainfcnn._support.types import Array
from trainfcnn.analysis.network import hidden_outputs
from trainfcnn.analysis.prediction import Features, Grid, Plane, grid_over
from trainfcnn.data.dataset import Dataset, Domain
from trainfcnn.nn.network import FCNN
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = 17  # of the grid that is bent, each way
STEPS = 121  # points of each line
MARGIN = 0.06  # beside what is drawn of the hidden space, as a share of its width


@dataclass(frozen=True, eq=False)
class HiddenSpace:
    """Where two units of a hidden layer put the plane and the data.

    Attributes
    ----------
    lines : array of shape (lines, points, 2)
        Those of a square grid over the domain, as the two units see them.
    points : array of shape (n, 2)
        The training sample, likewise.
    names : (str, str)
        Of the units.
    grid : Grid, or None
        What the last layer makes of it, where the two units are all that it sees.
    dataset : Dataset
        Of the training sample.
    """

    lines: Array
    points: Array
    names: tuple[str, str]
    grid: Grid | None
    dataset: Dataset

    @classmethod
    def of(
        cls,
        run: Run,
        layer: int | None = None,
        units: Sequence[int] | None = None,
        features: Features | None = None,
    ) -> "HiddenSpace":
        """Return where two hidden units of a run's network put the plane.

        Parameters
        ----------
        run : Run
            Of points, and a network with a hidden layer of two units or more.
        layer : int, optional
            Which hidden layer, from 0; by default the last one of two units, or else the last.
        units : (int, int), optional
            Which of its units, from 0; by default those with the largest weights to the next layer.
        features : (int, int), optional
            The plane, in data of more than two features.

        Raises
        ------
        ValueError
            If these are not there.
        """
        network = run.network
        plane = Plane.of(run.dataset, features)
        place = _layer(network, layer)
        chosen = _units(network, place, units)
        straight = plane.embed(grid_lines(plane.domain).reshape(-1, 2))
        lines, points = (
            hidden_outputs(network, x)[place][:, chosen] for x in (straight, run.dataset.x)
        )
        # `dims` begins with the inputs: hidden layer i has size dims[i + 1], the last one dims[-2].
        is_last = place == len(network.linears) - 2
        are_all_it_sees = is_last and network.linears[place].out_features == 2
        first, second = (f"hidden layer {place}, unit {unit}" for unit in chosen)
        return cls(
            lines.reshape(2 * LINES, STEPS, 2),
            points,
            (first, second),
            _decision(run, np.concatenate([lines, points])) if are_all_it_sees else None,
            run.dataset,
        )

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it; see `plot_space`."""
        from trainfcnn import plotting

        return plotting.plot_space(self, self.dataset, ax)


def grid_lines(domain: Domain) -> Array:
    """Return the lines of a square grid, (2 * LINES, STEPS, 2): first the upright ones."""
    low = np.array(domain.low)
    high = np.array(domain.high)
    across = np.linspace(0, 1, LINES)
    along = np.linspace(0, 1, STEPS)
    upright = np.stack(np.meshgrid(across, along, indexing="ij"), axis=-1)
    # With the axes exchanged, upright lines lie flat.
    lines: Array = low + np.concatenate([upright, upright[..., ::-1]]) * (high - low)
    return lines


def _layer(network: FCNN, layer: int | None) -> int:
    """Return the index of a hidden layer with two units or more."""
    sizes = network.dims[1:-1]
    fit = [index for index, size in enumerate(sizes) if size >= 2]
    if not fit:
        raise ValueError(
            "a plane is bent by a hidden layer of 2 units or more, got hidden layers of "
            f"{list(sizes)}: train with dims=[8, 2], say"
        )
    if layer is None:
        # Two units alone are all that the next layer sees: the picture leaves nothing out.
        return max([index for index in fit if sizes[index] == 2] or fit)
    if not is_whole(layer) or layer not in fit:
        raise ValueError(
            f"layer must be the index of a hidden layer of 2 units or more, got {layer!r}: "
            f"choose from {fit}"
        )
    return int(layer)


def _units(network: FCNN, layer: int, units: Sequence[int] | None) -> list[int]:
    """Return the indices of two units of a hidden layer."""
    if units is not None:
        return [*check_pair("units", units, network.dims[layer + 1])]
    outgoing = network.linears[layer + 1].weight.detach().norm(dim=0)  # a column for each unit
    return sorted(outgoing.argsort(descending=True)[:2].tolist())


def _decision(run: Run, seen: Array, n: int = 201) -> Grid | None:
    """Return what the last layer says over the box of what its two units give."""
    finite = seen[np.isfinite(seen).all(1)]
    if not len(finite):
        return None  # the training diverged
    low = finite.min(0)
    high = finite.max(0)
    size = np.maximum(np.abs(high), 1.0)
    reach = MARGIN * np.where(high > low, high - low, size)  # a dead unit has no width
    box = Domain(tuple(low - reach), tuple(high + reach))
    network = run.network
    dtype = network.linears[-1].weight.dtype
    # A network of the last layer alone, whose inputs are the two units.
    last = FCNN(network.dims[-2:], "linear", network.last_activation, dtype=dtype)
    last.linears[0].load_state_dict(network.linears[-1].state_dict())
    plane = Plane((0, 1), np.zeros(2), box, ("x1", "x2"))
    return grid_over(replace(run, network=last), plane, box, n, box.cells(n))
