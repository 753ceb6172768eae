"""Learning rates side by side: too small, right, too large.

Plain SGD on XOR for 50 epochs. Above one network at each rate, below the losses of 64 seeds on one
scale. With too small a rate they are still on their way, with too large a one they leap about; in
between there is a wide range in which all of them learn.
"""

from pathlib import Path

from matplotlib.figure import Figure

from trainfcnn import TrainFCNN, sweep

RATES = [0.003, 0.03, 0.3, 3, 30]

figure = Figure(figsize=(9, 4.6), layout="constrained")
planes, losses = figure.subplots(2, len(RATES), sharey="row", height_ratios=(1, 1.1))
recipe = {"dims": [16], "optimizer": "sgd", "schedule": "constant", "epochs": 50}
xor = TrainFCNN("xor")
for lr, plane, loss in zip(RATES, planes, losses, strict=True):
    xor.train(**recipe, lr=lr).plot_prediction(plane)
    plane.child_axes[0].remove()  # the colour bar
    seeds = sweep("xor", **recipe, lr=lr, seeds=64)
    seeds.plot_losses(loss)
    median = seeds.quantiles("test_score", [0.5]).item()
    plane.set_title(f"lr {lr:g}: {median:.1%} right", fontsize="small", fontweight="bold")
    loss.set_title("")
    loss.get_legend().remove()
    plane.set_ylabel("")
    loss.set_ylabel("")
losses[0].set(ylabel="training loss of 64 seeds\n(thick: median)", ylim=(0.02, 30))
figure.get_layout_engine().set(rect=(0, 0, 1, 0.98))  # for the titles, which it forgets
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
