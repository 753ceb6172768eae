"""Animation of a neural network in training.

Prediction, network and loss, often at first and then rarely. Every unit begins with an edge
somewhere; in the first epochs they only turn, and once some of them meet, the spiral winds up from
the inside.
"""

from pathlib import Path

from trainfcnn import TrainFCNN

spiral = TrainFCNN(dataset="spiral")
spiral.train(dims=[8, 8], activation="tanh", epochs=200)

film = Path(__file__).with_suffix(".gif")
spiral.animate(film, frames=48)
