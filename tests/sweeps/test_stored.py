"""A sweep is saved and loaded, and one that was killed goes on with the chunks that it had."""

import numpy as np
import own_functions
import pytest
import torch
from sources import X
from trainings import bits

from trainfcnn import Sweep, TrainFCNN, sweep
from trainfcnn._support.container import as_bytes, from_bytes
from trainfcnn.storage.runs import CURVES
from trainfcnn.sweeps import execute

OWN = (X, np.array(["no", "yes"])[(X[:, 0] > 0).astype(int)])
QUICK = {"n_samples": 60, "epochs": 2, "progress": False}
SWEPT = {
    "plain": {"dims": [[2], [4]], "seeds": 2},
    "folds": {"folds": 2, "lr": [0.01, 0.1]},
    "resampled": {"resample": True, "seeds": 2, "dropout": [0.0, 0.2]},
    "resampled folds": {"resample": True, "seeds": 2, "folds": 2},
    "activations of torch": {"activation": [torch.atan, "relu"]},
    "validation": {"validation": 0.2, "patience": [0, 1]},
    "nothing varied": {},
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sweep.safetensors"


def assert_same_sweep(ours, theirs, *, seconds=True):
    if seconds:
        assert repr(ours) == repr(theirs)
    assert ours.table() == theirs.table()
    np.testing.assert_equal(ours.records(), theirs.records())
    assert [*map(list, ours.records())] == [*map(list, theirs.records())]  # in their order
    assert (ours.varied, ours.n_planned, ours.seed) == (
        theirs.varied,
        theirs.n_planned,
        theirs.seed,
    )
    for one, other in zip(ours.runs, theirs.runs, strict=True):
        assert one.recipe == other.recipe
        assert torch.equal(bits(one.network), bits(other.network))
        assert (one.ended, one.criterion, one.seed) == (other.ended, other.criterion, other.seed)
        for name in CURVES if seconds else CURVES[:-1]:  # the last one are the times
            np.testing.assert_array_equal(getattr(one.history, name), getattr(other.history, name))


# --- files ---


@pytest.mark.parametrize("options", SWEPT.values(), ids=SWEPT)
def test_a_sweep_comes_back_and_finds_the_same_best(options, path):
    found = sweep("circles", **QUICK, **options)
    loaded = Sweep.load(found.save(path, data=True))
    assert_same_sweep(loaded, found)
    for one, other in zip(loaded.runs, found.runs, strict=True):
        np.testing.assert_array_equal(one.dataset.x, other.dataset.x)
        np.testing.assert_array_equal(one.dataset.y_test, other.dataset.y_test)
    assert torch.equal(bits(loaded.best().network), bits(found.best().network))
    assert loaded.best().results() | {"seconds": 0} == found.best().results() | {"seconds": 0}


def test_pictures_of_it_are_the_same(path):
    found = sweep("circles", **QUICK, dims=[[2], [4]], seeds=2)
    assert Sweep.load(found.save(path))._repr_png_() == found._repr_png_()


def test_own_data_are_left_out_unless_asked_for(path):
    found = sweep(OWN, 2, epochs=2, lr=[0.01, 0.1], progress=False)
    loaded = Sweep.load(found.save(path))
    assert_same_sweep(loaded, found)
    best = loaded.best()
    np.testing.assert_array_equal(best.predict(X), found.best().predict(X))
    assert best.loss == pytest.approx(found.best().loss, rel=1e-6)  # of its row, judged with all
    with pytest.raises(ValueError, match="which were not saved with the network"):
        best.plot()
    whole = Sweep.load(found.save(path, data=True))
    assert whole.best().score() == found.best().score()


def test_folds_of_own_data_are_cut_again(path):
    found = sweep(OWN, folds=3, epochs=2, progress=False)
    loaded = Sweep.load(found.save(path, data=True))
    for one, other in zip(loaded.runs, found.runs, strict=True):
        np.testing.assert_array_equal(one.dataset.x_test, other.dataset.x_test)
    assert "x" not in vars(Sweep.load(found.save(path)).runs[0].dataset)


def test_of_an_interrupted_sweep_the_finished_part_is_saved(path):
    found = sweep("circles", **QUICK, seeds=3)
    part = found._part([0, 1])
    loaded = Sweep.load(part.save(path))
    assert_same_sweep(loaded, part)


def test_own_activations_are_handed_over(path):
    found = sweep("circles", **QUICK, activation=[own_functions.softsign, own_functions.double])
    with pytest.raises(ValueError, match="it needs your own function"):
        Sweep.load(found.save(path))
    functions = [own_functions.softsign, own_functions.double]
    assert_same_sweep(Sweep.load(path, functions=functions), found)


def test_the_file_of_a_sweep_is_no_trainer(path):
    sweep("circles", **QUICK).save(path)
    with pytest.raises(ValueError, match=r"got a 'sweep': use Sweep.load\(path\)"):
        TrainFCNN.load(path)


DAMAGE = {
    "no rows": lambda described: described["rows"].clear(),
    "one run": lambda described: described["runs"].pop(),
    "an unknown field": lambda described: described.update(varied=["size"]),
    "too few": lambda described: described.update(n_planned=1),
    "another data set": lambda described: described["data"].update(which=[5, 5, 5, 5]),
    "no first one": lambda described: described["data"]["sets"].insert(0, {"fold": 0}),
    "no losses": lambda described: described.update(
        columns=[name.replace("loss", "lost") for name in described["columns"]]
    ),
    "a cell that is a list": lambda described: described["rows"][0].__setitem__(0, [1]),
    "half a fold": lambda described: described.update(folds=2.5),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_what_does_not_fit_is_refused_by_the_files_name(damage, path):
    sweep("circles", **QUICK, dims=[[2], [4]], seeds=2).save(path)
    whole, tensors = from_bytes(path.read_bytes())
    damage(whole["described"])
    path.write_bytes(as_bytes("sweep", whole["described"], tensors))
    with pytest.raises(ValueError, match=str(path)):
        Sweep.load(path)


# --- chunks ---


class Killed(BaseException):
    """The end of a process, as far as one within it can be."""


@pytest.fixture
def trained_chunks(monkeypatch):
    """How many chunks were trained; `after` says when to be killed."""
    train = execute._train
    calls = []

    def noted(chunk, where, tick):
        if noted.after is not None and len(calls) >= noted.after:
            raise Killed
        calls.append(chunk)
        return train(chunk, where, tick)

    noted.after = None
    noted.calls = calls
    monkeypatch.setattr(execute, "_train", noted)
    return noted


MANY = {
    "depths": {"dims": [[2], [3, 3], []], "seeds": 2},
    "folds": {"folds": 3, "batch_size": [10, 20]},
    "resampled": {"resample": True, "seeds": 4, "dropout": 0.2},
    "own activations": {"activation": [own_functions.softsign, "relu", own_functions.double]},
}


@pytest.mark.parametrize("options", MANY.values(), ids=MANY)
def test_a_sweep_that_was_killed_goes_on_with_what_is_finished(options, trained_chunks, tmp_path):
    whole = sweep("circles", **QUICK, **options)
    n_chunks = len(trained_chunks.calls)
    assert n_chunks > 2
    trained_chunks.calls.clear()
    trained_chunks.after = 2
    folder = tmp_path / "chunks"
    with pytest.raises(Killed):
        sweep("circles", **QUICK, **options, checkpoint=folder)
    assert len(list(folder.iterdir())) == 2
    trained_chunks.after = None
    resumed = sweep("circles", **QUICK, **options, checkpoint=folder)
    assert len(trained_chunks.calls) == n_chunks
    assert_same_sweep(resumed, whole, seconds=False)
    assert all(one.suffix == ".safetensors" and one.name[0] != "." for one in folder.iterdir())


def test_a_sweep_that_is_done_is_read(trained_chunks, tmp_path):
    first = sweep("circles", **QUICK, seeds=3, checkpoint=tmp_path / "new" / "folder")
    trained_chunks.after = 0
    second = sweep("circles", **QUICK, seeds=3, checkpoint=tmp_path / "new" / "folder")
    assert_same_sweep(second, first, seconds=False)


def test_after_an_interrupt_it_goes_on_too(trained_chunks, tmp_path, monkeypatch):
    options = {**QUICK, "dims": [[2], [3, 3], []], "checkpoint": tmp_path}
    whole = sweep("circles", **options | {"checkpoint": None})
    train = execute._train

    def interrupt(chunk, where, tick):
        if chunk.plans[0].number:
            raise KeyboardInterrupt
        return train(chunk, where, tick)

    with monkeypatch.context() as patched:
        patched.setattr(execute, "_train", interrupt)
        assert len(sweep("circles", **options)) == 1
    assert_same_sweep(sweep("circles", **options), whole, seconds=False)


@pytest.mark.parametrize("other", [{"lr": 0.5}, {"seeds": 2}, {"seed": 1}, {"epochs": 3}], ids=str)
def test_the_folder_of_another_sweep_is_refused(other, tmp_path):
    sweep("circles", **QUICK, checkpoint=tmp_path)
    with pytest.raises(ValueError, match="it is of another sweep, with other data or settings"):
        sweep("circles", **QUICK | other, checkpoint=tmp_path)


def test_a_file_is_no_folder(path):
    path.touch()
    with pytest.raises(ValueError, match="checkpoint must be a folder for a sweep, got the file"):
        sweep("circles", **QUICK, checkpoint=path)


def test_a_damaged_chunk_is_refused_by_its_name(tmp_path):
    sweep("circles", **QUICK, checkpoint=tmp_path)
    (chunk,) = tmp_path.iterdir()
    chunk.write_bytes(chunk.read_bytes()[:-1])
    with pytest.raises(ValueError, match=str(chunk)):
        sweep("circles", **QUICK, checkpoint=tmp_path)


def test_a_lambda_is_refused_before_anything_is_trained(trained_chunks, tmp_path):
    with pytest.raises(ValueError, match="must have a name to be saved"):
        sweep("circles", **QUICK, activation=lambda z: z.tanh(), checkpoint=tmp_path)
    assert trained_chunks.calls == []
