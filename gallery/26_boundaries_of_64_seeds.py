"""Decision boundaries of 64 seeds, on one sample and on 64.

Two noisy moons. Left all 64 networks learn the same hundred points and differ in their initial
weights alone; right each has a hundred points of its own too. It is the sample that tells the
boundaries apart, rather than the weights to begin with.
"""

from pathlib import Path

from matplotlib.figure import Figure

from trainfcnn import TrainFCNN

figure = Figure(figsize=(9, 3.5), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1)
one, many = figure.subplots(1, 2)
moons = TrainFCNN("moons", n_samples=100, noise=0.25)
moons.train(dims=[16], activation="relu", epochs=200)
moons.plot_seeds(one, seeds=64)
moons.plot_seeds(many, seeds=64, resample=True)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
