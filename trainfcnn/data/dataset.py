"""What data are to the rest of the package: a `Domain`, a `Law`, a `Dataset`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from trainfcnn._support.seeds import numpy_generator
from trainfcnn._support.types import Array, Values
from trainfcnn.data.columns import Columns

Truth = Callable[..., Values]

Sampler = Callable[[int, Generator], tuple[Array, Values]]

EXACT_SAMPLES = 100_000
FEWEST_CELLS = 10  # along each side; a grid of fewer is no better than points at random


KINDS = ("regression", "binary", "multiclass", "multilabel")


@dataclass(frozen=True)
class Domain:
    """The box from which points are drawn: ``[low, high]`` on each axis, of the plane if not said.

    Examples
    --------
    >>> Domain((-2.0,), (2.0,)).n_features
    1
    """

    low: tuple[float, ...] = (-2.0, -2.0)
    high: tuple[float, ...] = (2.0, 2.0)

    @property
    def n_features(self) -> int:
        """How many axes it has."""
        return len(self.low)

    def grid(self, n: int) -> tuple[Array, ...]:
        """Return the axes of a grid of cell midpoints over the box, n along each.

        Examples
        --------
        >>> Domain().grid(4)[0]
        array([-1.5, -0.5,  0.5,  1.5])
        """
        low = np.array(self.low)
        high = np.array(self.high)
        cells = (np.arange(n) + 0.5) / n
        # (n, 1) * (d,) -> (n, d): a column for each axis.
        return tuple((low + cells[:, None] * (high - low)).T)

    def cells(self, n: int) -> Array:
        """Return the midpoints of a grid, n along each axis, as points (n^d, d).

        In the plane these are the rows of the grid in turn.
        """
        return np.stack(np.meshgrid(*self.grid(n)), axis=-1).reshape(-1, self.n_features)

    def jittered_grid(self, n: int, generator: Generator) -> Array:
        """Return points (n^d, d), one at random in each cell of a grid with n along each axis.

        Midpoints would overlook a strip along an axis that is thinner than half a cell.
        """
        low = np.array(self.low)
        high = np.array(self.high)
        places = [np.arange(n)] * self.n_features
        cells = np.stack(np.meshgrid(*places), axis=-1).reshape(-1, self.n_features)
        points: Array = low + (cells + generator.uniform(size=cells.shape)) / n * (high - low)
        return points

    def uniform(self, n: int, generator: Generator) -> Array:
        """Return points (n, d), anywhere in the box with equal probability."""
        return generator.uniform(self.low, self.high, (n, self.n_features))

    def contains(self, *x: Array) -> NDArray[np.bool_]:
        """Return which points lie in the box, its edges included; an array for each axis.

        Examples
        --------
        >>> Domain().contains(np.array([0.0, 3.0]), np.array([2.0, 0.0]))
        array([ True, False])
        """
        edges = zip(x, self.low, self.high, strict=True)
        inside: NDArray[np.bool_] = np.logical_and.reduce(
            [(one >= low) & (one <= high) for one, low, high in edges]
        )
        return inside

    def expanded(self, margin: float) -> "Domain":
        """Return a larger box: on every side by `margin`, a share of the side's length.

        Examples
        --------
        >>> Domain().expanded(0.25)
        Domain(low=(-3.0, -3.0), high=(3.0, 3.0))
        """
        low = np.array(self.low)
        high = np.array(self.high)
        reach = margin * (high - low)
        return Domain(tuple((low - reach).tolist()), tuple((high + reach).tolist()))


@dataclass(frozen=True)
class Law:
    """A labelled distribution: how a toy data set comes about.

    Attributes
    ----------
    name, kind, formula : str
        Its key in `DATASETS`, the task, and the truth in words.
    truth : callable
        ``truth(x1, x2)`` gives the target anywhere in the plane: class indices or values. It has
        an argument for each axis of the domain: ``truth(x)``, ``truth(x1, x2, x3)``.
    classes : tuple
        Labels, known by definition, whatever a sample happens to hold; empty for a regression.
    domain : Domain
        Where points are drawn.
    sampler : callable, optional
        ``sampler(n, generator)`` returns points (n, d) and targets (n,); by default points are
        uniform on the domain and targets are the truth.
    recommended : mapping
        Fields of a `Recipe` with which a network learns it on every seed.
    feature_names : tuple of str
        What its features are called, where they have names.
    """

    name: str
    kind: str
    formula: str
    truth: Truth
    classes: tuple[object, ...] = ()
    domain: Domain = Domain()
    sampler: Sampler | None = None
    recommended: Mapping[str, object] = field(default_factory=dict)
    feature_names: tuple[str, ...] = ()

    def sample(self, n: int, noise: float, generator: Generator) -> tuple[Array, Values]:
        """Draw points (n, d) and their targets (n,), with `noise` on inputs or on the target."""
        # First the labels, then the noise: a point that crosses a border keeps its old label.
        x, y = (self.sampler or self._sample_uniformly)(n, generator)
        if noise and self.kind == "regression":
            return x, y + generator.normal(0, noise, n)
        if noise:
            return x + generator.normal(0, noise, x.shape), y
        return x, y

    def exact_points(self) -> Array:
        """Return noiseless points (n, d) on which to hold a prediction against the truth.

        Where the law is uniform on a few features there is one in each cell of a fine grid, else
        they are a large sample.
        """
        # The same points whatever the seed of the data, so that exact scores can be compared.
        generator = numpy_generator(0, "exact")
        if self.sampler is not None:
            return self.sampler(EXACT_SAMPLES, generator)[0]
        along = int(EXACT_SAMPLES ** (1 / self.domain.n_features))
        if along < FEWEST_CELLS:
            return self.domain.uniform(EXACT_SAMPLES, generator)
        return self.domain.jittered_grid(along, generator)

    def _sample_uniformly(self, n: int, generator: Generator) -> tuple[Array, Values]:
        x = self.domain.uniform(n, generator)
        return x, self.truth(*x.T)


@dataclass(frozen=True)
class Origin:
    """How the samples of a `Dataset` can be had again: drawn by its law, or found among images.

    Attributes
    ----------
    n_samples : int, optional
        How many were asked for; None for all images of a set.
    seed : int
        Of the draw.
    data_home : str, optional
        Of a set of images.
    """

    n_samples: int | None
    seed: int
    data_home: str | None = None


# eq=False here and elsewhere: `==` of arrays is an array, so that no field can be compared.
@dataclass(frozen=True, eq=False)
class Dataset:
    """A sample to train on, a test sample, and what is known about them.

    Attributes
    ----------
    name, kind : str
        What to call it; 'regression', 'binary', 'multiclass' or 'multilabel'.
    x, x_test : array of shape (n, d)
        Inputs.
    y, y_test : array of shape (n,) or (n, targets)
        Class indices (int64) or values (float64); of several targets a column each, of labels 1
        where it holds and else 0.
    classes : tuple
        The labels as the user knows them, in the order of the indices; empty for a regression.
    domain : Domain
        The box of the inputs.
    law : Law, optional
        Where it comes from, if that is known: its ``truth(x1, x2)`` is the target anywhere.
    noise : float
        Standard deviation of what was added to the inputs (regression: to the target).
    recommended : mapping
        Fields of a `Recipe` that suit this data set.
    image_shape : (int, int), optional
        Height and width, where a row of inputs is an image; they are then bytes or floats.
    normalize : {'unit', 'standard', None}
        What training does to all features alike: bring them to the range from 0 to 1, or to mean 0
        and standard deviation 1, or leave them.
    feature_names : tuple of str
        What the columns of the inputs are called; empty where that is not known.
    target_names : tuple of str
        What several targets, or labels, are called; empty where there is one target a row.
    encoder : Columns, optional
        Which columns of a table the features are made of, so that others make the same.
    validation : (X, y), optional
        A sample on which it is seen which weights to keep, where one is given for that.
    weights : array of shape (n,), optional
        How much each training sample counts, on any scale; by default all count alike.
    notes : tuple of str
        What was guessed or left out on the way here, for whoever reads of the data.
    origin : Origin, optional
        How the samples can be had again, where they are drawn or those of a set of images.
    """

    name: str
    kind: str
    x: Values
    y: Values
    x_test: Values
    y_test: Values
    classes: tuple[object, ...] = ()
    domain: Domain = Domain()
    law: Law | None = None
    noise: float = 0.0
    recommended: Mapping[str, object] = field(default_factory=dict)
    image_shape: tuple[int, int] | None = None
    normalize: str | None = None
    feature_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    encoder: Columns | None = None
    validation: tuple[Values, Values] | None = None
    weights: Array | None = None
    notes: tuple[str, ...] = ()
    origin: Origin | None = None

    @property
    def is_here(self) -> bool:
        """Whether the samples are here, or can be fetched: not where a file left them out."""
        return True

    @property
    def n_samples(self) -> int:
        """How many there are to train on."""
        return len(self.x)

    @property
    def n_test(self) -> int:
        """How many there are in the test sample."""
        return len(self.x_test)

    @property
    def n_features(self) -> int:
        """How many columns the inputs have."""
        return int(self.x.shape[1])

    @property
    def n_targets(self) -> int:
        """How many targets a sample has."""
        return len(self.target_names) or 1

    @property
    def axis_names(self) -> tuple[str, ...]:
        """What the features are called: by a table or a function, or by their places."""
        n = self.n_features
        if self.feature_names:
            return self.feature_names
        if n <= 2:
            return ("x",) if n == 1 else ("x1", "x2")
        # From 0, as `features` are given; x1 and x2 are those of formulas, from 1.
        return tuple(f"feature {place}" for place in range(n))

    @property
    def is_classification(self) -> bool:
        """Whether the targets are classes."""
        return self.kind != "regression"

    @property
    def plain_epochs(self) -> int:
        """How many epochs a training has that nothing is recommended for: images are many."""
        return 200 if self.image_shape is None else 10

    def part(self, chosen: NDArray[np.bool_]) -> tuple[Values, Values, Array | None]:
        """Return the chosen training samples: inputs, targets and, if they have some, weights."""
        weights = None if self.weights is None else self.weights[chosen]
        return self.x[chosen], self.y[chosen], weights

    def without_samples(self) -> "Dataset":
        """Return what describes the data, with no sample in it and no law behind it."""
        none = slice(0, 0)  # of no rows, but of all columns, and of the same type
        return replace(
            self,
            x=self.x[none],
            y=self.y[none],
            x_test=self.x_test[none],
            y_test=self.y_test[none],
            law=None,
            validation=None,
            weights=None,
        )

    def __repr__(self) -> str:
        classes = f", {len(self.classes)} classes" if self.classes else ""
        if self.target_names:
            what = "labels" if self.is_classification else "targets"
            classes = f", {self.n_targets} {what}"
        samples = f"{self.n_samples:,} points"
        features = f", {self.n_features} features"
        if self.image_shape:
            height, width = self.image_shape
            samples = f"{self.n_samples:,} images of {height} x {width} pixels"
            features = ""
        return (
            f"Dataset({self.name!r}): {self.kind}, {samples}, {self.n_test:,} for the test"
            f"{features}{classes}{self.told}"
        )

    @property
    def told(self) -> str:
        """The notes, for the end of a line."""
        return f" [{'; '.join(self.notes)}]" if self.notes else ""
