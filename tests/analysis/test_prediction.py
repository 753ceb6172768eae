"""A grid holds what the network says at each of its cells."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from oracle import run_of, small_dataset

from trainfcnn.analysis.evaluation import raw_outputs
from trainfcnn.analysis.prediction import predict_grid
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


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_raw_outputs_are_scores_for_classes_and_outputs_for_a_regression(kind, dtype):
    network = FCNN([2, 4, 3], "tanh", "sigmoid", dtype=dtype)
    run = run_of(network, small_dataset(kind))
    x = np.random.default_rng(0).normal(size=(7, 2))
    told = network(torch.tensor(x, dtype=dtype)).detach()
    responses = raw_outputs(run, x)
    assert not responses.requires_grad
    assert responses.dtype == dtype
    outputs = responses if kind == "regression" else responses.sigmoid()
    torch.testing.assert_close(outputs, told)


def test_many_points_are_answered_part_by_part_as_they_would_be_at_once(monkeypatch):
    x = np.random.default_rng(0).normal(size=(7, 2))
    run = run_of(FCNN([2, 4, 3], dtype=torch.float64), small_dataset("multiclass"))
    whole = raw_outputs(run, x)
    monkeypatch.setattr("trainfcnn.analysis.evaluation.PART", 3)
    torch.testing.assert_close(raw_outputs(run, x), whole)
    assert raw_outputs(run, x[:0]).shape == (0, 3)


@pytest.mark.parametrize("features", [1, 3])
def test_a_plane_is_refused_for_data_of_other_than_two_features(features):
    network, data = untrained("xor")
    with pytest.raises(ValueError, match=f"data of 2 features, got {features} in 'xor'"):
        predict_grid(run_of(network, replace(data, x=np.zeros((20, features)))))


@pytest.mark.parametrize("n", [0, -1, 2.5, "9"])
def test_a_grid_wants_a_whole_number_of_cells(n):
    with pytest.raises(ValueError, match="n must be"):
        predict_grid(run_of(*untrained("xor")), n=n)


def test_a_single_cell_spans_the_whole_extent():
    assert predict_grid(run_of(*untrained("xor")), n=1, margin=0).extent == (-2, 2, -2, 2)
