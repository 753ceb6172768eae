"""Modules that are imported when something of them is first used."""

from importlib import import_module


class Later:
    """A module of the package that is not imported yet.

    Drawing, filming and diagnosing take modules that many a program never needs.

    Parameters
    ----------
    name : str
        Of the module, without the package.

    Examples
    --------
    >>> Later("lookup").look_up({"relu": 1}, "relu", "activation")
    1
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> object:
        return getattr(import_module(f"trainfcnn.{self._name}"), attribute)

    def __repr__(self) -> str:
        return f"Later({self._name!r})"
