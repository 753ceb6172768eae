"""Depth against width of a neural network on the spiral.

About 160 parameters each. Forty relu units side by side follow the arms of the spiral raggedly, and
on most seeds lose some points; half as many, in two or three layers that fold the plane again and
again, get nearly all of them.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN, sweep

rcParams["font.size"] = 8
figure = Figure(figsize=(9, 2.7), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1)
spiral, recipe = TrainFCNN("spiral"), {"activation": "relu", "epochs": 100}
for ax, dims in zip(figure.subplots(1, 3), [[40], [10, 10], [8, 8, 8]], strict=True):
    [median] = sweep("spiral", seeds=10, dims=[dims], **recipe).quantiles("test_score", [0.5])
    spiral.train(dims=dims, **recipe).plot_prediction(ax)
    n_parameters = sum(block.numel() for block in spiral.network.parameters())
    shape = "-".join(map(str, spiral.network.dims))
    told = f"{spiral.score():.1%} right, median of ten seeds {median:.1%}"
    ax.set_title(f"{shape}, {n_parameters} parameters\n{told}")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
