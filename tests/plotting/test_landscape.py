"""What the picture of a loss landscape shows, read off its artists."""

import numpy as np
from matplotlib.colors import LogNorm
from pictures import assert_is_well_drawn

from trainfcnn.analysis.landscape import Landscape
from trainfcnn.plotting.landscape import plot_landscape

X = np.linspace(-2, 1, 7)
PATH = np.array([(-1.5, 0.5), (-1, 0), (0, 0)])


def landscape(losses=None):
    hills = 0.01 + X**2 + X[:, None] ** 2 if losses is None else losses
    return Landscape(X, X, hills, PATH, np.array([0, 1, 3]), np.array([2.5, 1, 0.01]), 0.987, "MSE")


def test_it_is_well_drawn():
    assert_is_well_drawn(lambda ax=None: plot_landscape(landscape(), ax))


def test_path_and_losses_are_drawn_where_they_are():
    ax = landscape().plot()
    np.testing.assert_array_equal(ax.images[0].get_array(), landscape().losses)
    np.testing.assert_allclose(ax.images[0].get_extent(), (-2.25, 1.25, -2.25, 1.25))
    assert isinstance(ax.images[0].norm, LogNorm)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), PATH)
    assert {text.get_text(): text.xy for text in ax.texts}.keys() == {"start", "end"}
    assert ax.get_title() == "loss 2.5 to 0.01"
    assert "98.7% of the path" in ax.get_xlabel()


def test_a_flat_landscape_has_no_contours():
    assert not plot_landscape(landscape(np.ones((7, 7)))).collections
