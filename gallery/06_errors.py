"""Error map: where a neural network is wrong, and extrapolates.

Where the prediction departs from the truth, which a toy problem knows everywhere. Outside the
frame, where there were no points to learn from, the networks go on with the same confidence, and
their errors are about ten times as large, or as many. Of classes red is wrong, and grey unsure.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

rcParams["font.size"] = 8
figure = Figure(figsize=(9, 2.7), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1)
for name, ax in zip(["prod", "gauss_regression", "squares"], figure.subplots(1, 3), strict=True):
    TrainFCNN(name).train().plot_error(ax)
    ax.set_title(f"{name}\n{ax.get_title()}", y=1.0)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
