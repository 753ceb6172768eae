"""Types that arrays have all over the package."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Values = NDArray[Any]  # class indices (int64) or values (float64); bytes, where inputs are pixels
