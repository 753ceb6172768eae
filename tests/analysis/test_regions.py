"""Linear regions are counted exactly, and in each the network is linear."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracle import run_of

from trainfcnn.analysis.regions import LinearRegions, halves, pieces_of
from trainfcnn.data.dataset import Domain
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.toy import make_dataset
from trainfcnn.nn.network import FCNN

BOX = Domain((-1.0, -1.0), (1.0, 1.0))


def area(corners):
    x, y = corners.T
    return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2


def contains(corners, point):
    edges = np.roll(corners, -1, axis=0) - corners
    to_point = point - corners
    turns = edges[:, 0] * to_point[:, 1] - edges[:, 1] * to_point[:, 0]
    return (turns >= -1e-9).all() or (turns <= 1e-9).all()


def with_lines(weight, bias):
    """A network of one layer whose units are switched on these lines."""
    network = FCNN([2, len(bias), 1], "relu", dtype=torch.float64)
    with torch.no_grad():
        network.linears[0].weight.copy_(torch.tensor(weight))
        network.linears[0].bias.copy_(torch.tensor(bias))
    return network


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_lines_that_all_cross_make_as_many_regions_as_zaslavsky_says(n):
    """N lines in general position, which all cross in the box: 1 + n + n (n - 1) / 2."""
    angles = np.pi * (np.arange(n) + 0.1) / n
    weight = np.column_stack([np.cos(angles), np.sin(angles)])
    network = with_lines(weight, [0.02 * number**2 / n for number in range(n)])
    assert len(pieces_of(network, BOX)) == 1 + n + n * (n - 1) // 2


def test_parallel_lines_make_one_region_more_than_they_are():
    network = with_lines([[1.0, 0.0]] * 4, [-0.6, -0.2, 0.2, 0.6])
    assert len(pieces_of(network, BOX)) == 5


@given(st.lists(st.integers(1, 5), max_size=3), st.integers(0, 99))
def test_pieces_cover_the_box_and_the_network_is_linear_on_each(dims, seed):
    network = FCNN([2, *dims, 2], "relu", init="pytorch", seed=seed, dtype=torch.float64)
    pieces = pieces_of(network, BOX)
    assert sum(area(piece.corners) for piece in pieces) == pytest.approx(4)
    for piece in pieces:
        inside = np.concatenate([piece.corners, piece.middle[None]])
        told = network.scores(torch.tensor(inside)).detach().numpy()
        np.testing.assert_allclose(piece.scores(inside), told, atol=1e-9)


@pytest.mark.parametrize("name", ["xor", "quadrants"])
def test_what_is_decided_on_a_polygon_is_what_the_network_decides(name):
    dataset = make_dataset(name, 50)
    n_outputs = 1 if name == "xor" else 4
    network = FCNN([2, 6, 5, n_outputs], "relu", init="pytorch", seed=2, dtype=torch.float64)
    run = run_of(network, dataset)
    regions = LinearRegions.of(run)
    points = np.random.default_rng(0).uniform(-2, 2, (60, 2))
    expected = run.task.decide(network.scores(torch.tensor(points))).numpy()
    for point, label in zip(points, expected, strict=True):
        assert {told for corners, told in regions.decided if contains(corners, point)} == {label}


def test_the_score_is_0_on_the_whole_boundary():
    network = FCNN([2, 6, 6, 1], "relu", seed=1, dtype=torch.float64)
    with torch.no_grad():
        network.linears[-1].bias.fill_(-0.5)
    boundary = LinearRegions.of(run_of(network, make_dataset("xor", 50))).boundary
    assert len(boundary) > 1
    for share in (0.0, 0.3, 1.0):
        points = np.array([first + share * (second - first) for first, second in boundary])
        assert network.scores(torch.tensor(points)).abs().max() < 1e-9


def test_a_line_through_a_corner_cuts_it_once():
    square = np.array([(0.0, 0), (1, 0), (1, 1), (0, 1)])
    parts = halves(square, square @ [1, -1])
    assert [len(part) for part in parts] == [3, 3]
    assert halves(square, square[:, 0])[0] is square


@pytest.mark.parametrize(
    ("dataset", "network", "message"),
    [
        (make_dataset("xor", 20), FCNN([2, 4, 1], "tanh"), "got 'tanh': train with"),
        (make_dataset("xor", 20), FCNN([2, 400, 400, 1]), "512 hidden units at most, got 800"),
        (as_dataset(lambda x: x > 0, 20), FCNN([1, 4, 1]), "data of 2 features, got 1"),
    ],
)
def test_what_has_no_regions_to_draw_is_refused(dataset, network, message):
    with pytest.raises(ValueError, match=message):
        LinearRegions.of(run_of(network, dataset))
