"""The cells of a column: as numbers, as dates, or as text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
SPACED = r"[+-]?\d{1,3}(?:[ \u00a0\u202f'’]\d{3})*(?:[.,]\d+)?"  # 1 234,5 and 1'234.5
STYLES = {"comma": COMMA, "thousands": THOUSANDS, "pointed": POINTED, "spaced": SPACED}
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
    style : str
        How text is a number: as Python writes it, or a key of `STYLES`.
    """

    values: NDArray[Any]
    missing: NDArray[np.bool_]
    stray: int | None = None
    are_dates: bool = False
    style: str = ""


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


def read_column(series: Any, style: str | None = None) -> Numbers | Texts:
    """Return what a column of a pandas frame holds, in a known style of numbers if one is given."""
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
    return _read_objects(series, style)


def _numbers(values: NDArray[Any]) -> Numbers:
    return Numbers(values, np.isnan(values))


def _read_objects(series: Any, style: str | None) -> Numbers | Texts:
    values = series.astype(object).to_numpy()
    missing = series.isna().to_numpy()
    there = values[~missing]
    if len(there) and all(isinstance(value, bool | np.bool_) for value in there):
        return _numbers(np.array([float(value) for value in np.where(missing, np.nan, values)]))
    texts = values.copy()
    texts[~missing] = [str(value).strip() for value in there]
    # A missing cell is one that reads so, too: 'NA ' with a blank behind it.
    texts[missing | np.isin(texts.astype(str), missing_texts(texts[~missing]))] = None
    return (
        _numbers_in(texts, style)
        or _dates_in(texts)
        or Texts(texts, tuple(sorted({*texts} - {None})))
    )


def missing_texts(texts: Iterable[str]) -> list[str]:
    """Return what reads as missing among these: a dash beside a plus sign is a label."""
    signs = {"-"} if "+" in set(texts) else set()
    return [one for one in MISSING if one not in signs]


def _numbers_in(texts: NDArray[np.object_], style: str | None) -> Numbers | None:
    """Return the numbers of a column of text, unless most of it are words."""
    import pandas as pd

    series = pd.Series(texts, dtype="str")
    there = series.notna()
    if not there.any():
        return _numbers(np.full(len(texts), np.nan))
    values = pd.to_numeric(series, errors="coerce")
    stray = there & values.isna()
    found = ""
    if style or (stray.any() and style is None):
        found = style or _style_of(series[there])
        plain = _as_plain_numbers(series[there], found)
        values = pd.to_numeric(plain, errors="coerce").reindex(series.index)
        stray = there & values.isna()
    # Most are words; with a unit, or in two styles, they would be numbers that are to be mended.
    written = series[there].str.fullmatch(rf"{UNIT}|[+-]?\d[\d.,]*").mean()
    if stray.sum() > there.sum() / 2 and not written > 0.5:
        return None
    row = int(stray.to_numpy().argmax()) if stray.any() else None
    return Numbers(values.to_numpy(np.float64), ~there.to_numpy(), row, style=found)


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


def _style_of(series: Any) -> str:
    """Return in which style all of these are numbers with decimal commas or grouped thousands.

    A single one among others is no style, but a slip.
    """
    if (
        series.str.contains(r"\d[ \u00a0\u202f'’]\d").sum() > 1
        and series.str.fullmatch(SPACED).all()
    ):
        return "spaced"
    if series.str.contains(",", regex=False).sum() < 2:
        return ""
    # 1,250 is a thousand and more, unless another one, as 0,125 or 2,5, cannot be.
    ungrouped = series.str.fullmatch(r"[+-]?\d{4,}(?:\.\d+)?").any()
    zero = series.str.match(r"[+-]?0,").any()
    if series.str.fullmatch(THOUSANDS).all() and not ungrouped and not zero:
        return "thousands"
    # But where 1,234 and 1234 stand together, nobody knows.
    plain = zero or not series.str.fullmatch(r"[+-]?\d{1,3},\d{3}|[^,]*").all()
    if plain and series.str.fullmatch(COMMA).all():
        return "comma"
    return "pointed" if series.str.fullmatch(POINTED).all() else ""


def _as_plain_numbers(series: Any, style: str) -> Any:
    """Return numbers of a style as Python writes them; what is no such number is none then."""
    if not style:
        return series
    grouping = {"thousands": ",", "spaced": r"[ \u00a0\u202f'’]"}.get(style, r"\.")
    plain = series.str.replace(grouping, "", regex=True)
    plain = plain.str.replace(",", ".", regex=False)
    return plain.where(series.str.fullmatch(STYLES[style]))
