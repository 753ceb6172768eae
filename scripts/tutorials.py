"""The recipes of the tutorials that trainfcnn grew out of, each run on several seeds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from itertools import product
from operator import attrgetter, methodcaller
from statistics import mean, median
from typing import TYPE_CHECKING, Any

from scripts.benchmarks.rivals import IMAGE_LR, as_floats, time_epoch
from scripts.benchmarks.xor import BATCH
from scripts.results import Saved, is_met, significant

# What takes long to import is imported by the function that needs it: --help needs none of it.
if TYPE_CHECKING:
    from torch.utils.data import TensorDataset

    from trainfcnn import Dataset, TrainFCNN

    Reach = Callable[[TrainFCNN], float]

FEW_EPOCHS = 2  # of a quick run
NOTHING = "–"

Recipe = dict[str, Any]
Middle = Callable[[Sequence[float]], float]

# --- the recipes, each as its page says it: what is not named is plain ---

SGD: Recipe = {"activation": "relu", "optimizer": "sgd", "schedule": "constant"}
ADAM: Recipe = {"activation": "relu", "optimizer": "adam", "schedule": "constant"}

FIVE = SGD | {"lr": IMAGE_LR, "batch_size": BATCH, "epochs": 5}  # 5 epochs of 600 batches
MODELS = {  # hidden layers, activation, the tutorial's accuracy, the one that is wanted
    "A": ((100,), "sigmoid", 0.91, 0.915),
    "B": ((100,), "tanh", 0.95, 0.948),
    "C": ((100,), "relu", 0.95, 0.955),
    "D": ((100, 100), "relu", 0.96, 0.963),
    "E": ((100, 100, 100), "relu", 0.97, 0.965),
}

KEPT = SGD | {"dims": (128, 64), "lr": 0.01, "batch_size": 64, "epochs": 25, "validation": 0.1}

CROSSED = SGD | {"lr": 0.01, "batch_size": 64, "epochs": 25}
FOLDS = 3
CROSSED_SIZES = {  # of the first of two hidden layers, with the tutorial's mean accuracy
    32: 0.229,
    64: 0.458,
    128: 0.425,
    256: 0.550,
}
STARTS: dict[str, tuple[str | None, float | None]] = {  # how weights begin, and what is wanted
    "our start": (None, 0.945),
    "the tutorial's start": ("unit_normal", None),
}

CLOTHES = ADAM | {"lr": 0.001, "batch_size": 64, "epochs": 10, "validation": 0.1}
ANGLE = 25.0  # degrees
UNTURNED: tuple[float, ...] = (0.0,)
VARIANTS: dict[str, tuple[Recipe, tuple[float, ...]]] = {
    # what is other than in CLOTHES, and by how much the test images are rotated
    "784-250-100-10": ({"dims": (250, 100)}, (0.0, ANGLE)),
    "trained with dropout 0.25": ({"dims": (250, 100), "dropout": 0.25}, UNTURNED),
    "784-64-100-10": ({"dims": (64, 100)}, UNTURNED),
    "784-256-100-10": ({"dims": (256, 100)}, UNTURNED),
    "trained on turned images": ({"dims": (250, 100), "rotate": ANGLE}, (0.0, ANGLE)),
}

BLOB_POINTS = 40
BLOB_TESTS = 10
BLOBS = SGD | {"lr": 0.01, "batch_size": BLOB_POINTS, "epochs": 50}
BLOB_NETWORKS: dict[str, tuple[int, ...]] = {"perceptron, 2-1": (), "2-10-1": (10,)}

TOYS = ADAM | {"dims": (6,), "lr": 0.01, "batch_size": 100, "epochs": 200, "shuffle": False}
MEASURES = {"loss": ("≤", ".3g"), "accuracy": ("≥", ".2%")}
TOY_FIGURES = {  # the tutorial's, of one run; and what is wanted of the median with its recipe
    "prod": {"loss": (0.00074, 0.0015)},
    "xor": {"loss": (0.0249, 0.0249), "accuracy": (0.9980, 0.996)},
    "quadrants": {"loss": (0.00835, 0.00835), "accuracy": (0.9984, 0.995)},
}

IMAGE_FIGURES = {  # what is wanted of the bare call
    "mnist": ("MNIST", 0.986),
    "fashion_mnist": ("Fashion-MNIST", 0.895),
}

# --- rows ---


@dataclass(frozen=True)
class Row:
    """What one recipe reached, and took.

    Attributes
    ----------
    what : str
        The network, or the data set and the recipe.
    reached : (float, float, float), optional
        The middle of what the seeds reached, the least and the greatest; None where it was not
        run.
    n_seeds : int
        How many there were; or folds.
    seconds : float, optional
        Mean over them.
    tutorial : str
        The tutorial's figure.
    sign, limit : str, float
        What is wanted of the middle: '≥' or '≤' which figure; nothing where `sign` is empty.
    ratio : float, optional
        How many times as long the tutorial's loop takes.
    spec : str
        The format of what was reached.
    note : str
        What follows it.
    """

    what: str
    reached: Sequence[float] | None
    n_seeds: int
    seconds: float | None = None
    tutorial: str = NOTHING
    sign: str = ""
    limit: float = 0.0
    ratio: float | None = None
    spec: str = ".2%"
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the wanted figure was reached; None where none is wanted, or it was not run."""
        if self.reached is None or not self.sign:
            return None
        return is_met(self.sign, self.limit, self.reached[0])

    def cells(self, judges: bool = True) -> list[str]:
        """Return the row of a table; without saying whether it is as wanted if it `judges` not."""
        met = {True: "met", False: "missed", None: NOTHING}[self.is_met if judges else None]
        return [
            self.what,
            self.tutorial,
            self.range(),
            f"{self.sign} {self.limit:{self.spec}}" if self.sign else NOTHING,
            met,
            NOTHING if self.ratio is None else f"{self.ratio:.1f}",
            NOTHING if self.seconds is None else f"{self.seconds:.2f}",
            str(self.n_seeds or NOTHING),
        ]

    def range(self) -> str:
        """Return the middle and the range of what was reached."""
        if self.reached is None:
            return "not run: its files are not there"
        middle, low, high = (f"{value:{self.spec}}" for value in self.reached)
        return (middle if self.n_seeds == 1 else f"{middle} ({low} to {high})") + self.note

    def saved(self) -> Saved:
        """Return it as JSON can hold it, without what is as by default."""
        return {
            name: value
            for name, value in asdict(self).items()
            # Those three have no default to compare with.
            if name in ("what", "reached", "n_seeds") or value != getattr(Row, name)
        }


