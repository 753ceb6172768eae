"""What a sweep says of its networks."""

import csv
import os
from contextlib import nullcontext
from dataclasses import replace
from importlib.util import find_spec
from itertools import product

import numpy as np
import pytest
import torch
from oracle import assert_same_network, small_dataset
from sweeping import QUICK, SMALL, WIDTHS, assert_close, each_name, looped, swept, table_rows

from trainfcnn import TrainFCNN, sweep
from trainfcnn._support.seeds import restart_seeds
from trainfcnn.analysis.success import SuccessRate
from trainfcnn.sweeps import execute


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


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("prod", {"patience": 3}),
        ("prod", {"patience": 3, "dropout": 0.3}),
        ("circles", {"patience": 3, "dims": [3], "lr": 0.3}),
        ("prod", {"validation": 0.2}),
        ("xor", {"validation": 0.2, "patience": 3, "lr": 0.3}),
        ("xor", {"epochs": 5, "dropout": 0.2}),
        ("circles", {"epochs": 5}),
    ],
    ids=str,
)
def test_the_best_of_a_sweep_is_the_best_of_restarts_from_the_same_seeds(name, fields):
    trainer = TrainFCNN(name, n_samples=300).train(restarts=5, **fields)
    found = sweep(name, restart_seeds(0, 5), n_samples=300, **fields)
    best = found.best()
    assert_same_network(best.network, trainer.network, tolerance=0)
    assert best.run.criterion == trainer.run.criterion
    np.testing.assert_array_equal(best.history.loss, trainer.history.loss)


@pytest.mark.parametrize("worst", [np.nan, np.inf])
def test_a_network_whose_loss_is_no_number_is_not_the_best(worst):
    found = swept(seeds=3)
    ranked = np.argsort([run.criterion for run in found.runs])
    runs = [
        replace(run, criterion=worst) if index == ranked[0] else run
        for index, run in enumerate(found.runs)
    ]
    best = replace(found, runs=runs).best()
    assert_same_network(best.network, found.runs[ranked[1]].network, tolerance=0)


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
    assert found.success_rate(1).share == np.mean(scores >= 1)


def test_quantiles_are_those_of_the_column():
    found = swept(seeds=7)
    for column in ("score", "loss", "test_score"):
        values = [record[column] for record in found.records()]
        expected = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
        assert_close(found.quantiles(column), expected)
        assert_close(found.quantiles(column, [0.1]), np.quantile(values, [0.1]))


def test_a_table_has_a_row_a_combination():
    found = swept(seeds=3, dims=[[2], [3, 4]], activation=["relu", torch.atan])
    head, *rows = table_rows(found)
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


def test_a_table_and_its_rows_name_all_that_is_not_plain_and_all_that_differs():
    """An optimizer brings its usual rate, so that two of them differ in two fields."""
    found = swept(seeds=1, optimizer=["sgd", "adam"], weight_decay=0.01, dropout=0.2, shuffle=False)
    head, *rows, last = found.table().splitlines()
    assert head.split()[:3] == ["optimizer", "lr", "networks"]
    assert [row.split()[:2] for row in rows] == [["sgd", "0.1"], ["adam", "0.01"]]
    assert "decay 0.01" in last
    assert "dropout 0.2" in last
    assert "not shuffled" in last
    records = found.records()
    assert [row["lr"] for row in records] == [0.1, 0.01]
    assert {(row["weight_decay"], row["dropout"], row["shuffle"]) for row in records} == {
        (0.01, 0.2, False)
    }


def test_of_plain_settings_a_table_says_nothing():
    found = sweep(small_dataset("binary"), 2, schedule="constant")
    assert len(found.table().splitlines()) == 2


