"""A function of one feature or more as a `Law`."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from textwrap import shorten
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.checks import check_importable, short
from trainfcnn._support.seeds import numpy_generator
from trainfcnn._support.types import Array, Values
from trainfcnn.data.arrays import MOST_NUMBERED_CLASSES, classify
from trainfcnn.data.dataset import FEWEST_CELLS, Domain, Law

POINTS = 401**2  # about so many are those at which a function is first looked at
EXPONENTS = {1: "", 2: "²", 3: "³"}
LONGEST = 160  # characters of what a function said
# What to do, by what is in the message of a function that failed.
WAYS = {
    "requires grad": "let it return .detach()",
    "must be Tensor": "try lambda x: torch.sin(torch.as_tensor(x)), with yours for sin",
    "argument": "try lambda x: f(x), say, with an argument for each feature",
    "index": "try lambda x1, x2: x1 * x2, with an argument for each feature",
    "subscript": "try lambda x1, x2: x1 * x2, with an argument for each feature",
}


def from_function(function: Callable[..., Any], kind: str | None = None) -> Law:
    """Return the law of a function, sampled uniformly on [-2, 2] for each of its features.

    Parameters
    ----------
    function : callable
        ``f(x)``, ``f(x1, x2)``, ``f(x1, x2, x3)``...: as many features as it has arguments without
        a default (see `count_features`), each an array or, more slowly, a number. Its result
        decides the kind: bool is binary, int or str multiclass (binary if it takes two values),
        float a regression. So is a whole number of more than 20 different values.
    kind : str, optional
        To take a whole-numbered function as a regression, or as classes.

    Raises
    ------
    ValueError
        If it is the same everywhere, or gives values that are not finite numbers.

    Examples
    --------
    >>> from_function(lambda x: x > 0.5).domain
    Domain(low=(-2.0,), high=(2.0,))
    """
    own = OwnFunction(function, _name(function), count_features(function))
    points = _first_points(own.domain)
    values = own(*points.T)
    is_regression = kind == "regression" or (kind is None and _looks_continuous(values))
    if (values == values[0]).all():
        must = "vary" if is_regression else "give at least two classes"
        raise ValueError(
            f"{own.name} must {must}, got only {values[0].item()!r} everywhere on {own.box}: "
            "there is nothing to learn"
        )
    found, classes, _ = classify(values, kind or ("regression" if is_regression else None))
    truth = own.as_floats if found == "regression" else OwnClasses(own, classes)
    law = Law(own.name, found, own.name, truth, classes, own.domain)
    return replace(
        law, feature_names=() if isinstance(function, np.ufunc) else _features_of(function)
    )


def count_features(function: Callable[..., Any]) -> int:
    """Return how many features a function takes: its arguments that have no default.

    Where all of them have one, these count. Of a function that does not say, such as one written
    in C, or one of ``*args`` alone, two are assumed.

    Raises
    ------
    ValueError
        If it takes none, or wants something by name.

    Examples
    --------
    >>> [count_features(f) for f in (np.sin, np.hypot, lambda a, b, c, power=2: a * b * c**power)]
    [1, 2, 3]
    """
    if isinstance(function, np.ufunc):
        return function.nin
    return len(_features_of(function)) or 2


def _features_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return what a function calls its features; nothing where it does not say."""
    try:  # `vectorize` hides what it calls
        signature = inspect.signature(getattr(function, "pyfunc", function))
    except (TypeError, ValueError):
        return ()
    arguments = signature.parameters.values()
    in_order = [
        one for one in arguments if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    required = [one for one in in_order if one.default is one.empty]
    named = [one for one in arguments if one.kind is one.KEYWORD_ONLY and one.default is one.empty]
    if named:
        raise ValueError(
            f"{_name(function)} must need nothing but its features, and wants {named[0].name} by "
            f"name: try functools.partial(f, {named[0].name}=...)"
        )
    if not in_order and not any(one.kind is one.VAR_POSITIONAL for one in arguments):
        raise ValueError(
            f"{_name(function)} must take a number for each feature, and takes none: "
            "try lambda x1, x2: x1 > x2"
        )
    return tuple(one.name for one in required or in_order)


def _name(function: Callable[..., Any]) -> str:
    inner = getattr(function, "func", function)  # of a `partial`
    name: str = getattr(inner, "__name__", type(inner).__name__)
    return "own function" if name == "<lambda>" else name


def _first_points(domain: Domain) -> Array:
    """Return points (n, d) all over a box, its middle among them, where many a pole lies."""
    along = int(POINTS ** (1 / domain.n_features))
    if along >= FEWEST_CELLS:
        return domain.cells(along - (along + 1) % 2)  # an odd number has a middle
    points = domain.uniform(POINTS, numpy_generator(0, "exact"))
    points[0] = 0
    return points


def _looks_continuous(values: Values) -> bool:
    is_whole = values.dtype.kind in "iu"
    many = is_whole and len(np.unique(values)) > MOST_NUMBERED_CLASSES
    return many or values.dtype.kind == "f"


def _place(point: Sequence[float]) -> str:
    """Return the coordinates of a point in words."""
    named = zip(_names(len(point)), point, strict=True)
    return ", ".join(f"{name} = {one:g}" for name, one in named)


def _names(n_features: int) -> list[str]:
    return ["x"] if n_features == 1 else [f"x{i + 1}" for i in range(n_features)]


def _unfit(values: Values) -> NDArray[np.bool_]:
    """Return which values are neither finite numbers nor booleans nor, if some are, strings."""
    if values.dtype.kind in "fiub":
        return ~np.isfinite(values)
    if values.dtype.kind != "O":
        return np.full(len(values), values.dtype.kind != "U")
    sort = str if any(isinstance(one, str) for one in values) else Real
    return np.array([not isinstance(one, sort) for one in values])


@dataclass(frozen=True)
class OwnFunction:
    """A user's function, called with arrays or, where it is written for numbers, point by point.

    Attributes
    ----------
    function : callable
        Of an argument for each feature.
    name : str
        What to call it.
    n_features : int
        How many it takes.
    """

    function: Callable[..., Any]
    name: str
    n_features: int = 2

    @property
    def domain(self) -> Domain:
        """Where it is sampled."""
        return Domain((-2.0,) * self.n_features, (2.0,) * self.n_features)

    @property
    def box(self) -> str:
        """The domain in words."""
        return f"[-2, 2]{EXPONENTS.get(self.n_features, f'^{self.n_features}')}"

    def __call__(self, *x: Array) -> Values:
        """Return its values at points, of the shape of each of `x`.

        Raises
        ------
        ValueError
            If they are not finite numbers, booleans or strings.
        """
        columns = [np.ravel(one) for one in x]
        with np.errstate(all="ignore"):  # what is not finite is told of below, with its place
            values = self._of_arrays(columns)
        self._check(values, columns)
        if values.dtype.kind == "O":
            values = values.astype(np.str_ if isinstance(values[0], str) else np.float64)
        return values.reshape(x[0].shape)

    def as_floats(self, *x: Array) -> Array:
        """Return its values as floats."""
        return self(*x).astype(np.float64)  # booleans become floats too

    def _of_arrays(self, columns: list[Array]) -> Values:
        try:
            # Copies: it may write into what it gets.
            values = np.asarray(self.function(*(one.copy() for one in columns)))
        except Exception as error:  # written for numbers: `if`, `and`, `math.sin`
            return self._of_numbers(columns, str(error))
        if values.shape == columns[0].shape:
            return values
        if values.shape == () and values.item() is None:
            return np.full(len(columns[0]), None)  # asked again, it might print as often
        # A single number may be one that is made of all points, as `np.linalg.norm([x1, x2])` is.
        return self._of_numbers(columns, f"shape {values.shape}")

    def _of_numbers(self, columns: list[Array], of_arrays: str) -> Values:
        # Python's own floats, as functions written for numbers expect.
        points = list(zip(*(one.tolist() for one in columns), strict=True))
        given = []
        for point in points:
            try:
                given.append(self.function(*point))
            except Exception as error:
                told = f"{type(error).__name__} ({error}) at {_place(point)}"
                raise ValueError(self._refusal(told, of_arrays)) from error
        try:
            values = np.array(given).reshape(len(points))
        except Exception as error:  # a tensor may refuse in its own way
            told = f"{short(given[0])} at {_place(points[0])}"
            raise ValueError(self._refusal(told, of_arrays)) from error
        if values.dtype.kind == "U" and not all(isinstance(one, str) for one in given):
            return np.array(given, dtype=object)  # numpy has made strings of numbers
        return values

    def _refusal(self, told: str, of_arrays: str) -> str:
        """Return a message on what cannot be called as it should be."""
        arguments = ", ".join(_names(self.n_features))
        todo = f"check it on {self.box}"
        for sign, way in WAYS.items():
            if sign in told or sign in of_arrays:
                todo = way
                break
        return (
            f"{self.name} must take arrays or numbers {arguments} and give one value a point, got "
            f"{shorten(told, LONGEST)}, and of arrays {shorten(of_arrays, LONGEST)}: {todo}"
        )

    def _check(self, values: Values, columns: list[Array]) -> None:
        """Refuse what no network can learn, with the first value of that sort and its place."""
        bad = _unfit(values)
        if not bad.any():
            return
        first = int(bad.argmax())
        value = values.tolist()[first]
        must = "finite numbers or booleans"
        todo = "let it return a value" if value is None else "give it one there, or take (X, y)"
        if any(isinstance(one, str) for one in values):
            must = "strings everywhere or nowhere"
        place = _place([float(one[first]) for one in columns])
        raise ValueError(f"{self.name} must give {must}, got {short(value)} at {place}: {todo}")

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the function by its module and name, if it can be found there again."""
        check_importable(self.function, "an own function")
        return OwnFunction, (self.function, self.name, self.n_features)


@dataclass(frozen=True)
class OwnClasses:
    """A user's function as class indices.

    Attributes
    ----------
    function : OwnFunction
        Which gives labels.
    classes : tuple
        All labels, rising.
    """

    function: OwnFunction
    classes: tuple[object, ...]

    def __call__(self, *x: Array) -> Values:
        """Return the index of the label at each point.

        Raises
        ------
        ValueError
            If there is a label that is none of the classes.
        """
        known = np.array(self.classes)
        labels = self.function(*x)
        # A label above all known ones would be behind the last; clipped, it differs from that one.
        indices = np.searchsorted(known, labels).clip(max=len(known) - 1)
        if (known[indices] != labels).any():
            raise ValueError(
                f"{self.function.name} gives a class on too small a part of {self.function.box} to "
                f"be found at about {POINTS:,} points: give (X, y) instead"
            )
        return indices
