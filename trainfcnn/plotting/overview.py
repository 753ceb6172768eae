"""All there is to see of a run, in one figure."""

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from trainfcnn.analysis.classification import Confusion, Mistakes
from trainfcnn.analysis.curve import Curve
from trainfcnn.analysis.evaluation import score_on_test, summary_title
from trainfcnn.analysis.judged import Judged, constant_score
from trainfcnn.analysis.network import Portrait
from trainfcnn.analysis.prediction import Features, check_view, predict_grid
from trainfcnn.analysis.seeds import OtherSeeds, check_seeds
from trainfcnn.analysis.targets import dataset_of_target
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.images import check_images
from trainfcnn.plotting.curve import MOST_POINTS, plot_curve
from trainfcnn.plotting.figures import new_picture
from trainfcnn.plotting.history import plot_score
from trainfcnn.plotting.images import n_mistakes, plot_samples, plot_weights
from trainfcnn.plotting.judged import key_of_judged, plot_judged
from trainfcnn.plotting.network import CHARACTER, plot_network
from trainfcnn.plotting.seeds import plot_loss_among, plot_scores_of_seeds
from trainfcnn.plotting.style import (
    MARKERS,
    OVERVIEW_SIZE,
    SMALL_TEXT,
    SURFACE_STRENGTH,
    TICKS,
    Style,
    as_text,
    class_colormap,
    diverging,
    resize,
    set_title,
    size_or,
    target_scale,
    thinned,
)
from trainfcnn.plotting.targets import plot_targets
from trainfcnn.training.run import Run

Place = tuple[float, float, float, float]  # left, bottom, width, height, in inches

PLANE: Place = (0.74, 1.46, 3.76, 3.76)
BAR: Place = (0.74, 0.96, 3.76, 0.09)
NETWORK: Place = (4.75, 2.82, 4.15, 2.4)
LOSS: Place = (5.27, 0.98, 1.45, 1.35)
SCORES: Place = (7.25, 0.98, 1.4, 1.35)
WIDE_LOSS: Place = (5.3, 0.98, 3.5, 1.35)
LEFT = 0.12  # of what is written above and below
CLASSES_END = 0.59  # of the classes' names, which have three lines
KEY_TOP = 0.52
HEADLINE = 12.0  # points
BELOW_IT = 9.5
LONGEST_CLASS = 27  # characters of a class's name
LONGEST_UNIT = 14  # of an input's or output's name beside the network
LINE_WIDTH = 60  # characters of the classes' names in a line
CLASS_LINES = 3
LONGEST_LINE = 145  # characters across the figure
LONGEST_HEADLINE = 80
LONGEST_SECOND = 120
MARGIN = 0.15  # of the plane beyond the domain, as a share of its width
LETTER = 0.07  # inches
MISTAKE_ROWS = 2


def plot_overview(
    run: Run,
    title: str,
    features: Features | None = None,
    seeds: int | None = None,
    figsize: tuple[float, float] | None = None,
) -> Figure:
    """Draw what a network reaches, where it errs, what it is, and what other seeds come to.

    A headline says what it reaches on new points, against a constant answer and other seeds. Below
    are the plane with its misses ringed, the network, the loss and the scores of other seeds. For
    images it is samples, loss, mistakes and weights, and of several targets see `plot_targets`. All
    is larger where `font.size` is.

    Parameters
    ----------
    run : Run
        What to draw.
    title : str
        A line below all of it.
    features : (int, int), optional
        Which two to vary, from 0 or by name, in data of more than two features.
    seeds : int, optional
        How many other initial weights to train, see `OtherSeeds`.
    figsize : (float, float), optional
        Width and height in inches; text is as large as there is room for it.

    Returns
    -------
    Figure
        A notebook shows it; save it with ``figure.savefig("name.png")``.

    Raises
    ------
    ValueError
        If `features` are not two of those there are, or `seeds` is no such number.
    """
    check_overview(run.dataset, features)
    check_seeds(seeds)
    whole = size_or(figsize, OVERVIEW_SIZE)
    size = min(np.divide(whole, OVERVIEW_SIZE))
    if run.dataset.target_names:
        return plot_targets(run, prediction_title(run), title, figsize)
    others = OtherSeeds.of(run, seeds)
    is_image = run.dataset.image_shape is not None
    figure = new_picture(whole, "constrained" if is_image else "none")
    if is_image:
        _plot_images(figure, run, others)
    else:
        _plot_points(figure, run, others, features)
    for ax in figure.axes:
        resize(ax, size * SMALL_TEXT)
    _write(figure, headline(run, others), title, size)
    return figure


