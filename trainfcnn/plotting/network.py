"""Every unit of a network as a small map, and the weights between them."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection, LineCollection
from matplotlib.colors import Normalize
from numpy.typing import NDArray

from trainfcnn._support.types import Array
from trainfcnn.analysis.network import Portrait
from trainfcnn.plotting.style import (
    BLUE,
    FAINT,
    LINE,
    ORANGE,
    PAPER,
    PORTRAIT_SIZE,
    Style,
    as_axis_text,
    as_text,
    axes_for,
    class_colormap,
    counted,
    diverging,
    set_title,
    shades,
    symmetric,
)

MOST_UNITS = 10  # of a layer; of a wider one those with the largest weights are drawn
PITCH = 1.3  # from one unit to the next below it; a unit is 1 wide and 1 high
LARGE = 2.2  # side of an output that is alone
# How far it may be from one layer to the next.
NEAREST = 2.2
FARTHEST = 14.0
CHARACTER = 0.22  # width of one in a name
CURVE = 0.92  # of the height of a unit is for its curve
WIDEST = 4.0  # link, in points
BEND = np.linspace(0, 1, 24)  # steps along a link


@dataclass(frozen=True, eq=False)
class _Column:
    """The units of a layer that are drawn, and where: from above, the middle of the layer at 0."""

    size: int
    x: float
    units: NDArray[np.int64]
    side: float = 1.0  # of a unit

    @property
    def slots(self) -> int:
        """How many units high it is, with the line that tells of those left out."""
        return len(self.units) + (len(self.units) < self.size)

    @property
    def y(self) -> Array:
        """The middle of each unit."""
        places = (self.slots - 1) / 2 - np.arange(self.slots)
        if self.slots > len(self.units):
            places = np.delete(places, self.slots - 2)  # the line stands above the last
        return PITCH * places.astype(np.float64)


def plot_network(
    portrait: Portrait,
    ax: Axes | None = None,
    title: str | None = None,
    like: Portrait | None = None,
) -> Axes:
    """Draw every unit as a small map of what it gives over the plane, and the weights as links.

    Orange stands for plus and blue for minus; the wider a link, the larger the weight, compared
    with the others between the same layers. A dot at a unit's lower corner is its bias. Each map
    has a scale of its own, up to the unit's largest value over the domain; the output is drawn as
    in a prediction. Of one input each map is a curve over it, from the domain's left to its right
    end. Of a wide layer the units with the largest weights are shown, and for more than two inputs
    plain nodes. Dead units, which give one number for all training points, are named.

    Parameters
    ----------
    portrait : Portrait
        Of a network.
    ax : Axes, optional
        Where to draw; by default in a figure of its own.
    title : str, optional
        By default sizes, activation and number of parameters.
    like : Portrait, optional
        Of another network of these sizes: show the same units, and widths on the same scale.

    Returns
    -------
    Axes
    """
    ax = axes_for(ax, PORTRAIT_SIZE)
    like = like or portrait
    columns = _columns(like, _ratio(ax))
    widest = []
    for layer, (before, after) in enumerate(pairwise(columns)):
        shown = np.ix_(after.units, before.units)
        largest = like.scaled_weights[layer][shown]
        widest.append(float(np.abs(largest).max()))
        _draw_links(ax, portrait.scaled_weights[layer][shown], _largest(largest), before, after)
        corner = after.side / 2 if portrait.maps else after.side / 8**0.5  # of a box, of a circle
        biases = portrait.biases[layer][after.units]
        _draw_biases(ax, biases, _largest(like.biases[layer]), after.x - corner, after.y - corner)
    _draw_units(ax, portrait, columns)
    _write(ax, like, columns)
    _name_dead(ax, portrait, columns)
    ax.set_xlabel(_legend(widest), fontsize="small")
    ax.set(xticks=[], yticks=[], facecolor="none")
    set_title(ax, title or _default_title(portrait))
    ax.spines[:].set_visible(False)
    ax.set_aspect("equal")
    return ax


def _default_title(portrait: Portrait) -> str:
    count = sum(part.size for part in (*portrait.weights, *portrait.biases))
    hidden = f" {portrait.activation}" if len(portrait.dims) > 2 else ""
    told = f"{'-'.join(map(str, portrait.dims))}{hidden}: {count:,} parameters"
    if portrait.gives_nothing:
        return f"{told}, diverged: grey links are no numbers"
    return f"{told}, {counted(len(portrait.dead), 'dead unit')}" if portrait.dead else told


def _name_dead(ax: Axes, portrait: Portrait, columns: list[_Column]) -> None:
    for layer, unit in portrait.dead:
        column = columns[layer + 1]  # the first are the inputs
        for y in column.y[column.units == unit]:
            style: Style = {"ha": "center", "va": "center", "fontsize": "x-small", "zorder": 5}
            ax.text(column.x, y, "dead", color=LINE, **style)


def _ratio(ax: Axes) -> float:
    """Return the width of axes over their height, before an aspect was set on them."""
    place = ax.get_position(original=True)
    whole = ax.figure.bbox
    return float(place.width * whole.width / (place.height * whole.height))


def _columns(portrait: Portrait, ratio: float) -> list[_Column]:
    """Return what is drawn of each layer, so that all of it has about that ratio of its sides."""
    # What a unit hands on says how much it matters; of outputs it is what they take in.
    leaving = [np.abs(links).sum(0) for links in portrait.scaled_weights]
    strengths = [*leaving, np.abs(portrait.scaled_weights[-1]).sum(1)]
    n_links = len(strengths) - 1
    # How many units wide the axes are if the tallest column fills their height. 3 is about what
    # stands at the sides: margins of 1.5, and half of a large output.
    width = (min(MOST_UNITS, max(portrait.dims)) + 1) * PITCH * ratio - 3
    width -= _width(tuple(map(as_axis_text, portrait.inputs))) + _width(portrait.outputs)
    gap = float(np.clip(width / n_links, NEAREST, FARTHEST))
    sides = [1.0] * n_links + [LARGE if portrait.dims[-1] == 1 else 1.0]
    return [
        _Column(len(strength), layer * gap, _strongest(strength), side)
        for layer, (strength, side) in enumerate(zip(strengths, sides, strict=True))
    ]


def _strongest(strength: Array) -> NDArray[np.int64]:
    """Return which units of a layer to draw, in their order."""
    if len(strength) <= MOST_UNITS:
        return np.arange(len(strength))
    # One less: the line that tells of those left out takes the place of a unit.
    return np.sort(np.argsort(-strength, kind="stable")[: MOST_UNITS - 1])


def _width(names: tuple[str, ...]) -> float:
    """Return how much space names need."""
    return CHARACTER * max(map(len, names))


def _largest(values: Array) -> float:
    """Return the largest size, but of what is no number, where a training diverged."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0)) or 1.0


