"""A network is trained on: from where it ended, or from weights that are given."""

import numpy as np
import pytest
import torch
from sources import trained, untrained
from trainings import bits

from trainfcnn import FCNN, TrainFCNN, sweep
from trainfcnn.training.scaling import Scaling

CONSTANT = {"schedule": "constant", "lr": 0.01}


@pytest.mark.parametrize(
    "recipe",
    [
        CONSTANT,
        CONSTANT | {"validation": 0.2},
        CONSTANT | {"dropout": 0.3},
        {"optimizer": "sgd", "momentum": 0.9, "schedule": "constant"},
        CONSTANT | {"restarts": 3},
        CONSTANT | {"test_every": 2, "record_steps": True},
    ],
    ids=["plain", "validation", "dropout", "momentum", "restarts", "recorded"],
)
def test_two_trainings_one_after_the_other_are_as_one_of_all_epochs(recipe):
    whole = trained("circles", **recipe | {"epochs": 20})
    parts = trained("circles", **recipe | {"epochs": 8}).train_more(12)
    if "restarts" in recipe:  # which one is best may be another one after fewer epochs
        assert len(parts.history) == 20
        return
    assert torch.equal(bits(parts.network), bits(whole.network))
    for name in ("loss", "score", "validation_loss", "test_loss", "step_loss"):
        np.testing.assert_array_equal(getattr(parts.history, name), getattr(whole.history, name))
    assert parts.history.best_epoch == whole.history.best_epoch
    assert parts.recipe == whole.recipe
    assert repr(parts).split(", loss")[0] == repr(whole).split(", loss")[0]


def test_it_goes_on_with_the_same_bits_after_it_was_saved(tmp_path):
    trainer = trained("circles", epochs=8, validation=0.2)
    loaded = TrainFCNN.load(trainer.save(tmp_path / "circles.safetensors"))
    assert torch.equal(bits(loaded.train_more(5).network), bits(trainer.train_more(5).network))


def test_without_a_standing_the_weights_alone_go_on(tmp_path):
    trainer = trained("circles", epochs=50)
    path = trainer.save(tmp_path / "circles.safetensors", standing=False)
    loaded = TrainFCNN.load(path)
    assert loaded.run.standing is None
    loaded.train_more(5, lr=1e-9)
    assert len(loaded.history) == 55
    assert loaded.loss == pytest.approx(trainer.loss, rel=1e-3)


def test_of_large_networks_no_standing_is_saved_unless_it_is_asked_for(tmp_path):
    trainer = TrainFCNN("xor", 50).train([300, 300], epochs=1)
    assert TrainFCNN.load(trainer.save(tmp_path / "a")).run.standing is None
    assert TrainFCNN.load(trainer.save(tmp_path / "a", standing=True)).run.standing is not None


def test_a_rate_that_had_fallen_to_0_begins_anew():
    trainer = trained("circles", epochs=20, schedule="cooldown")
    before = bits(trainer.network)
    trainer.train_more(10)
    assert not torch.equal(bits(trainer.network), before)
    assert (trainer.recipe.schedule, trainer.recipe.lr) == ("cooldown", 0.01)
    assert len(trainer.history) == trainer.recipe.epochs == 30


def test_history_grows_and_seconds_add_up():
    trainer = trained(epochs=5)
    first = trainer.history
    trainer.train_more(3)
    np.testing.assert_array_equal(trainer.history.loss[:5], first.loss)
    assert trainer.history.seconds > first.seconds


def test_where_no_epoch_is_better_the_best_of_before_is_kept():
    trainer = trained("circles", epochs=60, validation=0.2)
    before = bits(trainer.network)
    best = trainer.history.best_epoch
    trainer.train_more(3, lr=10, schedule="constant")
    assert trainer.history.best_epoch == best
    assert torch.equal(bits(trainer.network), before)


