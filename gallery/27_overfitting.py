"""Overfitting: training and test error by width and sample size.

Two noisy moons. With a hundred points the wider network learns them by heart, and more of what is
new goes wrong; with more points the two errors meet.
"""

from pathlib import Path

from matplotlib.figure import Figure

from trainfcnn import compare_sweeps, sweep

WIDTHS = [2, 4, 8, 16, 32, 64]
SIZES = [25, 50, 100, 200, 400, 800]

figure = Figure(figsize=(9, 4.2), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1)
by_width, by_size = figure.subplots(1, 2, sharey=True)
moons = {"dataset": "moons", "noise": 0.3, "seeds": 16, "resample": True, "lr": 0.02}
dims = [[width, width] for width in WIDTHS]
widths = sweep(**moons, n_samples=100, dims=dims, epochs=150)
widths.plot_errors("dims", by_width)
by_width.set_xlabel("units in each of two layers, for 100 points")
sizes = {n: sweep(**moons, n_samples=n, dims=[[32, 32]], epochs=60) for n in SIZES}
compare_sweeps(sizes, "points to learn from", by_size)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
