"""What a file must say of a network, so that somebody else can have its answers."""

from dataclasses import dataclass

import numpy as np
import torch

from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.evaluation import summary_title
from trainfcnn.data.dataset import Dataset
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.network import FCNN
from trainfcnn.training.run import Run
from trainfcnn.wording import format_extras, format_rule

MOST_NAMES = 12  # of features, before their number says more


@dataclass(frozen=True, eq=False)
class Blueprint:
    """A network as numbers and names.

    Attributes
    ----------
    title : str
        What it does, as the beginning of a sentence.
    origin : str
        How it came about.
    inputs : str
        What a row of its inputs is, in the data's own units.
    dims : tuple of int
        All sizes: inputs, hidden layers, outputs.
    activations : tuple of str
        After each layer: keys of `ACTIVATIONS`, and last one of `LAST_ACTIVATIONS`.
    weights, biases : list of array
        Of each layer, (units, inputs) and (units,), all of them float32 or all float64.
    kind : str, optional
        A key of `TASKS`; None for a network that nobody gave a task.
    classes : tuple
        Their names, in the order of the outputs.
    image_shape : (int, int), optional
        Height and width, if inputs are images.
    target_names : tuple of str
        Of several targets or labels, in the order of the outputs.
    """

    title: str
    origin: str
    inputs: str
    dims: tuple[int, ...]
    activations: tuple[str, ...]
    weights: list[Values]
    biases: list[Values]
    kind: str | None = None
    classes: tuple[object, ...] = ()
    image_shape: tuple[int, int] | None = None
    target_names: tuple[str, ...] = ()

    @property
    def is_double(self) -> bool:
        """Whether it takes double precision, as where inputs lie far from 0."""
        return self.weights[0].dtype == np.float64

    @property
    def is_classification(self) -> bool:
        """Whether its answers are classes or labels."""
        return self.kind in ("binary", "multiclass", "multilabel")

    @property
    def sizes(self) -> str:
        """All sizes, and what follows the hidden layers, in a word."""
        hidden = dict.fromkeys(self.activations[:-1])
        names = "/".join(hidden if len(hidden) == 1 else self.activations[:-1])
        return f"{'-'.join(map(str, self.dims))} {names}".strip()


def blueprint_of(what: Run | FCNN) -> Blueprint:
    """Return what a file must say of a run's network, or of one alone.

    Raises
    ------
    ValueError
        If it has an activation that no file could hold, or weights that are no numbers.
    TypeError
        If it is neither.
    """
    if not isinstance(what, Run | FCNN):
        raise TypeError(
            f"what is exported must be a Run or an FCNN, got {type(what).__name__}: try trainer.run"
        )
    network = what.network if isinstance(what, Run) else what
    hidden = _names(network)
    numbers = [(_numbers(one.weight), _numbers(one.bias)) for one in network.linears]
    parts = {
        "dims": network.dims,
        "activations": (*hidden, network.last_activation),
        "weights": [weight for weight, _ in numbers],
        "biases": [bias for _, bias in numbers],
    }
    if isinstance(what, FCNN):
        inputs = f"rows of {_count(network.dims[0], 'number')}"
        return Blueprint("A network", "", inputs, **parts)  # type: ignore[arg-type]
    data = what.dataset
    return Blueprint(
        _title(data),
        f"{_training(what)}: {summary_title(what)}",
        _inputs(data),
        **parts,  # type: ignore[arg-type]
        kind=data.kind,
        classes=data.classes,
        image_shape=data.image_shape,
        target_names=data.target_names,
    )


def _names(network: FCNN) -> tuple[str, ...]:
    """Return what the hidden activations are called, if all have a name that others know."""
    activations = network.activations[: len(network.linears) - 1]
    for one in activations:
        if ACTIVATIONS.get(one.name) is not one:  # by identity: an own one may be called 'relu'
            raise ValueError(
                f"an exported activation must be one of {', '.join(ACTIVATIONS)}, got "
                f"{one.name!r}, a function of your own: train with one of these, or keep "
                "network.state_dict() by torch.save, beside your function"
            )
    return tuple(one.name for one in activations)


def _numbers(parameter: torch.Tensor) -> Array:
    if parameter.dtype not in (torch.float32, torch.float64):
        name = str(parameter.dtype).removeprefix("torch.")
        raise ValueError(
            f"an exported network must be of float32 or float64, got {name}: call network.float()"
        )
    if not bool(parameter.isfinite().all()):
        raise ValueError(
            "an exported network must have weights that are numbers, got NaN or infinity: train "
            "again with a lower lr"
        )
    return np.array(parameter.detach().cpu().numpy())


def _training(run: Run) -> str:
    epochs = _count(len(run.history), "epoch")
    return f"{format_rule(run.recipe)}, {epochs}{format_extras(run.recipe.extras())}"


def _title(data: Dataset) -> str:
    if data.kind == "multilabel":
        return f"A network that tells which of {data.n_targets} labels of {data.name!r} hold"
    if data.is_classification:
        return f"A network that tells {len(data.classes)} classes of {data.name!r} apart"
    return f"A network that gives the values of {data.name!r}"


def _inputs(data: Dataset) -> str:
    n = data.x.shape[1]
    if data.image_shape is not None:
        height, width = data.image_shape
        return f"images ({height}, {width}), or rows of their {n} pixels"
    if n > MOST_NAMES or (n > 2 and not data.feature_names):
        return f"rows of {_count(n, 'number')}"
    return f"rows of {', '.join(data.axis_names)}"


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"
