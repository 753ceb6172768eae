"""What the picture of images and changes shows, read off its artists."""

import numpy as np
from drawn_networks import DATA
from pictures import assert_is_well_drawn

from trainfcnn.analysis.flips import Flips
from trainfcnn.plotting.flips import plot_flips

DIGITS = DATA["images"]
IMAGES = DIGITS.x[:3].reshape(3, 8, 8)
FLIPS = Flips(
    images=IMAGES,
    saliency=IMAGES - 8.0,
    changes=0.1 * IMAGES,
    answers=np.array([0, 1, 2]),
    turned=np.array([8, 7, 3]),
    shares=np.array([0.1, 0.12, 0.3]),
    dataset=DIGITS,
)


def test_it_is_well_drawn():
    assert_is_well_drawn(lambda ax=None: plot_flips(FLIPS, ax))


def test_each_column_has_image_saliency_change_and_their_sum():
    ax = FLIPS.plot()
    rows = np.reshape([image.get_array() for image in ax.images], (4, 3, 8, 8))
    expected = (IMAGES, FLIPS.saliency, FLIPS.changes, 1.1 * IMAGES)
    for row, images in zip(rows, expected, strict=True):
        np.testing.assert_allclose(row, images)
    for image in ax.images[3:9]:  # white is 0
        assert image.norm.vmin == -image.norm.vmax
    texts = [text.get_text() for text in ax.texts]
    assert texts == ["0", "", "10%", "8", "1", "", "12%", "7", "2", "", "30%", "3"]
    assert ax.get_title().startswith("a change of 12% of an image's length")
