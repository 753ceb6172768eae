"""A table is its columns, with one of them as target, or is refused with its line and cell."""

import gzip
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from own_data import RNG, X, everything

from trainfcnn import TrainFCNN
from trainfcnn.data.samples import inputs_like
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.tables import from_csv

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
    "bars": (csv_text(" | ", "a | b | c"), (0, 1)),
    "blanks": (csv_text("  ", "a b c"), (0, 1)),
    "blanks_after_commas": (csv_text(", ", "a, b, c"), (0, 1)),
    "decimal_commas": (csv_text(";", "a;b;c").replace(".", ","), (0, 1)),
    "decimal_commas_by_tabs": (csv_text("\t").replace(".", ","), (0, 1)),
    "old_mac": (csv_text(header="a,b,c", newline="\r"), (0, 1)),
    "trues": (csv_text(label=lambda y: str(y == 1)), (False, True)),
    "rows_of_commas": (csv_text(header="a,b,c") + ",,\n,,\n", (0, 1)),
    "commas_at_the_end": (csv_text(header="a,b,c", label=lambda y: f"{y},"), (0, 1)),
    "commas_after_names_too": (csv_text(header="a,b,c,", label=lambda y: f"{y},"), (0, 1)),
    "pandas_header": (csv_text(header="0,1,2"), (0, 1)),
    "numpy_comment": (csv_text(header="# a,b,c"), (0, 1)),
    "two_comments": (csv_text(header="# points\n# measured by hand"), (0, 1)),
    "row_names_of_R": (
        "x y z\n" + "\n".join(f'"r{i}" {a} {b} {c}' for i, (a, b, c) in enumerate(ROWS)),
        (0, 1),
    ),
    "index_of_pandas": (
        ",a,b,c\n" + "\n".join(f"{i},{a},{b},{c}" for i, (a, b, c) in enumerate(ROWS)),
        (0, 1),
    ),
    "index_of_R": (
        '"","a","b","c"\n'
        + "\n".join(f'"{i + 1}",{a},{b},{c}' for i, (a, b, c) in enumerate(ROWS)),
        (0, 1),
    ),
    "shuffled_index": (
        "Unnamed: 0,a,b,c\n"
        + "\n".join(f"{i * 7 % 50},{a},{b},{c}" for i, (a, b, c) in enumerate(ROWS)),
        (0, 1),
    ),
    "count_without_a_header": (
        "\n".join(f"{i},{a},{b},{c}" for i, (a, b, c) in enumerate(ROWS)),
        (0, 1),
    ),
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


def table_text(cell="", place=30, column=2, n=60, header="a,b,c\n", last="{:.4f}"):
    """Return 60 rows of numbers, with another cell in one of them."""
    rows = [[f"{a:.3f}", f"{b:.3f}", last.format(a + b)] for a, b in RNG.normal(size=(n, 2))]
    if cell:
        rows[place][column] = cell
    return header + "\n".join(map(",".join, rows)) + "\n"


MISSING = ["NA", "?", "N/A", "null", "-", "#N/A", " ", "nan", "."]
STRAY = ['"1,234.5"', '"2,5"', "$24.5", "24.5%", "x", "2020-01-01"]


@pytest.mark.parametrize("column", [0, 2])
@pytest.mark.parametrize("cell", MISSING)
def test_a_missing_cell_is_named_and_its_row_dropped_if_asked(cell, column, write):
    path = write(table_text(cell, column=column))
    told = f"in column '{'abc'[column]}', got {cell.strip()!r} in line 32: try missing='drop'"
    with pytest.raises(ValueError, match=re.escape(told)) as no:
        as_dataset(path)
    assert str(no.value).startswith(f"{str(path)!r} must hold no missing cells")
    data = as_dataset(path, missing="drop")
    assert data.kind == "regression"
    assert len(everything(data)[0]) == 59
    assert "1 row with missing cells dropped" in repr(data)


@pytest.mark.parametrize("missing", ["refuse", "drop"])
@pytest.mark.parametrize("column", [0, 2])
@pytest.mark.parametrize("cell", STRAY)
def test_a_stray_cell_is_named_whatever_is_to_be_dropped(cell, column, missing, write):
    path = write(table_text(cell, column=column))
    came = repr(cell.strip('"'))
    with pytest.raises(ValueError, match=re.escape(f"got {came} in line 32: fix it")) as no:
        as_dataset(path, missing=missing)
    assert repr(str(path)) in str(no.value)


