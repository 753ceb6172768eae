"""MNIST, read.

784 pixels go straight into two layers of 512 units. What is left of the mistakes, one in eighty, is
mostly hard for people too. The weights show what a unit looks at: orange pixels speak for it,
blue ones against.
"""

from pathlib import Path

from trainfcnn import TrainFCNN

mnist = TrainFCNN(dataset="mnist")
mnist.train(validation=0.1)
mnist.plot().savefig(Path(__file__).with_suffix(".png"), dpi=100)
