"""A network's forward and backward pass and one update, in plain steps, for learners.

NumPy in double precision, no classes to derive from, nothing in place: each step is the formula of
the book, and every array that a step makes can be looked at. Shapes have the samples first, as in
`torch.nn.Linear`: n of them, each of `inputs` numbers, make an (n, inputs) matrix.

The steps follow Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.5, algorithms
6.3 (forward) and 6.4 (backward). ``gallery/by_hand.md`` is a lesson that uses all of them.

Examples
--------
>>> from trainfcnn import FCNN, by_hand
>>> network = by_hand.layers(FCNN([2, 3, 1], "tanh", "sigmoid"))
>>> X, y = [[-1, -1], [-1, 1], [1, -1], [1, 1]], [1, 0, 0, 1]
>>> seen = by_hand.forward(network, X)
>>> loss = by_hand.loss_and_gradient("binary", seen[-1], y)
>>> gradients = by_hand.backward(network, seen, loss)
>>> gradients[0]
LayerBackward: incoming (4, 3), at_scores (4, 3), weights (3, 2), biases (3,), inputs (4, 2)
>>> network = by_hand.step(network, gradients, lr=0.1)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from math import erf, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike

from trainfcnn._support.checks import is_real, look_up
from trainfcnn._support.types import Array, Values
from trainfcnn.data.arrays import check_inputs, check_targets
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS

# --- activations: a function, and how steep it is ---

_erf = np.vectorize(erf, otypes=[float])  # the error function, which NumPy has not


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + e^-z), of any shape, in a form where no exponential is too large."""
    values: Array = np.exp(-np.logaddexp(0, -z))
    return values


def softmax(z: Array) -> Array:
    """Return e^z of each score over their sum in its row: (n, classes), each row adding to 1."""
    # The largest is taken off first: that changes no share, and no exponential is too large.
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _normal_below(z: Array) -> Array:
    """Return the share of a standard normal distribution below z."""
    return (1 + _erf(z / sqrt(2))) / 2


def _normal_density(z: Array) -> Array:
    return np.exp(-(z**2) / 2) / sqrt(2 * pi)


def _silu_slope(z: Array) -> Array:
    s = sigmoid(z)
    return s * (1 + z * (1 - s))


@dataclass(frozen=True)
class Formula:
    """An elementwise activation f and its derivative f', each as words and as a function.

    Attributes
    ----------
    says, slope_says : str
        f(z) and f'(z) as one writes them.
    function, slope : callable
        From an array of scores z to f(z) and f'(z), of the same shape.
    """

    says: str
    slope_says: str
    function: Callable[[Array], Array]
    slope: Callable[[Array], Array]


