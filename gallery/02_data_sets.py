"""Toy data sets for classification and regression in the plane.

All that is built in for the plane, each with the truth behind it: regressions, two classes, and
three or four. A colour is a class; of a regression, blue is below zero, white is zero.
"""

from pathlib import Path

from matplotlib.figure import Figure

from trainfcnn import DATASETS, TrainFCNN

figure = Figure(figsize=(9, 8.4), layout="constrained")
figure.get_layout_engine().set(w_pad=0.05, h_pad=0.08)
places = figure.subplots(4, 5).flat[: len(DATASETS)]
for ax, law in zip(places, DATASETS.values(), strict=True):
    TrainFCNN(law.name, n_samples=600).plot_dataset(ax)
    ax.child_axes[0].remove()  # the colour bar: there is no room for eighteen
    ax.set(xlabel="", ylabel="", xticks=[], yticks=[], anchor="N")
    ax.set_title(f"{law.name}\n{law.formula}", fontsize=8)
for ax in figure.axes[len(DATASETS) :]:
    ax.remove()
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
