"""Several targets a row: values, or labels each of which holds or not."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.checks import short
from trainfcnn._support.types import Values

# What there is to say of columns of 0 and 1, which could be either.
EITHER = (
    "say kind='multilabel', if several of them may be 1 in a row, or kind='regression', if they "
    "are values"
)


def check_columns(y: NDArray[Any], n: int, kind: str | None) -> Values:
    """Return several targets of `n` rows (n, targets): numbers, or of labels 0 and 1 as int64.

    Raises
    ------
    ValueError
        If they are no finite numbers; of 0 and 1 alone, unless their kind is said.
    """
    shape = y.shape
    if y.ndim != 2 or kind in ("binary", "multiclass"):
        todo = "give one target a row"
        if y.ndim == 2 and _is_one_hot(y):
            todo = "try y.argmax(1), the index of the class"
        raise ValueError(f"y must be of shape (n,) or (n, 1), got shape {shape}: {todo}")
    try:
        values: Values = y.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"y must hold numbers in all of {shape[1]} columns: {error}") from error
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0].tolist()
        raise ValueError(
            f"y must be finite, got NaN or infinity in row {row}, column {column}: drop or fill it"
        )
    if len(values) != n:
        raise ValueError(
            f"X and y must be of equal length, got {n} rows and {len(values)} rows of targets: "
            "give one row a sample"
        )
    are_labels = bool(np.isin(values, (0, 1)).all())
    if kind == "multilabel" and not are_labels:
        strange = values[~np.isin(values, (0, 1))][0]
        raise ValueError(
            f"y must be 1 where a label holds and else 0, got {strange:g}: convert it, or leave "
            "kind out"
        )
    if kind is None and are_labels:
        one_hot = "try y.argmax(1), the index of the class; or " if _is_one_hot(values) else ""
        raise ValueError(
            f"y of 0 and 1 in {shape[1]} columns must be told what it is: {one_hot}{EITHER}"
        )
    return values.astype(np.int64) if kind == "multilabel" else values


def check_names(names: tuple[str, ...], y: Values) -> tuple[str, ...]:
    """Return what the targets (n,) or (n, targets) are called, by their places if not said.

    Raises
    ------
    ValueError
        If a name comes twice.
    """
    if y.ndim == 1:
        return ()
    if len(set(names)) < len(names):
        raise ValueError(f"targets must have different names, got {short([*names])}: rename them")
    what = "label" if y.dtype == np.int64 else "target"
    return names or tuple(f"{what} {place}" for place in range(y.shape[1]))


def _is_one_hot(y: NDArray[Any]) -> bool:
    return bool(np.isin(y, (0, 1)).all() and (y.astype(np.float64).sum(1) == 1).all())
