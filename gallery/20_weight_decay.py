"""Weight decay and the decision boundary.

The same noisy sample, the same initial weights, and more and more weight decay. Without any, the
boundary bends around single points; with too much it is straight, and pale: the network hardly
dares to say anything.
"""

from pathlib import Path

from trainfcnn import TrainFCNN, compare

moons = [
    TrainFCNN("moons", n_samples=150, noise=0.3).train(
        dims=[64, 64], optimizer="adamw", weight_decay=decay, epochs=300
    )
    for decay in (0, 0.1, 1, 10)
]
compare(moons).savefig(Path(__file__).with_suffix(".png"), dpi=100)
