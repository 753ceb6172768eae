"""Activation functions compared by decision boundary.

Eight hidden units learn XOR, with straight lines where they are relu or silu, with bent ones where
they are sigmoid or tanh, and sine goes on as a chequerboard where there are no data. Linear units
make one straight line, however many they are.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

NAMES = "linear", "relu", "silu", "sigmoid", "tanh", "sine"

rcParams["font.size"] = 8
figure = Figure(figsize=(9, 4.9), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1, h_pad=0.06)
xor = TrainFCNN("xor")
for ax, activation in zip(figure.subplots(2, 3).flat, NAMES, strict=True):
    xor.train(dims=[8], activation=activation, lr=0.03, epochs=60, restarts=8)
    xor.plot_prediction(ax)
    ax.set_title(f"{activation}: {xor.score():.1%} right")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
