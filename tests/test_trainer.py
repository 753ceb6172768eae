"""The facade: what a user calls, what comes back, and what is said to a mistake."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from inspect import signature
from itertools import product
from pathlib import Path
from typing import get_type_hints

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from sklearn import metrics
from sklearn.datasets import load_diabetes
from sources import (
    HALF,
    NAMES,
    OF_ONE_TARGET,
    ONE,
    QUICK,
    SOURCES,
    UNTESTED,
    WIDE,
    X,
    own_labels,
    trained,
    untrained,
)

from trainfcnn import TrainFCNN, report
from trainfcnn.analysis import evaluation
from trainfcnn.analysis.evaluation import score_on
from trainfcnn.data.toy import DATASETS, make_dataset
from trainfcnn.nn.activations import Function
from trainfcnn.nn.init import Initializer
from trainfcnn.recipe import RECOMMENDED, SETTINGS, Recipe, choose
from trainfcnn.training import loop
from trainfcnn.training.loop import Training


def bits(trainer):
    return b"".join(p.detach().numpy().tobytes() for p in trainer.network.parameters())


@pytest.fixture(scope="module")
def trainers():
    return {source: trained(source) for source in SOURCES}


# what comes back


def test_the_bare_calls_learn_xor():
    trainer = TrainFCNN()
    assert trainer.train() is trainer
    assert trainer.dataset.name == "xor"
    assert trainer.score() > 0.98


@pytest.mark.parametrize("name", DATASETS)
def test_the_bare_call_beats_the_best_constant_guess(name):
    trainer = TrainFCNN(name, 1000).train()
    if trainer.kind == "regression":
        assert trainer.loss < 0.3 * trainer.baseline
    else:
        assert 1 - trainer.accuracy < 0.5 * (1 - trainer.baseline)


@pytest.mark.parametrize("source", SOURCES)
def test_the_same_train_gives_the_same_bits_again_and_in_another_trainer(source, trainers):
    first = bits(trainers[source])
    elsewhere = trained(source)
    assert bits(elsewhere) == first
    assert bits(elsewhere.train(**QUICK)) == first


def test_another_seed_gives_other_bits():
    assert len({bits(untrained(seed=seed).train(**QUICK)) for seed in range(3)}) == 3


def test_weight_seed_changes_the_weights_and_nothing_else():
    two = [trained(weight_seed=seed, epochs=0) for seed in (1, 2)]
    assert bits(two[0]) != bits(two[1])
    assert bits(untrained(seed=1).train(dims=[6], epochs=0)) == bits(two[0])


def test_a_progress_bar_changes_no_bit(trainers, capsys):
    assert bits(trained(progress=True)) == bits(trainers["xor"])
    assert capsys.readouterr().out == ""


def test_nothing_is_printed_outside_a_terminal(capfd):
    trained()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("source", SOURCES)
def test_predict_gives_labels_as_they_were_given(source, trainers):
    trainer = trainers[source]
    x, y = trainer.dataset.x_test, own_labels(trainer)
    predicted = trainer.predict(x)
    assert predicted.shape == y.shape
    assert predicted.dtype.kind == y.dtype.kind
    if trainer.dataset.classes:
        assert set(predicted.tolist()) <= set(trainer.dataset.classes)


@pytest.mark.parametrize("source", OF_ONE_TARGET)
def test_probabilities_sum_to_one_and_decide_the_prediction(source, trainers):
    trainer, x = trainers[source], trainers[source].dataset.x_test
    if trainer.kind == "regression":
        with pytest.raises(ValueError, match="probabilities are for classes"):
            trainer.predict_proba(x)
        return
    probabilities = trainer.predict_proba(x)
    assert probabilities.shape == (len(x), len(trainer.dataset.classes))
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-6)
    likeliest = np.array(trainer.dataset.classes)[probabilities.argmax(1)]
    assert (trainer.predict(x) == likeliest).all()


@pytest.mark.parametrize("source", ["xor", "circles"])
def test_scikit_learn_takes_the_probabilities_without_a_warning(source, trainers):
    trainer = trainers[source]
    x, y = trainer.dataset.x_test, trainer.dataset.y_test
    assert metrics.log_loss(y, trainer.predict_proba(x)) > 0


@pytest.mark.parametrize("source", OF_ONE_TARGET)
def test_score_is_that_of_scikit_learn_on_the_test_sample_or_any_other(source, trainers):
    trainer = trainers[source]
    x, y = trainer.dataset.x_test, own_labels(trainer)
    measure = metrics.accuracy_score if trainer.dataset.classes else metrics.r2_score
    for part in (slice(None), slice(8)):
        expected = pytest.approx(measure(y[part], trainer.predict(x[part])), rel=1e-4)
        assert trainer.score(x[part], y[part]) == expected
        assert trainer.score(x[part].tolist(), y[part][:, None].tolist()) == expected
    assert trainer.score() == trainer.score(x, y)


@pytest.mark.parametrize("name", DATASETS)
def test_the_exact_score_is_what_many_random_points_say(name, trainers):
    trainer = trainers[name]
    x, _ = DATASETS[name].sample(200_000, 0, np.random.default_rng(1))
    truth = DATASETS[name].truth(*x.T)
    measure = metrics.accuracy_score if trainer.dataset.classes else metrics.r2_score
    said = trainer.predict(x)
    parts = [measure(truth[part::20], said[part::20]) for part in range(20)]
    chance = np.std(parts) / np.sqrt(20)
    assert trainer.exact_score() == pytest.approx(measure(truth, said), abs=5 * chance + 0.001)


@pytest.mark.parametrize("source", OF_ONE_TARGET)
def test_loss_and_accuracy_are_those_of_the_training_sample(source, trainers):
    trainer, data = trainers[source], trainers[source].dataset
    if trainer.kind == "regression":
        loss = metrics.mean_squared_error(data.y, trainer.predict(data.x))
        with pytest.raises(ValueError, match=r"is a regression: use .score\(\)"):
            _ = trainer.accuracy
    else:
        labels = range(len(data.classes))
        probabilities = trainer.predict_proba(data.x).astype(np.float32)
        loss = metrics.log_loss(data.y, probabilities, labels=labels)
        answers = np.array(data.classes)[data.y] == trainer.predict(data.x)
        assert trainer.accuracy == pytest.approx(answers.mean())
    assert trainer.loss == pytest.approx(loss, rel=1e-4)


def test_no_epochs_leave_the_initial_network():
    trainer = trained(epochs=0)
    assert len(trainer.history) == 0
    assert trainer.results()["epochs"] == 0
    assert "0 epochs" in repr(trainer)


def test_the_network_is_an_ordinary_module_that_can_be_trained_on(trainers):
    network = trained().network
    network(torch.zeros(3, 2)).sum().backward()
    assert all(p.grad is not None and p.device.type == "cpu" for p in network.parameters())


# pictures


@pytest.mark.parametrize("features", [(0, 2), (2, 0), [1, 2], (np.int64(0), np.uint8(2))], ids=str)
def test_a_grid_over_two_features_is_the_prediction_with_the_others_at_their_median(
    features, trainers
):
    trainer = trainers["three_columns"]
    grid = trainer.predict_grid(5, features=features)
    points = np.tile(np.median(trainer.dataset.x, axis=0), (25, 1))
    points[:, features] = [(x1, x2) for x2 in grid.x2 for x1 in grid.x1]
    expected = trainer.predict_proba(points)
    np.testing.assert_allclose(grid.values.reshape(25, -1), expected, atol=1e-6)


@pytest.mark.parametrize("picture", ["plot_dataset", "plot_prediction", "plot_space", "plot"])
def test_two_of_more_features_can_be_drawn(picture, trainers):
    assert getattr(trainers["three_columns"], picture)(features=(2, 0))


@pytest.mark.parametrize("source", [*DATASETS, "law"])
def test_an_error_is_that_of_the_prediction_from_the_truth_at_every_cell(source, trainers):
    trainer = trainers[source]
    ax = trainer.plot_error()
    law, (left, right, bottom, top) = trainer.dataset.law, ax.images[0].get_extent()
    image = ax.images[0].get_array()
    n = len(image)
    for i, j in ((0, 0), (7, n - 3), (n // 2, n // 3)):
        x1, x2 = left + (j + 0.5) * (right - left) / n, bottom + (i + 0.5) * (top - bottom) / n
        point, truth = [[x1, x2]], law.truth(np.array([x1]), np.array([x2]))[0]
        if trainer.kind == "regression":
            assert image[i, j] == pytest.approx(trainer.predict(point)[0] - truth, abs=1e-5)
        else:
            missed = 1 - trainer.predict_proba(point)[0, truth]
            assert image[i, j] == pytest.approx(max(missed, 1e-3), abs=1e-5)


@pytest.mark.parametrize("source", SOURCES)
def test_every_network_has_a_portrait(source, trainers):
    trainer = trainers[source]
    ax = trainer.plot_network()
    units = [min(size, 9) if size > 10 else size for size in trainer.network.dims]
    planar = trainer.dataset.x.shape[1] == 2 and not trainer.dataset.image_shape
    assert len(ax.images) == (sum(units) if planar else 0)
    assert ax.get_title().startswith("-".join(map(str, trainer.network.dims)))


@pytest.mark.parametrize("dims", [[], [1], [1, 1], [2, 1, 2]], ids=str)
def test_networks_of_no_or_narrow_layers_are_drawn(dims):
    trainer = trained(dims=dims)
    assert len(trainer.plot_network().images) == 3 + sum(dims)
    assert len(trainer.plot(seeds=2).axes) == 4


def test_space_is_that_of_the_layer_and_the_units_asked_for():
    trainer = trained(dims=[4, 2, 3])
    assert trainer.plot_space().get_xlabel() == "hidden layer 1, unit 0"
    ax = trainer.plot_space(layer=np.int64(0), units=(3, np.int64(1)))
    names = (ax.get_xlabel(), ax.get_ylabel())
    assert names == ("hidden layer 0, unit 3", "hidden layer 0, unit 1")
    with torch.no_grad():
        x = torch.tensor(trainer.dataset.x, dtype=torch.float32)
        expected = trainer.network.hidden(x)[0][:, [3, 1]].numpy()
    np.testing.assert_allclose(ax.collections[-1].get_offsets(), expected, rtol=1e-5)


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_diagnoses_of_classes_are_those_of_scikit_learn_on_the_test_sample(trainers):
    trainer = trainers["strings"]
    x, truth = trainer.dataset.x_test, own_labels(trainer) == "yes"
    probability = trainer.predict_proba(x)[:, 1]
    area = metrics.roc_auc_score(truth, probability)
    assert f"yes: {area:.3f}" in legend(trainer.plot_roc())
    precision = metrics.average_precision_score(truth, probability)
    assert any(f"yes: {precision:.3f}" in told for told in legend(trainer.plot_precision_recall()))
    assert trainer.plot_calibration().get_title().endswith(f" on {len(x)} points")


def test_residuals_are_those_of_the_test_sample(trainers):
    trainer = trainers["values"]
    x, y = trainer.dataset.x_test, trainer.dataset.y_test
    lines = [line for line in trainer.plot_residuals().lines if line.get_ls() == "None"]
    drawn = np.concatenate([line.get_xydata() for line in lines])
    expected = np.stack([y, trainer.predict(x) - y], axis=1)
    np.testing.assert_allclose(drawn[drawn[:, 0].argsort()], expected[y.argsort()])


# how it ends


@pytest.fixture
def ctrl_c_after(monkeypatch):
    whole = loop.Training.train_epochs

    def ctrl_c_after(last):
        def train_epochs(training, most):
            if training.state.epoch == last:
                raise KeyboardInterrupt
            whole(training, min(most, last - training.state.epoch))

        monkeypatch.setattr(loop.Training, "train_epochs", train_epochs)

    return ctrl_c_after


@pytest.mark.parametrize("last", [1, 3])
def test_ctrl_c_keeps_the_network_trained_so_far(last, ctrl_c_after):
    ctrl_c_after(last)
    trainer = trained(epochs=50)
    assert len(trainer.history) == last
    assert trainer.results()["ended"] == "interrupted"
    assert f"interrupted after {last} of 50 epochs" in repr(trainer)
    assert 0 < trainer.score() < 1


def test_ctrl_c_before_the_first_epoch_is_over_is_no_error(ctrl_c_after):
    ctrl_c_after(0)
    trainer = trained(epochs=50)
    assert "interrupted after 0 of 50 epochs" in repr(trainer)
    assert len(trainer.predict(X)) == 60


@pytest.mark.parametrize("epochs", [5, 40, 100])
@pytest.mark.parametrize("source", ["prod", "values"])
def test_a_diverging_run_warns_and_names_the_learning_rate(source, epochs):
    with pytest.warns(RuntimeWarning, match=r"diverged: .*lower lr than 1e\+12") as caught:
        trainer = untrained(source).train([6], epochs=epochs, optimizer="sgd", lr=1e12)
    assert caught[0].filename == __file__
    assert trainer.results()["ended"] == "diverged"
    assert f"diverged after {len(trainer.history)} of {epochs} epochs" in repr(trainer)


DIVERGING = {"dims": (6,), "optimizer": "sgd", "lr": 1e12, "epochs": 5}
WARNS = {
    "train": lambda made, folder: made.train(**DIVERGING),
    "train_as": lambda made, folder: made.train_as(Recipe(**DIVERGING)),
    "animate": lambda made, folder: made.animate(folder / "prod.gif", frames=2),
}


@pytest.mark.parametrize("call", WARNS.values(), ids=WARNS)
def test_a_warning_is_for_the_line_that_called(call, tmp_path):
    data = replace(make_dataset("prod", 40), recommended=DIVERGING)
    with pytest.warns(RuntimeWarning, match="diverged") as caught:
        call(TrainFCNN(data), tmp_path)
    (warning,) = caught
    assert (warning.filename, warning.lineno) == (__file__, call.__code__.co_firstlineno)


@pytest.mark.parametrize(
    "recipe",
    [
        {"lr": -1},
        {"dims": [0]},
        {"activation": "rely"},
        {"optimizer": "adm"},
        {"schedule": "cosin"},
        {"init": "xaver"},
        {"last_activation": "softmax"},
        {"validation": 0.999},
        {"activation": lambda z: z.sum()},
    ],
)
def test_a_recipe_that_fails_leaves_the_trainer_as_it_was(recipe):
    trainer = trained()
    before = trainer.network, trainer.history, trainer.recipe, bits(trainer), repr(trainer)
    with pytest.raises(ValueError, match=r"."):
        trainer.train(**QUICK | recipe)
    assert (
        trainer.network,
        trainer.history,
        trainer.recipe,
        bits(trainer),
        repr(trainer),
    ) == before


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
@pytest.mark.parametrize("source", ["xor", "circles", "prod"])
def test_a_gpu_learns_what_the_cpu_learns(source):
    cpu, gpu, again = (
        untrained(source, device=device).train(epochs=20) for device in ("cpu", "cuda", "cuda")
    )
    assert all(p.device.type == "cpu" for p in gpu.network.parameters())
    assert bits(gpu) == bits(again)
    np.testing.assert_allclose(gpu.history.loss, cpu.history.loss, rtol=0.05)


# images


def test_the_bare_call_learns_digits():
    trainer = TrainFCNN("digits").train()
    assert trainer.score() > 0.95
    assert "64-" in repr(trainer)


def test_images_are_answered_as_rows_or_as_they_are(trainers):
    trainer = trainers["digits"]
    rows = trainer.dataset.x_test[:9]
    expected = trainer.predict(rows)
    for same in (rows.reshape(9, 8, 8), rows.astype(float), rows.tolist()):
        np.testing.assert_array_equal(trainer.predict(same), expected)
    y = trainer.dataset.y_test[:9]
    assert trainer.score(rows.reshape(9, 8, 8), y) == np.mean(expected == y)


def test_the_network_takes_the_pixels_of_the_files(trainers):
    trainer = trainers["digits"]
    x = torch.tensor(trainer.dataset.x_test, dtype=torch.float32)
    answers = trainer.network(x).argmax(1).numpy()
    np.testing.assert_array_equal(answers, trainer.predict(trainer.dataset.x_test))


def test_a_score_on_turned_images_is_lower_and_always_the_same():
    trainer = TrainFCNN("digits").train(epochs=30)
    turned = trainer.score(rotate=60)
    assert turned < trainer.score() - 0.1
    assert turned == trainer.score(rotate=60)
    assert trainer.score(rotate=0) == trainer.score()
    x, y = trainer.dataset.x_test, trainer.dataset.y_test
    assert trainer.score(x, y, rotate=60) == turned


def test_the_rotation_curve_starts_from_the_score_and_turns_all_alike(trainers):
    trainer = trainers["digits"]
    upright, quarter = trainer.rotation_scores([0, 90])
    assert upright == pytest.approx(trainer.score(), abs=1e-6)
    turned = np.rot90(trainer.dataset.x_test.reshape(-1, 8, 8), axes=(1, 2))
    assert quarter == pytest.approx(trainer.score(turned, trainer.dataset.y_test), abs=0.01)
    assert trainer.rotation_scores(45).shape == (1,)


def test_training_on_turned_images_helps_on_turned_images():
    usual, moved = (
        TrainFCNN("digits").train(epochs=60, rotate=rotate).score(rotate=40) for rotate in (0, 40)
    )
    assert moved > usual + 0.05


def test_confusion_and_mistakes_are_those_of_scikit_learn(trainers):
    for source in ("digits", "xor", "strings", "circles"):
        trainer = trainers[source]
        truth, answers = own_labels(trainer), trainer.predict(trainer.dataset.x_test)
        counts = metrics.confusion_matrix(truth, answers, labels=trainer.dataset.classes)
        np.testing.assert_array_equal(trainer.confusion(), counts)
        found = trainer.mistakes(n=10_000)
        np.testing.assert_array_equal(np.sort(found.indices), np.flatnonzero(truth != answers))
        assert found.total == counts.sum() - counts.trace()
        probabilities = trainer.predict_proba(trainer.dataset.x_test)[found.indices]
        np.testing.assert_allclose(found.confidence, probabilities.max(1))
        assert (np.diff(found.confidence) <= 0).all()


MNIST = Path(os.environ.get("TRAINFCNN_DATA", ""), "mnist")
needs_mnist = pytest.mark.skipif(
    not os.environ.get("TRAINFCNN_DATA") or not MNIST.is_dir(),
    reason="needs MNIST: set TRAINFCNN_DATA to a folder that holds mnist/",
)


@needs_mnist
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak")
def test_one_epoch_of_mnist_reads_most_digits_and_stays_below_its_memory():
    code = (
        "from pathlib import Path; from trainfcnn import TrainFCNN\n"
        "trainer = TrainFCNN('mnist').train(dims=[100], epochs=1, validation=0.1)\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(trainer.score(), status.partition('VmHWM:')[2].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    score, kilobytes = map(float, done.stdout.split())
    assert score > 0.93
    assert kilobytes < 1.2e6


# what is said to a mistake: (call, what the message must contain)


BAD_CALLS = {
    "dataset": (lambda: TrainFCNN("xro"), "'xro': did you mean 'xor'"),
    "array_alone": (lambda: TrainFCNN(X), "(X, y)"),
    "other_file": (lambda: TrainFCNN("data.txt"), "'data.txt'"),
    "activation": (lambda: trained(activation="rely"), "'rely': did you mean 'relu'"),
    "optimizer": (lambda: trained(optimizer="adm"), "'adm': did you mean 'adam'"),
    "schedule": (lambda: trained(schedule="cosin"), "'cosin': did you mean 'cosine'"),
    "init": (lambda: trained(init="xaver"), "'xaver': did you mean 'xavier'"),
    "no_init": (lambda: trained(init=""), "unknown init ''"),
    "last": (lambda: trained(last_activation="sigmod"), "'sigmod': did you mean 'sigmoid'"),
    "no_last": (lambda: trained(last_activation=""), "last activation"),
    "last_of_one": (lambda: trained(last_activation="softmax"), "got 'softmax'"),
    "last_of_values": (lambda: trained("prod", last_activation="softmax"), "'softmax'"),
    "kind": (lambda: TrainFCNN((X, HALF), kind="binry"), "'binry': did you mean 'binary'"),
    "dims_zero": (lambda: trained(dims=[6, 0]), "got [6, 0]: try dims=[6]"),
    "dims_negative": (lambda: trained(dims=-6), "got -6: try dims=[6]"),
    "dims_float": (lambda: trained(dims=[6.0]), "got [6.0]: try dims=[6]"),
    "dims_string": (lambda: trained(dims="6"), "got '6': try dims=[6]"),
    "lr_zero": (lambda: trained(lr=0), "lr must be a number greater than 0, got 0:"),
    "lr_nan": (lambda: trained(lr=float("nan")), "lr must be a number greater than 0, got nan:"),
    "epochs_negative": (lambda: trained(epochs=-1), "of 0 or more, got -1: try epochs=200"),
    "epochs_float": (lambda: trained(epochs=2.5), "of 0 or more, got 2.5: try epochs=200"),
    "batch_size": (lambda: trained(batch_size=0), "of 1 or more, got 0: try batch_size=100"),
    "dropout": (lambda: trained(dropout=1), "one for each hidden layer, got 1: try dropout=0.2"),
    "validation": (lambda: trained(validation=1), "to less than 1, got 1: try validation=0.2"),
    "none_held_out": (lambda: trained(validation=1e-6), "validation=1e-06 of 200 samples"),
    "momentum": (lambda: trained(momentum=0.9), "momentum=0.9 with 'adam'"),
    "nesterov": (lambda: trained(optimizer="sgd", nesterov=True), "momentum=0.0: try momentum=0.9"),
    "noise": (lambda: TrainFCNN(noise=-1), "noise must be a number of 0 or more, got -1"),
    "n_samples": (lambda: TrainFCNN(n_samples=0), "of 1 or more, got 0: try n_samples=2500"),
    "seed_negative": (lambda: TrainFCNN(seed=-1), "seed must be an integer of 0 or more, got -1"),
    "seed_float": (lambda: TrainFCNN(seed=1.5), "seed must be an integer of 0 or more, got 1.5"),
    "empty": (lambda: TrainFCNN(([], [])), "got shape (0,)"),
    "nan": (lambda: TrainFCNN(([[0, 1], [np.nan, 1]], [0, 1])), "NaN or infinity in row 1"),
    "infinity": (lambda: TrainFCNN(([[0, 1], [2, 1]], [0.5, np.inf])), "NaN or infinity at 1"),
    "lengths": (lambda: TrainFCNN((X, HALF[:7])), "got 60 rows and 7 targets"),
    "one_class": (lambda: TrainFCNN((X, HALF * 0)), "at least two classes, got only 0"),
    "own_n_samples": (lambda: TrainFCNN((X, HALF), n_samples=9), "n_samples=9: leave it out"),
    "own_noise": (lambda: TrainFCNN((X, HALF), noise=0.5), "noise=0.5: leave it out"),
    "cuda_99": (lambda: TrainFCNN(device="cuda:99"), "device 'cuda:99' is not there"),
    "engine": (lambda: TrainFCNN(engine="jax"), "got 'jax': try engine='auto'"),
    "engine_of_no_name": (lambda: TrainFCNN(engine=None), "got None: try engine='auto'"),
    "gpu": (lambda: TrainFCNN(device="gpu"), "got 'gpu': try 'auto'"),
    "mps": (lambda: TrainFCNN(device="mps"), "got 'mps': try 'auto'"),
    "columns": (lambda: trained().predict(WIDE), "the 2 features of the training data, got 3"),
    "one_point": (lambda: trained().predict([0.5, 0.5]), "got shape (2,)"),
    "predict_nan": (lambda: trained().predict([[0, np.nan]]), "NaN or infinity in row 0"),
    "only_X": (lambda: trained().score(X), "both X and y"),
    "score_lengths": (lambda: trained().score(X, HALF[:7]), "got 60 rows and 7 targets"),
    "stranger": (lambda: trained("strings").score(X, ["no", "maybe"] * 30), "maybe"),
    "string_values": (lambda: trained("prod").score(X, NAMES[HALF]), "y must"),
    "no_truth": (lambda: trained("numbers").exact_score(), "'own data' is not known"),
    "images": (lambda: TrainFCNN("mnits"), "'mnits': did you mean 'mnist'"),
    "rotate": (lambda: trained("digits", rotate=200), "rotate must be degrees from 0 to 180"),
    "shift": (lambda: trained("digits", shift=-1), "shift must be pixels, 0 or more, got -1"),
    "scale": (lambda: trained("digits", scale=1), "scale must be a number from 0 to less than 1"),
    "rotated_points": (lambda: trained(rotate=9), "rotate is for images, and 'xor' has none"),
    "score_rotate": (lambda: trained("digits").score(rotate="9"), "rotate must be degrees"),
    "score_points": (lambda: trained().score(rotate=9), "one of images, and 'xor' has points"),
    "pixels": (lambda: trained("digits").predict(X), "the 64 features of the training data, got 2"),
    "image_plane": (lambda: trained("digits").plot_prediction(), "the 64 pixels of 'digits': use"),
    "one_image": (lambda: trained("digits").predict(np.zeros((8, 8))), "(8, 8): give X[None]"),
    "other_images": (lambda: trained("digits").predict(np.zeros((2, 4, 16))), "shape (8, 8), got"),
    "images_as_points": (lambda: trained().predict(np.zeros((5, 1, 2))), "rows of features, got"),
    "colours": (lambda: trained("digits").predict(np.zeros((2, 8, 8, 3))), "average the colours"),
    "angles": (lambda: trained("digits").rotation_scores([np.nan]), "must be finite angles"),
    "no_angles": (lambda: trained("digits").plot_rotation(degrees=[]), "degrees must be finite"),
    "word": (lambda: trained("digits").rotation_scores("abc"), "got 'abc': try degrees"),
    "untested": (lambda: TrainFCNN((X[:2], [0, 1])).train(**QUICK).mistakes(), "no test sample"),
    "mistakes": (lambda: trained("digits").mistakes(0), "of 1 or more, got 0: try n=24"),
    "no_classes": (lambda: trained("prod").confusion(), "'prod' is a regression"),
    "plane_00": (lambda: trained("three_columns").plot(features=(0, 0)), "got (0, 0): try"),
    "plane_09": (lambda: trained("three_columns").plot_prediction(features=(0, 9)), "got (0, 9):"),
    "plane_0": (lambda: untrained("three_columns").plot_dataset(features=(0,)), "from 0 to 2, got"),
    "plane_ab": (lambda: trained("three_columns").plot_space(features="ab"), "got 'ab': try"),
    "plane_of_2": (lambda: trained().predict_grid(features=(0, 2)), "indices from 0 to 1, got"),
    "line": (lambda: TrainFCNN(ONE).train(**QUICK).plot_space(), "got 1 in 'own data': use"),
    "line_data": (lambda: TrainFCNN(ONE).plot_dataset(features=(0, 1)), "for the single one of"),
    "image_space": (lambda: trained("digits").plot_space(), "the 64 pixels of 'digits': use"),
    "image_grid": (lambda: trained("digits").predict_grid(features=(0, 1)), "the 64 pixels of"),
    "layer": (lambda: trained().plot_space(layer=1), "layer must be the index of a hidden layer"),
    "layer_-1": (lambda: trained().plot_space(layer=-1), "got -1: choose from [0]"),
    "units": (lambda: trained().plot_space(units=(0, 6)), "indices from 0 to 5, got (0, 6): try"),
    "one_unit": (lambda: trained().plot_space(units=(3,)), "got (3,): try units=(0, 5)"),
    "unbent": (lambda: trained(dims=[]).plot_space(), "got hidden layers of []: train with"),
    "narrow": (lambda: trained(dims=[1, 1]).plot_space(), "got hidden layers of [1, 1]: train"),
    "no_law": (lambda: trained("numbers").plot_error(), "truth of 'own data' is not known"),
    "image_law": (lambda: trained("digits").plot_error(), "truth of 'digits' is not known"),
    "calibration": (lambda: trained("prod").plot_calibration(), "use .score() or plot_residuals()"),
    "roc": (lambda: trained("prod").plot_roc(), "'prod' is a regression: use"),
    "precision": (lambda: trained("prod").plot_precision_recall(), "'prod' is a regression: use"),
    "residuals": (lambda: trained().plot_residuals(), "'xor' has classes: use plot_calibration()"),
    **{
        name: (lambda name=name: getattr(TrainFCNN(UNTESTED).train(**QUICK), name)(), "no test sam")
        for name in ("plot_calibration", "plot_roc", "plot_precision_recall", "plot_confusion")
    },
    "residuals_of_none": (
        lambda: TrainFCNN((X[:2], [0.5, 1])).train(**QUICK).plot_residuals(), "no test sample"
    ),
    "no_test": (lambda: TrainFCNN((X[:2], [0, 1])).train(**QUICK).score(), "give X and y"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", BAD_CALLS)
def test_a_mistake_is_answered_in_one_line_that_names_it(mistake):
    call, told = BAD_CALLS[mistake]
    with pytest.raises(ValueError, match=re.escape(told)) as no:
        call()
    assert "\n" not in str(no.value)
    assert len(str(no.value)) < 320


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: untrained().train({"epochs": 20}), "got a dict: use train(**settings)"),
        (lambda: untrained().train(Recipe(epochs=1)), "got a Recipe: use train_as(recipe)"),
        (lambda: untrained().train_as({"epochs": 20}), "got {'epochs': 20}: use train(epochs=20)"),
        (lambda: untrained().train_as([6]), "takes a whole Recipe, got [6]: use train("),
        (lambda: trained().plot_loss(Figure().subplots(1, 2)), "got several: take one, ax[0]"),
        (lambda: trained().plot_network(Figure()), "give axes of it, ax=figure.subplots()"),
        (lambda: TrainFCNN(n_sample=3), "did you mean n_samples=?"),
        (lambda: untrained().train(learning_rate=0.1), "did you mean lr=?"),
    ],
)
def test_what_takes_something_else_says_what(call, told):
    with pytest.raises(TypeError, match=re.escape(told)) as no:
        call()
    assert "\n" not in str(no.value)


PICTURES = {
    "xor": (
        "plot_dataset", "plot_loss", "plot_score", "plot_prediction", "plot_error", "plot_network",
        "plot_space", "plot_confusion", "plot_calibration", "plot_roc", "plot_precision_recall",
    ),
    "prod": ("plot_residuals",),
    "digits": ("plot_dataset", "plot_mistakes", "plot_weights", "plot_rotation"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "picture"), [(source, one) for source in PICTURES for one in PICTURES[source]]
)
def test_every_picture_is_drawn_on_one_axes_and_says_so(source, picture, trainers):
    for wrong in (Figure().subplots(1, 2), Figure()):
        with pytest.raises(TypeError, match=r"^ax must be one Axes of matplotlib, got"):
            getattr(trainers[source], picture)(wrong)


def test_sizes_with_inputs_and_outputs_among_them_are_warned_of_where_they_were_written():
    with pytest.warns(UserWarning, match=r"was dims=\[6\] meant") as caught:
        trainer = untrained().train(dims=[2, 6, 1], epochs=1)
    assert [one.filename for one in caught] == [__file__]
    assert trainer.network.dims == (2, 2, 6, 1, 1)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.parametrize("recipe", [{}, {"dropout": 0.2}, {"restarts": 2, "validation": 0.2}])
def test_a_network_comes_back_in_evaluation_mode_and_can_be_scripted(recipe):
    network = trained("circles", **recipe).network
    assert not any(module.training for module in network.modules())
    x = torch.randn(9, 2)
    torch.testing.assert_close(torch.jit.script(network)(x), network(x), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "ask",
    [
        *("network", "history", "recipe", "loss", "accuracy"),
        *("score", "exact_score", "results", "predict_grid", "plot"),
        *("plot_prediction", "plot_loss", "plot_score", "plot_network", "plot_error"),
        *("plot_space", "plot_calibration", "plot_roc", "plot_precision_recall"),
    ],
)
def test_asking_before_training_says_to_train(ask):
    with pytest.raises(RuntimeError, match=r"TrainFCNN\('xor'\) is not trained yet: call .train"):
        getattr(untrained(), ask)()


def test_residuals_before_training_say_to_train():
    with pytest.raises(RuntimeError, match=r"TrainFCNN\('prod'\) is not trained yet: call .train"):
        untrained("prod").plot_residuals()


@pytest.mark.parametrize("ask", ["predict", "predict_proba"])
def test_predicting_before_training_says_to_train(ask):
    with pytest.raises(RuntimeError, match=r"TrainFCNN\('xor'\) is not trained yet: call .train"):
        getattr(untrained(), ask)(X)


@pytest.mark.slow
@pytest.mark.parametrize("name", DATASETS)
def test_the_bare_call_learns_every_data_set(name):
    law = DATASETS[name]
    least = 0.98 if law.kind == "regression" else 0.95 if name == "spiral" else 0.97
    assert TrainFCNN(name, seed=7).train().score() >= least


@pytest.mark.parametrize("draw", ["plot", "plot_dataset", "plot_prediction"])
def test_images_have_no_two_features_to_choose(draw):
    with pytest.raises(ValueError, match="a plane is drawn for data of 2 features, got the 64"):
        getattr(trained("digits"), draw)(features=(0, 1))


@pytest.mark.parametrize("epochs", [5, 20, 500])
def test_the_trainer_warns_of_divergence(epochs):
    trainer = TrainFCNN("prod", n_samples=200)
    with pytest.warns(RuntimeWarning, match="diverged.*lower lr"):
        trainer.train(dims=[6], optimizer="sgd", lr=1e6, epochs=epochs)
    assert "diverged after" in repr(trainer)


def test_the_facade_hands_on_every_field_of_a_recipe():
    """All are passed by name, and one forgotten would be without effect, silently."""
    others = {
        "dims": (3,), "activation": "tanh", "last_activation": "linear", "init": "xavier",
        "optimizer": "sgd", "lr": 0.5, "momentum": 0.5, "nesterov": True, "weight_decay": 0.5,
        "schedule": "step", "epochs": 2, "batch_size": 7, "shuffle": False, "dropout": 0.5,
        "validation": 0.5, "patience": 7, "min_delta": 0.5, "until": "loss < 0.001",
        "max_seconds": 99.0, "weight_seed": 7, "restarts": 2, "dtype": "float64",
        "standardize": True, "rotate": 9.0, "shift": 1.0, "scale": 0.1, "l1": 0.5,
    }  # fmt: skip
    digits = TrainFCNN("digits", n_samples=40)
    recipe = digits.train(**others).recipe
    # which sgd has not, what takes the place of epochs, and what is for a regression
    of_others = {"betas": (0.5, 0.5), "alpha": 0.5, "eps": 0.1, "steps": 7, "loss": "mae"}
    plain = vars(Recipe())
    assert vars(recipe) == others | {name: plain[name] for name in of_others}
    assert all(plain[name] != value for name, value in others.items())
    adam = digits.train(epochs=0, optimizer="adam", betas=(0.5, 0.5), eps=0.1).recipe
    assert (adam.betas, adam.eps) == ((0.5, 0.5), 0.1)
    assert digits.train(epochs=0, optimizer="rmsprop", alpha=0.5).recipe.alpha == 0.5
    assert digits.train(steps=7).recipe.steps == 7
    assert TrainFCNN("prod", 40).train(epochs=0, loss="mae").recipe.loss == "mae"


def test_a_training_can_be_followed_on_the_test_sample_and_step_by_step():
    history = (
        TrainFCNN("xor", n_samples=50).train(epochs=6, test_every=2, record_steps=True).history
    )
    assert history.test_epochs.tolist() == [2, 4, 6]
    assert len(history.step_loss) == 6


@pytest.mark.parametrize("name", ["verbose", "progress", "record_steps", "recommended"])
def test_a_switch_is_on_or_off(name):
    with pytest.raises(ValueError, match=f"^{name} must be True.* False.*, got 'no': try {name}="):
        TrainFCNN("xor", n_samples=20).train(epochs=1, **{name: "no"})


def test_who_diverged_or_is_asked_beyond_all_numbers_gives_no_answer():
    xor = TrainFCNN("xor", n_samples=50).train(epochs=1)
    for answer in (xor.predict, xor.predict_proba):
        with pytest.raises(
            ValueError, match=r"^X must hold numbers .*, got \[1e\+39, 2.0\] at row 1"
        ):
            answer([[0, 1], [1e39, 2]])
    with pytest.warns(RuntimeWarning, match="diverged"):
        xor.train(lr=1e6, optimizer="sgd", epochs=9)
    for answer in (xor.predict, xor.predict_proba):
        with pytest.raises(
            ValueError, match=r"^the network must give numbers, got NaN .* lower lr"
        ):
            answer([[0, 1]])


OF_TRAIN = (
    "recommended", "verbose", "progress", "test_every", "record_steps", "start", "checkpoint",
    "checkpoint_every", "sample_weight", "class_weight",
)  # fmt: skip


def test_train_takes_every_field_of_a_recipe_in_its_order_and_type_or_none():
    parameters = signature(TrainFCNN.train).parameters
    assert list(parameters) == ["self", *SETTINGS, *OF_TRAIN]
    types = get_type_hints(TrainFCNN.train)
    fields = get_type_hints(Recipe)
    wider = {
        "dims": Sequence[int] | int,
        "activation": str | Function | Sequence[str | Function],
        "init": str | Initializer,
        "dropout": float | Sequence[float],
        "validation": float | tuple[ArrayLike, ArrayLike],
    }
    for name in SETTINGS:
        assert parameters[name].default is RECOMMENDED
        assert types[name] == wider.get(name, fields[name]) | None


# --- few rows ---


def corners(bits):
    """Return the inputs of a truth table."""
    return np.array(list(product([0, 1], repeat=bits)))


TABLES = {
    **{f"2 bits {''.join(map(str, y))}": (corners(2), y) for y in corners(4)[1:-1]},
    "parity": (corners(3), corners(3).sum(1) % 2),
    "majority, as -1 and 1": (corners(3), np.where(corners(3).sum(1) > 1, 1, -1)),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_truth_table_is_learnt_whole_on_every_seed(name):
    data = TrainFCNN(TABLES[name]).dataset
    recipe = choose(data.recommended, {}, data.plain_epochs)
    training = Training(data, recipe, weight_seeds=range(32))
    for _ in training:
        pass
    assert len(data.x_test) == 0
    assert [score_on(run, *TABLES[name], 0, 0) for run in training.runs()] == [1] * 32


def test_of_a_single_test_row_r2_is_undefined_and_said_so():
    x = np.arange(1.0, 6)[:, None]
    trainer = TrainFCNN((x, 2 * x[:, 0] + 0.5), test_size=0.2).train()
    assert np.isnan(trainer.score())
    assert "(test undefined)" in repr(trainer)
    assert trainer.results()["test_score"] is None
    assert "undefined (test)" in report.as_table(trainer.run)["R²"]
    assert "R² undefined on 1 new points" in evaluation.summary_title(trainer.run)
    whole = TrainFCNN((x, 2 * x[:, 0] + 0.5)).train()
    assert "[nothing held out for the test]" in repr(whole)
    assert whole.score(x, 2 * x[:, 0] + 0.5) > 0.99


def test_a_constant_target_is_learnt_without_a_word_of_warning_and_its_score_is_undefined():
    trainer = TrainFCNN((np.random.default_rng(0).normal(size=(40, 2)), np.full(40, 2.5))).train()
    assert "R² undefined (test undefined)" in repr(trainer)
    assert "all targets are 2.5" in repr(trainer)
    trainer.plot().draw_without_rendering()


# --- noise ---


@pytest.mark.parametrize("seed", range(4))
def test_a_noisy_line_is_told_from_its_noise(seed):
    rng = np.random.default_rng(seed)
    x, new = rng.normal(size=(200, 1)), rng.normal(size=(10_000, 1))
    trainer = TrainFCNN((x, x[:, 0] + rng.normal(0, 1.5, 200)), seed=seed).train()
    # no answer explains more than 1 / (1 + 1.5²) = 0.31
    assert trainer.score(new, new[:, 0] + rng.normal(0, 1.5, len(new))) > 0.24


def test_noise_is_no_reason_to_miss_what_is_there():
    x = np.random.default_rng(0).uniform(-2, 2, (500, 2))
    for y in (x[:, 0] * x[:, 1] > 0, (x**2).sum(1) < 2):
        assert TrainFCNN((x, y)).train().score() > 0.96
    for y in (x[:, 0] * x[:, 1], np.sin(2 * x[:, 0]) + x[:, 1] ** 2):
        assert TrainFCNN((x, y)).train().score() > 0.99


def test_of_many_features_and_few_rows_what_is_noise_is_not_learnt():
    scores = [
        TrainFCNN(load_diabetes(return_X_y=True), seed=seed).train().score() for seed in (0, 1)
    ]
    assert np.mean(scores) > 0.4  # without decay -0.1
