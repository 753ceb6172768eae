"""The plane as two hidden units see it."""

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from trainfcnn.analysis.feature_space import HiddenSpace
from trainfcnn.data.dataset import Dataset
from trainfcnn.plotting.prediction import draw_points, draw_surface
from trainfcnn.plotting.style import (
    FAINT,
    TICKS,
    axes_for,
    set_title,
    target_scale,
    use_plain_numbers,
)


def plot_space(
    space: HiddenSpace, dataset: Dataset, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Draw the plane and the data as two hidden units see them.

    Parameters
    ----------
    space : HiddenSpace
        Of a network trained on `dataset`.
    dataset : Dataset
        At most 1,000 of its points are drawn.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.
    title : str, optional
        By default the data set's name.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax, names=dataset.classes)
    norm = target_scale(dataset.y)
    if space.grid is not None:
        draw_surface(ax, space.grid, norm)
    ax.add_collection(
        # Above the surface, which is at 0, and below the points, which are at 1.
        LineCollection(list(space.lines), colors=FAINT, linewidths=0.6, alpha=0.7, zorder=0.9)
    )
    draw_points(ax, space.points, dataset, norm)
    ax.set_xlabel(space.names[0])
    ax.set_ylabel(space.names[1])
    ax.locator_params(nbins=TICKS)
    for axis in (ax.xaxis, ax.yaxis):
        use_plain_numbers(axis)
    set_title(ax, title or f"{dataset.name}, as two units see it")
    ax.set_aspect("auto")  # units may differ a lot in reach
    ax.autoscale_view()  # matplotlib 3.10 does not look at collections by itself
    return ax
