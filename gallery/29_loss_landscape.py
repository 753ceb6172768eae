"""Loss landscape along the path of training.

The loss of XOR over the plane that holds most of the way that plain SGD takes through the weights.
With a small learning rate it is still on the slope after a hundred epochs; with the right one it
has come down; with one that is too large it leaps to and fro across the valley.
"""

from pathlib import Path

from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

figure = Figure(figsize=(9, 3.6), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1)
xor = TrainFCNN("xor", n_samples=300)
for ax, lr in zip(figure.subplots(1, 3), [0.02, 0.3, 5], strict=True):
    xor.train(dims=[8], optimizer="sgd", lr=lr, schedule="constant", epochs=100)
    xor.plot_landscape(ax)
    ax.set_title(f"lr {lr:g}: {xor.score():.1%} right\n" + ax.get_title())
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
