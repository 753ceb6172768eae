"""Functions by name: what a file can hold of one's own activation or initialisation.

A file never says which module to import, nor may it call whatever there is: that would be a way to
run a stranger's code. A name in it is looked up among torch's elementwise functions and those that
the caller hands over, and nowhere else.
"""

from collections.abc import Callable, Sequence
from types import BuiltinFunctionType
from typing import Any

import torch
from torch.nn import functional

from trainfcnn._support.checks import short

Own = Callable[..., Any]
TORCH = "torch:"
FUNCTIONAL = "torch.nn.functional:"


def name_of(function: Own, what: str) -> str:
    """Return the name by which a function can be found again: 'module:name'.

    Raises
    ------
    ValueError
        If it has none, as a lambda.

    Examples
    --------
    >>> name_of(torch.atan, "an own activation")
    'torch:atan'
    """
    name = getattr(function, "__qualname__", "")
    for start, module in ((TORCH, torch), (FUNCTIONAL, functional)):
        short_name = getattr(function, "__name__", "")
        if short_name and getattr(module, short_name, None) is function:
            return start + short_name
    if not name or "<" in name:  # <lambda>, <locals>
        raise ValueError(
            f"{what} must have a name to be saved, got {short(function)}: define it with `def` at "
            "the top of a module"
        )
    return f"{function.__module__}:{name}"


def function_named(name: str, functions: Sequence[Own]) -> Own:
    """Return the function of that name: one of torch's, or of those that were handed over.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if isinstance(functions, str) or not isinstance(functions, Sequence):
        raise ValueError(f"functions must be a list of functions, got {short(functions)}")
    start, _, last = name.rpartition(":")
    if f"{start}:" == TORCH and _is_elementwise(last):
        return getattr(torch, last)  # type: ignore[no-any-return]
    if f"{start}:" == FUNCTIONAL and last in FUNCTIONS:
        return getattr(functional, last)  # type: ignore[no-any-return]
    for function in functions:
        if getattr(function, "__qualname__", "") == last:
            return function
    raise ValueError(
        f"it needs your own function {short(last)}, and a file holds no code: hand it over, with "
        f"functions=[{last}]"
    )


# Elementwise, and without a table entry of ours, or one that others know by torch's name.
FUNCTIONS = (
    "celu", "elu", "gelu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu",
    "logsigmoid", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softshrink",
    "softsign", "tanh", "tanhshrink",
)  # fmt: skip


def _is_elementwise(name: str) -> bool:
    """Return whether torch has it as a plain operation on a tensor, which is a method as well."""
    return (
        isinstance(getattr(torch, name, None), BuiltinFunctionType)
        and hasattr(torch.Tensor, name)
        and not name.startswith("_")
    )
