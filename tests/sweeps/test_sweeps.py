"""A sweep against a plain loop of trainings, and what it says of them."""

import csv
import os
from collections import Counter
from concurrent.futures.process import BrokenProcessPool
from importlib.util import find_spec
from itertools import product

import joblib
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import VARIANTS, assert_same_network, say, small_dataset
from scipy.stats import binomtest

from trainfcnn import Dataset, TrainFCNN, Training, load_images, make_dataset, sweep
from trainfcnn._support.seeds import numpy_generator
from trainfcnn.analysis.evaluation import train_scores
from trainfcnn.analysis.success import SuccessRate
from trainfcnn.data.splits import fold_indices, holdout_mask
from trainfcnn.recipe import Recipe
from trainfcnn.sweeps import execute

SMALL = {"n_samples": 40, "noise": 0.1}
QUICK = {"epochs": 3, "batch_size": 16, "dtype": "float64"}
WIDTHS = [[2], [5], [3, 4], [4, 1]]
MEASURED = ("loss", "score", "validation_loss", "validation_score")

each_name = pytest.mark.parametrize("name", ["prod", "xor", "circles"])


def swept(name="xor", seeds=2, **fields):
    usual = {key: value for key, value in (SMALL | QUICK).items() if key not in fields}
    return sweep(name, seeds, **usual, **fields)


def looped(name, seeds, **lists):
    """Return the trainers of a plain loop over all combinations, then over seeds."""
    return [
        TrainFCNN(name, **SMALL).train(
            weight_seed=seed, **QUICK | dict(zip(lists, values, strict=True))
        )
        for *values, seed in product(*lists.values(), range(seeds))
    ]


def assert_close(ours, other):
    np.testing.assert_allclose(ours, other, rtol=1e-9, atol=1e-9)


def assert_is_trainer(outcome, record, trainer):
    """Compare networks, what was seen of them, and what the record says."""
    assert_same_network(outcome.network, trainer.network)
    assert outcome.recipe == trainer.recipe
    for name in MEASURED:
        assert_close(getattr(outcome.history, name), getattr(trainer.history, name))
    assert outcome.history.best_epoch == trainer.history.best_epoch
    assert_close([record["loss"], record["score"]], train_scores(trainer.run))
    assert_close(record["test_score"], trainer.score())
    assert record["epochs"] == len(trainer.history)
    if trainer.recipe.validation:
        assert_close(record["validation_loss"], trainer.history.validation_loss.min())


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
    """And says so after every epoch of it, not only at its end."""
    sizes, ticks, train = [], [], execute._train

    def watched(chunk, device, tick):
        sizes.append(len(chunk.plans))
        return train(chunk, device, lambda done: ticks.append(done) or tick(done))

    monkeypatch.setattr(execute, "_train", watched)
    ours = execute._here
    monkeypatch.setattr(execute, "_here", lambda *given: ticks.append("here") or ours(*given))
    swept(seeds=6, dims=[[2], [4]])
    assert sizes == [12]
    assert ticks == ["here", 12, 12, 12]


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


def test_without_resampling_data_and_batches_are_those_of_the_one_seed():
    found = swept(seed=5, seeds=[7])
    trainer = TrainFCNN("xor", seed=5, **SMALL).train(weight_seed=7, **QUICK)
    assert_is_trainer(found.runs[0], found.records()[0], trainer)
    assert np.array_equal(found.dataset.x, trainer.dataset.x)


@pytest.mark.parametrize("seeds", [3, [0, 1, 2], (0, 1, 2), range(3), np.arange(3), np.int64(3)])
def test_seeds_are_a_number_or_a_list(seeds):
    records = swept(seeds=seeds).records()
    assert [record["seed"] for record in records] == [0, 1, 2]
    assert all(type(record["seed"]) is int for record in records)


@pytest.mark.parametrize("seeds", [[5], (9, 4), iter([2, 3])], ids=["list", "tuple", "iterator"])
def test_seeds_are_taken_in_their_order(seeds):
    chosen = list(seeds)
    assert [record["seed"] for record in swept(seeds=iter(chosen)).records()] == chosen


