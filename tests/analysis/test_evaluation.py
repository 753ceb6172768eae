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
from trainfcnn.data.splits import validation_mask
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
    assert np.isnan(Residuals.from_predictions(y, predict(run, x)).r2)


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


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
@pytest.mark.parametrize("validation", [0.0, 0.25])
def test_the_loss_of_the_network_is_the_one_it_was_trained_by_in_the_targets_unit(loss, validation):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2))
    y = 100 * (x[:, 0] + rng.standard_t(2, 80))
    trainer = TrainFCNN((x, y), test_size=0)
    trainer.train(dims=[4], epochs=4, loss=loss, validation=validation, batch_size=80)
    held = validation_mask(trainer.dataset, validation, 0)
    part = held if validation else ~held
    found = evaluate(trainer.run, x[part], y[part])[0]
    assert found == pytest.approx(trainer.run.criterion, rel=1e-4)
    error = np.abs(trainer.predict(x) - y)[part]
    delta = y[~held].std()
    expected = {
        "mse": error**2,
        "mae": error,
        "huber": np.where(error < delta, error**2 / 2, delta * (error - delta / 2)),
    }[loss]
    assert found == pytest.approx(expected.mean(), rel=1e-4)


def test_an_outlier_moves_an_absolute_error_less_than_a_squared_one():
    x = np.linspace(-1, 1, 101)[:, None]
    y = x[:, 0].copy()
    y[::10] += 20
    off = {}
    for loss in ("mse", "mae", "huber"):
        trainer = TrainFCNN((x, y), test_size=0).train(dims=[], epochs=300, loss=loss)
        off[loss] = np.median(np.abs(trainer.predict(x) - x[:, 0]))
    assert off["mae"] < 0.2 < off["huber"] < off["mse"]
