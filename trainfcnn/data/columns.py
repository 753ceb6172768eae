"""Columns of a table as features: numbers as they are, text of few levels as indicators."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.checks import short
from trainfcnn._support.types import Array
from trainfcnn.data.cells import Numbers, Texts, read_column

NAMELESS = re.compile(r"(Unnamed: \d+(_level_\d+|\.\d+)*)?")  # as pandas calls what has no name


@dataclass(frozen=True)
class Column:
    """A column that features are made of.

    Attributes
    ----------
    name : str
        As the table has it.
    levels : tuple of str
        Of text: its different values, of which each makes a feature, 0 or 1, and two make one.
    are_dates : bool
        Whether its numbers are days since 1970.
    style : str
        How its text is a number, see `Numbers`.
    """

    name: str
    levels: tuple[str, ...] = ()
    are_dates: bool = False
    style: str = ""

    @classmethod
    def of(cls, name: str, read: Numbers | Texts, decimal: str = ".") -> "Column":
        """Return what there is to know of a column that was read, with this sign in its file."""
        if isinstance(read, Texts):
            return cls(name, read.levels)
        style = "comma" if decimal == "," and not read.style else read.style
        return cls(name, are_dates=read.are_dates, style=style)

    @property
    def indicated(self) -> tuple[str, ...]:
        """The levels that have a feature of their own."""
        return self.levels[1:] if len(self.levels) == 2 else self.levels

    @property
    def features(self) -> tuple[str, ...]:
        """What its features are called."""
        return tuple(f"{self.name}={level}" for level in self.indicated) or (self.name,)

    def encode(self, read: Numbers | Texts) -> Array:
        """Return its features, (n, 1) for numbers or (n, indicators), of cells none is missing."""
        if isinstance(read, Numbers) and not self.levels:
            return read.values[:, None]
        hits = self.as_texts(read)[:, None] == np.array(self.indicated, dtype=object)
        indicators: Array = hits.astype(np.float64)
        return indicators

    def as_texts(self, read: Numbers | Texts) -> NDArray[np.object_]:
        """Return cells as text, which labels such as 1 and 2 may be in another table."""
        if isinstance(read, Texts):
            return read.values
        return np.array([f"{value:g}" for value in read.values], dtype=object)


@dataclass(frozen=True)
class Columns:
    """Which features the columns of a table make, so that another table makes the same.

    Attributes
    ----------
    used : tuple of Column
        In the order of the features.
    left_out : tuple of str
        Others that were there, and may be there again.
    target : str or tuple of str
        The one among these that holds the targets, if one does, or those of several targets.
    """

    used: tuple[Column, ...]
    left_out: tuple[str, ...] = ()
    target: str | tuple[str, ...] = ""

    @classmethod
    def of_numbers(cls, names: Sequence[str]) -> "Columns":
        """Return columns of numbers with these names."""
        return cls(tuple(map(Column, names)))

    @property
    def features(self) -> tuple[str, ...]:
        """What all features are called."""
        return tuple(name for column in self.used for name in column.features)

    def encode(self, frame: Any) -> Array:
        """Return the features (n, d) of a frame, found by name, in whatever order they stand.

        Raises
        ------
        ValueError
            If a column is missing or strange, or a cell is missing or of another sort.
        """
        names = names_of(frame, "X")
        self._check_names(names)
        styles = {column.name: column.style for column in self.used}
        read = read_columns(frame, names, styles)
        for column in self.used:
            self._check(column, read[column.name], frame.iloc[:, names.index(column.name)])
        parts = [column.encode(read[column.name]) for column in self.used]
        return np.concatenate(parts, axis=1)

    def targets(self, frame: Any, name: str) -> NDArray[Any]:
        """Return the column of the targets of a whole table, which is the argument `name`.

        Of several targets they are columns, (n, targets).

        Raises
        ------
        ValueError
            If there is none.
        """
        names = names_of(frame, name)
        if not self.target:
            raise ValueError(
                f"{name} must come with its targets, as the data were no table with a target in "
                "it, got a table alone: give X and y"
            )
        wanted = (self.target,) if isinstance(self.target, str) else self.target
        if lost := [one for one in wanted if one not in names]:
            raise ValueError(
                f"{name} must be a table with the column of the targets, {lost[0]!r}, got "
                f"{short(names)}: give X and y"
            )
        columns = [frame.iloc[:, names.index(one)].to_numpy() for one in wanted]
        targets: NDArray[Any] = columns[0] if len(columns) == 1 else np.column_stack(columns)
        return targets

    def _check_names(self, names: Sequence[str]) -> None:
        wanted = [column.name for column in self.used]
        if lost := [name for name in wanted if name not in names]:
            raise ValueError(
                f"X must have the columns of the training data, got none called {lost[0]!r}: "
                f"give {short(wanted)}"
            )
        counted = "" in self.left_out  # which pandas calls 'Unnamed: 0'
        strange = [
            name
            for name in names
            if name not in (*wanted, *self.left_out) and not (counted and NAMELESS.fullmatch(name))
        ]
        if strange:
            raise ValueError(
                f"X must have the columns of the training data only, got {strange[0]!r} too: "
                f"give {short(wanted)}"
            )

    def _check(self, column: Column, read: Numbers | Texts, series: Any) -> None:
        """Refuse a column that is not of the sort that it was in the training."""
        bad = read.missing.copy()
        must = f"one of {short(list(column.levels))}" if column.levels else "a number"
        if column.are_dates:
            must = "a date such as 2010-01-31"
        if column.levels:
            texts = column.as_texts(read)
            bad = bad | np.array([text not in column.levels for text in texts], dtype=bool)
        elif isinstance(read, Texts) or read.are_dates != column.are_dates:
            bad = np.ones(len(series), dtype=bool)
        if isinstance(read, Numbers):
            bad |= ~np.isfinite(read.values)
        if bad.any():
            row = int(bad.argmax())
            came = short(as_plain(series.iloc[row]))
            raise ValueError(
                f"column {column.name!r} of X must hold {must}, got {came} in row {row}: fix it, "
                "or drop the row"
            )


def names_of(frame: Any, what: str) -> list[str]:
    """Return the names of the columns of a frame, of which none may come twice."""
    names = list(map(as_name, frame.columns))
    for name, n in Counter(names).items():
        if n > 1:
            raise ValueError(
                f"{what} must have different names of columns, got {name!r} {n} times: rename them"
            )
    return names


def read_columns(
    frame: Any, names: Sequence[str], styles: Mapping[str, str] | None = None
) -> dict[str, Numbers | Texts]:
    """Return what the columns of a frame hold, by name, in known styles if they are given."""
    # As a whole, where all are numbers: pandas takes its time over each single column.
    if all(isinstance(one, np.dtype) and one.kind in "iuf" for one in frame.dtypes):
        block = frame.to_numpy(np.float64)
        missing = np.isnan(block)
        return {
            name: Numbers(block[:, place], missing[:, place]) for place, name in enumerate(names)
        }
    columns = (series for _, series in frame.items())
    known = styles or {}
    return {
        name: read_column(series, known.get(name))
        for name, series in zip(names, columns, strict=True)
    }


def as_name(label: object) -> str:
    """Return a label of a column, which pandas may have of several parts, as text."""
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def as_plain(value: object) -> object:
    """Return a number of numpy as one of Python, which is shorter to tell."""
    return value.item() if isinstance(value, np.generic) else value


def is_frame(value: Any) -> bool:
    """Return whether this is a table with columns: of pandas, polars, pyarrow or the like."""
    if isinstance(value, type) or hasattr(value, "detach"):
        return False
    if isinstance(value, np.ndarray):
        return value.dtype.names is not None
    return hasattr(value, "columns") or hasattr(value, "column_names")


def is_numbered(frame: Any) -> bool:
    """Return whether the columns of a frame have no names, but the numbers from 0."""
    return list(frame.columns) == list(range(frame.shape[1]))


def as_frame(value: Any) -> Any:
    """Return a table as a frame of pandas.

    Raises
    ------
    ValueError
        If it cannot be one; the message says how to make it one.
    """
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return value
    name = type(value).__name__
    if isinstance(value, Mapping):
        return _from_columns(value)
    try:
        if isinstance(value, np.ndarray):
            return pd.DataFrame(value)
        # Column by column, which needs no package between the two.
        return pd.DataFrame(dict(_arrays_of(value)))
    except Exception as error:  # of whatever package it is
        raise ValueError(
            f"a table must be one of pandas, got a {name} ({short(str(error))}): try .to_pandas()"
        ) from error


def _from_columns(columns: Mapping[Any, Any]) -> Any:
    import pandas as pd

    try:
        return pd.DataFrame(dict(columns))
    except ValueError as error:
        raise ValueError(
            f"a dict of columns must hold lists of equal length ({error}): try "
            "dataset=(d['X'], d['y'])"
        ) from None


def _arrays_of(table: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    names = getattr(table, "column_names", None) or list(table.columns)
    for name in names:
        yield str(name), np.asarray(table[name])
