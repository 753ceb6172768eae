"""A file of text as rows and columns: its separator, its header and its decimal sign are found."""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from trainfcnn.data.packed import read_text

SEPARATORS = ",", ";", "\t", "|", " "  # of equally good ones the first; a blank is any number
SNIFFED = 50  # rows that are looked at before the file is read
SNIFFED_CELLS = 500  # of them, at most, that are looked at one by one
SNIFFED_COLUMNS = 100  # likewise, where a header is looked for
LEAST_COMPARED = 5  # rows that the first one is compared with, however wide they are
SAME_WIDTH = 0.8  # of the rows, at least, under the separator that is meant

# what reads as missing, as people, R, SAS, Excel and pandas write it
MISSING = (
    "", "NA", "N/A", "n/a", "#N/A", "#NA", "#N/A N/A", "<NA>", "NaN", "nan", "-nan", "-NaN",
    "null", "NULL", "None", "NaT", "?", "-", "--", ".",
)  # fmt: skip
SEPARATOR_LINE = re.compile(r"sep=(.)[;,\t]*\r?\n", re.IGNORECASE)  # as Excel begins a file
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity)", re.IGNORECASE)
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")  # thousands, where commas are decimal

Record = tuple[int, list[str]]  # its line, and its cells


@dataclass(frozen=True, eq=False)
class Delimited:
    """What is in a file of text.

    Attributes
    ----------
    path : str
        Where it is from.
    frame, names : pandas.DataFrame, list of str
        Its rows, and what its columns are called: numbers from 0 where there is no header.
    has_header, has_row_names : bool
        Whether there is a line of names, and whether it is one short of the first column's.
    body, line, separator : str, int, str
        The rows as they are written, the line that they begin in, and what is between cells.
    decimal : str
        The sign before the decimals.
    """

    path: str
    frame: Any
    names: list[str]
    has_header: bool
    has_row_names: bool
    body: str
    line: int
    separator: str
    decimal: str

    def find(self, row: int, column: int) -> tuple[int, str]:
        """Return the line of a cell, and the cell as it is written."""
        line, cells = next(islice(_records(self.body, self.separator, self.line), row, None))
        return line, cells[column].strip()


