"""Own data of any make come out as the data set that they are, or are refused in one clear line."""

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainfcnn.data.functions import from_function
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.tables import from_csv
from trainfcnn.data.toy import DATASETS, TEST_SAMPLES, blobs, make_dataset

RNG = np.random.default_rng(0)
X = RNG.uniform(-2, 2, (50, 2))
HALF = np.arange(50) % 2


def everything(data):
    """Inputs and targets, as the user knows them, of both samples."""
    y = np.concatenate([data.y, data.y_test])
    return np.concatenate([data.x, data.x_test]), np.array(data.classes)[y] if data.classes else y


LABELS = {
    "ints": (HALF, "binary", (0, 1)),
    "three_ints": (np.arange(50) % 3, "multiclass", (0, 1, 2)),
    "gaps": (np.arange(50) % 3 * 10 - 7, "multiclass", (-7, 3, 13)),
    "minus_one": (2 * HALF - 1, "binary", (-1, 1)),
    "bools": (HALF == 1, "binary", (False, True)),
    "column": (HALF[:, None], "binary", (0, 1)),
    "list": (HALF.tolist(), "binary", (0, 1)),
    "unsigned": (HALF.astype(np.uint8) * 255, "binary", (0, 255)),
    "whole_floats": (HALF * 1.0, "binary", (0.0, 1.0)),
    "strings": (np.array(["no", "yes"])[HALF], "binary", ("no", "yes")),
    "objects": (np.array(["b", "a"], dtype=object)[HALF], "binary", ("a", "b")),
    "floats": (X[:, 0], "regression", ()),
    "float32": (X[:, 0].astype(np.float32), "regression", ()),
    "many_whole_floats": (np.arange(50.0), "regression", ()),
    "object_floats": (X[:, 0].astype(object), "regression", ()),
}


@pytest.mark.parametrize("make", LABELS)
def test_targets_say_what_kind_they_are_and_keep_their_names(make):
    y, kind, classes = LABELS[make]
    data = as_dataset((X, y))
    assert (data.kind, data.classes) == (kind, classes)
    assert [type(name) for name in data.classes] == [type(name) for name in classes]
    x, labels = everything(data)
    wanted = dict(zip(map(tuple, X), np.ravel(y).tolist(), strict=True))
    assert [wanted[point] for point in map(tuple, x)] == labels.tolist()


@pytest.mark.parametrize("make", [np.float32, int, bool, list])
def test_inputs_of_any_number_type_become_float64(make):
    given = X.tolist() if make is list else X.astype(make)
    data = as_dataset((given, HALF))
    assert data.x.dtype == data.x_test.dtype == np.float64
    assert sorted(map(tuple, everything(data)[0])) == sorted(map(tuple, np.asarray(given, float)))


def test_own_data_are_copied_and_left_as_they_are():
    given, labels = X.copy(), HALF.copy()
    data = as_dataset((given, labels))
    assert not np.shares_memory(data.x, given)
    assert (given == X).all()
    assert (labels == HALF).all()


@pytest.mark.parametrize("make", LABELS)
def test_the_held_out_fifth_is_disjoint_complete_and_the_same_for_a_seed(make):
    first, again, other = (as_dataset((X, LABELS[make][0]), seed=seed) for seed in (1, 1, 2))
    assert sorted(map(tuple, everything(first)[0])) == sorted(map(tuple, X))
    assert len(first.x_test) == pytest.approx(10, abs=1)
    assert (first.x_test == again.x_test).all()
    assert first.x_test.tolist() != other.x_test.tolist()


@pytest.mark.parametrize("counts", [(10, 40), (5, 10, 100)])
def test_the_held_out_fifth_is_a_fifth_of_every_class(counts):
    y = np.repeat(np.arange(len(counts)), counts)
    data = as_dataset((RNG.normal(size=(len(y), 3)), y))
    assert np.bincount(data.y_test).tolist() == [count / 5 for count in counts]


def test_kind_turns_whole_numbers_into_a_regression():
    data = as_dataset((X, HALF), kind="regression")
    assert (data.kind, data.classes, data.y.dtype) == ("regression", (), np.float64)


