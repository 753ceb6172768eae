"""Linear regions of a ReLU network.

A relu network is made of planes: each unit folds the answer along a line, and a further layer cuts
the pieces anew, by lines that bend. Two layers of eight units wind along the spiral with fewer
pieces than one layer of thirty-two needs, which can only cut right through the plane.
"""

from pathlib import Path

from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

figure = Figure(figsize=(9, 8.2), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
spiral = TrainFCNN("spiral")
for ax, dims in zip(figure.subplots(2, 2).flat, [[16], [32], [8, 8], [16, 16]], strict=True):
    spiral.train(dims=dims, activation="relu", epochs=200).plot_regions(ax)
    layers = "-".join(map(str, spiral.network.dims))
    ax.set_title(f"{layers}: {spiral.score():.1%} right\n{ax.get_title()}")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
