"""A data set as a file holds it: how to have it again, or its samples, or that they are out.

Toy data are described by their law and drawn again, images by their name and found again, both when
their samples are first asked for. Own data are left out, unless they are asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.checks import look_up, short
from trainfcnn._support.container import Described, Tensors, number_of, plain_number
from trainfcnn.data.columns import Column, Columns
from trainfcnn.data.dataset import KINDS, Dataset, Domain, Law, Origin
from trainfcnn.data.functions import OwnClasses, OwnFunction, from_function
from trainfcnn.data.images import IMAGES, check_normalize
from trainfcnn.data.recalled import (
    SAMPLES,
    Again,
    LeftOut,
    RecalledDataset,
    again,
)
from trainfcnn.data.toy import DATASETS, blobs
from trainfcnn.nn.named import Own, function_named, name_of
from trainfcnn.storage.recipes import fields_of, plain_fields

BYTES = np.dtype("uint8")
REAL = np.dtype("float64")
WHOLE = np.dtype("int64")
SAVE_DATA = "save with data=True, or train a new network on them"


def describe(dataset: Dataset, with_samples: bool) -> tuple[Described, Tensors]:
    """Return a data set as JSON can hold it, and its samples if asked and of no known origin.

    Raises
    ------
    ValueError
        If a label is neither a text nor a number.
    """
    law = plain_law(dataset.law)
    known = None if dataset.law is not None and law is None else again(dataset)
    # A function is handed over by whoever loads the file: perhaps by nobody.
    saves = with_samples and (known is None or (law is not None and not _is_of_a_table(dataset)))
    described = _description(dataset) | {
        "law": law,
        "origin": None if known is None else asdict(known.origin),
        "checksum": "" if known is None else known.checksum,
        "has_samples": saves,
    }
    if not saves:
        return described, {}
    tensors = {f"data.{name}": getattr(dataset, name) for name in SAMPLES}
    if dataset.validation is not None:
        x, y = dataset.validation
        tensors |= {"data.x_validation": x, "data.y_validation": y}
    if dataset.weights is not None:
        tensors["data.weights"] = dataset.weights
    return described, tensors


def _description(dataset: Dataset) -> Described:
    """Return all fields of a data set but its samples, its law and its origin."""
    domain = dataset.domain
    columns = dataset.encoder
    return {
        "name": str(dataset.name),
        "kind": dataset.kind,
        "classes": [_plain_label(one) for one in dataset.classes],
        "domain": [[float(one) for one in end] for end in (domain.low, domain.high)],
        "noise": float(dataset.noise),
        "recommended": plain_fields(dataset.recommended),
        "image_shape": None if dataset.image_shape is None else [*map(int, dataset.image_shape)],
        "normalize": dataset.normalize,
        "feature_names": [*map(str, dataset.feature_names)],
        "target_names": [*map(str, dataset.target_names)],
        "encoder": None if columns is None else asdict(columns),
        "notes": [*map(str, dataset.notes)],
        "sizes": [dataset.n_samples, dataset.n_test, dataset.n_features],
        "n_validation": None if dataset.validation is None else len(dataset.validation[0]),
    }


def plain_law(law: Law | None) -> object:
    """Return by what a law can be found again; None where it cannot, as one of a lambda."""
    if law is None:
        return None
    if DATASETS.get(law.name) is law:
        return {"name": law.name}
    own = law.truth
    if law.name == "blobs" and _owner(own) == _owner(blobs(len(law.classes)).truth):
        return {"blobs": len(law.classes)}
    own = own.function if isinstance(own, OwnClasses) else _owner(own)
    if isinstance(own, OwnFunction):
        try:
            return {"function": name_of(own.function, "a function"), "kind": law.kind}
        except ValueError:
            return None
    return None


def comes_again(described: Described) -> bool:
    """Return whether the samples of a data set will be there, or can be had again by anybody."""
    law = described["law"] or {}
    return described["has_samples"] or (described["origin"] is not None and "function" not in law)


def _owner(truth: Any) -> Any:
    """Return whose method it is, if it is one."""
    return getattr(truth, "__self__", truth)


def _is_of_a_table(dataset: Dataset) -> bool:
    """Return whether the law is found again by its name alone, if there is one."""
    plain = plain_law(dataset.law)
    return isinstance(plain, dict) and "function" not in plain


def _plain_label(label: object) -> object:
    plain = label.item() if isinstance(label, np.generic) else label
    if isinstance(plain, float):
        return {"number": plain_number(plain)}
    if not isinstance(plain, str | int):  # booleans among these
        raise ValueError(
            f"labels must be texts, numbers or booleans to be saved, got {short(label)}: rename "
            "the classes"
        )
    return plain


def dataset_of(described: Described, tensors: Tensors, functions: Sequence[Own]) -> Dataset:
    """Return the data set that `describe` made plain, with its samples or ready to fetch them.

    Raises
    ------
    ValueError
        If something of it does not fit the rest.
    """
    fields = _fields(described, functions)
    n_samples, n_test, n_features = map(_count, described["sizes"])
    sizes = n_samples, n_test, n_features
    _check_together(fields, n_features)
    if described["has_samples"]:
        law = _law(described["law"], fields, functions)
        return Dataset(**fields, **_samples(tensors, fields, sizes), law=law)
    law, todo = _law_or_advice(described["law"], fields, functions)
    origin = None if described["origin"] is None else Origin(**described["origin"])
    hollow = np.empty((_count(described["n_validation"] or 0), 0))
    validation = None if described["n_validation"] is None else (hollow, hollow)
    fetch: Callable[[], Dataset] = LeftOut(fields["name"], todo)
    source = law if law is not None else fields["name"]
    if origin is not None and (law is not None or fields["name"] in IMAGES):
        _check_origin(origin)
        fetch = Again(source, origin, fields["noise"], described["checksum"])
    whole = fields | {"law": law, "origin": origin, "validation": validation}
    return RecalledDataset.of(whole, sizes, fetch)


def _fields(described: Described, functions: Sequence[Own]) -> dict[str, Any]:
    """Return all fields of a data set but its samples, its law and its origin."""
    low, high = (tuple(map(number_of, end)) for end in described["domain"])
    shape = described["image_shape"]
    return {
        "name": _text(described["name"]),
        "kind": described["kind"],
        "classes": tuple(map(_label, described["classes"])),
        "domain": Domain(low, high),
        "noise": number_of(described["noise"]),
        "recommended": fields_of(described["recommended"], functions),
        "image_shape": None if shape is None else tuple(map(_count, shape)),
        "normalize": described["normalize"],
        "feature_names": tuple(map(_text, described["feature_names"])),
        "target_names": tuple(map(_text, described.get("target_names", ()))),
        "encoder": None if described["encoder"] is None else _columns(described["encoder"]),
        "notes": tuple(map(_text, described["notes"])),
    }


def _columns(described: Described) -> Columns:
    used = tuple(
        Column(
            _text(one["name"]),
            tuple(map(_text, one["levels"])),
            bool(one["are_dates"]),
            _text(one["style"]),
        )
        for one in described["used"]
    )
    target = described["target"]
    named = tuple(map(_text, target)) if isinstance(target, list) else _text(target)
    return Columns(used, tuple(map(_text, described["left_out"])), named)


def _check_together(fields: dict[str, Any], n_features: int) -> None:
    """Refuse a description that is of no data set."""
    kind = fields["kind"]
    n_classes = len(fields["classes"])
    n_targets = len(fields["target_names"])
    fits = {
        "regression": n_classes == 0 and n_targets != 1,
        "binary": n_classes == 2 and n_targets == 0,
        "multiclass": n_classes > 2 and n_targets == 0,
        "multilabel": n_classes == 0 and n_targets > 1,
    }
    names = fields["feature_names"]
    shape = fields["image_shape"]
    columns = fields["encoder"]
    if kind not in KINDS or not fits[kind]:
        raise ValueError(f"its {n_classes} classes do not fit a task that is {short(kind)}")
    if (
        (names and len(names) != n_features)
        or (shape is not None and (len(shape) != 2 or prod(shape) != n_features))
        or (columns is not None and len(columns.features) != n_features)
        or not n_features
    ):
        raise ValueError(f"names, columns and images do not fit its {n_features} features")
    check_normalize(fields["normalize"])


def _samples(
    tensors: Tensors, fields: dict[str, Any], sizes: tuple[int, int, int]
) -> dict[str, Any]:
    """Return the samples, if they are of the sizes that are told, and sound."""
    n_samples, n_test, n_features = sizes
    found: dict[str, Any] = {}
    for end, n in (("", n_samples), ("_test", n_test), ("_validation", None)):
        if n is None and "data.x_validation" not in tensors:
            continue
        x = tensors[f"data.x{end}"]
        y = tensors[f"data.y{end}"]
        n = len(y) if n is None else n
        several = (len(fields["target_names"]),) if fields["target_names"] else ()
        if x.shape != (n, n_features) or y.shape != (n, *several) or x.dtype not in (REAL, BYTES):
            raise ValueError(f"its samples{end} are of shapes {x.shape} and {y.shape}")
        n_answers = 2 if fields["kind"] == "multilabel" else len(fields["classes"])
        _check_values(x, y, n_answers)
        found |= {f"x{end}": x.copy(), f"y{end}": y.copy()}
    validation = found.pop("x_validation", None), found.pop("y_validation", None)
    weights = tensors.get("data.weights")
    if weights is not None:
        _check_counts(weights, (n_samples,))
        found["weights"] = weights.copy()
    return found | {"validation": None if validation[0] is None else validation}


def _check_counts(weights: NDArray[Any], shape: tuple[int, ...]) -> None:
    """Refuse weights of samples that are none."""
    if weights.shape != shape or weights.dtype != REAL or not (weights >= 0).all():
        raise ValueError(f"its weights of samples are of shape {weights.shape}, or no weights")
    if not 0 < weights.sum() < np.inf:
        raise ValueError("its weights of samples must be finite, and some above 0")


def _check_values(x: NDArray[Any], y: NDArray[Any], n_classes: int) -> None:
    """Refuse samples that are no numbers, or of classes that there are not."""
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        raise ValueError("its samples must be finite numbers, and some are not")
    if y.dtype != (WHOLE if n_classes else REAL):
        raise ValueError(f"its targets are of {y.dtype}")
    if n_classes and y.size and not (y.min() >= 0 and y.max() < n_classes):
        raise ValueError(f"its targets must be below {n_classes}, and some are not")


def _law_or_advice(
    plain: Any, fields: dict[str, Any], functions: Sequence[Own]
) -> tuple[Law | None, str]:
    """Return a law, or what to do where it cannot be found."""
    try:
        return _law(plain, fields, functions), SAVE_DATA
    except ValueError as error:
        return None, f"{error}, when you load it"


def _law(plain: Any, fields: dict[str, Any], functions: Sequence[Own]) -> Law | None:
    """Return the law of data with these other fields, if they have one that can be found."""
    if plain is None:
        return None
    if "function" in plain:
        law = from_function(function_named(plain["function"], functions), plain["kind"])
    elif "blobs" in plain:
        law = blobs(len(fields["classes"]))
    else:
        law = look_up(DATASETS, plain["name"], "dataset")
    if (law.kind, law.classes, law.domain) != (fields["kind"], fields["classes"], fields["domain"]):
        raise ValueError(f"the law of {law.name!r} must be that of its data, and is another one")
    return law


def _check_origin(origin: Origin) -> None:
    _count(origin.seed)
    _count(origin.n_samples or 0)
    if origin.data_home is not None:
        _text(origin.data_home)


def _label(plain: Any) -> object:
    if isinstance(plain, dict):
        return number_of(plain["number"])
    if not isinstance(plain, str | int):
        raise ValueError(f"a label must be a text or a number, got {short(plain)}")
    return plain


def _count(plain: Any) -> int:
    if isinstance(plain, bool) or not isinstance(plain, int) or not 0 <= plain < 2**63:
        raise ValueError(f"a number of something must be 0 or more, got {short(plain)}")
    return plain


def _text(plain: Any) -> str:
    if not isinstance(plain, str):
        raise ValueError(f"a name must be a text, got {short(plain)}")
    return plain
