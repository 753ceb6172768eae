"""Eighteen data sets at a glance.

All that is built in for the plane, each with the truth behind it: regressions, two classes, and
three or four. A colour is a class; of a regression, blue is below zero, white is zero.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import DATASETS, TrainFCNN

rcParams["font.size"] = 8
figure = Figure(figsize=(9, 5.3), layout="constrained")
figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06)
for ax, law in zip(figure.subplots(3, 6).flat, DATASETS.values(), strict=True):
    TrainFCNN(law.name, n_samples=600).plot_dataset(ax)
    ax.child_axes[0].remove()  # the colour bar: there is no room for eighteen
    ax.set(xlabel="", ylabel="", xticks=[], yticks=[], anchor="N")
    ax.set_title(f"{law.name}\n{law.formula}", fontsize="small")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
