"""The toy data sets: points in the plane, their labels, and the truth behind them.

`DATASETS` maps a name to its `Law`: how points are drawn and what is true everywhere in the plane.
`make_dataset` draws a sample and a fresh test sample of one law.
"""

from dataclasses import dataclass
from operator import index
from typing import Any

import numpy as np
from numpy.random import Generator

from trainfcnn._support.checks import (
    check_memory,
    check_seed,
    is_real,
    is_whole,
    look_up,
    short,
)
from trainfcnn._support.seeds import numpy_generator
from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Dataset, Domain, Law, Origin

DEFAULT_SAMPLES = 2500
TEST_SAMPLES = 2500
BYTES_A_POINT = 24  # two coordinates and a target
TWO = (0, 1)
FOUR = (0, 1, 2, 3)


def make_dataset(
    law: "str | Law", n_samples: int = DEFAULT_SAMPLES, noise: float = 0.0, seed: int = 0
) -> Dataset:
    """Draw a data set: a sample to train on and a fresh test sample of the same law.

    Parameters
    ----------
    law : str or Law
        A key of `DATASETS`, or a law such as ``blobs(centers=5)``.
    n_samples : int
        Points to train on, >= 1. The test sample always has 2,500.
    noise : float
        Standard deviation >= 0, in the units of the inputs for a classification (labels are
        those of the points before they moved), of the target for a regression.
    seed : int
        Same seed, same points.

    Raises
    ------
    ValueError
        For an unknown name or a value out of bounds.

    Examples
    --------
    >>> make_dataset("xor", n_samples=100)
    Dataset('xor'): binary, 100 points, 2,500 for the test, 2 features, 2 classes
    """
    law = law if isinstance(law, Law) else look_up(DATASETS, law, "dataset")
    _check_sampling(n_samples, noise)
    seed = check_seed(seed)
    x, y = law.sample(n_samples, noise, numpy_generator(seed, "data"))
    x_test, y_test = law.sample(TEST_SAMPLES, noise, numpy_generator(seed, "test"))
    return Dataset(
        name=law.name,
        kind=law.kind,
        x=x,
        y=y,
        x_test=x_test,
        y_test=y_test,
        classes=law.classes,
        domain=law.domain,
        law=law,
        noise=noise,
        recommended=law.recommended,
        feature_names=law.feature_names,
        origin=Origin(n_samples, seed),
    )


def _check_sampling(n_samples: Any, noise: Any) -> None:
    if not is_whole(n_samples) or n_samples < 1:
        raise ValueError(
            f"n_samples must be an integer of 1 or more, got {short(n_samples)}: try n_samples=2500"
        )
    check_memory(BYTES_A_POINT * index(n_samples), f"n_samples={n_samples:,}", "take fewer")
    if not is_real(noise) or noise < 0:
        raise ValueError(f"noise must be a number of 0 or more, got {short(noise)}: try noise=0.1")


def _prod(x1: Array, x2: Array) -> Array:
    return x1 * x2 / 4


def _sum_squares(x1: Array, x2: Array) -> Array:
    return (x1**2 + x2**2) / 4


def _polynom(x1: Array, x2: Array) -> Array:
    return (x1**2 - 3 * x1 * x2 - x2**2) / 4


def _and(x1: Array, x2: Array) -> Values:
    return _classes((x1 > 0) & (x2 > 0))


def _or(x1: Array, x2: Array) -> Values:
    return _classes((x1 > 0) | (x2 > 0))


def _xor(x1: Array, x2: Array) -> Values:
    return _classes(x1 * x2 > 0)


def _stripe(x1: Array, x2: Array) -> Values:
    return _classes(np.abs(x1 - x2) <= 1)


def _square(x1: Array, x2: Array) -> Values:
    return _classes(np.abs(x1) + np.abs(x2) <= 1)


def _circle(x1: Array, x2: Array) -> Values:
    return _classes(x1**2 + x2**2 <= 1)


def _squares(x1: Array, x2: Array) -> Values:
    return _classes(np.abs(x1) + np.abs(x2), 4)


def _circles(x1: Array, x2: Array) -> Values:
    return _classes((x1**2 + x2**2) / 2, 4)


def _quadrants(x1: Array, x2: Array) -> Values:
    return _classes(2 * (np.arctan2(x2, x1) / np.pi + 1), 4)


