"""A recipe in a few words: in a line, a title, a cell of a table."""

from collections.abc import Mapping

from trainfcnn.recipe import Recipe


def format_recipe(recipe: Recipe) -> str:
    """Return a recipe as a line: sizes and activation, rule, epochs, and what is not plain.

    Examples
    --------
    >>> format_recipe(Recipe(dims=[8, 4], schedule="cosine", dropout=0.3))
    '8-4 relu, adam lr=0.01 cosine, 200 epochs, dropout 0.3'
    """
    layers = f"{format_setting(recipe.dims)} {format_setting(recipe.activation)}"
    epochs = f"{recipe.epochs} epochs{format_extras(recipe.extras())}"
    return f"{layers if recipe.dims else 'no hidden layer'}, {format_rule(recipe)}, {epochs}"


def format_rule(recipe: Recipe) -> str:
    """Return optimizer, rate and schedule in a few words."""
    schedule = "" if recipe.schedule == "constant" else f" {recipe.schedule}"
    return f"{recipe.optimizer} lr={recipe.lr:g}{schedule}"


def format_extras(extras: Mapping[str, object]) -> str:
    """Return what is not plain as the end of a line.

    Examples
    --------
    >>> format_extras({"dropout": 0.3, "weight_decay": 0.1, "standardize": True})
    ', dropout 0.3, decay 0.1, standardized'
    """
    return "".join(f", {_phrase(name, value)}" for name, value in extras.items())


def _phrase(name: str, value: object) -> str:
    if isinstance(value, bool):
        return {"standardize": "standardized", "shuffle": "not shuffled"}.get(name, name)
    if name == "steps":
        return f"{value:,} steps"
    if name == "max_seconds":
        return f"{value:g} s at most"
    label = {"weight_decay": "decay", "batch_size": "batch", "last_activation": "last"}
    return f"{label.get(name, name)} {format_setting(value)}"


def format_setting(value: object) -> object:
    """Return a field's value as a table or a title can hold it.

    Examples
    --------
    >>> format_setting((8, 4)), format_setting(()), format_setting(0.01)
    ('8-4', 'none', 0.01)
    >>> format_setting(("relu", "tanh"))
    'relu/tanh'
    """
    if isinstance(value, tuple):
        separator = "-" if all(isinstance(part, int) for part in value) else "/"
        parts = (f"{part:g}" if isinstance(part, float) else format_setting(part) for part in value)
        return separator.join(map(str, parts)) or "none"
    return getattr(value, "__name__", value) if callable(value) else value
