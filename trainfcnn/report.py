"""A run in words and numbers: a line, a dict, a table."""

from dataclasses import asdict
from math import isfinite, nan

import numpy as np

from trainfcnn._support.types import Array
from trainfcnn.analysis.evaluation import score_on_test, scores_of, train_scores
from trainfcnn.data.dataset import Dataset
from trainfcnn.goal import Goal
from trainfcnn.nn.tasks import constant_loss
from trainfcnn.training.run import Run, in_units
from trainfcnn.wording import format_extras, format_recipe, format_rule

FAR_ABOVE = 30  # times the loss of a constant answer
NEGLIGIBLE = 0.03  # of a loss, for targets as large as 1


def line_of_data(dataset: Dataset) -> str:
    """Return a line on the data of a trainer that has not trained yet."""
    samples = f"{dataset.n_samples:,} {'images' if dataset.image_shape else 'points'}"
    return (
        f"TrainFCNN({dataset.name!r}): {dataset.kind}, {samples}{dataset.told}, not trained yet: "
        "call .train()"
    )


def as_line(run: Run) -> str:
    """Return what came out, in a line: network, optimizer, epochs, loss, score, seconds."""
    recipe = run.recipe
    network = run.network
    history = run.history
    task = run.task
    loss, score = train_scores(run)
    on_test = score_on_test(run)
    test = "" if on_test is None else f" (test {task.format_score(on_test)})"
    extras = format_extras({n: one for n, one in recipe.extras().items() if n != "until"})
    return (
        f"TrainFCNN({run.dataset.name!r}): {'-'.join(map(str, network.dims))} "
        f"{network.activation}, {format_rule(recipe)}, "
        f"{_epochs(run)}{extras}, loss {loss:#.3g}, "
        f"{task.score_name} {task.format_score(score)}{test}, "
        f"{history.seconds:.2f} s{run.dataset.told}"
    )


def _epochs(run: Run) -> str:
    """Return how long it took, and whether the goal was reached, if there was one."""
    done = len(run.history)
    counted = f"{done} epoch{'s' * (done != 1)}"
    goal = "" if run.recipe.until is None else Goal.read(run.recipe.until).in_words
    if run.ended == "reached":
        return f"reached {goal} after {counted}"
    missed = f", {goal} not reached" if goal else ""
    if run.ended == "done":
        return f"{counted}{missed}"
    ended = "out of time" if run.ended == "time" else run.ended
    return f"{ended} after {done} of {run.recipe.epochs} epochs{missed}"


def _plain(value: object) -> object:
    """Return a field of a recipe as JSON can hold it: a function by its name."""
    return getattr(value, "__name__", type(value).__name__) if callable(value) else value


def divergence(run: Run) -> str:
    """Return what is wrong with a run whose loss became infinite or NaN, and what to do."""
    losses = run.history.loss
    epoch = int(np.isfinite(losses).argmin()) + 1  # the first False
    when = f"was {losses[epoch - 1]} in epoch {epoch}"
    if np.isfinite(losses).all():  # it was the last step of all that went too far
        when = f"is {run.criterion} after epoch {len(losses)}"
    return f"training diverged: the loss must stay finite, and {when}; {advice(run)}"


def complaint(run: Run) -> str | None:
    """Return what is to be warned of: a run that diverged, or is far worse than a constant."""
    if run.ended == "diverged":
        return divergence(run)
    data = run.dataset
    if not data.is_here:  # it was told when it was trained
        return None
    y = in_units(data.y, run.units)
    constant = constant_loss(data.kind, y, data.weights, run.recipe.loss)
    # As large only steps make it that are too long; an answer that is merely bad is no surprise.
    if not len(run.history) or run.criterion <= FAR_ABOVE * max(constant, _negligible(run)):
        return None
    return (
        f"the network is far worse than a constant answer: {run.history.loss_name} "
        f"{run.criterion:.3g}, where a constant has {constant:.3g}; {advice(run)}"
    )


def _negligible(run: Run) -> float:
    """Return a loss that is none: where all targets are the same, that of a constant is 0."""
    if run.dataset.is_classification:
        return NEGLIGIBLE
    largest = float(np.abs(in_units(run.dataset.y, run.units)).max())
    return NEGLIGIBLE * (largest or 1) ** 2


def advice(run: Run) -> str:
    """Return what may help against steps that were too long."""
    other = "" if run.recipe.standardize else ", or standardize=True"
    return f"try a lower lr than {run.recipe.lr:g}{other}"


def as_dict(run: Run) -> dict[str, object]:
    """Return what there is to know of a run, as a dict that JSON can hold.

    A number that is not finite, or not known, is None.
    """
    dataset = run.dataset
    history = run.history
    scores = scores_of(run)
    results = {
        "dataset": dataset.name,
        "kind": dataset.kind,
        "n_samples": dataset.n_samples,
        "n_validation": len(dataset.validation[0]) if dataset.validation else None,
        "seed": run.seed,
        # A function of one's own is no JSON; its name is.
        "recipe": {name: _plain(value) for name, value in asdict(run.recipe).items()},
        "dims": list(run.network.dims),
        "epochs": len(history),
        "ended": run.ended,
        "seconds": history.seconds,
        "engine": run.engine.name,
        "engine_reason": run.engine.reason,
        "loss_name": history.loss_name,
        "score_name": history.score_name,
        "loss": scores.loss,
        "score": scores.score,
        "validation_loss": _at_best(run, history.validation_loss),
        "validation_score": _at_best(run, history.validation_score),
        "test_loss": scores.test_loss,
        "test_score": scores.test_score,
        "exact_score": scores.exact_score,
        "baseline": scores.baseline,
    }
    if dataset.target_names:
        results["targets"] = [*dataset.target_names]
    return {
        # JSON has no NaN, although Python writes one.
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in results.items()
    }


def _at_best(run: Run, values: Array) -> float | None:
    """Return what was seen after the epoch whose weights were kept."""
    best = run.history.best_epoch
    return float(values[best - 1]) if 0 < best <= len(values) else None


def as_table(run: Run) -> dict[str, str]:
    """Return what there is to know of a run, in words: a name and a value for each row."""
    results = as_dict(run)
    task = run.task
    history = run.history
    samples = {"score": "training", "test_score": "test", "exact_score": "truth"}
    known = {"score": True, "test_score": run.dataset.n_test, "exact_score": run.dataset.law}
    values = {key: results[key] for key in samples if known[key]}
    scores = [
        f"{task.format_score(value if isinstance(value, float) else nan)} ({samples[key]})"
        for key, value in values.items()
    ]
    constant = "accuracy" if run.dataset.is_classification else history.loss_name
    loss, _ = train_scores(run)
    return {
        "data": repr(run.dataset),
        "network": repr(run.network),
        "recipe": format_recipe(run.recipe),
        "training": repr(history),
        "ended": run.ended if run.ended == "done" else _epochs(run),
        "loss": f"{history.loss_name} {loss:#.3g}",
        task.score_name: ", ".join(scores),
        "best constant answer": f"{constant} {results['baseline']:.4f}",
    }
