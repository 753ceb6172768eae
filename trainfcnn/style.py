"""How pictures look: colours, sizes, bars. The one place to change them."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, ListedColormap
    from matplotlib.figure import Figure

Look = dict[str, Any]  # keywords of one artist

# Okabe and Ito's colours (jfly.uni-koeln.de/color): the colour-blind can tell them apart.
BLUE, VERMILION = "#0072B2", "#D55E00"
CLASS_COLORS = (
    BLUE, VERMILION, "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F", "#F0E442",
)  # fmt: skip
LINE, FAINT, PALE, PAPER = "#222222", "#8A8A8A", "#D8DEE4", "#FFFFFF"
FIGURE_SIZE, OVERVIEW_SIZE, IMAGE_OVERVIEW_SIZE = (5.0, 4.2), (14.0, 4.2), (14.0, 8.4)


def new_axes() -> "Axes":
    """Return the axes of a figure that `pyplot` does not know, so that nothing stays open."""
    from matplotlib.figure import Figure

    return Figure(figsize=FIGURE_SIZE, layout="constrained").subplots()


def new_figure(
    size: tuple[float, float], title: str, between_rows: float | None = None
) -> "Figure":
    """Return a figure for several pictures, with room between them and a line above them all."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    room = {"w_pad": 0.15, "h_pad": between_rows}
    figure.get_layout_engine().set(**room)  # type: ignore[union-attr]
    figure.suptitle(title, fontsize="medium")
    return figure


def spans_a_decade(values: NDArray[np.float64]) -> bool:
    """Return whether all finite values are positive, and the greatest ten times the least."""
    seen = values[np.isfinite(values)]
    return bool(seen.size and seen.min() > 0 and seen.max() >= (10 - 1e-9) * seen.min())


def class_colormap(n_classes: int) -> "ListedColormap":
    """Return a colour for each class."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    if n_classes <= len(CLASS_COLORS):
        return ListedColormap(CLASS_COLORS[:n_classes])
    return ListedColormap(colormaps["turbo"](np.linspace(0.05, 0.95, n_classes)))


def diverging(strength: float = 1.0) -> "Colormap":
    """Return blue over white to vermilion, the colours of classes 0 and 1."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    white = np.ones(3)
    ends = (white - strength * (white - to_rgb(color)) for color in (BLUE, VERMILION))
    low, high = map(tuple, ends)
    return LinearSegmentedColormap.from_list("blue to vermilion", [low, tuple(white), high])


def shades(color: str) -> "Colormap":
    """Return white to a colour."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(f"white to {color}", ["white", color])


def bar(ax: "Axes", label: str, look: Look) -> None:
    """Draw a colour bar beside `ax`, for artists of that `look`."""
    from matplotlib.cm import ScalarMappable

    ax.figure.colorbar(ScalarMappable(**look), cax=_beside(ax), label=label)


def class_bar(ax: "Axes", classes: tuple[object, ...]) -> None:
    """Draw the colours of the classes beside `ax`."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    n = len(classes)
    look = ScalarMappable(Normalize(-0.5, n - 0.5), class_colormap(n))
    colors = ax.figure.colorbar(look, cax=_beside(ax), label="class", ticks=range(n))
    colors.set_ticklabels([str(label) for label in classes])


def _beside(ax: "Axes") -> "Axes":
    """Return axes for a colour bar as high as `ax` itself."""
    return ax.inset_axes((1.03, 0, 0.05, 1))
