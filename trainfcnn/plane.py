"""The plane a picture shows: two features, and where the others stay."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainfcnn.checks import check_pair
from trainfcnn.datasets import Array, Dataset, Domain, Values

Features = Sequence[int] | NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Plane:
    """Two features that vary, while all others stay at the median of the training sample.

    Attributes
    ----------
    features : (int, int)
        Their indices.
    median : array of shape (d,)
        Of every feature.
    domain : Domain
        The box of the two, in the plane.
    """

    features: tuple[int, int]
    median: Array
    domain: Domain

    @classmethod
    def of(cls, dataset: Dataset, features: Features | None = None) -> "Plane":
        """Return the plane of two features of a data set; of two there are, the plane itself.

        Parameters
        ----------
        dataset : Dataset
            But not of images.
        features : (int, int), optional
            Which, from 0; needed for data of more than two.

        Raises
        ------
        ValueError
            If it is not said which, or if they are not there.
        """
        first, second = _checked(dataset, features)
        low, high = dataset.domain.low, dataset.domain.high
        return cls(
            (first, second),
            np.median(dataset.x, axis=0),
            Domain((low[first], low[second]), (high[first], high[second])),
        )

    @property
    def is_all(self) -> bool:
        """Whether there are no other features."""
        return len(self.median) == 2

    @property
    def names(self) -> tuple[str, str]:
        """What to write on the axes."""
        first, second = self.features
        if self.is_all:
            return f"x{first + 1}", f"x{second + 1}"
        return f"feature {first}", f"feature {second}"

    def project(self, x: Values) -> Values:
        """Return the two features of points: (n, d) to (n, 2)."""
        return x[:, list(self.features)]

    def embed(self, points: Array) -> Array:
        """Return points of the plane with all their features: (n, 2) to (n, d)."""
        x = np.tile(self.median, (len(points), 1))
        x[:, list(self.features)] = points
        return x


def _checked(dataset: Dataset, features: Features | None) -> tuple[int, int]:
    n = dataset.x.shape[1]
    if dataset.image_shape is not None:
        raise ValueError(
            f"a plane is drawn for data of 2 features, got the {n} pixels of {dataset.name!r}: "
            "use plot(), plot_dataset(), plot_confusion(), plot_mistakes() or plot_weights()"
        )
    if n < 2 or (features is None and n > 2):
        choose = f"choose features=(0, {n - 1}), say, and the others stay at their median"
        raise ValueError(
            f"a plane is drawn for data of 2 features, got {n} in {dataset.name!r}: "
            f"{choose if n > 2 else 'use plot_loss(), plot_score() or plot_network()'}"
        )
    return check_pair("features", (0, 1) if features is None else features, n)
