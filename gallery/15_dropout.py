"""Dropout against overfitting on two moons.

A hundred noisy points of two moons, and a network that is far too large for them: its boundary
winds round single points. With half of the units switched off at each step it is nearly straight,
and more new points are right, whatever the seed.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN, sweep

SAMPLE = {"dataset": "moons", "n_samples": 100, "noise": 0.5}
LARGE = {"dims": [64, 64], "activation": "relu", "lr": 0.01, "schedule": "constant", "epochs": 100}

rcParams["font.size"] = 8
figure = Figure(figsize=(9, 2.5), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1)
scores, *planes = figure.subplots(1, 3)
tried = LARGE | {"dims": [[64, 64]], "dropout": [0, 0.25, 0.5, 0.75]}
networks = sweep(**SAMPLE, **tried, seeds=8)
networks.plot_scores("dropout", ax=scores, of="test_score")
scores.set_title("new points right, eight seeds each", pad=24)
scores.set_box_aspect(0.75)  # as high as the others
moons = TrainFCNN(**SAMPLE)
for ax, dropout in zip(planes, [0, 0.5], strict=True):
    moons.train(**LARGE, dropout=dropout).plot_prediction(ax)
    ax.set_title(f"dropout {dropout:g}: {moons.score():.1%} of new points right")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
