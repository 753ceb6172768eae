"""A CSV file is its numbers, with the target in the last column."""

import re
from pathlib import Path

import pytest
from own_data import X, everything

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
