"""One step of training, told as text."""

from collections.abc import Sequence

from numpy.typing import ArrayLike

from trainfcnn.by_hand.formulas import OF_LAYERS
from trainfcnn.by_hand.layers import Layer, LayerBackward, LayerForward, Loss, Network, layers
from trainfcnn.by_hand.matrices import count, side_by_side
from trainfcnn.by_hand.steps import backward, forward, loss_and_gradient, step
from trainfcnn.nn.tasks import task_of

# What a gradient is, before it is divided by the numbers that the loss is a mean of.
SLOPES = {
    "regression": "2 * (predictions - targets)",
    "mae": "sign(predictions - targets)",
    "huber": "clip(predictions - targets, -1, 1)",
    **dict.fromkeys(("binary", "multiclass", "multilabel"), "(predictions - targets)"),
}


def explain(
    network: Network,
    X: ArrayLike,
    y: ArrayLike,
    kind: str | None = None,
    lr: float = 0.1,
    loss: str | None = None,
) -> str:
    """Return one step of training as text: forward, loss, backward, update, loss again.

    Of large matrices the first eight rows and columns are shown.

    Parameters
    ----------
    network : FCNN, or sequence of Layer
        It is left as it is.
    X : array-like of shape (n, inputs)
        A row a sample.
    y : array-like of shape (n,) or (n, targets)
        Values, or the numbers of the classes, from 0; of labels 0 and 1.
    kind : str, optional
        'regression', 'binary', 'multiclass' or 'multilabel'; by default what the last activation is
        for: sigmoid for 'binary', of several units for 'multilabel', softmax for 'multiclass', any
        other for 'regression'.
    lr : float
        The learning rate.
    loss : str, optional
        Of a regression, 'mse', 'mae' or 'huber'.

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
      1 1            1 2             0            3              3
      0 1                                         2              2
    ...
    LOSS AFTER IT
    MSE 0.265, before 0.5
    """
    own = layers(network)
    kind = _kind_of(own[-1]) if kind is None else kind
    seen = forward(own, X)
    found = loss_and_gradient(kind, seen[-1], y, loss)
    gradients = backward(own, seen, found)
    moved = step(own, gradients, lr)
    after = loss_and_gradient(kind, forward(moved, X)[-1], y, loss)

    lines = ["FORWARD"]
    for number, (layer, one) in enumerate(zip(own, seen, strict=True), start=1):
        lines += _forward_lines(number, layer, one)
    lines += _loss_lines(found)
    lines += ["BACKWARD"]
    for number in range(len(own), 0, -1):
        at_scores = found.kind != "regression" and number == len(own)
        lines += _backward_lines(number, own[number - 1], gradients[number - 1], at_scores)
    lines += [f"UPDATE: parameter - {lr:g} * its gradient"]
    for number, layer in enumerate(moved, start=1):
        lines += [f"layer {number}", *_indented(layer.shown()[:2])]
    lines += ["LOSS AFTER IT"]
    lines += [f"{task_of(kind, loss).loss_name} {after.value:.6g}, before {found.value:.6g}"]
    return "\n".join(lines)


def _kind_of(last: Layer) -> str:
    of_sigmoid = "binary" if len(last.weights) == 1 else "multilabel"
    return {"sigmoid": of_sigmoid, "softmax": "multiclass"}.get(last.activation, "regression")


def _forward_lines(number: int, layer: Layer, seen: LayerForward) -> list[str]:
    units, inputs = layer.weights.shape
    sizes = f"{count(inputs, 'input')}, {count(units, f'{layer.activation} unit')}"
    shapes = f"{seen.inputs.shape} @ {(inputs, units)} + {(units,)} = {seen.scores.shape}"
    x, scores, activations = seen.shown()
    return [
        f"layer {number}: {sizes}, f(z) = {OF_LAYERS[layer.activation].says}",
        f"  scores = inputs @ weights.T + biases: {shapes}",
        *_indented([x, *layer.shown()[:2], scores, activations]),
    ]


def _loss_lines(loss: Loss) -> list[str]:
    task = task_of(loss.kind, loss.loss or None)
    where = "scores" if task.is_classification else "outputs"
    slope = SLOPES[task.loss_key or loss.kind]
    n = len(loss.targets) * task.n_terms(loss.targets.shape[1])
    _, predictions, targets, _, gradient = loss.shown()
    return [
        f"LOSS: {task.loss_name} {loss.value:.6g}",
        f"  gradient, at the {where} = {slope} / {n}",
        *_indented([predictions, targets, gradient]),
    ]


def _backward_lines(
    number: int, layer: Layer, gradient: LayerBackward, starts_at_scores: bool
) -> list[str]:
    slope = OF_LAYERS[layer.activation].slope_says
    through = f"incoming * f'(scores), f'(z) = {slope}"
    if layer.activation == "softmax":
        through = slope
    if starts_at_scores:
        through = "incoming, as the loss looks at the scores"
    above = gradient.at_scores.shape
    weights = layer.weights.shape
    below = gradient.inputs.shape
    return [
        f"layer {number}: derivatives of the loss",
        f"  at_scores = {through}",
        f"  inputs = at_scores @ weights: {above} @ {weights} = {below}",
        f"  weights = at_scores.T @ inputs: {above[::-1]} @ {below} = {weights}",
        "  biases = at_scores, summed over the samples",
        *_indented(gradient.shown()),
    ]


def _indented(named: Sequence[tuple[str, object]]) -> list[str]:
    return [f"  {line}" for line in side_by_side(named).splitlines()]
