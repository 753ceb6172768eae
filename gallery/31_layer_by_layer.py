"""The spiral layer by layer: hidden representations.

The spiral and a square grid as three hidden layers have them, along the two principal directions
of each. A straight cut through the inputs gets hardly more than half of the points; each layer
pulls the arms further apart, until one cut is enough.
"""

from pathlib import Path

from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

figure = Figure(figsize=(9, 8), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
spiral = TrainFCNN("spiral").train(dims=[16, 16, 2], activation="tanh", epochs=200)
for ax, layer in zip(figure.subplots(2, 2).flat, ["inputs", 0, 1, 2], strict=True):
    spiral.plot_components(ax, layer=layer)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