@pytest.mark.parametrize("cell", ["inf", "-Infinity"])
def test_infinity_is_no_number_to_learn_from(cell, write):
    with pytest.raises(ValueError, match=f"must hold finite numbers .* got '{cell}' in line 32"):
        as_dataset(write(table_text(cell)))


@pytest.mark.parametrize(
    ("write_it", "values"),
    [
        (lambda v: f'"{v:.2f}"'.replace(".", ","), lambda v: round(v, 2)),
        (lambda v: f'"{12345 + 1000 * v:,.1f}"', lambda v: round(12345 + 1000 * v, 1)),
    ],
)
def test_a_whole_target_column_of_other_numbers_is_numbers(write_it, values, write):
    v = RNG.normal(size=60)
    data = as_dataset(write("a,b\n" + "\n".join(f"{x},{write_it(x)}" for x in v)))
    assert data.kind == "regression"
    expected = sorted(map(values, v.tolist()))
    assert np.allclose(sorted([*data.y, *data.y_test]), expected)


@pytest.mark.parametrize("n", [2, 28])
@pytest.mark.parametrize(
    ("label", "told"), [("{}0%", "numbers"), ("$1{}", "numbers"), ("2020-01-{:02}", "no dates")]
)
def test_a_whole_target_column_of_units_or_dates_is_refused(label, told, n, write):
    rows = [f"{x},{label.format(i % n + 1)}" for i, x in enumerate(RNG.normal(size=60))]
    with pytest.raises(ValueError, match=f"{told}.* in column 'b', got .* in line 2"):
        as_dataset(write("a,b\n" + "\n".join(rows)))


@pytest.mark.parametrize(("labels", "line"), [("01", 9), (["yes", "no"], 9)])
@pytest.mark.parametrize("cell", ["NA", "?"])
def test_a_missing_label_is_no_class(cell, labels, line, write):
    rows = [f"{x},{cell if i == 7 else labels[i % 2]}" for i, x in enumerate(RNG.normal(size=60))]
    path = write("a,b\n" + "\n".join(rows))
    with pytest.raises(ValueError, match=rf"got '\{cell}' in line {line}" if cell == "?" else cell):
        as_dataset(path)
    assert len(as_dataset(path, missing="drop").classes) == 2


@pytest.mark.parametrize("first", ["?,3,1", ",3,1", "2020-01-01,3,1", "x,3,1"])
def test_a_first_row_that_is_no_header_is_not_taken_for_one(first, write):
    rows = [first, *(f"{i * 7 % 11},{i % 5},{i % 2}" for i in range(60))]
    with pytest.raises(ValueError, match=rf"got '{re.escape(first.split(',')[0])}' in line 1"):
        as_dataset(write("\n".join(rows)))


@pytest.mark.parametrize(
    ("text", "target", "names"),
    [
        ("label,x,y\n" + "ham,1,2\nspam,3,4\n" * 20, "label", ("x", "y")),
        ("label,x,y\n" + "ham,1,2\nspam,3,4\n" * 20, 0, ("x", "y")),
        ("label,x,y\n" + "ham,1,2\nspam,3,4\n" * 20, "-3", ("x", "y")),
        ("ham,1.5,2\n" + "spam,3.5,4\nham,1,2\n" * 20, "0", ()),
        ("x,label,y\n" + "1,ham,2\n3,spam,4\n" * 20, "label", ("x", "y")),
    ],
)
def test_the_target_may_be_any_column_by_name_or_place(text, target, names, write):
    data = as_dataset(write(text), target=target)
    assert data.classes == ("ham", "spam")
    assert data.feature_names == names
    assert sorted(map(tuple, everything(data)[0].tolist()))[-1] in {(3, 4), (3.5, 4)}