def _strength(values: Array, largest: float) -> Array:
    """Return sizes on a scale from 0 to 1."""
    # Clipped, since another network may have given the scale (`like`).
    return np.nan_to_num(np.minimum(np.abs(values), largest) / largest)


def _colors(values: Array) -> NDArray[np.str_]:
    """Return orange for plus, blue for minus, and grey for what is no number."""
    return np.select([values >= 0, values < 0], [ORANGE, BLUE], FAINT)


def _draw_links(ax: Axes, weights: Array, largest: float, before: _Column, after: _Column) -> None:
    strength = _strength(weights, largest)
    ends, starts = np.meshgrid(after.y, before.y, indexing="ij")
    rise = (3 - 2 * BEND) * BEND**2  # from 0 to 1, level at both ends
    x = np.linspace(before.x + before.side / 2, after.x - after.side / 2, len(BEND))
    y = starts[..., None] + (ends - starts)[..., None] * rise
    paths = np.stack([np.broadcast_to(x, y.shape), y], axis=-1).reshape(-1, len(BEND), 2)
    order = np.argsort(strength, axis=None, kind="stable")  # the strongest comes on top
    ax.add_collection(
        LineCollection(
            list(paths[order]),
            colors=_colors(weights).ravel()[order].tolist(),
            linewidths=0.3 + (WIDEST - 0.3) * strength.ravel()[order],
            alpha=(0.25 + 0.7 * strength.ravel()[order]).tolist(),
            zorder=1,  # below maps (2), outlines and nodes (3), biases (4)
        )
    )


def _draw_units(ax: Axes, portrait: Portrait, columns: list[_Column]) -> None:
    if not portrait.maps:
        _draw_nodes(ax, columns)
        return
    for layer, column in enumerate(columns):
        if portrait.maps[layer].ndim == 2:
            _draw_curves(ax, portrait, layer, column)
            continue
        styles = _styles(portrait, layer, column)
        for unit, y, style in zip(column.units, column.y, styles, strict=True):
            box = _box(column, y)
            style |= {"origin": "lower", "interpolation": "bilinear", "zorder": 2}
            ax.imshow(portrait.maps[layer][unit], extent=box, **style)
            _outline(ax, box)


def _outline(ax: Axes, box: tuple[float, float, float, float]) -> None:
    left, right, bottom, top = box
    outline = [left, right, right, left, left], [bottom, bottom, top, top, bottom]
    ax.plot(*outline, color=FAINT, lw=0.8, zorder=3)


