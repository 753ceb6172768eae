"""MNIST with a fully connected network in PyTorch.

784 pixels go straight into one layer of 256 units. It still gets one image in forty wrong, among
them digits that people would argue about. The weights show what a unit looks at: pixels of one
colour speak for it, those of the other against.
"""

from pathlib import Path

from trainfcnn import TrainFCNN

mnist = TrainFCNN(dataset="mnist")
mnist.train(dims=[256], validation=0.1, epochs=5)
figure = mnist.plot(seeds=0)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