def test_an_unnamed_count_of_the_rows_is_left_out_and_said(write):
    rows = [f"{i},{x},{int(i > 100)}" for i, x in enumerate(RNG.normal(size=200))]
    trainer = TrainFCNN(write('"","x","y"\n' + "\n".join(rows)))
    assert trainer.dataset.x.shape[1] == 1
    assert "[target 'y'; without '' (counts the rows)" in repr(trainer)
    assert "without '' (counts the rows)" in repr(trainer.train(epochs=1))
    assert trainer.score() < 0.8  # of pure noise nothing can be learnt


def test_a_count_that_has_a_name_or_is_all_there_is_stays(write):
    named = "t,x,y\n" + "\n".join(f"{i},{x},{x}" for i, x in enumerate(RNG.normal(size=30)))
    assert as_dataset(write(named)).feature_names == ("t", "x")
    alone = ",y\n" + "\n".join(f"{i},{x}" for i, x in enumerate(RNG.normal(size=30)))
    assert as_dataset(write(alone)).x.shape[1] == 1


PEOPLE = pd.DataFrame(
    {
        "name": [f"person {i}" for i in range(60)],
        "sex": ["f", "m"] * 30,
        "town": ["Rome", "Oslo", "Bern"] * 20,
        "born": pd.date_range("1990", periods=60),
        "age": np.arange(60.0) % 17 + 0.5,
        "empty": [None] * 60,
        "one": ["x"] * 60,
        "rich": [True, False, False] * 20,
    }
)


@pytest.mark.parametrize("way", ["frame", "csv", "dict"])
def test_text_of_few_levels_becomes_indicators_dates_days_and_names_are_left_out(way, write):
    source = PEOPLE.to_dict("list") if way == "dict" else PEOPLE
    data = as_dataset(write(PEOPLE.to_csv(index=False)) if way == "csv" else source)
    assert data.classes == (False, True)
    assert data.feature_names == ("sex=m", "town=Bern", "town=Oslo", "town=Rome", "born", "age")
    x, y = everything(data)
    expected = [
        (
            float(p.sex == "m"),
            *(float(p.town == t) for t in ("Bern", "Oslo", "Rome")),
            (p.born - pd.Timestamp(0)).days,
            p.age,
            p.rich,
        )
        for p in PEOPLE.itertuples()
    ]
    assert sorted(map(tuple, np.column_stack([x, y]).tolist())) == sorted(expected)
    for told in ("target 'rich'", "'name' (60 different texts)", "'empty'", "'one'",
                 "4 indicators of 'sex', 'town'", "'born' as days since 1970"):  # fmt: skip
        assert told in repr(data)


def test_names_that_come_again_are_told_apart_from_all_others(write):
    rows = "\n".join(f"{i},{2 * i},{3 * i},{i % 2}" for i in range(40))
    data = as_dataset(write(f"x,x,x.1,y\n{rows}"), test_size=0)
    assert data.feature_names == ("x", "x.2", "x.1")
    assert data.x[1].tolist() == [1, 2, 3]


@pytest.mark.parametrize("end", ["", ";", ";;", ";;;"])
@pytest.mark.parametrize("first", ["", "sep=;\n", "sep=;;;\n", "SEP=;\r\n"])
def test_files_as_excel_writes_them_are_read(first, end, write):
    rows = "\n".join(f"{i},5;{i % 7};{'yes' if i % 2 else 'no'}{end}" for i in range(40))
    data = as_dataset(write(f"{first}a;b;t{end}\n{rows}\n"), test_size=0)
    assert data.feature_names == ("a", "b")
    assert data.classes == ("no", "yes")
    assert data.x[3].tolist() == [3.5, 3]


def test_a_run_of_numbers_far_from_those_below_is_a_header(write):
    rows = "\n".join(f"{i / 7:.3f},{i / 3:.3f},{i % 2}" for i in range(60))
    path = write(f"2019,2020,2021\n{rows}")
    assert as_dataset(path).feature_names == ("2019", "2020")
    assert as_dataset(path, target=2021, drop=2020).feature_names == ("2019",)
    rows = "\n".join(f"{i},{i + 1},{i + 2}" for i in range(5, 65))
    assert len(as_dataset(write(rows), test_size=0).x) == 60


