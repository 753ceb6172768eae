"""How things show themselves in a notebook."""

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from trainfcnn.style import render

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 80


def as_png(figure: "Figure") -> bytes:
    """Return a figure as the bytes of a PNG file."""
    from PIL.Image import fromarray

    file = BytesIO()
    fromarray(render(figure, DPI)).save(file, format="png")
    return file.getvalue()


def as_html(title: str, rows: Mapping[str, object], picture: bytes | None = None) -> str:
    """Return a table of names and values with a picture below, as HTML.

    A page shows the richest form alone, so that the picture has to be in it.

    Examples
    --------
    >>> as_html("xor", {"loss": "< 0.01"})
    '<table><caption>xor</caption><tr><th>loss</th><td>&lt; 0.01</td></tr></table>'
    """
    cells = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in rows.items()
    )
    table = f"<table><caption>{escape(title)}</caption>{cells}</table>"
    if picture is None:
        return table
    source = f"data:image/png;base64,{b64encode(picture).decode()}"
    return f'{table}<img alt="{escape(title)}" src="{source}">'
