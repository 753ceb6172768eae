"""“As Python” makes what is on the screen, to the last digit."""

import numpy as np
import pytest
import torch

from trainfcnn import TrainFCNN, as_dataset
from trainfcnn.engine.kernel import kernel
from trainfcnn.playground.experiment import Experiment
from trainfcnn.playground.material import OwnData, own_file
from trainfcnn.playground.playing import worker_of
from trainfcnn.playground.settings import FEATURES, Settings

CIRCLE = [[np.cos(t), np.sin(t), int(t > 3)] for t in np.linspace(0, 6, 30)]
SCREENS = {
    "the first one": {},
    "other seeds, noise": {"dataset": "spiral", "noise": 0.123456789, "seed": 3, "weight_seed": 8},
    "inputs": {"features": list(FEATURES), "dims": [3], "seed": 2},
    "a formula": {"dataset": "formula", "formula": "sin(2*x1) > x2 and x1 > -1"},
    "inputs of a formula": {"dataset": "formula", "formula": "x1*x2", "features": ["x1*x2", "x2"]},
    "points": {"dataset": "points", "points": CIRCLE, "batch_size": 7},
    "inputs of points": {"dataset": "points", "points": CIRCLE, "features": ["x1**2"]},
    "a regression": {"dataset": "plane", "loss": "huber", "dims": [], "standardize": True},
    "not as recommended": {"dataset": "gauss", "optimizer": "sgd", "momentum": 0.9, "lr": 0.1},
    "classes": {"dataset": "quadrants", "dropout": 0.2, "dims": [16], "l1": 1e-4},
    "a schedule": {"schedule": "cosine", "epochs": 6, "optimizer": "adamw", "weight_decay": 0.1},
    "an own init": {"init": "he", "activation": "relu"},
}


def played(screen, own=None, epochs=6, member=0):
    experiment = Experiment(Settings().but(screen), own)
    while experiment.epoch < epochs:
        experiment.advance(min(4, epochs - experiment.epoch))
    experiment.select(member)
    return experiment


def run_as_python(experiment, **known):
    program = experiment.python()
    assert program.why == ""
    names = dict(known)
    exec(program.text, names)
    return names["trainer"]


def assert_same(trainer, experiment):
    """Hold every bit equal; on torch, whose products depend on how many there are, nearly so."""
    off = {"rtol": 0, "atol": 1e-5 if kernel().library is None else 0}
    network = experiment.training.network(experiment.member)
    for ours, theirs in zip(network.parameters(), trainer.network.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, **off)
    history = experiment.training.history(experiment.member)
    np.testing.assert_allclose(trainer.history.loss, history.loss, **off)


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_the_program_makes_the_same_network_bit_by_bit(screen):
    experiment = played(screen)
    assert_same(run_as_python(experiment), experiment)


@pytest.mark.parametrize("member", [0, 37])
def test_so_it_does_of_one_of_64(member):
    experiment = played({"networks": 64, "seed": 1, "weight_seed": 5}, member=member)
    trainer = run_as_python(experiment)
    assert trainer.recipe.weight_seed == 5 + member
    assert_same(trainer, experiment)


def test_so_it_does_of_a_file_and_of_what_is_held_out(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3))
    table = np.column_stack([x, x[:, 0] > 0])
    np.savetxt(tmp_path / "own.csv", table, delimiter=",", header="a,b,c,label", comments="")
    monkeypatch.chdir(tmp_path)
    experiment = played({"dataset": "csv", "seed": 4}, own_file(tmp_path / "own.csv"))
    assert experiment.material.axes[0] == "a"
    assert_same(run_as_python(experiment), experiment)


@pytest.mark.parametrize("changes", [{}, {"seed": 2}, {"features": ["x1*x2"]}])
def test_so_it_does_of_a_trainers_own_data_which_are_the_trainers(changes):
    trainer = TrainFCNN((np.random.default_rng(0).normal(size=(40, 2)), [0, 1] * 20), seed=5)
    worker = worker_of(trainer.dataset, trainer.seed, None)
    experiment = played(worker.settings | changes, worker.own)
    trainer_ = run_as_python(experiment, trainer=trainer)
    assert_same(trainer_, experiment)


def test_a_dataset_that_is_known_is_named():
    trainer = TrainFCNN("spiral", n_samples=300, noise=0.1, seed=3).train(epochs=1)
    worker = worker_of(trainer.dataset, trainer.seed, trainer.recipe)
    assert worker.own is None
    assert worker.settings["dataset"] == "spiral"
    assert worker.settings["activation"] == "silu"


def test_what_was_changed_by_hand_says_so():
    experiment = played({})
    assert experiment.change({"lr": 0.1})
    assert "by hand" in experiment.python().why
    assert not experiment.begin_again().by_hand
    experiment = played({})
    experiment.edit(0, 1, None, 0.5)
    assert experiment.training.network().linears[0].bias[1] == 0.5
    assert "by hand" in experiment.python().why


def test_in_the_middle_of_a_schedule_it_says_what_it_trains():
    assert "all 6 epochs" in played(SCREENS["a schedule"], epochs=3).python().why


def test_what_keeps_the_best_says_so_and_has_the_same_history():
    experiment = played({"validation": 0.3})
    program = experiment.python()
    assert "keeps the best" in program.why
    names = {}
    exec(program.text, names)
    history = experiment.training.history()
    assert np.array_equal(names["trainer"].history.validation_loss, history.validation_loss)


def test_a_file_of_one_column_has_no_plane():
    own = OwnData("one", lambda seed: as_dataset((np.arange(30.0)[:, None], [0, 1] * 15)), "")
    with pytest.raises(ValueError, match="two columns"):
        played({"dataset": "csv"}, own)


@pytest.mark.parametrize("screen", [{"dims": [3]}, {"weight_seed": 5, "features": ["x1*x2"]}])
def test_the_last_line_counts_as_the_screen_does(screen, capsys):
    experiment = played({"networks": 16, "threshold": 0.6, **screen})
    run_as_python(experiment)
    n = experiment.success(quickly=False)["n"]
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{n} of 16 ")
