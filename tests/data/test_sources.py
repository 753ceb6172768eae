"""Whatever stands for data becomes a data set, or is refused in one clear line."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from own_data import HALF, X
from own_functions import bump
from sklearn.utils import Bunch

from trainfcnn.data.sources import as_dataset
from trainfcnn.data.toy import DATASETS, blobs, make_dataset


@pytest.mark.parametrize("name", DATASETS)
def test_a_name_a_law_and_a_dataset_are_the_same_data(name):
    data = make_dataset(name, 10, 0.1, seed=4)
    for source in (name, DATASETS[name]):
        assert (as_dataset(source, 10, 0.1, 4).x == data.x).all()
    assert as_dataset(data) is data
    assert len(as_dataset(blobs(5)).classes) == 5


class Frame:
    """What a table of some other package has, one that numpy cannot read."""

    columns = ("a", "b")

    def __getitem__(self, name):
        raise KeyError(name)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ((X, HALF, HALF, HALF), r"pair \(X, y\), or .*, got 4 items"),
        (X, r"got one ndarray: try dataset=\(X, y\)"),
        ({"a": 1}, r"lists of equal length .*: try dataset=\(d\['X'\], d\['y'\]\)$"),
        ({"a": [1, 2], "b": [1]}, "a dict of columns must hold lists of equal length"),
        ({}, r"got an empty dict: try dataset=\(X, y\)"),
        (Frame(), r"one of pandas, got a Frame .*: try .to_pandas\(\)"),
        ((pd.DataFrame(X), "y"), "got 'y': if that is a column, try target='y'"),
        (pd.Series(HALF), r"got one Series: try dataset=\(X, y\)"),
        (["xor", "and"], r"must be a single one, got \['xor', 'and'\]: take one after the other"),
        ([DATASETS["xor"], "and"], "a dataset must be a single one"),
        ("xro", "unknown dataset 'xro': did you mean 'xor'"),
        (None, "unknown dataset None"),
    ],
)
def test_what_stands_for_no_data_is_refused_in_one_line(source, told):
    with pytest.raises(ValueError, match=told) as no:
        as_dataset(source)
    assert "\n" not in str(no.value)
    assert len(str(no.value)) < 400


@pytest.mark.parametrize(
    "x", [X, X.tolist(), pd.DataFrame(X), [[0, 1], [1, 0]]], ids=lambda x: type(x)
)
@pytest.mark.parametrize("y", [HALF, HALF.tolist(), [0, 1]], ids=type)
def test_arrays_in_two_arguments_are_answered_with_the_pair(x, y):
    with pytest.raises(ValueError, match=r"in one argument, .*: try TrainFCNN\(\(X, y\)\)"):
        as_dataset(x, y)


def test_a_column_in_the_place_of_a_second_argument_is_answered_with_target():
    with pytest.raises(ValueError, match="got 'y': if that is the target's column, try target='y'"):
        as_dataset(pd.DataFrame({"a": X[:, 0], "y": HALF}), "y")


@pytest.mark.parametrize(("name", "value"), [("target", "y"), ("drop", ["a"]), ("missing", "drop")])
@pytest.mark.parametrize("source", ["xor", (X, HALF), (pd.DataFrame(X), HALF), bump])
def test_what_is_for_tables_is_refused_elsewhere(name, value, source):
    with pytest.raises(ValueError, match=f"{name} is for tables"):
        as_dataset(source, **{name: value})


BUNCH = {"data": X, "target": HALF, "feature_names": ["a", "b"]}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (Bunch(**BUNCH), ("a", "b")),
        (BUNCH, ("a", "b")),
        ({"data": X, "target": HALF}, ()),
        (Bunch(**BUNCH | {"feature_names": None}), ()),
        (Bunch(**BUNCH | {"data": pd.DataFrame(X, columns=["c", "d"])}), ("c", "d")),
        ({"X": X, "y": HALF}, ()),
    ],
)
def test_a_bunch_and_a_dict_of_x_and_y_are_the_pair(source, names):
    data = as_dataset(source)
    pair = as_dataset((X, HALF))
    assert (data.x == pair.x).all()
    assert (data.y_test == pair.y_test).all()
    assert data.feature_names == names


def test_feature_names_of_a_dataset_made_by_hand_must_fit():
    data = replace(as_dataset((X, HALF)), feature_names=("a",))
    with pytest.raises(ValueError, match="feature_names of a Dataset must be one a column, got 1"):
        as_dataset(data)


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "housing", "titanic", "cifar10"])
def test_other_data_of_that_name_are_no_reason_for_a_wild_guess(name):
    with pytest.raises(ValueError, match=r"choose from .*; or give your own as") as no:
        as_dataset(name)
    assert "did you mean" not in str(no.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *(("xro", "xor"), ("mnits", "mnist"), ("make_moons", "moons"), ("Spiral", "spiral")),
        *(("make_circles", "circles"), ("fashion-mnist", "fashion_mnist"), ("digit", "digits")),
    ],
)
def test_a_misspelt_name_is_still_guessed(name, meant):
    with pytest.raises(ValueError, match=f"unknown dataset '{name}': did you mean '{meant}'"):
        as_dataset(name)


@pytest.mark.parametrize(
    ("source", "given", "told"),
    [
        ((X, HALF), {"n_samples": 10}, "n_samples is for data sets that are drawn.* n_samples=10"),
        ((X, HALF), {"noise": 0.1}, "noise is for data sets that are drawn.* noise=0.1"),
        ((X, HALF), {"kind": "binry"}, "unknown kind 'binry': did you mean 'binary'"),
        ((X, HALF), {"kind": "multiclass"}, "y has 2 classes, .* got kind='multiclass'"),
        ((X, np.arange(50) % 3), {"kind": "binary"}, "y has 3 classes, .* got kind='binary'"),
        ((X, ["a", "b"] * 25), {"kind": "regression"}, "y must .*numbers.* kind='regression'"),
        ((X, HALF), {"seed": -1}, "seed must be an integer of 0 or more, got -1"),
        ("xor", {"kind": "regression"}, "'xor' is binary, got kind='regression'"),
        (bump, {"kind": "binary"}, "kind='binary'"),
    ],
)
def test_arguments_that_do_not_suit_the_source_are_refused(source, given, told):
    with pytest.raises(ValueError, match=told):
        as_dataset(source, **given)


def test_a_set_of_images_has_its_name_like_any_other_data():
    data = as_dataset("digits", n_samples=100, seed=3, normalize="standard")
    assert (data.name, len(data.x), data.image_shape) == ("digits", 100, (8, 8))
    assert data.normalize == "standard"


def test_a_ready_dataset_of_images_keeps_its_normalization_unless_told_another():
    digits = as_dataset("digits", normalize="standard")
    assert as_dataset(digits).normalize == "standard"
    assert as_dataset(digits, normalize=None).normalize is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"image_shape": (7, 7)}, r"that of its rows, got \(7, 7\) for 64 columns"),
        ({"x": np.zeros((9, 8, 8)), "y": np.zeros(9)}, r"x and y of a Dataset must be of shapes"),
        ({"y": np.zeros(3)}, r"x and y of a Dataset must be of shapes \(n, d\) and \(n,\)"),
        ({"x_test": np.zeros((359, 63))}, "x_test and y_test of a Dataset must be of shapes"),
        ({"normalize": "Unit"}, "normalize must be 'unit', 'standard' or None"),
    ],
    ids=str,
)
def test_a_dataset_made_by_hand_whose_parts_do_not_fit_is_refused(changes, told):
    with pytest.raises(ValueError, match=told):
        as_dataset(replace(as_dataset("digits"), **changes))


@pytest.mark.parametrize(
    ("source", "given", "told"),
    [
        ("mnits", {}, "unknown dataset 'mnits': did you mean 'mnist'"),
        ("digits", {"noise": 0.1}, "noise is for data sets that are drawn, got noise=0.1"),
        ("digits", {"n_samples": 9999}, "from 1 to the 1,438 images there are, got 9999"),
        ("digits", {"normalize": "units"}, "normalize must be 'unit', 'standard' or None"),
        ("xor", {"normalize": "standard"}, "normalize is for images.* got normalize='standard'"),
        ("xor", {"data_home": "/data"}, "data_home is for the sets of images.* leave it out"),
        ((X, HALF), {"normalize": "standard"}, "normalize is for images"),
    ],
    ids=str,
)
def test_what_does_not_fit_images_or_points_is_refused(source, given, told):
    with pytest.raises(ValueError, match=told):
        as_dataset(source, **given)
