"""Every usual score of a network, equal to scikit-learn's."""

import json
import pickle
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import constant_network, run_of, small_dataset
from parametrized import OF_ONE_TARGET
from sklearn import metrics

from trainfcnn import TrainFCNN
from trainfcnn.analysis.scores import Scores, scores_on
from trainfcnn.nn.network import FCNN


def of_sklearn(trainer, x, y):
    """Return what scikit-learn makes of the answers."""
    answers = trainer.predict(x)
    if trainer.kind == "regression":
        return {
            "loss": metrics.mean_squared_error(y, answers),
            "r2": metrics.r2_score(y, answers),
            "mse": metrics.mean_squared_error(y, answers),
            "rmse": metrics.root_mean_squared_error(y, answers),
            "mae": metrics.mean_absolute_error(y, answers),
            "max_error": metrics.max_error(y, answers),
        }
    shares = trainer.predict_proba(x)
    labels = trainer.dataset.classes
    is_binary = len(labels) == 2
    loss = metrics.log_loss(y, shares, labels=labels)
    f1 = {"pos_label": labels[1]} if is_binary else {"average": "macro"}
    return {
        "loss": loss,
        "accuracy": metrics.accuracy_score(y, answers),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, answers),
        "f1": metrics.f1_score(y, answers, **f1),
        "auc": metrics.roc_auc_score(y, shares[:, 1] if is_binary else shares, multi_class="ovr"),
        "log_loss": loss,
    }


def own_labels(trainer):
    data = trainer.dataset
    return np.array(data.classes)[data.y_test] if data.classes else data.y_test


