"""A CSV file as a `Dataset`."""

import csv
import os
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn.data.arrays import from_arrays
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.splits import TestSize


def from_csv(
    path: str | os.PathLike[str],
    *,
    kind: str | None = None,
    seed: int = 0,
    test_size: TestSize = None,
) -> Dataset:
    """Return the data of a CSV file: numbers in all columns, the target in the last.

    Parameters
    ----------
    path : str or path
        Separated by commas, semicolons or tabs; a first line with names is passed over. The
        targets may be strings.
    kind, seed, test_size
        As for `from_arrays`.

    Raises
    ------
    ValueError
        If the file is missing, empty, ragged or not numeric; with its path and line.
    """
    path = Path(path)
    rows = _read(path)
    if rows and _number(rows[0][1][0]) is None:
        rows = rows[1:]  # the names of the columns
    if not rows:
        raise ValueError(f"{str(path)!r} must hold at least one row of numbers, got none: fill it")
    x = [_features(path, line, cells, width=len(rows[0][1])) for line, cells in rows]
    y = _column([cells[-1] for _, cells in rows])
    return from_arrays(x, y, kind=kind, name=path.stem, seed=seed, test_size=test_size)


def _read(path: Path) -> list[tuple[int, list[str]]]:
    """Return the lines that are not empty, each with its number."""
    try:
        # Excel begins with a BOM, which plain utf-8 would make part of the first cell.
        with path.open(newline="", encoding="utf-8-sig") as file:
            # A comma where all are equally rare, as in a file of one column.
            delimiter = max(",;\t", key=file.readline().count)
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter)
            return [(reader.line_num, cells) for cells in reader if cells]
    except FileNotFoundError:
        raise ValueError(f"there is no file {str(path)!r}: check the path") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{str(path)!r} must be a CSV file ({error}): check the path") from error


def _features(path: Path, line: int, cells: list[str], width: int) -> list[float]:
    if len(cells) != width or width < 2:
        raise ValueError(
            f"every line of {str(path)!r} must hold the same number of columns, two at least: "
            f"line {line} holds {len(cells)}, the first {width}"
        )
    if not cells[-1].strip():
        raise ValueError(f"{str(path)!r} must hold a target, got none in line {line}: fill it")
    return [_finite(path, line, cell) for cell in cells[:-1]]


def _finite(path: Path, line: int, cell: str) -> float:
    number = _number(cell)
    if number is None or not isfinite(number):
        raise ValueError(
            f"{str(path)!r} must hold finite numbers, got {cell!r} in line {line}: fix it"
        )
    return number


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _column(cells: list[str]) -> NDArray[Any]:
    """Return the target column as ints, floats or strings, the first that fits all of it."""
    # Whole numbers first: labels 0 and 1 must stay classes 0 and 1, not 0.0 and 1.0.
    for type_ in (int, float):
        try:
            return np.array([type_(cell) for cell in cells])
        except ValueError:
            continue
    return np.array([cell.strip() for cell in cells])
