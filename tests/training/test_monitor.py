"""The best weights are kept, and who finds no better ones stops."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from oracle import assert_same_network, network_for, small_dataset
from parametrized import each_kind
from trainings import HELD, QUICK, RESTLESS, held, loss_on, trained

from trainfcnn import TrainFCNN, load_images
from trainfcnn.engine.device import ExecutionContext
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import constant_loss
from trainfcnn.training.loop import Training
from trainfcnn.training.monitor import LEAST_GAIN, Best


@each_kind
def test_the_weights_of_the_lowest_validation_loss_come_back(kind):
    dataset, recipe = small_dataset(kind, n=30), replace(HELD, lr=0.2, epochs=30)
    training = Training(dataset, recipe)
    seen = [training.stack.parameters.clone() for _ in training]
    history, network = training.history(), training.network()
    assert history.best_epoch == history.validation_loss.argmin() + 1
    assert history.best_epoch < len(history) == 30
    with ExecutionContext(work=0):
        training.stack.parameters.copy_(seen[history.best_epoch - 1])
    at_best = network_for(dataset, recipe, 0)
    training.stack.copy_to(at_best, 0)
    assert_same_network(network, at_best, tolerance=0)
    best = loss_on(network, dataset, held(dataset, recipe)).item()
    assert best == pytest.approx(history.validation_loss.min(), rel=1e-9)


def test_without_validation_the_last_weights_come_back():
    dataset = small_dataset("regression")
    training = trained(dataset, replace(QUICK, lr=0.5))
    last = network_for(dataset, QUICK, 0)
    training.stack.copy_to(last, 0)
    assert_same_network(training.network(), last, tolerance=0)
    assert training.history().best_epoch == QUICK.epochs
    assert training.history().validation_loss.size == 0


@pytest.mark.parametrize(
    ("validation", "watched"), [(0.3, "validation_loss"), (0.0, "loss")], ids=["held", "training"]
)
@pytest.mark.parametrize("patience", [1, 2, 5])
def test_patience_stops_after_so_many_epochs_without_a_gain(patience, validation, watched):
    recipe = replace(RESTLESS, patience=patience, validation=validation)
    dataset = small_dataset("binary", n=30)
    training = trained(dataset, recipe)
    history = training.history()
    loss = getattr(history, watched)
    least = LEAST_GAIN * constant_loss("binary", dataset.y)
    gains = [1]  # by a plain loop
    for epoch, value in enumerate(loss[1:], start=2):
        if value < loss[gains[-1] - 1] - least:
            gains.append(epoch)
    assert len(history) == gains[-1] + patience < recipe.epochs
    assert np.diff(gains).max(initial=1) <= patience
    assert history.best_epoch == loss.argmin() + 1
    assert training.best_run().ended != "diverged"


def test_who_waits_for_what_is_next_to_nothing_is_stopped_soon():
    digits = load_images("digits")
    two = digits.y < 2
    recipe = {"optimizer": "sgd", "patience": 2, "epochs": 3000}
    for seed in range(3):
        zero_or_one = TrainFCNN((digits.x[two].astype(float), digits.y[two]), seed=seed)
        assert len(zero_or_one.train(**recipe).history) < 500
        assert zero_or_one.score() > 0.98


def test_members_stop_each_at_its_own_epoch():
    training = trained(small_dataset("binary", n=30), RESTLESS, weight_seeds=range(6))
    lengths = {len(training.history(member)) for member in range(6)}
    assert len(lengths) > 1


@pytest.mark.parametrize("broken", [[0], [1, 2], [0, 1, 2]], ids=str)
def test_a_training_ends_when_all_members_diverged_and_only_these_are_called_so(broken):
    recipe = replace(QUICK, epochs=100)
    training = Training(small_dataset("regression"), recipe, weight_seeds=[0, 1, 2])
    assert [next(training) for _ in range(5)] == [1, 2, 3, 4, 5]
    with ExecutionContext(work=0):
        training.stack.weights[0][broken] = torch.nan
    last = list(training)[-1]
    assert (last < 100) == (len(broken) == 3)
    for member, run in enumerate(training.runs()):
        assert run.ended == ("diverged" if member in broken else "done")
        assert np.isfinite(run.history.loss[:5]).all()
        assert np.isfinite(run.history.loss).all() == (member not in broken)


def test_of_equal_losses_the_first_epoch_is_the_best():
    stack = Stack([FCNN([2, 3, 1], seed=seed) for seed in range(3)])
    best = Best.before_any(stack, patience=0, constant_loss=1.0)
    first = stack.parameters.clone()
    with ExecutionContext(work=0):
        best = best.after(1, torch.tensor([1.0, 1.0, torch.nan]), stack)
        stack.parameters.add_(1)
        best = best.after(2, torch.tensor([1.0, 0.5, torch.nan]), stack)
    assert best.epoch.tolist() == [1, 2, 0]
    for kept, old, new in zip(
        *map(stack.split, (best.parameters, first, stack.parameters)), strict=True
    ):
        assert torch.equal(kept, torch.stack([old[0], new[1], old[2]]))


def test_who_learns_nothing_keeps_its_first_epoch_and_stops_after_its_patience():
    recipe = replace(HELD, optimizer="sgd", lr=1e-30, patience=4)
    run = trained(small_dataset("binary", n=30), recipe).best_run()
    assert np.ptp(run.history.validation_loss) == 0
    assert (run.history.best_epoch, len(run.history), run.ended) == (1, 5, "stopped")
