"""Pictures to film, and what is in a file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def some_pictures(n: int = 5, height: int = 31, width: int = 45) -> list[NDArray[np.uint8]]:
    """Return a ramp of colours that stays, above a square that moves."""
    pictures = np.full((n, height, width, 3), 255, np.uint8)
    ramp = np.linspace(0, 255, width * 12).reshape(12, width, 1) * (1, 0.5, 0.2)
    pictures[:, :12] = ramp
    for number, picture in enumerate(pictures):
        picture[20:28, 4 * number : 4 * number + 8] = (0, 114, 178)
    return list(pictures)


def read(path: Path) -> tuple[list[NDArray[np.uint8]], list[float]]:
    """Return the pictures of an animated image, and for how many milliseconds each is shown."""
    pictures, times = [], []
    with Image.open(path) as film:
        for number in range(getattr(film, "n_frames", 1)):
            film.seek(number)
            pictures.append(np.array(film.convert("RGB")))
            times.append(film.info["duration"])
        assert film.info["loop"] == 0  # for ever
    return pictures, times
