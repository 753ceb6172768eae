"""One epoch of images: 784-100-10 relu on MNIST, 600 batches of 100, SGD."""

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from scripts.benchmarks.report import Block, Cell, Result, Target, table, target
from scripts.benchmarks.rivals import IMAGE_LR, SKLEARN, as_floats, time_epoch, unconverged
from scripts.benchmarks.timing import fresh_python, in_turn, ratio, timed
from scripts.benchmarks.xor import BATCH, OURS

# What takes long to import is imported by the function that needs it: --help needs none of it.
if TYPE_CHECKING:
    from torch import Tensor

    from trainfcnn import Dataset

PIXELS = 784
UNITS = 100
DIGITS = 10
N_IMAGES = 60_000
PRODUCTS = "its bare matrix products"
LOADER = "the tutorials' DataLoader loop"
RECIPE: dict[str, Any] = {
    "dims": [UNITS],
    "activation": "relu",
    "optimizer": "sgd",
    "lr": IMAGE_LR,
    "batch_size": BATCH,
    "schedule": "constant",
    "dropout": 0.0,
    "weight_decay": 0.0,
}
# `ru_maxrss` would count the process that started this one too.
PEAK = """
from pathlib import Path
from trainfcnn import TrainFCNN
TrainFCNN("mnist").train(validation=0.1, epochs=1, progress=False).plot(seeds=0)
status = Path("/proc/self/status").read_text()
print(float(status.partition("VmHWM:")[2].split()[0]) / 1e6)
"""


def products(images: "Dataset") -> float:
    """Time the products of all steps alone: two of the forward pass, three of the backward."""
    import torch

    x = torch.rand(BATCH, PIXELS + 1)  # a column of ones gives the biases
    first = torch.rand(UNITS, PIXELS + 1)
    last = torch.rand(DIGITS, UNITS + 1)
    hidden = torch.rand(UNITS + 1, BATCH)
    delta = torch.rand(DIGITS, BATCH)
    scores = torch.empty_like(delta)
    units = torch.empty(UNITS, BATCH)
    hidden_delta = torch.empty_like(units)
    first_gradient = torch.empty_like(first)
    last_gradient = torch.empty_like(last)
    start = perf_counter()
    for _ in range(N_IMAGES // BATCH):
        torch.mm(first, x.T, out=units)
        torch.mm(last, hidden, out=scores)
        torch.mm(delta, hidden.T, out=last_gradient)
        torch.mm(last[:, :-1].T, delta, out=hidden_delta)
        torch.mm(hidden_delta, x, out=first_gradient)
    return perf_counter() - start


def our_epoch(images: "Dataset") -> float:
    """Time half of two epochs, with all that is recorded of them."""
    from trainfcnn import TrainFCNN

    trainer = TrainFCNN(images).train(**RECIPE, epochs=2, progress=False)
    return trainer.history.seconds / 2


def tutorial_epoch(images: "Dataset") -> float:
    """Time the loop as the tutorials have it: each image becomes floats when it is taken."""
    import torch

    x = torch.tensor(images.x)
    y = torch.tensor(images.y)

    class Images(torch.utils.data.Dataset["tuple[Tensor, Tensor]"]):
        def __len__(self) -> int:
            return len(x)

        def __getitem__(self, index: int) -> "tuple[Tensor, Tensor]":
            return x[index].float().div_(255), y[index]

    return time_epoch([PIXELS, UNITS, DIGITS], Images())


def loader_epoch(images: "Dataset") -> float:
    """Time the loop on images that were made floats beforehand."""
    return time_epoch([PIXELS, UNITS, DIGITS], as_floats(images))


def sklearn_epoch(images: "Dataset") -> float:
    """Time half of two epochs."""
    from sklearn.neural_network import MLPClassifier

    # Its momentum is 0.9 unless one says otherwise.
    model = MLPClassifier((UNITS,), solver="sgd", alpha=0.0, momentum=0.0)
    model.set_params(learning_rate_init=IMAGE_LR, batch_size=BATCH, max_iter=2, random_state=0)
    x = images.x.astype("float32") / 255
    with unconverged():
        return timed(model.fit, x, images.y) / 2


ROWS: "dict[str, Callable[[Dataset], float]]" = {
    PRODUCTS: products,
    OURS: our_epoch,
    LOADER: tutorial_epoch,
    "the same on floats made beforehand": loader_epoch,
    SKLEARN: sklearn_epoch,
}


def images(rounds: int, quick: bool) -> Result:
    """Train every row for an epoch so many times, in turn."""
    from trainfcnn import load_images

    mnist = load_images("mnist")
    loading = [timed(load_images, "mnist") for _ in range(rounds)]
    rows = {name: partial(_of_a_lap, epoch, mnist) for name, epoch in ROWS.items()}
    laps = in_turn(rows, 1 + rounds)
    seconds = {name: times[1:] for name, times in laps.items()}  # the first warms up
    lines: list[list[Cell]] = [
        [name, median(times), ratio(times, seconds[OURS])] for name, times in seconds.items()
    ]
    columns = {"one epoch of MNIST, 784-100-10": "", "seconds": ".3f", f"this / {OURS}": ".2f"}
    # in a process of its own, whose memory nothing else has grown
    peak = float(fresh_python(PEAK))
    return Result([table(columns, lines)], targets(seconds, median(loading), peak))


# `in_turn` hands on the number of the lap, which these rows do not need.
def _of_a_lap(epoch: "Callable[[Dataset], float]", mnist: "Dataset", lap: int) -> float:
    return epoch(mnist)


def targets(seconds: dict[str, list[float]], loading: float, peak: float) -> list[Target]:
    """Return what was promised of them."""
    bound = ratio(seconds[OURS], seconds[PRODUCTS])
    loader = ratio(seconds[LOADER], seconds[OURS])
    sklearn = ratio(seconds[SKLEARN], seconds[OURS])
    return [
        target(f"{OURS} / {PRODUCTS}", bound, "≤", 2.4, ".2f"),
        target(f"{LOADER} / {OURS}", loader, "≥", 5, ".1f"),
        target(f"{SKLEARN} / {OURS}, MNIST", sklearn, "≥", 1.8, ".2f"),
        target("loading MNIST, seconds", loading, "≤", 1, ".2f"),
        target("peak memory of an MNIST run, GB", peak, "≤", 1.2, ".2f"),
    ]


BLOCK = Block(
    title="An epoch of images",
    text="MNIST, 784-100-10 relu, SGD with lr 0.1, 600 batches of 100. The tutorials make floats "
    "of each image when it is taken, as their `ToTensor` does; the step to a PIL image and back, "
    "which they take as well, is left out.",
    measure=images,
)
