"""A bent plane is where two units put it."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracle import run_of, small_dataset
from parametrized import OF_ONE_TARGET
from portraits import IRIS, activations, heard, midpoints, untrained
from scipy.interpolate import RegularGridInterpolator
from strategies import hidden_dims, kinds

from trainfcnn.analysis.feature_space import LINES, STEPS, HiddenSpace
from trainfcnn.analysis.prediction import Plane, predict_grid
from trainfcnn.data.images import load_images
from trainfcnn.data.toy import make_dataset
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS


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


@pytest.mark.parametrize("kind", OF_ONE_TARGET)
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
