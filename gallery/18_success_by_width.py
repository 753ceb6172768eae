"""How wide a network must be to learn XOR: success rate by width.

Of 40 networks of each width, initialised as PyTorch does, so many learn XOR, with the 95 % interval
of their share. Four units are enough, as some show; gradient descent finds out reliably only with
three times as many.
"""

from pathlib import Path

from trainfcnn import sweep

networks = sweep(
    "xor",
    seeds=40,
    dims=[[3], [4], [5], [6], [8], [12]],
    init="pytorch",
    lr=0.03,
    epochs=50,
)
ax = networks.plot_success(at_least=0.99)
ax.figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
