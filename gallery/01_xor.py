"""XOR, learnt.

Six relu units bend the plane along four lines, which is all that XOR needs. Beyond the sampled
square the network only extrapolates: those parts are hatched.
"""

from pathlib import Path

from trainfcnn import TrainFCNN

xor = TrainFCNN(dataset="xor")
xor.train(dims=[6], activation="relu", lr=0.01, schedule="constant", epochs=200)
xor.plot().savefig(Path(__file__).with_suffix(".png"), dpi=100)
