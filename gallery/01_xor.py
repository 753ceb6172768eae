"""Decision boundary of a neural network on XOR in PyTorch.

Six relu units are enough to set off each quadrant from its neighbours. The black line is where the
decision changes, and all misses are ringed; beyond the sampled square, faded, the network only
extrapolates. Of 32 other seeds, most come as far.
"""

from pathlib import Path

from trainfcnn import TrainFCNN

xor = TrainFCNN(dataset="xor")
xor.train(dims=[6], activation="relu", lr=0.01, schedule="constant", epochs=200)
figure = xor.plot(seeds=32)
figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)