def check_overview(dataset: Dataset, features: Features | None = None) -> None:
    """Refuse, before any training, data of which `plot_overview` could draw no plane.

    Raises
    ------
    ValueError
        If `features` are not two of those there are.
    """
    if dataset.image_shape is None or features is not None:
        check_view(dataset_of_target(dataset), features)


def prediction_title(run: Run) -> str:
    """Return the data set's name, and the score on it."""
    return f"{run.dataset.name}: {summary_title(run)}"


def headline(run: Run, others: OtherSeeds) -> tuple[str, str]:
    """Return what a network reaches, and below it what there is to compare that with."""
    task = run.task
    score = score_on_test(run)
    if score is None:
        lines = ["no new points to judge it by: nothing was held out for the test"]
    else:
        # Rounded before it is written, and 0 added, for there is a "-0.0000".
        constant = round(constant_score(run), 4) + 0.0
        lines = [f"a constant answer: {task.format_score(constant)}"]
    if len(others.known):
        reach = task.format_range(others.known)
        lines.append(f"{len(others.known)} other seed{'s' * (len(others.known) != 1)}: {reach}")
    if score is not None and (lost := len(others) - len(others.known)):
        lines.append(f"{lost} other seed{'s' * (lost != 1)} diverged")
    if others.note:
        lines.append(others.note)
    if run.ended == "diverged":
        lines.append(f"try a lower lr than {run.recipe.lr:g}")
    return prediction_title(run), "; ".join(lines)


def _write(figure: Figure, lines: tuple[str, str], title: str, size: float) -> None:
    """Write the headline above, and the line of the training below."""
    width, height = OVERVIEW_SIZE
    left = LEFT / width
    first, second = (as_text(line) for line in lines)
    above = figure.suptitle(
        _cut(first, LONGEST_HEADLINE),
        x=left,
        y=1 - 0.08 / height,
        ha="left",
        fontsize=size * HEADLINE,
        fontweight="bold",
    )
    above.set_in_layout(False)  # its room is kept
    style: Style = {"ha": "left", "va": "top", "fontsize": size * SMALL_TEXT}
    figure.text(
        left,
        1 - 0.35 / height,
        _cut(second, LONGEST_SECOND),
        **style | {"fontsize": size * BELOW_IT},
    )
    figure.text(left, 0.2 / height, _cut(as_text(title), LONGEST_LINE), alpha=0.75, **style)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _plot_points(figure: Figure, run: Run, others: OtherSeeds, features: Features | None) -> None:
    plane = _axes(figure, PLANE, "plane")
    _plot_plane(figure, plane, run, features)
    portrait = Portrait.of(run)
    short = replace(
        portrait,
        inputs=tuple(_cut(name, LONGEST_UNIT) for name in portrait.inputs),
        outputs=tuple(_cut(name, LONGEST_UNIT) for name in portrait.outputs),
    )
    network = plot_network(short, _axes(figure, NETWORK, "network"))
    network.set_xlabel("orange +, blue −, width: size; dots are biases")
    _make_room(network, short)
    _plot_training(figure, run, others)


def _make_room(ax: Axes, portrait: Portrait) -> None:
    """Widen the axes of a network until the names beside it fit: on small axes they are long."""
    _, _, width, height = NETWORK
    low, high = ax.get_ylim()
    longest = [max(map(len, names)) for names in (portrait.inputs, portrait.outputs)]
    left, right = ax.get_xlim()
    # What is between the names stays, and a unit of the axes has one size along both of them.
    between = right - left - CHARACTER * sum(longest)
    wanted = LETTER * sum(longest)
    unit = max((high - low) / height, between / (width - wanted))
    more = [max(0.0, LETTER * unit - CHARACTER) * letters for letters in longest]
    ax.set_xlim(left - more[0], right + more[1])


def _plot_training(figure: Figure, run: Run, others: OtherSeeds) -> None:
    score = score_on_test(run)
    is_judged = len(others) > 0 and score is not None
    plot_loss_among(run.history, others, _axes(figure, LOSS if is_judged else WIDE_LOSS, "loss"))
    if score is not None and is_judged:
        plot_scores_of_seeds(score, others, run.task, _axes(figure, SCORES, "seeds"))


