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
LayerBackward: incoming (4, 3), at_scores (4, 3), inputs (4, 2), weights (3, 2), biases (3,)
>>> network = by_hand.step(network, gradients, lr=0.1)
"""

from trainfcnn.by_hand.explanation import explain
from trainfcnn.by_hand.formulas import FORMULAS, Formula, sigmoid, softmax
from trainfcnn.by_hand.layers import Layer, LayerBackward, LayerForward, Loss, Network, layers
from trainfcnn.by_hand.steps import (
    backward,
    backward_layer,
    forward,
    forward_layer,
    loss_and_gradient,
    step,
)

__all__ = [
    "FORMULAS", "Formula", "Layer", "LayerBackward", "LayerForward", "Loss", "Network", "backward",
    "backward_layer", "explain", "forward", "forward_layer", "layers", "loss_and_gradient",
    "sigmoid", "softmax", "step",
]  # fmt: skip
