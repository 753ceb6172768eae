"""A bar of colours says what they mean, and stays in its own panel."""

import numpy as np
import pytest
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from pictures import labels, outlines

from trainfcnn import TrainFCNN
from trainfcnn.plotting.bars import bar, class_bar
from trainfcnn.plotting.style import class_colormap, class_paths


def test_a_class_bar_has_the_colors_the_markers_and_the_names():
    ax = Figure().subplots()
    class_bar(ax, ("ham", "spam", "eggs"))
    (drawn,) = ax.child_axes
    (marks,) = [part for part in drawn.collections if len(part.get_offsets()) == 3]
    assert outlines(marks.get_paths()) == outlines(class_paths(3))
    np.testing.assert_array_equal(marks.get_offsets()[:, 1], drawn.get_yticks())
    assert [label.get_text() for label in drawn.get_yticklabels()] == ["ham", "spam", "eggs"]
    (mesh,) = [part for part in drawn.collections if part.get_array() is not None]
    np.testing.assert_allclose(mesh.cmap(mesh.norm(range(3))), class_colormap(3)(range(3)))


def test_a_logarithmic_bar_has_plain_numbers():
    ax = Figure().subplots()
    bar(ax, "what", {"norm": LogNorm(0.001, 1), "cmap": "viridis"})
    (drawn,) = ax.child_axes
    assert drawn.get_ylabel() == "what"
    assert labels(drawn.yaxis) == ["0.001", "0.01", "0.1", "1"]


@pytest.mark.parametrize(("extend", "arrows"), [("neither", 0), ("both", 2)])
def test_a_bar_has_arrows_where_its_scale_is_left(extend, arrows):
    ax = Figure().subplots()
    bar(ax, "what", {"norm": Normalize(-1, 1), "cmap": "viridis"}, extend)
    assert len(ax.child_axes[0].patches) == arrows


@pytest.mark.parametrize("data", ["prod", "quadrants"])
def test_in_a_plain_row_of_panels_every_bar_stays_in_its_own(data):
    figure = Figure(figsize=(9, 3))
    axes = figure.subplots(1, 3)
    panels = [ax.get_position() for ax in axes]
    trainer = TrainFCNN(data, n_samples=60).train(epochs=2)
    for ax in axes:
        trainer.plot_prediction(ax)
        trainer.plot_prediction(ax)  # once more takes no more room
    figure.draw_without_rendering()
    for ax, panel in zip(axes, panels, strict=True):
        ends = [beside.get_tightbbox().x1 for beside in ax.child_axes]
        assert max(ends) <= panel.x1 * figure.bbox.width + 1
        assert ax.get_position(original=True).x0 == panel.x0
        assert ax.get_in_layout()


def test_axes_put_somewhere_by_hand_and_those_of_a_layout_stay_where_they_are():
    place = (0.1, 0.1, 0.7, 0.8)
    by_hand = Figure().add_axes(place)
    laid_out = Figure(layout="constrained").subplots()
    before = laid_out.get_position().bounds
    for ax in (by_hand, laid_out):
        bar(ax, "what", {"norm": Normalize(0, 1), "cmap": "viridis"})
    assert by_hand.get_position().bounds == pytest.approx(place)
    assert laid_out.get_position().bounds == before
