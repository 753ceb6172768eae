"""What goes on inside a network: each unit's view of the plane, and how a layer bends it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainfcnn.checks import check_pair, is_whole
from trainfcnn.datasets import Array, Dataset, Domain, Values
from trainfcnn.engine import engine
from trainfcnn.grid import Grid, answer, cells
from trainfcnn.network import FCNN
from trainfcnn.plane import Features, Plane
from trainfcnn.scaling import moments

CELLS = 48  # along each side of a unit's map
LINES, STEPS = 17, 121  # of the grid that is bent, each way, and the points of each line
MARGIN = 0.06  # beside what is drawn in a bent plane, as a share of its width


@dataclass(frozen=True, eq=False)
class Portrait:
    """A network's weights, and what each of its units says over the plane.

    Attributes
    ----------
    dims : tuple of int
        Sizes of all layers.
    kind : str
        A key of `TASKS`.
    activation : str
        Of the hidden layers.
    weights, biases : tuple of array
        Of every layer but the inputs, (units, units before) and (units,).
    spread : array of shape (inputs,)
        The standard deviation of each input.
    maps : tuple of array, or empty
        What the units of every layer give over the domain, inputs first: (units, n, n), rows from
        below. The last one is the prediction. None are there for other than two features.
    inputs, outputs : tuple of str
        Their names.
    """

    dims: tuple[int, ...]
    kind: str
    activation: str
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    spread: Array
    maps: tuple[Array, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @classmethod
    def of(cls, network: FCNN, dataset: Dataset, n: int = CELLS) -> "Portrait":
        """Return the portrait of a network trained on `dataset`, with maps of n x n cells."""
        n_inputs = dataset.x.shape[1]
        planar = dataset.image_shape is None and n_inputs == 2
        classes = dataset.classes[1:] if dataset.kind == "binary" else dataset.classes
        return cls(
            dims=network.dims,
            kind=dataset.kind,
            activation=network.activation.name,
            weights=tuple(
                layer.weight.detach().double().cpu().numpy() for layer in network.linears
            ),
            biases=tuple(layer.bias.detach().double().cpu().numpy() for layer in network.linears),
            spread=np.sqrt(moments(dataset.x)[1]),
            maps=_maps(network, dataset, n) if planar else (),
            inputs=("x1", "x2") if planar else tuple(map("feature {}".format, range(n_inputs))),
            outputs=tuple(f"class {label}" for label in classes) or ("prediction",),
        )

    @property
    def links(self) -> tuple[Array, ...]:
        """The weights, those of the first layer per standard deviation of their input.

        Inputs in large units have small weights, which would say nothing of what they do.
        """
        first, *others = self.weights
        return first * self.spread, *others


def _maps(network: FCNN, dataset: Dataset, n: int) -> tuple[Array, ...]:
    x = cells(*dataset.domain.grid(n))
    prediction = answer(network, dataset.kind, x)
    if dataset.kind == "binary":
        prediction = prediction[:, 1:]
    layers = (x, *_hidden(network, x), prediction.reshape(len(x), -1))
    return tuple(layer.T.reshape(-1, n, n) for layer in layers)


def _hidden(network: FCNN, x: Values) -> list[Array]:
    """Return what every hidden layer gives for points (n, d): (n, units) each."""
    weight = network.linears[0].weight
    with engine(len(x) * weight.numel()):
        layers = network.hidden(weight.new_tensor(x))
        return [layer.double().cpu().numpy() for layer in layers]


@dataclass(frozen=True, eq=False)
class BentPlane:
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
    """

    lines: Array
    points: Array
    names: tuple[str, str]
    grid: Grid | None

    @classmethod
    def of(
        cls,
        network: FCNN,
        dataset: Dataset,
        layer: int | None = None,
        units: Sequence[int] | None = None,
        features: Features | None = None,
    ) -> "BentPlane":
        """Return how a network trained on `dataset` bends the plane.

        Parameters
        ----------
        network : FCNN
            With a hidden layer of two units or more.
        dataset : Dataset
            Of points.
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
        plane = Plane.of(dataset, features)
        place = _layer(network, layer)
        first, second = chosen = _units(network, place, units)
        lines = plane.embed(_lines(plane.domain).reshape(-1, 2))
        bent, points = (_hidden(network, x)[place][:, chosen] for x in (lines, dataset.x))
        last_two = place == len(network.dims) - 3 and network.dims[place + 1] == 2
        return cls(
            bent.reshape(2 * LINES, STEPS, 2),
            points,
            (f"hidden layer {place}, unit {first}", f"hidden layer {place}, unit {second}"),
            _decision(network, dataset, np.concatenate([bent, points])) if last_two else None,
        )


def _lines(domain: Domain) -> Array:
    """Return the lines of a square grid, (2 * LINES, STEPS, 2): first the upright ones."""
    low, high = np.array(domain.low), np.array(domain.high)
    across, along = np.linspace(0, 1, LINES), np.linspace(0, 1, STEPS)
    upright = np.stack(np.meshgrid(across, along, indexing="ij"), axis=-1)
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
    outgoing = network.linears[layer + 1].weight.detach().norm(dim=0)
    return sorted(outgoing.argsort(descending=True)[:2].tolist())


def _decision(network: FCNN, dataset: Dataset, seen: Array, n: int = 201) -> Grid | None:
    """Return what the last layer says where its two units have gone."""
    finite = seen[np.isfinite(seen).all(1)]
    if not len(finite):
        return None  # the training diverged
    low, high = finite.min(0), finite.max(0)
    size = np.maximum(np.abs(high), 1.0)
    reach = MARGIN * np.where(high > low, high - low, size)  # a dead unit has no width
    box = Domain(tuple(low - reach), tuple(high + reach))
    x1, x2 = box.grid(n)
    dtype = network.linears[-1].weight.dtype
    last = FCNN(network.dims[-2:], "linear", network.last_activation, dtype=dtype)
    last.linears[0].load_state_dict(network.linears[-1].state_dict())
    values = answer(last, dataset.kind, cells(x1, x2))
    plane = Plane((0, 1), np.zeros(2), box)
    return Grid(
        x1, x2, values.reshape(n, n, *values.shape[1:]), dataset.kind, plane, box, dataset.classes
    )
