"""XOR, learnt.

Six relu units are enough to set off each quadrant from its neighbours. The black line is where the
decision changes; beyond the sampled square, hatched, the network only extrapolates.
"""

from pathlib import Path

from trainfcnn import TrainFCNN

xor = TrainFCNN(dataset="xor")
xor.train(dims=[6], activation="relu", lr=0.01, schedule="constant", epochs=200)
figure = xor.plot()
figure.suptitle(f"2-6-1 relu: {xor.accuracy:.1%} right on the points it was trained on")
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
