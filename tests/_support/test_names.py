"""Who types a name from elsewhere is told the one from here."""

import copy
import inspect
import pickle
from dataclasses import replace
from functools import partial

import pytest

from trainfcnn import Recipe, TrainFCNN, sweep
from trainfcnn._support.names import FROM_ELSEWHERE, meant_by
from trainfcnn.data.sources import DATA_ARGUMENTS
from trainfcnn.recipe import SETTINGS
from trainfcnn.sweeps.plan import OF_A_SWEEP

KNOWN = {
    "learning_rate": "lr=", "learning_rate_init": "lr=", "eta": "lr=",
    "n_epochs": "epochs=", "nb_epochs": "epochs=", "num_epochs": "epochs=", "max_iter": "epochs=",
    "batchSize": "batch_size=", "batch": "batch_size=", "BATCH_SIZE": "batch_size=",
    "hidden_layer_sizes": "dims=", "dim": "dims=", "layers": "dims=", "hidden": "dims=",
    "early_stopping": "validation= and patience=",
    "opt": "optimizer=", "solver": "optimizer=", "display": "progress=",
    "dropuot": "dropout=", "epoch": "epochs=", "activaton": "activation=",
    "nb_pnt": "n_samples= of TrainFCNN()", "n_points": "n_samples= of TrainFCNN()",
    "n": "n_samples= of TrainFCNN()", "random_state": "seed= of TrainFCNN()",
    "noise": "noise= of TrainFCNN()",
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_an_argument_from_elsewhere_is_answered_with_the_one_from_here(name):
    with pytest.raises(TypeError) as no:
        TrainFCNN().train(**{name: 1})
    assert str(no.value) == f"train() has no argument {name!r}: did you mean {KNOWN[name]}?"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *(("nb_pnt", "n_samples="), ("n_points", "n_samples="), ("random_state", "seed=")),
        *(("nosie", "noise="), ("X", "dataset="), ("epochs", "epochs= of .train()")),
        *(("learning_rate", "lr= of .train()"), ("batchSize", "batch_size= of .train()")),
    ],
)
def test_an_argument_of_the_data_is_too_and_one_of_the_training_is_sent_there(name, meant):
    with pytest.raises(TypeError) as no:
        TrainFCNN(**{name: 1})
    assert str(no.value) == f"TrainFCNN() has no argument {name!r}: did you mean {meant}?"


@pytest.mark.parametrize("name", ["learning_rate", "n_epochs", "batchSize", "dim", "opt"])
@pytest.mark.parametrize("call", ["train_as", "animate"])
def test_the_other_trainings_send_a_setting_to_train(call, name):
    with pytest.raises(TypeError, match=rf"{call}\(\) has no argument .* of .train\(\)\?$"):
        getattr(TrainFCNN(), call)(**{name: 1})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *(("learning_rate", "lr"), ("n_epochs", "epochs"), ("batchSize", "batch_size")),
        *(("hidden_layer_sizes", "dims"), ("nb_pnt", "n_samples"), ("random_state", "seed")),
        *(("cv", "folds"), ("repeats", "seeds"), ("display", "progress")),
    ],
)
def test_a_sweep_says_so_of_its_fields_and_of_its_own_arguments(name, meant):
    with pytest.raises(ValueError, match=f"unknown recipe field '{name}': did you mean '{meant}'"):
        sweep("xor", **{name: 3})


@pytest.mark.parametrize("make", [Recipe, partial(replace, Recipe())], ids=["new", "replaced"])
def test_a_recipe_says_so_too(make):
    with pytest.raises(TypeError, match=r"^Recipe\(\) has no argument 'n_epochs': .* epochs=\?$"):
        make(n_epochs=3)
    assert list(inspect.signature(Recipe).parameters) == list(SETTINGS)


def test_what_resembles_nothing_is_answered_with_all_there_is():
    with pytest.raises(TypeError, match=r"'foo': choose from dataset, n_samples, .*test_size$"):
        TrainFCNN(foo=3)


def test_the_lists_of_arguments_are_those_of_the_calls():
    assert tuple(inspect.signature(TrainFCNN).parameters) == DATA_ARGUMENTS
    _, *own, _ = inspect.signature(sweep).parameters
    assert tuple(own) == OF_A_SWEEP


def test_no_name_from_elsewhere_is_taken_for_one_from_here_that_exists():
    trains = inspect.signature(TrainFCNN.train).parameters
    for others in FROM_ELSEWHERE.values():
        assert all(other == other.lower() for other in others)
        assert all(meant_by(name, trains) == [name] for name in others if name in trains)


def test_arguments_by_place_and_the_signature_are_as_they_were_written():
    assert TrainFCNN("xor", 40).train([3], "tanh", epochs=1).recipe.dims == (3,)
    assert list(inspect.signature(TrainFCNN.train).parameters)[:3] == ["self", "dims", "activation"]
    assert TrainFCNN.train.__doc__.startswith("Train a new network")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *(("lossHistory", "history"), ("plotModelEstimate", "plot_prediction")),
        *(("plotPoints", "plot_dataset"), ("nn_prms", "network"), ("fit", "train")),
        *(("plot_los", "plot_loss"), ("predct", "predict"), ("Score", "score")),
    ],
)
def test_an_attribute_from_elsewhere_is_answered_with_the_one_from_here(name, meant):
    with pytest.raises(AttributeError) as no:
        getattr(TrainFCNN(), name)
    assert str(no.value) == f"'TrainFCNN' object has no attribute {name!r}: use {meant}"


@pytest.mark.parametrize("name", ["zzz", "_repr_svg_", "__array__", "_losshistory", "__len__"])
def test_an_attribute_that_nobody_means_is_an_ordinary_error(name):
    trainer = TrainFCNN()
    assert not hasattr(trainer, name)
    with pytest.raises(AttributeError, match=f"'TrainFCNN' object has no attribute '{name}'$"):
        getattr(trainer, name)


def test_a_property_says_its_own_error_and_copies_are_whole():
    with pytest.raises(RuntimeError, match="not trained yet"):
        _ = TrainFCNN().history
    trainer = TrainFCNN("xor", 40).train_as(Recipe(dims=(2,), epochs=1))
    for made in (copy.copy(trainer), copy.deepcopy(trainer), pickle.loads(pickle.dumps(trainer))):
        assert repr(made) == repr(trainer)
    assert not vars(TrainFCNN.__new__(TrainFCNN))  # copy and pickle ask for names before any is set