SOURCES = {
    "binary": "xor",
    "noisy": "moons",
    "multiclass": "squares",
    "regression": "prod",
    "images": "digits",
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("epochs", [0, 3])
def test_scores_are_those_of_scikit_learn(source, epochs):
    trainer = TrainFCNN(source, n_samples=300, noise=0.0 if source == "digits" else 0.2)
    trainer.train([4], epochs=epochs)
    found = trainer.evaluate()
    x, y = trainer.dataset.x_test, own_labels(trainer)
    assert list(found) == list(of_sklearn(trainer, x, y))
    assert found == pytest.approx(of_sklearn(trainer, x, y), rel=1e-9)
    assert trainer.evaluate(x, y) == found
    assert trainer.results()["test_loss"] == found["loss"]
    assert trainer.score() == list(found.values())[1]
    assert found.n_samples == len(x)


@given(data=st.data(), n_classes=st.integers(2, 4), n=st.integers(2, 12))
def test_whatever_is_in_a_sample_scores_are_scikit_learns_or_undefined(data, n_classes, n):
    kind = "binary" if n_classes == 2 else "multiclass"
    n_outputs = 1 if n_classes == 2 else n_classes
    whole = np.arange(n_classes * 2)
    names = tuple(f"class {one}" for one in range(n_classes))
    dataset = replace(
        small_dataset(kind, len(whole), inputs=n_outputs), y=whole % n_classes, classes=names
    )
    network = FCNN([n_outputs, n_outputs], last_activation="linear")
    network.linears[0].weight.data.copy_(network.linears[0].weight.new_tensor(np.eye(n_outputs)))
    trainer = TrainFCNN.from_run(run_of(network, dataset))
    # few values, so that many are tied
    some = st.sampled_from([-1.0, 0.0, 1.0, 2.5])
    row = st.lists(some, min_size=n_outputs, max_size=n_outputs)
    x = np.array(data.draw(st.lists(row, min_size=n, max_size=n)))
    y = np.array(data.draw(st.lists(st.sampled_from(names), min_size=n, max_size=n)))
    found = trainer.evaluate(x, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if len({*y}) < n_classes:
            assert np.isnan(found["auc"])
        else:
            shares = trainer.predict_proba(x)
            theirs = shares[:, 1] if n_classes == 2 else shares
            auc = metrics.roc_auc_score(y, theirs, multi_class="ovr", labels=names)
            assert found["auc"] == pytest.approx(auc)
        answers = trainer.predict(x)
        balanced = metrics.balanced_accuracy_score(y, answers)
        assert found["balanced_accuracy"] == pytest.approx(balanced)
        f1 = {"pos_label": names[1]} if n_classes == 2 else {"average": "macro"}
        theirs = metrics.f1_score(y, answers, **f1, zero_division=np.nan)
    assert found["f1"] == pytest.approx(theirs, nan_ok=True)


@pytest.mark.parametrize("kind", OF_ONE_TARGET)
def test_of_a_single_sample_what_is_undefined_is_not_a_number_and_nobody_is_warned(kind):
    dataset = small_dataset(kind)
    run = run_of(constant_network(dataset, 0.0), dataset)
    found = scores_on(run, dataset.x[:1], dataset.y[:1])
    undefined = {name for name, value in found.items() if np.isnan(value)}
    assert undefined == ({"r2"} if kind == "regression" else {"auc"})
    assert "undefined" in repr(found)
    assert repr(found).startswith("on 1 sample\n")


@pytest.mark.parametrize("kind", OF_ONE_TARGET)
def test_a_network_that_diverged_has_scores_that_are_no_numbers(kind):
    dataset = small_dataset(kind)
    found = scores_on(run_of(constant_network(dataset, np.nan), dataset), dataset.x, dataset.y)
    assert np.isnan(found["loss"])
    assert np.isnan(found["r2" if kind == "regression" else "auc"])


def test_errors_beyond_any_number_are_infinite():
    dataset = small_dataset("regression")
    found = scores_on(run_of(constant_network(dataset, 1e200), dataset), dataset.x, dataset.y)
    assert found["mse"] == np.inf
    assert found["mae"] == pytest.approx(1e200)


def test_scores_are_a_mapping_that_shows_a_line_each():
    trainer = TrainFCNN("xor", n_samples=200).train([4], epochs=20)
    found = trainer.evaluate()
    first, *lines = repr(found).splitlines()
    assert first == "on 2,500 samples"
    assert [line.split()[0] for line in lines] == list(found)
    assert len({line.rindex("  ") for line in lines}) == 1
    assert json.loads(json.dumps(found)) == {**found}
    back = pickle.loads(pickle.dumps(found))
    assert (back, repr(back)) == (found, repr(found))
    assert pd.Series(found)["accuracy"] == found["accuracy"]
    assert repr(Scores({"loss": 0.0, "r2": -1e-9, "mse": 1e7}, 3)).split() == [
        *("on", "3", "samples", "loss", "0.0000", "r2", "-1.000e-09", "mse", "1.000e+07")
    ]


def test_a_table_is_evaluated_whole():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(100, 2)), columns=["a", "b"])
    frame["sort"] = np.where(frame.a > frame.b, "spam", "ham")
    trainer = TrainFCNN(frame, target="sort").train(epochs=5)
    apart = trainer.evaluate(frame[["a", "b"]], frame["sort"])
    assert trainer.evaluate(frame) == apart


def test_what_cannot_be_evaluated_is_refused():
    x = np.array([[0.0, 1], [1, 0], [1, 1]])
    trainer = TrainFCNN((x, [0, 1, 1]), test_size=0)
    with pytest.raises(RuntimeError, match="not trained yet"):
        trainer.evaluate()
    trainer.train(epochs=1)
    with pytest.raises(ValueError, match="there is no test sample to score on: give X and y"):
        trainer.evaluate()
    with pytest.raises(ValueError, match=r"^evaluate must get both X and y, or neither"):
        trainer.evaluate(x)
    with pytest.raises(ValueError, match="y must hold the classes"):
        trainer.evaluate(x, [0, 1, 2])
    assert trainer.results()["test_loss"] is None
    with pytest.raises(AttributeError, match="use evaluate"):
        _ = trainer.metrics