def _classes(levels: Values, n_classes: int = 2) -> Values:
    """Return levels as class indices; the outermost corner belongs to the last class."""
    return np.minimum(levels.astype(np.int64), n_classes - 1)


# TensorFlow Playground's data, github.com/tensorflow/playground, src/dataset.ts

PLAYGROUND = Domain((-6.0, -6.0), (6.0, 6.0))
SPIRAL_RADIUS = 5.0
SPIRAL_TURNS = 1.75
BLOBS_RADIUS = 1.25
GAUSS_CENTER = 2.0
GAUSS_VARIANCE = 0.5
# Centre and sign of each cone: they reach 2 from it and stand 4 or more apart, so none overlap.
BUMPS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


def _spiral(x1: Array, x2: Array) -> Values:
    """Return 1 where the first arm is nearer in angle: its angle grows with the radius."""
    # Where the first arm is at this radius, as an angle from the x2 axis: below, x1 is its sine.
    angle = 2 * np.pi * SPIRAL_TURNS * np.hypot(x1, x2) / SPIRAL_RADIUS
    # The second arm is half a turn on: what is within a quarter of a turn belongs to the first.
    return _classes(np.cos(np.arctan2(x1, x2) - angle) > 0)


def _sample_spiral(n: int, generator: Generator) -> tuple[Array, Values]:
    along = generator.uniform(0, 1, n)
    arm = generator.permutation(n) % 2  # in random order, but as many of one as of the other
    angle = 2 * np.pi * SPIRAL_TURNS * along + np.pi * (1 - arm)
    radius = SPIRAL_RADIUS * along
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]), arm.astype(np.int64)


def _gauss(x1: Array, x2: Array) -> Values:
    return _classes(x1 + x2 > 0)


def _sample_gauss(n: int, generator: Generator) -> tuple[Array, Values]:
    y = generator.permutation(n) % 2
    centers = GAUSS_CENTER * (2 * y[:, None] - 1)
    return generator.normal(centers, np.sqrt(GAUSS_VARIANCE), (n, 2)), y.astype(np.int64)


def _plane(x1: Array, x2: Array) -> Array:
    return (x1 + x2) / 10


def _gauss_regression(x1: Array, x2: Array) -> Array:
    values = np.zeros_like(x1)
    for center1, center2, sign in BUMPS:
        values += sign * np.maximum(0, 1 - np.hypot(x1 - center1, x2 - center2) / 2)
    return values


def _moons(x1: Array, x2: Array) -> Values:
    """Return 1 where the lower moon is nearer."""
    upper = _distance_to_arch(x1, x2)
    # The lower moon is the upper one turned by half a turn about (1/2, 1/4).
    lower = _distance_to_arch(1 - x1, 0.5 - x2)
    return _classes(lower < upper)


def _distance_to_arch(x1: Array, x2: Array) -> Array:
    """Return the distance to the upper half of the unit circle."""
    to_arch = np.abs(np.hypot(x1, x2) - 1)
    to_end = np.hypot(np.abs(x1) - 1, x2)
    # Below its ends, nothing of the arch is as near as one of them.
    distance: Array = np.where(x2 >= 0, to_arch, to_end)
    return distance


def _sample_moons(n: int, generator: Generator) -> tuple[Array, Values]:
    angle = generator.uniform(0, np.pi, n)
    y = generator.permutation(n) % 2
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    return np.where(y[:, None] == 1, (1, 0.5) - upper, upper), y.astype(np.int64)


@dataclass(frozen=True)
class _Blobs:
    """Equal Gaussian blobs, evenly placed on a circle, neighbours 7 standard deviations apart."""

    n: int

    @property
    def centers(self) -> Array:
        angles = 2 * np.pi * np.arange(self.n) / self.n + np.pi / 6
        return BLOBS_RADIUS * np.column_stack([np.cos(angles), np.sin(angles)])

    @property
    def deviation(self) -> float:
        # The chord between two neighbours, over 7.
        return float(2 * BLOBS_RADIUS * np.sin(np.pi / self.n) / 7)

    def sample(self, n: int, generator: Generator) -> tuple[Array, Values]:
        y = generator.permutation(n) % self.n
        return generator.normal(self.centers[y], self.deviation), y.astype(np.int64)

    def nearest(self, x1: Array, x2: Array) -> Values:
        """Return the index of the nearest centre: Bayes' rule."""
        points = np.stack([x1, x2], axis=-1)[..., None, :]  # (..., 1, 2), against centres (n, 2)
        indices: Values = np.linalg.norm(points - self.centers, axis=-1).argmin(-1)
        return indices


