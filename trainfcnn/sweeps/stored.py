"""A sweep as a file, and its finished chunks as files of a folder, from which it goes on."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from json import dumps
from pathlib import Path
from typing import Any

import numpy as np

from trainfcnn._support.checks import check_seed, is_real, is_whole, look_up, short
from trainfcnn._support.container import (
    Contents,
    Described,
    Tensors,
    checksum_of,
    number_of,
    plain_number,
    read_container,
    write_container,
)
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.recalled import SAMPLES, RecalledDataset
from trainfcnn.data.splits import fold_indices, hold_out
from trainfcnn.nn.named import Own
from trainfcnn.nn.tasks import baseline
from trainfcnn.recipe import SETTINGS
from trainfcnn.storage import datasets, recipes, runs
from trainfcnn.sweeps.plan import Chunk, Plan
from trainfcnn.training.run import Run, Scores, in_units

Row = dict[str, object]
Finished = tuple[Plan, Run, Row]

KINDS = {
    "sweep": "",
    "run": "use TrainFCNN.load(path)",
    "network": "use FCNN.load(path)",
    "checkpoint": "go on with TrainFCNN.resume(path)",
    "chunk": "call sweep(..., checkpoint=folder) again",
}
CHUNKS = {"chunk": ""}


def pack_runs(many: Sequence[Run], rows: Sequence[Row]) -> tuple[Described, Tensors]:
    """Return runs and rows of a table as JSON and arrays, without the data."""
    described: list[Described] = []
    tensors: Tensors = {}
    for number, run in enumerate(many):
        one, arrays = runs.pack_trained(run)
        described.append(one)
        tensors |= {f"{number}.{name}": array for name, array in arrays.items()}
    columns = list(rows[0]) if rows else []  # a list, since JSON's mappings have no order here
    plain = [[_plain_cell(row[name]) for name in columns] for row in rows]
    return {"runs": described, "columns": columns, "rows": plain}, tensors


def runs_of(
    described: Mapping[str, Any],
    tensors: Tensors,
    data: Callable[[int], Dataset],
    functions: Sequence[Own],
) -> tuple[list[Run], list[Row]]:
    """Return the runs, on data that are given by their number, and the rows."""
    parts: list[Tensors] = [{} for _ in described["runs"]]
    for name, array in tensors.items():
        number, _, rest = name.partition(".")
        if number.isdecimal() and int(number) < len(parts):
            parts[int(number)][rest] = array
    found = [
        runs.trained_of(one, part, data(number), functions)
        for number, (one, part) in enumerate(zip(described["runs"], parts, strict=True))
    ]
    columns = described["columns"]
    rows = [dict(zip(columns, map(_cell, row), strict=True)) for row in described["rows"]]
    if rows and not {"loss", "score", "test_score"} <= {*columns}:
        raise ValueError("its table must have columns for loss and scores")
    if len(rows) != len(found):
        raise ValueError(f"its {len(found)} networks have {len(rows)} rows")
    return found, rows


def _plain_cell(cell: object) -> object:
    plain = cell.item() if isinstance(cell, np.generic) else cell
    return {"number": plain_number(plain)} if isinstance(plain, float) else plain


def _cell(plain: object) -> object:
    if isinstance(plain, dict):
        return number_of(plain["number"])
    if plain is not None and not isinstance(plain, str | int):
        raise ValueError(f"a cell of its table must be a text or a number, got {short(plain)}")
    return plain


# --- a whole sweep ---


@dataclass(frozen=True)
class Fold:
    """A part of the training sample that is held out, made anew when it is asked for.

    Attributes
    ----------
    whole : Dataset
        Of which it is.
    folds, fold : int
        How many parts there are, and which it is.
    seed : int
        Of the split.
    """

    whole: Dataset
    folds: int
    fold: int
    seed: int

    def __call__(self) -> Dataset:
        """Return the data with that part in the place of the test sample."""
        return hold_out(self.whole, fold_indices(self.whole, self.folds, self.seed) == self.fold)


def pack_data(
    whole: Dataset,
    many: Sequence[Run],
    rows: Sequence[Row],
    seed: int,
    with_samples: bool,
) -> tuple[Described, Tensors]:
    """Return the data of a sweep as JSON and arrays: each set once, and which run has which.

    Folds of the whole are cut again. Where each seed has data of its own nobody has the whole, and
    its folds are data as any others.
    """
    described, tensors = datasets.describe(whole, with_samples)
    kinds: dict[int, int] = {id(whole): 0}
    sets: list[Described] = [{"whole": described}]
    for run, row in zip(many, rows, strict=True):
        dataset = run.dataset
        if id(dataset) in kinds:
            continue
        number = kinds[id(dataset)] = len(sets)
        if "fold" in row and run.seed == seed:
            sizes = [dataset.n_samples, dataset.n_test, dataset.n_features]
            sets.append({"fold": row["fold"], "seed": run.seed, "sizes": sizes})
            continue
        other, arrays = datasets.describe(dataset, with_samples)
        sets.append({"other": other})
        tensors |= {f"set{number}.{name}": array for name, array in arrays.items()}
    return {"sets": sets, "which": [kinds[id(run.dataset)] for run in many]}, tensors


def data_of(
    described: Mapping[str, Any], tensors: Tensors, folds: int | None, functions: Sequence[Own]
) -> list[Dataset]:
    """Return the data of a sweep: the whole first, and then each run's."""
    sets: list[Dataset] = []
    for number, one in enumerate(described["sets"]):
        if "whole" in one:
            sets.append(datasets.dataset_of(one["whole"], tensors, functions))
        elif "fold" in one:
            sets.append(_fold(sets[0], folds, one))
        else:
            start = f"set{number}."
            part = {
                name.removeprefix(start): array
                for name, array in tensors.items()
                if name.startswith(start)
            }
            sets.append(datasets.dataset_of(one["other"], part, functions))
    if "whole" not in described["sets"][0]:
        raise ValueError("its first data set must be the whole one")
    return [sets[0], *(sets[which] for which in described["which"])]