def _draw_curves(ax: Axes, portrait: Portrait, layer: int, column: _Column) -> None:
    """Draw what units give of one feature as curves, orange above 0 and blue below."""
    is_probability = layer == len(portrait.dims) - 1 and portrait.kind != "regression"
    for unit, y in zip(column.units, column.y, strict=True):
        left, right, bottom, top = box = _box(column, y)
        values = portrait.maps[layer][unit]
        middle = values.mean() if layer == 0 else 0.5 * is_probability  # inputs may be far from 0
        reach = 0.5 if is_probability else _largest(values - middle)
        heights = (values - middle) / reach
        x = np.linspace(left, right, len(values))
        curve = y + CURVE * (top - bottom) / 2 * heights
        ax.fill([left, right, right, left], [bottom, bottom, top, top], color=PAPER, zorder=2)
        for color, where in ((ORANGE, heights > 0), (BLUE, heights < 0)):
            ax.fill_between(x, y, curve, where=where, color=color, alpha=0.4, lw=0, zorder=2)
        ax.plot(x, curve, color=LINE, lw=0.9, zorder=2.5)
        _outline(ax, box)


def _draw_nodes(ax: Axes, columns: list[_Column]) -> None:
    places = [(column.x, y, column.side) for column in columns for y in column.y]
    x, y, sides = np.array(places).T
    # Sizes in the units of the axes: nodes grow and shrink with the drawing, as maps do.
    style: Style = {"units": "xy", "facecolors": PAPER, "edgecolors": FAINT, "zorder": 3}
    circles = np.stack([x, y], axis=1)
    ax.add_collection(
        EllipseCollection(sides, sides, 0, offsets=circles, transOffset=ax.transData, **style)
    )


def _box(column: _Column, y: float) -> tuple[float, float, float, float]:
    """Return the edges of a unit: left, right, bottom, top."""
    half = column.side / 2
    return column.x - half, column.x + half, y - half, y + half


def _styles(portrait: Portrait, layer: int, column: _Column) -> list[Style]:
    """Return the colours of the units of a layer: the outputs' are those of a prediction."""
    maps = portrait.maps[layer][column.units]
    if layer == 0:  # inputs may be far from 0
        return [{"cmap": diverging(), "norm": Normalize(each.min(), each.max())} for each in maps]
    if layer < len(portrait.dims) - 1 or portrait.kind == "regression":
        return [{"cmap": diverging(), "norm": symmetric(values)} for values in maps]
    if portrait.kind == "binary":
        return [{"cmap": diverging(), "norm": Normalize(0, 1)}]
    colors = class_colormap(column.size)(column.units)
    return [{"cmap": shades(color), "norm": Normalize(0, 1)} for color in colors]


def _draw_biases(ax: Axes, biases: Array, largest: float, x: float, y: Array) -> None:
    strength = _strength(biases, largest)
    style: Style = {"edgecolors": FAINT, "linewidths": 0.5, "zorder": 4}
    ax.scatter(np.full(len(y), x), y, s=4 + 36 * strength, c=_colors(biases), **style)


def _write(ax: Axes, portrait: Portrait, columns: list[_Column]) -> None:
    """Write what the layers are and which units are left out, and name inputs and outputs."""
    half = max(max(column.slots * PITCH, column.side + PITCH) for column in columns) / 2
    sizes = portrait.dims[1:-1]
    names = portrait.activation.split("/")
    hidden = [f"{size} {names[number % len(names)]}" for number, size in enumerate(sizes)]
    captions = [counted(portrait.dims[0], "input"), *hidden, counted(portrait.dims[-1], "output")]
    style: Style = {"ha": "center", "va": "center", "fontsize": "small"}
    for column, caption in zip(columns, captions, strict=True):
        ax.text(column.x, -half - 0.4, caption, **style)
        if column.size > len(column.units):
            missing = column.size - len(column.units)
            ax.text(column.x, column.y[-2:].mean(), f"⋮\n{missing:,} more", **style)
    first = columns[0]
    last = columns[-1]
    inputs = tuple(map(as_axis_text, portrait.inputs))
    outputs = portrait.outputs
    for unit, y in zip(first.units, first.y, strict=True):
        ax.text(-0.7, y, inputs[unit], **style | {"ha": "right"})
    right = last.x + last.side / 2
    for unit, y in zip(last.units, last.y, strict=True):
        ax.text(right + 0.2, y, as_text(outputs[unit]), **style | {"ha": "left"})
    ax.set_xlim(-1 - _width(inputs), right + 0.5 + _width(outputs))
    ax.set_ylim(-half - 0.8, half)


def _legend(widest: list[float]) -> str:
    """Return what colours and widths mean; `widest` are the largest weights that are drawn."""
    first, *others = (f"{weight:.2g}" for weight in widest)
    weights = ", ".join([f"{first} per deviation of an input", *others])
    return f"orange +, blue −; widest link{'s' * (len(widest) > 1)}: {weights}; dots are biases"