def test_two_functions_of_one_name_are_two_settings():
    functions = [lambda z: z.tanh(), lambda z: 0 * z]
    found = swept(activation=functions, folds=2, epochs=60, dims=[6])
    assert len(table_rows(found)) == 3
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
        "test_score", "schedule", "batch_size", "validation", "dtype",
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
    warns = nullcontext() if 0.01 in lr else pytest.warns(RuntimeWarning, match="all 2 networks")
    with warns:
        found = swept("prod", lr=lr, optimizer="sgd", epochs=40)
    assert f"{2 * len(lr)} networks" in repr(found)
    assert len(table_rows(found)) == 1 + len(lr)
    found.to_csv(tmp_path / "out.csv")
    assert found.quantiles("loss").shape == (5,)
    finite = 2 * lr.count(0.01)
    assert found.success_rate(-1e300) == SuccessRate(finite, len(found))


@pytest.mark.parametrize("kind", ["regression", "binary"])
def test_data_without_a_test_sample_can_be_swept(kind, tmp_path):
    found = sweep(small_dataset(kind), 2, dims=[[2], [3]], **QUICK)
    assert np.isnan([record["test_score"] for record in found.records()]).all()
    assert len(table_rows(found)) == 3
    found.to_csv(tmp_path / "out.csv")
    assert found.best().network.dims[1] in (2, 3)


def test_a_sweep_says_what_it_found():
    found = swept(seeds=3, dims=[[2], [4]])
    assert len(found) == 6
    assert repr(found).startswith("Sweep('xor'): 6 networks, varied: dims, accuracy ")
    assert "varied" not in repr(swept())
    assert repr(swept("prod")).startswith("Sweep('prod'): 2 networks, R")


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


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda found: found.success_rate("high"), "at_least must be a number, got 'high'"),
        (lambda found: found.success_rate(90), "1 at most, got 90: try at_least=0.9$"),
        (lambda found: found.success_rate(99.5, "test_score"), "got 99.5: try at_least=0.995$"),
        (lambda found: found.success_rates(95, by="dims"), "a share of right answers, 1 at most"),
        (lambda found: found.plot_success(95), "a share of right answers, 1 at most"),
        (lambda found: found.to_csv("/nonexistent/a.csv"), "there is no folder '/nonexistent' to"),
        (lambda found: found.to_csv(""), "must be a file to write, and is a folder: add a name"),
        (lambda found: found.to_csv("/"), "must be a file to write, and is a folder: add a name"),
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


def test_what_is_no_share_may_be_any_number():
    assert swept(seeds=1).success_rate(2, of="epochs").successes == 1
    assert swept("prod", seeds=1).success_rate(-90).successes == 1


def test_own_functions_of_one_name_are_counted_apart():
    functions = [lambda z: z.tanh(), lambda z: 0 * z, "relu"]
    rates = swept(activation=functions, seeds=3).success_rates(0.0, by="activation")
    assert list(rates) == ["<lambda> 1", "<lambda> 2", "relu"]
    assert [rate.n for rate in rates.values()] == [3, 3, 3]


def test_networks_that_diverged_are_counted_and_the_best_of_them_is_warned_of():
    with pytest.warns(RuntimeWarning, match="all 4 networks diverged"):
        found = swept("prod", optimizer="sgd", lr=[1e12, 1e13], epochs=40)
    assert ", 4 diverged, " in repr(found)
    assert np.isneginf(found.quantiles("score")).all()
    with pytest.warns(RuntimeWarning, match="training diverged"):
        found.best()


@pytest.mark.parametrize("y", [np.arange(5) * 2 + 0.5, np.full(5, 2.5)], ids=["rows", "constant"])
def test_scores_that_are_not_defined_are_said_to_be_and_not_to_have_diverged(y):
    found = sweep((np.arange(5.0)[:, None], y), folds=5, epochs=3, dims=[[2]])
    assert np.isnan(found.quantiles("test_score")).all()
    assert found.table().splitlines()[1].split()[-5:] == ["undefined"] * 4 + ["-"]
    assert "inf" not in found.table() + repr(found)


def test_without_a_test_sample_the_mean_on_it_is_not_defined():
    found = sweep(([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]), seeds=2, epochs=3)
    assert found.table().splitlines()[1].split()[-1] == "undefined"
    assert "inf" not in found.table()
