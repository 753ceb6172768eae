"""PCA of the hidden layers of a network on digits.

Handwritten digits along the two principal directions of the pixels, and of three hidden layers.
Straight cuts through all directions tell the classes apart from the first; the two that are drawn
tell more of it in the hidden layers, and most in the last.
"""

from pathlib import Path

from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

figure = Figure(figsize=(9, 8), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
digits = TrainFCNN("digits").train(dims=[64, 32, 16], epochs=30)
for ax, layer in zip(figure.subplots(2, 2).flat, ["inputs", 0, 1, 2], strict=True):
    digits.plot_components(ax, layer=layer)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
