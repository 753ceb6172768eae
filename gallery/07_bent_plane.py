"""How hidden layers bend the plane until it is linearly separable.

A last layer can only cut with a straight line. Two layers of sixteen units before it bend the plane
until that is enough: left the spiral as it is drawn, right the same points and the same square grid
as the last two units see them.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

spiral = TrainFCNN("spiral").train(dims=[16, 16, 2], activation="tanh", lr=0.01, epochs=200)
rcParams["font.size"] = 8
figure = Figure(figsize=(9, 3.8), layout="constrained")
left, right = figure.subplots(1, 2)
spiral.plot_prediction(left)
spiral.plot_space(right)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