@pytest.mark.parametrize("kind", ["regression", "binary", "multiclass"])
@given(n=st.integers(12, 60), folds=st.integers(2, 4), seed=st.integers(0, 2**70))
def test_folds_part_the_sample_of_each_class_alike(kind, n, folds, seed):
    dataset = small_dataset(kind, n)
    parts = fold_indices(dataset, folds, seed)
    assert set(parts) == set(range(folds))
    assert np.ptp(np.bincount(parts)) <= 1
    for label in range(len(dataset.classes)):
        assert np.ptp(np.bincount(parts[dataset.y == label], minlength=folds)) <= 1
    assert np.array_equal(parts, fold_indices(dataset, folds, seed))


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


@each_name
@pytest.mark.parametrize("validation", [0.0, 0.25])
def test_the_best_is_the_network_with_the_lowest_loss(name, validation):
    lists = {"dims": WIDTHS, "lr": [0.001, 0.02], "validation": [validation], "epochs": [8]}
    best = swept(name, 2, **lists).best()

    def loss(trainer):
        return trainer.history.validation_loss.min() if validation else trainer.loss

    trainer = min(looped(name, 2, **lists), key=loss)
    assert isinstance(best, TrainFCNN)
    assert best.recipe == trainer.recipe
    assert_same_network(best.network, trainer.network)
    assert best.loss == pytest.approx(trainer.loss, rel=1e-9)
    assert best.score() == pytest.approx(trainer.score(), rel=1e-9)


def test_the_best_says_of_itself_what_a_training_would():
    found = swept(seeds=1, dims=[4], validation=0.2, patience=2, lr=0.5, epochs=60)
    trainer = TrainFCNN("xor", **SMALL).train_as(found.runs[0].recipe)
    ours, theirs = found.best().results(), trainer.results()
    assert {key for key in ours if ours[key] != theirs[key]} <= {"seconds"}


def test_the_best_of_resampled_data_is_held_beside_the_data_it_was_trained_on():
    best = swept(resample=True, seeds=[3], epochs=20).best()
    trainer = TrainFCNN("xor", seed=3, **SMALL).train(**QUICK | {"epochs": 20})
    assert best.loss == pytest.approx(trainer.loss, rel=1e-9)


@each_name
def test_after_folds_the_best_settings_are_trained_once_more_on_everything(name):
    found = swept(name, folds=3, lr=[1e-9, 0.02], dims=[6], epochs=40)
    means = {
        lr: np.mean([row["test_score"] for row in found.records() if row["lr"] == lr])
        for lr in (1e-9, 0.02)
    }
    best, lr = found.best(), max(means, key=means.get)
    trainer = TrainFCNN(name, **SMALL).train(
        **QUICK | {"epochs": 40, "dims": [6], "lr": lr, "weight_seed": 0}
    )
    assert best.recipe.lr == lr
    assert len(best.dataset.x) == 40
    assert_same_network(best.network, trainer.network)


@pytest.mark.parametrize("folds", [None, 2])
@pytest.mark.parametrize("lr", [[1e12, 0.01], [0.01, 1e12]], ids=str)
def test_settings_that_diverge_are_not_the_best(lr, folds):
    found = swept("prod", folds=folds, lr=lr, optimizer="sgd", epochs=40)
    assert found.best().recipe.lr == 0.01


@pytest.mark.parametrize(("of", "n"), [(0, 1), (1, 1), (0, 20), (7, 20), (20, 20), (995, 1000)])
def test_the_interval_is_that_of_wilson(of, n):
    rate = SuccessRate(of, n)
    expected = binomtest(of, n).proportion_ci(method="wilson")
    np.testing.assert_allclose(rate.interval, expected, atol=2e-5)
    assert float(rate) == rate.share == of / n
    assert repr(rate).startswith(f"{of} of {n} (")


