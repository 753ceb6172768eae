"""What a run's network says, and how right that is."""

import pickle

import numpy as np
import pytest
import torch
from oracle import constant_network, run_of, small_dataset

from trainfcnn import TrainFCNN
from trainfcnn.analysis import evaluation
from trainfcnn.analysis.evaluation import (
    evaluate,
    predict,
    probabilities,
    raw_outputs,
    train_scores,
)
from trainfcnn.analysis.regression import Residuals
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS


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


@pytest.mark.parametrize(("said", "loss"), [(2.0, 0), (2.5, 0.25)])
@pytest.mark.parametrize("n", [1, 9])
def test_of_a_constant_target_there_is_a_loss_but_no_score(said, loss, n):
    dataset = small_dataset("regression")
    run = run_of(constant_network(dataset, said), dataset)
    x = dataset.x[:n]
    y = np.full(n, 2.0)
    found, score = evaluate(run, x, y)
    assert found == loss
    assert np.isnan(score)
    assert np.isnan(Residuals.of(y, predict(run, x)).r2)


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_the_accuracy_where_all_scores_are_alike_is_that_of_the_predictions(kind):
    dataset = small_dataset(kind)
    run = run_of(constant_network(dataset, 0.0), dataset)
    answers = predict(run, dataset.x)
    assert not answers.any()
    assert train_scores(run)[1] == pytest.approx((answers == dataset.y).mean())
    assert (probabilities(run, dataset.x).argmax(1) == answers).all()


def test_a_network_is_measured_once_and_anew_when_it_has_changed(monkeypatch):
    trainer = TrainFCNN("xor", n_samples=60).train(dims=[3], epochs=2)
    before = repr(trainer), trainer.loss
    measured = []
    whole = evaluation.evaluate
    monkeypatch.setattr(
        evaluation, "evaluate", lambda *given: measured.append(given) or whole(*given)
    )
    assert (repr(trainer), trainer.loss) == before
    assert not measured
    trainer.network.initialize(seed=9)
    assert trainer.loss != before[1]
    assert len(measured) == 1
    sent = pickle.loads(pickle.dumps(trainer))
    assert sent.loss == trainer.loss
    assert len(measured) == 1
