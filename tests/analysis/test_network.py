"""A portrait holds what each unit says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import run_of, small_dataset
from portraits import IRIS, activations, heard, midpoints, untrained
from strategies import hidden_dims, kinds

from trainfcnn.analysis.network import Portrait
from trainfcnn.analysis.prediction import predict_grid
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.toy import make_dataset


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


def test_there_are_no_maps_of_more_than_two_features():
    dataset = as_dataset((IRIS.x[:, :3], IRIS.y))
    portrait = Portrait.of(run_of(untrained(dataset), dataset))
    assert portrait.maps == ()
    assert portrait.inputs == ("feature 0", "feature 1", "feature 2")


def test_maps_of_one_feature_are_what_units_give_along_it():
    dataset = as_dataset((IRIS.x[:, :1], IRIS.y))
    network = untrained(dataset)
    portrait = Portrait.of(run_of(network, dataset), n=5)
    inputs, hidden, outputs = portrait.maps
    x = network.linears[0].weight.new_tensor(inputs.T)
    np.testing.assert_allclose(inputs, dataset.domain.cells(5).T)
    np.testing.assert_allclose(hidden, network.hidden(x)[0].detach().T, atol=1e-6)
    np.testing.assert_allclose(outputs, network(x).detach().T, atol=1e-6)
    assert portrait.inputs == ("x",)


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
