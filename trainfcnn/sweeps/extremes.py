"""The best and the worst network of a sweep, side by side."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from trainfcnn import plotting
from trainfcnn.analysis.prediction import Features, check_view, predict_grid
from trainfcnn.analysis.targets import dataset_of_target, run_of_target
from trainfcnn.data.dataset import Dataset
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE_WIDTH = 48  # characters of a line in the title of a prediction


def draw_extremes(
    dataset: Dataset,
    runs: Sequence[Run],
    rows: Sequence[Mapping[str, object]],
    of: str,
    varied: Sequence[str],
    features: Features | None,
) -> "Figure":
    """Draw the predictions of the best and the worst network by a column of the table."""
    dataset = dataset_of_target(dataset)
    check_view(dataset, features)
    measured = np.array([(row[of], row["loss"]) for row in rows], dtype=np.float64)
    finite = np.flatnonzero(np.isfinite(measured[:, 1]))  # R² is undefined of constant targets
    if not len(finite):
        raise ValueError("all networks diverged, so that there is none to draw: lower lr")
    scores, losses = measured[finite].T
    # By score first, its last key: of many with 100 % the best has the lowest loss.
    order = finite[np.lexsort((-losses, scores))]
    ends = {"best": order[-1], "worst": order[0]}
    titles = [_title(which, runs[end], rows[end], of, varied) for which, end in ends.items()]
    grids = [predict_grid(run_of_target(runs[end]), features=features) for end in ends.values()]
    diverged = len(runs) - len(finite)
    title = f"{dataset.name}: the best and the worst of {len(finite):,} networks"
    title += f", without {diverged:,} that diverged" if diverged else ""
    return plotting.plot_extremes(dataset, grids, titles, title)


def _title(which: str, run: Run, row: Mapping[str, object], of: str, varied: Sequence[str]) -> str:
    """Return the title of an extreme: its score, its settings and its seed."""
    labels = [name for name in (*varied, "seed", "fold") if name in row]
    settings = fill(", ".join(f"{name} {row[name]}" for name in labels), TITLE_WIDTH)
    score = run.task.format_score(row[of])  # type: ignore[arg-type]
    return f"{which}: {run.task.score_name} {score}\n{settings}"
