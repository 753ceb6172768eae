"""Saliency and adversarial examples of handwritten digits.

Below each digit, which pixels speak for the answer; then the smallest change that turns it, and
the image that the change makes, with the new answer. A faint change is enough.
"""

from pathlib import Path

from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

ax = Figure(figsize=(9, 4.3), layout="constrained").subplots()
digits = TrainFCNN("digits").train()
digits.plot_flips(ax)
ax.set_title(f"{digits.score():.1%} right, but {ax.get_title()}")
ax.figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
