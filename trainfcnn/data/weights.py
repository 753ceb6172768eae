"""How much does each sample count? Its own weight, times that of its class."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.checks import is_real, short
from trainfcnn._support.types import Array
from trainfcnn.data.dataset import Dataset

ClassWeight = str | Mapping[Any, float] | None

SPLIT_WITH_THEM = ", or TrainFCNN((X, y, sample_weight)), which splits them with the samples"


def check_weights(weights: ArrayLike, n: int, what: str = "sample", todo: str = "") -> Array:
    """Return the weights of `n` samples as an array (n,), or say what is wrong with them.

    A message calls a sample `what`, and ends on what else there is `todo`.

    Raises
    ------
    ValueError
        If they are not one number of 0 or more a sample, at least one of them above 0.
    """
    try:
        found = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"sample_weight must hold numbers, got {short(weights)}: give one a {what}"
        ) from error
    if found.shape != (n,):
        raise ValueError(
            f"sample_weight must be of shape ({n},), one for each {what}, got shape "
            f"{found.shape}: give as many{todo}"
        )
    wrong = ~(np.isfinite(found) & (found >= 0))
    if wrong.any() or not found.any():
        row = int(wrong.argmax())
        raise ValueError(
            "sample_weight must be finite numbers of 0 or more, not all of them zero, got "
            f"{found[row]:g} in row {row}: 0 leaves a sample out"
        )
    return found


def weights_of_classes(
    class_weight: ClassWeight,
    classes: tuple[object, ...],
    y: NDArray[Any],
    weights: Array | None = None,
) -> Array:
    """Return the weight that its class gives each sample, (n,).

    Parameters
    ----------
    class_weight : 'balanced' or mapping
        From labels to weights, 1 for those that are not in it; 'balanced' lets all classes count
        alike, however many samples they have: n / (classes * samples of the class).
    classes : tuple
        The labels.
    y : array of shape (n,)
        Their indices.
    weights : array of shape (n,), optional
        By which samples are counted, where they do not count alike.

    Raises
    ------
    ValueError
        If it is neither of them, a label is unknown, or a weight is no number of 0 or more.

    Examples
    --------
    >>> weights_of_classes("balanced", ("ham", "spam"), np.array([0, 0, 0, 1])).round(2)
    array([0.67, 0.67, 0.67, 2.  ])
    >>> weights_of_classes({"spam": 5}, ("ham", "spam"), np.array([0, 0, 0, 1]))
    array([1., 1., 1., 5.])
    """
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(y, weights, minlength=len(classes))
        there = counts > 0
        # classes without a sample do not share in the sum
        each = counts.sum() / (there.sum() * np.where(there, counts, 1.0))
        return np.asarray(each[y])
    if not isinstance(class_weight, Mapping):
        raise ValueError(
            "class_weight must be 'balanced' or a weight for each label, got "
            f"{short(class_weight)}: try class_weight='balanced'"
        )
    for label, weight in class_weight.items():
        if label not in classes:
            raise ValueError(
                f"class_weight must be for labels of y, {short([*classes])}, got one for "
                f"{short(label)}: leave it out"
            )
        if not is_real(weight) or weight < 0:
            raise ValueError(
                f"class_weight must hold numbers of 0 or more, got {short(weight)} for "
                f"{short(label)}: try class_weight='balanced'"
            )
    each = np.array([class_weight.get(label, 1.0) for label in classes], dtype=np.float64)
    return np.asarray(each[y])


def _balanced_labels(class_weight: ClassWeight, dataset: Dataset, weights: Array | None) -> Array:
    """Return the product of what balances each label, as scikit-learn's own estimators take it."""
    if class_weight != "balanced":
        raise ValueError(
            f"class_weight of several labels must be 'balanced', got {short(class_weight)}: use "
            "sample_weight"
        )
    each = [weights_of_classes(class_weight, (0, 1), one, weights) for one in dataset.y.T]
    product: Array = np.prod(each, axis=0)
    return product


def weighted(
    dataset: Dataset, sample_weight: ArrayLike | None = None, class_weight: ClassWeight = None
) -> Dataset:
    """Return the data with weights of the training samples, times those that they have already.

    Samples of weight 0 are left out. For the arguments see `TrainFCNN.train`.

    Raises
    ------
    ValueError
        If weights are not what they must be, or classes are weighted in a regression.
    """
    weights = dataset.weights
    if sample_weight is not None:
        own = check_weights(sample_weight, len(dataset.x), "training sample", SPLIT_WITH_THEM)
        weights = own if weights is None else weights * own
    if class_weight is not None:
        if not dataset.is_classification:
            raise ValueError(
                f"class_weight is for classes, and {dataset.name!r} is a regression: use "
                "sample_weight"
            )
        if dataset.target_names:
            of_class = _balanced_labels(class_weight, dataset, weights)
        else:
            of_class = weights_of_classes(class_weight, dataset.classes, dataset.y, weights)
        weights = of_class if weights is None else weights * of_class
    if weights is None:
        return dataset
    counts = weights > 0
    if not counts.any():
        raise ValueError("weights must leave a sample in, got 0 for all: leave some class in")
    return replace(dataset, x=dataset.x[counts], y=dataset.y[counts], weights=weights[counts])
