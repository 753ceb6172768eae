"""More samples of known data: to predict, and to choose weights on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trainfcnn._support.checks import is_real, short
from trainfcnn._support.types import Values
from trainfcnn.data.arrays import check_inputs, targets_like
from trainfcnn.data.columns import Columns, as_frame, as_name, is_frame, is_numbered
from trainfcnn.data.dataset import Dataset


def inputs_like(dataset: Dataset, X: Any) -> Values:
    """Return inputs as rows (n, d), those of a frame by the names of its columns.

    Raises
    ------
    ValueError
        If they are not like those of the data set.
    """
    if is_frame(X) or isinstance(X, Mapping):
        frame = as_frame(X)
        columns = dataset.encoder
        if columns is None and dataset.feature_names:
            columns = Columns.of_numbers(dataset.feature_names)
        # Columns without names, as many as there are to be, are meant in their order.
        if columns is None and {*map(as_name, frame.columns)} == {*dataset.axis_names}:
            columns = Columns.of_numbers(dataset.axis_names)  # as formulas call them
        nameless = not dataset.feature_names and is_numbered(frame)
        if columns is not None and nameless and frame.shape[1] == len(columns.used):
            frame = frame.set_axis([column.name for column in columns.used], axis=1)
        X = frame if columns is None else columns.encode(frame)
    return check_inputs(X, dataset.n_features, dataset.image_shape)


def samples_like(dataset: Dataset, X: Any, y: Any = None, name: str = "X") -> tuple[Values, Values]:
    """Return inputs (n, d) and targets as the data have them; of a table alone, its own targets.

    Raises
    ------
    ValueError
        If they are not like those of the data set; the table is the argument `name`.
    """
    if y is None:
        columns = dataset.encoder or Columns(())
        y = columns.targets(as_frame(X), name)
    x = inputs_like(dataset, X)
    return x, targets_like(dataset, y, len(x))


def with_validation(dataset: Dataset, sample: Any) -> Dataset:
    """Return the data with a sample (X, y) on which it is seen which weights to keep.

    Raises
    ------
    ValueError
        If it is no such pair, or not like the data.
    """
    if is_frame(sample):
        sample = (sample, None)
    if len(sample) != 2 or any(map(is_real, sample)):
        raise ValueError(
            f"validation must be a share, or a sample (X, y), got {short(sample)}: try "
            "validation=0.2"
        )
    try:
        x, y = samples_like(dataset, sample[0], sample[1], "validation")
    except ValueError as error:
        raise ValueError(f"the sample validation=(X, y) does not fit: {error}") from error
    note = f"{len(x):,} {'images' if dataset.image_shape else 'points'} for the validation"
    validation = (x, y.astype(dataset.y.dtype))
    return replace(dataset, validation=validation, notes=(*dataset.notes, note))
