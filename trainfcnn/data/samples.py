"""More samples of known data: to predict, and to choose weights on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trainfcnn._support.types import Values
from trainfcnn.data.arrays import as_class_indices, check_inputs, check_targets
from trainfcnn.data.columns import Columns, as_frame, is_frame, is_numbered
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
        nameless = not dataset.feature_names and is_numbered(frame)
        if columns is not None and nameless and frame.shape[1] == len(columns.used):
            frame = frame.set_axis([column.name for column in columns.used], axis=1)
        X = frame if columns is None else columns.encode(frame)
    return check_inputs(X, dataset.x.shape[1], dataset.image_shape)


def with_validation(dataset: Dataset, sample: Any) -> Dataset:
    """Return the data with a sample (X, y) on which it is seen which weights to keep.

    Raises
    ------
    ValueError
        If it is no such pair, or not like the data.
    """
    if len(sample) != 2:
        raise ValueError(
            f"validation must be a share, or a sample (X, y), got {len(sample)} items: try "
            "validation=0.2"
        )
    try:
        x = inputs_like(dataset, sample[0])
        y = as_class_indices(check_targets(sample[1], len(x)), dataset.classes)
    except ValueError as error:
        raise ValueError(f"the sample validation=(X, y) does not fit: {error}") from error
    note = f"{len(x):,} {'images' if dataset.image_shape else 'points'} for the validation"
    validation = (x, y.astype(dataset.y.dtype))
    return replace(dataset, validation=validation, notes=(*dataset.notes, note))
