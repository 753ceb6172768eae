"""A run as a file holds it: network, recipe, data, history, scores, where its training stood."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from math import inf
from platform import python_version
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trainfcnn._support.checks import check_seed, short
from trainfcnn._support.container import Contents, Described, Tensors, number_of, plain_number
from trainfcnn.data.dataset import Dataset
from trainfcnn.engine.backend import Engine, check_engine
from trainfcnn.engine.device import check_device
from trainfcnn.nn.named import Own
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.saved import DTYPES, Parts
from trainfcnn.storage import datasets, recipes
from trainfcnn.training.history import History
from trainfcnn.training.resolve import n_outputs_for
from trainfcnn.training.run import Run, Scores
from trainfcnn.training.standing import GENERATORS, Standing

# A standing of so many bytes is saved unasked: beside a larger one the weights would look small.
SMALL_STANDING = 12_000
ENDS = ("done", "stopped", "reached", "time", "diverged", "interrupted")
CURVES = (
    "loss", "score", "validation_loss", "validation_score", "restart_losses", "test_loss",
    "test_score", "step_loss", "step_score", "elapsed",
)  # fmt: skip
KINDS = {
    "run": "",
    "network": "use FCNN.load(path), or train(start=path)",
    "checkpoint": "go on with TrainFCNN.resume(path)",
    "sweep": "use Sweep.load(path)",
    "chunk": "call sweep(..., checkpoint=folder) again",
}


@dataclass(frozen=True)
class Place:
    """Where, and by what, a trainer trains.

    Attributes
    ----------
    seed, device, engine
        As of `TrainFCNN`.
    """

    seed: int
    device: str
    engine: str

    def plain(self) -> Described:
        """Return it as JSON can hold it."""
        return {"seed": self.seed, "device": self.device, "engine": self.engine}


@cache
def versions() -> dict[str, str]:
    """Return those of Python and of what a file's numbers depend on."""
    found = {
        "python": python_version(),
        "torch": str(torch.__version__),  # which is a class of its own
        "numpy": np.__version__,
    }
    with suppress(PackageNotFoundError):  # of sources that are not installed
        found["trainfcnn"] = version("trainfcnn")
    return found


def pack(
    run: Run, measure: Callable[[Run], Scores], with_data: bool, with_standing: bool | None
) -> tuple[Described, Tensors]:
    """Return a run as JSON can hold it, and its arrays.

    Parameters
    ----------
    run : Run
        What to save.
    measure : callable
        Returns its scores, which are saved where the data may not be there when it is loaded.
    with_data : bool
        Whether to save samples that could not be drawn or found again.
    with_standing : bool, optional
        Whether to save where the training stood; by default where that takes little.

    Raises
    ------
    ValueError
        For a function without a name, or labels that no JSON can hold.
    """
    described, tensors = pack_trained(run)
    described["dataset"], samples = datasets.describe(run.dataset, with_data)
    described["scores"] = None
    if not datasets.comes_again(described["dataset"]):
        scores = measure(run)
        described["scores"] = {name: _plain(value) for name, value in vars(scores).items()}
    described["versions"] = versions()
    standing = run.standing
    if standing is not None and _is_wanted(standing, with_standing):
        described["standing"], buffers = pack_standing(standing)
        samples |= buffers
    return described, tensors | samples


def pack_trained(run: Run) -> tuple[Described, Tensors]:
    """Return what was trained, without the data."""
    described, tensors = run.network.described()
    return {
        "network": described,
        "recipe": recipes.plain_recipe(run.recipe),
        "history": _plain_history(run.history),
        "ended": run.ended,
        "seed": run.seed,
        "criterion": plain_number(run.criterion),
        "engine": vars(run.engine),
        "units": [plain_number(one) for one in run.units],
    }, tensors | _curves(run.history)


def run_of(contents: Contents, functions: Sequence[Own]) -> Run:
    """Return the run that a file holds (ValueError or others where parts do not fit)."""
    described = contents.described
    tensors = contents.tensors
    dataset = datasets.dataset_of(described["dataset"], tensors, functions)
    standing = None
    if described.get("standing") is not None:
        standing = standing_of(described["standing"], tensors)
    scores = None if described["scores"] is None else _scores_of(described["scores"])
    if scores is None and not dataset.is_here:
        raise ValueError("its scores must be there where its data are not")
    run = trained_of(described, tensors, dataset, functions)
    return replace(run, scores=scores, standing=standing)


def _scores_of(saved: Mapping[str, Any]) -> Scores:
    return Scores(
        loss=number_of(saved["loss"]),
        score=number_of(saved["score"]),
        test_loss=_number_or_none(saved["test_loss"]),
        test_score=_number_or_none(saved["test_score"]),
        exact_score=_number_or_none(saved["exact_score"]),
        baseline=number_of(saved["baseline"]),
    )


def trained_of(
    described: Described, tensors: Tensors, dataset: Dataset, functions: Sequence[Own]
) -> Run:
    """Return what was trained, on data that are known already."""
    ended = described["ended"]
    if ended not in ENDS:
        raise ValueError(f"its training must have ended in a known way, got {short(ended)}")
    recipe = recipes.recipe_of(described["recipe"], functions)
    network = FCNN.of_parts(
        Parts.of(described["network"], tensors, functions, finite=ended != "diverged")
    )
    if network.dims != (dataset.n_features, *recipe.dims, n_outputs_for(dataset)):
        raise ValueError(
            f"its network must fit its data and its recipe, got dims={short(network.dims)}"
        )
    return Run(
        dataset=dataset,
        recipe=recipe,
        network=network,
        history=_history_of(described["history"], tensors),
        ended=ended,
        seed=check_seed(described["seed"]),
        criterion=number_of(described["criterion"]),
        engine=_engine_of(described["engine"]),
        units=_units_of(described.get("units", [1.0]), dataset),
    )