def test_columns_can_be_left_out(write):
    for drop in (["sex", "town", "born"], ("sex", 2, 3), [1, 2, 3]):
        assert as_dataset(PEOPLE, drop=drop).feature_names == ("age",)
    assert as_dataset(PEOPLE, drop="rich", target="sex").feature_names[-1] == "age"
    # without the last column the one before is the last
    assert "target 'y'" in repr(
        as_dataset(pd.DataFrame({"x": X[:, 0], "y": X[:, 1], "z": 1}), drop="z")
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"target": "ag"}, "target must name a column of the table, got 'ag': did you mean 'age'"),
        ({"target": "zzz"}, r"got 'zzz': choose from \['name', "),
        ({"target": 8}, "the place of a column of the table, from 0 to 7, got 8: try target=7"),
        ({"target": 1.5}, r"target must name a column of the table, got 1.5"),
        ({"target": "born"}, "numbers or labels, and no dates, in column 'born'"),
        ({"target": "name"}, "is it a name or a date"),
        ({"target": "sex", "kind": "regression"}, "kind='regression' in column 'sex', got 'f'"),
        ({"drop": ["sx"]}, "drop must name a column of the table, got 'sx': did you mean 'sex'"),
        ({"drop": ["rich"], "target": "rich"}, "drop must leave the target, got 'rich' for both"),
        ({"missing": "dorp"}, "unknown missing 'dorp': did you mean 'drop'"),
        (
            {"drop": ["sex", "town", "born", "age"]},
            r"a column of numbers, .* got none, but 'name' \(60 ",
        ),
    ],
)
def test_what_cannot_be_asked_of_a_table_is_told(asked, told):
    with pytest.raises(ValueError, match=told) as no:
        as_dataset(PEOPLE, **asked)
    assert len(str(no.value)) < 400


def test_a_table_of_nothing_but_missing_rows_says_which_column_to_leave_out():
    frame = pd.DataFrame({"a": [1, None] * 10, "b": [None, 1] * 10, "c": X[:20, 0]})
    frame.loc[0, "b"] = 3
    frame.loc[1, "a"] = 4
    frame["b"] = None
    frame.loc[1::2, "b"] = 2.0
    frame["a"] = np.where(np.arange(20) % 2, np.nan, 1.0)
    with pytest.raises(ValueError, match=r"a row without a missing cell, .* drop=\['a'\]"):
        as_dataset(frame, missing="drop")


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame({"a": [], "b": []})])
def test_an_empty_frame_is_refused(frame):
    with pytest.raises(ValueError, match="the table must hold at least one row, got none"):
        as_dataset(frame)


def test_a_frame_of_two_columns_of_one_name_is_refused():
    with pytest.raises(ValueError, match="different names of columns, got 'a' 2 times: rename"):
        as_dataset(pd.DataFrame(np.ones((20, 3)), columns=["a", "a", "b"]))
    assert as_dataset(pd.DataFrame(X, columns=[("a", 1), ("a", 2)])).feature_names == ("a 1",)


def test_a_quote_that_swallows_rows_is_found(write):
    with pytest.raises(ValueError, match="one of line 3 takes in 3 more: remove or close it"):
        as_dataset(write('a,b,c\nx,1,0\n"y,2,1\nx,3,0\ny,4,1\nz",5,1\nx,6,0\n'))
    with pytest.raises(ValueError, match="quote"):
        as_dataset(write('a,b,c\n1,1,0\n2,"2,1\n3,3,0\n4,4,1\n'))
    notes = 'x,note,y\n1,"two\nlines",0\n2,"a, b",1\n' + "3,c,0\n4,c,1\n" * 9
    names = ("x", "note=a, b", "note=c", "note=two\nlines")
    assert as_dataset(write(notes)).feature_names == names


def test_the_stem_of_a_packed_file_is_its_name(tmp_path):
    path = tmp_path / "flowers.csv.gz"
    path.write_bytes(gzip.compress(csv_text().encode()))
    assert as_dataset(path).name == "flowers"


# --- a table for a trained network ---


@pytest.fixture(scope="module")
def by_name():
    """A network trained on three columns of numbers and one of labels, and the table."""
    table = pd.DataFrame(RNG.normal(size=(200, 3)), columns=["a", "b", "c"])
    table["s"] = RNG.choice(["u", "v", "w"], 200)
    table["y"] = table.a - 3 * table.b + 2 * (table.s == "u")
    return TrainFCNN(table, target="y").train(epochs=30), table