def row_of(
    what: str,
    trainers: Sequence["TrainFCNN"],
    reach: "Reach" = methodcaller("score"),
    middle: Middle = mean,
) -> Row:
    """Return the row of trained networks; by default it holds their scores on the test sample."""
    if not trainers:
        return Row(what, None, 0)
    reached = [float(reach(trainer)) for trainer in trainers]
    found = middle(reached), min(reached), max(reached)
    seconds = mean(trainer.history.seconds for trainer in trainers)
    return Row(what, list(map(significant, found)), len(reached), significant(seconds))


# --- runs ---


@dataclass(frozen=True)
class Runs:
    """Run all there is to run or, quickly, one seed and few epochs of everything."""

    quick: bool

    def one(self, source: "str | Dataset", seed: int, recipe: Recipe) -> "TrainFCNN":
        """Return a trained network."""
        from trainfcnn import TrainFCNN

        if self.quick:
            recipe = recipe | {"epochs": min(FEW_EPOCHS, recipe.get("epochs", FEW_EPOCHS))}
        return TrainFCNN(source, seed=seed, device="cpu").train(**recipe, progress=False)

    def each(
        self, source: "str | Dataset | None", n_seeds: int, recipe: Recipe
    ) -> Iterator["TrainFCNN"]:
        """Yield a trained network per seed, from 0; none at all where there is no data set."""
        if source is not None:
            yield from (self.one(source, seed, recipe) for seed in self.seeds(n_seeds))

    def crossed(self, what: str, source: "Dataset", dims: tuple[int, ...], init: str | None) -> Row:
        """Return the row of a network trained without each fold in turn, and scored on it."""
        from trainfcnn import sweep

        recipe = CROSSED | {"dims": [dims], "init": init, "progress": False}
        if self.quick:
            recipe |= {"epochs": FEW_EPOCHS}
        found = sweep(source, folds=FOLDS, device="cpu", **recipe)
        scores = [float(str(row["test_score"])) for row in found.records()]
        reached = mean(scores), min(scores), max(scores)
        seconds = significant(found.seconds / FOLDS)
        return Row(what, list(map(significant, reached)), FOLDS, seconds)

    def seeds(self, n: int) -> range:
        """Return so many seeds, or one."""
        return range(1 if self.quick else n)


