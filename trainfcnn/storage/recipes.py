"""A recipe as JSON can hold it, and back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trainfcnn._support.checks import short
from trainfcnn._support.container import Described
from trainfcnn.nn.named import Own, function_named, name_of
from trainfcnn.recipe import DEFAULTS, SETTINGS, Recipe

FUNCTION = "function"  # {"function": "module:name"} stands for one


def plain_recipe(recipe: Recipe) -> Described:
    """Return the fields of a recipe that are not plain (ValueError for a function with no name)."""
    return plain_fields(
        {name: value for name, value in vars(recipe).items() if value != DEFAULTS[name]}
    )


def plain_fields(fields: Mapping[str, object]) -> Described:
    """Return fields of a recipe, each as JSON can hold it."""
    return {name: _plain(value, name) for name, value in fields.items()}


def recipe_of(described: Described, functions: Sequence[Own]) -> Recipe:
    """Return the recipe that `plain_recipe` made plain.

    Raises
    ------
    ValueError
        If it has other fields, or values that are out of bounds.
    """
    return Recipe(**fields_of(described, functions))


def fields_of(described: Described, functions: Sequence[Own]) -> dict[str, Any]:
    """Return the fields that `plain_fields` made plain (ValueError for others)."""
    for name in described:
        if name not in SETTINGS:
            raise ValueError(f"its recipe has a field {short(name)}, which is unknown here")
    return {name: _restored(value, functions) for name, value in described.items()}


def _plain(value: object, name: str) -> object:
    if isinstance(value, tuple | list):
        return [_plain(one, name) for one in value]
    if isinstance(value, Callable):  # type: ignore[arg-type]  # mypy knows it as a form alone
        return {FUNCTION: name_of(value, f"an own {name}")}  # type: ignore[arg-type]
    return value


def _restored(value: object, functions: Sequence[Own]) -> object:
    if isinstance(value, list):
        return tuple(_restored(one, functions) for one in value)
    if isinstance(value, dict):
        return function_named(value[FUNCTION], functions)
    return value
