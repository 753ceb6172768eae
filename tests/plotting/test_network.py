"""What a portrait shows, read off its artists."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
import torch
from drawn_networks import DATA, dots, links, untrained
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import EllipseCollection
from matplotlib.colors import to_hex, to_rgb
from oracle import run_of
from parametrized import OF_ONE_TARGET
from pictures import (
    assert_is_drawn_where_told,
    assert_is_not_clipped,
    assert_texts_are_light_on_a_dark_background,
)
from strategies import kinds

from trainfcnn.analysis.feature_space import HiddenSpace
from trainfcnn.analysis.network import Portrait
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.plotting.feature_space import plot_space
from trainfcnn.plotting.network import MOST_UNITS, WIDEST, plot_network
from trainfcnn.plotting.style import BLUE, CLASS_COLORS, FAINT, ORANGE, class_colormap

all_dims = st.lists(st.integers(1, 13), max_size=4)


def portrait(data="binary", dims=(4,), activation="tanh", seed=3):
    return Portrait.of(run_of(untrained(DATA[data], dims, activation, seed), DATA[data]), n=6)


def with_weights(drawn, *layers, biases=None):
    """The same portrait with other weights of the first layers, or other biases of the first."""
    weights = [np.broadcast_to(w, v.shape) for w, v in zip(layers, drawn.weights, strict=False)]
    weights = (*weights, *drawn.weights[len(layers) :])
    first = drawn.biases[0] if biases is None else np.array(biases)
    deviation = np.ones(drawn.dims[0])
    return replace(drawn, weights=weights, biases=(first, *drawn.biases[1:]), deviation=deviation)


def shown(size):
    """How many units of a layer are drawn."""
    return size if size <= MOST_UNITS else MOST_UNITS - 1


def texts(ax):
    return [text.get_text() for text in ax.texts]


def columns(ax):
    """The maps of each layer, from above."""
    boxes = {}
    for image in ax.images:
        left, right, *_ = image.get_extent()
        boxes.setdefault((left + right) / 2, []).append(image)
    return [boxes[x] for x in sorted(boxes)]


def middle(image):
    _, _, bottom, top = image.get_extent()
    return (bottom + top) / 2


def link_between(ax, layer, before, after):
    """Colour and width of the link between two units that are drawn, counted from above."""
    ends = [middle(columns(ax)[layer][before]), middle(columns(ax)[layer + 1][after])]
    drawn = links(ax)[layer]
    (index,) = [
        k
        for k, path in enumerate(drawn.get_segments())
        if np.allclose([path[0, 1], path[-1, 1]], ends)
    ]
    return to_hex(drawn.get_colors()[index]).upper(), drawn.get_linewidths()[index]


# units


@given(dims=all_dims, kind=kinds)
@settings(max_examples=8)
def test_every_unit_that_is_shown_is_a_map_and_every_pair_a_link(dims, kind):
    drawn = portrait(kind, dims)
    ax, sizes = plot_network(drawn), [shown(size) for size in drawn.dims]
    assert [len(column) for column in columns(ax)] == sizes
    assert [len(part.get_segments()) for part in links(ax)] == [a * b for a, b in pairwise(sizes)]
    assert [len(part.get_offsets()) for part in dots(ax)] == sizes[1:]


@pytest.mark.parametrize("kind", OF_ONE_TARGET)
def test_maps_stand_from_above_in_their_order_with_rows_from_below(kind):
    drawn = portrait(kind, [3, 5])
    for column, maps in zip(columns(plot_network(drawn)), drawn.maps, strict=True):
        assert [middle(image) for image in column] == sorted(map(middle, column), reverse=True)
        assert {image.origin for image in column} == {"lower"}
        for image, expected in zip(column, maps, strict=True):
            np.testing.assert_array_equal(image.get_array(), expected)


def test_each_map_has_a_symmetric_scale_of_its_own_and_outputs_that_of_a_prediction():
    drawn = portrait("binary", [3])
    *hidden, (output,) = columns(plot_network(drawn))
    for column, maps in zip(hidden, drawn.maps, strict=False):
        reach = [np.abs(values).max() for values in maps]
        ends = [image.get_clim() for image in column]
        np.testing.assert_allclose(ends, [(-most, most) for most in reach])
    assert output.get_clim() == (0, 1)
    assert [to_hex(output.cmap(end)) for end in (0.0, 1.0)] == [BLUE.lower(), ORANGE.lower()]


def test_the_outputs_of_several_classes_have_their_colors():
    *_, outputs = columns(plot_network(portrait("multiclass")))
    assert [to_hex(image.cmap(1.0)).upper() for image in outputs] == list(CLASS_COLORS[:4])
    assert {image.get_clim() for image in outputs} == {(0, 1)}


def test_of_many_classes_those_that_are_shown_keep_their_colors():
    drawn = portrait("many classes", [])
    strongest = np.argsort(-np.abs(drawn.weights[0]).sum(1))[: MOST_UNITS - 1]
    *_, outputs = columns(plot_network(drawn))
    colors = [image.cmap(1.0) for image in outputs]
    np.testing.assert_allclose(colors, class_colormap(14)(np.sort(strongest)))


def test_an_output_that_is_alone_is_larger():
    *_, (hidden, *_), (output,) = columns(plot_network(portrait("binary")))
    widths = [np.ptp(image.get_extent()[:2]) for image in (hidden, output)]
    assert widths == pytest.approx([1, 2.2])


@pytest.mark.parametrize("data", ["four features", "images"])
def test_what_has_no_maps_is_plain_nodes(data):
    drawn = portrait(data, [7])
    ax = plot_network(drawn)
    (nodes,) = [part for part in ax.collections if isinstance(part, EllipseCollection)]
    assert not ax.images
    assert len(nodes.get_offsets()) == sum(shown(size) for size in drawn.dims)


def test_nodes_touch_their_links_and_their_biases():
    ax = plot_network(portrait("four features", [5]))
    (nodes,) = [part for part in ax.collections if isinstance(part, EllipseCollection)]
    middles = nodes.get_offsets()
    ends = np.concatenate([p[[0, -1]] for part in links(ax) for p in part.get_segments()])
    for places in (ends, *(part.get_offsets() for part in dots(ax))):
        apart = np.linalg.norm(places[:, None] - middles, axis=-1)
        np.testing.assert_allclose(apart.min(1), 0.5)


# wide layers


@given(size=st.integers(MOST_UNITS + 1, 30), seed=st.integers(0, 9))
@settings(max_examples=8)
def test_of_a_wide_layer_the_units_with_the_largest_weights_are_shown(size, seed):
    drawn = portrait("binary", [size], seed=seed)
    strongest = np.argsort(-np.abs(drawn.weights[1][0]))[: MOST_UNITS - 1]
    _, column, _ = columns(plot_network(drawn))
    for image, unit in zip(column, sorted(strongest), strict=True):
        np.testing.assert_array_equal(image.get_array(), drawn.maps[1][unit])


@pytest.mark.parametrize(
    ("size", "told"), [(10, []), (11, ["⋮\n2 more"]), (1234, ["⋮\n1,225 more"])]
)
def test_a_wide_layer_tells_how_many_units_are_left_out(size, told):
    ax = plot_network(portrait("binary", [size]))
    assert [text for text in texts(ax) if "more" in text] == told


def test_the_line_that_tells_stands_in_a_gap_above_the_last_unit():
    ax = plot_network(portrait("binary", [20]))
    places = [middle(image) for image in columns(ax)[1]]
    (line,) = [text for text in ax.texts if "more" in text.get_text()]
    assert places[-2] > line.get_position()[1] > places[-1]
    gaps = -np.diff(places)
    assert gaps[-1] == pytest.approx(2 * gaps[0])


def test_inputs_and_classes_that_are_left_out_are_not_named():
    ax, drawn = plot_network(portrait("images", [3])), portrait("many classes", [])
    assert len([text for text in texts(ax) if text.startswith("feature")]) == MOST_UNITS - 1
    named = [text for text in texts(plot_network(drawn)) if text.startswith("class")]
    strongest = np.argsort(-np.abs(drawn.weights[0]).sum(1))[: MOST_UNITS - 1]
    assert named == [f"class {unit}" for unit in sorted(strongest)]


# links


def test_orange_is_plus_blue_is_minus_and_the_width_is_the_weight():
    weights = [[1.0, -2.0], [0.5, 0.0], [-1.0, 2.0]]
    ax = plot_network(with_weights(portrait("binary", [3]), weights))
    width = {0.0: 0.3, 2.0: WIDEST}
    for after, row in enumerate(weights):
        for before, weight in enumerate(row):
            color, drawn = link_between(ax, 0, before, after)
            assert color == (ORANGE if weight >= 0 else BLUE)
            expected = width[0.0] + (width[2.0] - width[0.0]) * abs(weight) / 2
            assert drawn == pytest.approx(expected)


@given(dims=all_dims)
@settings(max_examples=8)
def test_the_strongest_link_is_on_top_and_below_all_units(dims):
    ax = plot_network(portrait("multiclass", dims))
    for part in links(ax):
        assert (np.diff(part.get_linewidths()) >= 0).all()
        assert (np.diff(part.get_alpha()) >= 0).all()
        assert part.get_zorder() < min(image.get_zorder() for image in ax.images)


def test_links_of_weights_that_are_all_zero_are_thin():
    (first, _) = links(plot_network(with_weights(portrait(), 0.0)))
    np.testing.assert_allclose(first.get_linewidths(), 0.3)


def test_the_widest_link_that_is_shown_of_each_layer_is_told():
    first = np.where(np.arange(12)[:, None] == 0, -70.0, 1.0)
    ax = plot_network(with_weights(portrait("binary", [12]), first, np.arange(12.0)))
    assert "widest links: 1 per deviation of an input, 11;" in ax.get_xlabel()
    assert max(links(ax)[0].get_linewidths()) == pytest.approx(WIDEST)
    alone = with_weights(portrait("binary", []), -3.0)
    assert "widest link: 3 per deviation of an input;" in plot_network(alone).get_xlabel()


def test_an_input_in_large_units_has_links_as_wide_as_one_in_small_units():
    drawn = replace(with_weights(portrait(), [[1.0, 0.001]]), deviation=np.array([1.0, 1000.0]))
    (first, _) = links(plot_network(drawn))
    np.testing.assert_allclose(first.get_linewidths(), WIDEST)


def test_biases_are_dots_at_the_lower_left_corner_by_sign_and_size():
    drawn = with_weights(portrait("binary", [3]), biases=[2.0, -1.0, 0.0])
    ax = plot_network(drawn)
    hidden = dots(ax)[0]
    corners = [[image.get_extent()[0], image.get_extent()[2]] for image in columns(ax)[1]]
    np.testing.assert_allclose(hidden.get_offsets(), corners)
    assert hidden.get_sizes() == pytest.approx([40, 22, 4])
    colors = [to_hex(color).upper() for color in hidden.get_facecolors()]
    assert colors == [ORANGE, BLUE, ORANGE]


# names


def test_inputs_outputs_and_layers_are_named():
    ax = plot_network(portrait("multiclass", [1, 12], "gelu"))
    assert {"x1", "x2", "class 0", "class 3"} < set(texts(ax))
    assert {"2 inputs", "1 gelu", "12 gelu", "4 outputs"} < set(texts(ax))
    assert ax.get_title() == "2-1-12-4 gelu: 79 parameters"
    ax = plot_network(portrait("four features", [5]))
    assert {"feature 0", "feature 3", "class setosa", "class virginica"} < set(texts(ax))
    assert {"1 input", "1 output", "prediction"} < set(texts(plot_network(portrait("one feature"))))
    assert plot_network(portrait(), title="what").get_title() == "what"


def test_every_name_stands_beside_its_unit():
    ax = plot_network(portrait("multiclass", [5]))
    first, _, last = columns(ax)
    names = {"x1": first[0], "x2": first[1]} | {f"class {k}": last[k] for k in range(4)}
    for text in ax.texts:
        if text.get_text() in names:
            assert text.get_position()[1] == pytest.approx(middle(names.pop(text.get_text())))
    assert names == {}


def boxes(ax):
    """What the units and the texts cover, in pixels."""
    ax.figure.draw_without_rendering()
    said = [text.get_window_extent() for text in ax.texts]
    return [image.get_window_extent() for image in ax.images], said


@given(dims=all_dims, data=st.sampled_from(list(DATA)))
@settings(max_examples=8)
def test_no_text_runs_into_a_unit_or_another_text_and_none_leaves_the_axes(dims, data):
    ax = plot_network(portrait(data, dims))
    units, said = boxes(ax)
    assert not [1 for one, other in combinations(said, 2) if one.overlaps(other)]
    assert not [1 for unit in units for text in said if unit.overlaps(text)]
    page = ax.get_window_extent()
    for box in (*units, *said):
        assert page.x0 - 1 <= box.x0 < box.x1 <= page.x1 + 1
        assert page.y0 - 1 <= box.y0 < box.y1 <= page.y1 + 1


@given(dims=all_dims, data=st.sampled_from(list(DATA)))
@settings(max_examples=8)
def test_no_link_leaves_the_limits_of_the_axes_or_goes_back(dims, data):
    ax = plot_network(portrait(data, dims))
    for part in links(ax):
        paths = np.array(part.get_segments())
        assert (np.diff(paths[..., 0], axis=1) > 0).all()
        assert ax.get_xlim()[0] < paths[..., 0].min() < paths[..., 0].max() < ax.get_xlim()[1]
        assert ax.get_ylim()[0] < paths[..., 1].min() <= paths[..., 1].max() < ax.get_ylim()[1]


# another network of these sizes


def test_like_another_network_the_same_units_are_shown_and_widths_have_its_scale():
    one, other = (portrait("binary", [20], seed=seed) for seed in (1, 2))
    ax = plot_network(other, like=one)
    strongest = np.sort(np.argsort(-np.abs(one.weights[1][0]))[: MOST_UNITS - 1])
    for image, unit in zip(columns(ax)[1], strongest, strict=True):
        np.testing.assert_array_equal(image.get_array(), other.maps[1][unit])
    share = np.abs(other.weights[1][0, strongest]) / np.abs(one.weights[1]).max()
    widths = 0.3 + (WIDEST - 0.3) * np.minimum(share, 1)
    np.testing.assert_allclose(links(ax)[1].get_linewidths(), np.sort(widths))


def test_like_itself_nothing_changes():
    one = portrait("multiclass", [12, 3])
    first, second = plot_network(one), plot_network(one, like=one)
    assert (first.get_xlabel(), texts(first)) == (second.get_xlabel(), texts(second))
    for ours, theirs in zip(links(first), links(second), strict=True):
        np.testing.assert_array_equal(ours.get_linewidths(), theirs.get_linewidths())


# all of them


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_drawn(activation):
    assert f"2 {activation}" in texts(plot_network(portrait("binary", [2], activation)))


@pytest.mark.parametrize(
    ("kind", "value"),
    [*((kind, np.nan) for kind in OF_ONE_TARGET), ("binary", -np.inf), ("regression", 1e38)],
)
def test_a_network_that_diverged_is_drawn(kind, value):
    network = untrained(DATA[kind], [3, 2])
    with torch.no_grad():
        for layer in network.linears[:2]:
            layer.weight[0] = value
            layer.bias[:] = value
    bent = HiddenSpace.of(run_of(network, DATA[kind]))
    for ax in (
        plot_network(Portrait.of(run_of(network, DATA[kind]), 6)),
        plot_space(bent, DATA[kind]),
    ):
        ax.figure.draw_without_rendering()


def test_a_weight_that_is_no_number_is_grey_and_thin_and_told():
    ax = plot_network(with_weights(portrait("binary", [2]), [[1.0, np.nan], [-2.0, 1.0]]))
    assert link_between(ax, 0, 1, 0) == (FAINT, pytest.approx(0.3))
    assert link_between(ax, 0, 0, 1) == (BLUE, pytest.approx(WIDEST))
    assert "widest links: nan per" in ax.get_xlabel()


PICTURES = {
    "maps": lambda ax=None: plot_network(portrait("multiclass", [12, 3]), ax),
    "nodes": lambda ax=None: plot_network(portrait("images", [12]), ax),
    "no hidden layer": lambda ax=None: plot_network(portrait("binary", []), ax),
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