@cache
def images(name: str) -> "Dataset | None":
    """Return a set of images, or None where its files are not there."""
    from trainfcnn import load_images

    try:
        return load_images(name)
    except FileNotFoundError:
        return None


# --- the groups: each yields its rows ---


def models(runs: Runs) -> Iterator[Row]:
    """Train the five networks, and each of them for an epoch in the tutorial's loop."""
    for name, (dims, activation, theirs, least) in MODELS.items():
        recipe = FIVE | {"dims": dims, "activation": activation}
        trainers = []
        ratios = []
        for trainer in runs.each(images("mnist"), 3, recipe):
            trainers.append(trainer)
            # Right after each run, so that a machine that slows down slows both.
            ours = trainer.history.seconds / len(trainer.history)
            ratios.append(time_epoch(trainer.network.dims, mnist_floats(), activation) / ours)
        what = f"{name}: {'-'.join(map(str, (784, *dims, 10)))} {activation}"
        found = replace(row_of(what, trainers), tutorial=f"{theirs:.0%}", sign="≥", limit=least)
        yield replace(found, ratio=significant(median(ratios)) if ratios else None)


@cache
def mnist_floats() -> "TensorDataset":
    """Return MNIST's training sample as their loop takes it."""
    mnist = images("mnist")
    assert mnist is not None  # a network was trained on it
    return as_floats(mnist)


def kept(runs: Runs) -> Iterator[Row]:
    """Train with validation, on standardised images."""
    mnist = images("mnist")
    dataset = None if mnist is None else replace(mnist, normalize="standard")
    found = row_of("784-128-64-10 relu", list(runs.each(dataset, 3, KEPT)))
    yield replace(found, tutorial="97%", sign="≥", limit=0.97)