def blobs(centers: int = 3) -> Law:
    """Return the law of `centers` equal Gaussian blobs, evenly placed on a circle.

    Their common standard deviation is such that neighbours lie 7 of them apart, and the truth is
    Bayes' rule, the nearest centre. Two centres make a binary task.

    Parameters
    ----------
    centers : int
        Blobs, hence classes, >= 2.

    Examples
    --------
    >>> blobs(centers=2).kind, blobs(centers=5).kind
    ('binary', 'multiclass')
    """
    if not is_whole(centers) or centers < 2:
        raise ValueError(f"centers must be an integer of 2 or more, got {centers!r}: try centers=3")
    of = _Blobs(int(centers))
    return Law(
        name="blobs",
        kind="binary" if centers == 2 else "multiclass",
        formula=f"nearest of {centers} Gaussian centres",
        truth=of.nearest,
        classes=tuple(range(centers)),
        sampler=of.sample,
        recommended=_STRAIGHT,
    )


# With these a network learns its data set on every seed, in about half a second or less.
# (0.1 would be faster for no hidden layer, but a cliff for who names some)
_STRAIGHT = {"dims": (), "lr": 0.03, "schedule": "cosine", "epochs": 50}
# inputs up to 6 make the usual rate of 'sgd' too long a step for a squared error
_SCALED = {**_STRAIGHT, "standardize": True}
_FEW_LINES = {"dims": (16,), "lr": 0.03, "schedule": "cosine", "epochs": 50}
_LINES = {"dims": (16, 16), "schedule": "cosine", "epochs": 100}
_CURVES = {**_LINES, "activation": "silu", "lr": 0.03}
_MANY_CURVES = {**_CURVES, "dims": (32, 32)}
_WAVES = {**_CURVES, "activation": "sine"}

DATASETS: dict[str, Law] = {
    law.name: law
    for law in (
        Law("prod", "regression", "x1·x2 / 4", _prod, recommended=_LINES),
        Law("sum_squares", "regression", "(x1² + x2²) / 4", _sum_squares, recommended=_CURVES),
        Law("polynom", "regression", "(x1² - 3·x1·x2 - x2²) / 4", _polynom, recommended=_CURVES),
        Law("and", "binary", "x1 > 0 and x2 > 0", _and, TWO, recommended=_FEW_LINES),
        Law("or", "binary", "x1 > 0 or x2 > 0", _or, TWO, recommended=_FEW_LINES),
        Law("xor", "binary", "x1·x2 > 0", _xor, TWO, recommended=_LINES),
        Law("stripe", "binary", "|x1 - x2| <= 1", _stripe, TWO, recommended=_FEW_LINES),
        Law("square", "binary", "|x1| + |x2| <= 1", _square, TWO, recommended=_CURVES),
        Law("circle", "binary", "x1² + x2² <= 1", _circle, TWO, recommended=_CURVES),
        Law("squares", "multiclass", "int(|x1| + |x2|)", _squares, FOUR, recommended=_MANY_CURVES),
        Law(
            "circles",
            "multiclass",
            "int((x1² + x2²) / 2)",
            _circles,
            FOUR,
            recommended=_MANY_CURVES,
        ),
        Law(
            "quadrants",
            "multiclass",
            "int(2·(atan2(x2, x1) / π + 1))",
            _quadrants,
            FOUR,
            recommended=_LINES,
        ),
        blobs(),
        Law(
            "moons",
            "binary",
            "nearest of two half circles",
            _moons,
            TWO,
            Domain((-1.5, -1.25), (2.5, 1.75)),
            _sample_moons,
            _FEW_LINES,
        ),
        Law(
            "spiral",
            "binary",
            "nearest of two arms",
            _spiral,
            TWO,
            PLAYGROUND,
            _sample_spiral,
            _CURVES,
        ),
        Law(
            "gauss",
            "binary",
            "x1 + x2 > 0",
            _gauss,
            TWO,
            PLAYGROUND,
            _sample_gauss,
            _STRAIGHT,
        ),
        Law("plane", "regression", "(x1 + x2) / 10", _plane, (), PLAYGROUND, recommended=_SCALED),
        Law(
            "gauss_regression",
            "regression",
            "six cones",
            _gauss_regression,
            (),
            PLAYGROUND,
            recommended=_WAVES,
        ),
    )
}
