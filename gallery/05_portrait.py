"""What each unit of a neural network sees: the spiral.

Each small square is what one unit says over the plane. The first hidden layer knows nothing but
straight edges; the second cuts corners and stripes from them; the output puts the spiral together.
Orange links carry a plus, blue ones a minus.
"""

from pathlib import Path

from trainfcnn import TrainFCNN

spiral = TrainFCNN(dataset="spiral")
spiral.train(dims=[8, 8], activation="tanh", epochs=200, restarts=8)
ax = spiral.plot_network()
ax.figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
