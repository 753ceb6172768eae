"""A portrait holds what each unit says; a bent plane, where two of them put it."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracle import network_for, run_of, small_dataset
from scipy.interpolate import RegularGridInterpolator
from sklearn.datasets import load_iris
from strategies import hidden_dims, kinds

from trainfcnn.analysis.feature_space import LINES, STEPS, HiddenSpace
from trainfcnn.analysis.network import Portrait
from trainfcnn.analysis.prediction import Plane, predict_grid
from trainfcnn.data.images import load_images
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.toy import make_dataset
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS
from trainfcnn.recipe import Recipe

IRIS = as_dataset(load_iris(return_X_y=True))
activations = st.sampled_from(list(ACTIVATIONS))


def untrained(dataset, dims=(4,), activation="tanh", **recipe):
    """A network with biases that are drawn too."""
    options = {"init": "pytorch", "dtype": "float64"} | recipe
    return network_for(dataset, Recipe(dims=dims, activation=activation, **options), seed=3)


def heard(network, x):
    """What each hidden layer gives, (n, units), as the next layer hears it."""
    inputs = []
    hooks = [
        layer.register_forward_pre_hook(lambda _, given: inputs.append(given[0]))
        for layer in network.layers
    ]
    network(torch.tensor(x, dtype=network.linears[0].weight.dtype))
    for hook in hooks:
        hook.remove()
    return [layer.detach().numpy() for layer in inputs[1:]]


def midpoints(domain, n):
    x1, x2 = domain.grid(n)
    return np.array([(a, b) for b in x2 for a in x1])


# portrait


@given(dims=hidden_dims, kind=kinds, activation=activations)
def test_maps_are_what_the_units_give_at_the_midpoints_of_the_cells(dims, kind, activation):
    dataset = small_dataset(kind)
    network = untrained(dataset, dims, activation)
    portrait = Portrait.of(run_of(network, dataset), n=5)
    first, *hidden, _ = portrait.maps
    x = midpoints(dataset.domain, 5)
    np.testing.assert_array_equal(first.reshape(2, -1).T, x)
    for maps, expected in zip(hidden, heard(network, x), strict=True):
        np.testing.assert_allclose(maps.reshape(len(maps), -1).T, expected, rtol=1e-9, atol=1e-12)


def test_the_rows_of_a_map_go_from_below_and_its_columns_from_the_left():
    dataset = small_dataset("binary")
    x1, x2 = Portrait.of(run_of(untrained(dataset), dataset), n=4).maps[0]
    np.testing.assert_array_equal(x1, np.tile([-1.5, -0.5, 0.5, 1.5], (4, 1)))
    np.testing.assert_array_equal(x2, x1.T)


@given(dims=hidden_dims, kind=kinds)
def test_the_last_maps_are_the_prediction(dims, kind):
    dataset = small_dataset(kind)
    network = untrained(dataset, dims)
    values = predict_grid(run_of(network, dataset), n=6, margin=0).values
    expected = {"regression": lambda: values[None], "binary": lambda: values[None, ..., 1]}
    expected = expected.get(kind, lambda: np.moveaxis(values, -1, 0))()
    np.testing.assert_array_equal(Portrait.of(run_of(network, dataset), n=6).maps[-1], expected)


@given(dims=hidden_dims, kind=kinds, dtype=st.sampled_from(["float32", "float64"]))
def test_weights_and_biases_are_those_of_the_module(dims, kind, dtype):
    dataset = small_dataset(kind)
    network = untrained(dataset, dims, dtype=dtype)
    portrait = Portrait.of(run_of(network, dataset), n=1)
    assert (portrait.dims, portrait.kind) == (network.dims, kind)
    layers = zip(network.layers, portrait.weights, portrait.biases, strict=True)
    for layer, weight, bias in layers:
        np.testing.assert_array_equal(weight, layer.weight.detach().numpy())
        np.testing.assert_array_equal(bias, layer.bias.detach().numpy())


@pytest.mark.parametrize("features", [1, 3])
def test_there_are_no_maps_but_of_the_plane(features):
    dataset = as_dataset((IRIS.x[:, :features], IRIS.y))
    portrait = Portrait.of(run_of(untrained(dataset), dataset))
    assert portrait.maps == ()
    assert portrait.inputs == ("feature 0", "feature 1", "feature 2")[:features]


def test_there_are_no_maps_of_images_even_of_two_pixels():
    images = np.random.default_rng(0).integers(0, 256, (20, 1, 2), dtype=np.uint8)
    dataset = as_dataset((images, [0, 1] * 10))
    assert Portrait.of(run_of(untrained(dataset), dataset)).maps == ()


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("prod", ("prediction",)),
        ("xor", ("class 1",)),
        ("quadrants", ("class 0", "class 1", "class 2", "class 3")),
    ],
)
def test_outputs_have_the_names_of_their_classes(name, outputs):
    dataset = make_dataset(name, 20)
    portrait = Portrait.of(run_of(untrained(dataset), dataset), n=1)
    assert (portrait.inputs, portrait.outputs) == (("x1", "x2"), outputs)


def test_the_one_output_of_two_named_classes_is_that_of_the_second():
    dataset = as_dataset((IRIS.x[:, :2], np.where(IRIS.y, "spam", "ham")))
    assert Portrait.of(run_of(untrained(dataset), dataset)).outputs == ("class spam",)


# bent plane


def passing(dataset, seed=0):
    """A network whose two hidden units hand on the two inputs as they are."""
    n_outputs = TASKS[dataset.kind].n_outputs(len(dataset.classes))
    last = TASKS[dataset.kind].last_activation
    network = FCNN([2, 2, n_outputs], "linear", last, seed=seed, dtype=torch.float64)
    with torch.no_grad():
        network.linears[0].weight.copy_(torch.eye(2))
    return network


def square(dataset):
    return HiddenSpace.of(run_of(passing(dataset), dataset))


def test_what_is_not_bent_is_a_square_grid_over_the_domain():
    lines = square(make_dataset("moons", 20)).lines
    assert lines.shape == (2 * LINES, STEPS, 2)
    low, high = make_dataset("moons", 20).domain.low, make_dataset("moons", 20).domain.high
    for axis, some in enumerate((lines[:LINES], lines[LINES:])):
        places = np.linspace(low[axis], high[axis], LINES)
        along = np.linspace(low[1 - axis], high[1 - axis], STEPS)
        np.testing.assert_allclose(some[..., axis], np.tile(places, (STEPS, 1)).T, atol=1e-12)
        np.testing.assert_allclose(some[..., 1 - axis], np.tile(along, (LINES, 1)), atol=1e-12)


@given(dims=st.lists(st.integers(2, 4), min_size=1, max_size=3), kind=kinds, data=st.data())
def test_lines_and_points_are_where_the_units_put_them(dims, kind, data):
    dataset = small_dataset(kind)
    network = untrained(dataset, dims, data.draw(activations))
    layer = data.draw(st.integers(0, len(dims) - 1))
    units = data.draw(st.permutations(range(dims[layer])))[:2]
    bent = HiddenSpace.of(run_of(network, dataset), layer, units)
    for ours, x in ((bent.lines, square(dataset).lines), (bent.points, dataset.x)):
        expected = heard(network, x.reshape(-1, 2))[layer][:, units]
        np.testing.assert_allclose(ours.reshape(-1, 2), expected, rtol=1e-9, atol=1e-12)
    assert bent.names == tuple(f"hidden layer {layer}, unit {unit}" for unit in units)


def test_of_more_features_the_others_stay_on_the_lines_and_not_in_the_points():
    network, plane = untrained(IRIS, [3]), Plane.of(IRIS, (3, 1))
    bent = HiddenSpace.of(run_of(network, IRIS), 0, (0, 1), features=(3, 1))
    low, high = plane.domain.low, plane.domain.high
    corners = plane.embed(np.array([low, high]))
    expected = heard(network, corners)[0][:, :2]
    np.testing.assert_allclose([bent.lines[0, 0], bent.lines[-1, -1]], expected)
    np.testing.assert_allclose(bent.points, heard(network, IRIS.x)[0][:, :2])


@pytest.mark.parametrize("kind", TASKS)
def test_where_nothing_is_bent_the_last_layers_surface_is_the_prediction(kind):
    dataset = small_dataset(kind)
    network = passing(dataset)
    grid = HiddenSpace.of(run_of(network, dataset)).grid
    answers = predict_grid(run_of(network, dataset), n=1, margin=0)
    x = torch.tensor(midpoints(grid.box, len(grid.x1)))
    outputs = network(x).detach().numpy()
    outputs = np.hstack([1 - outputs, outputs]) if kind == "binary" else outputs
    np.testing.assert_allclose(grid.values.ravel(), outputs.ravel(), atol=1e-12)
    assert (grid.kind, grid.classes) == (answers.kind, answers.classes)


@given(kind=kinds, activation=activations, dims=hidden_dims)
def test_the_surface_agrees_with_the_prediction_at_every_bent_point(kind, activation, dims):
    dataset = small_dataset(kind)
    network = untrained(dataset, [*dims, 2], activation)
    bent = HiddenSpace.of(run_of(network, dataset))
    grid = bent.grid
    read = RegularGridInterpolator((grid.x2, grid.x1), grid.values)
    outputs = network(torch.tensor(dataset.x)).detach().numpy()
    said = read(bent.points[:, ::-1]).reshape(len(outputs), -1)
    steps = np.abs(np.diff(grid.values, axis=0)).max(), np.abs(np.diff(grid.values, axis=1)).max()
    np.testing.assert_allclose(said[:, -outputs.shape[1] :], outputs, atol=sum(steps) + 1e-9)


@given(kind=kinds, dims=hidden_dims)
def test_the_surface_has_room_for_all_that_is_bent(kind, dims):
    dataset = small_dataset(kind)
    bent = HiddenSpace.of(run_of(untrained(dataset, [*dims, 2]), dataset))
    for seen in (bent.lines.reshape(-1, 2), bent.points):
        assert (seen >= bent.grid.box.low).all()
        assert (seen <= bent.grid.box.high).all()


@pytest.mark.parametrize(("dims", "layer"), [([2, 2], 0), ([2, 3], 0), ([3], 0), ([2, 1], 0)])
def test_there_is_no_surface_where_the_last_layer_sees_more_than_the_two(dims, layer):
    dataset = small_dataset("binary")
    assert HiddenSpace.of(run_of(untrained(dataset, dims), dataset), layer).grid is None


@pytest.mark.parametrize(
    ("dims", "layer"),
    [([8, 2], 1), ([2, 8], 0), ([2, 8, 2, 8], 2), ([3, 4], 1), ([3, 1], 0), ([1, 2, 1], 1)],
)
def test_the_layer_is_the_last_of_two_units_or_else_the_last_that_has_them(dims, layer):
    dataset = small_dataset("binary")
    bent = HiddenSpace.of(run_of(untrained(dataset, dims), dataset))
    assert bent.names[0].startswith(f"hidden layer {layer}, ")


def test_the_units_are_those_that_the_next_layer_listens_to():
    dataset = small_dataset("multiclass")
    network = untrained(dataset, [5])
    with torch.no_grad():
        network.linears[-1].weight.copy_(torch.tensor([1.0, 0.0, -9.0, 2.0, -3.0]).repeat(3, 1))
    names = HiddenSpace.of(run_of(network, dataset)).names
    assert names == ("hidden layer 0, unit 2", "hidden layer 0, unit 4")


def test_layer_and_units_may_be_numpys():
    dataset = small_dataset("binary")
    bent = HiddenSpace.of(
        run_of(untrained(dataset, [3, 3]), dataset), np.int64(0), [np.int8(2), np.uint(0)]
    )
    assert bent.names == ("hidden layer 0, unit 2", "hidden layer 0, unit 0")


@pytest.mark.parametrize("layer", [2, -1, 1, 0.0, "0", True])
def test_a_layer_that_cannot_bend_is_refused(layer):
    dataset = small_dataset("binary")
    with pytest.raises(ValueError, match=r"^layer must be .*, got .*: choose from \[0\]$"):
        HiddenSpace.of(run_of(untrained(dataset, [3, 1]), dataset), layer)


@pytest.mark.parametrize("units", [(0, 0), (0, 3), (0, -1), (0,), (0, 1, 2), "ab", 3, (0.0, 1)])
def test_units_that_are_not_two_of_those_there_are_refused(units):
    dataset = small_dataset("binary")
    with pytest.raises(ValueError, match=r"^units must be two different indices from 0 to 2"):
        HiddenSpace.of(run_of(untrained(dataset, [3]), dataset), units=units)


@pytest.mark.parametrize("dims", [[], [1], [1, 1]], ids=str)
def test_nothing_is_bent_by_layers_of_one_unit(dims):
    dataset = small_dataset("binary")
    with pytest.raises(ValueError, match=r"hidden layer of 2 units or more, got hidden layers of"):
        HiddenSpace.of(run_of(untrained(dataset, dims), dataset))


def test_images_are_no_plane_to_bend():
    digits = load_images("digits", 20)
    with pytest.raises(ValueError, match="64 pixels of 'digits'"):
        HiddenSpace.of(run_of(untrained(digits, dtype="float32"), digits))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_network_that_diverged_bends_the_plane_out_of_sight(value):
    dataset = small_dataset("binary")
    network = untrained(dataset, [2], "linear")
    with torch.no_grad():
        network.linears[0].weight.fill_(value)
    assert HiddenSpace.of(run_of(network, dataset)).grid is None


@pytest.mark.parametrize("value", [0.0, 1e30])
def test_a_surface_round_a_single_point_has_a_size(value):
    dataset = small_dataset("binary")
    network = untrained(dataset, [2], "linear")
    with torch.no_grad():
        network.linears[0].weight.zero_()
        network.linears[0].bias.fill_(value)
    left, right, bottom, top = HiddenSpace.of(run_of(network, dataset)).grid.extent
    assert left < value < right
    assert bottom < value < top