def crossed(runs: Runs) -> Iterator[Row]:
    """Cross-validate on all images, with the weights that we begin with and with the tutorial's."""
    mnist = images("mnist")
    whole = None if mnist is None else joined(mnist)
    for (first, theirs), start in product(CROSSED_SIZES.items(), STARTS):
        init, least = STARTS[start]
        sizes = (first, first // 2)
        what = f"784-{'-'.join(map(str, sizes))}-10, {start}"
        found = Row(what, None, 0) if whole is None else runs.crossed(what, whole, sizes, init)
        found = replace(found, tutorial=f"{theirs:.1%}")
        yield found if least is None else replace(found, sign="≥", limit=least)


def joined(images: "Dataset") -> "Dataset":
    """Return the images of both samples, standardised, as one sample to be cut into folds."""
    import numpy as np

    x = np.concatenate([images.x, images.x_test])
    y = np.concatenate([images.y, images.y_test])
    none = slice(0, 0)  # each fold is the test sample of a network that has not seen it
    return replace(images, x=x, y=y, x_test=x[none], y_test=y[none], normalize="standard")


def clothes(runs: Runs) -> Iterator[Row]:
    """Train on pieces of clothing, and test on rotated ones too."""
    yield from variants(runs, "fashion_mnist", "Fashion-MNIST")


def digits(runs: Runs) -> Iterator[Row]:
    """Train on digits by the recipe for clothes, and test on rotated ones too."""
    yield from variants(runs, "mnist", "MNIST")


def variants(runs: Runs, name: str, title: str) -> Iterator[Row]:
    """Train the networks for clothes on a set of images."""
    for variant, (changes, angles) in VARIANTS.items():
        trainers = list(runs.each(images(name), 3, CLOTHES | changes))
        for angle in angles:
            what = f"{title}, {variant}" + (", test images turned" if angle else "")
            yield row_of(what, trainers, methodcaller("score", rotate=angle))


def blobs(runs: Runs) -> Iterator[Row]:
    """Train a perceptron and a network with a hidden layer, and look at the loss before as well."""
    for name, dims in BLOB_NETWORKS.items():
        recipe = BLOBS | {"dims": dims}
        seeds = runs.seeds(20)
        fresh = [runs.one(some_blobs(seed), seed, recipe | {"epochs": 0}) for seed in seeds]
        trained = [runs.one(some_blobs(seed), seed, recipe) for seed in seeds]
        pairs = zip(fresh, trained, strict=True)
        fell = sum(loss_on_test(before) > loss_on_test(after) for before, after in pairs)
        before = row_of(f"{name}: before", fresh, loss_on_test)
        after = row_of(f"{name}: after", trained, loss_on_test)
        yield replace(before, spec=".4f", seconds=None)
        yield replace(after, spec=".4f", note=f", lower on {fell} of {len(seeds)}")


def some_blobs(seed: int) -> "Dataset":
    """Return samples of three blobs: the first of them against the two others."""
    from sklearn.datasets import make_blobs

    from trainfcnn import Dataset

    n = BLOB_POINTS + BLOB_TESTS
    points, blob = make_blobs(n_samples=n, n_features=2, cluster_std=1.5, random_state=seed)
    labels = (blob != 0).astype("int64")
    return Dataset(
        name="blobs",
        kind="binary",
        x=points[:BLOB_POINTS],
        y=labels[:BLOB_POINTS],
        x_test=points[BLOB_POINTS:],
        y_test=labels[BLOB_POINTS:],
        classes=(0, 1),
    )


def loss_on_test(trainer: "TrainFCNN") -> float:
    """Return the cross-entropy on the test sample, as scikit-learn works it out."""
    from sklearn.metrics import log_loss

    data = trainer.dataset
    return float(log_loss(data.y_test, trainer.predict_proba(data.x_test), labels=data.classes))


def toys(runs: Runs) -> Iterator[Row]:
    """Train on functions of the plane, by the tutorial's recipe and as recommended."""
    for title, recipe in {"the tutorial's recipe": TOYS, "as recommended": {}}.items():
        for name, figures in TOY_FIGURES.items():
            trainers = list(runs.each(name, 64, recipe))
            for measure, (theirs, limit) in figures.items():
                sign, spec = MEASURES[measure]
                what = f"{name}, {title}: {measure}"
                found = row_of(what, trainers, attrgetter(measure), median)
                found = replace(found, sign=sign, limit=limit if recipe else theirs)
                yield replace(found, tutorial=f"{theirs:{spec}}", spec=spec)


def recommended(runs: Runs) -> Iterator[Row]:
    """Train on images with nothing said."""
    for name, (title, least) in IMAGE_FIGURES.items():
        found = row_of(title, list(runs.each(images(name), 3, {})))
        yield replace(found, sign="≥", limit=least)
    yield row_of("scikit-learn's digits", list(runs.each("digits", 10, {})))