def test_columns_count_by_name_in_any_order(by_name):
    trainer, table = by_name
    answers = trainer.predict(table[["a", "b", "c", "s"]])
    for names in ("c a b s", "s c b a", "y s a b c"):
        assert (trainer.predict(table[names.split()]) == answers).all()
    encoded = [*(table[name] for name in "abc"), *(table.s == level for level in "uvw")]
    assert np.allclose(trainer.predict(np.column_stack(encoded).astype(float)), answers)
    assert np.allclose(trainer.predict(table.iloc[::-1])[::-1], answers)
    assert trainer.score(table[["s", "c", "b", "a"]], table.y) > 0.9
    assert trainer.predict({"a": [1.0], "b": [0.0], "c": [0.0], "s": ["u"]}).shape == (1,)


def test_a_missing_or_strange_column_is_refused_in_score_too(by_name):
    trainer, table = by_name
    with pytest.raises(ValueError, match="got none called 'c'"):
        trainer.score(table[["a", "b", "s"]], table.y)
    with pytest.raises(ValueError, match="got 'z' too"):
        trainer.predict(table.assign(z=1))


def test_a_pair_of_a_frame_and_targets_knows_its_names_as_well():
    frame = pd.DataFrame(X, columns=["p", "q"])
    data = as_dataset((frame, X[:, 0]))
    assert data.feature_names == ("p", "q")
    assert (inputs_like(data, frame[["q", "p"]]) == X).all()
    with pytest.raises(ValueError, match=r"in column 'd', got .*: drop"):
        as_dataset((frame.assign(d=[f"name {i}" for i in range(50)]), X[:, 0]))
    dated = as_dataset((frame.assign(d=pd.date_range("2020", periods=50)), X[:, 0]))
    assert dated.feature_names == ("p", "q", "d")
    with pytest.raises(ValueError, match=r"X must hold no missing cells .* in row 3"):
        as_dataset((frame.mask(np.arange(50)[:, None] == [3, 3]), X[:, 0]))


def test_frames_without_names_go_by_order_unless_they_are_shuffled():
    data = as_dataset(pd.DataFrame(np.column_stack([X[:, 0] > 0, X])), target=0)
    assert data.feature_names == ()
    assert (inputs_like(data, pd.DataFrame(X)) == X).all()
    assert (inputs_like(data, pd.DataFrame(X, columns=[2, 1])) == X[:, ::-1]).all()


def test_features_are_drawn_and_asked_for_by_name(by_name):
    trainer, _ = by_name
    ax = trainer.plot_prediction(features=("b", "a"))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("b\nothers at their median", "a")
    assert trainer.plot_dataset(features=["s=u", 0]).get_ylabel() == "a"
    with pytest.raises(ValueError, match="unknown feature 'bb': did you mean 'b'"):
        trainer.plot(features=("bb", "a"))
    with pytest.raises(ValueError, match="features must be two different"):
        trainer.plot(features=("a", "a"))
    nameless = TrainFCNN((np.column_stack([X, X]), X[:, 0])).train(epochs=1)
    with pytest.raises(ValueError, match=r"have no names, got \('a', 'b'\): give two indices"):
        nameless.plot(features=("a", "b"))


# --- generated tables, against pandas' own reading of the plain file they stand for ---

WORDS = ["red", "dark blue", "Grün", "x", "no"]


def drawn_table(rng):
    """Return a table of numbers and few words, the last column its target."""
    n = int(rng.integers(24, 60))
    makes = {
        "floats": lambda: rng.normal(size=n).round(4) * 10.0 ** rng.integers(-2, 4),
        "ints": lambda: rng.integers(-50, 1000, n),
        "words": lambda: rng.permutation(np.resize(WORDS[: rng.integers(2, 6)], n)),
        "bools": lambda: rng.permutation(np.resize([True, False], n)),
    }
    kinds = ["floats", *rng.choice(list(makes), rng.integers(0, 4)), rng.choice(list(makes))]
    return pd.DataFrame({f"col {i}": makes[kind]() for i, kind in enumerate(kinds)})


