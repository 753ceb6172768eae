"""A sweep against a plain loop of trainings, whoever works at it."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import VARIANTS, assert_same_network, say
from sweeping import (
    MEASURED,
    QUICK,
    SMALL,
    WIDTHS,
    assert_close,
    assert_is_trainer,
    each_name,
    looped,
    swept,
    table_rows,
)

from trainfcnn import Dataset, TrainFCNN, Training, load_images, make_dataset, sweep
from trainfcnn._support.seeds import numpy_generator
from trainfcnn.data.splits import fold_indices, holdout_mask
from trainfcnn.sweeps import execute


def assert_is_loop(name, seeds, **lists):
    found = swept(name, seeds, **lists)
    trainers = looped(name, seeds, **lists)
    assert found.varied == tuple(lists)
    for outcome, record, trainer in zip(found.runs, found.records(), trainers, strict=True):
        assert_is_trainer(outcome, record, trainer)


def assert_same_sweep(ours, other):
    assert len(ours) == len(other) == ours.n_planned == other.n_planned
    assert ours.varied == other.varied
    pairs = zip(ours.runs, other.runs, ours.rows, other.rows, strict=True)
    for mine, theirs, a, b in pairs:
        assert mine.recipe == theirs.recipe
        assert_same_network(mine.network, theirs.network)
        assert a.keys() == b.keys()
        for key, value in a.items():
            near = pytest.approx(b[key], 1e-9, nan_ok=True) if isinstance(value, float) else b[key]
            assert value == near
        for name in MEASURED:
            assert_close(getattr(mine.history, name), getattr(theirs.history, name))


@each_name
@pytest.mark.parametrize("options", VARIANTS, ids=say)
def test_a_sweep_is_a_plain_loop_by_every_rule(name, options):
    fixed = {field: [value] for field, value in options.items()}
    assert_is_loop(name, 1, dims=WIDTHS, lr=[0.001, 0.01], **fixed)


@each_name
@pytest.mark.parametrize(
    "lists",
    [
        {"dims": WIDTHS, "activation": ["relu", "sigmoid", "softplus"]},
        {"dims": WIDTHS, "lr": [0.001, 0.01], "weight_decay": [0.0, 0.1]},
        {"dims": [[4], [2, 3]], "dropout": [0.0, 0.2, 0.5], "lr": [0.01, 0.03]},
        {"init": [None, "he", "pytorch"], "activation": ["tanh", torch.atan]},
        {"epochs": [0, 1, 4], "batch_size": [7, 40, 100], "dims": [[2], [4]]},
        {"optimizer": ["adam", "sgd"], "schedule": ["cosine", "step"], "dims": [[2], [4]]},
        {"validation": [0.2], "patience": [0, 1], "lr": [0.03, 0.3], "epochs": [9]},
        {"standardize": [False, True], "shuffle": [False, True], "dims": [3, (5,)]},
    ],
    ids=lambda lists: "-".join(lists),
)
def test_a_sweep_is_a_plain_loop_over_any_fields(name, lists):
    assert_is_loop(name, 2, **lists)


LISTS = {
    "dims": st.sampled_from([(), (2,), (5,), (3, 2), (1, 4)]),
    "activation": st.sampled_from(["relu", "tanh", "sigmoid", "softplus"]),
    "lr": st.floats(1e-4, 0.02),
    "weight_decay": st.sampled_from([0.0, 0.01, 0.5]),
    "dropout": st.sampled_from([0.0, 0.2, 0.6]),
    "init": st.sampled_from(["he", "xavier", "pytorch"]),
    "batch_size": st.sampled_from([9, 40]),
    "validation": st.just(0.25),
    "standardize": st.booleans(),
}
fields_of_a_sweep = st.lists(st.sampled_from(list(LISTS)), max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries(
        {name: st.lists(LISTS[name], min_size=1, max_size=2, unique=True) for name in names}
    )
)


@settings(max_examples=15)
@given(name=st.sampled_from(["prod", "xor", "circles"]), lists=fields_of_a_sweep)
def test_any_sweep_is_a_plain_loop(name, lists):
    assert_is_loop(name, 1, **lists)


MIXED = {
    "dims": [[2], [4], [3, 2]],
    "lr": [0.01, 0.002],
    "activation": ["sigmoid", "relu"],
    "dropout": [0.0, 0.3],
}


@pytest.mark.parametrize("folds", [None, 2])
def test_the_order_of_lists_and_seeds_changes_nothing_but_the_order(folds):
    there = swept(**MIXED, folds=folds, seeds=[0, 1])
    back = swept(
        **{name: values[::-1] for name, values in reversed(MIXED.items())},
        folds=folds,
        seeds=[1, 0],
    )
    assert there.varied == back.varied[::-1]
    found = {
        (run.recipe, row.get("fold")): (run, row)
        for run, row in zip(back.runs, back.records(), strict=True)
    }
    assert len(found) == len(there) == len(back)
    for run, row in zip(there.runs, there.records(), strict=True):
        other, its_row = found[run.recipe, row.get("fold")]
        assert_same_network(run.network, other.network)
        assert row["test_score"] == pytest.approx(its_row["test_score"], rel=1e-9)


@pytest.mark.parametrize("folds", [None, 2])
@pytest.mark.parametrize("memory", [12_000, 30_000])
def test_the_size_of_the_chunks_changes_nothing(memory, folds, monkeypatch):
    whole, sizes, train = swept(**MIXED, folds=folds), [], execute._train
    monkeypatch.setattr(
        execute,
        "_train",
        lambda chunk, device, tick: sizes.append(len(chunk.plans)) or train(chunk, device, tick),
    )
    assert_same_sweep(swept(**MIXED, folds=folds, memory=memory), whole)
    assert max(sizes) < len(whole) / 4
    assert sum(sizes) == len(whole)


@pytest.mark.parametrize(
    "backend", ["threading", pytest.param("loky", marks=pytest.mark.slow), "sequential"]
)
def test_the_number_of_workers_changes_nothing(backend):
    alone = swept(**MIXED, folds=2)
    with joblib.parallel_config(backend=backend, n_jobs=2):
        assert_same_sweep(swept(**MIXED, folds=2), alone)


def test_without_workers_all_that_can_share_a_stack_does(monkeypatch):
    """And says so on the way, not only at its end."""
    sizes, ticks, train = [], [], execute._train

    def watched(chunk, device, tick):
        sizes.append(len(chunk.plans))
        return train(chunk, device, lambda done: ticks.append(done) or tick(done))

    monkeypatch.setattr(execute, "_train", watched)
    ours = execute._here
    monkeypatch.setattr(execute, "_here", lambda *given: ticks.append("here") or ours(*given))
    swept(seeds=6, dims=[[2], [4]], epochs=70)
    assert sizes == [12]
    assert ticks[0] == "here"
    assert len(ticks) > 3
    assert sum(ticks[1:]) == 70 * 12


def test_a_network_that_diverges_is_the_same_in_chunks_of_any_size():
    options = {"lr": [0.01, 1e12], "optimizer": "sgd", "dims": [3], "epochs": 150, "seeds": 1}
    together, alone = swept("prod", **options), swept("prod", memory=12_000, **options)
    lengths = [[len(o.history) for o in found.runs] for found in (together, alone)]
    assert lengths[0] == lengths[1]
    assert np.isnan([found.rows[1]["loss"] for found in (together, alone)]).all()
    assert_same_network(together.runs[0].network, alone.runs[0].network)


@each_name
def test_resampling_is_another_trainer_for_every_seed(name):
    found = swept(name, [3, 0], resample=True, dims=[[2], [4]], dropout=[0.0, 0.3])
    for outcome, record in zip(found.runs, found.records(), strict=True):
        fields = {key: getattr(outcome.recipe, key) for key in ("dims", "dropout")}
        trainer = TrainFCNN(name, seed=outcome.recipe.weight_seed, **SMALL).train(
            weight_seed=outcome.recipe.weight_seed, **QUICK | fields
        )
        plain = TrainFCNN(name, seed=outcome.recipe.weight_seed, **SMALL).train(**QUICK | fields)
        assert_is_trainer(outcome, record, trainer)
        assert_same_network(outcome.network, plain.network)


@pytest.mark.parametrize("weights", ["balanced", {0: 5.0}])
def test_classes_count_as_in_a_trainer(weights):
    found = swept("circles", 1, dims=[[3], [5]], class_weight=weights)
    for run, row in zip(found.runs, found.rows, strict=True):
        trainer = TrainFCNN("circles", **SMALL)
        trainer.train(**QUICK, dims=run.recipe.dims, class_weight=weights, weight_seed=0)
        assert_same_network(run.network, trainer.network)
        assert row["loss"] == pytest.approx(trainer.loss, rel=1e-6)


def test_a_sweep_of_which_nothing_came_warns():
    with pytest.warns(
        RuntimeWarning, match=r"^all 2 networks diverged; try a lower lr than 1e\+06"
    ):
        sweep("xor", seeds=2, lr=1e6, optimizer="sgd", epochs=9, n_samples=50)


def test_without_resampling_data_and_batches_are_those_of_the_one_seed():
    found = swept(seed=5, seeds=[7])
    trainer = TrainFCNN("xor", seed=5, **SMALL).train(weight_seed=7, **QUICK)
    assert_is_trainer(found.runs[0], found.records()[0], trainer)
    assert np.array_equal(found.dataset.x, trainer.dataset.x)


@pytest.mark.parametrize("name", ["prod", "xor", "quadrants"])
def test_a_fold_is_judged_on_what_its_network_was_not_trained_on(name):
    found = swept(name, folds=3, seed=4, dims=[[2], [4]], dropout=[0.0, 0.3])
    dataset = make_dataset(name, seed=4, **SMALL)
    parts = fold_indices(dataset, 3, 4)
    for outcome, record in zip(found.runs, found.records(), strict=True):
        held = parts == record["fold"]
        rest = Dataset(
            name, dataset.kind, dataset.x[~held], dataset.y[~held],
            dataset.x[held], dataset.y[held], dataset.classes,
        )  # fmt: skip
        training = Training(rest, outcome.recipe, seed=4)
        assert list(training)
        assert_same_network(outcome.network, training.network())
        trainer = TrainFCNN(rest, seed=4).train_as(outcome.recipe)
        assert_is_trainer(outcome, record, trainer)


def test_every_fold_is_trained_on_its_own_complement(monkeypatch):
    seen, train = {}, execute._train

    def watched(chunk, device, tick):
        for plan in chunk.plans:
            seen[plan.number] = plan.fold, chunk.dataset
        return train(chunk, device, tick)

    monkeypatch.setattr(execute, "_train", watched)
    found = swept(folds=3, dims=[[2], [4]])
    everything = Counter(map(tuple, found.dataset.x))
    assert sorted(seen) == list(range(12))
    tested = Counter()
    for _, part in seen.values():
        held = Counter(map(tuple, part.x_test))
        assert Counter(map(tuple, part.x)) + held == everything
        assert len(part.x_test) in (13, 14)
        tested += held
    assert tested == Counter({point: 4 * n for point, n in everything.items()})


def test_folds_are_dealt_anew_where_the_data_are():
    found = swept(folds=2, resample=True, seeds=2)
    records = found.records()
    assert [(r["seed"], r["fold"]) for r in records] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for outcome, record in zip(found.runs, found.records(), strict=True):
        dataset = make_dataset("xor", seed=outcome.recipe.weight_seed, **SMALL)
        held = fold_indices(dataset, 2, outcome.recipe.weight_seed) == record["fold"]
        answers = outcome.network.scores(torch.tensor(dataset.x[held]))[:, 0] > 0
        right = (answers.numpy() == dataset.y[held].astype(bool)).mean()
        assert record["test_score"] == pytest.approx(right)


@pytest.mark.parametrize("midway", [False, True], ids=["between chunks", "in a chunk"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_an_interrupt_leaves_what_is_finished(after, midway, monkeypatch, tmp_path):
    whole, calls, train = swept(dims=[[2], [4]], memory=8_000), [], execute._train

    def interrupted(chunk, device, tick):
        calls.append(chunk)
        if len(calls) <= after:
            return train(chunk, device, tick)
        if midway:
            monkeypatch.setattr(Training, "_record", interrupt)
            return train(chunk, device, tick)
        raise KeyboardInterrupt

    def interrupt(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(execute, "_train", interrupted)
    found = swept(dims=[[2], [4]], memory=8_000)
    done = sum(len(chunk.plans) for chunk in calls[:after])
    assert len(found) == done < found.n_planned == 4
    assert f"interrupted after {done} of 4 networks" in repr(found)
    for mine, theirs in zip(found.runs, whole.runs, strict=False):
        assert_same_network(mine.network, theirs.network)
    found.to_csv(tmp_path / "out.csv")
    assert len(table_rows(found)) == 1 + len({o.recipe.dims for o in found.runs})


class Deadly:
    """An activation that ends the process it is first called in: as a worker dies."""

    __name__ = "deadly"

    def __init__(self, flag, parent):
        self.flag, self.parent = flag, parent

    def __call__(self, z):
        if os.getpid() != self.parent and not self.flag.exists():
            self.flag.touch()
            os._exit(1)
        return z.tanh()

    def __hash__(self):
        return hash(str(self.flag))

    def __eq__(self, other):
        return self.flag == other.flag


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A worker stopped while some jobs")
def test_a_worker_that_dies_costs_only_its_chunk(tmp_path):
    deadly = Deadly(tmp_path / "died", os.getpid())
    alone = swept(activation=["relu", deadly, "tanh"], dims=[[2], [4]])
    assert not deadly.flag.exists()
    with joblib.parallel_config(backend="loky", n_jobs=2):
        found = swept(activation=["relu", deadly, "tanh"], dims=[[2], [4]])
    assert deadly.flag.exists()
    assert_same_sweep(found, alone)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A worker stopped while some jobs")
def test_a_chunk_that_kills_every_worker_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "ATTEMPTS", 1)
    deadly = Deadly(Never(), os.getpid())
    with (
        joblib.parallel_config(backend="loky", n_jobs=2),
        pytest.raises(BrokenProcessPool, match="worker process"),
    ):
        swept(activation=deadly, dims=[[2], [4]])


class Never:
    """A flag that no one can raise."""

    def exists(self):
        return False

    def touch(self):
        pass


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_what_one_process_does():
    distributed = pytest.importorskip("distributed")
    alone = swept(**MIXED, folds=2)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        found = swept(**MIXED, folds=2)
    assert_same_sweep(found, alone)


def test_images_can_be_swept():
    found = sweep("digits", 2, n_samples=60, dims=[[4], [6]], **QUICK)
    for outcome, record in zip(found.runs, found.records(), strict=True):
        recipe = outcome.recipe
        trainer = TrainFCNN("digits", n_samples=60).train_as(recipe)
        assert_is_trainer(outcome, record, trainer)
    folds = sweep("digits", n_samples=200, folds=2, rotate=[0.0, 10.0], dims=[4], **QUICK)
    assert len(folds) == 4
    assert folds.best().network.dims == (64, 4, 10)
    assert len(folds.dataset.x_test) == len(load_images("digits", 200).x_test)


def test_own_data_can_be_swept():
    x = np.random.default_rng(0).normal(size=(40, 3))
    y = np.where(x[:, 0] > 0, "yes", "no")
    found = sweep((x, y), 2, dims=[2], **QUICK)
    trainer = TrainFCNN((x, y)).train([2], weight_seed=1, **QUICK)
    assert_is_trainer(found.runs[1], found.records()[1], trainer)
    # a fifth is held out for the test, as ever
    assert holdout_mask(y, 0.2, numpy_generator(0, "split")).sum() == len(trainer.dataset.x_test)


def test_a_sweep_shows_its_progress(capsys):
    swept(progress=True, epochs=[0, 2], dims=[[2], [3]])
    swept(progress=False)
    captured = capsys.readouterr()
    assert captured.out == ""


def test_a_sweep_leaves_its_arguments_as_they_were():
    dims, seeds = [[2], [4]], [1, 0]
    swept(seeds=seeds, dims=dims)
    assert (dims, seeds) == ([[2], [4]], [1, 0])


def test_each_network_of_a_sweep_ends_at_its_goal_as_if_it_were_alone():
    options = {"dims": [[3], [6]], "lr": 0.03, "epochs": 40, "until": "accuracy >= 0.9"}
    found = sweep("xor", seeds=4, n_samples=100, engine="torch", **options)
    ended = [run.ended for run in found.runs]
    assert {*ended} == {"reached", "done"}
    assert f"{ended.count('reached')} reached their goal" in repr(found)
    for run, row in zip(found.runs, found.records(), strict=True):
        alone = TrainFCNN("xor", n_samples=100, engine="torch").train_as(run.recipe)
        assert (alone.run.ended, len(alone.history)) == (run.ended, len(run.history))
        assert row["epochs"] == len(run.history)
        np.testing.assert_allclose(run.history.loss, alone.history.loss, rtol=1e-4)
        assert (run.history.score[:-1] < 0.9).all()


def test_goals_can_be_varied():
    goals = ["accuracy >= 0.8", "accuracy>=90%"]
    found = sweep("xor", n_samples=100, dims=6, epochs=200, until=goals)
    assert found.varied == ("until",)
    assert [row["until"] for row in found.records()] == ["accuracy >= 0.8", "accuracy >= 0.9"]
    easy, hard = [len(run.history) for run in found.runs]
    assert easy < hard < 200
    found.plot_parallel()


def test_a_sweep_takes_no_more_time_than_each_stack_may():
    found = sweep("xor", seeds=2, epochs=10**6, max_seconds=0.2, n_samples=100)
    assert {run.ended for run in found.runs} == {"time"}
    assert 0.2 <= found.runs[0].history.seconds < 5


GROWTH = """
from trainfcnn import sweep

def bytes_now():
    with open("/proc/self/statm") as file:
        return 4096 * int(file.read().split()[1])

sweep("xor", seeds=2, dims=[6], epochs=2, progress=False)
before = bytes_now()
found = sweep("xor", seeds=64, dims=[6], epochs=4000, progress=False)
print((bytes_now() - before) / 1e6)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc tells how much is used")
def test_many_epochs_of_many_networks_are_kept_in_little_memory():
    """Their losses and scores are 4 MB: as tiny tensors among large ones, they held 3 GB."""
    command = [sys.executable, "-c", GROWTH]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(told.stdout) < 50