def test_kind_turns_many_whole_floats_into_classes():
    data = as_dataset((X, np.arange(50.0) // 2), kind="multiclass")
    assert len(data.classes) == 25


def test_the_domain_is_the_bounding_box_of_all_points():
    domain = as_dataset((X, HALF)).domain
    assert (domain.low, domain.high) == (tuple(X.min(0)), tuple(X.max(0)))


def test_a_constant_feature_has_a_domain_of_positive_width():
    domain = as_dataset((np.column_stack([X[:, 0], np.full(50, 3.0)]), HALF)).domain
    assert (domain.low[1], domain.high[1]) == (2.5, 3.5)


# functions of the plane: one formula, for arrays and (with `if` and `and`) for numbers only


def positive(x1, x2):
    return x1 > 0


def positive_scalar(x1, x2):
    return bool(x1 > 0 and abs(x2) < 9)


def thirds(x1, x2):
    return (x1 > -1) * 1 + (x1 > 1) * 1


def thirds_scalar(x1, x2):
    if x1 <= -1:
        return 0
    return 2 if x1 > 1 else 1


def minus_plus(x1, x2):
    return np.where(x1 > 0, 1, -1)


def bump(x1, x2):
    return np.sin(x1) * x2


def bump_scalar(x1, x2):
    return math.sin(x1) * x2


def hinge(x1, x2):
    return np.maximum(x1, 0)


def hinge_scalar(x1, x2):
    if x1 < 0:
        return 0  # an int here, a float elsewhere
    return x1


FUNCTIONS = {
    positive: (positive, "binary", (False, True)),
    positive_scalar: (positive, "binary", (False, True)),
    thirds: (thirds, "multiclass", (0, 1, 2)),
    thirds_scalar: (thirds, "multiclass", (0, 1, 2)),
    minus_plus: (minus_plus, "binary", (-1, 1)),
    bump: (bump, "regression", ()),
    bump_scalar: (bump, "regression", ()),
    hinge: (hinge, "regression", ()),
    hinge_scalar: (hinge, "regression", ()),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_sampled_as_what_its_results_make_it(function):
    vectorised, kind, classes = FUNCTIONS[function]
    data = as_dataset(function, n_samples=300)
    assert (data.name, data.kind, data.classes) == (function.__name__, kind, classes)
    labels = np.array(classes)[data.y] if classes else data.y
    np.testing.assert_allclose(labels, vectorised(*data.x.T).astype(labels.dtype))
    assert np.abs(data.x).max() <= 2
    assert (data.x_test.shape, data.y_test.shape) == ((TEST_SAMPLES, 2), (TEST_SAMPLES,))
    assert (data.law.truth(*data.x.T) == data.y).all()


def test_a_whole_numbered_function_can_be_a_regression():
    data = as_dataset(thirds, n_samples=20, kind="regression")
    assert (data.kind, data.y.dtype) == ("regression", np.float64)


def test_noise_moves_the_inputs_of_a_function_but_not_its_labels():
    clean, noisy = (as_dataset(positive, n_samples=99, noise=noise) for noise in (0, 0.5))
    assert (clean.y == noisy.y).all()
    assert not (clean.x == noisy.x).any()


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda x1, x2: x1 > 9, "at least two classes, got only False"),
        (lambda x1, x2: x1 * np.nan, "finite numbers or booleans, got .*nan"),
        (lambda x1, x2: "red", "finite numbers or booleans, got .*red"),
        (lambda x1, x2: np.zeros(3), "own function"),
        (lambda x1: x1 > 0, "own function"),
    ],
    ids=["one_class", "nan", "string", "wrong_shape", "one_argument"],
)
def test_a_function_that_is_no_truth_is_refused(function, told):
    with pytest.raises(ValueError, match=told):
        as_dataset(function)


def test_a_class_too_small_for_the_grid_is_refused_where_it_is_met():
    law = from_function(lambda x1, x2: 2 * (x1 > 0) + (np.abs(x1 - 1.503) < 1e-3))
    with pytest.raises(ValueError, match="gives a class on too small a part of"):
        law.truth(np.array([1.503]), np.array([0.0]))


@pytest.mark.parametrize("name", DATASETS)
def test_a_name_a_law_and_a_dataset_are_the_same_data(name):
    data = make_dataset(name, 10, 0.1, seed=4)
    for source in (name, DATASETS[name]):
        assert (as_dataset(source, 10, 0.1, 4).x == data.x).all()
    assert as_dataset(data) is data
    assert len(as_dataset(blobs(5)).classes) == 5


ROWS = [(x1, x2, int(x1 > 0)) for x1, x2 in X.round(6).tolist()]


def csv_text(separator=",", header="", label=str, newline="\n"):
    lines = [separator.join([str(x1), str(x2), label(y)]) for x1, x2, y in ROWS]
    return newline.join([header] * bool(header) + lines) + newline


CSV_FILES = {
    "with_header": (csv_text(header="first,second,label"), (0, 1)),
    "without_header": (csv_text(), (0, 1)),
    "semicolons": (csv_text(";", "first;second;label"), (0, 1)),
    "semicolons_and_commas": (csv_text(";", "length (cm, mean);b;label"), (0, 1)),
    "tabs": (csv_text("\t"), (0, 1)),
    "strings": (csv_text(label=lambda y: ("no", "yes")[y]), ("no", "yes")),
    "spaced_strings": (csv_text(label=lambda y: (" no", " yes ")[y]), ("no", "yes")),
    "quoted": (csv_text(header='"a","b","c, d"', label=lambda y: f'"{y}"'), (0, 1)),
    "windows": ("\ufeff" + csv_text(newline="\r\n"), (0, 1)),
    "blank_lines": (csv_text(newline="\n\n"), (0, 1)),
    "whole_floats": (csv_text(label=lambda y: f"{y}.0"), (0.0, 1.0)),
}


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "flowers.csv"
        path.write_bytes(text.encode())
        return path

    return write


