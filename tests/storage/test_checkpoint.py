"""A training that was killed goes on from its file, and ends with the same bits."""

from pathlib import Path

import numpy as np
import own_functions
import pytest
import torch
from sources import trained, untrained
from trainings import bits

from trainfcnn import TrainFCNN
from trainfcnn._support.container import as_bytes, from_bytes
from trainfcnn.storage import checkpoint as checkpoints
from trainfcnn.storage.checkpoint import Rhythm
from trainfcnn.storage.runs import CURVES
from trainfcnn.training.loop import Training

EPOCHS = 40


class Killed(BaseException):
    """The end of a process, as far as one within it can be."""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.safetensors"


@pytest.fixture(autouse=True)
def always(monkeypatch):
    """Write after every epoch, whatever that takes."""
    monkeypatch.setattr(checkpoints, "SHARE", 1e9)


@pytest.fixture
def kill(monkeypatch):
    """Let whatever trains be killed after some epochs, once."""

    def killed(train, after):
        whole = Training.train_epochs

        def die(self, most=1):
            if self.state.epoch >= after:
                raise Killed
            whole(self, min(most, after - self.state.epoch))

        with monkeypatch.context() as patched:
            patched.setattr(Training, "train_epochs", die)
            with pytest.raises(Killed):
                train()

    return killed


def assert_same(ours, theirs):
    assert torch.equal(bits(ours.network), bits(theirs.network))
    for name in CURVES[:-1]:  # without the times
        np.testing.assert_array_equal(getattr(ours.history, name), getattr(theirs.history, name))
    assert ours.history.best_epoch == theirs.history.best_epoch
    assert (ours.run.ended, ours.run.criterion) == (theirs.run.ended, theirs.run.criterion)
    assert ours.recipe == theirs.recipe
    one, other = (trainer.run.standing for trainer in (ours, theirs))
    assert torch.equal(one.parameters, other.parameters)
    assert one.n_steps == other.n_steps
    for name, buffer in one.buffers.items():
        assert torch.equal(buffer, other.buffers[name])
    assert one.generators.keys() == other.generators.keys()
    for name, state in one.generators.items():
        assert torch.equal(state, other.generators[name])


MANNERS = {
    "plain": {},
    "validation": {"validation": 0.2, "patience": 5, "lr": 0.1},
    "dropout": {"dropout": 0.3},
    "restarts": {"restarts": 3, "validation": 0.2},
    "momentum": {"optimizer": "sgd", "momentum": 0.9, "nesterov": True},
    "rmsprop": {"optimizer": "rmsprop", "schedule": "step"},
    "recorded": {"record_steps": True, "test_every": 3},
    "unshuffled": {"shuffle": False, "dtype": "float64"},
    "steps": {"steps": 100, "epochs": None},
}


@pytest.mark.parametrize("engine", ["auto", "torch"])
@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
@pytest.mark.parametrize("after", [0, 1, 7, 31, 32, 39])
def test_a_training_that_was_killed_ends_with_the_same_bits(manner, engine, after, kill, path):
    recipe = {"dims": [5, 4], "epochs": EPOCHS, "batch_size": 32, "progress": False} | manner
    whole = untrained("circles", engine=engine).train(**recipe)
    after = min(after, len(whole.history) - 1)
    kill(lambda: untrained("circles", engine=engine).train(**recipe, checkpoint=path), after)
    resumed = TrainFCNN.resume(path)
    assert_same(resumed, whole)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "source", ["prod", "own_images", "strings", "three_columns", "targets", "labels"]
)
def test_so_does_one_on_data_of_another_sort(source, kill, path):
    recipe = {"epochs": 8, "rotate": 20} if source == "own_images" else {"epochs": 8}
    whole = untrained(source).train(**recipe)
    kill(lambda: untrained(source).train(**recipe, checkpoint=path), 5)
    assert_same(TrainFCNN.resume(path), whole)


def test_to_write_a_file_changes_nothing(path):
    plain = trained("circles", epochs=20, validation=0.2)
    assert_same(trained("circles", epochs=20, validation=0.2, checkpoint=path), plain)


def test_it_may_be_killed_twice(kill, path):
    whole = trained(epochs=20)
    kill(lambda: trained(epochs=20, checkpoint=path), 5)
    kill(lambda: TrainFCNN.resume(path), 11)
    assert_same(TrainFCNN.resume(path), whole)


def test_a_training_that_is_done_is_there_at_once(path):
    whole = trained(checkpoint=path)
    assert_same(TrainFCNN.resume(path), whole)


def test_a_restart_of_the_seconds_is_none(kill, path, monkeypatch):
    kill(lambda: trained(epochs=20, checkpoint=path), 10)
    assert TrainFCNN.resume(path).history.seconds > 0


