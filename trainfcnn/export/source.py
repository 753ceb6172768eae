"""Python source, as somebody would have written it: docstrings, names, numbers.

Lines are short enough for any formatter's default, and what one would break up is kept from it.
"""

from collections.abc import Sequence
from json import dumps
from textwrap import fill, indent

from trainfcnn._support.types import Values
from trainfcnn.export.blueprint import Blueprint

WIDTH = 88  # as black and ruff have it by default
MOST_NUMBERS = 1_000_000  # Python takes a second to read so many, and hundreds of megabytes


def check_size(blueprint: Blueprint) -> None:
    """Refuse a network of so many numbers that no source should hold them (ValueError)."""
    n = sum(weight.size + weight.shape[0] for weight in blueprint.weights)
    if n > MOST_NUMBERS:
        raise ValueError(
            f"a network in a source file must have {MOST_NUMBERS:,} parameters at most, got "
            f"{n:,}: use to_onnx, or keep network.state_dict() by torch.save"
        )


def docstring(blueprint: Blueprint, needs: str, offers: str) -> str:
    """Return what stands at the top of a file: what it is, where it is from, what it offers."""
    origin = f"{blueprint.sizes}; {blueprint.origin}. Trained by trainfcnn."
    if not blueprint.origin:
        origin = f"{blueprint.sizes}. Made by trainfcnn."
    inputs = f"Inputs are {blueprint.inputs}, in the units of the data. {offers}"
    first = f"{blueprint.title}, {needs}."
    paragraphs = [fill(_plain(text), WIDTH - 3) for text in (first, origin, inputs)]
    # the first paragraph shares its line with the quotes
    return '"""' + "\n\n".join(paragraphs) + '\n"""\n'


def _plain(text: str) -> str:
    """Return names of data as a docstring can hold them: nothing in them ends it."""
    safe = text.replace("\\", "/").replace('"', "'")
    return " ".join("".join(one if one.isprintable() else " " for one in safe).split())


def literal(value: object) -> str:
    r"""Return a class's name as source.

    Examples
    --------
    >>> literal("it's"), literal(True), literal(0.5)
    ('"it\'s"', 'True', '0.5')
    """
    return dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def assigned(name: str, values: Sequence[object]) -> str:
    r"""Return an assignment of a list or a tuple, in as many lines as it takes.

    Examples
    --------
    >>> assigned("DIMS", (2, 6, 1))
    'DIMS = (2, 6, 1)\n'
    """
    opening = "(" if isinstance(values, tuple) else "["
    closing = ")" if isinstance(values, tuple) else "]"
    parts = [literal(value) for value in values]
    line = f"{name} = {opening}{', '.join(parts)}{closing}"
    if len(line) <= WIDTH and "\\" not in line:
        return f"{line}\n"
    body = indent(",\n".join(parts), "    ")
    return kept(f"{name} = {opening}\n{body},\n{closing}\n")


def named_answers(blueprint: Blueprint) -> list[str]:
    """Return the assignment of what answers are called, of classes or several targets, if any."""
    if blueprint.classes:
        return [assigned("CLASSES", [*blueprint.classes])]
    if blueprint.target_names:
        return [assigned("TARGETS", [*blueprint.target_names])]
    return []


def kept(text: str) -> str:
    """Return source that formatters leave as it is."""
    return f"# fmt: off\n{text}# fmt: on\n"


def rows(values: Values) -> str:
    """Return an array (n,) or (n, m) as source, a row a line where that is not too long."""
    if values.ndim == 1:
        line = f"[{_joined(values)}]"
        if len(line) < WIDTH // 2:
            return line
        return f"[\n{_wrapped(f'{_joined(values)},', '    ', '    ')}\n]"
    lines = [_wrapped(f"[{_joined(row)}],", "    ", "     ") for row in values]
    return "[\n" + "\n".join(lines) + "\n]"


def _joined(values: Values) -> str:
    return ", ".join(map(str, values))  # of a float32 as many digits as tell it from all others


def _wrapped(text: str, first: str, others: str) -> str:
    return fill(
        text,
        WIDTH - 4,  # since it may be indented once more
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,  # which are signs
        break_long_words=False,
    )


def precision(blueprint: Blueprint) -> str:
    """Return the name of its numbers' type, in NumPy and in PyTorch."""
    return "float64" if blueprint.is_double else "float32"
