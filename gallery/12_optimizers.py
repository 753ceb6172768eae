"""Optimizers compared, each at its best learning rate: SGD to Adam.

Left, each with the best of seven learning rates: their losses end within a factor of two or so.
Right, what all of them lead to: plain SGD and Adagrad want one ten times that of RMSprop and Adam,
so that a race at one rate for all would be won by whom it suits.
"""

from pathlib import Path

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

from trainfcnn import sweep

RACERS = {"sgd": 0, "sgd, momentum 0.9": 0.9, "adagrad": 0, "rmsprop": 0, "adam": 0}
RATES = [0.01, 0.03, 0.1, 0.3, 1, 3, 10]
FIXED = {"seeds": 5, "dims": [8], "schedule": "cosine", "epochs": 20}

style.use("tableau-colorblind10")
figure = Figure(figsize=(9, 4), layout="constrained")
figure.get_layout_engine().set(w_pad=0.15)
race, ends = figure.subplots(1, 2)
for (name, momentum), mark in zip(RACERS.items(), "os^Dv", strict=True):
    runs = sweep("xor", optimizer=name.split(",")[0], momentum=momentum, lr=RATES, **FIXED)
    losses = np.array([run.history.loss for run in runs.runs])
    medians = np.median(losses.reshape(len(RATES), 5, 20), axis=1)
    best = medians[:, -1].argmin()
    race.plot(range(1, 21), medians[best], marker=mark, ms=4, label=f"{name}, lr {RATES[best]:g}")
    ends.plot(RATES, medians[:, -1], marker=mark)
race.set(title="each at its best learning rate", xlabel="epoch", yscale="log")
ends.set(title="after 20 epochs", xlabel="learning rate", xscale="log", yscale="log")
for ax in (race, ends):
    ax.set_ylabel("training loss, median of 5")
    ax.grid(alpha=0.3)
race.set_xticks(range(0, 21, 5))
race.legend(frameon=False)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
