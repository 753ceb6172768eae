"""A few pictures as they should look, so that no change of their looks goes unseen.

The inputs are made by hand: data on a lattice, weights that are no result of a training, and curves
from a formula. Nothing is written in them, and the axes have a fixed place, since letters differ
from one version of FreeType to the next and move all else; what is written, other tests read.

``RENEW_BASELINES=1 python -m pytest tests/plotting/test_baselines.py`` draws the pictures in
``tests/plotting/baselines`` anew; look at each before it is committed.
"""

import os
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text

from trainfcnn import DATASETS, FCNN, History, Recipe, TrainFCNN
from trainfcnn.data.dataset import Dataset
from trainfcnn.training.run import Run

BASELINES = Path(__file__).with_name("baselines")
SIZE, DPI = (6.0, 4.0), 60
PLACE = 0.08, 0.1, 0.7, 0.7
# Root mean square of the differences, of 255. Rounding on another platform may change the edges of
# some lines; without the dots that are biases it is 2, without a line or with all markers alike 3.
TOLERANCE = 1.0


def lattice(name, n=9):
    """Return points of a law on a lattice, turned a little so that none lies on an edge.

    Every seventh label of the test sample is wrong.
    """
    law, side = DATASETS[name], np.linspace(-1.7, 1.7, n)
    turn = np.array([[0.995, 0.1], [-0.1, 0.995]])
    x = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2) @ turn
    y = law.truth(*x.T)
    other = np.where(np.arange(len(y)) % 7, y, 1 - y)
    return Dataset(name, law.kind, x, y, x, other, classes=law.classes, law=law)


def folded(last, slope, bias):
    """Return a network that sees |x1 + x2| and |x1 - x2|, and takes their difference."""
    made = FCNN([2, 4, 2, 1], "relu", last)
    layers = (
        ([[1, 1], [-1, -1], [1, -1], [-1, 1]], [0, 0, 0, 0]),
        ([[1, 1, 0, 0], [0, 0, 1, 1]], [0, 0]),
        ([[slope, -slope]], [bias]),
    )
    with torch.no_grad():
        for linear, (weight, offset) in zip(made.linears, layers, strict=True):
            linear.weight.copy_(torch.tensor(weight))
            linear.bias.copy_(torch.tensor(offset))
    return made


def curves():
    epochs = np.arange(1, 61)
    loss, held = 0.7 * np.exp(-epochs / 15), 0.1 + 0.6 * np.exp(-epochs / 12) + 3e-5 * epochs**2
    best = int(held.argmin()) + 1
    return History(loss, 1 - loss, held, 1 - held, 1.0, best, "binary cross-entropy", "accuracy")


def holding(name):
    """Return a trainer that never trained."""
    dataset = lattice(name)
    network = folded("sigmoid", 1.5, 0.2) if dataset.classes else folded("linear", 0.5, 0.0)
    return TrainFCNN.from_run(Run(dataset, Recipe((4, 2)), network, curves(), "done"))


PICTURES = {
    "prediction": ("xor", TrainFCNN.plot_prediction),
    "network": ("xor", TrainFCNN.plot_network),
    "error": ("prod", TrainFCNN.plot_error),
    "space": ("xor", TrainFCNN.plot_space),
    "calibration": ("xor", TrainFCNN.plot_calibration),
    "loss": ("xor", TrainFCNN.plot_loss),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_looks_as_it_should(name, tmp_path, monkeypatch):
    if name == "network" and mpl.__version_info__ < (3, 11):
        pytest.skip("matplotlib 3.11 resamples its small maps in another way")
    data, plot = PICTURES[name]
    renew = bool(os.environ.get("RENEW_BASELINES"))
    expected = BASELINES / f"{name}.png"
    path = expected if renew else tmp_path / f"{name}.png"
    for artist in (Text, Legend):  # a legend is as wide as its words
        monkeypatch.setattr(artist, "draw", lambda *given: None)
    with mpl.rc_context():
        mpl.rcdefaults()
        figure = Figure(SIZE)
        plot(holding(data), figure.add_axes(PLACE))
        figure.savefig(path, dpi=DPI, metadata={"Software": None})
    assert renew or compare_images(expected, path, TOLERANCE) is None


def test_there_is_a_baseline_for_each_picture_and_no_other():
    assert {path.stem for path in BASELINES.iterdir()} == set(PICTURES)
