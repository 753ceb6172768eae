"""Small frozen records of arrays: a layer, what it makes of its inputs, and its derivatives."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from trainfcnn._support.checks import look_up
from trainfcnn._support.types import Array
from trainfcnn.by_hand.formulas import FORMULAS, OF_LAYERS
from trainfcnn.by_hand.matrices import heading, side_by_side
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.network import FCNN


class _Shown:
    """Shows arrays: their shapes in `repr`, their numbers in `print`."""

    def shown(self) -> list[tuple[str, object]]:
        """Return what there is, in its order, each with its name."""
        return list(vars(self).items())

    def __repr__(self) -> str:
        parts = [heading(name, value) for name, value in self.shown()]
        return f"{type(self).__name__}: {', '.join(parts)}"

    def __str__(self) -> str:
        return side_by_side(self.shown())


@dataclass(frozen=True, repr=False, eq=False)
class Layer(_Shown):
    """The parameters of one layer, and the activation after it.

    Attributes
    ----------
    weights : array of shape (units, inputs)
        A row for each unit, as in `torch.nn.Linear`.
    biases : array of shape (units,)
        One for each unit.
    activation : str
        A key of `FORMULAS`, or 'softmax'.

    Raises
    ------
    ValueError
        For an unknown activation, or shapes that do not fit.
    """

    weights: Array
    biases: Array
    activation: str

    def __post_init__(self) -> None:
        look_up(OF_LAYERS, self.activation, "activation")
        weights = copied("weights", self.weights)
        biases = copied("biases", self.biases)
        if weights.ndim != 2 or biases.shape != weights.shape[:1]:
            raise ValueError(
                "weights must be of shape (units, inputs) and biases of shape (units,), got "
                f"{weights.shape} and {biases.shape}: give a row of weights and a bias a unit"
            )
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)


@dataclass(frozen=True, repr=False, eq=False)
class LayerForward(_Shown):
    """What one layer makes of its inputs.

    Attributes
    ----------
    inputs : array of shape (n, inputs)
        What came from below.
    scores : array of shape (n, units)
        ``inputs @ weights.T + biases``.
    activations : array of shape (n, units)
        f(scores), which goes on to the layer above.
    """

    inputs: Array
    scores: Array
    activations: Array


@dataclass(frozen=True, repr=False, eq=False)
class LayerBackward(_Shown):
    """The loss's derivatives at everything in one layer; each has the shape of what it is for.

    Attributes
    ----------
    incoming : array of shape (n, units)
        At the layer's activations: what came from above.
    at_scores : array of shape (n, units)
        At its scores: ``incoming * f'(scores)``.
    inputs : array of shape (n, inputs)
        At its inputs: ``at_scores @ weights``. It is `incoming` for the layer below.
    weights : array of shape (units, inputs)
        At its weights: ``at_scores.T @ inputs``.
    biases : array of shape (units,)
        At its biases: the sum of `at_scores` over the samples.
    """

    incoming: Array
    at_scores: Array
    inputs: Array
    weights: Array
    biases: Array


@dataclass(frozen=True, repr=False, eq=False)
class Loss(_Shown):
    """How wrong a network is, and how that changes with what the loss looks at.

    Attributes
    ----------
    kind : str
        'regression', 'binary', 'multiclass' or 'multilabel'.
    predictions : array of shape (n, outputs)
        The outputs, the probabilities of class 1, or those of all classes.
    targets : array of shape (n, outputs)
        What they should be: values, 0 or 1, or a 1 in the column of the true class.
    value : float
        The mean over the samples.
    gradient : array of shape (n, outputs)
        Its derivative at the outputs (regression) or at the scores (the others).
    loss : str
        Which of a regression's losses it is, where it was named.
    """

    kind: str
    predictions: Array
    targets: Array
    value: float
    gradient: Array
    loss: str = ""

    def shown(self) -> list[tuple[str, object]]:
        """Return what there is but the name of the loss."""
        return [(name, one) for name, one in super().shown() if name != "loss"]


Network = FCNN | Sequence[Layer]


def layers(network: Network) -> tuple[Layer, ...]:
    """Return the layers of a network, their parameters copied to NumPy in double precision.

    Parameters
    ----------
    network : FCNN, or sequence of Layer
        From the inputs to the outputs.

    Raises
    ------
    ValueError
        If it has an activation of the user's own, or layers that do not fit each other.

    Examples
    --------
    >>> layers(FCNN([2, 3, 1], "tanh", "sigmoid"))
    (Layer: weights (3, 2), biases (3,), activation 'tanh',
     Layer: weights (1, 3), biases (1,), activation 'sigmoid')
    """
    if isinstance(network, FCNN):
        return _layers_of(network)
    given = tuple(network) if isinstance(network, Sequence) else ()
    if not given or not all(isinstance(layer, Layer) for layer in given):
        raise ValueError(
            "a network must be an FCNN, or a list of one Layer or more, got "
            f"{type(network).__name__}: try trainer.network, or FCNN([2, 3, 1])"
        )
    for number, (below, above) in enumerate(pairwise(given), start=1):
        if len(below.weights) != above.weights.shape[1]:
            raise ValueError(
                f"layer {number + 1} must take the {len(below.weights)} units of layer {number}, "
                f"but its weights are of shape {above.weights.shape}: make its rows as long"
            )
    return given


def _layers_of(network: FCNN) -> tuple[Layer, ...]:
    linears = network.linears
    activations = network.activations[: len(linears) - 1]
    for hidden in activations:
        # By identity: a function of one's own may have the name of another.
        if ACTIVATIONS.get(hidden.name) is not hidden:
            raise ValueError(
                f"by_hand knows the derivatives of built-in activations, and {hidden.name!r} is "
                f"your own function: choose from {', '.join(map(repr, FORMULAS))}"
            )
    names = [*(hidden.name for hidden in activations), network.last_activation]
    return tuple(
        Layer(
            linear.weight.detach().cpu().double().numpy(),
            linear.bias.detach().cpu().double().numpy(),
            name,
        )
        for linear, name in zip(linears, names, strict=True)
    )


def copied(name: str, numbers: ArrayLike) -> Array:
    """Return a copy in double precision, which nobody else changes."""
    try:
        return np.array(numbers, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers in equal rows ({error}): mend it") from error
