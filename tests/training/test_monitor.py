"""The best weights are kept, and who finds no better ones stops."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from oracle import assert_same_network, network_for, small_dataset
from parametrized import each_kind
from trainings import HELD, QUICK, RESTLESS, held, loss_on, trained

from trainfcnn import TrainFCNN, load_images
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.toy import make_dataset
from trainfcnn.engine.device import ExecutionContext
from trainfcnn.engine.stack import Stack
from trainfcnn.goal import Goal
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import constant_loss
from trainfcnn.recipe import Recipe
from trainfcnn.training.loop import Training
from trainfcnn.training.monitor import Best, Stopping


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
@pytest.mark.parametrize("min_delta", [0, 1e-4, 0.05])
@pytest.mark.parametrize("patience", [1, 2, 5])
def test_patience_stops_after_so_many_epochs_without_a_gain(
    patience, min_delta, validation, watched
):
    recipe = replace(RESTLESS, patience=patience, validation=validation, min_delta=min_delta)
    dataset = small_dataset("binary", n=30)
    training = trained(dataset, recipe)
    history = training.history()
    loss = getattr(history, watched)
    least = recipe.min_delta * constant_loss("binary", dataset.y)
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
    best = Best.before_any(stack, Stopping())
    first = stack.parameters.clone()
    none = torch.zeros(3)
    with ExecutionContext(work=0):
        best = best.after(1, torch.tensor([1.0, 1.0, torch.nan]), none, stack)
        stack.parameters.add_(1)
        best = best.after(2, torch.tensor([1.0, 0.5, torch.nan]), none, stack)
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


# --- a goal ---

each_engine = pytest.mark.parametrize("engine", ["auto", "torch"])
# met on the way, by one member sooner than by another, and on what is held out not by all
GOALS = {"loss": "loss <= 0.4", "score": "accuracy >= 0.8", "strict": "accuracy > 0.75"}
each_goal = pytest.mark.parametrize("until", GOALS.values(), ids=GOALS)
each_sample = pytest.mark.parametrize("validation", [0.3, 0.0], ids=["held", "training"])
QUIET = replace(HELD, lr=0.03, epochs=5)


def first_epoch(until, loss, score):
    """Return the first epoch that meets a goal, from 1; by a plain loop."""
    goal = Goal.read(until)
    met = [goal.is_met(*pair) for pair in zip(loss, score, strict=True)]
    return met.index(True) + 1 if True in met else None


@each_sample
@each_goal
def test_a_history_ends_at_the_first_epoch_that_reaches_its_goal_with_its_weights(
    until, validation
):
    dataset = make_dataset("xor", 60)
    recipe = replace(QUIET, validation=validation)
    free = Training(dataset, recipe, weight_seeds=range(8))
    seen = [free.snapshots() for _ in free]
    aimed = trained(dataset, replace(recipe, until=until), weight_seeds=range(8))
    ends = []
    for member, (run, other) in enumerate(zip(aimed.runs(), free.runs(), strict=True)):
        whole = other.history
        watched = (
            (whole.validation_loss, whole.validation_score)
            if validation
            else (whole.loss, whole.score)
        )
        end = first_epoch(until, *watched)
        ends.append(end)
        assert len(run.history) == (end or recipe.epochs)
        assert run.ended == ("reached" if end else "done")
        assert run.history.loss.tolist() == whole.loss[:end].tolist()
        if end:
            assert run.history.best_epoch == end
            assert_same_network(run.network, seen[end - 1][member], tolerance=0)
        else:
            assert_same_network(run.network, other.network, tolerance=0)
            assert run.criterion == other.criterion
    assert len(set(ends)) > 2
    assert aimed.state.epoch == max(end or recipe.epochs for end in ends)


@each_kind
def test_a_goal_alone_changes_nothing_if_it_is_not_reached(kind):
    dataset = small_dataset(kind, n=30)
    for recipe in (QUICK, HELD, RESTLESS, replace(RESTLESS, validation=0.0)):
        plain = trained(dataset, recipe, weight_seeds=range(3)).runs()
        aimed = trained(dataset, replace(recipe, until="loss <= 0"), weight_seeds=range(3)).runs()
        for ours, theirs in zip(aimed, plain, strict=True):
            assert (ours.ended, ours.criterion) == (theirs.ended, theirs.criterion)
            assert ours.history.best_epoch == theirs.history.best_epoch
            assert len(ours.history) == len(theirs.history)
            assert_same_network(ours.network, theirs.network, tolerance=0)


def test_a_loss_to_reach_is_in_the_units_of_the_target():
    x = np.random.default_rng(0).uniform(-1, 1, (80, 2))
    recipe = Recipe((8,), epochs=300, standardize=True, until="loss <= 100", dtype="float64")
    for scale in (1000.0, 1.0):
        y = scale * (x[:, 0] + x[:, 1])
        dataset = Dataset("plane", "regression", x, y, x[:0], y[:0])
        run = trained(dataset, recipe).best_run()
        assert run.ended == "reached"
        assert (run.history.loss[:-1] > 100).all()
        assert run.history.loss[-1] <= 100
        assert (len(run.history) > 1) == (scale > 1)


@each_engine
def test_an_accuracy_that_is_just_reached_counts(engine):
    # 0.95 of 20 samples has no exact number, in no precision
    dataset = small_dataset("binary", n=20)
    for dtype in ("float32", "float64"):
        recipe = Recipe((16,), lr=0.05, epochs=300, batch_size=20, dtype=dtype)
        score = trained(dataset, recipe, engine=engine).history().score
        reached = int(np.argmax(score > 0.94)) + 1
        assert round(float(score[reached - 1]) * 20) == 19
        aimed = trained(dataset, replace(recipe, until="accuracy >= 95%"), engine=engine)
        assert len(aimed.history()) == reached


def test_of_restarts_one_that_reached_the_goal_is_kept_though_another_has_the_lower_loss():
    recipe = replace(QUIET, restarts=6, until=GOALS["score"], validation=0.0)
    training = trained(make_dataset("xor", 60), recipe)
    order = training.losses().argsort()
    assert training.best_member() == order[0]
    done = training.state.done
    reached = torch.zeros(6, dtype=torch.bool)
    reached[order[2:5].copy()] = True
    training.state.done = replace(done, best=replace(done.best, reached=reached))
    assert training.best_member() == order[2]
    assert training.best_run().ended == "reached"


def test_asking_for_the_best_on_the_way_to_a_goal_changes_nothing():
    dataset = make_dataset("xor", 60)
    recipe = replace(QUIET, validation=0.0, until=GOALS["loss"])
    asked = Training(dataset, recipe, weight_seeds=range(6))
    for _ in asked:
        asked.best_run()
    silent = trained(dataset, recipe, weight_seeds=range(6))
    for ours, theirs in zip(asked.runs(), silent.runs(), strict=True):
        assert_same_network(ours.network, theirs.network, tolerance=0)


@each_goal
def test_a_training_that_was_pickled_reaches_its_goal_all_the_same(until):
    dataset = make_dataset("xor", 60)
    recipe = replace(QUIET, validation=0.0, until=until)
    whole = trained(dataset, recipe, weight_seeds=range(6))
    parted = Training(dataset, recipe, weight_seeds=range(6))
    for _ in range(3):
        next(parted)
    parted = pickle.loads(pickle.dumps(parted))
    for _ in parted:
        pass
    for ours, theirs in zip(parted.runs(), whole.runs(), strict=True):
        assert (ours.ended, len(ours.history)) == (theirs.ended, len(theirs.history))
        assert_same_network(ours.network, theirs.network, tolerance=0)


def test_weights_that_reach_a_score_are_kept_though_others_had_a_lower_loss():
    dataset = small_dataset("binary", n=40)
    recipe = replace(HELD, lr=0.1, epochs=40, until="accuracy >= 0.6")
    aimed = Training(dataset, recipe, weight_seeds=range(16))
    seen = [aimed.snapshots() for _ in aimed]
    early = 0
    for member, run in enumerate(aimed.runs()):
        losses = run.history.validation_loss
        if run.ended == "reached" and losses.argmin() + 1 < len(losses):
            early += 1
            assert run.history.best_epoch == len(losses)
            assert run.criterion == losses[-1]
            assert_same_network(run.network, seen[len(losses) - 1][member], tolerance=0)
    assert early > 4
