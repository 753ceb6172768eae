"""A hundred random seeds of a neural network on XOR.

A hundred networks of six relu units that differ by nothing but their initial weights, drawn as
PyTorch draws them. The lowest curves have learnt XOR; those that level off high above are stuck,
and more epochs would not help them.
"""

from pathlib import Path

from trainfcnn import sweep

tickets = sweep(
    "xor",
    seeds=100,
    dims=[6],
    activation="relu",
    init="pytorch",
    lr=0.01,
    epochs=200,
    schedule="constant",
    batch_size=100,
)
learnt = tickets.success_rate(at_least=0.995)
ax = tickets.plot_losses()
ax.set_title(f"{learnt.successes} of {learnt.n} networks reach 99.5% accuracy", pad=24)
ax.figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