def _fold(whole: Dataset, folds: int | None, described: Mapping[str, Any]) -> Dataset:
    fold = described["fold"]
    n_samples, n_test, n_features = described["sizes"]
    if not is_whole(fold) or folds is None or n_features != whole.n_features:
        raise ValueError(f"its folds must be whole numbers, got {short(fold)} of {short(folds)}")
    fields = {name: value for name, value in vars(whole).items() if name not in SAMPLES}
    own = fields.pop("fetch", None)
    cut = Fold(whole, folds, fold, check_seed(described["seed"]))
    fetch = cut if whole.is_here or own is None else own
    return RecalledDataset.of(
        fields | {"origin": None, "validation": None}, (n_samples, n_test, n_features), fetch
    )


def with_scores(run: Run, row: Row, of_constant: float) -> Run:
    """Return a run whose data are left out with what its row tells of it."""
    if run.dataset.is_here:
        return run
    loss, score, on_test = (row[name] for name in ("loss", "score", "test_score"))
    has_test = is_real(on_test) and run.dataset.n_test
    scores = Scores(
        loss=float(loss),  # type: ignore[arg-type]
        score=float(score),  # type: ignore[arg-type]
        test_loss=None,
        test_score=float(on_test) if has_test else None,  # type: ignore[arg-type]
        exact_score=None,
        baseline=of_constant,
    )
    return replace(run, scores=scores)


def constant_of(dataset: Dataset, many: Sequence[Run]) -> float:
    """Return what the best constant answer reaches on the data of a sweep."""
    if dataset.is_here:
        units = many[0].units if many else (1.0,)
        return baseline(dataset.kind, in_units(dataset.y, units))
    saved = next((run.scores for run in many if run.scores is not None), None)
    return float("nan") if saved is None else saved.baseline


def save_sweep(path: str | os.PathLike[str], fields: Mapping[str, Any], with_data: bool) -> Path:
    """Write the fields of a `Sweep` as a file, and return its path."""
    many = fields["runs"]
    rows = fields["rows"]
    whole = fields["dataset"]
    described, tensors = pack_runs(many, rows)
    described["data"], samples = pack_data(whole, many, rows, fields["seed"], with_data)
    place = runs.Place(fields["seed"], fields["device"], fields["engine"])
    described |= {
        "trainer": place.plain(),
        "varied": list(fields["varied"]),
        "n_planned": fields["n_planned"],
        "seconds": fields["seconds"],
        "folds": fields["folds"],
        "constant": plain_number(constant_of(whole, many)),
        "versions": runs.versions(),
    }
    return write_container(path, "sweep", described, tensors | samples)


def load_sweep(path: str | os.PathLike[str], functions: Sequence[Own]) -> dict[str, Any]:
    """Return the fields of a `Sweep` from its file."""
    return read_container(path, KINDS).made(lambda it: _fields_of(it, functions))


