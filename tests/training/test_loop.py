"""Epochs over a stack against a plain loop, and each member against itself alone."""

import math
import pickle
import sys
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from oracle import (
    VARIANTS,
    assert_same_network,
    losses,
    network_for,
    run_of,
    say,
    small_dataset,
    stacked,
    train_by_autograd,
)
from parametrized import each_kind
from strategies import cases
from trainings import (
    HELD,
    MEASURED,
    QUICK,
    RESTLESS,
    assert_same_history,
    bits,
    each_manner,
    held,
    loss_on,
    some_images,
    taken,
    trained,
)

from trainfcnn._support.seeds import restart_seeds
from trainfcnn.analysis.evaluation import evaluate
from trainfcnn.data.toy import make_dataset
from trainfcnn.engine.device import ExecutionContext
from trainfcnn.engine.schedules import SCHEDULES
from trainfcnn.nn.tasks import TASKS
from trainfcnn.recipe import Recipe
from trainfcnn.trainer import TrainFCNN
from trainfcnn.training.loop import Training
from trainfcnn.training.monitor import Recorder
from trainfcnn.training.walk import walk


@each_kind
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_training_is_a_plain_loop_over_shuffled_batches(kind, schedule):
    dataset, recipe = small_dataset(kind), replace(QUICK, schedule=schedule)
    network = network_for(dataset, recipe, seed=7)
    expected = list(train_by_autograd(network, dataset, recipe, seed=7))
    training = trained(dataset, recipe, seed=7)
    assert_same_network(training.network(), network)
    np.testing.assert_allclose(training.history().loss, expected, rtol=1e-9)


@each_kind
@each_manner
def test_a_member_trains_as_it_would_alone(kind, recipe):
    dataset = small_dataset(kind, n=30)
    together = trained(dataset, recipe, weight_seeds=[0, 1, 2])
    for member in range(3):
        alone = trained(dataset, recipe, weight_seeds=[member])
        assert_same_network(together.network(member), alone.network())
        assert_same_history(together.history(member), alone.history())


@given(case=cases(lr=0.001))
def test_any_member_trains_as_it_would_alone(case):
    together = trained(case.dataset, case.recipe, case.seed, weight_seeds=[5, 6])
    alone = trained(case.dataset, case.recipe, case.seed, weight_seeds=[6])
    assert_same_network(together.network(1), alone.network())


@given(case=cases())
def test_the_same_seed_gives_the_same_bits_and_another_seed_another_run(case):
    first, again, other = (
        trained(case.dataset, case.recipe, seed) for seed in (case.seed, case.seed, case.seed + 1)
    )
    assert torch.equal(bits(first.network()), bits(again.network()))
    assert not torch.equal(bits(first.network()), bits(other.network()))
    assert np.array_equal(first.history().loss, again.history().loss)


def test_a_weight_seed_fixes_the_weights_alone():
    dataset, recipe = small_dataset("binary"), replace(QUICK, weight_seed=3)
    begun = [Training(dataset, recipe, seed).network() for seed in (0, 1)]
    assert torch.equal(*map(bits, begun))
    ended = [trained(dataset, recipe, seed).network() for seed in (0, 1)]
    assert not torch.equal(*map(bits, ended))


