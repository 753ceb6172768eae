"""What several pictures of sweeps are made of, and what is read off them."""

import numpy as np
from matplotlib.axis import Axis
from numpy.typing import ArrayLike

from trainfcnn import TASKS
from trainfcnn._support.types import Array
from trainfcnn.plotting.scales import Column

RATES = [0.001, 0.01, 0.1]


def a_column(values: ArrayLike, of: str = "score", kind: str = "binary") -> Column:
    return Column(of, np.array(values, float), TASKS[kind])


def labels(axis: Axis) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


def in_grey(colors: ArrayLike) -> Array:
    """Return the luma (ITU-R BT.601) of colours (..., 4), from 0 to 1."""
    luma: Array = np.asarray(colors)[..., :3] @ (0.299, 0.587, 0.114)
    return luma
