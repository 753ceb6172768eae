"""Everything public can be sent to another process; own lambdas say that they cannot."""

import os
import pickle
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import own_functions
import pytest
import torch
from oracle import assert_same_network
from sources import SOURCES, X, trained, untrained
from trainings import MEASURED, bits

import trainfcnn
from trainfcnn import (
    ACTIVATIONS,
    DATASETS,
    IMAGES,
    INITS,
    OPTIMIZERS,
    SCHEDULES,
    TASKS,
    FCNNClassifier,
    FCNNRegressor,
    Recipe,
    Stack,
    TrainFCNN,
    Training,
    as_dataset,
    blobs,
    make_dataset,
    sweep,
)


def sent(value):
    return pickle.loads(pickle.dumps(value))


# values


TABLES = (ACTIVATIONS, IMAGES, INITS, OPTIMIZERS, SCHEDULES, TASKS)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: next(iter(table)))
def test_what_stands_in_a_table_comes_back_as_itself(table):
    assert sent(table) == table


@pytest.mark.parametrize("table", [ACTIVATIONS, TASKS], ids=["activations", "tasks"])
def test_activations_and_tasks_are_found_again_and_not_copied(table):
    assert all(sent(entry) is entry for entry in table.values())


@pytest.mark.parametrize("law", [*DATASETS.values(), blobs(5)], ids=lambda law: law.name)
def test_a_law_comes_back_with_its_truth_and_its_samples(law):
    back = sent(law)
    for field in fields(law):
        if field.name not in ("truth", "sampler"):
            assert getattr(back, field.name) == getattr(law, field.name)
    np.testing.assert_array_equal(back.truth(*X.T), law.truth(*X.T))
    ours, theirs = (one.sample(20, 0.1, np.random.default_rng(0)) for one in (back, law))
    np.testing.assert_array_equal(ours[0], theirs[0])
    np.testing.assert_array_equal(ours[1], theirs[1])


def public_values():
    """A value of every public class."""
    trainer = trained()
    training = Training(trainer.dataset, trainer.recipe)
    found = sweep("xor", 2, n_samples=40, epochs=1)
    return [
        *(trainer, trainer.run, trainer.history, trainer.network, trainer.recipe, trainer.dataset),
        *(trainer.dataset.law, trainer.run.task, trainer.predict_grid(5), trainer.mistakes(3)),
        *(Stack([trainer.network]), training, found),
        *(FCNNClassifier(dims=[3]), FCNNRegressor(epochs=2)),
    ]


def test_a_value_of_every_public_class_can_be_sent_and_says_the_same_of_itself():
    values = public_values()
    classes = [getattr(trainfcnn, name) for name in trainfcnn.__all__]
    assert {type(value) for value in values} == {one for one in classes if isinstance(one, type)}
    for value in values:
        if not callable(getattr(value, "truth", None)):  # a law has functions in its repr
            assert repr(sent(value)) == repr(value)


# trainers and sweeps


@pytest.mark.parametrize("source", [source for source in SOURCES if source != "function"])
def test_a_trainer_answers_as_before_and_trains_as_before(source):
    trainer = trained(source)
    back = sent(trainer)
    assert repr(back) == repr(trainer)
    x = trainer.dataset.x_test
    np.testing.assert_array_equal(back.predict(x), trainer.predict(x))
    assert torch.equal(bits(back.network), bits(trainer.network))
    assert back.results() == trainer.results()
    again = sent(untrained(source)).train_as(trainer.recipe)
    assert torch.equal(bits(again.network), bits(trainer.network))


OWN = ("positive", "positive_scalar", "thirds", "minus_plus", "bump", "hinge_scalar")


@pytest.mark.parametrize("name", OWN)
def test_an_own_function_of_a_module_is_found_there_again(name):
    trainer = TrainFCNN(getattr(own_functions, name), 40).train([3], epochs=1)
    back = sent(trainer)
    assert (back.dataset.name, back.kind) == (name, trainer.kind)
    law = trainer.dataset.law
    np.testing.assert_array_equal(back.dataset.law.truth(*X.T), law.truth(*X.T))
    np.testing.assert_array_equal(back.predict(X), trainer.predict(X))


def test_an_own_activation_of_a_module_is_found_there_again():
    back = sent(trained(activation=own_functions.softsign))
    assert back.recipe.activation is own_functions.softsign
    assert repr(back.network) == "FCNN([2, 6, 1], 'softsign', 'sigmoid'): 25 parameters"


SWEPT = {
    "plain": {"dims": [[2], [4]], "seeds": 2},
    "folds": {"folds": 2, "lr": [0.01, 0.1]},
    "resampled": {"resample": True, "seeds": 2, "dropout": [0.0, 0.2]},
    "own activations": {"activation": [own_functions.softsign, own_functions.double, "relu"]},
    "validation": {"validation": 0.2, "patience": [0, 1]},
}


@pytest.mark.parametrize("options", SWEPT.values(), ids=SWEPT)
def test_a_sweep_says_as_before_what_it_found_and_which_is_best(options):
    found = sweep("circles", n_samples=60, epochs=2, **options)
    back = sent(found)
    assert (repr(back), back.table()) == (repr(found), found.table())
    assert back.records() == found.records()
    for ours, theirs in zip(back.runs, found.runs, strict=True):
        assert ours.recipe == theirs.recipe
        assert torch.equal(bits(ours.network), bits(theirs.network))
    assert torch.equal(bits(back.best().network), bits(found.best().network))


def own(of):
    def within(*given):
        return of(*given)

    return within


