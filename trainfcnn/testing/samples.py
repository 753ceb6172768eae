"""Toy data as plain arrays, for tests that want nothing else."""

from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Law
from trainfcnn.data.toy import make_dataset

FEW_SAMPLES = 1000  # enough to learn each toy set, and soon gone through


def toy_data(
    name: str | Law = "xor", n_samples: int = FEW_SAMPLES, noise: float = 0.0, seed: int = 0
) -> tuple[Array, Values]:
    """Return points and their labels, drawn from a law that is known.

    Another seed gives fresh points of the same law: a test sample.

    Parameters
    ----------
    name : str or Law
        A key of `trainfcnn.DATASETS` ('xor', 'moons', 'spiral'...), or a law such as
        ``blobs(centers=5)``.
    n_samples : int
        Points, >= 1.
    noise : float
        Standard deviation >= 0 of what is added to the points, or to a regression's target.
    seed : int
        Same seed, same points.

    Returns
    -------
    X : array of shape (n_samples, 2)
        Points in the plane, float64.
    y : array of shape (n_samples,)
        Class indices from 0 (int64), or a regression's values (float64).

    Raises
    ------
    ValueError
        For an unknown name or a value out of bounds.

    Examples
    --------
    >>> X, y = toy_data("xor", n_samples=4)
    >>> X.shape, (y == (X[:, 0] * X[:, 1] > 0)).all()
    ((4, 2), np.True_)
    """
    dataset = make_dataset(name, n_samples, noise, seed)
    return dataset.x, dataset.y
