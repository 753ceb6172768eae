"""A function of the plane as a `Law`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainfcnn._support.checks import check_importable
from trainfcnn._support.types import Array, Values
from trainfcnn.data.arrays import classify
from trainfcnn.data.dataset import Domain, Law

CELLS = 401  # along each side of the grid on which a function is first looked at


def from_function(function: Callable[[Any, Any], Any], kind: str | None = None) -> Law:
    """Return the law of a function of the plane, sampled uniformly on [-2, 2]².

    Parameters
    ----------
    function : callable
        ``f(x1, x2)``, of two arrays or, more slowly, of two numbers. Its result decides the kind:
        bool is binary, int multiclass (binary if it takes two values), float a regression.
    kind : str, optional
        To take a whole-numbered function as a regression.

    Raises
    ------
    ValueError
        If it gives a single class, or values that are not finite numbers.
    """
    name = getattr(function, "__name__", type(function).__name__)
    own = OwnFunction(function, "own function" if name == "<lambda>" else name)
    values = own(*np.meshgrid(*Domain().grid(CELLS)))
    if values.dtype.kind == "f" or kind == "regression":
        return Law(own.name, "regression", own.name, own.as_floats)
    found, classes, _ = classify(values.ravel(), kind)
    return Law(own.name, found, own.name, OwnClasses(own, classes), classes)


@dataclass(frozen=True)
class OwnFunction:
    """A user's function, called with arrays or, where it is written for numbers, point by point.

    Attributes
    ----------
    function : callable
        ``f(x1, x2)``.
    name : str
        What to call it.
    """

    function: Callable[[Any, Any], Any]
    name: str

    def __call__(self, x1: Array, x2: Array) -> Values:
        """Return its values at points, of the shape of `x1` and `x2`.

        Raises
        ------
        ValueError
            If they are not finite numbers or booleans.
        """
        try:
            # A constant function may give a single number.
            values = np.broadcast_to(np.asarray(self.function(x1, x2)), x1.shape)
        except (TypeError, ValueError):  # written for numbers: `if`, `and`, `math.sin`
            values = self._one_by_one(x1, x2)
        if values.dtype.kind not in "fiub" or not np.isfinite(values).all():
            raise ValueError(
                f"{self.name} must give finite numbers or booleans, got {values.ravel()[0]!r} and "
                "others: check it on [-2, 2]²"
            )
        return values

    def as_floats(self, x1: Array, x2: Array) -> Array:
        """Return its values as floats."""
        return self(x1, x2) * 1.0  # booleans become floats too

    def _one_by_one(self, x1: Array, x2: Array) -> Values:
        # Python's own floats, as functions written for numbers expect.
        points = zip(x1.ravel().tolist(), x2.ravel().tolist(), strict=True)
        try:
            return np.array([self.function(*point) for point in points]).reshape(x1.shape)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{self.name} must take two arrays or numbers x1, x2 and give one value a point "
                f"({error}): check it on [-2, 2]²"
            ) from error

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the function by its module and name, if it can be found there again."""
        check_importable(self.function, "an own function")
        return OwnFunction, (self.function, self.name)


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

    def __call__(self, x1: Array, x2: Array) -> Values:
        """Return the index of the label at each point.

        Raises
        ------
        ValueError
            If there is a label that is none of the classes.
        """
        known = np.array(self.classes)
        labels = self.function(x1, x2)
        # A label above all known ones would be behind the last; clipped, it differs from that one.
        indices = np.searchsorted(known, labels).clip(max=len(known) - 1)
        if (known[indices] != labels).any():
            raise ValueError(
                f"{self.function.name} gives a class on too small a part of [-2, 2]² to be found "
                f"on a grid of {CELLS} x {CELLS} points: give (X, y) instead"
            )
        return indices
