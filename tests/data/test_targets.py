"""Several targets a row: values, or labels that are said to be such."""

import numpy as np
import pandas as pd
import pytest

from trainfcnn.data.sources import as_dataset

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
VALUES = np.column_stack([X[:, 0], 100 * X[:, 1], X.sum(1)])
LABELS = (VALUES > 0).astype(int)
TABLE = pd.DataFrame(np.column_stack([X, VALUES]), columns=["u", "v", "a", "b", "c"])


@pytest.mark.parametrize("y", [LABELS, LABELS.astype(bool), LABELS.astype(float).tolist()])
def test_labels_are_whole_numbers_and_no_classes(y):
    data = as_dataset((X, y), kind="multilabel")
    assert (data.kind, data.classes, data.target_names) == (
        "multilabel", (), ("label 0", "label 1", "label 2"),
    )  # fmt: skip
    assert data.y.dtype == np.int64
    assert data.y.shape == (48, 3)
    assert data.y_test.shape == (12, 3)
    assert "multilabel, 48 points, 12 for the test, 2 features, 3 labels" in repr(data)


def test_columns_of_0_and_1_may_be_said_to_be_values():
    data = as_dataset((X, LABELS), kind="regression")
    assert (data.kind, data.n_targets, data.y.dtype) == ("regression", 3, np.float64)


def test_numbers_in_columns_are_targets_of_one_regression_and_their_frame_names_them():
    data = as_dataset((TABLE[["u", "v"]], TABLE[["a", "b", "c"]]))
    assert (data.kind, data.target_names) == ("regression", ("a", "b", "c"))
    same = as_dataset(TABLE, target=["a", "b", "c"])
    assert same.feature_names == data.feature_names == ("u", "v")
    np.testing.assert_array_equal(same.y, data.y)
    np.testing.assert_array_equal(same.y_test, data.y_test)


def test_a_column_that_never_changes_is_told():
    data = as_dataset((X, np.column_stack([X[:, 0], np.full(60, 7.0)])))
    assert data.notes == ("'target 1' is always 7",)


@pytest.mark.parametrize(
    ("y", "kind", "told"),
    [
        (LABELS, "binary", r"of shape \(n,\) or \(n, 1\), got shape \(60, 3\): give one target"),
        (LABELS * 2, "multilabel", "1 where a label holds and else 0, got 2"),
        (LABELS[:, 0], "multilabel", "a column for each label where kind='multilabel'"),
        (LABELS[:, :1], "multilabel", "a column for each label where kind='multilabel'"),
    ],
)
def test_what_are_no_labels_is_refused(y, kind, told):
    with pytest.raises(ValueError, match=told):
        as_dataset((X, y), kind=kind)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (["a", "a"], "a list of different ones"),
        ([], "a list of different ones"),
        (["a", "z"], "must name a column"),
        (["a", "text"], "numbers, as one of several targets"),
    ],
    ids=str,
)
def test_of_a_table_targets_are_different_columns_of_numbers(target, told):
    with pytest.raises(ValueError, match=told):
        as_dataset(TABLE.assign(text="word"), target=target)
