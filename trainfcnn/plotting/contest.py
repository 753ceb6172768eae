"""Models and data sets on one page: each answer over the plane, with its score."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trainfcnn.analysis.contest import Contest
from trainfcnn.data.sources import Source, as_dataset
from trainfcnn.plotting.prediction import draw_points, draw_surface
from trainfcnn.plotting.style import FAINT, LINE, Style, new_figure, target_scale

CELL = (1.5, 1.62)  # inches, of each picture
LEFT = 0.35  # inches, for the names of data sets


def compare_models(models: Mapping[str, Any], datasets: Sequence[Source]) -> Figure:
    """Draw what several models make of several data sets: a row for each of these.

    Each is trained anew on the training sample; its share of right answers on the test sample
    stands above its picture, bold with a frame where no other has more.

    Parameters
    ----------
    models : mapping
        From a name to a classifier of scikit-learn, such as `FCNNClassifier`.
    datasets : sequence
        Of two features, and of classes: names, ``(X, y)``, `Dataset` and what else `as_dataset`
        takes.

    Returns
    -------
    Figure
        A notebook shows it; save it with ``figure.savefig("name.png")``.

    Raises
    ------
    ValueError
        If there is none, or data have no two features, no classes or no test sample.

    Examples
    --------
    >>> from trainfcnn import FCNNClassifier
    >>> figure = compare_models({"network": FCNNClassifier(epochs=5)}, ["xor"])
    >>> len(figure.axes)
    1
    """
    if isinstance(datasets, str) or not datasets:
        raise ValueError(f"datasets must be a list of one or more, got {datasets!r}: try ['xor']")
    return Contest.of(models, [as_dataset(one) for one in datasets]).plot()


def plot_contest(contest: Contest) -> Figure:
    """Draw a contest: a row for each data set, a column for each model."""
    n_rows, n_columns = contest.scores.shape
    size = LEFT + n_columns * CELL[0], 0.55 + n_rows * CELL[1]
    figure = new_figure(size, _headline(contest), between_rows=0.03)
    figure.get_layout_engine().set(w_pad=0.04)  # type: ignore[union-attr, call-arg]
    axes = figure.subplots(n_rows, n_columns, squeeze=False)
    for row, dataset in enumerate(contest.datasets):
        axes[row, 0].set_ylabel(dataset.name)
        for column, name in enumerate(contest.models):
            ax = axes[row, column]
            _draw(ax, contest, row, column)
            score = f"{contest.scores[row, column]:.1%}"
            is_best = contest.best[row, column]
            mean = contest.scores[:, column].mean()
            title = f"{name}\nmean {mean:.1%}\n{score}" if row == 0 else score
            ax.set_title(title, fontsize="small", fontweight="bold" if is_best else "normal")
            ax.spines[:].set(linewidth=2.5 if is_best else 0.6, color=LINE if is_best else FAINT)
    return figure


def _draw(ax: Axes, contest: Contest, row: int, column: int) -> None:
    grid = contest.grids[row][column]
    dataset = contest.datasets[row]
    norm = target_scale(dataset.y)
    draw_surface(ax, grid, norm, with_bar=False)
    draw_points(ax, dataset.x, dataset, norm)
    small: Style = {"sizes": [3.0], "linewidths": 0.1}
    ax.collections[-1].set(**small)
    ax.axis(grid.extent)
    ax.set(xticks=[], yticks=[], aspect="auto")
    ax.grid(False)


def _headline(contest: Contest) -> str:
    n = len(contest.datasets)
    wins = contest.best.sum(0)
    most = " and ".join(
        name for name, won in zip(contest.models, wins, strict=True) if won == wins.max()
    )
    told = f"{most}: best on {wins.max()} of {n} data set{'s' * (n != 1)}"
    return f"{told}; share right on new points, bold where no other has more"
