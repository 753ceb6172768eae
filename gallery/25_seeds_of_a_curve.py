"""Regression of a curve in PyTorch: the band of 64 seeds.

A relu network draws a curve of straight parts; dots are the hinges between them. Among the data
64 networks that differ in their initial weights agree closely; where the data end, each goes on in
a direction of its own.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN


def wave(x):
    """A sine that fades."""
    return np.sin(3 * x) * np.exp(-x / 3)


ax = Figure(figsize=(9, 4.8), layout="constrained").subplots()
trainer = TrainFCNN(wave, n_samples=60, noise=0.1)
trainer.train(dims=[24], activation="relu", lr=0.01, epochs=600).plot_seeds(ax, seeds=64)
ax.figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
