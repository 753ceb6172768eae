"""A film of a training.

Prediction, network and loss, often at first and then rarely. Every unit begins with an edge
somewhere; in the first epochs they only turn, and once some of them meet, the spiral winds up from
the inside.
"""

from pathlib import Path

from trainfcnn import TrainFCNN

spiral = TrainFCNN("spiral").train(dims=[8, 8], activation="tanh", epochs=200)
spiral.animate(Path(__file__).with_suffix(".gif"), frames=48)
