"""A cross-validation timed: four networks on three folds of MNIST."""

from statistics import mean
from typing import TYPE_CHECKING, Any, cast

from scripts.benchmarks.images import DIGITS, N_IMAGES, PIXELS
from scripts.benchmarks.report import Block, Result, table, target
from scripts.benchmarks.rivals import PACKAGES, SKORCH, fully_connected, is_installed
from scripts.benchmarks.timing import timed
from scripts.benchmarks.xor import OURS

# What takes long to import is imported by the function that needs it: --help needs none of it.
if TYPE_CHECKING:
    from torch import Tensor

FIRST = 32, 64, 128, 256
SECOND = 64
FOLDS = 3
EPOCHS = 10
BATCH = 64
LR = 0.01
# Every field that the recommended recipe of MNIST sets, as the tutorials have it.
RECIPE: dict[str, Any] = {
    "dims": [[first, SECOND] for first in FIRST],
    "activation": "relu",
    "optimizer": "sgd",
    "lr": LR,
    "momentum": 0.0,
    "weight_decay": 0.0,
    "schedule": "constant",
    "batch_size": BATCH,
    "dropout": 0.0,
    "validation": 0.0,
    "patience": 0,
}


def folds(rounds: int, quick: bool) -> Result:
    """Cross-validate once; the rival's time is that of one epoch of each network."""
    epochs = 1 if quick else EPOCHS
    scores, seconds = our_folds(epochs)
    dims = [f"{PIXELS}-{first}-{SECOND}-{DIGITS}" for first in FIRST]
    scored = table(
        {f"MNIST, {FOLDS} folds, {epochs} epochs": "", "mean score": ".2%"},
        list(zip(dims, scores, strict=True)),
    )
    lines = [(f"{OURS}, one sweep", seconds, 1.0)]
    if is_installed(PACKAGES[SKORCH]):
        passes = FOLDS * epochs
        # Each epoch of a fold takes as long as the next: one is timed, and stands for all.
        theirs = passes * skorch_epochs()
        name = f"{SKORCH} (an epoch of a fold each, times {passes})"
        lines.append((name, theirs, theirs / seconds))
    head = f"all {len(FIRST)} networks on {FOLDS} folds"
    timings = table({head: "", "seconds": ".1f", f"this / {OURS}": ".2f"}, lines)
    least = target("MNIST: least mean score of the folds", min(scores), "≥", 0.945, ".2%")
    return Result([scored, timings], [least])


def our_folds(epochs: int) -> tuple[list[float], float]:
    """Return the mean score of each network on what it was not trained on, and the seconds."""
    from trainfcnn import sweep

    fields = RECIPE | {"epochs": epochs, "progress": False}
    found = sweep("mnist", folds=FOLDS, normalize="standard", **fields)
    scores = [cast(float, row["test_score"]) for row in found.records()]
    # Folds vary fastest in a sweep: those of one network stand together.
    parts = [scores[start : start + FOLDS] for start in range(0, len(scores), FOLDS)]
    return list(map(mean, parts)), found.seconds


def skorch_epochs() -> float:
    """Time an epoch of each network on as many images as a fold leaves, floats beforehand."""
    import torch

    from trainfcnn import load_images

    mnist = load_images("mnist")
    n = N_IMAGES - N_IMAGES // FOLDS
    x = torch.tensor(mnist.x[:n], dtype=torch.float32).div_(255)
    x = (x - x.mean()) / x.std()
    return sum(skorch_epoch(first, x, torch.tensor(mnist.y[:n])) for first in FIRST)


def skorch_epoch(first: int, x: "Tensor", y: "Tensor") -> float:
    """Time one epoch of a network with so many units in its first layer."""
    import torch
    from skorch import NeuralNetClassifier

    network = fully_connected([PIXELS, first, SECOND, DIGITS])
    model = NeuralNetClassifier(network, criterion=torch.nn.CrossEntropyLoss, verbose=0)
    model.set_params(optimizer=torch.optim.SGD, lr=LR, max_epochs=1, train_split=None)
    model.set_params(batch_size=BATCH, iterator_train__shuffle=True)
    return timed(model.fit, x, y)


BLOCK = Block(
    title="Cross-validation of images",
    text="The recipe of a tutorial, but with 64 units in the second layer and 10 epochs (its own "
    "networks are in results.md): standardised pixels, relu, SGD with lr 0.01, batches of 64. "
    "skorch is timed on one epoch of each network.",
    measure=folds,
    needs=(PACKAGES[SKORCH],),
)
