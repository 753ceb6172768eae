"""A table as a `Dataset`: a CSV file, or a frame of pandas, with the target among its columns."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from operator import index
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.checks import is_whole, look_up, short
from trainfcnn._support.types import Array
from trainfcnn.data.arrays import from_arrays
from trainfcnn.data.cells import UNIT, Numbers, Texts, holds_booleans
from trainfcnn.data.columns import (
    NAMELESS,
    Column,
    Columns,
    as_frame,
    as_plain,
    is_frame,
    is_numbered,
    names_of,
    read_columns,
)
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.delimited import Delimited, read_delimited
from trainfcnn.data.splits import TestSize, is_pair

Label = str | int
Drop = Label | Sequence[Label]
Targets = Label | Sequence[Label] | None
Read = Numbers | Texts

MISSING_CELLS = ("refuse", "drop")
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?")
# What a column of text is refused for where only numbers will do.
OF_NUMBERS = {
    "regression": ("numbers for kind='regression'", "leave kind out"),
    "several": ("numbers, as one of several targets", "choose others"),
}
TOLD = 3  # columns that a note names; the rest it counts


@dataclass(frozen=True, eq=False)
class Table:
    """Columns with names, and where they are from.

    Attributes
    ----------
    what : str
        What to call it in a message.
    frame, names : pandas.DataFrame, list of str
        The columns, and their names; '0', '1', ... where there is no header.
    has_header, has_row_names : bool
        Whether the names are its own, and whether the first column names the rows.
    find : callable
        ``find(row, column)`` returns where a cell is, and the cell as it stands there.
    decimal : str
        The sign before decimals in its file.
    """

    what: str
    frame: Any
    names: list[str]
    has_header: bool
    has_row_names: bool
    find: Callable[[int, int], tuple[str, str]]
    decimal: str = "."

    def label(self, name: str) -> str:
        """Return what to call a column."""
        return repr(name) if self.has_header else f"{name} (from 0)"

    def blame(self, row: int, name: str, must: str, todo: str) -> ValueError:
        """Return what is wrong with a cell."""
        place, cell = self.find(row, self.names.index(name))
        return ValueError(
            f"{self.what} must hold {must} in column {self.label(name)}, got {cell} in {place}: "
            f"{todo}"
        )

    def drop(self, name: str) -> str:
        """Return how to leave a column out."""
        return f"drop=[{repr(name) if self.has_header else name}]"


class Asked(NamedTuple):
    """What is asked of a table; see `as_dataset`."""

    target: Targets = None
    drop: Drop = ()
    missing: str = "refuse"
    kind: str | None = None
    test_size: TestSize = None


def from_csv(
    path: str | os.PathLike[str],
    *,
    target: Targets = None,
    drop: Drop = (),
    missing: str = "refuse",
    kind: str | None = None,
    seed: int = 0,
    test_size: TestSize = None,
) -> Dataset:
    """Return the data of a file of text in rows and columns.

    Separator, encoding, decimal sign and header are found, and gz, bz2, xz and zip unpacked.
    Columns of numbers are features, text of few levels becomes indicators, and what is a name, a
    date or a count of the rows is left out; the `repr` says so.

    Parameters
    ----------
    path : str or path
        The file.
    target : str, int or list of them, optional
        The name of the target's column, or its place from 0; by default the last one. A list is of
        several targets.
    drop : str, int or sequence of them
        Columns to leave out.
    missing : {'refuse', 'drop'}
        What to do with a row in which a cell is missing.
    kind, seed, test_size
        As for `from_arrays`.

    Raises
    ------
    ValueError
        If the file is missing, empty, ragged or not numeric; with its path, line and cell.
    """
    path = Path(path)
    read = read_delimited(path)
    table = Table(
        repr(str(path)),
        read.frame,
        read.names,
        read.has_header,
        read.has_row_names,
        partial(_find_in_file, read),
        read.decimal,
    )
    # flowers.csv.gz is 'flowers' too
    name = path.stem.removesuffix(".csv")
    return _from_table(table, Asked(target, drop, missing, kind, test_size), name, seed)


def from_frame(frame: Any, asked: Asked, seed: int = 0) -> Dataset:
    """Return the data of a frame, or of whatever pandas makes one of, as `from_csv` does."""
    frame = as_frame(frame)
    what = "the table"
    has_header = not is_numbered(frame)
    table = Table(
        what, frame, names_of(frame, what), has_header, False, partial(_find_in_frame, frame)
    )
    return _from_table(table, asked, "own data", seed)


def from_pair(
    frame: Any,
    y: Any,
    *,
    kind: str | None = None,
    seed: int = 0,
    test_size: TestSize = None,
    weights: ArrayLike | None = None,
    target_names: tuple[str, ...] = (),
) -> Dataset:
    """Return the data of a frame of features alone, and of targets (n,) or (n, targets)."""
    frame = as_frame(frame)
    what = "X"
    table = Table(what, frame, names_of(frame, what), True, False, partial(_find_in_frame, frame))
    read = read_columns(frame, table.names)
    for name, column in read.items():
        if isinstance(column, Texts) and not column.are_few:
            raise table.blame(
                0, name, "numbers, or text of few levels,", f"drop(columns={name!r}), say"
            )
        if column.missing.any():
            row = int(column.missing.argmax())
            raise table.blame(row, name, "no missing cells", "drop the row, or fill it")
    used = _checked(table, read, "X")
    columns = Columns(tuple(used))
    x = _encoded(table, columns, read)
    told = str(getattr(y, "name", ""))
    if told in table.names and frame.iloc[:, table.names.index(told)].equals(y):
        raise ValueError(
            f"y must be no feature, and is column {told!r} of X: try TrainFCNN(table, "
            f"target={told!r}), with the whole table"
        )
    test_size = _encoded_test(columns, test_size)
    dataset = from_arrays(
        x, y, kind=kind, seed=seed, test_size=test_size, weights=weights, target_names=target_names
    )
    names = () if is_numbered(frame) else columns.features
    return replace(dataset, feature_names=names, encoder=columns)


def _encoded_test(columns: Columns, test_size: TestSize) -> TestSize:
    """Return a test sample whose frame is read by the names of the columns; a share as it is."""
    if is_frame(test_size):
        frame = as_frame(test_size)
        return columns.encode(frame), columns.targets(frame, "test_size")
    if not isinstance(test_size, tuple | list) or not is_pair(test_size):
        return test_size
    x, y = test_size
    return (columns.encode(as_frame(x)) if is_frame(x) else x, y)


def _find_in_file(read: Delimited, row: int, column: int) -> tuple[str, str]:
    line, cell = read.find(row, column)
    return f"line {line}", short(cell)


def _find_in_frame(frame: Any, row: int, column: int) -> tuple[str, str]:
    return f"row {row}", short(as_plain(frame.iloc[row, column]))


def _from_table(table: Table, asked: Asked, name: str, seed: int) -> Dataset:
    look_up(dict.fromkeys(MISSING_CELLS), asked.missing, "missing")
    if not table.frame.size:
        raise ValueError(f"{table.what} must hold at least one row, got none: fill it")
    targets = _targets_of(table, asked)
    dropped = _dropped(table, asked.drop, targets)
    read = read_columns(table.frame, table.names)
    # Rows of nothing but separators, as spreadsheets write below the last one.
    blank = np.logical_and.reduce([column.missing for column in read.values()])
    left_out = _left_out(table, read, (*targets, *dropped), ~blank)
    features = {
        one: column for one, column in read.items() if one not in (*targets, *dropped, *left_out)
    }
    if not features:
        told = f", but {_listed(table, left_out)}" if left_out else ""
        raise ValueError(
            f"{table.what} must hold a column of numbers, or of text of few levels, beside the "
            f"target {table.label(targets[0])}, got none{told}: add one"
        )
    needed = features | {one: read[one] for one in targets}
    kept = _kept(table, needed, targets, blank, asked.missing)
    used = _checked(table, features, table.what)
    several = len(targets) > 1
    kind = "several" if several else asked.kind
    each = [_targets(table, one, read[one], kind, kept) for one in targets]
    y = np.column_stack(each) if several else each[0]
    others = tuple(one for one in table.names if one not in features)
    columns = Columns(tuple(used), others, targets if several else targets[0])
    x = _encoded(table, columns, features)
    x = x if kept.all() else x[kept]
    test_size = _encoded_test(columns, asked.test_size)
    dataset = from_arrays(
        x, y, kind=asked.kind, name=name, seed=seed, test_size=test_size,
        target_names=targets if several else (),
    )  # fmt: skip
    n_lost = int((~kept & ~blank).sum())
    return replace(
        dataset,
        feature_names=columns.features if table.has_header else (),
        encoder=columns,
        notes=(*_notes(table, targets, left_out, used, n_lost), *dataset.notes),
    )


def _targets_of(table: Table, asked: Asked) -> tuple[str, ...]:
    names = table.names
    if asked.target is None:
        dropped = _names(table, asked.drop)
        return (next((one for one in reversed(names) if one not in dropped), names[-1]),)
    if not isinstance(asked.target, list | tuple):
        return (_name(table, asked.target, "target"),)
    targets = tuple(_name(table, one, "target") for one in asked.target)
    if not targets or len(set(targets)) < len(targets):
        raise ValueError(
            f"target must be a column, or a list of different ones, got {short(asked.target)}: try "
            f"target={names[-1]!r}"
        )
    return targets


def _dropped(table: Table, drop: Drop, targets: tuple[str, ...]) -> list[str]:
    names = _names(table, drop)
    if both := [one for one in targets if one in names]:
        raise ValueError(
            f"drop must leave the target, got {short(both[0])} for both: name another target"
        )
    return names


def _names(table: Table, drop: Drop) -> list[str]:
    labels: Iterable[Label] = [drop] if isinstance(drop, str) or is_whole(drop) else drop  # type: ignore[list-item, assignment]
    return [_name(table, label, "drop") for label in labels]


def _name(table: Table, label: object, what: str) -> str:
    """Return the name of a column that is given by its name, or by its place from 0."""
    names = table.names
    if isinstance(label, str) and label in names:
        return label
    if table.has_header and is_whole(label) and str(label) in names:
        return str(label)
    # In a shell a number is text.
    place = int(label) if isinstance(label, str) and re.fullmatch(r"-?\d+", label) else label
    if is_whole(place) and -len(names) <= index(place) < len(names):  # type: ignore[arg-type]
        return names[index(place)]  # type: ignore[arg-type]
    if not table.has_header or is_whole(place):
        raise ValueError(
            f"{what} must be the place of a column of {table.what}, from 0 to {len(names) - 1}, "
            f"got {short(label)}: try {what}={len(names) - 1}"
        )
    close = get_close_matches(label, names, 1) if isinstance(label, str) else []
    todo = f"did you mean {close[0]!r}?" if close else f"choose from {short(names)}"
    raise ValueError(f"{what} must name a column of {table.what}, got {short(label)}: {todo}")


def _left_out(
    table: Table, read: Mapping[str, Read], named: Sequence[str], filled: NDArray[np.bool_]
) -> dict[str, str]:
    """Return the columns that can say nothing of another row, each with what is in it."""
    left_out = {}
    free = [name for name in read if name not in named]
    for place, name in enumerate(read):
        column = read[name]
        if name not in free:
            continue
        if table.has_row_names and place == 0:
            left_out[name] = "row names"
        elif column.missing[0] and column.missing.all():
            left_out[name] = "empty"
        elif isinstance(column, Texts) and not column.are_few:
            n = len(column.levels)
            left_out[name] = f"{n} different {column.what}" if n != 1 else "a single text"
            left_out[name] = left_out[name] if n else column.what
        elif isinstance(column, Numbers) and _counts_rows(table, name, place, column, filled):
            left_out[name] = "counts the rows"
    # What is alone is no count beside data, but all there is to learn from.
    alone = [name for name in free if left_out.get(name, "counts the rows") == "counts the rows"]
    return left_out if len(alone) > 1 else {k: v for k, v in left_out.items() if k not in alone}


def _counts_rows(
    table: Table, name: str, place: int, column: Numbers, filled: NDArray[np.bool_]
) -> bool:
    """Return whether a column without a name holds the numbers of the rows, shuffled perhaps."""
    if column.stray is not None or (table.has_header and not NAMELESS.fullmatch(name)):
        return False
    values = column.values[filled]
    steps = np.diff(values)
    if not table.has_header:  # where no column has a name, only the plainest count is one
        return place == 0 and len(values) > 2 and values[0] in (0, 1) and bool((steps == 1).all())
    whole = bool((values % 1 == 0).all())  # which a missing cell is not
    return whole and len(np.unique(values)) == len(values)


def _kept(
    table: Table,
    used: Mapping[str, Read],
    targets: tuple[str, ...],
    blank: NDArray[np.bool_],
    missing: str,
) -> NDArray[np.bool_]:
    """Return which rows are kept, or refuse the first cell that is missing."""
    lost = np.logical_or.reduce([column.missing for column in used.values()])
    bad = lost & ~blank
    if bad.any() and missing == "refuse":
        row = int(bad.argmax())
        name = next(one for one in used if used[one].missing[row])
        todo = "" if name in targets else f", or {table.drop(name)}"
        raise table.blame(row, name, "no missing cells", f"try missing='drop'{todo}, or fill it")
    if not (~lost).any():
        worst = max(used, key=lambda one: int(used[one].missing.sum()))
        raise ValueError(
            f"{table.what} must hold a row without a missing cell, got none: leave out what is "
            f"mostly missing, as in {table.drop(worst)}"
        )
    kept: NDArray[np.bool_] = ~lost
    return kept


def _checked(table: Table, read: Mapping[str, Read], what: str) -> list[Column]:
    """Return the columns that features are made of, if every cell of them is what it must be."""
    for name, column in read.items():
        _check_numbers(table, name, column, f"fix it, or {table.drop(name)}")
    return [Column.of(name, column, table.decimal) for name, column in read.items()]


def _check_numbers(table: Table, name: str, column: Read, todo: str) -> None:
    if isinstance(column, Numbers) and column.stray is not None:
        raise table.blame(column.stray, name, "numbers", todo)


def _check_finite(table: Table, name: str, column: Read, todo: str) -> None:
    if isinstance(column, Numbers) and np.isinf(column.values).any():
        row = int(np.isinf(column.values).argmax())
        raise table.blame(row, name, "finite numbers", todo)


def _targets(
    table: Table, name: str, column: Read, kind: str | None, kept: NDArray[np.bool_]
) -> NDArray[Any]:
    """Return the targets of the rows that are kept, as ints, floats, booleans or strings."""
    _check_numbers(table, name, column, "fix it")
    _check_finite(table, name, column, "fix it")
    if isinstance(column, Texts):
        texts = column.values[kept]
        if not column.levels and len(texts):
            raise table.blame(0, name, "numbers or labels", "choose another target")
        row = int(kept.argmax())
        if kind in OF_NUMBERS:
            raise table.blame(row, name, *OF_NUMBERS[kind])
        if all(DATE.fullmatch(one) for one in texts):
            raise table.blame(row, name, "numbers or labels, and no dates,", "make numbers of them")
        if all(re.fullmatch(UNIT, one) for one in texts):
            raise table.blame(row, name, "plain numbers", "remove the units")
        return texts.astype(str)
    values = column.values[kept]
    if column.are_dates:
        row = int(kept.argmax())
        raise table.blame(row, name, "numbers or labels, and no dates,", "make numbers of them")
    series = table.frame.iloc[:, table.names.index(name)]
    dtype = series.dtype
    if dtype.kind == "b" or holds_booleans(series):
        return values.astype(bool)
    # Where cells were missing, pandas has made floats of whole numbers.
    holed = not kept.all() and dtype.kind == "f"
    whole = dtype.kind in "iu" or (holed and bool((values % 1 == 0).all()))
    exact = bool(np.abs(values).max() < 2**53)
    return values.astype(np.int64) if whole and exact else values


def _encoded(table: Table, columns: Columns, read: Mapping[str, Read]) -> Array:
    # Feature by feature in one go, then turned: row by row each would be strewn over all memory.
    x = np.concatenate([column.encode(read[column.name]).T for column in columns.used])
    if np.isinf(x).any():
        for name, column in read.items():
            _check_finite(table, name, column, f"fix it, or {table.drop(name)}")
    return np.ascontiguousarray(x.T)


def _notes(
    table: Table,
    targets: tuple[str, ...],
    left_out: Mapping[str, str],
    used: Sequence[Column],
    n_lost: int,
) -> tuple[str, ...]:
    """Return what was made of the table, for its `repr`."""
    notes = [f"target{'s' * (len(targets) > 1)} {', '.join(map(table.label, targets))}"]
    if left_out:
        notes.append(f"without {_listed(table, left_out)}")
    if texts := [column for column in used if column.levels]:
        n = sum(len(column.features) for column in texts)
        names = {column.name: "" for column in texts}
        notes.append(f"{n} indicator{'s' * (n > 1)} of {_listed(table, names)}")
    if dates := [column for column in used if column.are_dates]:
        names = {column.name: "" for column in dates}
        notes.append(f"{_listed(table, names)} as days since 1970")
    if n_lost:
        notes.append(f"{n_lost:,} row{'s' * (n_lost > 1)} with missing cells dropped")
    return tuple(notes)


def _listed(table: Table, names: Mapping[str, str]) -> str:
    told = [f"{table.label(one)}{f' ({why})' if why else ''}" for one, why in names.items()]
    more = [f"{len(told) - TOLD} more"] if len(told) > TOLD else []
    return ", ".join([*told[:TOLD], *more])