LOCAL = {
    "function": lambda: TrainFCNN(lambda x1, x2: x1 > x2, 20),
    "function with classes": lambda: TrainFCNN(lambda x1, x2: (x1 > 0) * 1 + (x2 > 0), 20),
    "function with values": lambda: TrainFCNN(lambda x1, x2: x1 * x2, 20),
    "function within another": lambda: TrainFCNN(own(own_functions.positive), 20),
    "data": lambda: as_dataset(lambda x1, x2: x1 > x2, 20),
    "sweep of a function": lambda: sweep(lambda x1, x2: x1 > x2, n_samples=20, epochs=1),
    "activation": lambda: trained(activation=lambda z: z.tanh()),
    "init": lambda: trained(init=lambda weight, generator: weight.normal_(generator=generator)),
    "activation within another": lambda: trained(activation=own(torch.atan)),
    "sweep of activations": lambda: sweep(
        n_samples=20, epochs=1, activation=["relu", lambda z: z.tanh()]
    ),
}


@pytest.mark.parametrize("make", LOCAL.values(), ids=LOCAL)
def test_what_could_not_be_found_again_says_so(make):
    told = "must find an own (function|activation|init) by its name, .* has none .*: define it with"
    with pytest.raises(pickle.PicklingError, match=told):
        pickle.dumps(make())


# a training that goes on in another process


POINTS = make_dataset("circles", 61)
SHORT = Recipe(dims=(5, 4), epochs=14, batch_size=9)
MIDWAY = {
    "plain": (POINTS, SHORT),
    "dropout, validation, patience": (
        POINTS, SHORT.but(dropout=0.3, validation=0.3, patience=9, lr=0.1, standardize=True)
    ),
    "momentum of Nesterov, cosine": (
        POINTS, SHORT.but(optimizer="sgd", momentum=0.9, nesterov=True, schedule="cosine")
    ),
    "rmsprop with decay": (
        POINTS, SHORT.but(optimizer="rmsprop", momentum=0.5, weight_decay=0.1, schedule="step")
    ),
    "adagrad": (POINTS, SHORT.but(optimizer="adagrad", shuffle=False, dtype="float64")),
    "adamw": (POINTS, SHORT.but(optimizer="adamw", weight_decay=0.1, schedule="one_cycle")),
    "rotated images": (
        as_dataset("digits", 60), SHORT.but(rotate=30, shift=1, scale=0.1, dropout=0.1)
    ),
    "restarts": (POINTS, SHORT.but(restarts=3, validation=0.2, lr=0.3, patience=2)),
    "members of unequal recipes": (
        POINTS, [SHORT, SHORT.but(lr=0.1, dims=(3, 6)), SHORT.but(weight_decay=0.1, init="he")]
    ),
    "own activation": (POINTS, SHORT.but(activation=own_functions.softsign)),
    "values": (make_dataset("prod", 61), SHORT.but(standardize=True, validation=0.2)),
}  # fmt: skip
GO_ON = """
import pickle, sys
trainings = pickle.load(sys.stdin.buffer)
for training in trainings:
    for _ in training:
        pass
sys.stdout.buffer.write(pickle.dumps([(one.state, one.runs()) for one in trainings]))
"""


def begun(name, epochs=5):
    dataset, recipe = MIDWAY[name]
    training = Training(dataset, recipe, seed=3)
    assert [next(training) for _ in range(epochs)] == list(range(1, epochs + 1))
    return training


def assert_same_training(state, runs, whole):
    """Hold what came of a training that was sent against one that was not, bit by bit."""
    assert (state.epoch, state.step) == (whole.state.epoch, whole.state.step)
    assert torch.equal(state.parameters, whole.state.parameters)
    for ours, theirs in zip(runs, whole.runs(), strict=True):
        for name in MEASURED:
            np.testing.assert_array_equal(
                getattr(ours.history, name), getattr(theirs.history, name)
            )
        assert ours.history.best_epoch == theirs.history.best_epoch
        assert torch.equal(bits(ours.network), bits(theirs.network))
        assert (ours.ended, ours.criterion) == (theirs.ended, theirs.criterion)


@pytest.fixture(scope="module")
def elsewhere():
    """What came of all trainings that were begun here and went on in another process."""
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    there = subprocess.run(
        [sys.executable, "-c", GO_ON],
        input=pickle.dumps([begun(name) for name in MIDWAY]),
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    return dict(zip(MIDWAY, pickle.loads(there.stdout), strict=True))


@pytest.mark.parametrize("name", MIDWAY)
def test_a_training_goes_on_in_another_process_with_the_same_bits(name, elsewhere):
    whole = begun(name)
    list(whole)
    assert whole.state.epoch > 5
    assert_same_training(*elsewhere[name], whole)


@pytest.mark.parametrize("epochs", range(15))
def test_a_training_goes_on_with_the_same_bits_wherever_it_was_left(epochs):
    name = "dropout, validation, patience"
    whole = begun(name, 0)
    left = begun(name, 0)
    for _ in zip(range(epochs), left, strict=False):
        pass
    back = sent(left)
    list(whole)
    list(back)
    assert_same_training(back.state, back.runs(), whole)


def test_to_send_a_training_changes_nothing_in_it():
    here = begun("restarts")
    whole = begun("restarts")
    for _ in here:
        sent(here)
    list(whole)
    assert_same_training(here.state, here.runs(), whole)


def test_a_training_that_is_over_stays_so():
    back = sent(begun("plain", 14))
    assert list(back) == []
    assert back.best_run().ended == "done"
    assert_same_network(back.network(), begun("plain", 14).network(), tolerance=0)