def expected_rows(plain):
    """Return the features and targets of a plain file, as pandas reads it."""
    frame = pd.read_csv(plain)
    *features, target = (frame[name] for name in frame)
    columns = []
    for column in features:
        if not pd.api.types.is_numeric_dtype(column):
            levels = sorted(set(column))
            columns += [column == one for one in (levels[1:] if len(levels) == 2 else levels)]
        else:
            columns.append(column)
    x = np.column_stack(columns).astype(float)
    return sorted(zip(map(tuple, x.tolist()), map(str, target.tolist()), strict=True))


def found_rows(data):
    x, y = everything(data)
    # A regression's whole numbers are floats in the data set.
    return sorted(zip(map(tuple, x.tolist()), map(str, y.tolist()), strict=True))


def in_a_dialect(table, rng):
    """Return the bytes of a table in some way of writing it, and the end of its file's name."""
    separator = str(rng.choice([",", ";", "\t", "|", ", ", " | "]))
    sign = separator.strip() or separator
    options = {"sep": sign, "index": bool(rng.integers(2)), "quoting": int(rng.integers(0, 3))}
    if sign != "," and rng.integers(2):
        options["decimal"] = ","
    text = table.to_csv(lineterminator="\n", **options)
    if options["index"] and rng.integers(2):  # R has no name above the names of rows
        text = text.removeprefix('""').removeprefix(sign)
    if separator != sign and options["quoting"] != 1:
        text = text.replace(sign, separator)
    if rng.integers(4) == 0:
        width = table.shape[1] + options["index"]
        text += f"{sign * (width - 1)}\n" * 2
    if rng.integers(4) == 0:
        text = text.replace("\n", "\n\n", 3)
    text = text.replace("\n", str(rng.choice(["\n", "\r\n", "\r"])))
    data = text.encode(str(rng.choice(["utf-8", "utf-8-sig", "utf-16", "latin-1", "utf-32"])))
    return gzip.compress(data) if rng.integers(3) == 0 else data


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_a_table_in_any_dialect_is_what_pandas_reads_of_the_plain_file(part, tmp_path):
    path = tmp_path / "table.csv"
    for seed in range(500 * part, 500 * (part + 1)):
        rng = np.random.default_rng(seed)
        table = drawn_table(rng)
        plain = tmp_path / "plain.csv"
        table.to_csv(plain, index=False)
        # half of them plain, so that what is plain is known to be read too
        path.write_bytes(in_a_dialect(table, rng) if seed % 2 else plain.read_bytes())
        data = as_dataset(path)
        kind = data.kind
        expected = expected_rows(plain)
        if kind == "regression":
            expected = sorted((x, str(float(y))) for x, y in expected)
        assert found_rows(data) == expected, seed


def damaged(text, rng):
    """Return a plain file with one thing wrong in it."""
    lines = text.splitlines()
    line = int(rng.integers(1, len(lines)))
    cells = lines[line].split(",")
    place = int(rng.integers(len(cells)))
    ways = {
        "junk": lambda: cells.__setitem__(0, str(rng.choice(["1x", "--1", "$5", "3;4", "1 2"]))),
        "missing": lambda: cells.__setitem__(place, str(rng.choice(["", "NA", "?", " ", "null"]))),
        "short": lambda: cells.pop(),
        "long": lambda: cells.insert(place, "7"),
        "quote": lambda: cells.__setitem__(place, f'"{cells[place]}'),
        "infinite": lambda: cells.__setitem__(0, "inf"),
    }
    ways[str(rng.choice(list(ways)))]()
    lines[line] = ",".join(cells)
    return "\n".join(lines) + "\n"


@pytest.mark.slow
def test_a_damaged_table_is_refused_with_its_name_or_read_right(tmp_path):
    refused = 0
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        text = drawn_table(rng).to_csv(index=False)
        path = tmp_path / "damaged.csv"
        path.write_text(damaged(text, rng), "utf-8")
        plain = tmp_path / "plain.csv"
        plain.write_text(text, "utf-8")
        told = ""
        try:
            data = as_dataset(path)
        except ValueError as error:
            told = str(error)
        if told:
            assert str(path) in told, seed
            assert "\n" not in told, seed
            refused += 1
            continue
        expected = expected_rows(plain)
        if data.kind == "regression":
            expected = sorted((x, str(float(y))) for x, y in expected)
        assert found_rows(data) == expected, seed
    assert refused > 950
