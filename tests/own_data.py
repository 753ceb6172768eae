"""Points with labels, as a user hands them over."""

import numpy as np

from trainfcnn._support.types import Values
from trainfcnn.data.dataset import Dataset

RNG = np.random.default_rng(0)
X = RNG.uniform(-2, 2, (50, 2))
HALF = np.arange(50) % 2


def everything(data: Dataset) -> tuple[Values, Values]:
    """Inputs and targets, as the user knows them, of both samples."""
    y = np.concatenate([data.y, data.y_test])
    return np.concatenate([data.x, data.x_test]), np.array(data.classes)[y] if data.classes else y