def _plot_plane(figure: Figure, ax: Axes, run: Run, features: Features | None) -> None:
    dataset = run.dataset
    grid = predict_grid(run, margin=MARGIN, features=features)
    norm = target_scale(dataset.y)
    if isinstance(grid, Curve):
        plot_curve(grid, dataset, ax, fades=True)
        for beside in ax.child_axes:  # the names of classes stand below
            beside.remove()
        set_title(ax, "")
        _note(figure, _key_of_curve(dataset))
    else:
        known = Judged.of(run, dataset.x, dataset.y)
        new = Judged.of(run, dataset.x_test, dataset.y_test)
        plot_judged(grid, dataset, known, new, norm, ax)
        _note(figure, key_of_judged(known, new, dataset.kind))
        if not dataset.classes:
            _bar(figure, norm)
    if dataset.classes:
        _name_classes(figure, dataset)


def _key_of_curve(dataset: Dataset) -> str:
    n = len(dataset.x)
    shown = len(range(n)[thinned(n, MOST_POINTS)])
    some = f"{n:,}" if shown == n else f"{shown:,} of {n:,}"
    line = "line: the probability" if dataset.classes else "orange: the prediction"
    dashed = ", dashed: the truth" if dataset.law else ""
    return f"points: {some} training points\n{line}{dashed}; faded: beyond the data"


def _note(figure: Figure, text: str) -> None:
    width, height = OVERVIEW_SIZE
    size = min(figure.get_figwidth() / width, figure.get_figheight() / height)
    figure.text(LEFT / width, KEY_TOP / height, text, va="top", fontsize=size * SMALL_TEXT)


def _bar(figure: Figure, norm: Normalize) -> None:
    """Draw the colours of a regression below the plane."""
    ax = _axes(figure, BAR, "colours")
    colors = ScalarMappable(norm, diverging(SURFACE_STRENGTH))
    figure.colorbar(colors, cax=ax, orientation="horizontal", ticks=MaxNLocator(TICKS))
    ax.set_ylabel("value ", rotation=0, ha="right", va="center")


def _name_classes(figure: Figure, dataset: Dataset) -> None:
    """Write the names of the classes below the plane, as many as there is room for."""
    width, height = OVERVIEW_SIZE
    size = min(figure.get_figwidth() / width, figure.get_figheight() / height)
    names = [_cut(as_text(label), LONGEST_CLASS) for label in dataset.classes]
    columns = max(1, min(len(names), LINE_WIDTH // (max(map(len, names)) + 4)))
    most = CLASS_LINES * columns
    colors = class_colormap(len(names))(range(len(names)))
    marks = [
        Line2D([], [], ls="", marker=MARKERS[index % len(MARKERS)], color=color, label=name)
        for index, (name, color) in enumerate(zip(names, colors, strict=True))
    ]
    if len(marks) > most:
        rest = f"and {len(marks) - most + 1} more"
        marks = [*marks[: most - 1], Line2D([], [], ls="", label=rest)]
    figure.legend(
        handles=marks,
        ncols=columns,
        loc="lower left",
        bbox_to_anchor=(LEFT / width, CLASSES_END / height),
        borderaxespad=0,
        borderpad=0,
        handletextpad=0.2,
        columnspacing=1.2,
        labelspacing=0.25,
        frameon=False,
        fontsize=size * SMALL_TEXT,
        markerscale=0.8,
    )


def _axes(figure: Figure, place: Place, label: str) -> Axes:
    width, height = OVERVIEW_SIZE
    box = np.divide(place, (width, height, width, height))
    return figure.add_axes(tuple(box.tolist()), label=label)


def _plot_images(figure: Figure, run: Run, others: OtherSeeds) -> None:
    dataset = run.dataset
    score = score_on_test(run)
    is_judged = dataset.is_classification and score is not None
    _, height = OVERVIEW_SIZE
    engine = figure.get_layout_engine()
    room = (0, 0.26 / height, 1, 1 - 0.86 / height)
    engine.set(w_pad=0.1, h_pad=0.08, rect=room)  # type: ignore[union-attr, call-arg]
    ratios = [1.5, 1, 1] if is_judged else [1.5, 1]
    axes = iter(figure.subplots(2, len(ratios), width_ratios=ratios).flat)
    plot_samples(dataset, next(axes))
    plot_loss_among(run.history, others, next(axes))
    _plot_scores(run, others, next(axes))
    if is_judged:
        n = n_mistakes(dataset, MISTAKE_ROWS)
        Mistakes.from_run(run, n).plot(next(axes))
        Confusion.from_run(run).plot(next(axes))
    weights = plot_weights(Portrait.of(run).scaled_weights[0], check_images(dataset), next(axes))
    weights.child_axes[0].set_ylabel("weight, times deviation")


def _plot_scores(run: Run, others: OtherSeeds, ax: Axes) -> None:
    score = score_on_test(run)
    if len(others) and score is not None:
        plot_scores_of_seeds(score, others, run.task, ax)
    else:
        plot_score(run.history, ax)
