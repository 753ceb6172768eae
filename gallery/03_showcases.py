"""Regression, binary and multiclass: one network for each.

One recipe, a hidden layer of six relu units and 200 epochs, learns a product, two classes and
four. Above what the network says at each point of the plane, below how its loss fell.
"""

from pathlib import Path

from matplotlib import rcParams
from matplotlib.figure import Figure

from trainfcnn import TASKS, TrainFCNN

rcParams["font.size"] = 8
figure = Figure(figsize=(9, 4.7), layout="constrained")
figure.get_layout_engine().set(w_pad=0.1, h_pad=0.06)
columns = figure.subplots(2, 3, height_ratios=[3, 2]).T
for name, (prediction, loss) in zip(["prod", "xor", "quadrants"], columns, strict=True):
    trainer = TrainFCNN(name)
    trainer.train(dims=[6], activation="relu", lr=0.01, schedule="constant", epochs=200)
    trainer.plot_prediction(prediction)
    trainer.plot_loss(loss)
    task = TASKS[trainer.kind]
    told = f"{task.score_name} {task.format_score(trainer.score())}"
    prediction.set_title(f"{name}, {trainer.kind}: {told}")
    loss.set_title("")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
