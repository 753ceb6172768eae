"""The data as a layer has them, along its principal components."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from trainfcnn.analysis.components import INPUTS, Components
from trainfcnn.nn.tasks import TASKS
from trainfcnn.plotting.bars import class_bar
from trainfcnn.plotting.prediction import draw_points
from trainfcnn.plotting.style import FAINT, axes_for, set_title, target_scale


def plot_components(components: Components, ax: Axes | None = None) -> Axes:
    """Draw the data along the two principal components of a layer.

    Parameters
    ----------
    components : Components
        Of a trained network; at most 1,000 points of its data are drawn.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax)
    dataset = components.dataset
    lines = list(components.lines)
    ax.add_collection(LineCollection(lines, colors=FAINT, linewidths=0.5, alpha=0.6, zorder=0.9))
    draw_points(ax, components.points, dataset, target_scale(dataset.y))
    if dataset.classes:
        class_bar(ax, dataset.classes)
    name = "the inputs" if components.layer == INPUTS else components.layer
    told = f"{name}: two directions hold {components.explained:.0%}"
    if np.isfinite(components.probe):
        task = TASKS[dataset.kind]
        what = "right" if dataset.classes else task.score_name
        ends = [task.format_score(one) for one in (components.probe, components.shown)]
        told = f"{name}: straight cuts\n{ends[0]} {what}, as drawn {ends[1]}"
    set_title(ax, told)
    ax.set_xlabel(f"principal component 1 (both: {components.explained:.0%} of the variance)")
    ax.set_ylabel("principal component 2")
    ax.set(xticks=[], yticks=[])  # their units say nothing
    ax.autoscale_view()  # matplotlib 3.10 does not look at collections by itself
    return ax