def test_patience_counts_anew():
    trainer = trained("circles", epochs=200, validation=0.2, patience=2)
    assert trainer.run.ended == "stopped"
    n = len(trainer.history)
    trainer.train_more(2)
    assert len(trainer.history) == n + 2


def test_a_network_of_a_sweep_goes_on():
    best = sweep("xor", 2, n_samples=100, epochs=5, progress=False).best()
    assert len(best.train_more(5).history) == 10


def test_a_network_that_diverged_does_not():
    with pytest.warns(RuntimeWarning, match="diverged"):
        trainer = trained("prod", optimizer="sgd", lr=1e12, epochs=40)
    with pytest.raises(ValueError, match="its training diverged: train anew with a lower lr"):
        trainer.train_more(3)


def test_before_it_was_trained_there_is_nothing_to_go_on_with():
    with pytest.raises(RuntimeError, match="not trained yet"):
        untrained().train_more()


def test_what_is_out_of_bounds_leaves_it_as_it_was():
    trainer = trained()
    before = repr(trainer)
    with pytest.raises(ValueError, match="lr must"):
        trainer.train_more(3, lr=-1)
    with pytest.raises(TypeError, match="did you mean epochs="):
        trainer.train_more(n_epochs=3)
    assert repr(trainer) == before


# --- a start ---


def test_a_start_is_where_it_begins():
    network = FCNN([2, 5, 1], "tanh", "sigmoid", seed=3)
    begun = untrained().train(start=network, epochs=0)
    assert torch.equal(bits(begun.network), bits(network))
    assert (begun.recipe.dims, begun.recipe.activation) == ((5,), "tanh")


def test_a_trainer_a_network_and_a_file_are_the_same_start(tmp_path):
    first = trained("and")
    path = first.save(tmp_path / "and.safetensors")
    found = [
        untrained("or").train(start=start, epochs=3)
        for start in (first, first.network, path, first.run)
    ]
    assert len({bits(one.network).numpy().tobytes() for one in found}) == 1


def test_a_start_is_in_the_units_of_the_data():
    first = TrainFCNN("plane", 200).train(dims=[4], standardize=True, epochs=20)
    begun = TrainFCNN("plane", 200).train(start=first, epochs=0, standardize=True)
    x = first.dataset.x
    np.testing.assert_allclose(begun.predict(x), first.predict(x), rtol=1e-4, atol=1e-5)


def test_scaling_is_done_again_as_it_was_undone():
    scaling = Scaling(np.array([3.0, -1.0]), np.array([2.0, 0.5]), 5.0, 4.0)
    for dims in ([2, 3, 1], [2, 1]):
        network = FCNN(dims, dtype=torch.float64)
        other = scaling.redo(network, torch.float64)
        scaling.undo(other)
        assert torch.allclose(bits(other), bits(network))


def test_a_start_of_other_sizes_is_refused():
    with pytest.raises(ValueError, match=r"must be those of the start, \[5\], got \[6\]: leave"):
        untrained().train(start=FCNN([2, 5, 1], last_activation="sigmoid"), dims=[6])
    with pytest.raises(ValueError, match=r"start must be a network as it is to be trained"):
        untrained().train(start=FCNN([3, 5, 1], last_activation="sigmoid"))


def test_a_start_and_restarts_do_not_go_together():
    with pytest.raises(ValueError, match="restarts begin with different weights"):
        untrained().train(start=trained(), restarts=2)


@pytest.mark.parametrize("start", [3, [1.0], torch.nn.Linear(2, 1)], ids=["3", "list", "linear"])
def test_what_is_no_network_is_no_start(start):
    with pytest.raises(ValueError, match="start must be a network, a trainer or the path"):
        untrained().train(start=start)


def test_the_best_of_a_start_may_be_the_start():
    first = trained("circles", epochs=60, validation=0.2)
    begun = untrained("circles").train(start=first, validation=0.2, lr=10, epochs=2)
    assert len(begun.history) == 2
