"""A prediction over a single feature, and the truth there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.types import Array
from trainfcnn.analysis.evaluation import values_or_probabilities
from trainfcnn.data.dataset import Dataset, Domain, Law
from trainfcnn.training.run import Run

TO_THE_EDGE = 1e-9  # of the domain, as a share of it: `floor` has a class of its own at 2


@dataclass(frozen=True, eq=False)
class Curve:
    """What a network says along its one feature, over the sampled domain and a margin beside it.

    Attributes
    ----------
    x : array of shape (n,)
        Places of the feature, rising.
    values : array of shape (n,) or (n, n_classes)
        A regression's prediction there, or the probability of every class.
    truth : array of shape (n,), or None
        The true value or class index, NaN where a function is not defined; None if not known.
    kind : str
        A key of `TASKS`.
    domain : Domain
        Where points were drawn; the rest is extrapolation.
    classes : tuple
        Labels, in the order of the probabilities.
    """

    x: Array
    values: Array
    truth: Array | None
    kind: str
    domain: Domain
    classes: tuple[object, ...] = ()

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which places lie in the sampled domain, (n,)."""
        return self.domain.contains(self.x)

    def __repr__(self) -> str:
        return f"Curve: {self.kind} at {len(self.x)} places"


def has_curve(dataset: Dataset) -> bool:
    """Return whether the data have a single feature, so that a prediction is a curve."""
    return dataset.image_shape is None and dataset.n_features == 1


def predict_curve(run: Run, n: int, margin: float) -> Curve:
    """Return what the network of a run of one feature says at `n` places (see `predict_grid`)."""
    dataset = run.dataset
    cells = dataset.domain.expanded(margin).cells(n)
    return Curve(
        x=cells[:, 0],
        values=values_or_probabilities(run, cells),
        truth=None if dataset.law is None else truth_at(dataset.law, cells),
        kind=dataset.kind,
        domain=dataset.domain,
        classes=dataset.classes,
    )


def truth_at(law: Law, x: Array) -> Array:
    """Return the truth at points (n, d), (n,); NaN for those outside, if it is not defined there.

    A user's function may be a root, say, or give classes there that are none of the data's.
    """
    truth = np.full(len(x), np.nan)
    try:
        truth[:] = law.truth(*x.T)
    except ValueError:
        inside = law.domain.expanded(-TO_THE_EDGE).contains(*x.T)
        truth[inside] = law.truth(*x[inside].T)
    return truth