def read_delimited(path: Path) -> Delimited:
    """Return what is in a file of text.

    Raises
    ------
    ValueError
        If there is no such file, no row in it, or its rows are of unequal length.
    """
    text = read_text(path)
    name = str(path)
    comment, body, line = _without_comments(text)
    told = SEPARATOR_LINE.match(body)
    if told:
        body = body[told.end() :]
        line += 1
    separator = told[1] if told else _separator(body)
    sample = list(islice(_records(body, separator, line), 1 + SNIFFED))
    if not sample:
        raise ValueError(f"{name!r} must hold at least one row of numbers, got none: fill it")
    width = _usual([len(cells) for _, cells in sample[1:]] or [len(sample[0][1])])
    names = _names_in(comment, separator, width)
    first = _unquoted(sample[0][1])
    rest = [cells for _, cells in sample[1:] if len(cells) == width]
    rest = [
        cells[:SNIFFED_COLUMNS] for cells in rest[: max(LEAST_COMPARED, SNIFFED_CELLS // width)]
    ]
    is_short = len(first) == width - 1 and not all(map(_is_number, first))
    if names is None and (is_short or _is_header(first[:SNIFFED_COLUMNS], rest)):
        names = first
        body, line = _after_first(body, separator, line)
        sample = sample[1:]
    if not sample:
        raise ValueError(f"{name!r} must hold at least one row of numbers, got none: fill it")
    decimal = _decimal(separator, sample)
    frame = _read(name, body, line, separator, decimal)
    n_columns = frame.shape[1]
    # Separators that end every line make empty columns, and no row names.
    while n_columns > 2 and _is_blank(frame.iloc[:, n_columns - 1], names, n_columns - 1):
        n_columns -= 1
        names = names and names[:n_columns]
    has_row_names = names is not None and len(names) == n_columns - 1
    called = [str(place) for place in range(n_columns)] if names is None else names
    called = _columns(name, ["", *called] if has_row_names else called, n_columns)
    if n_columns < frame.shape[1]:
        frame = frame.iloc[:, :n_columns]
    has_header = names is not None
    return Delimited(name, frame, called, has_header, has_row_names, body, line, separator, decimal)


def read_rows(path: str | os.PathLike[str]) -> Any:
    """Return the rows of a file as a frame of pandas with its names, or as an array without.

    Raises
    ------
    ValueError
        If there is no such file, no row in it, or its rows are of unequal length.
    """
    read = read_delimited(Path(path))
    frame = read.frame.set_axis(read.names, axis=1)
    return frame if read.has_header else frame.to_numpy()


def _is_blank(column: Any, names: Sequence[str] | None, place: int) -> bool:
    return bool(column.isna().all()) and (names is None or not any(names[place:]))


def _unquoted(cells: Sequence[str]) -> list[str]:
    """Return names without blanks around them, or single quotes, if all have such."""
    names = [cell.strip() for cell in cells]
    quoted = all(len(one) > 1 and one[0] == one[-1] == "'" for one in names)
    return [one[1:-1] for one in names] if quoted else names


def _usual(widths: Sequence[int]) -> int:
    return Counter(widths).most_common(1)[0][0]


def _without_comments(text: str) -> tuple[str, str, int]:
    """Return the last of the lines that a file may begin with '#', what follows, its line."""
    comment = ""
    line = 1
    start = 0
    while text.startswith(("#", "\n"), start):
        end = text.find("\n", start)
        if end < 0:
            break
        comment = text[start:end] or comment
        start = end + 1
        line += 1
    return comment, text[start:], line


def _names_in(comment: str, separator: str, width: int) -> list[str] | None:
    """Return the names that a comment right before the rows holds, as numpy writes them."""
    if not comment:
        return None
    # '# a,b,c' has three names, and the first column of '#,a,b' is called '#'.
    for text in (comment.lstrip("# "), comment):
        cells = _cells_of(text, separator)
        if len(cells) == width:
            return cells
    return None


def _cells_of(line: str, separator: str) -> list[str]:
    found = next(_records(line, separator, 1), (1, []))[1]
    return [cell.strip() for cell in found]


def _records(text: str, separator: str, line: int) -> Iterator[Record]:
    """Return the rows that are not blank, each with the line that it begins in."""
    lines = _lines(text)
    if separator == " ":
        lines = (" ".join(one.split()) for one in lines)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    last = 0
    try:
        for cells in reader:
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield line + last, cells
            last = reader.line_num
    except csv.Error as error:  # a quote that never ends makes a cell that is too long
        raise ValueError(f"line {line + last} cannot be read ({error}): check its quotes") from None


def _lines(text: str) -> Iterator[str]:
    """Return lines with their ends, one by one: of a large file only a few may be looked at."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _separator(text: str) -> str:
    """Return what is between the cells of most lines, in equal number."""
    head = "".join(islice((one for one in _lines(text) if one.strip()), SNIFFED))
    return max(SEPARATORS, key=lambda one: _fitness(head, one))


def _fitness(head: str, separator: str) -> tuple[bool, bool, float, float]:
    """Return how well a separator suits: in equally long rows, and in numbers between it."""
    try:
        rows = [cells for _, cells in _records(head, separator, 1)]
    except ValueError:
        rows = []
    body = rows[1:] or rows
    width = _usual([len(cells) for cells in body]) if body else 0
    if width < 2:
        return False, False, 0.0, 0.0
    share = sum(len(cells) == width for cells in body) / len(body)
    # The header may be one short, of row names; but one of a single cell was not split at all.
    fits = len(rows[0]) in (max(2, width - 1), width)
    cells = [cell.strip() for cell in islice(chain.from_iterable(body), SNIFFED_CELLS)]
    patterns = (NUMBER,) if separator == "," else (NUMBER, DECIMAL_COMMA)
    numbers = sum(any(one.fullmatch(cell) for one in patterns) for cell in cells)
    is_usual = share >= SAME_WIDTH
    return is_usual and fits, is_usual, numbers / len(cells), share


def _decimal(separator: str, sample: Sequence[Record]) -> str:
    """Return the sign before the decimals: a comma where there are such and no points."""
    if separator == ",":
        return "."
    seen = chain.from_iterable(row for _, row in sample)
    cells = [cell.strip() for cell in islice(seen, SNIFFED * SNIFFED_CELLS)]
    commas = any(DECIMAL_COMMA.fullmatch(cell) for cell in cells)
    points = any(DECIMAL_POINT.fullmatch(one) and not GROUPED.fullmatch(one) for one in cells)
    return "," if commas and not points else "."


def _is_number(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell) or DECIMAL_COMMA.fullmatch(cell))


def _is_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row has names, and not the values that the other rows have."""
    if not any(first) or all(cell in MISSING or _is_number(cell) for cell in first):
        return _is_numbered(first, rest) or _is_run_apart(first, rest)
    if not rest:
        return not any(map(_is_number, first))
    columns = [[cell.strip() for cell in column] for column in zip(*rest, strict=True)]
    # Words above numbers speak for names, numbers above numbers for a row; a run of numbers, as
    # of years, may be either.
    run = _is_run([cell for cell in first if cell and _is_number(cell)])
    numeric = [_share_of_numbers(column) > 0.5 for column in columns]
    above = [cell for cell, is_numeric in zip(first, numeric, strict=False) if is_numeric]
    words = sum(not _is_number(cell) for cell in above if cell not in MISSING)
    numbers = 0 if run else sum(map(_is_number, above))
    if words or numbers:
        return words > numbers
    named = [cell for cell in first if cell]
    repeated = any(cell in column for cell, column in zip(first, columns, strict=False) if cell)
    return len(set(named)) == len(named) and not repeated


def _share_of_numbers(column: Sequence[str]) -> float:
    there = [cell for cell in column if cell not in MISSING]
    return sum(map(_is_number, there)) / len(there) if there else 0.0


def _is_run(cells: Sequence[str]) -> bool:
    """Return whether cells are whole numbers, each by one more than the last: three at least."""
    if len(cells) < 3 or not all(cell.isdecimal() for cell in cells):
        return False
    first = int(cells[0])
    return [int(cell) for cell in cells] == list(range(first, first + len(cells)))


def _is_run_apart(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row is a run of numbers, such as years, far from all below them."""
    if not rest or not _is_run(first):
        return False
    for cell, column in zip(first, zip(*rest, strict=True), strict=True):
        numbers = [float(one) for one in column if NUMBER.fullmatch(one)]
        low = min(numbers, default=0.0)
        high = max(numbers, default=0.0)
        if numbers and 2 * low - high <= float(cell) <= 2 * high - low:
            return False
    return True


def _is_numbered(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row is 0, 1, 2, ..., as pandas calls columns without a name."""
    numbers = list(first[1:] if first and not first[0] else first)
    if not rest or numbers != [str(number) for number in range(len(numbers))]:
        return False
    # An unnamed column before, or four numbers and more, are no accident; of less, values that
    # others in the column have too are.
    if len(numbers) > 3 or len(numbers) < len(first):
        return list(first) not in [list(row) for row in rest]
    columns = zip(*rest, strict=True)
    return not all(cell in column for cell, column in zip(first, columns, strict=False))


def _after_first(body: str, separator: str, line: int) -> tuple[str, int]:
    """Return what follows the first row that is not blank, and its line."""
    reader = csv.reader(_lines(body), delimiter=separator, skipinitialspace=True)
    for cells in reader:
        if len(cells) > 1 or (cells and cells[0].strip()):
            break
    passed = sum(map(len, islice(_lines(body), reader.line_num)))
    return body[passed:], line + reader.line_num


def _read(name: str, body: str, line: int, separator: str, decimal: str) -> Any:
    """Return the rows as pandas reads them, or name the line that has too few or too many cells."""
    import pandas as pd

    try:
        frame = pd.read_csv(
            io.BytesIO(body.encode()),
            sep=r"\s+" if separator == " " else separator,
            header=None,
            decimal=decimal,
            na_values=[one for one in MISSING if one != "-"],  # which may be a label beside '+'
            keep_default_na=False,
            skipinitialspace=_has_blanks(body, separator),  # else it would only cost time
            low_memory=False,  # which would read a column by parts, each of another type
        )
    except pd.errors.ParserError:
        frame = None
    # Rows that are too short are filled up by pandas, and end in a missing cell.
    if frame is None or frame.shape[1] < 2 or frame.iloc[:, -1].isna().any():
        _check_widths(name, body, line, separator)
    if frame is None:
        raise ValueError(f"{name!r} must hold rows of cells, got a quote without its end: close it")
    _check_quotes(name, frame, separator, body, line)
    return frame


def _has_blanks(body: str, separator: str) -> bool:
    """Return whether blanks follow separators: at first, or before a quote anywhere."""
    blank = f"{separator} "
    in_head = any(blank in line for line in islice(_lines(body), SNIFFED))
    return in_head or ('"' in body and f'{blank}"' in body)


def _check_widths(name: str, body: str, line: int, separator: str) -> None:
    width = 0
    for place, cells in _records(body, separator, line):
        width = width or len(cells)
        if len(cells) != width or width < 2:
            todo = "check its quotes" if any("\n" in cell for cell in cells) else "fix it"
            raise ValueError(
                f"every line of {name!r} must hold the same number of columns, two at least: "
                f"line {place} holds {len(cells)}, the first {width}: {todo}"
            )


def _check_quotes(name: str, frame: Any, separator: str, body: str, line: int) -> None:
    """Refuse a quote that swallowed rows, which a cell of several lines may be."""
    if '"' not in body or len(frame) >= body.count("\n"):
        return
    for place, cells in _records(body, separator, line):
        for cell in cells:
            inner = cell.split("\n")[1:]
            if any(len(_cells_of(one, separator)) >= frame.shape[1] - 1 for one in inner):
                raise ValueError(
                    f"every quote of {name!r} must end in its cell, and one of line {place} takes "
                    f"in {len(inner)} more: remove or close it"
                )


def _columns(name: str, names: Sequence[str], width: int) -> list[str]:
    """Return a different name for every column, as pandas does: a, a.1, a.2."""
    if len(names) != width:
        raise ValueError(
            f"the header of {name!r} must name every column, got {len(names)} names for {width} "
            "columns: fix it"
        )
    different: list[str] = []
    for one in names:
        called = one
        number = 0
        while called in different or (number and called in names):
            number += 1
            called = f"{one}.{number}"
        different.append(called)
    return different
