"""Columns are read as numbers or labels, and another table's are made into the same features."""

import numpy as np
import pandas as pd
import pytest

from trainfcnn.data.cells import Numbers, Texts, read_column
from trainfcnn.data.columns import Column, Columns, as_frame, is_frame, read_columns
from trainfcnn.data.sources import as_dataset

NAN = np.nan
NUMBERS = {
    "floats": ([1.5, 2.0], [1.5, 2.0]),
    "bools": ([True, False], [1.0, 0.0]),
    "bools_and_none": ([True, None], [1.0, NAN]),
    "text": (["1.5", " 2 "], [1.5, 2.0]),
    "missing_text": (["1", "NA ", " ? ", "-", "", None], [1, NAN, NAN, NAN, NAN, NAN]),
    "decimal_commas": (["2,5", "0,25", "3"], [2.5, 0.25, 3]),
    "thousands": (["1,234.5", "12", "1,000"], [1234.5, 12, 1000]),
    "thousands_without_decimals": (["1,234", "12", "1,000,000"], [1234, 12, 1e6]),
    "decimals_by_the_thousand": (["0,125", "1,250"], [0.125, 1.25]),
    "points_for_thousands": (["1.234,5", "2.000,25"], [1234.5, 2000.25]),
    "signed": (["-2,5", "+1,5"], [-2.5, 1.5]),
    "infinite": (["inf", "1"], [np.inf, 1]),
    "mixed_objects": (["1", 2, 3.5], [1, 2, 3.5]),
    "all_missing": (["NA", "?"], [NAN, NAN]),
    "nullable": (pd.array([1, None], dtype="Int64"), [1, NAN]),
    "nullable_bools": (pd.array([True, None], dtype="boolean"), [1, NAN]),
    "categories_of_numbers": (pd.Categorical([3, 1]), [3, 1]),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_what_reads_as_numbers_is_numbers(name):
    given, values = NUMBERS[name]
    read = read_column(pd.Series(given))
    assert isinstance(read, Numbers)
    assert read.stray is None
    assert np.array_equal(read.values, np.array(values, float), equal_nan=True)
    assert (read.missing == np.isnan(values)).all()


@pytest.mark.parametrize(
    ("given", "stray"),
    [
        (["1", "2", "x"], 2),
        (["1.5", "2,5", "3"], 1),  # one alone is a slip
        (["1.5", "1,234.5", "3"], 1),
        (["1,234", "1234", "5,678"], 0),  # grouped and not: which is meant?
        (["$1", "2", "3", "?"], 0),
        (["1%", "2%", "3%"], 0),
        (["$1", "$2.50"], 0),
        (["1", "2", "<0.006"], 2),
    ],
)
def test_a_cell_that_is_no_number_among_numbers_is_found(given, stray):
    read = read_column(pd.Series(given))
    assert isinstance(read, Numbers)
    assert read.stray == stray
    assert not read.missing[stray]


@pytest.mark.parametrize(
    ("given", "levels", "few"),
    [
        (["b", "a", "b", "a "], ("a", "b"), True),
        (["b", "a", "?", "NA"], ("a", "b"), True),
        (["+", "-", "+", "-"], ("+", "-"), True),
        (["a", "1", "b", "2", "c", "d"], ("1", "2", "a", "b", "c", "d"), False),
        (["a"] * 4, ("a",), False),
        ([f"{i}th" for i in range(21)] * 9, tuple(sorted(f"{i}th" for i in range(21))), False),
        (pd.Categorical(["x", "y"] * 2), ("x", "y"), True),
        (pd.to_timedelta([1, 2], "D"), (), False),
        (np.array([1j, 2j]), (), False),
    ],
)
def test_other_columns_are_text_of_few_levels_or_of_many(given, levels, few):
    read = read_column(pd.Series(given))
    assert isinstance(read, Texts)
    assert (read.levels, read.are_few) == (levels, few)


def test_a_whole_frame_of_numbers_is_read_as_its_columns_are_one_by_one():
    frame = pd.DataFrame({"a": [1, 2], "b": [0.5, NAN], "c": np.array([3, 4], np.uint8)})
    for name, read in read_columns(frame, list(frame)).items():
        alone = read_column(frame[name])
        assert np.array_equal(read.values, alone.values, equal_nan=True)
        assert (read.missing == alone.missing).all()


COLUMNS = Columns((Column("n"), Column("s", ("u", "v", "w")), Column("t", ("no", "yes"))), ("id",))
FRAME = pd.DataFrame({"n": [1.5, 2], "s": ["w", "u"], "t": ["yes", "no"], "id": [7, 8]})
FEATURES = [[1.5, 0, 0, 1, 1], [2, 1, 0, 0, 0]]


def test_features_have_the_names_of_columns_and_levels():
    assert COLUMNS.features == ("n", "s=u", "s=v", "s=w", "t=yes")


@pytest.mark.parametrize("order", ["n s t id", "id t s n", "s n t"])
def test_columns_are_found_by_name_in_any_order(order):
    assert COLUMNS.encode(FRAME[order.split()]).tolist() == FEATURES


def test_labels_that_are_numbers_elsewhere_are_the_same_labels():
    columns = Columns((Column("s", ("1", "2", "x")),))
    assert columns.encode(pd.DataFrame({"s": [2, 1]})).tolist() == [[0, 1, 0], [1, 0, 0]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.drop(columns="s"), r"none called 's': give \['n', 's', 't'\]"),
        (lambda f: f.assign(z=1), r"only, got 'z' too: give \['n', 's', 't'\]"),
        (lambda f: f.assign(s=["u", "q"]), r"'s' of X must hold one of .*'w'\], got 'q' in row 1"),
        (
            lambda f: f.assign(s=["u", None]),
            r"'s' of X must hold one of .*, got (nan|None) in row 1",
        ),
        (lambda f: f.assign(n=["1", "q"]), "'n' of X must hold a number, got 'q' in row 1"),
        (lambda f: f.assign(n=["p", "q"]), "'n' of X must hold a number, got 'p' in row 0"),
        (lambda f: f.assign(n=[1, NAN]), "'n' of X must hold a number, got nan in row 1"),
        (lambda f: f.assign(n=[1, np.inf]), "'n' of X must hold a number, got inf in row 1"),
        (lambda f: pd.concat([f, f[["n"]]], axis=1), "different names of columns, got 'n' 2 times"),
    ],
)
def test_a_frame_that_is_not_like_the_training_data_is_refused(change, told):
    with pytest.raises(ValueError, match=told):
        COLUMNS.encode(change(FRAME))


