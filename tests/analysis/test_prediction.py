"""Two features vary, the others stay; a grid holds what the network says at its cells."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from oracle import run_of
from sklearn.datasets import load_iris

from trainfcnn.analysis.prediction import Plane, predict_grid
from trainfcnn.analysis.relevance import telling_pair
from trainfcnn.data.dataset import Domain
from trainfcnn.data.images import load_images
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.toy import DATASETS, make_dataset
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS


def untrained(name, dtype=torch.float32):
    data = make_dataset(name, 20)
    task = TASKS[data.kind]
    sizes = [2, 5, task.n_outputs(len(data.classes))]
    return FCNN(sizes, "tanh", task.last_activation, dtype=dtype), data


def answer(network, x1, x2):
    return network(torch.tensor([[x1, x2]], dtype=torch.float32))[0].detach().numpy()


@pytest.mark.parametrize("name", DATASETS)
def test_every_cell_holds_the_networks_answer_at_its_midpoint(name):
    network, data = untrained(name)
    grid = predict_grid(run_of(network, data), n=5, margin=0.5)
    for i, x2 in enumerate(grid.x2):
        for j, x1 in enumerate(grid.x1):
            said = answer(network, x1, x2)
            expected = [1 - said[0], said[0]] if data.kind == "binary" else said
            np.testing.assert_allclose(np.ravel(grid.values[i, j]), expected, atol=1e-6)


@pytest.mark.parametrize("name", DATASETS)
def test_a_grid_covers_the_domain_and_its_margin_and_knows_its_classes(name):
    grid = predict_grid(run_of(*untrained(name)), n=8, margin=0.25)
    domain = DATASETS[name].domain
    reach = 0.25 * (np.array(domain.high) - domain.low)
    edges = np.stack([domain.low - reach, domain.high + reach], axis=1)
    np.testing.assert_allclose(grid.extent, edges.ravel())
    assert (grid.kind, grid.plane.domain, grid.classes) == (
        DATASETS[name].kind,
        domain,
        DATASETS[name].classes,
    )
    assert grid.values.shape == (8, 8, len(grid.classes))[: 3 if grid.classes else 2]


@pytest.mark.parametrize("name", [name for name, law in DATASETS.items() if law.classes])
def test_probabilities_sum_to_one_in_every_cell(name):
    np.testing.assert_allclose(predict_grid(run_of(*untrained(name))).values.sum(-1), 1, atol=1e-6)


@pytest.mark.parametrize("n", [0, -1, 2.5, "9"])
def test_a_grid_wants_a_whole_number_of_cells(n):
    with pytest.raises(ValueError, match="n must be"):
        predict_grid(run_of(*untrained("xor")), n=n)


def test_a_single_cell_spans_the_whole_extent():
    assert predict_grid(run_of(*untrained("xor")), n=1, margin=0).extent == (-2, 2, -2, 2)


IRIS = as_dataset(load_iris(return_X_y=True))
REFUSED = [
    (0, 0),
    (0, 4),
    (0, -1),
    (0,),
    (),
    (0, 1, 2),
    "ab",
    "01",
    (0.0, 1.0),
    (True, 0),
    3,
    {0, 1},
]
pairs = st.permutations(range(4)).map(lambda order: (order[0], order[1]))


@given(points=arrays(float, st.tuples(st.integers(0, 5), st.just(2))), features=pairs)
def test_to_project_undoes_to_embed(points, features):
    plane = Plane.of(IRIS, features)
    np.testing.assert_array_equal(plane.project(plane.embed(points)), points)


@given(features=pairs)
def test_to_embed_undoes_to_project_in_the_two_and_puts_the_others_at_their_median(features):
    plane = Plane.of(IRIS, features)
    back, others = plane.embed(plane.project(IRIS.x)), [k for k in range(4) if k not in features]
    np.testing.assert_array_equal(back[:, features], IRIS.x[:, features])
    for k in others:
        assert set(back[:, k]) == {np.median(IRIS.x[:, k])}


@given(features=pairs)
def test_the_domain_is_that_of_the_two_in_their_order(features):
    low, high = IRIS.domain.low, IRIS.domain.high
    first, second = features
    expected = Domain((low[first], low[second]), (high[first], high[second]))
    assert Plane.of(IRIS, features).domain == expected
    assert Plane.of(IRIS, features).names == (f"feature {first}", f"feature {second}")


@pytest.mark.parametrize("name", DATASETS)
def test_the_plane_of_two_features_is_all_there_is(name):
    dataset = make_dataset(name, 20)
    plane = Plane.of(dataset)
    assert (plane.features, plane.names, plane.is_all) == ((0, 1), ("x1", "x2"), True)
    assert plane.domain == dataset.domain
    np.testing.assert_array_equal(plane.embed(dataset.x), dataset.x)
    np.testing.assert_array_equal(plane.project(dataset.x), dataset.x)


def test_two_features_may_be_swapped():
    dataset = make_dataset("xor", 20)
    plane = Plane.of(dataset, (1, 0))
    assert plane.names == ("x2", "x1")
    np.testing.assert_array_equal(plane.project(dataset.x), dataset.x[:, ::-1])


def test_the_median_is_that_of_the_training_sample_alone():
    np.testing.assert_array_equal(Plane.of(IRIS, (0, 1)).median, np.median(IRIS.x, axis=0))
    assert not Plane.of(IRIS, (0, 1)).is_all


def test_indices_may_be_numpys_and_in_a_list():
    plane = Plane.of(IRIS, [np.int64(3), np.uint8(0)])
    assert plane.features == (3, 0)
    assert [type(index) for index in plane.features] == [int, int]


@pytest.mark.parametrize("features", REFUSED, ids=str)
def test_features_that_are_not_two_of_those_there_are_refused(features):
    with pytest.raises(ValueError, match=r"indices from 0 to 3, got .*: try features=\(0, 3\)"):
        Plane.of(IRIS, features)


def test_of_more_than_two_those_that_tell_most_are_drawn_unless_others_are_named():
    assert Plane.of(IRIS).features == telling_pair(IRIS)
    assert Plane.of(IRIS, (3, 0)).features == (3, 0)


@pytest.mark.parametrize("features", [None, (0, 0), (0, 1)])
def test_one_feature_is_no_plane_whatever_is_said(features):
    line = as_dataset((IRIS.x[:, :1], IRIS.y))
    with pytest.raises(ValueError, match=r"got 1 in 'own data': use plot_prediction\(\)"):
        Plane.of(line, features)


@pytest.mark.parametrize("features", [None, (0, 1)])
def test_images_are_no_plane_whatever_is_said(features):
    with pytest.raises(ValueError, match=r"the 64 pixels of 'digits': use plot\(\)"):
        Plane.of(load_images("digits", 20), features)
