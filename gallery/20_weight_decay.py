"""Weight decay and the decision boundary.

The same noisy sample, the same initial weights, and more and more weight decay. Without any, the
boundary bends around single points; with too much it is straight, and pale: the network hardly
dares to say anything.
"""

from pathlib import Path

from matplotlib import rc

from trainfcnn import TrainFCNN, compare

rc("font", size=8)

moons = [
    TrainFCNN("moons", n_samples=150, noise=0.3).train(
        dims=[64, 64], optimizer="adamw", weight_decay=decay, epochs=300
    )
    for decay in (0, 1, 10)
]
figure = compare(moons)
figure.set_size_inches(9, 4.6)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
