"""Images rotated, scaled and moved, a whole batch at once and on its device."""

from dataclasses import dataclass
from math import radians
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike, NDArray
from torch import Generator, Tensor

from trainfcnn._support.seeds import numpy_generator
from trainfcnn._support.types import Array

Shape = tuple[int, int]  # height and width

CHUNK = 1024  # images rotated at once, which bounds the memory
ENOUGH = 1000  # images, to know what their edges look like


@dataclass(frozen=True)
class Augmentation:
    """How far images are moved at random: evenly distributed, so much either way at most.

    Attributes
    ----------
    shape : (int, int)
        Height and width of an image.
    rotate : float
        Degrees.
    shift : float
        Pixels, along each axis.
    scale : float
        Share of the size: with 0.1, images become up to a tenth larger or smaller.
    border_value : float
        What comes in at the edges.
    """

    shape: Shape
    rotate: float
    shift: float
    scale: float
    border_value: float = 0.0

    def apply(self, images: Tensor, generator: Generator) -> None:
        """Move `images` (n, height * width) in place, each of them differently."""
        # Four numbers an image, needed or not: with `shift` switched on, the angles stay the same.
        draws = images.new_empty(4, len(images)).uniform_(-1, 1, generator=generator)
        angles = draws[0] * radians(self.rotate)
        scales = 1 + draws[1] * self.scale
        # What comes in at the edges is 0, so that 0 must meanwhile be the value of the border.
        images.sub_(self.border_value)
        images.copy_(transform(images, self.shape, angles, scales, draws[2:] * self.shift))
        images.add_(self.border_value)


def transform(
    images: Tensor,
    shape: Shape,
    angles: Tensor,
    scales: Tensor | float = 1.0,
    shifts: Tensor | float = 0.0,
) -> Tensor:
    """Return images rotated about their middle, scaled and then moved; what comes in is 0.

    Values between pixels are interpolated linearly.

    Parameters
    ----------
    images : Tensor of shape (n, height * width)
        Floats, one row an image.
    shape : (int, int)
        Height and width.
    angles : Tensor of shape (n,)
        In radians, counter-clockwise.
    scales : Tensor of shape (n,), or float
        2.0 shows everything twice as large.
    shifts : Tensor of shape (2, n), or float
        To the right and down, in pixels.

    Returns
    -------
    Tensor of shape (n, height * width)

    Examples
    --------
    >>> transform(torch.tensor([[1.0, 2.0, 3.0, 4.0]]), (2, 2), torch.tensor([radians(90)])).round()
    tensor([[2., 4., 1., 3.]])
    """
    n = len(images)
    height, width = shape
    # Where an output pixel comes from, both seen from the middle: `inverse` @ place + `offset`.
    cos = angles.cos()
    sin = angles.sin()
    # With y downwards, as in images, this turns places clockwise, and so what is seen of them
    # counter-clockwise. Shape: (x and y it comes from, x and y of the output, n).
    inverse = torch.stack([cos, -sin, sin, cos]).view(2, 2, n) / scales
    offset = -(inverse * shifts).sum(1, keepdim=True)  # (2, 1, n); what comes last is undone first
    # In torch's coordinates an image reaches from -1 to 1, to the outer edges of its pixels.
    size = images.new_tensor([width, height]).view(2, 1, 1)
    transform = (torch.cat([inverse, offset], 1) * 2 / size).permute(2, 0, 1)
    # One product for all images: (2n, 3) @ (3, height * width) -> (n, 2, height, width).
    places = (transform.reshape(2 * n, 3) @ _pixel_positions(images, shape)).view(
        n, 2, height, width
    )
    pictures = images.view(n, 1, height, width)
    # It wants (n, height, width, 2), x before y.
    return F.grid_sample(pictures, places.permute(0, 2, 3, 1), align_corners=False).view(n, -1)


def _pixel_positions(like: Tensor, shape: Shape) -> Tensor:
    """Return the pixels' places, seen from the middle, and a row of ones: (3, height * width)."""
    down, right = (torch.arange(size).to(like) - (size - 1) / 2 for size in shape)
    first, second = torch.meshgrid(down, right, indexing="ij")
    return torch.stack([second, first, torch.ones_like(first)]).view(3, -1)


def rotated(images: NDArray[Any], shape: Shape, degrees: ArrayLike) -> NDArray[np.float32]:
    """Return images (n, height * width) rotated counter-clockwise, all alike or by (n,) degrees."""
    angles = np.radians(np.broadcast_to(np.asarray(degrees, np.float32), len(images)))
    result = np.empty(images.shape, np.float32)
    paper = border_value(images, shape)
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        # `transform` lets 0 in: the paper is taken off before, and put on again after.
        pixels = torch.from_numpy(images[part].astype(np.float32) - np.float32(paper))
        result[part] = transform(pixels, shape, torch.from_numpy(angles[part])).numpy() + paper
    return result


def rotated_at_random(
    images: NDArray[Any], shape: Shape, limit: float, seed: int
) -> NDArray[np.float32]:
    """Return images (n, height * width) rotated by up to `limit` degrees, alike for a seed."""
    degrees = numpy_generator(seed, "angles").uniform(-limit, limit, len(images))
    return rotated(images, shape, degrees)


def border_value(images: NDArray[Any], shape: Shape) -> float:
    """Return the grey at the edges of images (n, height * width): the median of some."""
    some = images[:ENOUGH].reshape(-1, *shape)
    edges = some[:, 0], some[:, -1], some[:, :, 0], some[:, :, -1]
    return float(np.median(np.concatenate([edge.ravel() for edge in edges]))) if len(some) else 0.0


def check_angles(degrees: ArrayLike) -> Array:
    """Return angles in degrees, (n,), or say what they must be."""
    try:
        angles = np.atleast_1d(np.asarray(degrees, np.float64))
    except (TypeError, ValueError):
        angles = np.empty(0)  # refused below, where the message is
    if angles.ndim != 1 or not len(angles) or not np.isfinite(angles).all():
        raise ValueError(f"degrees must be finite angles, got {degrees!r}: try degrees=[0, 10, 20]")
    return angles