# Where a curve has a kink, f' at z = 0 is the one that torch takes: that of the left side.
FORMULAS = {
    "relu": Formula(
        "max(z, 0)",
        "1 where z > 0, else 0",
        lambda z: np.maximum(z, 0),
        lambda z: np.where(z > 0, 1.0, 0.0),
    ),
    "leaky_relu": Formula(
        "z where z > 0, else 0.01 z",
        "1 where z > 0, else 0.01",
        lambda z: np.where(z > 0, z, 0.01 * z),
        lambda z: np.where(z > 0, 1.0, 0.01),
    ),
    # Clevert, Unterthiner and Hochreiter (2016). The minimum keeps the unused side from overflow.
    "elu": Formula(
        "z where z > 0, else e^z - 1",
        "1 where z > 0, else e^z",
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        lambda z: np.exp(np.minimum(z, 0)),
    ),
    "tanh": Formula("tanh(z)", "1 - f^2", np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": Formula("1 / (1 + e^-z)", "f (1 - f)", sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    # torch takes z itself beyond 20, which is 2e-9 away.
    "softplus": Formula("log(1 + e^z)", "sigmoid(z)", lambda z: np.logaddexp(0, z), sigmoid),
    # Elfwing, Uchibe and Doya (2018)
    "silu": Formula(
        "z sigmoid(z)",
        "s (1 + z (1 - s)), with s = sigmoid(z)",
        lambda z: z * sigmoid(z),
        _silu_slope,
    ),
    # Hendrycks and Gimpel (2016)
    "gelu": Formula(
        "z P(z), with P the share of a standard normal below z",
        "P(z) + z p(z), with p its density",
        lambda z: z * _normal_below(z),
        lambda z: _normal_below(z) + z * _normal_density(z),
    ),
    "sine": Formula("sin(z)", "cos(z)", np.sin, np.cos),
    "linear": Formula("z", "1", lambda z: z, np.ones_like),
}
# Every score of a row moves every share of it: there is no f' for each element alone.
_SOFTMAX = Formula(
    "e^z / sum of e^z",
    "a (incoming - sum of a incoming)",
    softmax,
    lambda z: np.full_like(z, np.nan),
)
_OF_LAYERS = FORMULAS | {"softmax": _SOFTMAX}


# --- what steps give: small frozen records of arrays ---


class _Shown:
    """Shows arrays: their shapes in `repr`, their numbers in `print`."""

    def __repr__(self) -> str:
        parts = [_heading(name, value) for name, value in self._fields()]
        return f"{type(self).__name__}: {', '.join(parts)}"

    def __str__(self) -> str:
        return _side_by_side(self._fields())

    def _fields(self) -> list[tuple[str, object]]:
        return [(field.name, getattr(self, field.name)) for field in fields(self)]  # type: ignore[arg-type]


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
        look_up(_OF_LAYERS, self.activation, "activation")
        weights = np.array(self.weights, dtype=np.float64)  # a copy: nobody else changes it
        biases = np.array(self.biases, dtype=np.float64)
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
    weights : array of shape (units, inputs)
        At its weights: ``at_scores.T @ inputs``.
    biases : array of shape (units,)
        At its biases: the sum of `at_scores` over the samples.
    inputs : array of shape (n, inputs)
        At its inputs: ``at_scores @ weights``. It is `incoming` for the layer below.
    """

    incoming: Array
    at_scores: Array
    weights: Array
    biases: Array
    inputs: Array


@dataclass(frozen=True, repr=False, eq=False)
class Loss(_Shown):
    """How wrong a network is, and how that changes with what the loss looks at.

    Attributes
    ----------
    kind : str
        'regression', 'binary' or 'multiclass'.
    predictions : array of shape (n, outputs)
        The outputs, the probabilities of class 1, or those of all classes.
    targets : array of shape (n, outputs)
        What they should be: values, 0 or 1, or a 1 in the column of the true class.
    value : float
        The mean over the samples.
    gradient : array of shape (n, outputs)
        Its derivative at the outputs (regression) or at the scores (the other two).
    """

    kind: str
    predictions: Array
    targets: Array
    value: float
    gradient: Array


Network = FCNN | Sequence[Layer]


# --- one layer ---


def forward_layer(
    x: ArrayLike, weights: ArrayLike, biases: ArrayLike, activation: str
) -> LayerForward:
    """Return what one layer makes of its inputs.

    Parameters
    ----------
    x : array-like of shape (n, inputs)
        A row a sample.
    weights : array-like of shape (units, inputs)
        A row a unit.
    biases : array-like of shape (units,)
        One a unit.
    activation : str
        A key of `FORMULAS`, or 'softmax'.

    Raises
    ------
    ValueError
        For an unknown activation, or shapes that do not fit.

    Examples
    --------
    >>> print(forward_layer([[1, 2]], [[1, 1], [0, -1]], [0.5, 0], "relu"))
    inputs (1, 2)  scores (1, 2)  activations (1, 2)
    1  2            3.5  -2.0     3.5  0.0
    """
    layer = Layer(np.asarray(weights), np.asarray(biases), activation)
    return _forward(_checked_inputs(x, layer), layer)


def _forward(inputs: Array, layer: Layer) -> LayerForward:
    # (n, inputs) @ (inputs, units) is (n, units); the biases (units,) are added to every row
    scores = inputs @ layer.weights.T + layer.biases
    return LayerForward(inputs, scores, _OF_LAYERS[layer.activation].function(scores))


def backward_layer(
    incoming: ArrayLike, seen: LayerForward, weights: ArrayLike, activation: str
) -> LayerBackward:
    """Return the loss's derivatives at all that is in one layer.

    Parameters
    ----------
    incoming : array-like of shape (n, units)
        The loss's derivative at the layer's activations.
    seen : LayerForward
        What the layer did.
    weights : array-like of shape (units, inputs)
        Those with which it did so.
    activation : str
        A key of `FORMULAS`, or 'softmax'.

    Raises
    ------
    ValueError
        For an unknown activation, or shapes that do not fit.
    """
    formula = look_up(_OF_LAYERS, activation, "activation")
    above = np.asarray(incoming, dtype=np.float64)
    matrix = np.asarray(weights, dtype=np.float64)
    (n, units), inputs = seen.scores.shape, seen.inputs.shape[1]
    if above.shape != (n, units) or matrix.shape != (units, inputs):
        raise ValueError(
            f"incoming must be of shape {(n, units)} and weights of shape {(units, inputs)}, got "
            f"{above.shape} and {matrix.shape}: give those of the layer that was seen"
        )
    if formula is _SOFTMAX:
        # da_i/dz_j = a_i (1 if i = j else 0) - a_i a_j, summed over i with `incoming`
        a = seen.activations
        at_scores = a * (above - (a * above).sum(axis=1, keepdims=True))
    else:
        at_scores = above * formula.slope(seen.scores)  # the chain rule, element by element
    return LayerBackward(
        incoming=above,
        at_scores=at_scores,
        weights=at_scores.T @ seen.inputs,  # (units, n) @ (n, inputs): summed over the samples
        biases=at_scores.sum(axis=0),  # a bias is the weight of an input that is always 1
        inputs=at_scores @ matrix,  # (n, units) @ (units, inputs): summed over the units
    )


# --- a network ---


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
    given = tuple(network)
    if not given or not all(isinstance(layer, Layer) for layer in given):
        raise ValueError(
            "a network must be an FCNN, or a list of one Layer or more, "
            f"got {type(network).__name__}: try FCNN([2, 3, 1])"
        )
    for number, (below, above) in enumerate(pairwise(given), start=1):
        if len(below.weights) != above.weights.shape[1]:
            raise ValueError(
                f"layer {number + 1} must take the {len(below.weights)} units of layer {number}, "
                f"but its weights are of shape {above.weights.shape}: make its rows as long"
            )
    return given


def _layers_of(network: FCNN) -> tuple[Layer, ...]:
    hidden = network.activation
    # By identity: a function of one's own may have the name of another.
    if ACTIVATIONS.get(hidden.name) is not hidden:
        raise ValueError(
            f"by_hand knows the derivatives of built-in activations, and {hidden.name!r} is your "
            f"own function: choose from {', '.join(map(repr, FORMULAS))}"
        )
    linears = network.linears
    names = [hidden.name] * (len(linears) - 1) + [network.last_activation]
    return tuple(
        Layer(
            linear.weight.detach().cpu().double().numpy(),
            linear.bias.detach().cpu().double().numpy(),
            name,
        )
        for linear, name in zip(linears, names, strict=True)
    )


def forward(network: Network, X: ArrayLike) -> list[LayerForward]:
    """Return what every layer of a network makes of its inputs, the first layer first.

    Parameters
    ----------
    network : FCNN, or sequence of Layer
        From the inputs to the outputs.
    X : array-like of shape (n, inputs)
        A row a sample.

    Returns
    -------
    list of LayerForward
        The `activations` of the last are the network's outputs.

    Raises
    ------
    ValueError
        If X holds anything but finite numbers, or another number of columns.
    """
    own = layers(network)
    x = _checked_inputs(X, own[0])
    seen = []
    for layer in own:
        seen.append(_forward(x, layer))
        x = seen[-1].activations
    return seen


def loss_and_gradient(kind: str, last: LayerForward, y: ArrayLike) -> Loss:
    """Return the loss of a batch, and its derivative at the end of the network.

    With o the outputs, z the scores (before the last activation), t the targets and n samples:

    ========== ====================================== ============================ ===
    kind       loss of a sample                       derivative of the mean       at
    ========== ====================================== ============================ ===
    regression (o - t)^2                              2 (o - t) / n                o
    binary     log(1 + e^z) - t z                     (sigmoid(z) - t) / n         z
    multiclass log(sum of e^z) - z of the true class  (softmax(z) - t) / n         z
    ========== ====================================== ============================ ===

    The lower two are -log of the probability of what is true. Written with scores they need no
    logarithm of a number near 0, and the derivative is the plain difference (Bishop, *Pattern
    Recognition and Machine Learning*, 2006, equation 5.54).

    Parameters
    ----------
    kind : str
        'regression', 'binary' or 'multiclass'.
    last : LayerForward
        What the last layer made: ``forward(network, X)[-1]``.
    y : array-like of shape (n,) or (n, 1)
        Values, or the numbers of the classes, from 0.

    Raises
    ------
    ValueError
        For an unknown kind, another number of targets than of samples, or of outputs than the kind
        has, and labels that are no number of a class.
    """
    look_up(TASKS, kind, "kind")
    z = last.scores
    n = len(z)
    t = _checked_targets(kind, y, *z.shape)
    if kind == "regression":
        o = last.activations
        return Loss(kind, o, t, float(((o - t) ** 2).mean()), 2 * (o - t) / n)
    if kind == "binary":
        p = sigmoid(z)
        each = np.logaddexp(0, z) - t * z
    else:
        p = softmax(z)
        each = np.logaddexp.reduce(z, axis=1) - (t * z).sum(axis=1)
    return Loss(kind, p, t, float(each.mean()), (p - t) / n)


def backward(network: Network, seen: Sequence[LayerForward], loss: Loss) -> list[LayerBackward]:
    """Return the loss's derivatives at everything in every layer, the first layer first.

    Parameters
    ----------
    network : FCNN, or sequence of Layer
        The one that was seen.
    seen : sequence of LayerForward
        What `forward` returned.
    loss : Loss
        What `loss_and_gradient` returned.

    Raises
    ------
    ValueError
        If they are not of one network and one batch.
    """
    own = layers(network)
    if len(seen) != len(own):
        raise ValueError(
            f"seen must hold the {len(own)} layers of the network, got {len(seen)}: "
            "give all that forward(network, X) returned"
        )
    names = [layer.activation for layer in own]
    if loss.kind != "regression":
        names[-1] = "linear"  # the loss looks at the scores: there is nothing to go back through
    incoming = loss.gradient
    passed = []
    for layer, step_seen, name in zip(own[::-1], seen[::-1], names[::-1], strict=True):
        passed.append(backward_layer(incoming, step_seen, layer.weights, name))
        incoming = passed[-1].inputs
    return passed[::-1]


def step(network: Network, gradients: Sequence[LayerBackward], lr: float) -> tuple[Layer, ...]:
    """Return new layers, each parameter moved by -lr times its gradient: plain SGD.

    Parameters
    ----------
    network : FCNN, or sequence of Layer
        It is left as it is.
    gradients : sequence of LayerBackward
        What `backward` returned.
    lr : float
        The learning rate, above 0.

    Raises
    ------
    ValueError
        If `lr` is no number above 0, or the gradients are of another network.
    """
    own = layers(network)
    if not is_real(lr) or lr <= 0:
        raise ValueError(f"lr must be a number above 0, got {lr!r}: try lr=0.1")
    shapes = [layer.weights.shape for layer in own]
    got = [gradient.weights.shape for gradient in gradients]
    if got != shapes:
        raise ValueError(
            f"gradients must be of weights of shape {shapes}, got {got}: "
            "give those of the same network"
        )
    return tuple(
        Layer(
            layer.weights - lr * gradient.weights,
            layer.biases - lr * gradient.biases,
            layer.activation,
        )
        for layer, gradient in zip(own, gradients, strict=True)
    )


# --- the whole of it as text ---


def explain(
    network: Network, X: ArrayLike, y: ArrayLike, kind: str | None = None, lr: float = 0.1
) -> str:
    """Return one step of training as text: forward, loss, backward, update, loss again.

    Of large matrices the first eight rows and columns are shown.

    Parameters
    ----------
    network : FCNN, or sequence of Layer
        It is left as it is.
    X : array-like of shape (n, inputs)
        A row a sample.
    y : array-like of shape (n,) or (n, 1)
        Values, or the numbers of the classes, from 0.
    kind : str, optional
        'regression', 'binary' or 'multiclass'; by default what the last activation is for: sigmoid
        for 'binary', softmax for 'multiclass', any other for 'regression'.
    lr : float
        The learning rate.

    Raises
    ------
    ValueError
        As `forward`, `loss_and_gradient` and `step` do.

    Examples
    --------
    >>> print(explain([Layer([[1, 2]], [0], "linear")], [[1, 1], [0, 1]], [2, 2]))
    FORWARD
    layer 1: 2 inputs, 1 linear unit, f(z) = z
        scores = inputs @ weights.T + biases: (2, 2) @ (2, 1) + (1,) = (2, 1)
        inputs (2, 2)  weights (1, 2)  biases (1,)  scores (2, 1)  activations (2, 1)
        1  1           1  2            0            3              3
        0  1                                        2              2
    ...
    LOSS AFTER IT
    MSE 0.265, before 0.5
    """
    own = layers(network)
    kind = _kind_of(own[-1]) if kind is None else kind
    seen = forward(own, X)
    loss = loss_and_gradient(kind, seen[-1], y)
    gradients = backward(own, seen, loss)
    moved = step(own, gradients, lr)
    after = loss_and_gradient(kind, forward(moved, X)[-1], y)
    return "\n".join(
        [
            "FORWARD",
            *(_forward_text(i, *pair) for i, pair in enumerate(zip(own, seen, strict=True), 1)),
            *_loss_text(loss),
            "BACKWARD",
            *(_backward_text(i, own[i - 1], gradients[i - 1], loss, i == len(own))
              for i in range(len(own), 0, -1)),
            f"UPDATE: parameter - {lr:g} * its gradient",
            *(_update_text(i, layer) for i, layer in enumerate(moved, 1)),
            "LOSS AFTER IT",
            f"{TASKS[kind].loss_name} {after.value:.6g}, before {loss.value:.6g}",
        ]
    )  # fmt: skip


def _kind_of(last: Layer) -> str:
    return {"sigmoid": "binary", "softmax": "multiclass"}.get(last.activation, "regression")


def _forward_text(number: int, layer: Layer, seen: LayerForward) -> str:
    units, inputs = layer.weights.shape
    sizes = f"{_count(inputs, 'input')}, {_count(units, f'{layer.activation} unit')}"
    shapes = f"{seen.inputs.shape} @ {(inputs, units)} + {(units,)} = {seen.scores.shape}"
    return "\n".join(
        [
            f"layer {number}: {sizes}, f(z) = {_OF_LAYERS[layer.activation].says}",
            f"    scores = inputs @ weights.T + biases: {shapes}",
            _indented(
                ("inputs", seen.inputs),
                ("weights", layer.weights),
                ("biases", layer.biases),
                ("scores", seen.scores),
                ("activations", seen.activations),
            ),
        ]
    )


def _loss_text(loss: Loss) -> list[str]:
    n = len(loss.targets)
    twice, where = ("2 * ", "outputs") if loss.kind == "regression" else ("", "scores")
    return [
        f"LOSS: {TASKS[loss.kind].loss_name} {loss.value:.6g}",
        f"    gradient, at the {where} = {twice}(predictions - targets) / {n}",
        _indented(
            ("predictions", loss.predictions),
            ("targets", loss.targets),
            ("gradient", loss.gradient),
        ),
    ]


def _backward_text(
    number: int, layer: Layer, gradient: LayerBackward, loss: Loss, is_last: bool
) -> str:
    through = f"incoming * f'(scores), f'(z) = {_OF_LAYERS[layer.activation].slope_says}"
    if layer.activation == "softmax":
        through = _SOFTMAX.slope_says
    if is_last and loss.kind != "regression":
        through = "incoming, as the loss looks at the scores"
    at_scores, below = gradient.at_scores.shape, gradient.inputs.shape
    weights = f"{at_scores[::-1]} @ {below} = {layer.weights.shape}"
    inputs = f"{at_scores} @ {layer.weights.shape} = {below}"
    return "\n".join(
        [
            f"layer {number}: derivatives of the loss",
            f"    at_scores = {through}",
            f"    weights = at_scores.T @ inputs: {weights}",
            "    biases = at_scores, summed over the samples",
            f"    inputs = at_scores @ weights: {inputs}",
            _indented(*gradient._fields()),
        ]
    )


def _update_text(number: int, layer: Layer) -> str:
    parts = _indented(("weights", layer.weights), ("biases", layer.biases))
    return f"layer {number}\n{parts}"


def _indented(*named: tuple[str, object]) -> str:
    return "\n".join(f"    {line}" for line in _side_by_side(named).splitlines())


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


# --- matrices as text ---

_SHOWN = 8  # rows and columns
_WIDTH = 92


def _heading(name: str, value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{name} {value.shape}"
    return f"{name} {value!r}" if isinstance(value, str) else f"{name} {value:.6g}"


def _side_by_side(named: Sequence[tuple[str, object]]) -> str:
    """Return matrices beside each other, each under its name and shape, and below each other
    where the line is full.
    """
    rows: list[list[list[str]]] = [[]]
    for name, value in named:
        block = _block(name, value)
        if rows[-1] and sum(len(one[0]) + 2 for one in [*rows[-1], block]) > _WIDTH:
            rows.append([])
        rows[-1].append(block)
    return "\n".join(line for row in rows for line in _joined(row))


def _joined(blocks: list[list[str]]) -> list[str]:
    height = max(map(len, blocks))
    filled = [block + [" " * len(block[0])] * (height - len(block)) for block in blocks]
    return ["  ".join(parts).rstrip() for parts in zip(*filled, strict=True)]


def _block(name: str, value: object) -> list[str]:
    """Return the lines of one matrix, of one width."""
    heading = _heading(name, value)
    lines = _numbers(np.atleast_2d(value)) if isinstance(value, np.ndarray) else []
    width = max(map(len, [heading, *lines]))
    return [line.ljust(width) for line in [heading, *lines]]


def _numbers(matrix: Array) -> list[str]:
    part = matrix[:_SHOWN, :_SHOWN]
    lines = _texts(part)
    if matrix.shape[1] > _SHOWN:
        lines = [f"{line} ..." for line in lines]
    if len(matrix) > _SHOWN:
        lines.append("...")
    return lines


def _texts(part: Array) -> list[str]:
    """Return rows with as few decimals as they need, up to four."""
    largest = np.abs(part).max()
    style = ".3e"
    if largest == 0 or 1e-3 <= largest < 1e5:
        exact = (d for d in range(4) if np.allclose(part.round(d), part, rtol=0, atol=1e-9))
        decimals = next(exact, 4)
        part = part.round(decimals) + 0.0  # no -0
        style = f".{decimals}f"
    texts = [[f"{number:{style}}" for number in row] for row in part.tolist()]
    width = max(len(text) for row in texts for text in row)
    return ["  ".join(text.rjust(width) for text in row) for row in texts]


# --- what is refused ---


def _checked_inputs(x: ArrayLike, layer: Layer) -> Array:
    inputs = layer.weights.shape[1]
    array = check_inputs(x).astype(np.float64)
    if array.shape[1] != inputs:
        raise ValueError(
            f"X must have {_count(inputs, 'column')}, as the weights are of shape "
            f"{layer.weights.shape}, got shape {array.shape}: give one column an input"
        )
    return array


def _checked_targets(kind: str, y: ArrayLike, n: int, outputs: int) -> Array:
    """Return targets as a matrix (n, outputs)."""
    if (outputs == 1) == (kind == "multiclass"):
        wanted = "one output a class, so 2 or more" if kind == "multiclass" else "one output"
        raise ValueError(
            f"kind {kind!r} needs a network with {wanted}, got one with {outputs}: "
            "give it that many units in its last layer, or name another kind"
        )
    labels = check_targets(y, n)
    if kind == "regression":
        return _as_numbers(labels, "numbers")[:, None]
    classes = 2 if kind == "binary" else outputs
    known = _as_numbers(labels, f"the numbers of classes, 0 to {classes - 1}")
    wrong = ~np.isin(known, np.arange(classes))
    if wrong.any():
        raise ValueError(
            f"y must hold the numbers of {classes} classes, 0 to {classes - 1}, got "
            f"{known[wrong][0]:g} in row {np.argmax(wrong)}: number the classes from 0"
        )
    if kind == "binary":
        return known[:, None]
    return np.where(known[:, None] == np.arange(classes), 1.0, 0.0)


def _as_numbers(labels: Values, what: str) -> Array:
    if labels.dtype.kind not in "biuf":
        raise ValueError(f"y must hold {what}, got {labels[0]!r}: turn each label into a number")
    return labels.astype(np.float64)
