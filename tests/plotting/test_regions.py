"""What the picture of linear regions shows, read off its artists."""

import numpy as np
import pytest
import torch
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgb
from oracle import run_of
from pictures import assert_is_well_drawn

from trainfcnn.analysis.regions import LinearRegions
from trainfcnn.data.toy import make_dataset
from trainfcnn.nn.network import FCNN
from trainfcnn.plotting.regions import plot_regions
from trainfcnn.plotting.style import CLASS_COLORS, SURFACE_STRENGTH


def regions(name):
    n_outputs = 4 if name == "quadrants" else 1
    network = FCNN([2, 5, 4, n_outputs], "relu", seed=1, dtype=torch.float64)
    with torch.no_grad():
        network.linears[-1].bias.sub_(0.5)
    return LinearRegions.of(run_of(network, make_dataset(name, 40)))


@pytest.mark.parametrize("name", ["xor", "quadrants", "prod"])
def test_it_is_well_drawn(name):
    assert_is_well_drawn(lambda ax=None: plot_regions(regions(name), ax))


def test_polygons_have_the_colour_of_what_is_decided_there():
    drawn = regions("quadrants")
    ax = drawn.plot()
    (filled,) = [part for part in ax.collections if isinstance(part, PolyCollection)]
    expected = [
        1 - SURFACE_STRENGTH * (1 - np.array(to_rgb(CLASS_COLORS[label])))
        for _, label in drawn.decided
    ]
    np.testing.assert_allclose(filled.get_facecolors()[:, :3], expected)
    assert ax.get_title() == f"{len(drawn)} regions"


def test_all_pieces_are_outlined_and_the_boundary_is_drawn():
    drawn = regions("xor")
    ax = drawn.plot()
    outlines, boundary = [part for part in ax.collections if isinstance(part, LineCollection)]
    assert len(outlines.get_segments()) == len(drawn)
    np.testing.assert_allclose(boundary.get_segments(), drawn.boundary)
    told = f"{len(drawn)} regions, {len(drawn.boundary)} boundary lines"
    assert ax.get_title() == told
