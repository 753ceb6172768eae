"""How far apart two colours are to one who sees no green."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.typing import ColorType

from trainfcnn._support.types import Array

# Machado, Oliveira and Fernandes 2009, IEEE TVCG 15:1291: deuteranopia, on linear RGB.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
# IEC 61966-2-1: linear sRGB to XYZ, white D65.
XYZ = np.array(
    [
        [0.4124, 0.3576, 0.1805],
        [0.2126, 0.7152, 0.0722],
        [0.0193, 0.1192, 0.9505],
    ]
)


def lab_of_deuteranope(color: ColorType) -> Array:
    """Return a colour as CIE L*a*b* (CIE 15:2004), as one sees it who sees no green."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(DEUTERANOPIA @ linear, 0, 1)
    share = (XYZ @ seen) / XYZ.sum(1)
    root = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def delta_e(one: ColorType, other: ColorType) -> float:
    """Return how far apart two colours are to a deuteranope (CIE 1976); 2.3 is just seen."""
    return float(np.linalg.norm(lab_of_deuteranope(one) - lab_of_deuteranope(other)))
