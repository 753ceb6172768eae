"""A run of several targets as a run of one of them, and how right each of them is."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trainfcnn._support.checks import is_whole, short
from trainfcnn._support.types import Array
from trainfcnn.analysis.evaluation import evaluate, values_or_probabilities
from trainfcnn.data.dataset import Dataset
from trainfcnn.nn.network import FCNN
from trainfcnn.training.run import Run

Target = int | str


def place_of_target(dataset: Dataset, target: Target) -> int:
    """Return where a target stands that is given by its name, or its place from 0.

    Raises
    ------
    ValueError
        If there is no such target, or only one.
    """
    names = dataset.target_names
    if not names:
        raise ValueError(
            f"target must be one of several, and {dataset.name!r} has one alone, got "
            f"{short(target)}: leave it out"
        )
    if isinstance(target, str) and target in names:
        return names.index(target)
    if is_whole(target) and 0 <= int(target) < len(names):
        return int(target)
    raise ValueError(
        f"target must be one of {short([*names])}, or its place from 0, got {short(target)}: try "
        f"{names[0]!r}"
    )


def dataset_of_target(dataset: Dataset, target: Target = 0) -> Dataset:
    """Return the data with one of several targets alone: values, or the classes 0 and 1.

    They are called by its name, so that titles say which it is, and of how many. Data that have a
    single one are returned as they are.
    """
    if not dataset.target_names and target == 0:
        return dataset
    place = place_of_target(dataset, target)
    name = dataset.target_names[place]
    given = dataset.validation
    encoder = dataset.encoder
    if encoder is not None and isinstance(encoder.target, tuple):
        encoder = replace(encoder, target=name)
    return replace(
        dataset,
        name=f"{name} ({place + 1} of {dataset.n_targets})",
        kind="binary" if dataset.is_classification else dataset.kind,
        y=dataset.y[:, place],
        y_test=dataset.y_test[:, place],
        classes=(0, 1) if dataset.is_classification else (),
        validation=None if given is None else (given[0], given[1][:, place]),
        target_names=(),
        encoder=encoder,
    )


def run_of_target(run: Run, target: Target = 0) -> Run:
    """Return a run with one of its several targets alone, and the network's output for it.

    Its history is that of all targets. A run that has a single one is returned as it is.
    """
    if not run.dataset.target_names and target == 0:
        return run
    place = place_of_target(run.dataset, target)
    unit = run.units[place] if len(run.units) > 1 else run.units[0]
    return replace(
        run,
        dataset=dataset_of_target(run.dataset, place),
        network=_with_output(run.network, place),
        units=(unit,),
        scores=None,
        standing=None,
    )


def _with_output(network: FCNN, place: int) -> FCNN:
    """Return a network with one of its outputs alone."""
    n_hidden = len(network.dims) - 2
    weight = network.linears[0].weight
    one = FCNN(
        [*network.dims[:-1], 1],
        network.activations[:n_hidden] or network.activations[0],
        network.last_activation,
        init="he",
        dtype=weight.dtype,
    ).to(weight.device)
    with torch.no_grad():
        for ours, theirs in zip(one.linears[:-1], network.linears[:-1], strict=True):
            ours.load_state_dict(theirs.state_dict())
        last = network.linears[-1]
        one.linears[-1].weight.copy_(last.weight[place : place + 1])
        one.linears[-1].bias.copy_(last.bias[place : place + 1])
    return one.eval()


@dataclass(frozen=True, eq=False)
class OneTarget:
    """Truth and answers for one of several targets.

    Attributes
    ----------
    name, score : str
        What it is called, and how right the answers are, in words.
    truth : array of shape (n,)
        Values, or 1 where a label holds and else 0.
    answers : array of shape (n,)
        Values, or the probability of the label.
    is_label : bool
        Which of the two.
    """

    name: str
    score: str
    truth: Array
    answers: Array
    is_label: bool


def each_target(run: Run) -> list[OneTarget]:
    """Return truth and answers for every target of a run, on the test sample if there is one."""
    dataset = run.dataset
    is_new = len(dataset.x_test) > 0
    x, y = (dataset.x_test, dataset.y_test) if is_new else (dataset.x, dataset.y)
    found = []
    answers = values_or_probabilities(run, x)
    for place, name in enumerate(dataset.target_names):
        one = run_of_target(run, place)
        score = one.task.format_score(evaluate(one, x, y[:, place])[1])
        told = f"{score} right" if one.task.is_classification else f"R² {score}"
        target = OneTarget(name, told, y[:, place], answers[:, place], one.task.is_classification)
        found.append(target)
    return found


def r2_of_each(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return R² of every target, (targets,) of (targets, n); NaN of one that does not vary."""
    error = (outputs - targets).square().mean(-1)
    varies = targets.amax(-1) > targets.amin(-1)
    return torch.where(varies, 1 - error / targets.var(-1, correction=0), torch.nan)
