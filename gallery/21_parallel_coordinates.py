"""Parallel coordinates of a hyper-parameter search.

Each line is one of 640 networks and passes through its width, activation and learning rate to its
accuracy; the better ones are darker, and above those with the same setting. Two units never learn
it; the darkest lines run through relu and the larger learning rates.
"""

from pathlib import Path

from trainfcnn import sweep

networks = sweep(
    "xor",
    seeds=20,
    dims=[[2], [4], [8], [16]],
    activation=["relu", "tanh"],
    lr=[0.001, 0.003, 0.01, 0.03],
    epochs=30,
)
ax = networks.plot_parallel()
ax.figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