def test_more_epochs_go_on_as_well(kill, path):
    begun = {"validation": 0.2, "epochs": 10}
    whole = trained(**begun).train_more(12)
    trainer = trained(**begun)
    kill(lambda: trainer.train_more(12, checkpoint=path), 5)
    resumed = TrainFCNN.resume(path)
    assert_same(resumed, whole)
    assert len(resumed.history) == 22


def test_own_functions_are_handed_over(kill, path):
    recipe = {"epochs": 8, "activation": own_functions.softsign}
    kill(lambda: trained(**recipe, checkpoint=path), 4)
    with pytest.raises(ValueError, match=r"functions=\[softsign\]"):
        TrainFCNN.resume(path)
    assert_same(TrainFCNN.resume(path, functions=[own_functions.softsign]), trained(**recipe))


def test_a_function_without_a_name_is_refused_before_it_trains(path):
    with pytest.raises(ValueError, match="must have a name to be saved"):
        trained(activation=lambda z: z.tanh(), checkpoint=path)
    assert list(path.parent.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused_before_it_trains(path):
    with pytest.raises(ValueError, match="there is no folder"):
        trained(checkpoint=path / "nowhere")


def test_each_kind_of_file_says_what_to_do_with_it(path, tmp_path):
    trained(checkpoint=path)
    with pytest.raises(ValueError, match=r"got a 'checkpoint': go on with TrainFCNN.resume"):
        TrainFCNN.load(path)
    saved = trained().save(tmp_path / "saved.safetensors")
    with pytest.raises(ValueError, match=r"a finished training: use TrainFCNN.load\(path\)"):
        TrainFCNN.resume(saved)


# --- how often ---


@pytest.mark.parametrize("every", [0, -1, 1.5, True, None, "10", "soon", "-3 s"], ids=repr)
def test_what_is_no_rhythm_is_refused(every, path):
    with pytest.raises(ValueError, match="checkpoint_every must be a number of epochs"):
        trained(checkpoint=path, checkpoint_every=every)


def test_seconds_are_told_by_their_unit():
    assert Rhythm.of("2.5 s") == Rhythm.of("2.5s") == Rhythm(1, 2.5)


@pytest.fixture
def written(monkeypatch):
    """The epochs after which a file is written."""
    epochs = []
    write = checkpoints.write_container

    def noted(path, kind, described, tensors):
        epochs.append(described["state"]["epoch"])
        return write(path, kind, described, tensors)

    monkeypatch.setattr(checkpoints, "write_container", noted)
    return epochs


def test_a_file_is_written_at_the_start_in_its_rhythm_and_at_the_end(written, path):
    trained(epochs=25, checkpoint=path, checkpoint_every=10, test_every=5)
    assert written == [0, 10, 20, 25]  # where the test sample is looked at, calls end


def test_files_that_would_take_too_long_are_put_off(written, path, monkeypatch):
    monkeypatch.setattr(checkpoints, "SHARE", 0)
    trained(epochs=25, checkpoint=path, checkpoint_every=1)
    assert written == [0, 25]


def test_after_seconds_a_file_is_written(written, path):
    trained(epochs=25, checkpoint=path, checkpoint_every="1000 s")
    assert written == [0, 25]


# --- damaged ---


BAD = {
    "an order with a sample twice": ("state.order", lambda order: order * 0),
    "an order beyond the samples": ("state.order", lambda order: order + 1),
    "parameters of another size": ("state.parameters", lambda one: one[:-1]),
    "a buffer of another type": ("state.buffer.mean", lambda one: one.astype(np.float64)),
    "losses of fewer epochs": ("state.training.losses", lambda one: one[:-1]),
    "a generator in no state": ("state.generator.batch_order", lambda one: one * 0 + 255),
}


@pytest.mark.parametrize(("name", "damage"), BAD.values(), ids=BAD)
def test_a_state_that_is_none_is_refused_by_the_files_name(name, damage, path):
    trained(checkpoint=path)
    whole, tensors = from_bytes(path.read_bytes())
    tensors[name] = damage(tensors[name])
    path.write_bytes(as_bytes("checkpoint", whole["described"], tensors))
    with pytest.raises(ValueError, match=str(path)):
        TrainFCNN.resume(path)


@pytest.mark.parametrize(
    "change", [{"epoch": -1}, {"epoch": 10**9}, {"step": 10**9}, {"epoch": "1"}]
)
def test_epochs_that_there_are_not_are_refused(change, path):
    trained(checkpoint=path)
    whole, tensors = from_bytes(path.read_bytes())
    whole["described"]["state"] |= change
    path.write_bytes(as_bytes("checkpoint", whole["described"], tensors))
    with pytest.raises(ValueError, match=str(path)):
        TrainFCNN.resume(path)


def test_it_is_no_matter_where_one_is(path, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    trained(checkpoint="run.safetensors")
    assert TrainFCNN.resume(Path("run.safetensors")).run.ended == "done"
