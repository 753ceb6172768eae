"""What the page is told of an experiment: the whole of it once, and then frame by frame."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn.data.dataset import Law
from trainfcnn.data.toy import DATASETS
from trainfcnn.engine.kernel import kernel
from trainfcnn.engine.optimizers import OPTIMIZERS
from trainfcnn.engine.schedules import SCHEDULES
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.init import INITS
from trainfcnn.nn.tasks import REGRESSIONS
from trainfcnn.playground.asked import whole
from trainfcnn.playground.experiment import Experiment
from trainfcnn.playground.frames import (
    Cells,
    Message,
    answer_bytes,
    as_bytes,
    cells_for,
    encode,
    spread,
)
from trainfcnn.playground.settings import (
    DEFAULTS,
    FEATURES,
    LIMITS,
    LIVE,
    MOST_LAYERS,
    NETWORKS,
)
from trainfcnn.plotting import colors
from trainfcnn.recipe import SETTINGS, USUAL_LR
from trainfcnn.storage.runs import versions

DRAWN = 2000  # training points, at most,
DRAWN_TEST = 500  # and test points
CURVE_POINTS = 500  # of a frame's part of a curve,
WHOLE_CURVE = 2000  # and of all of it
THUMBNAIL = 24  # cells along each side
DETAIL = 128
ALIVE = 1e-9  # a unit whose answers vary by less is dead

Arrays = dict[str, NDArray[Any]]


def welcome() -> bytes:
    """Return what there is to choose from, with a small picture of each data set."""
    arrays: Arrays = {f"thumbnail:{law.name}": thumbnail(law) for law in DATASETS.values()}
    choices = {
        "datasets": [_described(law) for law in DATASETS.values()],
        "features": FEATURES,
        "activations": list(ACTIVATIONS),
        "optimizers": list(OPTIMIZERS),
        "schedules": list(SCHEDULES),
        "inits": list(INITS),
        "losses": list(REGRESSIONS),
        "networks": NETWORKS,
        "limits": LIMITS,
        "most_layers": MOST_LAYERS,
        "usual_lr": USUAL_LR,
        "live": LIVE,
        "help": {name: SETTINGS[name].help for name in DEFAULTS if name in SETTINGS},
        "defaults": DEFAULTS,
    }
    head = {
        "kind": "welcome",
        "version": 1,
        "trainfcnn": versions().get("trainfcnn", ""),
        "torch": versions()["torch"],
        "engine": "torch" if kernel().library is None else "fused",
        "choices": choices,
        "colours": {
            "classes": colors.CLASS_COLORS,
            "below": colors.BLUE,
            "above": colors.ORANGE,
            "middle": colors.PAPER,
            "line": colors.LINE,
            "faint": colors.FAINT,
            "pale": colors.PALE,
        },
    }
    return encode(head, arrays)


def _described(law: Law) -> Message:
    recommended = {name: value for name, value in law.recommended.items() if name in DEFAULTS}
    return {
        "name": law.name,
        "kind": law.kind,
        "formula": law.formula,
        "classes": len(law.classes),
        "low": law.domain.low,
        "high": law.domain.high,
        "recommended": recommended,
    }


def thumbnail(law: Law) -> NDArray[np.uint8]:
    """Return the truth of a law as bytes: class indices, or values with 0 in the middle."""
    truth = np.asarray(law.truth(*law.domain.cells(THUMBNAIL).T))
    truth = truth.reshape(THUMBNAIL, THUMBNAIL)
    if law.kind != "regression":
        return truth.astype(np.uint8)
    reach = float(np.abs(truth).max())
    return as_bytes(truth, -reach, reach)


def fresh(experiment: Experiment, run: str, reason: str, differences: list[Any]) -> bytes:
    """Return all there is to know of an experiment that does not change from frame to frame."""
    material = experiment.material
    dataset = material.dataset
    training = experiment.training
    view = material.view
    low, high = _range(experiment)
    data = {
        "name": dataset.name,
        "kind": dataset.kind,
        "classes": [str(label) for label in dataset.classes],
        "n": dataset.n_samples,
        "n_test": dataset.n_test,
        "axes": material.axes,
        "low": material.domain.low,
        "high": material.domain.high,
        "view_low": view.low,
        "view_high": view.high,
        "range": [low, high],
        "formula": material.formula,
        "notes": dataset.notes,
    }
    head = {
        "kind": "fresh",
        "run": run,
        "reason": reason,
        "settings": experiment.settings.plain(),
        "data": data,
        "layers": training.stack.dims,
        "inputs": material.inputs,
        "activation": experiment.settings.activation,
        "loss_name": training.task.loss_name,
        "score_name": training.task.score_name,
        "constant_loss": experiment.constant_loss,
        "constant_score": experiment.constant_score,
        "epoch": experiment.epoch,
        "n_epochs": None if experiment.settings.is_endless else experiment.settings.n_epochs,
        "member": experiment.member,
        "python": experiment.python().plain(),
        "differences": differences,
    }
    return encode(head, _samples(experiment) | experiment.curve(0, WHOLE_CURVE))


def _samples(experiment: Experiment) -> Arrays:
    """Return the points to draw, and what each input is over the plane."""
    material = experiment.material
    dataset = material.dataset
    cells = _cells(experiment)
    inputs = material.embed(material.view.cells(cells.units)).T[: len(material.inputs)]
    maps, _ = spread(inputs.reshape(len(inputs), cells.units, cells.units))
    return {
        "x": material.x[:DRAWN].astype(np.float32),
        "y": dataset.y[:DRAWN].astype(np.float32),
        "x_test": material.x_test[:DRAWN_TEST].astype(np.float32),
        "y_test": dataset.y_test[:DRAWN_TEST].astype(np.float32),
        **{f"input{place}": one for place, one in enumerate(maps)},
    }


def _range(experiment: Experiment) -> tuple[float, float]:
    """Return the values of a regression that are drawn as the two ends of the colours."""
    dataset = experiment.material.dataset
    if dataset.is_classification:
        return 0.0, 1.0
    return float(dataset.y.min()), float(dataset.y.max())


def _cells(experiment: Experiment) -> Cells:
    dims = experiment.training.stack.dims
    return cells_for(
        experiment.settings.networks,
        sum(dims[1:-1]),
        sum((n_in + 1) * n_out for n_in, n_out in pairwise(dims)),
        2 if experiment.material.dataset.kind == "multiclass" else 1,
    )


def frame(experiment: Experiment, head: Message, since: int, quickly: bool) -> bytes:
    """Return a picture of an experiment as it is now.

    Parameters
    ----------
    experiment : Experiment
        Whose selected network is shown large, and all of whose networks small.
    head : dict
        What the session knows: run, number, state.
    since : int
        The epoch of the picture before.
    quickly : bool
        Whether to look at a part of the test sample only.
    """
    member = experiment.member
    arrays, dead, ends = _maps(experiment)
    arrays |= experiment.curve(since, CURVE_POINTS)
    loss, score = experiment.latest()
    test_loss, test_score, n_test = experiment.judged(quickly)
    if experiment.settings.networks > 1:
        arrays["member_loss"] = loss
        arrays["member_score"] = test_score if n_test else score
    told = {
        "kind": "frame",
        "epoch": experiment.epoch,
        "since": since,
        "member": member,
        "loss": loss[member],
        "score": score[member],
        "test_loss": test_loss[member],
        "test_score": test_score[member],
        "test_n": n_test,
        "by_hand": experiment.by_hand,
        "dead": dead,
        "note": experiment.note(dead),
        "success": experiment.success(quickly),
        "unit_range": ends,
    }
    if not quickly:
        told["python"] = experiment.python().plain()
    return encode(told | head, arrays)


def _maps(experiment: Experiment) -> tuple[Arrays, list[list[int]], list[list[float]]]:
    """Return all maps and weights, the dead units, and the least and greatest of each map."""
    training = experiment.training
    member = experiment.member
    material = experiment.material
    cells = _cells(experiment)
    view = material.view

    def answered(n: int, one: int | None) -> list[Any]:
        return training.answers(material.embed(view.cells(n)), one)

    def answer_maps(n: int, one: int | None) -> NDArray[np.uint8]:
        *_, answers = answered(n, one)
        packed = answer_bytes(answers, material.dataset.kind, *_range(experiment))
        return packed.reshape(len(answers), -1, n, n)

    arrays: Arrays = {"out": answer_maps(cells.grid, member)[0]}
    if experiment.settings.networks > 1:
        arrays["tiles"] = answer_maps(cells.tiles, None)
    dead: list[list[int]] = []
    ends: list[list[float]] = []
    for layer, (units,) in enumerate(answered(cells.units, member)[:-1]):
        maps, reach = spread(units.reshape(-1, cells.units, cells.units))
        arrays[f"units{layer + 1}"] = maps
        dead += [[layer, unit] for unit, (low, high) in enumerate(reach) if high - low < ALIVE]
        ends += reach
    for layer, block in enumerate(training.stack.blocks):
        one = block[member].cpu().numpy()
        arrays[f"w{layer + 1}"] = one[:, :-1]
        arrays[f"b{layer + 1}"] = one[:, -1]
    return arrays, dead, ends


def detail(experiment: Experiment, run: str, layer: object, unit: object) -> bytes:
    """Return a large map of one unit (ValueError if there is none there)."""
    dims = experiment.settings.dims
    place = whole("layer", layer, 0, len(dims) - 1)
    number = whole("unit", unit, 0, dims[place] - 1)
    x = experiment.material.embed(experiment.material.view.cells(DETAIL))
    units = experiment.training.answers(x, experiment.member)[place][0]
    maps, ends = spread(units[number : number + 1])
    head = {
        "kind": "detail",
        "run": run,
        "layer": place,
        "unit": number,
        "epoch": experiment.epoch,
        "low": ends[0][0],
        "high": ends[0][1],
    }
    return encode(head, {"map": maps.reshape(DETAIL, DETAIL)})
