"""A trainer that is loaded is the one that was saved."""

import sys

import numpy as np
import own_functions
import pytest
import torch
from sources import RNG, SOURCES, X, trained, untrained
from trainings import bits

from scripts.soaks.files import outcomes
from trainfcnn import FCNN, TrainFCNN
from trainfcnn.storage.runs import CURVES

KNOWN = {name for name in SOURCES if isinstance(SOURCES[name], str)} | {"law", "dataset"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "network.safetensors"


def back(trainer, path, functions=(), **options):
    return TrainFCNN.load(trainer.save(path, **options), functions=functions)


def assert_same_trainer(ours, theirs):
    assert repr(ours) == repr(theirs)
    assert ours.results() == theirs.results()
    assert (ours.seed, ours.device, ours.engine) == (theirs.seed, theirs.device, theirs.engine)
    assert torch.equal(bits(ours.network), bits(theirs.network))
    assert ours.network.linears[0].weight.dtype == theirs.network.linears[0].weight.dtype
    assert ours.recipe == theirs.recipe
    for name in CURVES:
        np.testing.assert_array_equal(getattr(ours.history, name), getattr(theirs.history, name))
    assert ours.history.seconds == theirs.history.seconds
    assert vars(ours.run.engine) == vars(theirs.run.engine)


# --- a trainer ---


@pytest.mark.parametrize("source", [name for name in SOURCES if name != "function"])
def test_a_loaded_trainer_says_answers_and_trains_as_before(source, path):
    trainer = trained(source, test_every=None if source == "dataset" else 1)
    loaded = back(trainer, path, data=True)
    assert_same_trainer(loaded, trainer)
    x = trainer.dataset.x_test
    np.testing.assert_array_equal(loaded.predict(x), trainer.predict(x))
    assert loaded.predict(x).dtype == trainer.predict(x).dtype
    for name in ("x", "y", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(loaded.dataset, name), getattr(trainer.dataset, name))
    again = loaded.train_as(trainer.recipe)
    assert torch.equal(bits(again.network), bits(trainer.network))


@pytest.mark.parametrize("source", sorted(KNOWN - {"law"}))
def test_toy_data_and_images_are_not_in_the_file_and_come_again(source, path):
    trainer = trained(source)
    loaded = back(trainer, path)
    assert "x" not in vars(loaded.dataset)
    assert repr(loaded.dataset) == repr(trainer.dataset)
    assert "x" not in vars(loaded.dataset)
    np.testing.assert_array_equal(loaded.dataset.x, trainer.dataset.x)


RECIPES = {
    "validation": {"validation": 0.2, "patience": 2, "epochs": 20},
    "restarts": {"restarts": 3},
    "steps": {"record_steps": True, "test_every": 2, "epochs": 5},
    "no hidden layer": {"dims": []},
    "two activations": {"dims": [4, 3], "activation": ["relu", "tanh"], "dropout": [0.1, 0.0]},
    "double": {"dtype": "float64", "standardize": True},
    "sgd": {"optimizer": "sgd", "momentum": 0.9, "nesterov": True},
    "own activation of torch": {"activation": torch.atan},
    "no epochs": {"epochs": 0},
    "a number of steps": {"steps": 7, "epochs": None},
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_whatever_the_recipe_the_same_comes_back(recipe, path):
    trainer = trained("circles", **recipe)
    assert_same_trainer(back(trainer, path), trainer)


def test_a_training_that_diverged_may_be_saved(path):
    with pytest.warns(RuntimeWarning, match="diverged"):
        trainer = trained("prod", optimizer="sgd", lr=1e12, epochs=40)
    assert repr(back(trainer, path)) == repr(trainer)


def test_an_interrupted_training_may_be_saved(path, monkeypatch):
    from trainfcnn.training.loop import Training

    def interrupted(training, most):
        raise KeyboardInterrupt

    monkeypatch.setattr(Training, "train_epochs", interrupted)
    trainer = trained()
    assert trainer.run.ended == "interrupted"
    assert_same_trainer(back(trainer, path), trainer)


def test_pictures_are_the_same(path):
    trainer = trained("circles")
    loaded = back(trainer, path)
    assert loaded._repr_png_() == trainer._repr_png_()


def test_before_training_there_is_nothing_to_save(path):
    with pytest.raises(RuntimeError, match="not trained yet"):
        untrained().save(path)
    assert not path.exists()


def test_a_file_is_small(path):
    trainer = TrainFCNN("xor").train()
    weights = sum(parameter.nbytes for parameter in trainer.network.parameters())
    assert trainer.save(path).stat().st_size <= 1.2 * weights + 20_000
    images = TrainFCNN("digits").train(epochs=1)
    weights = sum(parameter.nbytes for parameter in images.network.parameters())
    assert images.save(path).stat().st_size <= 1.2 * weights + 20_000


# --- own data ---


OWN = (X, np.array(["no", "yes"])[(X[:, 0] > 0).astype(int)])
LEFT_OUT = "'own data', which were not saved with the network: save with data=True, or train"


def test_own_data_are_left_out_unless_asked_for(path):
    trainer = TrainFCNN(OWN).train(epochs=2)
    small = trainer.save(path).stat().st_size
    loaded = TrainFCNN.load(path)
    assert_same_trainer(loaded, trainer)
    np.testing.assert_array_equal(loaded.predict(X), trainer.predict(X))
    assert loaded.score(*OWN) == trainer.score(*OWN)
    assert (loaded.baseline, loaded.loss) == (trainer.baseline, trainer.loss)
    assert trainer.save(path, data=True).stat().st_size > small + X.nbytes


NEEDS = (
    "plot", "plot_dataset", "plot_prediction", "train", "confusion", "mistakes", "plot_roc",
)  # fmt: skip


@pytest.mark.parametrize("method", NEEDS)
def test_what_needs_own_data_says_that_they_were_left_out(method, path):
    loaded = back(TrainFCNN(OWN).train(epochs=2), path)
    with pytest.raises(ValueError, match=LEFT_OUT):
        getattr(loaded, method)()


def test_what_was_left_out_stays_so_when_it_is_saved_again(path):
    loaded = back(TrainFCNN(OWN).train(epochs=2), path)
    assert_same_trainer(back(loaded, path), loaded)
    with pytest.raises(ValueError, match=LEFT_OUT):
        loaded.save(path, data=True)


def test_toy_data_that_were_changed_by_hand_are_own_data(path):
    from dataclasses import replace

    changed = trained().dataset
    changed = replace(changed, x=2 * changed.x)
    loaded = back(TrainFCNN(changed).train(epochs=1), path)
    with pytest.raises(ValueError, match="which were not saved"):
        loaded.score()


def test_toy_data_that_come_out_otherwise_are_refused(path, monkeypatch):
    loaded = back(trained(), path)
    monkeypatch.setattr(
        "trainfcnn.data.recalled.make_dataset", lambda *given: trained("or").dataset
    )
    with pytest.raises(ValueError, match="must be those that the network was trained on"):
        loaded.score()


def test_a_sample_for_the_validation_is_own_data(path):
    sample = RNG.normal(size=(20, 2)), np.arange(20) % 2
    trainer = trained(validation=sample)
    loaded = back(trainer, path)
    assert_same_trainer(loaded, trainer)
    with pytest.raises(ValueError, match="which were not saved"):
        loaded.plot_dataset()
    whole = back(trainer, path, data=True)
    np.testing.assert_array_equal(whole.dataset.validation[0], sample[0])


def test_a_table_comes_back_with_its_columns(path):
    frame = {"size": X[:, 0], "shape": ["round", "flat"] * 30, "y": X[:, 1]}
    trainer = TrainFCNN(frame).train(dims=[3], epochs=2)
    loaded = back(trainer, path)
    rows = {"shape": ["flat", "round"], "size": [0.5, 0.1]}
    np.testing.assert_array_equal(loaded.predict(rows), trainer.predict(rows))
    assert loaded.dataset.encoder == trainer.dataset.encoder


# --- own functions ---


def test_an_own_activation_is_handed_over_and_never_imported(path):
    trainer = trained(activation=own_functions.softsign)
    trainer.save(path)
    with pytest.raises(ValueError, match=r"your own function 'softsign', .* functions=.softsign."):
        TrainFCNN.load(path)
    loaded = TrainFCNN.load(path, functions=[own_functions.softsign])
    assert_same_trainer(loaded, trainer)


def test_an_own_initialisation_comes_back(path):
    trainer = trained(init=fill)
    assert back(trainer, path, functions=[fill]).recipe.init is fill


def fill(weight, generator):
    weight.normal_(generator=generator)


@pytest.mark.parametrize(
    "recipe",
    [{"activation": lambda z: z.tanh()}, {"init": lambda w, g: w.normal_(generator=g)}],
    ids=["activation", "init"],
)
def test_a_function_without_a_name_is_refused_when_it_is_saved(recipe, path):
    with pytest.raises(ValueError, match=r"must have a name to be saved, got .*: define it with"):
        trained(**recipe).save(path)
    assert not path.exists()


@pytest.mark.parametrize("name", ["positive", "thirds", "minus_plus", "bump", "hinge_scalar"])
def test_data_of_an_own_function_are_drawn_again_where_it_is_handed_over(name, path):
    function = getattr(own_functions, name)
    trainer = TrainFCNN(function, 60).train([3], epochs=1)
    loaded = back(trainer, path)
    assert_same_trainer(loaded, trainer)
    with pytest.raises(ValueError, match=rf"functions=\[{name}\]"):
        loaded.score()
    whole = TrainFCNN.load(path, functions=[function])
    assert_same_trainer(whole, trainer)
    assert whole.exact_score() == trainer.exact_score()


def test_data_of_a_lambda_are_own_data(path):
    trainer = TrainFCNN(lambda x1, x2: x1 > x2, 60).train([3], epochs=1)
    loaded = back(trainer, path)
    assert_same_trainer(loaded, trainer)
    assert back(trainer, path, data=True).score() == trainer.score()


@pytest.mark.parametrize(
    "name", ["os:system", "builtins:eval", "torch:load", "torch:save", "pickle:loads"]
)
def test_a_name_in_a_file_never_calls_what_is_no_activation(name):
    from trainfcnn.nn.named import function_named

    assert name.split(":")[0] in sys.modules
    with pytest.raises(ValueError, match="it needs your own function"):
        function_named(name, [fill])


# --- a network ---


NETWORKS = {
    "plain": FCNN([2, 6, 1]),
    "several": FCNN([3, 4, 5, 3], ["tanh", "relu"], "softmax", dtype=torch.float64),
    "linear": FCNN([2, 1]),
    "torch's": FCNN([2, 3, 1], torch.nn.functional.softsign),
}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_a_network_comes_back(network, path):
    loaded = FCNN.load(network.save(path))
    assert repr(loaded) == repr(network)
    assert torch.equal(bits(loaded), bits(network))
    x = torch.randn(5, network.dims[0], dtype=network.linears[0].weight.dtype)
    assert torch.equal(loaded(x), network(x))


def test_a_network_is_also_in_the_file_of_a_trainer(path):
    trainer = trained()
    assert torch.equal(bits(FCNN.load(trainer.save(path))), bits(trainer.network))


def test_the_file_of_a_network_is_no_trainer(path):
    with pytest.raises(ValueError, match=r"got a 'network': use FCNN.load\(path\)"):
        TrainFCNN.load(FCNN([2, 1]).save(path))


def test_weights_that_are_no_numbers_are_refused(path):
    network = FCNN([2, 1])
    with torch.no_grad():
        network.linears[0].weight.fill_(torch.nan)
    with pytest.raises(ValueError, match="must hold finite numbers, and has NaN or infinity"):
        network.save(path)


# --- damaged files ---


def test_five_hundred_damaged_files_are_loaded_right_or_refused_by_name():
    wrong = [outcome for outcome in outcomes(500, seed=1) if not outcome.is_right]
    assert wrong == []


def test_a_path_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(ValueError, match="there is no folder"):
        trained().save(tmp_path / "nowhere" / "x.safetensors")


# --- what is mistyped next ---


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda it: it.train(start=it, dims=[9]), ValueError, "those of the start, .*got .9.:"),
        (lambda it: it.train(start=it, dims=9), ValueError, "those of the start, .*got 9:"),
        (lambda it: it.train(checkpoint=True), ValueError, "must be a path, got True: try check"),
        (lambda it: TrainFCNN.load("nowhere"), FileNotFoundError, "there is no file 'nowhere'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_line_with_what_to_do(call, error, told):
    with pytest.raises(error, match=told) as caught:
        call(trained())
    assert "\n" not in str(caught.value)


def test_a_file_of_a_network_is_no_data_set(path):
    trained().save(path)
    with pytest.raises(ValueError, match=r"try TrainFCNN.load\(path\)"):
        TrainFCNN(path)


def test_more_epochs_are_trained_although_the_goal_was_reached(path):
    trainer = TrainFCNN("xor").train(until="accuracy >= 0.9")
    n = len(trainer.history)
    trainer.save(path)
    for each in (trainer, TrainFCNN.load(path)):
        each.train_more(10)
        assert (len(each.history), each.run.ended) == (n + 10, "done")


def test_weights_of_samples_are_saved_and_resumed_with_these(path, tmp_path):
    weights = np.linspace(0, 2, 60)
    trainer = TrainFCNN("xor", n_samples=60)
    file = tmp_path / "run.safetensors"
    trainer.train(epochs=4, sample_weight=weights, checkpoint=file)
    loaded = back(trainer, path, data=True)
    assert_same_trainer(loaded, trainer)
    np.testing.assert_array_equal(loaded.dataset.weights, trainer.run.dataset.weights)
    resumed = TrainFCNN.resume(file)
    assert_same_trainer(resumed, trainer)
    assert not back(trainer, path).dataset.is_here
