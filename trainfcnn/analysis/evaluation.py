"""What a run's network says, and how right that is."""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.checks import short
from trainfcnn._support.container import checksum_of
from trainfcnn._support.types import Array, Values
from trainfcnn.data.augment import rotated, rotated_at_random
from trainfcnn.data.columns import is_frame
from trainfcnn.data.dataset import Dataset, Law
from trainfcnn.data.images import check_images
from trainfcnn.data.samples import samples_like
from trainfcnn.engine.device import ExecutionContext
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS, baseline
from trainfcnn.recipe import SETTINGS
from trainfcnn.training.run import Run, Scores, in_units

ROTATIONS = tuple(range(-90, 91, 10))  # degrees
PART = 1024  # points at a time, which bounds the memory and keeps them in the cache


def raw_outputs(run: Run, x: Values) -> torch.Tensor:
    """Return what the run's loss looks at: outputs for a regression, else scores.

    Parameters
    ----------
    run : Run
        Its network may be on any device, of any dtype.
    x : array of shape (n, inputs)
        Points, of any dtype.

    Returns
    -------
    Tensor of shape (n, outputs)
        On the CPU, without gradients.
    """
    return outputs_of(run.network, x, scores=run.task.is_classification)


def outputs_of(network: FCNN, x: Values, *, scores: bool) -> torch.Tensor:
    """Return the outputs (n, outputs) of a network for points (n, d), or its `scores`."""
    answer = network.scores if scores else network
    weight = network.linears[0].weight
    n_parameters = sum(map(torch.numel, network.parameters()))
    # Of no points there is one empty part, which gives a result of the right shape, (0, outputs).
    parts = [x[start : start + PART] for start in range(0, len(x), PART)] or [x]
    with ExecutionContext(PART * n_parameters):  # on one thread, if that is little work
        return torch.cat([answer(weight.new_tensor(part)).cpu() for part in parts])


def finite_outputs(run: Run, x: Values) -> torch.Tensor:
    """Return `raw_outputs`, or refuse to answer where they are no numbers.

    Raises
    ------
    ValueError
        If the network diverged, or a point lies beyond what its precision can hold.
    """
    outputs = raw_outputs(run, x)
    unsound = ~outputs.isfinite().all(dim=1)
    if not unsound.any():
        return outputs
    if run.ended == "diverged":
        raise ValueError(
            "the network must give numbers, got NaN or infinity, since its training diverged: "
            f"train again with a lower lr than {run.recipe.lr:g}"
        )
    row = int(unsound.to(torch.uint8).argmax())
    raise ValueError(
        f"X must hold numbers for which the network gives numbers, got {short(x[row].tolist())} at "
        f"row {row}: leave it out, or train on such numbers too"
    )


def predict(run: Run, x: Values) -> Values:
    """Return class indices, or values of a regression, (n,) for points (n, d).

    Of several targets or labels they are (n, targets).
    """
    return run.task.decide(raw_outputs(run, x)).numpy()


def probabilities(run: Run, x: Values) -> Array:
    """Return the probability of every class, (n, n_classes) for points (n, d)."""
    return class_probabilities(run, raw_outputs(run, x))


def class_probabilities(run: Run, outputs: torch.Tensor) -> Array:
    """Return the probability of every class, (n, n_classes) for outputs (n, outputs)."""
    # In double precision, so that each row adds up to 1 to many digits.
    with ExecutionContext(outputs.numel()):
        return run.task.probabilities(outputs.double()).numpy()


def values_or_probabilities(run: Run, x: Values) -> Array:
    """Return a regression's values, (n,), or the probability of every class, (n, n_classes)."""
    if run.task.is_classification:
        return probabilities(run, x)
    return run.task.decide(raw_outputs(run, x).double()).numpy()


def evaluate(run: Run, x: Values, y: Values, weights: Array | None = None) -> tuple[float, float]:
    """Return loss and score on inputs (n, d) and class indices or values (n,).

    Weights (n,) say how much each sample counts in the loss; in the score all count alike.

    Raises
    ------
    ValueError
        If there are none.
    """
    check_some(x)
    return loss_and_score(run, raw_outputs(run, x), y, weights)


