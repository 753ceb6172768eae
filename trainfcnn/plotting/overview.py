"""All there is to see of a run, in one figure."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trainfcnn.analysis.classification import (
    Mistakes,
    Reliability,
    confusion_on_test,
    predictions_on_test,
)
from trainfcnn.analysis.curve import has_curve
from trainfcnn.analysis.evaluation import raw_outputs, summary_title
from trainfcnn.analysis.network import Portrait
from trainfcnn.analysis.prediction import Features, check_view, error_map, predict_grid
from trainfcnn.analysis.regression import values_on_test
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.images import check_images
from trainfcnn.plotting.classification import plot_calibration, plot_confusion
from trainfcnn.plotting.history import plot_loss, plot_score
from trainfcnn.plotting.images import n_mistakes, plot_mistakes, plot_samples, plot_weights
from trainfcnn.plotting.network import plot_network
from trainfcnn.plotting.prediction import plot_dataset, plot_error, plot_prediction
from trainfcnn.plotting.regression import plot_residuals
from trainfcnn.plotting.style import OVERVIEW_MARGINS, OVERVIEW_SIZE, SHORT_NAME, new_figure
from trainfcnn.training.run import Run


def plot_overview(run: Run, title: str, features: Features | None = None) -> Figure:
    """Draw data, prediction, loss, network and errors in one figure.

    Errors are those against the truth where it is known, else on the test sample. For images it
    is samples, loss and score, what went wrong, and weights.

    Parameters
    ----------
    run : Run
        What to draw.
    title : str
        A line above all of it.
    features : (int, int), optional
        Which two to vary, from 0 or by name, in data of more than two features.

    Returns
    -------
    Figure
        A notebook shows it; save it with ``figure.savefig("name.png")``.

    Raises
    ------
    ValueError
        If `features` are not two of those there are.
    """
    check_overview(run.dataset, features)
    if run.dataset.image_shape is not None:
        return _plot_images(run, title)
    figure = new_figure(OVERVIEW_SIZE, title, between_rows=0.1, margins=_margins(run))
    axes = figure.subplot_mosaic([["data", "prediction", "loss"], ["network", "network", "errors"]])
    plot_dataset(run.dataset, axes["data"], features)
    grid = predict_grid(run, features=features)
    plot_prediction(grid, run.dataset, axes["prediction"], prediction_title(run))
    plot_loss(run.history, axes["loss"])
    plot_network(Portrait.of(run), axes["network"])
    _plot_errors(run, axes["errors"], features)
    return figure


def check_overview(dataset: Dataset, features: Features | None = None) -> None:
    """Refuse, before any training, data of which `plot_overview` could draw no plane.

    Raises
    ------
    ValueError
        If `features` are not two of those there are.
    """
    if dataset.image_shape is None or features is not None:
        check_view(dataset, features)


def prediction_title(run: Run) -> str:
    """Return the data set's name, and the score on it."""
    return f"{run.dataset.name}: {summary_title(run)}"


def _margins(run: Run) -> dict[str, float] | None:
    """Return fixed margins where they suit: names are short, no strip of counts is drawn."""
    names_are_short = all(len(str(label)) <= SHORT_NAME for label in run.dataset.classes)
    has_long_ticks = has_curve(run.dataset) and not run.dataset.is_classification
    is_counted = run.dataset.law is None and run.dataset.is_classification
    return OVERVIEW_MARGINS if names_are_short and not (is_counted or has_long_ticks) else None


def _plot_errors(run: Run, ax: Axes, features: Features | None) -> None:
    x = run.dataset.x_test
    if run.dataset.law is not None:
        errors = error_map(run, run.dataset.law, features)
        plot_error(errors.grid, errors.truth, ax, errors.title)
    elif not len(x) or not raw_outputs(run, x).isfinite().all():
        plot_score(run.history, ax)  # there is no test sample, or the training diverged
    elif run.dataset.is_classification:
        plot_calibration(Reliability.of(*predictions_on_test(run)), ax)
    else:
        plot_residuals(*values_on_test(run), ax)


def _plot_images(run: Run, title: str) -> Figure:
    dataset = run.dataset
    is_judged = dataset.is_classification and len(dataset.x_test) > 0
    figure = new_figure(OVERVIEW_SIZE, title, between_rows=0.1)
    axes = iter(figure.subplots(2, 3 if is_judged else 2).flat)
    plot_samples(dataset, next(axes))
    plot_loss(run.history, next(axes))
    plot_score(run.history, next(axes))
    if is_judged:
        plot_confusion(confusion_on_test(run), dataset.classes, next(axes))
        plot_mistakes(dataset, Mistakes.on_test(run, n_mistakes(dataset)), next(axes))
    plot_weights(Portrait.of(run).scaled_weights[0], check_images(dataset), next(axes))
    return figure
