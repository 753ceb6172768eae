"""A training walked through: what is kept, and what is printed, on the way."""

import pytest
import torch
from oracle import assert_same_network, small_dataset
from trainings import HELD, QUICK, bits, taken, trained

from trainfcnn import TrainFCNN
from trainfcnn.training.loop import Training
from trainfcnn.training.walk import walk


def test_a_walk_returns_the_members_after_the_epochs_that_are_wanted_and_before_the_first():
    dataset = small_dataset("regression", n=30)
    wanted = walk(Training(dataset, HELD, weight_seeds=[0, 1]), wanted=(2, 5, 99))
    assert list(wanted) == [0, 2, 5]
    snapshots = taken(Training(dataset, HELD, weight_seeds=[0, 1]))
    for epoch, networks in wanted.items():
        for ours, theirs in zip(networks, snapshots[epoch], strict=True):
            assert_same_network(ours, theirs, tolerance=0)


def test_a_walk_goes_on_where_a_training_stands_and_keeps_nothing_unless_asked():
    training = Training(small_dataset("binary"), QUICK)
    assert next(training) == 1
    assert walk(training) == {}
    alone = trained(small_dataset("binary"), QUICK)
    assert torch.equal(bits(training.network()), bits(alone.network()))


def test_verbose_prints_a_line_an_epoch_of_both_samples(capsys):
    trainer = TrainFCNN("xor", n_samples=200).train(epochs=3, validation=0.2, verbose=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    history = trainer.history
    assert f"loss {history.loss[-1]:#.4g}, accuracy " in lines[-1]
    assert f"validation loss {history.validation_loss[-1]:#.4g}, accuracy " in lines[-1]
    assert lines[-1].endswith(" s")


@pytest.mark.parametrize("recipe", [{"epochs": 1000}, {"epochs": 1000, "patience": 1}], ids=str)
def test_of_many_epochs_some_have_a_line_and_the_last_one_always(recipe, capsys):
    trainer = TrainFCNN("xor", n_samples=40).train(dims=[2], **recipe, verbose=True)
    told = [int(line.split()[1].partition("/")[0]) for line in capsys.readouterr().out.splitlines()]
    assert told[:3] == [1, 2, 3]
    assert told[-1] == len(trainer.history)
    assert len(told) < 25


def test_of_restarts_a_line_tells_of_the_best(capsys):
    trainer = TrainFCNN("xor", n_samples=200).train(dims=[2], epochs=5, restarts=8, verbose=True)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("epoch 5/5, the best of 8 so far: ")
    assert f"loss {trainer.history.loss[-1]:#.4g}, " in last


def test_without_verbose_nothing_is_printed(capsys):
    TrainFCNN("xor", n_samples=40).train(epochs=3)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("recipe", [{}, {"patience": 3}], ids=str)
def test_verbose_changes_nothing_of_a_training_that_diverges(recipe):
    trainer = TrainFCNN("prod", n_samples=200)
    ends = []
    for verbose in False, True:
        with pytest.warns(RuntimeWarning, match="training diverged"):
            trainer.train(optimizer="sgd", lr=50.0, epochs=70, **recipe, verbose=verbose)
        ends.append((trainer.run.ended, len(trainer.history)))
    assert ends[0] == ends[1]
    assert ends[0][0] == "diverged"
