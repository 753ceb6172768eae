"""A package whose names are imported when they are first used, and what it says of others."""

import sys
from collections.abc import Callable, Iterable

from trainfcnn._support.collector import uncollected


def with_guesses(
    load: Callable[[str], object], package: str, names: Iterable[str]
) -> Callable[[str], object]:
    """Return the `__getattr__` of a package that says which of its `names` was meant.

    Of an `import` it raises ImportError: an AttributeError would be replaced there by one without
    a guess. To anybody else, `hasattr` say, a name that is not there is an AttributeError.
    """

    def get(name: str) -> object:
        try:
            with uncollected():  # of torch's modules alone it would look through a million objects
                return load(name)
        except AttributeError as error:
            # imported here, as `import trainfcnn` is to be light
            from importlib.util import find_spec

            from trainfcnn._support.names import meant_by

            meant = [] if name.startswith("_") else meant_by(name, names)
            by_import = sys._getframe(1).f_globals.get("__name__") == "importlib._bootstrap"
            # A module of the package is asked for as a name first, and then looked for as a file.
            if not meant or (by_import and find_spec(f"{package}.{name}")):
                raise
            told = f"{package} has no {name!r}: did you mean {meant[0]!r}?"
            raise (ImportError if by_import else AttributeError)(told) from error

    return get
