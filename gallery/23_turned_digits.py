"""Rotated digits: data augmentation and robustness.

A network that was trained on upright digits gets only half of those turned by thirty degrees. One
that was trained on digits turned by up to as much holds out that far, and is no worse upright; one
that was trained on all angles does about equally well at each, and worse upright.
"""

from pathlib import Path

from matplotlib import style
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

style.use("tableau-colorblind10")
ax = Figure(figsize=(8, 5), layout="constrained").subplots()
digits = TrainFCNN("digits")
aslant = []
for number, rotate in enumerate([0, 30, 180]):
    digits.train(rotate=rotate).plot_rotation(ax)
    ax.lines[-1].set(color=f"C{number}", label=f"{rotate}°: {digits.score():.1%} right upright")
    aslant += [f"{digits.rotation_scores([30]).item():.0%}"]
ax.legend(title="trained on digits turned by up to", loc="lower center", frameon=False)
ax.set_title(f"digits turned by 30°: {', '.join(aslant[:-1])} and {aslant[-1]} right")
ax.figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