def _fields_of(contents: Contents, functions: Sequence[Own]) -> dict[str, Any]:
    described = contents.described
    tensors = contents.tensors
    place = runs.place_of(described["trainer"])
    folds = described["folds"]
    varied = described["varied"]
    n_planned = described["n_planned"]
    whole, *data = data_of(described["data"], tensors, folds, functions)
    many, rows = runs_of(described, tensors, lambda number: data[number], functions)
    for name in varied:
        look_up(SETTINGS, name, "recipe field")
    if not is_whole(n_planned) or n_planned < len(many) or len(data) != len(many):
        raise ValueError(f"it must hold all of its networks, got {short(n_planned)}")
    if not (folds is None or is_whole(folds)):
        raise ValueError(f"its folds must be a whole number, got {short(folds)}")
    constant = number_of(described["constant"])
    return {
        "dataset": whole,
        "seed": place.seed,
        "device": place.device,
        "engine": place.engine,
        "varied": tuple(varied),
        "runs": [with_scores(run, row, constant) for run, row in zip(many, rows, strict=True)],
        "rows": rows,
        "n_planned": n_planned,
        "seconds": number_of(described["seconds"]),
        "folds": folds,
    }


# --- chunks ---


class KeptChunks:
    """A folder with the finished chunks of a sweep, a file each.

    Parameters
    ----------
    folder : str or path
        It is made if it is not there.
    plans : sequence of Plan
        All that the sweep is to train.
    whole : Dataset
        On what.

    Raises
    ------
    ValueError
        If it cannot be made or has the chunks of another sweep, or a function has no name.
    """

    def __init__(
        self, folder: str | os.PathLike[str], plans: Sequence[Plan], whole: Dataset
    ) -> None:
        self._folder = Path(folder)
        self._sweep = _fingerprint(plans, whole)
        self._functions = _own_functions(plans)
        if self._folder.exists() and not self._folder.is_dir():
            raise ValueError(
                f"checkpoint must be a folder for a sweep, got the file {str(self._folder)!r}: "
                "choose another name"
            )
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(f"the folder {str(self._folder)!r} cannot be made ({error})") from None

    def split(self, chunks: Iterable[Chunk]) -> tuple[list[Finished], list[Chunk]]:
        """Return the networks of chunks that are finished, and the chunks that are not."""
        every = list(chunks)
        data = {plan.number: chunk.dataset for chunk in every for plan in chunk.plans}
        known: dict[int, tuple[Run, Row]] = {}
        for path in sorted(self._folder.glob("*.safetensors")):
            contents = read_container(path, CHUNKS)
            known |= contents.made(lambda it: self._networks(it, data))
        finished: list[Finished] = []
        left = []
        for chunk in every:
            if not all(plan.number in known for plan in chunk.plans):
                left.append(chunk)
                continue
            finished += [(plan, *known[plan.number]) for plan in chunk.plans]
        return finished, left

    def keep(self, chunk: Chunk, many: Sequence[Run], rows: Sequence[Row]) -> None:
        """Write a finished chunk."""
        described, tensors = pack_runs(many, rows)
        described |= {
            "sweep": self._sweep,
            "numbers": [plan.number for plan in chunk.plans],
            "versions": runs.versions(),
        }
        name = f"{chunk.plans[0].number:06}.safetensors"
        write_container(self._folder / name, "chunk", described, tensors)

    def _networks(
        self, contents: Contents, data: Mapping[int, Dataset]
    ) -> dict[int, tuple[Run, Row]]:
        """Return the networks of a chunk, by their numbers."""
        described = contents.described
        if described["sweep"] != self._sweep:
            raise ValueError(
                "it is of another sweep, with other data or settings: choose another folder for "
                "the checkpoint"
            )
        numbers = described["numbers"]
        found = runs_of(
            described, contents.tensors, lambda place: data[numbers[place]], self._functions
        )
        return dict(zip(numbers, zip(*found, strict=True), strict=True))


def _own_functions(plans: Iterable[Plan]) -> list[Own]:
    """Return all functions of the user's own that are in recipes."""
    found = []
    for plan in plans:
        recipe = plan.resolved.recipe
        several = recipe.activation if isinstance(recipe.activation, tuple) else [recipe.activation]
        found += [one for one in (*several, recipe.init) if callable(one)]
    return list(dict.fromkeys(found))


def _fingerprint(plans: Sequence[Plan], whole: Dataset) -> str:
    """Return a sum over all that the networks of a sweep depend on."""
    told = [
        (plan.number, recipes.plain_recipe(plan.resolved.recipe), plan.data_seed, plan.fold)
        for plan in plans
    ]
    samples = {name: getattr(whole, name) for name in SAMPLES}
    if whole.weights is not None:
        samples["weights"] = whole.weights
    text = dumps([runs.versions()["torch"], told], sort_keys=True)
    return checksum_of(samples, text)
