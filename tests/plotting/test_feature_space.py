"""What a bent plane shows, read off its artists."""

import numpy as np
import pytest
import torch
from drawn_networks import dots, links, space, untrained
from matplotlib.colors import to_hex, to_rgb
from oracle import run_of, small_dataset
from parametrized import OF_ONE_TARGET
from pictures import (
    assert_is_drawn_where_told,
    assert_is_not_clipped,
    assert_texts_are_light_on_a_dark_background,
)

from trainfcnn.analysis.feature_space import HiddenSpace
from trainfcnn.data.toy import make_dataset
from trainfcnn.plotting.feature_space import plot_space
from trainfcnn.plotting.prediction import MOST_POINTS
from trainfcnn.plotting.style import CLASS_COLORS, class_paths

PICTURES = {
    "space of 2": lambda ax=None: plot_space(*space("multiclass"), ax),
    "space of 3": lambda ax=None: plot_space(*space(dims=[3]), ax),
    "space of values": lambda ax=None: plot_space(*space("regression"), ax),
    "space of 4 features": lambda ax=None: plot_space(*space("four features", features=(0, 2)), ax),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_given_axes_is_drawn_on_and_returned_and_nothing_stays_open(name):
    assert_is_drawn_where_told(PICTURES[name])


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_clipped(name):
    assert_is_not_clipped(PICTURES[name]())


@pytest.mark.parametrize("name", PICTURES)
def test_on_a_dark_background_no_text_or_line_on_it_is_dark(name):
    ax = assert_texts_are_light_on_a_dark_background(PICTURES[name])
    colors = [color for part in links(ax) for color in part.get_colors()]
    colors += [line.get_color() for line in ax.lines]
    assert min(sum(to_rgb(color)) for color in colors) > 1


def test_lines_and_points_of_a_bent_plane_are_drawn_where_they_are():
    bent, dataset = space(dims=[3])
    ax = plot_space(bent, dataset)
    np.testing.assert_array_equal(links(ax)[0].get_segments(), bent.lines)
    np.testing.assert_array_equal(dots(ax)[-1].get_offsets(), bent.points)
    assert (ax.get_xlabel(), ax.get_ylabel()) == bent.names
    assert ax.get_title() == "xor, as two units see it"
    assert plot_space(bent, dataset, title="what").get_title() == "what"


@pytest.mark.parametrize("kind", OF_ONE_TARGET)
def test_points_in_a_bent_plane_have_color_and_marker_of_their_class(kind):
    bent, dataset = space(kind)
    points = dots(plot_space(bent, dataset))[-1]
    if kind == "regression":
        np.testing.assert_array_equal(points.get_array(), dataset.y)
        return
    colors = [to_hex(color).upper() for color in points.get_facecolors()]
    assert colors == [CLASS_COLORS[label] for label in dataset.y]
    outlines = class_paths(len(dataset.classes))
    for path, label in zip(points.get_paths(), dataset.y, strict=True):
        np.testing.assert_array_equal(path.vertices, outlines[label].vertices)


def test_at_most_a_thousand_points_cover_a_bent_plane():
    dataset = make_dataset("xor", 2500)
    ax = plot_space(HiddenSpace.of(run_of(untrained(dataset), dataset)), dataset)
    assert 500 < len(dots(ax)[-1].get_offsets()) <= MOST_POINTS


@pytest.mark.parametrize(("dims", "surfaces"), [([2], 1), ([3], 0)])
def test_a_surface_is_drawn_where_the_last_layer_sees_nothing_else(dims, surfaces):
    bent, dataset = space(dims=dims)
    ax = plot_space(bent, dataset)
    assert len(ax.images) == len(ax.child_axes) == surfaces
    if surfaces:
        assert ax.images[0].get_extent() == list(bent.grid.extent)


def test_units_of_very_different_reach_fill_the_picture():
    dataset = small_dataset("binary")
    network = untrained(dataset, [2], "relu")
    with torch.no_grad():
        network.linears[0].weight.copy_(torch.tensor([[900.0, 0.0], [0.0, 1.0]]))
    ax = plot_space(HiddenSpace.of(run_of(network, dataset)), dataset)
    ax.figure.draw_without_rendering()
    assert 0.6 < ax.get_window_extent().height / ax.get_window_extent().width < 1.5


def test_all_that_is_bent_is_in_view():
    for dims in ([2], [3]):
        bent, dataset = space(dims=dims)
        ax = plot_space(bent, dataset)
        seen = np.concatenate([bent.lines.reshape(-1, 2), bent.points])
        (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
        assert (seen >= (left, bottom)).all()
        assert (seen <= (right, top)).all()