def test_the_success_rate_counts_networks_that_reach_a_score():
    found = swept(seeds=8, dims=[[2], [6]], epochs=60)
    scores = np.array([record["score"] for record in found.records()])
    bar = float(np.median(scores))
    assert found.success_rate(at_least=bar) == SuccessRate(int((scores >= bar).sum()), 16)
    rates = found.success_rates(bar, by="dims")
    assert [rates[key].n for key in ("2", "6")] == [8, 8]
    assert rates["2"].successes == (scores[:8] >= bar).sum()
    tests = [record["test_score"] for record in found.records()]
    assert found.success_rate(0.5, of="test_score").successes == sum(t >= 0.5 for t in tests)
    assert found.success_rate(2.0).share == 0


def test_quantiles_are_those_of_the_column():
    found = swept(seeds=7)
    for column in ("score", "loss", "test_score"):
        values = [record[column] for record in found.records()]
        expected = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
        assert_close(found.quantiles(column), expected)
        assert_close(found.quantiles(column, [0.1]), np.quantile(values, [0.1]))


def test_a_table_has_a_row_a_combination():
    found = swept(seeds=3, dims=[[2], [3, 4]], activation=["relu", torch.atan])
    head, *rows = found.table().splitlines()
    assert head.split() == [
        "dims", "activation", "networks", "worst", "median", "best", "mean", "test",
    ]  # fmt: skip
    assert [row.split()[:3] for row in rows] == [
        ["2", "relu", "3"], ["2", "atan", "3"], ["3-4", "relu", "3"], ["3-4", "atan", "3"],
    ]  # fmt: skip
    scores = [record["score"] for record in found.records()[:3]]
    assert rows[0].split()[3:6] == [
        f"{value:.4f}" for value in (min(scores), np.median(scores), max(scores))
    ]


def test_two_functions_of_one_name_are_two_settings():
    functions = [lambda z: z.tanh(), lambda z: 0 * z]
    found = swept(activation=functions, folds=2, epochs=60, dims=[6])
    assert len(found.table().splitlines()) == 3
    scores = [row["test_score"] for row in found.rows]
    means = [np.mean(scores[start : start + 4]) for start in (0, 4)]
    assert means[0] != means[1]
    assert found.best().recipe.activation is functions[int(np.argmax(means))]


def test_records_are_one_row_a_network_in_the_order_asked_for():
    found = swept(seeds=[4, 2], dims=[[2], [3, 4]], lr=[0.1, 0.2], validation=0.2)
    records = found.records()
    assert [(r["dims"], r["lr"], r["seed"]) for r in records] == [
        *product(["2", "3-4"], [0.1, 0.2], [4, 2])
    ]
    assert list(records[0]) == [
        "dims", "lr", "seed", "epochs", "loss", "score", "validation_loss", "validation_score",
        "test_score",
    ]  # fmt: skip