class Foreign:
    """A table of another package: names, and a column for each."""

    columns = ("a", "b")

    def __getitem__(self, name):
        return {"a": [1, 2], "b": ["x", "y"]}[name]


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
        {"a": [1, 2], "b": ["x", "y"]},
        np.rec.fromarrays([[1, 2], np.array(["x", "y"], object)], names="a,b"),
        Foreign(),
    ],
    ids=["pandas", "dict", "records", "foreign"],
)
def test_a_table_of_any_sort_is_a_frame(table):
    assert is_frame(table) or isinstance(table, dict)
    frame = as_frame(table)
    assert list(frame.columns) == ["a", "b"]
    assert [list(frame[name]) for name in frame] == [[1, 2], ["x", "y"]]


@pytest.mark.parametrize("value", [np.zeros((2, 2)), [[1]], "a.csv", None, Foreign, pd.Series([1])])
def test_what_has_no_columns_is_no_frame(value):
    assert not is_frame(value)


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S"])
def test_dates_with_the_year_first_are_days_since_1970(form):
    dates = pd.date_range("1969-12-31", periods=40, freq="12h")
    frame = pd.DataFrame({"when": dates.strftime(form), "y": np.arange(40) / 7})
    for table in (frame, frame.assign(when=dates)):
        data = as_dataset(table, target="y", test_size=0)
        step = 0 if form == "%Y-%m-%d" and table is frame else 0.5
        expected = np.floor(np.arange(40) / 2) - 1 + step * (np.arange(40) % 2)
        np.testing.assert_allclose(data.x[:, 0], expected)
        assert "'when' as days since 1970" in repr(data)
    assert data.encoder.encode(frame.head(3)[["when"]])[0, 0] == -1


@pytest.mark.parametrize("form", ["%b-%d-%Y", "%d %B %Y", "%B %d, %Y", "%b %d %Y", "%d-%b-%Y"])
def test_so_are_dates_with_the_name_of_a_month(form):
    texts = pd.date_range("1970-01-01", periods=400).strftime(form)
    read = read_column(pd.Series(texts))
    assert read.are_dates
    np.testing.assert_array_equal(read.values, np.arange(400))


def test_other_dates_are_left_out_as_nobody_knows_which_is_the_month():
    frame = pd.DataFrame({"when": [f"{day}/{day}/2010" for day in range(1, 13)] * 2})
    frame["when"] += [" "] * 12 + [".", ","] * 6
    frame["x"] = np.arange(24) / 7
    assert "days since" not in repr(as_dataset(frame.assign(y=frame.x), target="y"))


@pytest.mark.parametrize("came", [1.0, "x", None])
def test_what_is_no_date_is_refused_where_dates_were_learnt(came):
    table = pd.DataFrame({"when": pd.date_range("2010-01-01", periods=40), "y": np.arange(40) / 7})
    data = as_dataset(table, target="y")
    with pytest.raises(ValueError, match="column 'when' of X must hold a date such as 2010-01-31"):
        data.encoder.encode(pd.DataFrame({"when": [came]}))


def test_dates_are_no_target():
    table = pd.DataFrame({"when": pd.date_range("2010-01-01", periods=40), "y": np.arange(40) / 7})
    with pytest.raises(ValueError, match="numbers or labels, and no dates, in column 'when'"):
        as_dataset(table, target="when")
