"""A data set that does not fit what is said of it is refused, whatever about it is wrong."""

import numpy as np
import pytest

from trainfcnn import as_dataset
from trainfcnn.storage.datasets import dataset_of, describe

X = np.random.default_rng(0).normal(size=(30, 2))
LABELLED = as_dataset((X, np.where(X[:, 0] > 0, "yes", "no"), np.linspace(1, 2, 30)))
MEASURED = as_dataset((X, X.sum(axis=1)))


def told(**changes):
    return lambda described, tensors: described.update(changes)


def held(name, change):
    return lambda described, tensors: tensors.update({name: change(tensors[name])})


DAMAGE = {
    "a third class": (LABELLED, told(classes=["a", "b", "c"]), "do not fit a task"),
    "an unknown kind": (MEASURED, told(kind="ranking"), "do not fit a task"),
    "a name too many": (MEASURED, told(feature_names=["a", "b", "c"]), "do not fit its 2 features"),
    "no features": (MEASURED, told(sizes=[30, 0, 0]), "do not fit its 0 features"),
    "a label that is a list": (LABELLED, told(classes=["a", ["b"]]), "a label must be a text"),
    "a size below 0": (MEASURED, told(sizes=[-1, 0, 2]), "must be 0 or more"),
    "weights below 0": (LABELLED, held("data.weights", np.negative), "no weights"),
    "weights of nothing": (LABELLED, held("data.weights", np.zeros_like), "some above 0"),
    "no numbers": (MEASURED, held("data.x", lambda x: x * np.nan), "finite numbers"),
    "a sample short": (MEASURED, held("data.y", lambda y: y[1:]), "its samples are of shapes"),
    "whole targets": (MEASURED, held("data.y", lambda y: y.astype(int)), "targets are of int64"),
    "a class beyond": (LABELLED, held("data.y", lambda y: y + 5), "targets must be below 2"),
}


@pytest.mark.parametrize(("dataset", "damage", "words"), DAMAGE.values(), ids=DAMAGE)
def test_what_does_not_fit_is_refused(dataset, damage, words):
    described, tensors = describe(dataset, with_samples=True)
    assert dataset_of(described, tensors, ()).n_features == 2
    damage(described, tensors)
    with pytest.raises(ValueError, match=words):
        dataset_of(described, tensors, ())


@pytest.mark.parametrize("labels", [["a", "b"], [1.5, 2.5], [np.float32(0.5), np.int64(3)]])
def test_labels_of_any_type_come_back_as_they_were(labels):
    y = [labels[i % 2] for i in range(30)]
    dataset = as_dataset((X, np.array(y, dtype=object)), kind="binary")
    described, tensors = describe(dataset, with_samples=True)
    assert dataset_of(described, tensors, ()).classes == dataset.classes