def test_a_csv_file_holds_the_records(tmp_path):
    found = swept(seeds=2, dims=[[2], [3, 4]], activation=["relu", torch.atan], init=[None, "he"])
    found.to_csv(tmp_path / "out.csv")
    with open(tmp_path / "out.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["dims"] for row in rows] == [r["dims"] for r in found.records()]
    assert [float(row["loss"]) for row in rows] == [r["loss"] for r in found.records()]
    assert os.listdir(tmp_path) == ["out.csv"]
    if find_spec("pandas"):
        import pandas as pd

        read = pd.read_csv(tmp_path / "out.csv")
        assert list(read.columns) == list(found.records()[0])
        assert len(read) == len(found)


def test_a_csv_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    found, path = swept(), tmp_path / "out.csv"
    path.write_text("before")

    def fail(*given):
        raise OSError("no space left on device")

    monkeypatch.setattr(csv.DictWriter, "writerows", fail)
    with pytest.raises(OSError, match="no space left"):
        found.to_csv(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "fields",
    [{"validation": [0.0, 0.2]}, {"validation": [0.2, 0.0]}, {"epochs": [2, 0], "validation": 0.2}],
    ids=str,
)
def test_networks_with_and_without_a_validation_make_one_table(fields, tmp_path):
    found = swept(**fields)
    found.to_csv(tmp_path / "out.csv")
    assert len({tuple(record) for record in found.records()}) == 1
    with open(tmp_path / "out.csv", newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 4


@pytest.mark.parametrize("lr", [[1e12, 0.01], [0.01, 1e12], [1e12]], ids=str)
def test_networks_that_diverge_are_told_of_like_the_others(lr, tmp_path):
    found = swept("prod", lr=lr, optimizer="sgd", epochs=40)
    assert f"{2 * len(lr)} networks" in repr(found)
    assert len(found.table().splitlines()) == 1 + len(lr)
    found.to_csv(tmp_path / "out.csv")
    assert found.quantiles("loss").shape == (5,)
    finite = 2 * lr.count(0.01)
    assert found.success_rate(-1e300) == SuccessRate(finite, len(found))


@pytest.mark.parametrize("kind", ["regression", "binary"])
def test_data_without_a_test_sample_can_be_swept(kind, tmp_path):
    found = sweep(small_dataset(kind), 2, dims=[[2], [3]], **QUICK)
    assert np.isnan([record["test_score"] for record in found.records()]).all()
    assert len(found.table().splitlines()) == 3
    found.to_csv(tmp_path / "out.csv")
    assert found.best().network.dims[1] in (2, 3)


def test_a_sweep_says_what_it_found():
    found = swept(seeds=3, dims=[[2], [4]])
    assert len(found) == 6
    assert repr(found).startswith("Sweep('xor'): 6 networks, varied: dims, accuracy ")
    assert "varied" not in repr(swept())
    assert repr(swept("prod")).startswith("Sweep('prod'): 2 networks, R")


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
    assert len(found.table().splitlines()) == 1 + len({o.recipe.dims for o in found.runs})


def test_of_nothing_there_is_no_best(monkeypatch):
    def interrupt(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(execute, "_train", interrupt)
    found = swept()
    with pytest.raises(ValueError, match="no finished network yet: let the sweep run longer"):
        found.best()
    for ask in (lambda: found.success_rate(0.9), found.quantiles):
        with pytest.raises(ValueError, match="no finished network"):
            ask()


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


def test_fields_that_are_not_given_are_as_recommended():
    found = sweep("quadrants", n_samples=40, lr=[0.01, 0.02], epochs=1)
    recommended = Recipe().but(**found.dataset.recommended)
    assert found.runs[1].recipe == recommended.but(lr=0.02, epochs=1, weight_seed=0)


def test_a_field_that_needs_a_rule_goes_with_a_list_of_such_rules():
    found = swept(optimizer=["sgd", "rmsprop"], momentum=0.9)
    assert [o.recipe.momentum for o in found.runs] == [0.9] * 4
    found = swept(optimizer="sgd", momentum=[0.5, 0.9], nesterov=True)
    assert found.varied == ("momentum",)


def test_a_sweep_shows_its_progress(capsys):
    swept(progress=True, epochs=[0, 2], dims=[[2], [3]])
    swept(progress=False)
    captured = capsys.readouterr()
    assert captured.out == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": []}, r"lr must be a value or a list of some, got \[\]: leave it out"),
        ({"dims": []}, r"dims must be a value or a list of some, got \[\]"),
        ({"learning_rate": 0.1}, "unknown recipe field 'learning_rate'"),
        ({"activaton": ["relu"]}, "unknown recipe field 'activaton': did you mean 'activation'"),
        ({"activation": ["relu", "rely"]}, "unknown activation 'rely': did you mean 'relu'"),
        ({"optimizer": "adm"}, "did you mean 'adam'"),
        ({"lr": [0.1, -1]}, "lr must be a number greater than 0, got -1"),
        ({"dims": [[2], [0]]}, r"dims must be layer sizes, integers of 1 or more, got \[0\]"),
        ({"folds": 30}, "folds must be at most the .* samples of class .*, got folds=30: try"),
        ({"folds": 0}, "folds must be an integer of 2 or more, got 0: try folds=3"),
        ({"folds": -1}, "folds must be an integer of 2 or more, got -1"),
        ({"folds": 1}, "folds must be an integer of 2 or more, got 1"),
        ({"folds": 2.5}, "folds must be an integer of 2 or more, got 2.5"),
        ({"folds": "3"}, "folds must be an integer of 2 or more, got '3'"),
        ({"folds": True}, "folds must be an integer of 2 or more, got True"),
        ({"memory": 1000}, "memory must hold one network, about .*, got .*: try"),
        ({"memory": 0}, "memory must hold one network"),
        ({"memory": "x"}, "memory must be a number of bytes, got 'x': try memory=1e9"),
        ({"memory": float("inf")}, "memory must be a number of bytes, got inf"),
        ({"weight_seed": 3}, "weight_seed is what seeds are for, got 3: use seeds="),
        ({"restarts": [2, 4]}, r"restarts is what seeds are for, got \[2, 4\]: use seeds="),
        ({"seeds": 0}, "seeds must be 1 or more, or a list of seeds, got 0: try seeds=20"),
        ({"seeds": -3}, "seeds must be 1 or more, or a list of seeds, got -3"),
        ({"seeds": []}, r"seeds must be 1 or more, or a list of seeds, got \[\]"),
        ({"seeds": "abc"}, "seeds must be 1 or more, or a list of seeds, got 'abc'"),
        ({"seeds": 2.0}, "seeds must be 1 or more, or a list of seeds, got 2.0"),
        ({"seeds": None}, "seeds must be 1 or more, or a list of seeds, got None"),
        ({"seeds": True}, "seeds must be 1 or more, or a list of seeds, got True"),
        ({"seeds": [1, -1]}, "seeds must be an integer of 0 or more, got -1"),
        ({"seeds": [0.5]}, "seeds must be an integer of 0 or more, got 0.5"),
        ({"name": "xr"}, "did you mean 'xor'"),
        ({"validation": 0.99}, "validation must leave samples on both sides"),
    ],
    ids=str,
)
def test_what_cannot_be_swept_is_refused_before_anything_is_trained(options, message, monkeypatch):
    monkeypatch.setattr(Training, "__iter__", lambda training: pytest.fail("it trained"))
    with pytest.raises(ValueError, match=message):
        swept(**options)


def test_a_bad_setting_at_the_end_of_a_list_is_refused_before_anything_is_trained(monkeypatch):
    monkeypatch.setattr(Training, "__iter__", lambda training: pytest.fail("it trained"))
    with pytest.raises(ValueError, match="did you mean 'adam'"):
        swept(optimizer=["sgd", "adm"])


def test_a_memory_that_is_too_small_says_how_much_it_takes():
    with pytest.raises(ValueError, match=r"got 1.0 kB|got 1,?000|got 0\.001"):
        swept(memory=1000)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda found: found.success_rate("high"), "at_least must be a number, got 'high'"),
        (lambda found: found.success_rate(0.9, of="scores"), "did you mean 'score'"),
        (lambda found: found.success_rates(0.9, by="dim"), "varied field 'dim': did you mean"),
        (lambda found: found.success_rates(0.9, by="lr"), "unknown varied field 'lr'"),
        (lambda found: found.quantiles("lss"), "did you mean 'loss'"),
        (lambda found: found.quantiles("dims"), "unknown column 'dims'"),
    ],
)
def test_what_a_sweep_cannot_tell_is_a_mistake_with_a_hint(ask, message):
    with pytest.raises(ValueError, match=message):
        ask(swept(dims=[[2], [4]]))


def test_a_sweep_leaves_its_arguments_as_they_were():
    dims, seeds = [[2], [4]], [1, 0]
    swept(seeds=seeds, dims=dims)
    assert (dims, seeds) == ([[2], [4]], [1, 0])
