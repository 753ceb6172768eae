"""A run's training once more, to look at its network on the way."""

import numpy as np

from trainfcnn.nn.network import FCNN
from trainfcnn.training.loop import Training
from trainfcnn.training.run import Run
from trainfcnn.training.walk import walk


def networks_by_epoch(run: Run, most: int) -> dict[int, FCNN]:
    """Train once more by a run's recipe and seed, and return the network as it was on the way.

    Parameters
    ----------
    run : Run
        Of a training from initial weights; of restarts it is the one that was kept.
    most : int
        How many to return, 2 or more: the first is that of epoch 0, the last that of the end, and
        between them epochs grow by the same factor.

    Returns
    -------
    dict
        By epoch.
    """
    training = Training(run.dataset, run.recipe, run.seed, device="auto")
    epochs = np.geomspace(1, max(1, training.n_epochs), most - 1)
    wanted = sorted({int(epoch) for epoch in epochs.round()})
    snapshots = walk(training, False, wanted)
    best = training.best_member()
    return {epoch: members[best] for epoch, members in snapshots.items()}
