"""Figures that show themselves: under the cell of a notebook, and in the windows of `pyplot`."""

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib import import_module
from io import BytesIO
from threading import current_thread, main_thread
from typing import Any

from matplotlib import get_backend
from matplotlib.axes import Axes
from matplotlib.backends.registry import BackendFilter, backend_registry
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import BboxBase

PYPLOT = "matplotlib.pyplot"
MOST_ROUNDS = 6  # of a layout

_is_for_eyes: ContextVar[bool] = ContextVar("_is_for_eyes", default=True)


class Picture(Figure):
    """A figure that a notebook shows, also where nobody has loaded `pyplot`.

    Where somebody has, IPython knows all figures, and does not ask this one.
    """

    def _repr_png_(self) -> bytes:
        """Return the figure as a PNG file, as large as the inline backend draws it."""
        file = BytesIO()
        # Unlike `render`, it leaves canvas and dpi as they are.
        self.savefig(file, format="png", dpi=self.dpi)
        return file.getvalue()


class PictureAxes(Axes):
    """Axes that a notebook shows as it shows the figure they stand in."""

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, Any], Mapping[str, Any]]:
        """Return what IPython makes of the figure: its format and size are the user's choice."""
        ipython = sys.modules.get("IPython")
        shell = ipython and ipython.get_ipython()
        if not shell:
            return {}, {}
        show = shell.display_formatter.format
        shown, notes = show(self.get_figure(root=True), include=include, exclude=exclude)
        shown.pop("text/plain", None)  # in words they are axes
        return shown, notes


class Settled(ConstrainedLayoutEngine):
    """Lays out anew where axes, with what is beside them, came to stand out of the page.

    matplotlib measures what grows and shrinks with axes, as bars do, before it knows how much they
    will, and is nearer with each round.
    """

    def execute(self, fig: Figure) -> None:
        """Find room for all axes of a figure."""
        for _ in range(MOST_ROUNDS):
            super().execute(fig)
            moving = [ax for ax in fig.axes if ax.get_aspect() != "auto" or ax.child_axes]
            boxes = [ax.get_tightbbox() for ax in moving]
            if all(box is None or _holds(fig, box) for box in boxes):
                return


def _holds(fig: Figure, box: BboxBase) -> bool:
    return min(box.x0, box.y0, fig.bbox.x1 - box.x1, fig.bbox.y1 - box.y1) > -1  # pixel


def new_picture(size: tuple[float, float], layout: Any) -> Figure:
    """Return a figure that shows itself, and that `pyplot` knows only where it opens windows.

    So nothing stays open elsewhere: in scripts under Agg, in notebooks, in other threads.
    """
    layout = Settled() if layout == "constrained" else layout
    # A backend may be named that is not installed. The picture can still be saved.
    with suppress(ImportError):
        pyplot = _windows()
        if pyplot is not None:
            made: Figure = pyplot.figure(figsize=size, layout=layout, FigureClass=Picture)
            return made
    return Picture(figsize=size, layout=layout)


@contextmanager
def unseen() -> Iterator[None]:
    """Open no window for what is drawn inside only to be saved."""
    token = _is_for_eyes.set(False)
    try:
        yield
    finally:
        _is_for_eyes.reset(token)


def _windows() -> Any:
    """Return `pyplot` if ``plt.show()`` opens windows, else None.

    The backend stays as it is; if `pyplot` has none yet, it takes that of its own first figure.
    """
    # Windows outside the main thread are what no toolkit allows.
    if not _is_for_eyes.get() or current_thread() is not main_thread():
        return None
    if PYPLOT not in sys.modules and not _may_load_pyplot():
        return None
    pyplot = import_module(PYPLOT)
    _, toolkit = backend_registry.resolve_backend(get_backend())  # type: ignore[no-untyped-call]
    # That of old notebooks shows a figure under the cell by itself, which would make it two.
    return None if toolkit in (None, "nbagg") else pyplot


def _may_load_pyplot() -> bool:
    """Return whether somebody types who has chosen windows, and may import `pyplot` later."""
    types = hasattr(sys, "ps1") or sys.flags.interactive
    chosen = str(get_backend(auto_select=False)).lower()
    windows = backend_registry.list_builtin(BackendFilter.INTERACTIVE)  # type: ignore[no-untyped-call]
    return bool(types) and chosen in windows