@given(case=cases(dropout=0.0))
def test_the_loss_of_an_epoch_is_the_mean_over_its_batches_as_they_were_met(case):
    recipe = replace(case.recipe, standardize=False)
    network = network_for(case.dataset, recipe, case.seed)
    run = stacked([network], case.dataset, recipe, case.seed)
    seen = [losses(run)[0] for _ in run.loop]
    history = trained(case.dataset, recipe, case.seed).history()
    np.testing.assert_allclose(history.loss, seen, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_step_gets_the_rate_of_its_place_in_the_whole_training(schedule):
    dataset, rates = small_dataset("binary"), []
    recipe = replace(QUICK, schedule=schedule, lr=0.5, epochs=4)
    list(stacked([network_for(dataset, recipe, 0)], dataset, recipe, step=rates.append).loop)
    expected = [0.5 * SCHEDULES[schedule](done / 12) for done in range(12)]
    np.testing.assert_allclose(rates, expected, rtol=1e-12)


@each_kind
def test_a_share_is_held_out_of_each_class_alike(kind):
    dataset = small_dataset(kind, n=60)
    mask = held(dataset, HELD)
    if dataset.classes:
        counts = np.bincount(dataset.y[mask])
        assert counts.tolist() == [18 // len(dataset.classes)] * len(dataset.classes)
    assert mask.sum() == 18


def with_other_targets(dataset, mask):
    n_classes = len(dataset.classes)
    changed = (dataset.y + 1) % n_classes if n_classes else dataset.y + 5
    return replace(dataset, y=np.where(mask, changed, dataset.y))


@pytest.mark.parametrize("standardize", [False, True])
def test_what_is_held_out_is_never_trained_on(standardize):
    dataset, recipe = small_dataset("regression", n=30), replace(HELD, standardize=standardize)
    mask = held(dataset, recipe)
    plain, other, trained_on = (
        trained(with_other_targets(dataset, chosen), recipe)
        for chosen in (np.zeros(30, bool), mask, ~mask)
    )
    assert torch.equal(plain.stack.parameters, other.stack.parameters)
    assert np.array_equal(plain.history().loss, other.history().loss)
    assert not np.allclose(plain.history().validation_loss, other.history().validation_loss)
    assert not torch.equal(plain.stack.parameters, trained_on.stack.parameters)


@pytest.mark.parametrize("way", ["rotate", "shift", "scale"])
def test_images_are_moved_anew_in_every_epoch_and_alike_on_every_run(way):
    recipe = replace(QUICK, shuffle=False, optimizer="sgd", lr=1e-30, **{way: 0.9})
    first, again, unmoved = (
        trained(some_images(), recipe).history().loss
        for recipe in (recipe, recipe, replace(recipe, **{way: 0.0}))
    )
    np.testing.assert_array_equal(first, again)
    assert len(np.unique(first)) == len(first)
    assert np.ptp(unmoved) < 1e-9


def test_what_is_held_out_is_not_moved():
    recipe = replace(HELD, optimizer="sgd", lr=1e-30, rotate=90.0, shift=2.0)
    assert np.ptp(trained(some_images(), recipe).history().validation_loss) < 1e-9


@pytest.mark.parametrize("epochs", [20, 500])
@pytest.mark.parametrize("extra", [{}, {"validation": 0.2}, {"patience": 50}], ids=str)
def test_a_training_that_diverges_says_so_and_ends_early(epochs, extra):
    recipe = Recipe(dims=[6], optimizer="sgd", lr=1e6, epochs=epochs, **extra)
    training = trained(make_dataset("prod", 200), recipe)
    assert training.best_run().ended == "diverged"
    assert len(training.history()) <= min(epochs, 100)


def test_a_member_that_diverges_does_not_end_the_others():
    dataset = small_dataset("regression")
    training = Training(dataset, replace(QUICK, epochs=60), weight_seeds=[0, 1])
    with ExecutionContext(work=0):
        training.stack.weights[0][1].fill_(torch.nan)
    assert list(training) == list(range(1, 61))
    assert training.best_run().ended != "diverged"
    assert np.isfinite(training.history(0).loss).all()
    assert np.isnan(training.history(1).loss).all()


def test_the_caller_finds_grad_mode_and_threads_as_they_were_between_epochs():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for _ in Training(small_dataset("binary"), RESTLESS):
            assert torch.is_grad_enabled()
            assert not torch.is_inference_mode_enabled()
            assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_training_can_be_watched_epoch_by_epoch():
    training, dataset = Training(small_dataset("binary"), QUICK), small_dataset("binary")
    for epoch in training:
        assert len(training.history()) == epoch
        network = training.network()
        assert_same_network(network, trained(dataset, replace(QUICK, epochs=epoch)).network())


def test_networks_handed_out_are_copies():
    training = trained(small_dataset("binary"), QUICK)
    network, again = training.network(), training.network()
    network.initialize(seed=99)
    assert_same_network(training.network(), again, tolerance=0)
    assert not torch.equal(bits(network), bits(again))


def test_large_work_trains_as_small_work_does(monkeypatch):
    """Threads change the speed, and nothing else on so few samples."""
    dataset = small_dataset("multiclass")
    single = trained(dataset, QUICK).network()
    monkeypatch.setattr("trainfcnn.engine.device.SMALL_WORK", 0)
    assert_same_network(trained(dataset, QUICK).network(), single)


def test_without_shuffling_every_epoch_takes_the_samples_as_they_are_given():
    dataset = make_dataset("quadrants", n_samples=23)
    given = TASKS["multiclass"].targets(dataset.y, 4)
    for shuffle in (True, False):
        training = Training(dataset, Recipe((3,), epochs=2, batch_size=5, shuffle=shuffle))
        for _ in training:
            seen = training._train.targets.numpy()
            assert np.array_equal(seen, given) is not shuffle


@pytest.mark.slow
def test_no_seed_gets_stuck_on_xor_with_six_units():
    training = Training(make_dataset("xor"), Recipe((6,)), weight_seeds=range(64))
    for _ in training:
        pass
    assert min(training.history(member).score[-1] for member in range(64)) > 0.97


def test_a_loop_that_was_left_goes_on_where_it_was():
    training = Training(make_dataset("xor", 60), Recipe((3,), epochs=5))
    assert next(iter(training)) == 1
    assert list(training) == [2, 3, 4, 5]
    assert list(training) == []


def assert_members_train_as_alone(dataset, recipes):
    together = trained(dataset, recipes)
    for member, (recipe, run) in enumerate(zip(recipes, together.runs(), strict=True)):
        alone = trained(dataset, recipe)
        assert_same_network(together.network(member), alone.network())
        assert_same_history(run.history, alone.history())
        assert together.losses()[member] == pytest.approx(alone.losses()[0], rel=1e-9)


MIXES = {
    "rates": [{"lr": lr} for lr in (0.001, 0.003, 0.01)],
    "decays": [{"weight_decay": decay} for decay in (0.0, 0.5, 0.1)],
    "rates and decays": [
        {"lr": lr, "weight_decay": decay} for lr, decay in ((0.001, 0.5), (0.003, 0.0), (0.01, 0.5))
    ],
    "rates of one decay": [{"lr": lr, "weight_decay": 0.5} for lr in (0.01, 0.001)],
    "dropouts": [{"dropout": dropout} for dropout in (0.2, 0.6, 0.2)],
    "widths": [{"dims": dims} for dims in ((1, 5), (4, 3), (5, 1))],
    "inits": [{"init": init, "weight_seed": seed} for seed, init in enumerate((None, "he"))],
    "all but dropout": [
        {"lr": 0.005, "dims": (5, 2)},
        {"weight_decay": 0.1, "dims": (3, 6), "init": "pytorch"},
        {"lr": 0.002, "weight_decay": 0.5, "weight_seed": 5},
    ],
    "all but widths": [
        {"lr": 0.005, "dropout": 0.5, "init": "pytorch"},
        {"weight_decay": 0.1, "dropout": 0.2},
    ],
}
each_mix = pytest.mark.parametrize("changes", MIXES.values(), ids=MIXES)


@each_mix
@each_kind
@each_manner
def test_members_of_unequal_recipes_train_as_alone(kind, recipe, changes):
    if any("dims" in change for change in changes):
        recipe = replace(recipe, dropout=0.0)
    dataset = small_dataset(kind, n=30)
    assert_members_train_as_alone(dataset, [recipe.but(**change) for change in changes])


@each_mix
@pytest.mark.parametrize("options", VARIANTS, ids=say)
def test_members_of_unequal_recipes_train_as_alone_by_every_rule(options, changes):
    recipe = replace(QUICK, activation="softplus", epochs=5, **options)
    dataset = small_dataset("multiclass", n=13)
    assert_members_train_as_alone(dataset, [recipe.but(**change) for change in changes])


@each_kind
@each_manner
def test_restarts_keep_the_best_of_as_many_weight_seeds(kind, recipe):
    dataset = small_dataset(kind, n=30)
    ours = TrainFCNN(dataset, seed=3).train_as(replace(recipe, restarts=16))
    runs = [trained(dataset, replace(recipe, weight_seed=seed), 3) for seed in restart_seeds(3, 16)]
    best = min(runs, key=lambda run: run.losses()[0])
    assert_same_network(ours.network, best.network())
    assert_same_history(ours.history, best.history())
    lowest = min(run.history().validation_loss.min(initial=np.inf) for run in runs)
    if recipe.validation:
        assert ours.history.validation_loss.min() == pytest.approx(lowest, rel=1e-9)
    elif not recipe.patience:
        everything = np.ones(30, bool)
        reached = min(
            loss_on(run.network(), dataset, everything, run.scaling.units).item() for run in runs
        )
        assert ours.loss == pytest.approx(reached, rel=1e-9)


def test_a_restart_that_diverges_is_not_the_best():
    training = Training(small_dataset("regression"), replace(QUICK, restarts=3))
    with ExecutionContext(work=0):
        training.stack.weights[0][:2].fill_(torch.nan)
    assert list(training) == list(range(1, QUICK.epochs + 1))
    assert np.isnan(training.losses()).tolist() == [True, True, False]
    assert training.best_member() == 2


def test_members_are_compared_by_their_losses_without_dropout():
    dataset, recipe = small_dataset("binary"), replace(QUICK, dropout=0.5)
    training = trained(dataset, recipe, weight_seeds=range(4))
    everything = np.ones(len(dataset.x), bool)
    expected = [loss_on(training.network(k), dataset, everything).item() for k in range(4)]
    np.testing.assert_allclose(training.losses(), expected, rtol=1e-9)
    assert not np.allclose([run.history.loss[-1] for run in training.runs()], expected)


@pytest.mark.parametrize("images", [False, True])
def test_to_compare_members_midway_does_not_change_their_training(images):
    dataset = some_images() if images else small_dataset("binary")
    recipe = replace(QUICK, dropout=0.5, rotate=20.0 * images)
    asked, left = (Training(dataset, recipe, weight_seeds=[0, 1]) for _ in range(2))
    for _ in zip(asked, left, strict=True):
        asked.losses()
    for member in range(2):
        assert_same_network(asked.network(member), left.network(member), tolerance=0)
        assert_same_history(asked.history(member), left.history(member))


def test_a_rate_of_its_own_follows_the_schedule():
    dataset, recipe = small_dataset("binary"), replace(QUICK, schedule="one_cycle")
    assert_members_train_as_alone(dataset, [recipe, recipe.but(lr=0.3), recipe.but(lr=1e-6)])


def test_snapshots_are_the_members_after_so_many_epochs():
    dataset = small_dataset("regression", n=30)
    snapshots = taken(Training(dataset, QUICK, weight_seeds=[0, 1]))
    for epoch, networks in enumerate(snapshots):
        alone = trained(dataset, replace(QUICK, epochs=epoch), weight_seeds=[0, 1])
        for member, network in enumerate(networks):
            assert_same_network(network, alone.network(member), tolerance=0)


@each_manner
def test_the_network_that_is_kept_is_the_snapshot_of_its_epoch(recipe):
    training = Training(small_dataset("regression", n=30), recipe, weight_seeds=[0, 1])
    snapshots = taken(training)
    for member, run in enumerate(training.runs()):
        kept = snapshots[run.history.best_epoch][member]
        assert_same_network(training.network(member), kept, tolerance=0)
        assert not torch.equal(bits(snapshots[0][member]), bits(snapshots[-1][member]))


def test_to_take_snapshots_does_not_change_a_training_and_each_is_a_copy():
    dataset, recipe = small_dataset("binary"), replace(QUICK, dropout=0.5)
    watched = Training(dataset, recipe)
    for _ in watched:
        watched.snapshots()[0].initialize(seed=99)
    assert torch.equal(bits(watched.network()), bits(trained(dataset, recipe).network()))


class Clock:
    """A clock that goes on by a second at each look, and as long as somebody sleeps."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1
        return self.now


def test_the_seconds_are_those_of_the_epochs_whatever_the_caller_does_between_them(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("trainfcnn.training.loop.perf_counter", clock)
    training = Training(small_dataset("binary"), QUICK)
    assert training.history().seconds == 0
    for epoch in training:
        clock.now += 1000
        assert training.history().seconds == training.state.seconds == epoch
    history = training.best_run().history
    assert history.seconds == QUICK.epochs
    assert history.elapsed.tolist() == list(range(1, QUICK.epochs + 1))


def test_epochs_that_are_trained_together_took_the_same_time_each():
    state = Training(small_dataset("binary"), QUICK).state
    for epoch, seconds in ((1, 3.0), (4, 6.0), (4, 1.0), (6, 1.0)):
        state.done = replace(state.done, epoch=epoch)
        state.spend(seconds)
    assert state.elapsed_until(6).tolist() == [3, 5, 7, 9, 10.5, 11]
    assert state.seconds == 11


def test_epochs_that_are_trained_together_end_soon_after_they_may():
    training = Training(make_dataset("xor", 100), Recipe((4,), epochs=10**9, max_seconds=0.05))
    for _ in training.strides():
        pass
    run = training.best_run()
    assert (run.ended, len(run.history)) == ("time", training.state.epoch)
    assert 0.05 < run.history.seconds < 2
    alone = Training(make_dataset("xor", 100), training._recipe.but(max_seconds=None))
    for _ in range(len(run.history)):
        next(alone)
    assert_same_network(run.network, alone.network(), tolerance=0)


@pytest.mark.parametrize("limit", [0.5, 2, 2.5, 100])
def test_a_training_ends_after_the_first_epoch_that_ends_later_than_it_may(limit, monkeypatch):
    monkeypatch.setattr("trainfcnn.training.loop.perf_counter", Clock())
    dataset = small_dataset("binary")
    run = trained(dataset, replace(QUICK, max_seconds=limit)).best_run()
    n_epochs = min(QUICK.epochs, math.floor(limit) + 1)
    assert len(run.history) == n_epochs
    assert run.ended == ("done" if n_epochs == QUICK.epochs else "time")
    free = Training(dataset, QUICK)
    for _ in range(n_epochs):
        next(free)
    assert_same_network(run.network, free.network(), tolerance=0)
    assert run.criterion == free.best_run().criterion


@pytest.mark.parametrize("extra", [{}, {"patience": 9}, {"standardize": True}], ids=str)
@pytest.mark.parametrize("last", [1, 2, 5])
def test_after_an_interrupt_between_two_records_all_curves_are_of_one_length(
    last, extra, monkeypatch
):
    training = Training(small_dataset("regression", n=30), replace(HELD, **extra))
    take = Recorder.take

    def interrupted(recorder, epoch, *given):
        if recorder is training.state.validation and epoch == last:
            raise KeyboardInterrupt
        take(recorder, epoch, *given)

    monkeypatch.setattr(Recorder, "take", interrupted)
    walk(training, wanted=[last - 1, last])
    run = training.best_run()
    assert [len(getattr(run.history, name)) for name in MEASURED] == [last - 1] * 4
    assert run.ended == "interrupted"
    alone = trained(run.dataset, replace(HELD, **extra, epochs=last - 1))
    assert_same_network(run.network, alone.network())


INTERRUPTED = {
    "plain": QUICK.but(epochs=9),
    "held out": HELD.but(epochs=9),
    "patient": HELD.but(epochs=9, patience=3, dropout=0.2),
    "aiming": QUICK.but(epochs=9, until="r2 >= 1"),
}


def interrupt_at(number, training):
    """Walk through a training; Ctrl-C comes before the line of that number is run."""
    lines = 0
    before = sys.gettrace()  # such as coverage's

    def trace(frame, event, argument):
        nonlocal lines
        if "trainfcnn" not in frame.f_code.co_filename:
            return None
        if event == "line":
            lines += 1
            if lines == number:
                sys.settrace(before)
                raise KeyboardInterrupt
        return trace

    with suppress(KeyboardInterrupt):
        sys.settrace(trace)
        for _ in training:
            pass
    sys.settrace(before)
    return lines


@pytest.mark.parametrize("recipe", INTERRUPTED.values(), ids=INTERRUPTED)
def test_wherever_an_interrupt_comes_history_best_epoch_and_network_are_in_step(recipe):
    dataset = small_dataset("regression", n=30)
    whole = [trained(dataset, recipe.but(epochs=n)) for n in range(10)]
    n_lines = interrupt_at(0, Training(dataset, recipe))
    for number in np.random.default_rng(0).integers(1, n_lines, 70).tolist():
        training = Training(dataset, recipe)
        interrupt_at(number, training)
        run = training.best_run()
        alone = whole[len(run.history)]
        assert_same_history(run.history, alone.history())
        assert run.history.best_epoch == alone.history().best_epoch
        assert_same_network(run.network, alone.network(), tolerance=0)
        assert run.criterion == pytest.approx(alone.best_run().criterion, rel=1e-9)
        assert len(run.history.elapsed) == len(run.history)
        assert (np.diff(run.history.elapsed) >= 0).all()


@pytest.mark.parametrize("steps", [1, 3, 4, 7, 9])
@each_kind
def test_as_many_steps_as_asked_for_are_those_of_a_plain_loop(kind, steps):
    dataset = small_dataset(kind, n=12)  # 3 steps an epoch, the last of 2 samples
    recipe = replace(QUICK, steps=steps, schedule="cosine")
    made = trained(dataset, recipe)
    network = network_for(dataset, recipe, 0)
    seen = [*train_by_autograd(network, dataset, recipe, 0)]
    assert_same_network(made.network(), network)
    assert made.state.step == steps
    history = made.history()
    assert len(history) == len(seen) == -(-steps // 3)
    np.testing.assert_allclose(history.loss, seen, rtol=1e-9)
    assert made.runs()[0].ended == "done"


def test_steps_count_the_batches_of_what_is_not_held_out():
    made = trained(small_dataset("binary", n=20), replace(HELD, steps=6))
    assert (made.n_epochs, made.state.step) == (2, 6)  # 14 samples are left: 3 batches of 5


@each_kind
def test_the_test_sample_is_looked_at_every_so_many_epochs_and_changes_nothing(kind):
    whole = small_dataset(kind, n=20)
    dataset = replace(whole, x_test=whole.x[::2] + 0.1, y_test=whole.y[::2])
    recipe = replace(QUICK, epochs=7, standardize=True)
    plain = trained(dataset, recipe)
    watched = Training(dataset, recipe, test_every=2)
    networks = {epoch: watched.network() for epoch in watched}
    history = watched.history()
    assert_same_history(history, plain.history())
    assert_same_network(watched.network(), plain.network())
    assert history.test_epochs.tolist() == [2, 4, 6]
    for epoch, loss, score in zip([2, 4, 6], history.test_loss, history.test_score, strict=True):
        run = run_of(networks[epoch], dataset, units=watched.scaling.units)
        expected = evaluate(run, dataset.x_test, dataset.y_test)
        assert (loss, score) == pytest.approx(expected, rel=1e-6)
    assert history.until(5).test_epochs.tolist() == [2, 4]
    assert plain.history().test_epochs.size == 0


def test_losses_of_steps_are_those_of_which_an_epochs_loss_is_the_mean():
    dataset = small_dataset("regression", n=12)
    made = Training(dataset, replace(QUICK, epochs=3), record_steps=True)
    for _ in made:
        pass
    history = made.history()
    by_epoch = history.step_loss.reshape(3, 3)
    np.testing.assert_allclose(by_epoch @ [5, 5, 2] / 12, history.loss)
    assert history.until(2).step_loss.tolist() == by_epoch[:2].ravel().tolist()
    assert trained(dataset, QUICK).history().step_loss.size == 0


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "1", True, [1]])
def test_a_wrong_interval_of_tests_is_refused(wrong):
    with pytest.raises(ValueError, match=r"^test_every must be an integer of 1 or more, got "):
        Training(make_dataset("xor", 20), QUICK, test_every=wrong)


def test_without_a_test_sample_none_is_looked_at():
    with pytest.raises(ValueError, match=r"^test_every needs a test sample, and 'noise' has none"):
        Training(small_dataset("binary"), QUICK, test_every=1)


def test_a_training_that_is_watched_goes_on_after_a_pickle():
    whole = small_dataset("binary", n=20)
    dataset = replace(whole, x_test=whole.x, y_test=whole.y)
    made = Training(dataset, QUICK, test_every=3, record_steps=True)
    for _ in zip(range(4), made, strict=False):
        pass
    again = pickle.loads(pickle.dumps(made))
    histories = []
    for one in (made, again):
        for _ in one:
            pass
        histories.append(one.history())
    for name in ("loss", "test_loss", "test_score", "step_loss", "step_score"):
        np.testing.assert_array_equal(*(getattr(history, name) for history in histories))
