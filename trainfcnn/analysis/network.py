"""What goes on inside a network: its weights, and each unit's view of the plane."""

from dataclasses import dataclass

import numpy as np

from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.evaluation import values_or_probabilities
from trainfcnn.engine.device import ExecutionContext
from trainfcnn.nn.network import FCNN
from trainfcnn.training.run import Run
from trainfcnn.training.scaling import moments

CELLS = 48  # along each side of a unit's map


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
        Of the hidden layers: one name, or one a layer, as in 'relu/tanh'.
    weights, biases : tuple of array
        Of every layer but the inputs, (units, units before) and (units,).
    deviation : array of shape (inputs,)
        The standard deviation of each input.
    maps : tuple of array, or empty
        What the units of every layer give over the domain, inputs first: (units, n, n), rows from
        below; of one feature (units, n). The last one is the prediction. None are there for more
        than two features.
    inputs, outputs : tuple of str
        Their names.
    """

    dims: tuple[int, ...]
    kind: str
    activation: str
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    deviation: Array
    maps: tuple[Array, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @classmethod
    def of(cls, run: Run, n: int = CELLS) -> "Portrait":
        """Return the portrait of a run's network, with maps of n cells a side."""
        dataset = run.dataset
        network = run.network
        n_inputs = dataset.x.shape[1]
        is_drawn = dataset.image_shape is None and n_inputs <= 2
        # A binary task has a single output, for its second class.
        classes = dataset.classes[1:] if dataset.kind == "binary" else dataset.classes
        linears = network.linears
        return cls(
            dims=network.dims,
            kind=dataset.kind,
            activation=network.activation,
            weights=tuple(layer.weight.detach().double().cpu().numpy() for layer in linears),
            biases=tuple(layer.bias.detach().double().cpu().numpy() for layer in linears),
            deviation=np.sqrt(moments(dataset.x)[1]),
            maps=_maps(run, n) if is_drawn else (),
            inputs=dataset.axis_names,
            outputs=tuple(f"class {label}" for label in classes)
            or dataset.target_names
            or ("prediction",),
        )

    @property
    def scaled_weights(self) -> tuple[Array, ...]:
        """The weights, those of the first layer per standard deviation of their input.

        Inputs in large units have small weights, which would say nothing of what they do.
        """
        first, *others = self.weights
        return first * self.deviation, *others


def _maps(run: Run, n: int) -> tuple[Array, ...]:
    x = run.dataset.domain.cells(n)
    prediction = values_or_probabilities(run, x)
    if run.dataset.kind == "binary":
        prediction = prediction[:, 1:]
    # Probabilities instead of scores, which have no bound to draw them up to.
    layers = (x, *hidden_outputs(run.network, x), prediction.reshape(len(x), -1))
    shape = (n,) * x.shape[1]
    return tuple(layer.T.reshape(-1, *shape) for layer in layers)  # (n * n, units) -> (units, n, n)


def hidden_outputs(network: FCNN, x: Values) -> list[Array]:
    """Return what every hidden layer gives for points (n, d): (n, units) each."""
    weight = network.linears[0].weight
    with ExecutionContext(len(x) * weight.numel()):
        layers = network.hidden(weight.new_tensor(x))
        return [layer.double().cpu().numpy() for layer in layers]
