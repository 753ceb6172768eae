"""Columns of a table as features: numbers as they are, text of few levels as indicators."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.checks import short
from trainfcnn._support.types import Array
from trainfcnn.data.delimited import MISSING

MOST_LEVELS = 20  # more different texts are names, dates or remarks
COMMA = r"[+-]?\d+(?:,\d+)?"  # 2,5
THOUSANDS = r"[+-]?\d{1,3}(?:,\d{3})*(?:\.\d+)?"  # 1,234.5
POINTED = r"[+-]?\d{1,3}(?:\.\d{3})*(?:,\d+)?"  # 1.234,5
MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
NAMED_DATE = (
    rf"(?i:(?:\d{{1,2}}[-/ .]+)?{MONTH}[-/ .,]+(?:\d{{1,2}}[-/ .,]+)?\d{{4}})"  # 31 Jan 2010
)
ISO_DATE = r"\d{4}[-/]\d{1,2}(?:[-/]\d{1,2}(?:[T ]\d.*)?)?"  # 2010-01, 2010/01/31 12:00
UNIT = r"(?:[$€£¥]\s*[+-]?[\d.,]+|[+-]?[\d.,]+\s*[%$€£¥])"  # $24.5, 24.5%


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column that holds numbers.

    Attributes
    ----------
    values : array of shape (n,)
        NaN where a cell is missing, or is no number.
    missing : array of shape (n,)
        Which cells are.
    stray : int, optional
        The row of the first cell that is there and is no number.
    are_dates : bool
        Whether they are days since 1970.
    """

    values: NDArray[Any]
    missing: NDArray[np.bool_]
    stray: int | None = None
    are_dates: bool = False


