"""How things show themselves in a notebook."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from html import escape
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL.Image import fromarray

from trainfcnn.analysis.targets import dataset_of_target
from trainfcnn.data.dataset import Dataset
from trainfcnn.plotting.figures import unseen
from trainfcnn.plotting.images import plot_samples
from trainfcnn.plotting.overview import plot_overview
from trainfcnn.plotting.prediction import plot_dataset
from trainfcnn.plotting.style import figure_of, render
from trainfcnn.training.run import Run

DPI = 80
MOST_LINES = 25  # of a table under a cell


@unseen()
def notebook_picture(dataset: Dataset, run: Run | None, title: str) -> bytes:
    """Return the overview of a run as a PNG file, before any the data.

    Of more than two features, the two that tell most are drawn. Other seeds are left out: to look
    at a trainer trains nothing.
    """
    if run is not None:
        return as_png(plot_overview(run, title, seeds=0))
    dataset = dataset_of_target(dataset)
    if dataset.image_shape is not None:
        return as_png(figure_of(plot_samples(dataset)))
    return as_png(figure_of(plot_dataset(dataset)))


@unseen()
def drawn_as_png(draw: Callable[[], Figure | Axes]) -> bytes:
    """Return what a function draws as a PNG file, without a window."""
    return as_png(figure_of(draw()))


def as_png(figure: Figure) -> bytes:
    """Return a figure as the bytes of a PNG file."""
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
    return f"<table><caption>{escape(title)}</caption>{cells}</table>{_image(title, picture)}"


def text_as_html(title: str, text: str, picture: bytes | None = None) -> str:
    """Return a table that is set in text with a picture below, as HTML; of a long one the start.

    Examples
    --------
    >>> text_as_html("xor", "dims  best")
    '<p>xor</p><pre>dims  best</pre>'
    """
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        left = len(lines) - MOST_LINES
        lines = [*lines[:MOST_LINES], f"and {left:,} more: print(sweep.table())"]
    shown = escape("\n".join(lines))
    return f"<p>{escape(title)}</p><pre>{shown}</pre>{_image(title, picture)}"


def _image(title: str, picture: bytes | None) -> str:
    if picture is None:
        return ""
    source = f"data:image/png;base64,{b64encode(picture).decode()}"
    return f'<img alt="{escape(title)}" src="{source}">'
