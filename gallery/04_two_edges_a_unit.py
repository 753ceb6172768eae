"""How many ReLU units make a decision boundary.

A relu unit bends the network's answer along one line, which cuts the boundary in two places: three
units make a hexagon of the circle, four an octagon. One or two find no way to close it, and give
all the plane to the class outside.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

rcParams["font.size"] = 8
figure = Figure(figsize=(9, 4.9), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1, h_pad=0.06)
circle = TrainFCNN("circle")
for ax, width in zip(figure.subplots(2, 3).flat, [1, 2, 3, 4, 6, 8], strict=True):
    circle.train(dims=[width], activation="relu", epochs=100, restarts=8)
    circle.plot_prediction(ax)
    ax.set_title(f"{width} unit{'s' * (width > 1)}: {circle.score():.1%} right")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
