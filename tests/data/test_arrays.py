"""Own arrays come out as the data set that they are, or are refused in one clear line."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from own_data import HALF, RNG, X, everything
from scipy.sparse import csr_matrix

from trainfcnn import TrainFCNN
from trainfcnn.data.arrays import as_class_indices, check_inputs, check_targets
from trainfcnn.data.sources import as_dataset

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
    "digits_as_text": (np.array(["0", "1"])[HALF], "binary", ("0", "1")),
    "signs": (np.array(["-", "+"])[HALF], "binary", ("+", "-")),
    "nullable_bools": (pd.Series(HALF == 1, dtype="boolean"), "binary", (False, True)),
    "nullable_ints": (pd.Series(HALF, dtype="Int64"), "binary", (0, 1)),
    "categories": (pd.Categorical.from_codes(HALF, ["b", "a"]), "binary", ("a", "b")),
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
        (([["a", "b"]], [0]), "X must hold numbers, got 'a' in row 0"),
        ((X + 1j, HALF), "X must hold numbers"),
        ((with_nan(X, 7), HALF), "X must be finite, got NaN or infinity in row 7"),
        ((np.where(X > 1.9, np.inf, X), HALF), "X must be finite"),
        ((X, with_nan(HALF, 7)), "y must be finite, got NaN or infinity at 7"),
        ((X, with_nan(HALF, 7).astype(object)), "y must be finite, got NaN or infinity at 7"),
        ((X, HALF[:-1]), "equal length, got 50 rows and 49 targets"),
        ((X, X[:-1]), "equal length, got 50 rows and 49 rows of targets"),
        ((X, with_nan(X, (7, 1))), "y must be finite, got NaN or infinity in row 7, column 1"),
        ((X, np.array([["a", "b"]] * 50)), "y must hold numbers in all of 2 columns"),
        ((X, X[:, :, None]), r"y must be of shape \(n,\) or \(n, 1\), got shape \(50, 2, 1\)"),
        ((X, pd.DataFrame(X, columns=["a", "a"])), "targets must have different names"),
        ((X, 1), r"y must be of shape \(n,\) or \(n, 1\), got shape \(\)"),
        ((X, [[1], [2, 3]]), "y must"),
        ((X, np.zeros(50, int)), "at least two classes, got only 0"),
        ((X, ["a"] * 50), "at least two classes, got only 'a'"),
        ((X, HALF + 1j), "y must be numbers, booleans or strings, got dtype complex128"),
        ((X, [None, "a"] * 25), "y must .* got None in row 0"),
        ((X, ["a", "b", None, "a", "b"] * 10), "y must .* got None in row 2"),
        ((X, ["a", "b", np.nan, "a", "b"] * 10), "y must .* got nan in row 2"),
        ((X, pd.Series(["a", "b", None, "a", "b"] * 10)), "y must .* got nan in row 2"),
        ((X, [1.5, 2.5, "NA", 1.5, 2.5] * 10), "y must be all .* got 'NA' in row 2"),
        ((X, np.array([1, "a", 2, 3, 4] * 10, dtype=object)), "y must .* got 'a' in row 1"),
        ((X, ["yes", "no", "?", "yes", "no"] * 10), r"no missing labels, got '\?' in row 2"),
        ((X, [*map(str, X[1:, 0]), "$2"]), r"all numbers or all labels, got '\$2' in row 49"),
        ((X, [f"s{i}" for i in range(50)]), "got 50 different ones .* is it a name or a date"),
        (
            (X, np.ma.masked_equal(HALF, 1)),
            r"y must hold no masked .* in row 1: .*y.filled",
        ),
        ((np.ma.masked_greater(X, 1.9), HALF), r"X must hold no masked values, .*X.filled"),
        ((X, np.array(["2020-01-01", "NaT"] * 25, "M8[D]")), "y must be .*, got dates"),
        ((np.full((50, 2), "NaT", "M8[D]"), HALF), "X must be numbers, got dates"),
        ((np.full((50, 2), 1, "m8[D]"), HALF), "X must be numbers, got dates"),
        ((X, np.eye(2)[HALF]), r"try y.argmax\(1\), .* or say kind='multilabel', .*'regression'"),
        ((X, pd.get_dummies(HALF)), r"0 and 1 in 2 columns must be .*: try y.argmax\(1\)"),
        ((X, np.ones((50, 2))), "0 and 1 in 2 columns must be told what it is: say kind='multi"),
        ((csr_matrix(X), HALF), r"dense, got a sparse csr_matrix: try X.toarray\(\)"),
        ((np.zeros((50, 4, 4, 1)), HALF), r"try X\[..., 0\]"),
        ((np.zeros((50, 1, 4, 4)), HALF), r"try X\[:, 0\]"),
        ((np.zeros((50, 4, 4, 3)), HALF), "average the colours"),
        (([["a", 1.0]] * 50, HALF), "X must hold numbers, got 'a' in row 0: .*a frame of pandas"),
    ],
)
def test_bad_arrays_are_refused_in_one_line(source, told):
    with pytest.raises(ValueError, match=told) as no:
        as_dataset(source)
    assert "\n" not in str(no.value)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_own_images_keep_their_shape_and_bytes_stay_bytes(dtype):
    images = np.arange(20 * 12).reshape(20, 4, 3).astype(dtype)
    data = as_dataset((images, [0, 1] * 10), normalize=None)
    assert data.image_shape == (4, 3)
    assert data.normalize is None
    assert data.x.dtype == dtype
    rows = np.concatenate([data.x, data.x_test])
    assert sorted(map(tuple, rows)) == sorted(map(tuple, images.reshape(20, 12)))


@pytest.mark.parametrize(("n", "kind"), [(20, "multiclass"), (21, "regression")])
@pytest.mark.parametrize("dtype", [int, float])
def test_up_to_twenty_whole_numbers_are_classes_and_more_are_values(n, kind, dtype):
    y = np.arange(5 * n).astype(dtype) % n
    data = as_dataset((RNG.normal(size=(5 * n, 2)), y))
    assert (data.kind, len(data.classes)) == (kind, n if kind == "multiclass" else 0)


def test_floats_as_text_are_numbers_as_they_are_in_inputs():
    data = as_dataset((X.astype(str), [f"{value:.3f}" for value in X[:, 0]]))
    assert data.kind == "regression"
    assert (data.x == as_dataset((X, X[:, 0])).x).all()
    assert (data.y == as_dataset((X, X[:, 0].round(3))).y).all()


@pytest.mark.parametrize(
    ("y", "told"),
    [
        ([1.5, 2.5, "NA", 1.5, 2.5] * 10, "'NA' in row 2"),
        (["1", "2", "24.5%", "1", "2"] * 10, "'24.5%' in row 2: leave kind out"),
        (["1", "2", "b", "1", "2"] * 10, "'b' in row 2: leave kind out"),
    ],
)
def test_a_regression_names_the_first_target_that_is_no_number(y, told):
    with pytest.raises(ValueError, match=told):
        as_dataset((X, y), kind="regression")


@pytest.mark.parametrize("n", [500, 100_000])
@pytest.mark.parametrize(("make", "kind"), [(str, None), (str, "multiclass"), (int, "multiclass")])
def test_so_many_labels_are_refused_before_anything_is_made_of_them(n, make, kind):
    y = [make(f"{i}") if make is int else f"s{i}" for i in range(n)]
    if kind and n == 500:
        assert len(as_dataset((np.zeros((n, 1)), y), kind=kind).classes) == n
        return
    with pytest.raises(ValueError, match=f"got {n:,} different ones .* a name or a date"):
        as_dataset((np.zeros((n, 1)), y), kind=kind)


def test_labels_that_come_again_may_be_many():
    letters = [f"letter {i % 26}" for i in range(260)]
    assert len(as_dataset((np.zeros((260, 1)), letters)).classes) == 26


@pytest.mark.parametrize(
    "make",
    [
        lambda x: torch.tensor(x, requires_grad=True),
        lambda x: torch.tensor(x).bfloat16(),
        lambda x: torch.tensor(x).half(),
        lambda x: x.astype(">f8"),
        lambda x: x.astype(np.float16),
        lambda x: x.astype(object),
        lambda x: np.ma.masked_array(x),
        lambda x: pd.DataFrame(x),
    ],
)
def test_tensors_and_other_arrays_are_taken_as_they_are(make):
    assert np.allclose(check_inputs(make(X)), X, atol=0.01)


@pytest.mark.parametrize(
    ("x", "n_features", "told"),
    [
        (X[0], 2, r"try X\[None\]"),
        (X[:, 0], 1, r"try X\[:, None\]"),
        (X[:, 0], 3, "give one row a sample"),
        (np.zeros(()), 2, "give one row a sample"),
    ],
)
def test_a_single_row_or_column_is_answered_with_the_axis_it_lacks(x, n_features, told):
    with pytest.raises(ValueError, match=told):
        check_inputs(x, n_features)


VIEWS = {
    "rows_backwards": lambda x: x[::-1],
    "columns_backwards": lambda x: x[:, ::-1],
    "flipped": np.flipud,
    "turned": np.rot90,
    "every_second": lambda x: x[::2],
    "fortran": np.asfortranarray,
    "transposed_twice": lambda x: x.T.copy().T,
    "read_only": lambda x: np.broadcast_to(x, x.shape),
}


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, float, int, bool])
@given(name=st.sampled_from(list(VIEWS)), height=st.integers(1, 4), width=st.integers(1, 4))
def test_a_view_in_any_order_is_its_values_for_torch(dtype, name, height, width):
    view = VIEWS[name](np.arange(height * width).reshape(height, width).astype(dtype))
    taken = check_inputs(view)
    assert (torch.tensor(taken).numpy() == np.array(view.tolist())).all()


@pytest.mark.parametrize(
    ("labels", "classes", "indices"),
    [
        (["1", "0"], (0, 1), [1, 0]),
        (["1.5", "2"], (), [1.5, 2.0]),
        ([True, False], (False, True), [1, 0]),
        ([1.0, 0.0], (0, 1), [1, 0]),
    ],
)
def test_labels_of_another_type_are_still_the_classes(labels, classes, indices):
    assert as_class_indices(check_targets(labels, 2), classes).tolist() == indices


@pytest.mark.parametrize(("labels", "classes"), [(["a"], (0, 1)), ([0], ("a", "b")), (["c"], "ab")])
def test_labels_that_are_no_classes_are_refused_with_the_first(labels, classes):
    with pytest.raises(ValueError, match="y must hold the classes"):
        as_class_indices(check_targets(labels, 1), tuple(classes))


# --- classes or values ---


@pytest.mark.parametrize(
    ("y", "kind", "told"),
    [
        ([0, 0, 0, 1], "binary", "classes 0/1"),
        ([1.0, -1.0], "binary", "classes -1/1"),
        ([1, 2, 1], "binary", "classes 1/2"),
        (np.arange(45) % 3, "multiclass", "classes 0/1/2, else say kind='regression'"),
        (np.arange(50) % 10, "multiclass", "classes 0 to 9, else say kind='regression'"),
        (np.arange(49) % 10, "regression", "10 whole numbers taken for values, else say"),
        (np.arange(15), "regression", "15 whole numbers taken for values, else say kind='multi"),
        (np.arange(200) % 40, "regression", "40 whole numbers taken for values"),
        ([7, 9, 9, 7], "regression", "2 whole numbers taken for values"),
        ([60323, 61122, 60171, 61187, 63221], "regression", "5 whole numbers"),
    ],
    ids=str,
)
def test_whole_numbers_are_classes_where_each_has_five_members_and_it_is_said(y, kind, told):
    data = as_dataset((np.arange(len(y))[:, None], y))
    assert data.kind == kind
    assert told in repr(data)
    assert told in repr(TrainFCNN(data))


@pytest.mark.parametrize(
    "y", [["a", "b"] * 20, HALF == 1, X[:, 0], np.arange(50.0)], ids=["text", "bools", "x", "all"]
)
def test_what_could_be_nothing_else_is_no_guess(y):
    assert as_dataset((X[: len(y)], y)).notes == ()
    assert as_dataset((X, HALF), kind="binary").notes == ()


def test_a_constant_target_is_called_one():
    told = "all targets are 2.5: there is nothing to learn"
    assert told in repr(as_dataset((X, np.full(50, 2.5))))
    assert told in repr(as_dataset((X, np.full(50, 2.5)), test_size=0))


# --- what is held out ---


@pytest.mark.parametrize(("n", "held"), [(19, 0), (20, 4), (21, 4)])
def test_of_fewer_than_twenty_rows_nothing_is_held_out_unless_asked(n, held):
    data = as_dataset((X[:n], X[:n, 0]))
    assert len(data.x_test) == held
    assert ("nothing held out for the test" in repr(data)) == (not held)
    assert len(as_dataset((X[:n], X[:n, 0]), test_size=0.2).x_test) == 4


@pytest.mark.parametrize(("share", "held"), [(0, 0), (0.1, 5), (0.5, 25), (np.float32(0.2), 10)])
def test_a_share_that_is_asked_for_is_held_out(share, held):
    data = as_dataset((X, X[:, 0]), test_size=share)
    assert (len(data.x), len(data.x_test)) == (50 - held, held)
    assert sorted(map(tuple, everything(data)[0])) == sorted(map(tuple, X))


def test_a_given_test_sample_is_the_one_and_all_else_is_learnt():
    labels = np.array(["no", "yes"])[HALF]
    data = as_dataset((X[:30], labels[:30]), test_size=(X[30:].tolist(), labels[30:]))
    assert (data.x == X[:30]).all()
    assert (data.x_test == X[30:]).all()
    assert np.array(data.classes)[data.y_test].tolist() == labels[30:].tolist()
    assert (data.domain.low, data.domain.high) == (tuple(X.min(0)), tuple(X.max(0)))
    assert "held out" not in repr(data)
    values = as_dataset((X, X[:, 0]), test_size=(X, np.arange(50)))
    assert values.y_test.dtype == np.float64


def test_classes_of_two_each_still_give_a_test_sample_and_lose_none():
    y = np.repeat([f"class {i}" for i in range(25)], 2)
    data = as_dataset((X, y), kind="multiclass")  # unsaid, these might be names
    assert len(data.x_test) == 10
    assert set(data.y) == set(range(25))


@pytest.mark.parametrize(
    ("y", "test_size", "told"),
    [
        (HALF, 1, "test_size must be a share from 0 to below 1, or a test sample .*, got 1: try"),
        (HALF, -0.1, "test_size must be a share"),
        (HALF, "0.2", "test_size must be a share .* got '0.2': try test_size=0.2"),
        (HALF, True, "test_size must be a share"),
        (HALF, (0.1, 0.2), "test_size must be a share"),
        (HALF, float("nan"), "test_size must be a share"),
        (HALF, 0.001, "test_size must leave samples on both sides.* try another share, or test_s"),
        (X[:, 0], 0.995, "test_size must leave samples on both sides.*which leaves 0 of 50"),
        (HALF, 0.99, "test_size must leave .* which leaves 0 of class 0 of 50"),
        (HALF, (X[:, :1], HALF), "the test sample, .* does not fit: X must have the 2 features"),
        (HALF, (X, HALF[1:]), "the test sample, .* does not fit: X and y must be of equal length"),
        (HALF, (X, HALF + 1), "the test sample, .* does not fit: y must hold the classes"),
        (HALF, (X[:0], HALF[:0]), "the test sample, .* does not fit: X must be of shape"),
    ],
    ids=str,
)
def test_what_is_no_split_is_refused_in_one_line(y, test_size, told):
    with pytest.raises(ValueError, match=told) as no:
        as_dataset((X, y), test_size=test_size)
    assert "\n" not in str(no.value)
    assert len(str(no.value)) < 300


@pytest.mark.parametrize("source", ["xor", "digits", as_dataset((X, HALF)), lambda x1, x2: x1 > x2])
@pytest.mark.parametrize("test_size", [0.3, 0, (X, HALF)], ids=["share", "none", "pair"])
def test_where_there_is_a_test_sample_of_its_own_no_other_is_taken(source, test_size):
    with pytest.raises(ValueError, match="test_size is for own arrays and files, and") as no:
        as_dataset(source, test_size=test_size)
    assert len(str(no.value)) < 400


# --- how it is to be learnt ---


@pytest.mark.parametrize(("n", "d", "share"), [(1000, 10, 0.01), (50, 4, 0.08), (90, 50, 0.1)])
def test_decay_is_by_features_over_rows_and_by_what_no_line_explains(n, d, share):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, d))
    noise = rng.normal(size=n)
    line = x @ np.arange(1, d + 1)
    half = line + line.std() * noise  # half of its variance is noise
    targets = {0.5: line > 0, 1.5: noise, 0.75: half, 0.1: line}
    for times, y in targets.items():
        recipe = as_dataset((x * 1000 + 5, y), test_size=0).recommended
        assert recipe["weight_decay"] == pytest.approx(times * share, rel=0.2)
        assert recipe.get("activation") == (None if times == 0.5 else "silu")


@pytest.mark.parametrize("d", [1, 2, 3])
def test_of_few_features_neighbours_tell_a_bent_law_from_noise(d):
    x = np.random.default_rng(0).uniform(-2, 2, (4000, d))
    law = np.cos(3 * x).sum(1)  # of which no line explains anything
    noisy = law + 2 * law.std() * np.random.default_rng(1).normal(size=len(x))
    times = [
        as_dataset((x, y), test_size=0).recommended["weight_decay"] * len(x) / d
        for y in (law, noisy)
    ]
    assert times == pytest.approx([0.1, 1.5 * 4 / 5], rel=0.1)


def test_points_in_one_place_are_each_others_neighbours():
    y = np.arange(40.0) % 4  # no two in one place are alike
    data = as_dataset((np.repeat(np.arange(10.0), 4)[:, None], y), test_size=0, kind="regression")
    assert data.recommended["weight_decay"] > 0.01


@pytest.mark.parametrize(("n", "epochs"), [(5, 200), (3000, 200), (10_000, 60), (90_000, 20)])
def test_many_rows_are_seen_in_fewer_epochs(n, epochs):
    y = np.random.default_rng(0).normal(size=n)
    assert as_dataset((y[:, None], y), test_size=0).recommended["epochs"] == epochs


@pytest.mark.parametrize(
    "x", [np.ones((30, 3)), np.eye(30), X[:30] * 1e160, X[:30] * 1e-160, np.ones((30, 2)) * 1e300]
)
@pytest.mark.parametrize("y", [X[:30, 0] * 1e-160, X[:30, 0] * 1e160, np.full(30, 0.5)])
def test_odd_numbers_get_a_decay_too(x, y):
    assert 0 < as_dataset((x, y)).recommended["weight_decay"] <= 0.15