@dataclass(frozen=True, eq=False)
class Texts:
    """A column that holds text; of dates and whatever else it has no levels.

    Attributes
    ----------
    values : array of shape (n,)
        Strings, or None where a cell is missing.
    levels : tuple of str
        The different ones.
    what : str
        What they are.
    """

    values: NDArray[np.object_]
    levels: tuple[str, ...]
    what: str = "texts"

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Which cells are."""
        return np.array([value is None for value in self.values], dtype=bool)

    @property
    def are_few(self) -> bool:
        """Whether the different ones are labels that come again, and no names."""
        return 1 < len(self.levels) <= min(MOST_LEVELS, max(2, len(self.values) // 2))


def read_column(series: Any) -> Numbers | Texts:
    """Return what a column of a pandas frame holds."""
    import pandas as pd

    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iufb":
        return _numbers(series.to_numpy().astype(np.float64))
    types = pd.api.types
    if types.is_bool_dtype(series.dtype) and not series.isna().any():
        return _numbers(series.to_numpy(np.float64))
    if types.is_numeric_dtype(series.dtype) and not types.is_complex_dtype(series.dtype):
        return _numbers(series.to_numpy(np.float64, na_value=np.nan))
    if types.is_datetime64_any_dtype(series.dtype):
        return _days(series)
    if not (
        types.is_object_dtype(series.dtype)
        or types.is_string_dtype(series.dtype)
        or isinstance(series.dtype, pd.CategoricalDtype)
    ):
        values = series.astype(object).where(series.notna(), None).to_numpy()
        return Texts(values, (), f"{series.dtype}")
    return _read_objects(series)


def _numbers(values: NDArray[Any]) -> Numbers:
    return Numbers(values, np.isnan(values))


def _read_objects(series: Any) -> Numbers | Texts:
    values = series.astype(object).to_numpy()
    missing = series.isna().to_numpy()
    there = values[~missing]
    if len(there) and all(isinstance(value, bool | np.bool_) for value in there):
        return _numbers(np.array([float(value) for value in np.where(missing, np.nan, values)]))
    texts = values.copy()
    texts[~missing] = [str(value).strip() for value in there]
    # A missing cell is one that reads so, too: 'NA ' with a blank behind it.
    texts[missing | np.isin(texts.astype(str), missing_texts(texts[~missing]))] = None
    return _numbers_in(texts) or _dates_in(texts) or Texts(texts, tuple(sorted({*texts} - {None})))


def missing_texts(texts: Iterable[str]) -> list[str]:
    """Return what reads as missing among these: a dash beside a plus sign is a label."""
    signs = {"-"} if "+" in set(texts) else set()
    return [one for one in MISSING if one not in signs]


def _numbers_in(texts: NDArray[np.object_]) -> Numbers | None:
    """Return the numbers of a column of text, unless most of it are words."""
    import pandas as pd

    series = pd.Series(texts, dtype="str")
    there = series.notna()
    if not there.any():
        return _numbers(np.full(len(texts), np.nan))
    values = pd.to_numeric(series, errors="coerce")
    stray = there & values.isna()
    if stray.any():
        plain = _with_commas(series[there])
        if plain is not None:
            values = pd.to_numeric(plain, errors="coerce").reindex(series.index)
            stray = there & values.isna()
    # Most are words; with a unit, or in two styles, they would be numbers that are to be mended.
    written = series[there].str.fullmatch(rf"{UNIT}|[+-]?\d[\d.,]*").mean()
    if stray.sum() > there.sum() / 2 and not written > 0.5:
        return None
    row = int(stray.to_numpy().argmax()) if stray.any() else None
    return Numbers(values.to_numpy(np.float64), ~there.to_numpy(), row)


def _dates_in(texts: NDArray[np.object_]) -> Numbers | None:
    """Return the dates of a column of text, if all are such: year first, or a month by name."""
    import pandas as pd

    series = pd.Series(texts, dtype="str")
    if not series.dropna().str.fullmatch(rf"{ISO_DATE}|{NAMED_DATE}").all():
        return None  # 1/2/2010 is in January here, in February there
    dates = pd.to_datetime(series, errors="coerce", format="mixed", utc=True)
    return _days(dates) if dates.notna().equals(series.notna()) else None


def _days(series: Any) -> Numbers:
    """Return dates as days since 1970."""
    import pandas as pd

    dates = pd.to_datetime(series, utc=True)
    days = (dates - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    return Numbers(days.to_numpy(np.float64), dates.isna().to_numpy(), are_dates=True)


def holds_booleans(series: Any) -> bool:
    """Return whether a column without a type of its own holds nothing but booleans."""
    if series.dtype.kind != "O" or not len(series):
        return False
    return all(isinstance(value, bool | np.bool_) for value in series.dropna())


def _with_commas(series: Any) -> Any | None:
    """Return numbers with decimal commas or grouped thousands as plain ones, if all are such.

    A single one among others is no style, but a slip.
    """
    if series.str.contains(",", regex=False).sum() < 2:
        return None
    # 1,250 is a thousand and more, unless another one, as 0,125 or 2,5, cannot be.
    ungrouped = series.str.fullmatch(r"[+-]?\d{4,}(?:\.\d+)?").any()
    zero = series.str.match(r"[+-]?0,").any()
    if series.str.fullmatch(THOUSANDS).all() and not ungrouped and not zero:
        return series.str.replace(",", "", regex=False)
    # But where 1,234 and 1234 stand together, nobody knows.
    plain = zero or not series.str.fullmatch(r"[+-]?\d{1,3},\d{3}|[^,]*").all()
    if plain and series.str.fullmatch(COMMA).all():
        return series.str.replace(",", ".", regex=False)
    if series.str.fullmatch(POINTED).all():
        return series.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return None


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
    """

    name: str
    levels: tuple[str, ...] = ()
    are_dates: bool = False

    @classmethod
    def of(cls, name: str, read: Numbers | Texts) -> "Column":
        """Return what there is to know of a column that was read."""
        if isinstance(read, Texts):
            return cls(name, read.levels)
        return cls(name, are_dates=read.are_dates)

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
    """

    used: tuple[Column, ...]
    left_out: tuple[str, ...] = ()

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
        read = read_columns(frame, names)
        for column in self.used:
            self._check(column, read[column.name], frame.iloc[:, names.index(column.name)])
        parts = [column.encode(read[column.name]) for column in self.used]
        return np.concatenate(parts, axis=1)

    def _check_names(self, names: Sequence[str]) -> None:
        wanted = [column.name for column in self.used]
        if lost := [name for name in wanted if name not in names]:
            raise ValueError(
                f"X must have the columns of the training data, got none called {lost[0]!r}: "
                f"give {short(wanted)}"
            )
        strange = [name for name in names if name not in (*wanted, *self.left_out)]
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


def read_columns(frame: Any, names: Sequence[str]) -> dict[str, Numbers | Texts]:
    """Return what the columns of a frame hold, by name."""
    # As a whole, where all are numbers: pandas takes its time over each single column.
    if all(isinstance(one, np.dtype) and one.kind in "iuf" for one in frame.dtypes):
        block = frame.to_numpy(np.float64)
        missing = np.isnan(block)
        return {
            name: Numbers(block[:, place], missing[:, place]) for place, name in enumerate(names)
        }
    columns = (series for _, series in frame.items())
    return {name: read_column(series) for name, series in zip(names, columns, strict=True)}


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
