"""Dead ReLU units and gradient norms over the epochs.

The same network, at a usual learning rate and at one that is far too large. In the first steps of
the second, most units are pushed to where they are off for all points; no gradient ever brings
them back, and what is left learns nothing.
"""

from pathlib import Path

from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

figure = Figure(figsize=(9, 6.4), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
spiral = TrainFCNN("spiral", n_samples=1000)
for column, lr in zip(figure.subplots(2, 2).T, [0.01, 0.5], strict=True):
    dead, gradients = column
    spiral.train(dims=[16, 16, 16], activation="relu", lr=lr, schedule="constant", epochs=100)
    spiral.plot_dead_units(dead)
    spiral.plot_gradient_norms(gradients)
    dead.set_title(f"lr {lr:g}: {spiral.score():.1%} right\n{dead.get_title()}")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
