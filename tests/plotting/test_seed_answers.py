"""What the pictures of many seeds show, read off their artists."""

import numpy as np
import pytest
from drawn_networks import links
from matplotlib.contour import QuadContourSet
from pictures import assert_is_well_drawn

from trainfcnn import TrainFCNN
from trainfcnn.analysis.seed_answers import SeedAnswers
from trainfcnn.plotting.seed_answers import plot_seed_answers

RECIPE = {"dims": [5], "activation": "relu", "epochs": 20, "batch_size": 20, "lr": 0.03}


def answers(source):
    trainer = TrainFCNN(source, 60).train(**RECIPE)
    return SeedAnswers.of(trainer.run, 4)


@pytest.mark.parametrize("source", [np.sin, "xor", "quadrants"], ids=["curve", "two", "four"])
def test_it_is_well_drawn(source):
    drawn = answers(source)
    assert_is_well_drawn(lambda ax=None: plot_seed_answers(drawn, ax))


def test_band_network_and_hinges_are_drawn_where_they_are():
    drawn = answers(np.sin)
    ax = drawn.plot()
    lines = {line.get_label(): line.get_xydata() for line in ax.lines}
    np.testing.assert_array_equal(lines["this network"][:, 1], drawn.values[0])
    ((name, hinges),) = [(n, at) for n, at in lines.items() if "hinges" in n]
    assert name == f"its {len(hinges)} hinges"
    assert set(hinges[:, 0]) <= set(drawn.hinges)
    np.testing.assert_allclose(
        hinges[:, 1], np.interp(hinges[:, 0], drawn.answers[0].x, drawn.values[0])
    )
    low, high = drawn.spread()
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].max() == pytest.approx(high.max())
    assert len(links(ax)[0].get_segments()) == 3
    half = ((high - low) / 2)[drawn.inside].mean()
    assert ax.get_title().startswith(f"4 seeds agree to ±{half:.2g} among the data")


def test_every_boundary_is_drawn_and_that_of_the_network_on_top():
    drawn = answers("xor")
    ax = drawn.plot()
    boundaries = [part for part in ax.collections if isinstance(part, QuadContourSet)]
    assert len(boundaries) == 4
    assert boundaries[-1].get_linewidth() > boundaries[0].get_linewidth()
    np.testing.assert_allclose(ax.images[0].get_array(), 1 - drawn.agreement)
    disputed = (drawn.agreement[drawn.inside] < 0.95).mean()
    assert ax.get_title().startswith(f"4 seeds dispute {disputed:.0%} of the domain")
