"""Forward, loss, backward and update, each as the formula of the book."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from trainfcnn._support.checks import is_real, look_up, short
from trainfcnn._support.types import Array, Values
from trainfcnn.by_hand.formulas import OF_LAYERS, SOFTMAX, sigmoid, softmax
from trainfcnn.by_hand.layers import (
    Layer,
    LayerBackward,
    LayerForward,
    Loss,
    Network,
    copied,
    layers,
)
from trainfcnn.by_hand.matrices import count
from trainfcnn.data.arrays import check_inputs, check_targets
from trainfcnn.nn.tasks import TASKS, task_of

# How many outputs a network of each kind must have.
WANTED = {
    "regression": "one output a target",
    "binary": "one output",
    "multiclass": "one output a class, so 2 or more",
    "multilabel": "one output a label, so 2 or more",
}


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
    1 2            3.5 -2.0       3.5  0.0
    """
    layer = Layer(copied("weights", weights), copied("biases", biases), activation)
    return _forward(_checked_inputs(x, layer), layer)


def _forward(inputs: Array, layer: Layer) -> LayerForward:
    # (n, inputs) @ (inputs, units) is (n, units); the biases (units,) are added to every row
    scores = inputs @ layer.weights.T + layer.biases
    return LayerForward(inputs, scores, OF_LAYERS[layer.activation].function(scores))


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
    formula = look_up(OF_LAYERS, activation, "activation")
    above = copied("incoming", incoming)
    matrix = copied("weights", weights)
    n, units = seen.scores.shape
    inputs = seen.inputs.shape[1]
    if above.shape != (n, units) or matrix.shape != (units, inputs):
        raise ValueError(
            f"incoming must be of shape {(n, units)} and weights of shape {(units, inputs)}, got "
            f"{above.shape} and {matrix.shape}: give those of the layer that was seen"
        )
    if formula is SOFTMAX:
        # da_i/dz_j = a_i (1 if i = j else 0) - a_i a_j, summed over i with `incoming`
        a = seen.activations
        at_scores = a * (above - (a * above).sum(axis=1, keepdims=True))
    else:
        at_scores = above * formula.slope(seen.scores)  # the chain rule, element by element
    return LayerBackward(
        incoming=above,
        at_scores=at_scores,
        inputs=at_scores @ matrix,  # (n, units) @ (units, inputs): summed over the units
        weights=at_scores.T @ seen.inputs,  # (units, n) @ (n, inputs): summed over the samples
        biases=at_scores.sum(axis=0),  # a bias is the weight of an input that is always 1
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


def loss_and_gradient(kind: str, last: LayerForward, y: ArrayLike, loss: str | None = None) -> Loss:
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

    Of several targets n counts each of a sample's, and of several labels ('multilabel') the line of
    'binary' holds for each. ``loss='mae'`` is |o - t|, whose derivative is sign(o - t) / n, and
    'huber' half of (o - t)^2 up to an error of 1 and |o - t| - 1/2 beyond, with o - t cut to ±1.

    Parameters
    ----------
    kind : str
        'regression', 'binary', 'multiclass' or 'multilabel'.
    last : LayerForward
        What the last layer made: ``forward(network, X)[-1]``.
    y : array-like of shape (n,) or (n, targets)
        Values, or the numbers of the classes, from 0; of labels 0 and 1.
    loss : str, optional
        Of a regression, 'mse', 'mae' or 'huber'.

    Raises
    ------
    ValueError
        For an unknown kind, another number of targets than of samples, or of outputs than the kind
        has, and labels that are no number of a class.
    """
    look_up(TASKS, kind, "kind")
    if not isinstance(last, LayerForward):
        raise ValueError(
            f"last must be what the last layer made, got {short(last)}: try forward(network, X)[-1]"
        )
    z = last.scores
    task = task_of(kind, loss)
    t = _checked_targets(kind, y, *z.shape)
    n = len(z) * task.n_terms(z.shape[1])
    if kind == "regression":
        o = last.activations
        each, slope = _of_errors(o - t, task.loss_key)
        return Loss(kind, o, t, float(each.mean()), slope / n, loss or "")
    if kind == "multiclass":
        p = softmax(z)
        each = np.logaddexp.reduce(z, axis=1) - (t * z).sum(axis=1)
    else:
        p = sigmoid(z)
        each = np.logaddexp(0, z) - t * z
    return Loss(kind, p, t, float(each.mean()), (p - t) / n)


def _of_errors(errors: Array, loss: str) -> tuple[Array, Array]:
    """Return a regression's loss of each error, and its derivative there."""
    if loss == "mae":
        return np.abs(errors), np.sign(errors)
    if loss == "huber":
        cut = np.clip(errors, -1, 1)
        return cut * (errors - cut / 2), cut
    return errors**2, 2 * errors


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
    if not isinstance(loss, Loss):
        raise ValueError(
            f"loss must be what loss_and_gradient() returned, got {short(loss)}: try "
            "loss_and_gradient(kind, seen[-1], y)"
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


def _checked_inputs(x: ArrayLike, layer: Layer) -> Array:
    inputs = layer.weights.shape[1]
    array = check_inputs(x).astype(np.float64)
    if array.shape[1] != inputs:
        raise ValueError(
            f"X must have {count(inputs, 'column')}, as the weights are of shape "
            f"{layer.weights.shape}, got shape {array.shape}: give one column an input"
        )
    return array


def _checked_targets(kind: str, y: ArrayLike, n: int, outputs: int) -> Array:
    """Return targets as a matrix (n, outputs)."""
    wanted = WANTED[kind]
    if kind != "regression" and (outputs == 1) != (kind == "binary"):
        raise ValueError(
            f"kind {kind!r} needs a network with {wanted}, got one with {outputs}: "
            "give it that many units in its last layer, or name another kind"
        )
    labels = check_targets(y, n, kind)
    if kind in ("regression", "multilabel"):
        targets = _as_numbers(labels, "numbers").reshape(n, -1)
        if targets.shape[1] != outputs:
            raise ValueError(
                f"y must have a column for each of {count(outputs, 'output')}, got "
                f"{count(targets.shape[1], 'column')}: give as many"
            )
        return targets
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
