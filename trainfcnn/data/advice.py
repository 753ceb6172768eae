"""How a network is to learn own data: fields of a recipe."""

import numpy as np

from trainfcnn._support.types import Array
from trainfcnn.data.dataset import Dataset

# Own data comes in any unit and has no test sample of its own.
OWN_DATA_RECIPE: dict[str, object] = {
    "dims": (32, 32),
    "standardize": True,
    "lr": 0.005,
    "schedule": "cosine",
}
MOST_COUNTED = 16  # features; of more, each says less
MOST_RATIO = 0.1  # of features to rows, so that a few rows are still learnt
CLASS_DOUBT = 0.5  # what d / n is multiplied with,
VALUE_DOUBT = 1.5  # and of values the share that a linear fit leaves unexplained
LEAST_DOUBT = 0.1
MOST_NEAR = 3  # features; in more, neighbours are far from each other
MOST_ASKED = 20_000  # rows, for their neighbours
MOST_WORK = 1e9  # multiplications of that fit: a second
MOST_EPOCHS = 200
FEWEST_EPOCHS = 20
MOST_SAMPLES = 600_000  # seen in all, between these two: many rows take seconds, not minutes
OWN_IMAGES_RECIPE = {"dims": (128,), "schedule": "cosine", "epochs": 30}


def recommended(data: Dataset) -> dict[str, object]:
    """Return how a network is to learn own data.

    Decay is that of weights with a prior of fixed width, times d / n: what few rows say of many
    features is doubted, and of values the more, the less of them a straight line explains. Values
    are mostly smooth functions, and so is silu. Chosen by `scripts/bench own`.
    """
    if data.image_shape:
        return dict(OWN_IMAGES_RECIPE)
    n, d = data.x.shape
    epochs = max(FEWEST_EPOCHS, min(MOST_EPOCHS, MOST_SAMPLES // n))
    has_values = not data.is_classification
    doubt = max(VALUE_DOUBT * _unexplained(data), LEAST_DOUBT) if has_values else CLASS_DOUBT
    decay = doubt * min(min(d, MOST_COUNTED) / n, MOST_RATIO)
    recipe = OWN_DATA_RECIPE | {"epochs": epochs, "weight_decay": float(f"{decay:.2g}")}
    return recipe | {"activation": "silu"} if has_values else recipe


def _unexplained(data: Dataset) -> float:
    """Return the share of the targets' variance that looks like noise; 1 if that is not known.

    Of several targets that is the mean of theirs.

    It is what a linear fit leaves, over n - d - 1, as many features explain some of any noise; or,
    of few features, half the mean square by which neighbours differ (Rice, 1984), if that is less.
    """
    n, d = data.x.shape
    free = n - d - 1
    if free < 1 or n * d**2 > MOST_WORK:
        return 1.0
    with np.errstate(all="ignore"):  # of numbers too large for squares the training tells
        spread = data.x.std(0)
        x = (data.x - data.x.mean(0)) / np.where(spread > 0, spread, 1.0)
        y = (data.y - data.y.mean(0)) / data.y.std(0)  # NaN, if they are all the same
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return 1.0
    fit = np.linalg.lstsq(x, y)[0]
    shares = [np.square(y - x @ fit).sum() / (free * data.n_targets), 1.0]
    if d <= MOST_NEAR:
        shares.append(_difference_of_neighbours(x[:MOST_ASKED], y[:MOST_ASKED]))
    return float(min(shares))


def _difference_of_neighbours(x: Array, y: Array) -> float:
    """Return half the mean square by which the target of each point differs from its nearest's."""
    from scipy.spatial import KDTree

    _, near = KDTree(x).query(x, k=2)
    # of points in one place either may come first
    other = np.where(near[:, 0] == np.arange(len(x)), near[:, 1], near[:, 0])
    return float(np.square(y - y[other]).mean() / 2)
