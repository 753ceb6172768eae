"""Too small, right, too large.

Plain SGD on XOR for 50 epochs. With too small a learning rate it is still on its way, its
probabilities pale; with too large a one the loss leaps about and no longer falls, and the quadrants
are missed.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

RATES = {"too small": 0.001, "right": 0.3, "too large": 10}

rcParams["font.size"] = 8
figure = Figure(figsize=(9, 7.7), layout="constrained")
figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06)
loss, *planes = figure.subplots(2, 2).flat
xor = TrainFCNN("xor")
for ax, (verdict, lr) in zip(planes, RATES.items(), strict=True):
    xor.train(dims=[16], optimizer="sgd", lr=lr, schedule="constant", epochs=50)
    xor.plot_prediction(ax)
    ax.set_title(f"{verdict}, lr {lr:g}: {xor.score():.1%} right")
    loss.plot(range(1, 51), xor.history.loss, label=f"{verdict}, lr {lr:g}")
loss.set(title="training loss", xlabel="epoch", ylabel=xor.history.loss_name, yscale="log")
loss.legend(frameon=False)
loss.grid(alpha=0.3)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
