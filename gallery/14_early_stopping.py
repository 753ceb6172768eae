"""Early stopping against overfitting.

A large network all but learns a hundred noisy points of XOR by heart, while the loss on thirty of
them held out goes up from the fourth epoch on. Stopped there, it knows its sample less well, and
new points better.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

LARGE = {"dims": [64, 64], "activation": "relu", "lr": 0.01, "schedule": "constant"}

rcParams["font.size"] = 8
figure = Figure(figsize=(9, 2.8), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1)
by_heart, loss, in_time = figure.subplots(1, 3)
xor = TrainFCNN("xor", n_samples=100, noise=0.5)


def draw_plane(ax, what):
    xor.plot_prediction(ax)
    sample = f"{xor.accuracy:.0%} right on its sample"
    ax.set_title(f"{what}: {sample},\n{xor.score():.1%} on 2,500 new points")


xor.train(**LARGE, epochs=200)
draw_plane(by_heart, "200 epochs")
loss.set_box_aspect(1)  # as high as the others
xor.train(**LARGE, epochs=200, validation=0.3).plot_loss(loss)
xor.train(**LARGE, epochs=200, validation=0.3, patience=30)
draw_plane(in_time, "stopped")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
