"""Training and validation loss: MSE and cross-entropy.

Regressions are trained on the mean squared error, two classes and several on a cross-entropy. The
curves calm down as the cosine schedule takes the learning rate to zero; the weights of the epoch
with the lowest validation loss, dotted, are kept.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TASKS, TrainFCNN

rcParams["font.size"] = 8
figure = Figure(figsize=(9, 2.9), layout="constrained")
figure.get_layout_engine().set(w_pad=0.08)
for ax, name in zip(figure.subplots(1, 3), ["polynom", "square", "circles"], strict=True):
    trainer = TrainFCNN(name).train(validation=0.2)
    trainer.plot_loss(ax).legend(loc="upper right", framealpha=1)
    task = TASKS[trainer.kind]
    said = f"{task.score_name} {task.format_score(trainer.score())}"
    ax.set_title(f"{name}, {trainer.kind}: {said}")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
