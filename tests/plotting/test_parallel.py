"""A line for each network, read off the artists."""

import numpy as np
import pytest
from sweep_pictures import RATES, a_column, in_grey, labels

from trainfcnn.plotting.parallel import plot_parallel


def drawn(ax):
    """The lines of parallel coordinates, (networks, axes), in the order in which they are drawn."""
    (lines,) = ax.collections
    return np.array([segment[:, 1] for segment in lines.get_segments()])


def test_every_network_is_a_line_from_axis_to_axis(found):
    ax = found.plot_parallel()
    (lines,) = ax.collections
    assert len(lines.get_segments()) == len(found) == 36
    for segment in lines.get_segments():
        np.testing.assert_array_equal(segment[:, 0], [0, 1, 2, 3])
    assert labels(ax.xaxis) == ["dims", "lr", "activation", "accuracy"]
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 3), (0, 1))
    assert [text.get_text() for text in ax.texts] == [
        "2", "6-6", "0.001", "0.01", "0.1", "relu", "tanh",
    ]  # fmt: skip


def test_the_best_are_drawn_last_and_darkest(found):
    (lines,) = found.plot_parallel().collections
    scores = lines.get_array()
    np.testing.assert_array_equal(scores, np.sort([row["score"] for row in found.rows]))
    lines.update_scalarmappable()
    greys = in_grey(lines.get_edgecolors())
    assert (np.diff(greys) <= 1e-9).all()
    assert greys[0] > greys[-1] + 0.5


def test_of_losses_the_least_are_drawn_last_and_darkest(found):
    ax = found.plot_parallel(of="loss")
    (lines,) = ax.collections
    assert (np.diff(lines.get_array()) <= 0).all()
    lines.update_scalarmappable()
    assert (np.diff(in_grey(lines.get_edgecolors())) <= 1e-9).all()
    assert labels(ax.xaxis)[-1] == "binary cross-entropy"


def test_lines_with_the_same_setting_pass_side_by_side_near_its_label(found):
    ax = found.plot_parallel()
    heights = drawn(ax)[:, :-1]
    for column in heights.T:
        assert len(np.unique(column.round(9))) == len(found)
    assert heights.min() >= 0
    assert heights.max() <= 1
    order = np.argsort([row["score"] for row in found.rows], kind="stable")
    marks = {(text.xy[0], text.get_text()): text.xy[1] for text in ax.texts}
    for index, height in zip(order, heights[:, 1], strict=True):
        rate = found.runs[index].recipe.lr
        distances = {abs(height - marks[1, f"{other:g}"]): other for other in RATES}
        assert distances[min(distances)] == rate


def test_among_lines_with_the_same_setting_the_better_is_above():
    scores = [0.3, 0.9, 0.5, 0.4]
    heights = drawn(plot_parallel("xor", {"activation": ["relu"] * 4}, a_column(scores)))
    assert (np.diff(heights[:, 0]) > 0).all()
    np.testing.assert_allclose(heights[:, 1], (np.sort(scores) - 0.3) / 0.6)


def test_a_single_value_of_a_field_is_drawn_in_the_middle():
    ax = plot_parallel("xor", {"lr": [0.1, 0.1]}, a_column([0.5, 0.6]))
    assert ax.texts[0].xy == (0, 0.5)


def test_labels_too_close_to_each_other_are_left_out():
    rates = np.geomspace(1e-4, 1, 200)
    ax = plot_parallel("xor", {"lr": rates}, a_column(np.linspace(0, 1, 200)))
    heights = [text.xy[1] for text in ax.texts]
    assert 10 < len(heights) < 30
    assert np.diff(heights).min() > 0.04


def test_the_color_bar_stands_beside_the_score_as_high_as_its_axis(found):
    ax = found.plot_parallel()
    (bar,) = ax.child_axes
    scores = [row["score"] for row in found.rows]
    assert bar.get_ylim() == pytest.approx((min(scores), max(scores)))
    assert bar.get_ylabel() == "accuracy"
    assert all(label.endswith("%") for label in labels(bar.yaxis))