def check_some(x: Values) -> None:
    """Refuse to score on no sample (ValueError)."""
    if not len(x):
        raise ValueError("there is no test sample to score on: give X and y")


def loss_and_score(
    run: Run, outputs: torch.Tensor, y: Values, weights: Array | None = None
) -> tuple[float, float]:
    """Return loss and score of `raw_outputs`, for class indices or values (n,).

    Of several targets each counts in its unit, by which the network saw them alike.
    """
    # (n, outputs) -> (outputs, n), as a task has it; double, for the mean over many points.
    outputs = outputs.T.double()
    targets = run.task.targets(y, len(run.dataset.classes))
    expected = torch.as_tensor(targets, dtype=outputs.dtype)
    counts = None if weights is None else outputs.new_tensor(weights / weights.mean())[None]
    has_one = run.dataset.n_targets == 1
    # of a single target Huber's loss alone depends on its unit in more than a factor
    units = (1.0,) if has_one and run.task.loss_key != "huber" else run.units
    each = outputs.new_tensor(units)[:, None]
    with ExecutionContext(outputs.numel()):
        loss = float(run.task.loss(outputs / each, expected / each, counts))
        loss *= units[0] ** run.task.power if has_one else 1.0
        return loss, float(run.task.score(outputs, expected))


def constant_baseline(run: Run) -> float:
    """Return what the best constant answer to the training sample reaches; see `baseline`."""
    return baseline(run.dataset.kind, in_units(run.dataset.y, run.units))


def saved_scores(run: Run) -> Scores | None:
    """Return what was measured of a run whose samples were left out when it was saved."""
    return None if run.dataset.is_here else run.scores


def scores_of(run: Run) -> Scores:
    """Return all that is measured of a run."""
    dataset = run.dataset
    law = dataset.law
    exact = score_on_truth(run, law) if law is not None else None
    if (saved := saved_scores(run)) is not None:
        return saved if exact is None else replace(saved, exact_score=exact)
    loss, score = train_scores(run)
    on_test = test_scores(run)
    return Scores(
        loss,
        score,
        test_loss=None if on_test is None else on_test[0],
        test_score=None if on_test is None else on_test[1],
        exact_score=exact,
        baseline=constant_baseline(run),
    )


def train_scores(run: Run) -> tuple[float, float]:
    """Return loss and score of the trained network on the training sample."""
    if (saved := saved_scores(run)) is not None:
        return saved.loss, saved.score
    dataset = run.dataset
    return _measured_once(run, "training", dataset.x, dataset.y, dataset.weights)


def _measured_once(
    run: Run, sample: str, x: Values, y: Values, weights: Array | None = None
) -> tuple[float, float]:
    """Return `evaluate` of a sample, anew only where the network has changed: it may be printed."""
    key = sample, _fingerprint(run.network)
    if key not in run.measured:
        run.measured[key] = evaluate(run, x, y, weights)
    return run.measured[key]


def _fingerprint(network: FCNN) -> str:
    """Return what tells the parameters of a network from any others."""
    return checksum_of(
        {name: one.detach().cpu().numpy() for name, one in network.named_parameters()}
    )


def accuracy(run: Run) -> float:
    """Return the share of right answers on the training sample.

    Raises
    ------
    ValueError
        If it is a regression.
    """
    if not run.dataset.is_classification:
        raise ValueError(
            f"accuracy is for classes, and {run.dataset.name!r} is a regression: use .score()"
        )
    return train_scores(run)[1]


def score_on_test(run: Run) -> float | None:
    """Return the score on the test sample; None where there is none."""
    if (saved := saved_scores(run)) is not None:
        return saved.test_score
    scores = test_scores(run)
    return None if scores is None else scores[1]


def test_scores(run: Run) -> tuple[float, float] | None:
    """Return loss and score on the test sample; None where there is none."""
    if not run.dataset.n_test:
        return None
    return _measured_once(run, "test", run.dataset.x_test, run.dataset.y_test)


