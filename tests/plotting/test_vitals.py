"""What the pictures of dead units and gradients show, read off their artists."""

import numpy as np
import pytest
from pictures import assert_is_well_drawn

from trainfcnn.analysis.vitals import Vitals
from trainfcnn.plotting.vitals import plot_dead_units, plot_gradient_norms

VITALS = Vitals(
    epochs=np.array([0, 1, 10]),
    dead=np.array([(0, 0), (1, 0), (4, 1)]),
    sizes=(8, 4),
    gradient_norms=np.array([(3.0, 4.0, 0.0), (1, 1, 1), (0.3, 0.4, 0)]),
)


@pytest.mark.parametrize("plot", [plot_dead_units, plot_gradient_norms])
def test_it_is_well_drawn(plot):
    assert_is_well_drawn(lambda ax=None: plot(VITALS, ax))


def test_dead_units_are_shares_of_their_layer():
    ax = VITALS.plot()
    first, second = (line.get_xydata().tolist() for line in ax.lines)
    assert first == [[0, 0], [1, 12.5], [10, 50]]
    assert second == [[0, 0], [1, 0], [10, 25]]
    assert ax.get_title() == "5 of 12 units dead at the end"


def test_gradients_that_are_gone_are_named():
    ax = VITALS.plot_gradient_norms()
    assert [line.get_label() for line in ax.lines][-1] == "output layer"
    assert ax.get_title() == "no gradient in 1 of 3 layers at last"
    assert ax.get_yscale() == "log"
