"""A ReLU network as a piecewise linear curve.

Each relu unit of a first layer bends the line once, where its weight and its bias cancel. At first
these places are spread over the data; four units are too few for this wave, thirty-two follow it.
Where no data are, the network goes straight on, whatever the truth (dashed) does.
"""

from pathlib import Path

import numpy as np
from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN


def chirp(x):
    """A wave that becomes faster."""
    return np.sin((x + 2.5) ** 2)


rcParams["font.size"] = 8
figure = Figure(figsize=(9, 2.8), layout="constrained")
for units, ax in zip((4, 8, 32), figure.subplots(1, 3), strict=True):
    trainer = TrainFCNN(chirp, n_samples=500, noise=0.1)
    trainer.train(dims=[units], lr=0.01, epochs=400, restarts=8)
    trainer.plot_prediction(ax)
    ax.set_title(f"{units} units: R² {trainer.exact_score():.3f} against the truth")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
