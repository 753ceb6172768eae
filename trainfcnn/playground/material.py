"""What is learnt on the page: data, the plane they are drawn on, and how to make them in Python."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from trainfcnn._support.types import Array, Values
from trainfcnn.analysis.prediction import Plane
from trainfcnn.data.dataset import Dataset, Domain
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.tables import from_csv
from trainfcnn.data.toy import DATASETS, make_dataset
from trainfcnn.playground.formula import Formula
from trainfcnn.playground.settings import Settings

MARGIN = 0.25  # of the plane, beyond where points are drawn
FEWEST_POINTS = 4
MOST_COLUMNS = 100  # of a table
BOXES = (2.0, 6.0)  # of points that are set by hand, so that the picture stays as they are set
PLAIN_FEATURES = ("x1", "x2")


@dataclass(frozen=True, eq=False)
class OwnData:
    """Data that somebody brought: a file, or a trainer's.

    Attributes
    ----------
    name : str
        What to call them.
    load : callable
        From a seed, which says what is held out for the test, to the data set.
    source : str
        What to give to `TrainFCNN` for them.
    """

    name: str
    load: Callable[[int], Dataset]
    source: str


def own_file(path: Path) -> OwnData:
    """Return the data of a file that was named on the command line."""
    load = lru_cache(maxsize=1)(lambda seed: from_csv(path, seed=seed))
    return OwnData(path.name, load, repr(str(path)))


def own_text(name: str, text: str) -> OwnData:
    """Return the data of a file that was dropped on the page: its name is no path of ours."""
    safe = "".join(one for one in Path(name).name if one.isalnum() or one in " ._-").strip(" .")
    safe = Path(safe or "own").stem[:60] + ".csv"

    @lru_cache(maxsize=1)
    def load(seed: int) -> Dataset:
        with TemporaryDirectory() as folder:
            path = Path(folder, safe)
            path.write_text(text, encoding="utf-8")
            try:
                return from_csv(path, seed=seed)
            except ValueError as error:  # which names the file
                raise ValueError(str(error).replace(str(path), safe)) from None

    return OwnData(safe, load, repr(safe))


class Program(NamedTuple):
    """How the data are made in Python: lines before, and what `TrainFCNN` is called with."""

    before: str
    arguments: str


@dataclass(frozen=True, eq=False)
class Material:
    """Data to learn, and the plane on which they are drawn.

    Attributes
    ----------
    dataset : Dataset
        As the network sees them.
    domain, view : Domain
        The part of the plane where points are drawn, and all that is shown.
    embed : callable
        From points of the plane (n, 2) to inputs (n, d).
    x, x_test : array of shape (n, 2)
        The samples in the plane.
    axes, inputs : tuple of str
        What the plane's axes are called, and the inputs.
    program : Program
        How to make them.
    formula : str
        The truth, where it is known.
    """

    dataset: Dataset
    domain: Domain
    embed: Callable[[Array], Array]
    x: Values
    x_test: Values
    axes: tuple[str, ...]
    inputs: tuple[str, ...]
    program: Program
    formula: str = ""

    @property
    def view(self) -> Domain:
        """All of the plane that is shown."""
        return self.domain.expanded(MARGIN)


def material_of(settings: Settings, own: OwnData | None = None) -> Material:
    """Return what is learnt by these settings; `own` is for the data set 'csv'.

    Raises
    ------
    ValueError
        If nothing can be learnt of it, or drawn on a plane.
    """
    dataset, program = _drawn(settings, own)
    if dataset.image_shape is not None or not 2 <= dataset.n_features <= MOST_COLUMNS:
        raise ValueError(
            f"the playground draws a plane, got {dataset.name!r} of {dataset.n_features} "
            f"feature(s): give two columns of numbers or more, up to {MOST_COLUMNS}, beside the "
            "target"
        )
    if dataset.y.ndim > 1:
        raise ValueError(
            f"the playground draws one target, got {dataset.y.shape[1]}: give one of them, as in "
            "target='y1' of a file, or y[:, 0]"
        )
    if dataset.n_features > 2:
        plane = Plane.of(dataset)
        return Material(
            dataset, plane.domain, plane.embed, plane.project(dataset.x),
            plane.project(dataset.x_test), plane.names, dataset.axis_names, program,
        )  # fmt: skip
    domain = _box(settings) if settings.dataset == "points" else dataset.domain
    plain = Material(
        dataset, domain, _same, dataset.x, dataset.x_test, dataset.axis_names, dataset.axis_names,
        program, "" if dataset.law is None else dataset.law.formula,
    )  # fmt: skip
    if settings.features == PLAIN_FEATURES:
        return plain
    return _with_features(plain, settings)


def _same(points: Array) -> Array:
    return points


def _drawn(settings: Settings, own: OwnData | None) -> tuple[Dataset, Program]:
    """Return the data as they are without other features, and how to make them."""
    seed = "" if settings.seed == 0 else f", seed={settings.seed}"
    sampled = f", n_samples={settings.n_samples}"
    sampled += f", noise={settings.noise!r}" * (settings.noise > 0) + seed
    if settings.dataset == "csv":
        if own is None:
            raise ValueError("dataset 'csv' is a file of your own: drop one on the page first")
        return own.load(settings.seed), Program("", own.source + seed)
    if settings.dataset == "points":
        return _by_hand(settings, seed)
    how = {"n_samples": settings.n_samples, "noise": settings.noise, "seed": settings.seed}
    if settings.dataset in DATASETS:
        return make_dataset(settings.dataset, **how), Program("", f'"{settings.dataset}"{sampled}')  # type: ignore[arg-type]
    formula = Formula(settings.formula)
    source = f"lambda x1, x2: {formula.source}"
    before = "import numpy as np\n" if "np." in source else ""
    dataset = as_dataset(_function(formula), **how)  # type: ignore[arg-type]
    law = dataset.law and replace(dataset.law, name="formula", formula=formula.text)
    return replace(dataset, name="formula", law=law), Program(before, source + sampled)


def _function(formula: Formula) -> Callable[[Array, Array], Values]:
    def own_formula(x1: Array, x2: Array) -> Values:
        return formula(x1, x2)

    return own_formula


def _by_hand(settings: Settings, seed: str) -> tuple[Dataset, Program]:
    labels = sorted({point[2] for point in settings.points})
    if len(settings.points) < FEWEST_POINTS or len(labels) < 2:
        raise ValueError(
            f"points must be {FEWEST_POINTS} or more, of two classes, got {len(settings.points)} "
            f"of {len(labels)}: click on the plane, and with Shift for the other class"
        )
    kind = "binary" if len(labels) == 2 else "multiclass"
    x = [list(point[:2]) for point in settings.points]
    y = [point[2] for point in settings.points]
    dataset = as_dataset((x, y), seed=settings.seed, kind=kind, test_size=0)
    return replace(dataset, name="points"), Program(
        f"X = {x}\ny = {y}\n", f'(X, y), kind="{kind}", test_size=0{seed}'
    )


def _box(settings: Settings) -> Domain:
    """Return the least of `BOXES` that holds all points."""
    farthest = max(max(abs(x1), abs(x2)) for x1, x2, _ in settings.points)
    side = next(side for side in BOXES if farthest <= side)
    return Domain((-side, -side), (side, side))


def _with_features(plain: Material, settings: Settings) -> Material:
    """Return the same with other inputs, made of the two that there are."""
    formulas = [Formula(feature) for feature in settings.features]

    def embed(points: Array) -> Array:
        return np.column_stack([formula(*points.T) for formula in formulas])

    base = plain.dataset
    has_test = len(base.x_test) > 0
    test = (embed(base.x_test), base.y_test) if has_test else 0
    dataset = as_dataset(
        (embed(base.x), base.y), seed=settings.seed, kind=base.kind, test_size=test
    )
    columns = ", ".join(formula.source for formula in formulas)
    before = plain.program.before.removeprefix("import numpy as np\n")
    drawn = plain.program.arguments
    seed = "" if settings.seed == 0 else f", seed={settings.seed}"
    test_text = "(features(data.x_test), data.y_test)" if has_test else "0"
    return replace(
        plain,
        dataset=replace(dataset, name=base.name),
        embed=embed,
        inputs=settings.features,
        program=Program(
            "import numpy as np\n"
            "from trainfcnn import as_dataset\n"
            f"{before}\n"
            f"data = as_dataset({drawn})\n\n"
            "def features(x):\n"
            "    x1, x2 = x.T\n"
            f"    return np.column_stack([{columns}])\n\n",
            f'(features(data.x), data.y), test_size={test_text}, kind="{base.kind}"{seed}',
        ),
    )
