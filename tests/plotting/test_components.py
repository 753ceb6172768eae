"""What the picture of principal components shows, read off its artists."""

import numpy as np
import pytest
from drawn_networks import DATA, dots, links, untrained
from oracle import run_of
from pictures import assert_is_well_drawn

from trainfcnn.analysis.components import Components
from trainfcnn.plotting.components import plot_components


def components(name):
    dataset = DATA[name]
    return Components.of(run_of(untrained(dataset), dataset))


@pytest.mark.parametrize("name", ["binary", "regression", "images"])
def test_it_is_well_drawn(name):
    drawn = components(name)
    assert_is_well_drawn(lambda ax=None: plot_components(drawn, ax))


def test_points_and_bent_lines_are_drawn_where_they_are():
    drawn = components("binary")
    ax = drawn.plot()
    np.testing.assert_array_equal(dots(ax)[-1].get_offsets(), drawn.points)
    np.testing.assert_array_equal(links(ax)[0].get_segments(), drawn.lines)
    first, second = ax.get_title().splitlines()
    assert first == "hidden layer 0: straight cuts"
    assert second == f"{drawn.probe:.1%} right, as drawn {drawn.shown:.1%}"
    assert f"{drawn.explained:.0%} of the variance" in ax.get_xlabel()