def asked_sample(
    run: Run, X: ArrayLike | None, y: ArrayLike | None, what: str
) -> tuple[Values, Values]:
    """Return the test sample, or `X` and `y`, which the call `what` was given.

    Raises
    ------
    ValueError
        If it was given one of them, or what is not like the data.
    """
    if (X is None) != (y is None) and not is_frame(X):
        raise ValueError(f"{what} must get both X and y, or neither: got one of them")
    if X is None:
        return run.dataset.x_test, run.dataset.y_test
    return samples_like(run.dataset, X, y)


def score_on(run: Run, X: ArrayLike | None, y: ArrayLike | None, rotate: float, seed: int) -> float:
    """Return the score on the test sample, or on `X` and `y`; see `TrainFCNN.score`."""
    inputs, targets = asked_sample(run, X, y, "score")
    dataset = run.dataset
    if rotate:
        SETTINGS["rotate"].check("rotate", rotate)
        inputs = rotated_at_random(inputs, check_images(dataset), rotate, seed)
    return evaluate(run, inputs, targets)[1]


def scores_of_rotated(run: Run, angles: Array) -> Array:
    """Return the score on the test images, all rotated by each of `angles` (n,) in turn."""
    dataset = run.dataset
    shape = check_images(dataset)
    x = dataset.x_test
    y = dataset.y_test
    return np.array([evaluate(run, rotated(x, shape, one), y)[1] for one in angles])


def law_of(dataset: Dataset) -> Law:
    """Return where the data come from.

    Raises
    ------
    ValueError
        If that is not known.
    """
    if dataset.law is None:
        raise ValueError(
            f"the truth of {dataset.name!r} is not known: use .score(), on the test sample"
        )
    return dataset.law


def score_on_truth(run: Run, law: Law) -> float:
    """Return the score against the truth itself, where points of `law` are drawn."""
    points = law.exact_points()
    return evaluate(run, points, law.truth(*points.T))[1]


def check_one_target(dataset: Dataset) -> None:
    """Refuse several targets a row (ValueError)."""
    if dataset.target_names:
        first = dataset.target_names[0]
        raise ValueError(
            f"this is about one target, and {dataset.name!r} has {dataset.n_targets}: take one, as "
            f"in trainer.for_target({first!r})"
        )


def check_tested(run: Run) -> None:
    """Refuse a run without a test sample.

    Raises
    ------
    ValueError
        If there is none.
    """
    if not run.dataset.n_test:
        raise ValueError(f"there is no test sample in {run.dataset.name!r}: use predict(X)")


def summary_title(run: Run) -> str:
    """Return what a network reaches, for a title: on the test sample, if there is one."""
    dataset = run.dataset
    task = run.task
    is_new = len(dataset.x_test) > 0  # to the network, which was not trained on them
    x, y = (dataset.x_test, dataset.y_test) if is_new else (dataset.x, dataset.y)
    loss, score = evaluate(run, x, y)
    if not np.isfinite(loss):
        return "diverged"
    text = task.format_score(score)
    text = f"{text} right" if task.is_classification else f"{task.score_name} {text}"
    samples = "images" if dataset.image_shape else "points"
    return f"{text} on {len(x):,}{' new' if is_new else ''} {samples}"


def error_title(kind: str, values: Array, truth: Values, inside: NDArray[np.bool_]) -> str:
    """Return how large errors are in the sampled domain and outside, for a title.

    Parameters
    ----------
    kind : str
        A key of `TASKS`.
    values : array of shape (..., n_classes) or (...)
        The probability of every class, or a regression's values.
    truth, inside : array of shape (...)
        Class indices or values, and whether a point lies in the domain.
    """
    if not np.isfinite(values).all():
        return "diverged"
    where = [
        (mask, name) for mask, name in ((inside, "inside"), (~inside, "outside")) if mask.any()
    ]
    if TASKS[kind].is_classification:
        right = values.argmax(-1) == truth
        shares = ((TASKS[kind].format_score(right[mask].mean()), name) for mask, name in where)
        return ", ".join(f"{share} right {name}" for share, name in shares)
    squares = np.square(values - truth)
    sizes = ", ".join(f"{np.sqrt(squares[mask].mean()):.2g} {name}" for mask, name in where)
    return f"RMSE {sizes}"
