"""Several trainings side by side, on one scale."""

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trainfcnn.analysis.evaluation import summary_title
from trainfcnn.analysis.prediction import Features, predict_grid
from trainfcnn.analysis.targets import run_of_target
from trainfcnn.plotting.history import plot_loss, plot_score
from trainfcnn.plotting.prediction import plot_prediction
from trainfcnn.plotting.style import COLUMN_SIZE, new_figure, set_title, target_scale, use_decades
from trainfcnn.recipe import SETTINGS
from trainfcnn.training.run import Run
from trainfcnn.wording import format_setting

MOST_COLUMNS = 4
GLUE = "\N{NO-BREAK SPACE}"  # where `fill` breaks no line: between a name and its value
LINE_LENGTH = 33  # characters of a title


class HasRun(Protocol):
    """A `TrainFCNN`, as far as a comparison knows it."""

    @property
    def run(self) -> Run:
        """What its last training left behind."""


def compare(
    trainers: Sequence[HasRun | Run],
    titles: Sequence[str] | None = None,
    *,
    features: Features | None = None,
) -> Figure:
    """Draw the predictions of several trainings side by side, and below them their losses.

    Colours mean the same in all, and losses that are of one kind are on one scale. For images it
    is their scores above their losses; of several targets it is the first.

    Parameters
    ----------
    trainers : sequence of TrainFCNN or Run
        All trained.
    titles : sequence of str, optional
        One for each; by default what they differ in.
    features : (int, int), optional
        Which two to vary, from 0 or by name, in data of more than two features.

    Returns
    -------
    Figure
        A notebook shows it; save it with ``figure.savefig("name.png")``.

    Raises
    ------
    TypeError
        If something is no `TrainFCNN`.
    ValueError
        If there is none, or there is not a title for each.
    RuntimeError
        If one is not trained yet.

    Examples
    --------
    >>> from trainfcnn import TrainFCNN
    >>> narrow, wide = (TrainFCNN("xor").train(dims=[n], epochs=20) for n in (2, 8))
    >>> [ax.get_title().splitlines()[0] for ax in compare([narrow, wide]).axes[:2]]
    ['dims 2', 'dims 8']
    """
    runs = [run_of_target(run) for run in _runs(trainers)]
    given = _differences(runs) if titles is None else list(map(str, titles))
    if isinstance(titles, str) or len(given) != len(runs):
        raise ValueError(
            f"titles must be a list of one for each of the {len(runs)} trainers, got {titles!r}: "
            "add or leave out some"
        )
    figure, upper, lower = _places(len(runs), _default_title(runs))
    values = [run.dataset.y for run in runs if not run.dataset.is_classification]
    norm = target_scale(np.concatenate([[], *values]))  # [] if none is a regression
    for run, title, ax in zip(runs, given, upper, strict=True):
        lines = f"{_wrapped(title)}\n{summary_title(run)}"
        if run.dataset.image_shape is None or features is not None:
            plot_prediction(predict_grid(run, features=features), run.dataset, ax, lines, norm)
        else:
            set_title(plot_score(run.history, ax), lines)
    for run, ax in zip(runs, lower, strict=True):
        plot_loss(run.history, ax)
    _share_scales(runs, lower)
    return figure


def _runs(trainers: Sequence[HasRun | Run]) -> list[Run]:
    if isinstance(trainers, str) or not isinstance(trainers, Iterable):
        raise TypeError(f"compare takes a list of TrainFCNN, got {trainers!r}: try compare([a, b])")
    runs = []
    for trainer in trainers:
        if isinstance(trainer, Run):
            runs.append(trainer)
            continue
        # Of the type, since before a training the trainer's own `run` raises.
        if not hasattr(type(trainer), "run"):
            raise TypeError(
                f"compare takes a list of TrainFCNN, got {trainer!r} in it: leave it out"
            )
        runs.append(trainer.run)
    if not runs:
        raise ValueError("there must be a trainer to compare, got none: try compare([a, b])")
    if len({id(run) for run in runs}) < len(runs):
        # `train` returns the trainer itself, so that a list of its calls is one trainer, twice.
        raise ValueError(
            "compare takes different trainings, got the same one twice, since a trainer holds its "
            "last alone: make a TrainFCNN for each, or try "
            "compare([x.train(lr=0.1).run, x.train(lr=0.01).run])"
        )
    return runs


def _differences(runs: list[Run]) -> list[str]:
    """Return what each differs in from the others."""
    settings = [
        {
            "dataset": run.dataset.name,
            "n_samples": run.dataset.n_samples,
            "noise": run.dataset.noise,
        }
        | {"seed": run.seed}
        | {name: format_setting(getattr(run.recipe, name)) for name in SETTINGS}
        for run in runs
    ]
    varied = [name for name in settings[0] if len({repr(each[name]) for each in settings}) > 1]
    return [
        ", ".join(f"{name}{GLUE}{_short(each[name])}" for name in varied) or f"training {number}"
        for number, each in enumerate(settings, start=1)
    ]


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _wrapped(title: str) -> str:
    """Return a title in lines, with a name and its value on the same one."""
    return fill(title, LINE_LENGTH, break_long_words=False).replace(GLUE, " ")


def _default_title(runs: list[Run]) -> str:
    names = dict.fromkeys(run.dataset.name for run in runs)
    return f"{', '.join(names)}: {len(runs)} training{'s' * (len(runs) != 1)}"


def _places(n: int, title: str) -> tuple[Figure, list[Axes], list[Axes]]:
    """Return a figure with n axes for predictions, and one for losses below each."""
    # Both rounded up, and lines filled evenly: 5 are 3 and 2, not 4 and 1.
    lines = -(-n // MOST_COLUMNS)
    columns = -(-n // lines)
    rows = 2 * lines
    width, height = COLUMN_SIZE
    figure = new_figure((columns * width, rows * height), title, between_rows=0.1)
    axes = figure.subplots(rows, columns, squeeze=False)
    upper = axes[::2].ravel()
    lower = axes[1::2].ravel()
    for ax in (*upper[n:], *lower[n:]):
        ax.remove()
    return figure, list(upper[:n]), list(lower[:n])


def _share_scales(runs: list[Run], axes: list[Axes]) -> None:
    """Give losses of one name the same axes, logarithmic if one of them is."""
    for name in {run.history.loss_name for run in runs}:
        alike = [ax for run, ax in zip(runs, axes, strict=True) if run.history.loss_name == name]
        # The scale first, which moves the limits; the ticks last, since they depend on these.
        log = any(ax.get_yscale() == "log" for ax in alike)
        if log:
            for ax in alike:
                ax.set_yscale("log")
        lefts, rights = zip(*(ax.get_xlim() for ax in alike), strict=True)
        bottoms, tops = zip(*(ax.get_ylim() for ax in alike), strict=True)
        for ax in alike:
            ax.set(xlim=(min(lefts), max(rights)), ylim=(min(bottoms), max(tops)))
            if log:
                use_decades(ax.yaxis)
