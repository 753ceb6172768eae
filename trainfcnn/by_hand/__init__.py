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

from trainfcnn.by_hand.explanation import explain as explain
from trainfcnn.by_hand.formulas import FORMULAS as FORMULAS
from trainfcnn.by_hand.formulas import Formula as Formula
from trainfcnn.by_hand.formulas import sigmoid as sigmoid
from trainfcnn.by_hand.formulas import softmax as softmax
from trainfcnn.by_hand.layers import Layer as Layer
from trainfcnn.by_hand.layers import LayerBackward as LayerBackward
from trainfcnn.by_hand.layers import LayerForward as LayerForward
from trainfcnn.by_hand.layers import Loss as Loss
from trainfcnn.by_hand.layers import Network as Network
from trainfcnn.by_hand.layers import layers as layers
from trainfcnn.by_hand.steps import backward as backward
from trainfcnn.by_hand.steps import backward_layer as backward_layer
from trainfcnn.by_hand.steps import forward as forward
from trainfcnn.by_hand.steps import forward_layer as forward_layer
from trainfcnn.by_hand.steps import loss_and_gradient as loss_and_gradient
from trainfcnn.by_hand.steps import step as step
