"""Heat map of accuracy by width and learning rate.

The median accuracy of five networks in each cell, after 50 epochs. The wider the layer, the smaller
a learning rate it gets by with; two units cannot learn XOR at any.
"""

from pathlib import Path

from trainfcnn import sweep

networks = sweep(
    "xor",
    seeds=5,
    dims=[[2], [3], [4], [6], [8], [16]],
    lr=[0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0],
    epochs=50,
)
ax = networks.plot_scores("lr", "dims")
ax.figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
