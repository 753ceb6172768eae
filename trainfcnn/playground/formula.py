"""A formula that somebody typed, as a function of the plane: read, never executed.

Python's own parser makes a tree of the text, and only nodes that are listed here are known. What is
known is written out again as an expression of NumPy, which is what a REPL needs to do the same.
"""

import ast
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from trainfcnn._support.checks import short
from trainfcnn._support.types import Array, Values

LONGEST = 200  # characters
DEEPEST = 40  # nodes within nodes
VARIABLES = ("x1", "x2")
CONSTANTS = {"pi": float(np.pi), "e": float(np.e)}
# From the name in a formula to the one in NumPy; how many arguments each takes, it says itself.
FUNCTIONS = {
    "abs": "abs", "sin": "sin", "cos": "cos", "tan": "tan", "tanh": "tanh", "exp": "exp",
    "log": "log", "sqrt": "sqrt", "sign": "sign", "floor": "floor", "min": "minimum",
    "max": "maximum", "hypot": "hypot", "atan2": "arctan2",
}  # fmt: skip
OPERATORS: dict[type[ast.AST], tuple[str, Callable[..., Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.And: ("&", operator.and_),
    ast.Or: ("|", operator.or_),
    ast.USub: ("-", operator.neg),
    ast.Not: ("~", np.logical_not),
}
PLAIN = 1e6  # up to which a whole number is written as one
LOGICAL = (ast.And, ast.Or, ast.Not)


class Formula:
    """A function of ``x1`` and ``x2``; true or false makes two classes, a number a regression.

    Parameters
    ----------
    text : str
        Of ``+ - * / % **``, comparisons, ``and or not``, numbers, `CONSTANTS` and `FUNCTIONS`.

    Attributes
    ----------
    text : str
        As it was typed.
    source : str
        The same as an expression of NumPy.

    Raises
    ------
    ValueError
        For whatever else is in it.

    Examples
    --------
    >>> Formula("sin(2*x1) > x2 and x1 > -1").source
    '(np.sin(2 * x1) > x2) & (x1 > (-1))'
    >>> Formula("x1**2 + x2**2 < 2")(np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    array([ True, False])
    """

    def __init__(self, text: object) -> None:
        if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST:
            raise _wrong(f"be a text of 1 to {LONGEST} characters", text)
        self.text = text.strip()
        try:
            tree = ast.parse(self.text, mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            raise _wrong("be an expression such as Python's", text) from None
        self._tree = tree
        self.source = _written(tree, 0)
        self.is_logical = _is_logical(tree)

    def __call__(self, x1: Array, x2: Array) -> Values:
        """Return its value at points, (n,) each, and (n,) again where it is a constant."""
        try:
            with np.errstate(all="ignore"):  # what is not finite is refused by whoever asks
                value = np.asarray(_value(self._tree, {"x1": x1, "x2": x2}))
        except (ArithmeticError, TypeError) as error:  # of numbers alone: arrays give inf or NaN
            raise _wrong(f"be defined ({error})", self.text) from None
        if value.dtype.kind not in "bf":
            raise _wrong("give real numbers", self.text)
        return np.array(np.broadcast_to(value, np.shape(x1)))

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"


def _wrong(must: str, got: object) -> ValueError:
    return ValueError(f"formula must {must}, got {short(got)}: try 'x1*x2 > 0'")


def _written(node: ast.AST, depth: int) -> str:
    """Return a node as an expression of NumPy (ValueError if it is none of those that are known).

    This is the one place where anything is let through: `_value` sees what passed.
    """
    if depth > DEEPEST:
        raise _wrong(f"have at most {DEEPEST} brackets within brackets", "more")
    match node:
        case ast.Constant(value=bool() | complex() | str() | bytes() | None):
            raise _wrong("have numbers only", ast.unparse(node))
        case ast.Constant(value=int() | float()):
            number = _number(node)
            return f"{number:.0f}" if number < PLAIN and number.is_integer() else repr(number)
        case ast.Name(id=name) if name in VARIABLES:
            return name
        case ast.Name(id=name) if name in CONSTANTS:
            return f"np.{name}"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check_kind(node.op, [operand])
            return f"np.logical_not({_written(operand, depth + 1)})"
        case ast.UnaryOp(op=ast.USub() as op, operand=operand):
            _check_kind(op, [operand])
            return f"{OPERATORS[type(op)][0]}{_inner(operand, depth)}"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            _check_kind(op, [left, right])
            return f"{_inner(left, depth)} {OPERATORS[type(op)][0]} {_inner(right, depth)}"
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
            _check_kind(op, [left, right])
            return f"{_inner(left, depth)} {OPERATORS[type(op)][0]} {_inner(right, depth)}"
        case ast.BoolOp(op=op, values=values):
            _check_kind(op, values)
            return f" {OPERATORS[type(op)][0]} ".join(_inner(value, depth) for value in values)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return _written_call(name, arguments, depth)
    raise _wrong(
        "be made of x1, x2, numbers, + - * / % **, comparisons of two, and or not, "
        f"{', '.join(CONSTANTS)}, {', '.join(FUNCTIONS)}",
        ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__,
    )


def _written_call(name: str, arguments: list[ast.expr], depth: int) -> str:
    function = getattr(np, FUNCTIONS[name])
    if len(arguments) != function.nin:
        raise _wrong(f"give {name}() {function.nin} argument(s)", f"{len(arguments)}")
    if any(_is_logical(one) for one in arguments):
        raise _wrong(f"give {name}() numbers", "a comparison")
    return f"np.{FUNCTIONS[name]}({', '.join(_written(one, depth + 1) for one in arguments)})"


def _inner(node: ast.AST, depth: int) -> str:
    text = _written(node, depth + 1)
    return text if isinstance(node, ast.Name | ast.Constant | ast.Call) else f"({text})"


def _is_logical(node: ast.AST) -> bool:
    is_not = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return is_not or isinstance(node, ast.Compare | ast.BoolOp)


def _check_kind(op: ast.AST, operands: list[ast.expr]) -> None:
    """Refuse arithmetic of comparisons, and ``and`` of numbers, which Python reads otherwise."""
    wants_logical = isinstance(op, LOGICAL)
    for operand in operands:
        if _is_logical(operand) != wants_logical:
            must = "comparisons" if wants_logical else "numbers"
            raise _wrong(
                f"have {must} on both sides of {type(op).__name__.lower()!r}", ast.unparse(operand)
            )


def _number(node: Any) -> float:
    try:
        return float(node.value)
    except OverflowError:
        raise _wrong("have numbers that a float can hold", "a larger one") from None


def _value(node: Any, x: dict[str, Array]) -> Any:
    """Return what a node that was let through is worth; numbers are floats, so 9**9**9 ends."""
    match node:
        case ast.Constant():
            return _number(node)
        case ast.Name(id=name):
            return x[name] if name in x else CONSTANTS[name]
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATORS[type(op)][1](_value(operand, x))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return getattr(np, FUNCTIONS[name])(*(_value(one, x) for one in arguments))
        case ast.BoolOp(op=op, values=values):
            first, *others = (_value(one, x) for one in values)
            for other in others:
                first = OPERATORS[type(op)][1](first, other)
            return first
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return OPERATORS[type(op)][1](_value(left, x), _value(right, x))
    return OPERATORS[type(node.op)][1](_value(node.left, x), _value(node.right, x))
