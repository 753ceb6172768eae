"""What there is to say of a run."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from oracle import constant_network, run_of, small_dataset
from sources import QUICK, SMALL, SOURCES, X, trained, untrained

from trainfcnn import TrainFCNN, report
from trainfcnn.report import complaint, divergence
from trainfcnn.wording import format_extras


@pytest.fixture(scope="module")
def trainers():
    return {source: trained(source) for source in SOURCES}


@pytest.mark.parametrize("source", SOURCES)
def test_repr_says_what_happened(source, trainers):
    trainer = trainers[source]
    network = "-".join(map(str, trainer.network.dims))
    recipe = trainer.recipe
    schedule = "" if recipe.schedule == "constant" else f" {recipe.schedule}"
    rule = f"{recipe.optimizer} lr={recipe.lr:g}{schedule}"
    name = f"TrainFCNN({trainer.dataset.name!r}): {network} {recipe.activation}, {rule}, "
    score = r"accuracy (\S+)%" if trainer.dataset.is_classification else r"R² (\S+)"
    told = re.fullmatch(
        rf"{re.escape(name)}3 epochs{re.escape(format_extras(recipe.extras()))}, loss (\S+), "
        rf"{score} \(test (\S+?)%?\), \d+\.\d\d s{re.escape(trainer.dataset.told)}",
        repr(trainer),
    )
    loss, train_score, test_score = map(float, told.groups())
    scale = 100 if trainer.dataset.is_classification else 1
    assert loss == pytest.approx(trainer.loss, rel=0.01, abs=1e-4)
    assert test_score == pytest.approx(scale * trainer.score(), abs=0.051)
    assert train_score == pytest.approx(scale * trainer.results()["score"], abs=0.051)


@pytest.mark.parametrize("source", SOURCES)
def test_repr_before_training_says_what_to_do(source):
    told, images = repr(untrained(source)), source in ("digits", "own_images")
    notes = untrained(source).dataset.told
    samples = f"{'images' if images else 'points'}{notes}"
    assert told.endswith(f"{samples}, not trained yet: call .train()")
    assert "\n" not in told


@pytest.mark.parametrize("source", SOURCES)
def test_results_are_json_that_says_all_there_is(source, trainers):
    trainer = trainers[source]
    told = json.loads(json.dumps(trainer.results(), allow_nan=False))
    assert told["dataset"] == trainer.dataset.name
    assert (told["epochs"], told["ended"]) == (3, "done")
    assert (told["loss"], told["test_score"]) == (trainer.loss, trainer.score())
    assert told["exact_score"] == (trainer.exact_score() if trainer.dataset.law else None)
    assert told["recipe"]["dims"] == [6]


NUMPY = {"epochs": np.int64(2), "lr": np.float32(0.1), "weight_seed": np.int64(4)}


@pytest.mark.parametrize(
    ("given", "recipe"),
    [
        ({}, {"activation": torch.atan}),
        ({}, {"activation": torch.nn.Mish()}),
        ({}, {"dims": np.array([3, 4])}),
        ({}, {"epochs": 0}),
        ({}, {"validation": 0.2}),
        ({"seed": np.int64(1)}, {}),
        *(({}, {name: value}) for name, value in NUMPY.items()),
        ({"dataset": (X, np.full(60, 0.5)), "n_samples": None}, {}),
        ({"dataset": (X[:2], [0, 1]), "n_samples": None}, {}),
    ],
    ids=[
        *("function", "module", "array_dims", "no_epochs", "validation", "numpy_seed"),
        *(f"numpy_{name}" for name in NUMPY),
        *("constant_target", "no_test_sample"),
    ],
)
def test_results_are_json_whatever_was_given(given, recipe):
    trainer = TrainFCNN(**SMALL | given).train(**QUICK | recipe)
    assert json.loads(json.dumps(trainer.results(), allow_nan=False))["ended"] == "done"


def test_patience_ends_a_run_and_repr_says_so():
    trainer = trained(epochs=500, patience=3, lr=0.3, optimizer="sgd")
    ended = re.search(r"stopped after (\d+) of 500 epochs", repr(trainer))
    assert int(ended[1]) == len(trainer.history) <= trainer.history.best_epoch + 3


GOAL = {"epochs": 200, "lr": 0.05}
ENDS = {
    "reached": (
        GOAL | {"until": "accuracy >= 95%"}, r"reached accuracy 95% after \d+ epochs, loss "
    ),
    "missed": (GOAL | {"epochs": 2, "until": "loss<=0"}, r"2 epochs, loss 0 not reached, loss "),
    "stopped": (
        GOAL | {"patience": 1, "min_delta": 0.5, "until": "loss <= 0"},
        r"stopped after \d+ of 200 epochs, loss 0 not reached, patience 1, min_delta 0.5, loss ",
    ),
    "late": (
        GOAL | {"max_seconds": 1e-6}, r"out of time after \d+ of 200 epochs, 1e-06 s at most, loss "
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_repr_results_and_table_say_whether_a_goal_was_reached_and_when(name):
    recipe, told = ENDS[name]
    trainer = trained(**recipe)
    assert re.search(f", {told}", repr(trainer))
    results = trainer.results()
    ended = {"reached": "reached", "missed": "done", "stopped": "stopped", "late": "time"}[name]
    assert results["ended"] == ended
    assert results["recipe"]["until"] == trainer.recipe.until
    row = report.as_table(trainer.run)["ended"]
    assert row == "done" or re.match(told.split(", ")[0], row)


@pytest.mark.parametrize(
    ("losses", "told"),
    [
        ([3, 2, np.inf, np.nan], "was inf in epoch 3;"),
        ([1, np.nan, np.nan, np.inf], "was nan in epoch 2;"),
        ([np.nan], "was nan in epoch 1;"),
    ],
)
def test_a_divergence_is_told_with_the_first_epoch_that_had_no_finite_loss(losses, told):
    dataset = small_dataset("regression")
    run = run_of(constant_network(dataset, 0.0), dataset)
    history = replace(run.history, loss=np.array(losses, float))
    assert told in report.divergence(replace(run, history=history))


def test_the_warning_of_a_training_names_the_first_epoch_that_had_no_finite_loss():
    trainer = TrainFCNN("prod", 60)
    with pytest.warns(RuntimeWarning, match="diverged") as caught:
        trainer.train([6], optimizer="sgd", lr=1e6, schedule="constant", epochs=20)
    losses = trainer.history.loss
    first = next(epoch for epoch in range(len(losses)) if not np.isfinite(losses[epoch]))
    assert first > 0
    assert f"was {losses[first]} in epoch {first + 1};" in str(caught[0].message)


def test_what_is_far_worse_than_a_constant_is_complained_of():
    dataset = small_dataset("regression")
    run = run_of(constant_network(dataset, 1e3), dataset)
    seen = replace(run.history, loss=np.array([1.0]), score=np.array([0.0]))
    assert complaint(replace(run, history=seen, criterion=1e6)).startswith(
        "the network is far worse than a constant answer: MSE 1e+06, where a constant has "
    )
    assert complaint(replace(run, history=seen, criterion=1.0)) is None


def test_a_last_step_too_many_is_told_as_such():
    dataset = small_dataset("regression")
    run = run_of(constant_network(dataset, 0.0), dataset)
    seen = replace(run.history, loss=np.array([1.0]), score=np.array([0.0]))
    told = divergence(replace(run, history=seen, criterion=float("inf")))
    assert "and is inf after epoch 1; try a lower lr" in told