@pytest.mark.parametrize("make", CSV_FILES)
@pytest.mark.parametrize("as_path", [str, Path])
def test_a_csv_file_is_its_numbers_with_the_target_in_the_last_column(make, as_path, write):
    text, classes = CSV_FILES[make]
    data = as_dataset(as_path(write(text)))
    assert (data.name, data.kind, data.classes) == ("flowers", "binary", classes)
    x, y = everything(data)
    expected = sorted((x1, x2, classes[label]) for x1, x2, label in ROWS)
    assert sorted(zip(*x.T.tolist(), y.tolist(), strict=True)) == expected


def test_kind_goes_for_csv_files_too(write):
    assert from_csv(write(csv_text()), kind="regression").classes == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "at least one row of numbers, got none"),
        ("a,b,c\n", "at least one row of numbers, got none"),
        ("a,b,c\n1,2,0\n3,1\n", "line 3 holds 2, the first 3"),
        ("1,2,0\n\n3,4,1,5\n", "line 3 holds 4, the first 3"),
        ("a\n1\n2\n", "two at least: line 2 holds 1"),
        ("a,b,c\n1,2,0\n3,x,1\n", "got 'x' in line 3"),
        ("a,b,c\n1,,0\n3,4,1\n", "got '' in line 2"),
        ("a,b,c\n1,2,0\n3,4,\n", "line 3"),
        ('"a\nb",c,d\n1,2,0\n3,x,1\n', "got 'x' in line 4"),
        ("a,b,c\n1,nan,0\n3,4,1\n", "line 2"),
    ],
    ids=[
        "empty",
        "header_only",
        "ragged",
        "ragged_after_a_blank_line",
        "one_column",
        "text",
        "missing_input",
        "missing_target",
        "line_break_in_header",
        "nan",
    ],
)
def test_a_bad_csv_file_is_refused_with_its_path_and_line(text, told, write):
    path = write(text)
    with pytest.raises(ValueError, match=re.escape(told)) as no:
        as_dataset(path)
    assert repr(str(path)) in str(no.value)


@pytest.mark.parametrize("path", ["nowhere/none.csv", "none.CSV", Path("none.csv"), Path()])
def test_a_file_that_cannot_be_read_is_refused_with_its_path(path):
    with pytest.raises(ValueError, match="file") as no:
        as_dataset(path)
    assert repr(str(path)) in str(no.value)


def with_nan(values, place):
    values = np.array(values, dtype=float)
    values[place] = np.nan
    return values


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (([], []), r"X must be of shape \(n, d\) .* got shape \(0,\)"),
        ((np.zeros((0, 2)), []), r"X must be of shape \(n, d\) .* got shape \(0, 2\)"),
        ((X[:, 0], HALF), r"X must be of shape \(n, d\) .* got shape \(50,\)"),
        (([[1, 2], [3]], [0, 1]), "X must hold numbers in equal rows"),
        (([["a", "b"]], [0]), "X must hold numbers .* 'a'"),
        ((X + 1j, HALF), "X must hold numbers"),
        ((with_nan(X, 7), HALF), "X must be finite, got NaN or infinity in row 7"),
        ((np.where(X > 1.9, np.inf, X), HALF), "X must be finite"),
        ((X, with_nan(HALF, 7)), "y must be finite, got NaN or infinity at 7"),
        ((X, with_nan(HALF, 7).astype(object)), "y must be finite, got NaN or infinity at 7"),
        ((X, HALF[:-1]), "equal length, got 50 rows and 49 targets"),
        ((X, X), r"y must be of shape \(n,\) or \(n, 1\), got shape \(50, 2\)"),
        ((X, 1), r"y must be of shape \(n,\) or \(n, 1\), got shape \(\)"),
        ((X, [[1], [2, 3]]), "y must"),
        ((X, np.zeros(50, int)), "at least two classes, got only 0"),
        ((X, ["a"] * 50), "at least two classes, got only 'a'"),
        ((X, HALF + 1j), "y must be numbers, booleans or strings, got dtype complex128"),
        ((X, [None, "a"] * 25), "y must .* None"),
        ((X, np.array([1, "a"] * 25, dtype=object)), "y must"),
        ((X, HALF, HALF), r"pair \(X, y\), got 3 items"),
        (X, r"try dataset=\(X, y\)"),
        ("xro", "unknown dataset 'xro': did you mean 'xor'"),
        (None, "unknown dataset None"),
    ],
)
def test_bad_data_are_refused_in_one_line(source, told):
    with pytest.raises(ValueError, match=told) as no:
        as_dataset(source)
    assert "\n" not in str(no.value)


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


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_own_images_keep_their_shape_and_bytes_stay_bytes(dtype):
    images = np.arange(20 * 12).reshape(20, 4, 3).astype(dtype)
    data = as_dataset((images, [0, 1] * 10), normalize=None)
    assert data.image_shape == (4, 3)
    assert data.normalize is None
    assert data.x.dtype == dtype
    rows = np.concatenate([data.x, data.x_test])
    assert sorted(map(tuple, rows)) == sorted(map(tuple, images.reshape(20, 12)))


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