def _units_of(described: Sequence[object], dataset: Dataset) -> tuple[float, ...]:
    units = tuple(map(number_of, described))
    if len(units) not in (1, dataset.n_targets) or not all(0 < unit < inf for unit in units):
        raise ValueError(f"its targets must have a unit each, got {short(units)}")
    return units


def _engine_of(described: Mapping[str, Any]) -> Engine:
    name = described["name"]
    reason = described["reason"]
    if name not in ("fused", "torch") or not isinstance(reason, str):
        raise ValueError(f"its engine must be 'fused' or 'torch', got {short(name)}")
    return Engine(name, reason)


def _plain_history(history: History) -> Described:
    return {
        "seconds": history.seconds,
        "best_epoch": history.best_epoch,
        "loss_name": history.loss_name,
        "score_name": history.score_name,
        "test_every": history.test_every,
    }


def _curves(history: History) -> Tensors:
    curves = {f"history.{name}": np.asarray(getattr(history, name)) for name in CURVES}
    return {name: curve for name, curve in curves.items() if curve.size}


def _history_of(described: Mapping[str, Any], tensors: Tensors) -> History:
    curves = {}
    for name in CURVES:
        n_dims = 2 if name == "restart_losses" else 1
        curve = tensors.get(f"history.{name}", np.empty((0,) * n_dims))
        if curve.ndim != n_dims or curve.dtype != np.float64:
            raise ValueError(f"its {name} must be real numbers, got {curve.ndim} dimensions")
        curves[name] = curve.copy()
    history = History(
        **curves,
        seconds=number_of(described["seconds"]),
        best_epoch=described["best_epoch"],
        loss_name=described["loss_name"],
        score_name=described["score_name"],
        test_every=described["test_every"],
    )
    _check_history(history)
    return history


def _check_history(history: History) -> None:
    """Refuse curves of other lengths than those of the same training."""
    n = len(history)
    every = history.test_every
    counts = isinstance(every, int) and every >= 0 and isinstance(history.best_epoch, int)
    names = isinstance(history.loss_name, str) and isinstance(history.score_name, str)
    fit = (
        len(history.score) == n
        and len(history.validation_loss) == len(history.validation_score)
        and len(history.validation_loss) in (0, n)
        and len(history.test_loss) == len(history.test_score) <= n
        and len(history.step_loss) == len(history.step_score)
        and len(history.elapsed) in (0, n)
        and 0 <= history.best_epoch <= n
    )
    if not (counts and names and fit):
        raise ValueError(f"the curves of its {n} epochs do not fit each other")


def _is_wanted(standing: Standing, asked: bool | None) -> bool:
    if asked is not None:
        return asked
    _, tensors = pack_standing(standing)
    return sum(one.nbytes for one in tensors.values()) <= SMALL_STANDING


def pack_standing(standing: Standing) -> tuple[Described, Tensors]:
    """Return where a training stood, as JSON and arrays."""
    tensors = {"standing.parameters": standing.parameters}
    tensors |= {f"standing.buffer.{name}": one for name, one in standing.buffers.items()}
    tensors |= {f"standing.generator.{name}": one for name, one in standing.generators.items()}
    if standing.best is not None:
        tensors["standing.best"] = standing.best
    described = {"n_steps": standing.n_steps, "best_loss": plain_number(standing.best_loss)}
    return described, {name: one.cpu().numpy() for name, one in tensors.items()}


def standing_of(described: Mapping[str, Any], tensors: Tensors) -> Standing:
    """Return where a training stood (ValueError where that is no state of one)."""
    found = {
        name.removeprefix("standing."): torch.tensor(array)
        for name, array in tensors.items()
        if name.startswith("standing.")
    }
    n_steps = described["n_steps"]
    generators = _below(found, "generator.")
    buffers = _below(found, "buffer.")
    flat = [found["parameters"], *buffers.values()]
    flat += [found["best"]] if "best" in found else []
    if (
        not isinstance(n_steps, int)
        or n_steps < 0
        or {one.shape for one in flat} != {found["parameters"].reshape(-1).shape}
        or any(one.numpy().dtype not in DTYPES for one in flat)
        or not set(generators) <= set(GENERATORS)
        or any(one.dtype != torch.uint8 for one in generators.values())
    ):
        raise ValueError("where its training stood is no state of one")
    return Standing(
        parameters=found["parameters"],
        n_steps=n_steps,
        buffers=buffers,
        generators=generators,
        best=found.get("best"),
        best_loss=number_of(described["best_loss"]),
    )


def _below(found: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): one for name, one in found.items() if name.startswith(prefix)
    }


def _plain(value: float | None) -> float | str | None:
    return None if value is None else plain_number(value)


def _number_or_none(plain: object) -> float | None:
    return None if plain is None else number_of(plain)


def run_and_place(contents: Contents, functions: Sequence[Own]) -> tuple[Run, Place]:
    """Return the run that a file holds, and where its trainer trains."""
    return run_of(contents, functions), place_of(contents.described["trainer"])


def place_of(described: Mapping[str, Any]) -> Place:
    """Return where a trainer trains.

    Raises
    ------
    ValueError
        If there can be no such device or engine.
    """
    device = described["device"]
    if not isinstance(device, str) or not re.fullmatch(r"auto|cpu|cuda(:\d+)?", device):
        raise ValueError(f"its device must be a name, got {short(device)}")
    engine = check_engine(described["engine"])
    # A file from a machine with a GPU is of use on one without.
    return Place(check_seed(described["seed"]), device if _is_there(device) else "auto", engine)


def _is_there(device: str) -> bool:
    try:
        check_device(device)
    except ValueError:
        return False
    return True
