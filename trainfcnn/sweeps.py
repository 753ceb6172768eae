"""Many recipes, seeds and folds at once, as stacks; the best comes back as a `TrainFCNN`.

What may share a stack does, since a stack of many networks takes little longer than one of a few.
Stacks are cut into chunks that fit a memory budget, and chunks run through joblib: here one after
the other, or on the processes or the cluster that ``joblib.parallel_config`` names.
"""

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise, product
from numbers import Real
from pathlib import Path
from textwrap import fill
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn import sweep_plots
from trainfcnn.checks import check_seed, is_real, is_whole
from trainfcnn.datasets import Array, Dataset
from trainfcnn.diagnosis import SuccessRate
from trainfcnn.files import written_whole
from trainfcnn.grid import measure, predict_grid
from trainfcnn.history import History
from trainfcnn.images import Home
from trainfcnn.lookup import look_up
from trainfcnn.network import FCNN
from trainfcnn.plane import Features, Plane
from trainfcnn.progress import progress_bar
from trainfcnn.recipe import FIELDS, Recipe, say_setting
from trainfcnn.seeds import numpy_generator
from trainfcnn.sources import Source, as_dataset
from trainfcnn.sweep_plots import QUANTILES, Column
from trainfcnn.tasks import TASKS, Task
from trainfcnn.trainer import Run, TrainFCNN
from trainfcnn.training import Training, check_recipe, shared

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Tick = Callable[[int], object]

MEMORY = 1e9  # bytes
ATTEMPTS = 3  # at a chunk whose worker died
HEADLINE = 48  # characters of a line in the title of a prediction


@dataclass(frozen=True)
class Plan:
    """One network of a sweep, before it is trained.

    Attributes
    ----------
    number : int
        Its place in the sweep.
    settings : mapping
        The fields of the recipe that are varied.
    recipe : Recipe
        All of it.
    seed : int
        Of the initial weights; with `resample` of the data and the batches too.
    data_seed : int
        Of data and batches.
    fold : int, optional
        Which part of the training sample it is judged on.
    """

    number: int
    settings: Mapping[str, object]
    recipe: Recipe
    seed: int
    data_seed: int
    fold: int | None

    def told(self) -> dict[str, object]:
        """Return settings, seed and fold as a table can hold them."""
        told = {name: say_setting(value) for name, value in self.settings.items()}
        told |= {"seed": self.seed}
        return told if self.fold is None else told | {"fold": self.fold}


@dataclass(frozen=True, eq=False)
class Chunk:
    """Networks that are trained together, as one stack."""

    plans: tuple[Plan, ...]
    dataset: Dataset
    device: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """One trained network of a sweep.

    Attributes
    ----------
    plan : Plan
        What was asked for.
    network : FCNN
        As it came out.
    history : History
        What was seen of it; its seconds are those of the whole stack.
    ended : str
        'done', 'stopped' by its patience, or 'diverged'.
    loss, score : float
        On the training sample.
    test_score : float
        On the test sample; with folds, on the fold it was not trained on. NaN where there is none.
    """

    plan: Plan
    network: FCNN
    history: History
    ended: str
    loss: float
    score: float
    test_score: float

    def criterion(self) -> float:
        """Return what networks are compared by: the lowest validation loss, or the loss."""
        seen = self.history.validation_loss
        value = float(np.nanmin(seen)) if np.isfinite(seen).any() else self.loss
        return value if np.isfinite(value) else np.inf

    def record(self, validated: bool | None = None) -> dict[str, object]:
        """Return what there is to say of it in one row of a table.

        With columns for the validation if it had one, or if `validated`.
        """
        history, told = self.history, self.plan.told()
        told |= {"epochs": len(history), "loss": self.loss, "score": self.score}
        if len(history.validation_loss) if validated is None else validated:
            best = history.best_epoch - 1
            for name in ("validation_loss", "validation_score"):
                seen = getattr(history, name)
                told[name] = float(seen[best]) if 0 <= best < len(seen) else np.nan
        return told | {"test_score": self.test_score}


def _headline(which: str, outcome: Outcome, task: Task) -> str:
    """Return the title of an extreme: what it reached, its settings and its seed."""
    settings = ", ".join(f"{name} {value}" for name, value in outcome.plan.told().items())
    return f"{which}: {task.score_name} {task.say_score(outcome.score)}\n{fill(settings, HEADLINE)}"


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """What came out of `sweep`.

    Attributes
    ----------
    trainer : TrainFCNN
        The data, without a network.
    sample : callable
        From the seed of the data to the `Dataset`.
    varied : tuple of str
        The fields of the recipe that took several values.
    outcomes : list of Outcome
        The networks that are finished, in the order in which they were asked for.
    n_planned : int
        How many were asked for; more than there are outcomes after Ctrl-C.
    seconds : float
        Wall-clock time of all of it.
    """

    trainer: TrainFCNN
    sample: Callable[[int], Dataset]
    varied: tuple[str, ...]
    outcomes: list[Outcome]
    n_planned: int
    seconds: float

    def __len__(self) -> int:
        return len(self.outcomes)

    def __repr__(self) -> str:
        done = f"{len(self):,} networks"
        if len(self) < self.n_planned:
            done = f"interrupted after {len(self):,} of {self.n_planned:,} networks"
        varied = f", varied: {', '.join(self.varied)}" if self.varied else ""
        name, task = self.trainer.dataset.name, TASKS[self.trainer.kind]
        scores = ""
        if self.outcomes:
            low, middle, high = map(task.say_score, self.quantiles("score", (0, 0.5, 1)))
            scores = f", {task.score_name} {middle} ({low} to {high})"
        return f"Sweep({name!r}): {done}{varied}{scores}, {self.seconds:.2f} s"

    def records(self) -> list[dict[str, object]]:
        """Return a row per network: what pandas, or any other table tool, takes."""
        validated = any(len(outcome.history.validation_loss) for outcome in self.outcomes)
        return [outcome.record(validated) for outcome in self.outcomes]

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write `records` as a CSV file, all of it or nothing."""
        records = self.records()
        with (
            written_whole(Path(path)) as place,
            place.open("w", newline="", encoding="utf-8") as file,
        ):
            writer = csv.DictWriter(file, list(records[0]) if records else [])
            writer.writeheader()
            writer.writerows(records)

    def success_rate(self, at_least: float, of: str = "score") -> SuccessRate:
        """Return how many networks reached a score, with a confidence interval.

        Parameters
        ----------
        at_least : float
            The score (regression: R²) that counts as success.
        of : str
            A column of `records`: 'score' is that on the training sample.

        Examples
        --------
        >>> sweep("and", seeds=3, dims=[4]).success_rate(at_least=0.9)
        3 of 3 (100.0%; 95% interval 43.8% to 100.0%)
        """
        if not is_real(at_least):
            raise ValueError(f"at_least must be a number, got {at_least!r}: try at_least=0.995")
        values = self._column(of)
        return SuccessRate(int((values >= at_least).sum()), len(values))

    def success_rates(self, at_least: float, by: str, of: str = "score") -> dict[Any, SuccessRate]:
        """Return `success_rate` for each value of a varied field."""
        return {value: part.success_rate(at_least, of) for value, part in self._split(by).items()}

    def quantiles(self, of: str = "score", q: Sequence[float] = QUANTILES) -> Array:
        """Return quantiles of a column of `records`; by default least, quartiles, greatest."""
        with np.errstate(invalid="ignore"):  # between two that diverged lies none
            return np.asarray(np.quantile(self._column(of), q))

    def table(self) -> str:
        """Return a row per combination of settings: how many, and how well they did."""
        lines = [[*self.varied, "networks", "worst", "median", "best", "mean test"]]
        for settings, part in self._by_settings().items():
            worst, middle, best = part.quantiles("score", (0, 0.5, 1))
            scores = worst, middle, best, np.mean(part._column("test_score"))
            said = [*map(say_setting, settings), len(part), *(f"{score:.4f}" for score in scores)]
            lines.append([*map(str, said)])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
            for line in lines
        )

    def best(self) -> TrainFCNN:
        """Return the best network as a trainer that holds it.

        That with the lowest validation loss, or training loss where nothing was held out. After a
        cross-validation: the settings with the highest mean score on the folds, trained once more
        on the whole training sample.
        """
        self._check_finished()
        if self.outcomes[0].plan.fold is not None:
            part = max(self._by_settings().values(), key=Sweep._mean_test_score)
            return copy(self.trainer).train_as(part.outcomes[0].plan.recipe)
        found = min(self.outcomes, key=Outcome.criterion)
        run = Run(found.plan.recipe, found.network, found.history, found.ended)
        return self.trainer.holding(run, self.sample(found.plan.data_seed), found.plan.data_seed)

    def _mean_test_score(self) -> float:
        """Return the mean over the networks; less than anything if one has none, as it diverged."""
        mean = float(np.mean(self._column("test_score")))
        return mean if np.isfinite(mean) else -np.inf

    def plot_parallel(self, ax: "Axes | None" = None, of: str = "score") -> "Axes":
        """Draw a line for each network through its settings to its score.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; by default in a figure of its own.
        of : str
            A column of `records`; 'score' is that on the training sample.

        Returns
        -------
        Axes

        Raises
        ------
        ValueError
            If no field was varied, or no network is finished.
        """
        name, settings = self.trainer.dataset.name, self._settings(*self.varied)
        return sweep_plots.plot_parallel(name, settings, self._drawn(of), ax)

    def plot_scores(
        self, x: str, y: str | None = None, ax: "Axes | None" = None, of: str = "score"
    ) -> "Axes":
        """Draw the median score against a varied field, or against two as a heat map.

        Parameters
        ----------
        x, y : str
            Varied fields.
        ax, of
            As for `plot_parallel`.

        Returns
        -------
        Axes
        """
        name, column = self.trainer.dataset.name, self._drawn(of)
        settings = self._settings(x) if y is None else self._settings(x, y)
        if y is None:
            return sweep_plots.plot_scores(name, x, settings[x], column, ax)
        if x == y:
            raise ValueError(f"x and y must be two fields, got {x!r} twice: leave y out")
        return sweep_plots.plot_medians(name, settings, column, ax)

    def plot_success(
        self, at_least: float, by: str = "dims", ax: "Axes | None" = None, of: str = "score"
    ) -> "Axes":
        """Draw the share of networks that reach a score, for each value of a varied field.

        Parameters
        ----------
        at_least : float
            As for `success_rate`.
        by : str
            A varied field.
        ax, of
            As for `plot_parallel`.

        Returns
        -------
        Axes
        """
        rates, column = self.success_rates(at_least, by, of), self._drawn(of)
        goal = f"{column.mark(at_least)} {column.name}"
        return sweep_plots.plot_success(self.trainer.dataset.name, by, rates, goal, ax)

    def plot_losses(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the losses of all networks over the epochs: on what was held out, if all did so."""
        self._check_finished()
        histories, of = [outcome.history for outcome in self.outcomes], "validation"
        curves = [history.validation_loss for history in histories]
        if not all(map(len, curves)):
            curves, of = [history.loss for history in histories], "training"
        label = f"{of} {histories[0].loss_name}"
        return sweep_plots.plot_losses(self.trainer.dataset.name, curves, label, ax)

    def plot_extremes(self, *, features: Features | None = None) -> "Figure":
        """Draw the best and the worst prediction, by their score, side by side.

        Parameters
        ----------
        features : (int, int), optional
            Which two to vary, from 0, in data of more than two features.

        Raises
        ------
        ValueError
            If the data have more than two features and it is not said which, or no network is
            finished, or all diverged.
        """
        dataset = self.trainer.dataset
        self._check_finished()
        Plane.of(dataset, features)
        finite = [
            outcome for outcome in self.outcomes if np.isfinite((outcome.score, outcome.loss)).all()
        ]
        if not finite:
            raise ValueError("all networks diverged, so that there is none to draw: lower lr")
        finite.sort(key=lambda outcome: (outcome.score, -outcome.loss))
        ends = {"best": finite[-1], "worst": finite[0]}
        grids = [
            predict_grid(outcome.network, dataset, features=features) for outcome in ends.values()
        ]
        titles = [
            _headline(which, outcome, TASKS[self.trainer.kind]) for which, outcome in ends.items()
        ]
        diverged = len(self) - len(finite)
        title = f"{dataset.name}: the best and the worst of {len(finite):,} networks"
        title += f", without {diverged:,} that diverged" if diverged else ""
        return sweep_plots.plot_extremes(dataset, grids, titles, title)

    def _check_finished(self) -> None:
        if not self.outcomes:
            raise ValueError("there is no finished network yet: let the sweep run longer")

    def _check_varied(self, *names: str) -> None:
        self._check_finished()
        if not self.varied:
            raise ValueError(
                f"the {len(self):,} networks differ by nothing but their seed: vary a field: "
                "dims=[[2], [4]]"
            )
        for name in names:
            look_up(dict.fromkeys(self.varied), name, "varied field")

    def _drawn(self, of: str) -> Column:
        return Column(of, self._column(of), TASKS[self.trainer.kind])

    def _settings(self, *names: str) -> dict[str, list[object]]:
        """Return what each network had of some varied fields."""
        self._check_varied(*names)
        return {
            name: [say_setting(outcome.plan.settings[name]) for outcome in self.outcomes]
            for name in names
        }

    def _column(self, name: str) -> Array:
        self._check_finished()
        records = self.records()
        first = records[0]
        numbers = {key for key, value in first.items() if isinstance(value, Real)}
        look_up(dict.fromkeys(numbers), name, "column")
        values = np.array([record[name] for record in records], dtype=np.float64)
        worst = np.inf if name.endswith("loss") else -np.inf  # what is no number diverged
        return np.where(np.isnan(values), worst, values)

    def _split(self, by: str) -> dict[Any, "Sweep"]:
        """Return the part of the sweep for each value of a varied field, in order."""
        self._check_varied(by)
        parts = self._grouped(lambda plan: plan.settings[by])
        return {say_setting(value): part for value, part in parts.items()}

    def _by_settings(self) -> dict[Any, "Sweep"]:
        """Return the part of the sweep for each combination of settings, in order."""
        return self._grouped(lambda plan: tuple(plan.settings.values()))

    def _grouped(self, key: Callable[[Plan], object]) -> dict[Any, "Sweep"]:
        groups: dict[object, list[Outcome]] = {}
        for outcome in self.outcomes:
            groups.setdefault(key(outcome.plan), []).append(outcome)
        return {
            value: replace(self, outcomes=some, n_planned=len(some))
            for value, some in groups.items()
        }


def sweep(
    dataset: Source = "xor",
    seeds: int | Iterable[int] = 1,
    *,
    folds: int | None = None,
    resample: bool = False,
    n_samples: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
    kind: str | None = None,
    data_home: Home | None = None,
    normalize: str | None = "auto",
    device: str = "auto",
    memory: float = MEMORY,
    progress: bool | None = None,
    **fields: Any,
) -> Sweep:
    """Train a network for every combination of settings, seeds and folds.

    Parameters
    ----------
    dataset, n_samples, noise, seed, kind, data_home, normalize, device
        As for `TrainFCNN`.
    seeds : int or iterable of int
        Of the initial weights; 20 is 0 to 19. Data and batch order stay those of `seed`.
    folds : int, optional
        Cross-validate: deal the training sample into so many parts (of each class alike), and train
        each network once without each of them, to be judged on it.
    resample : bool
        Let each of `seeds` draw data and batch order anew too, as ``TrainFCNN(seed=...)`` does.
    memory : float
        Bytes that a stack may take; what needs more is trained one after the other.
    progress : bool, optional
        Whether to show a progress bar; by default in a terminal, on runs of over a second.
    **fields
        Of a `Recipe`; what is not given is as recommended for the data set. A list is varied (of
        `dims`, a list of lists).

    Returns
    -------
    Sweep
        After Ctrl-C, of the networks that were finished.

    Raises
    ------
    ValueError
        For an unknown field, an empty list, or what `TrainFCNN` and `Recipe` refuse.

    Examples
    --------
    >>> found = sweep("xor", seeds=2, dims=[[2], [4]], epochs=20)
    >>> len(found), found.varied
    (4, ('dims',))
    """
    trainer = TrainFCNN(dataset, n_samples, noise, seed, device, kind, data_home, normalize)

    def sample(data_seed: int) -> Dataset:
        if not resample:
            return trainer.dataset
        options = {"data_home": data_home, "normalize": normalize}
        return as_dataset(dataset, n_samples, noise, data_seed, kind, **options)  # type: ignore

    varied, combinations = _combinations(trainer.dataset, fields)
    plans = _plans(combinations, _check_seeds(seeds), None if resample else trainer.seed, folds)
    chunks = list(_chunks(plans, sample, folds, trainer, memory))
    start, done = perf_counter(), list(_walk(chunks, progress))
    done.sort(key=lambda outcome: outcome.plan.number)
    return Sweep(trainer, sample, varied, done, len(plans), perf_counter() - start)


def _combinations(
    dataset: Dataset, fields: Mapping[str, Any]
) -> tuple[tuple[str, ...], list[tuple[dict[str, object], Recipe]]]:
    """Return the varied fields, and their values and the recipe for each combination."""
    usual = Recipe().but(**dataset.recommended)
    for name in fields:
        look_up(FIELDS, name, "recipe field")
    for name in ("weight_seed", "restarts"):
        if name in fields:
            raise ValueError(f"{name} is what seeds are for, got {fields[name]!r}: use seeds=")
    lists = {name: list(value) for name, value in fields.items() if _is_varied(name, value)}
    for name, values in lists.items():
        if not values:
            raise ValueError(f"{name} must be a value or a list of some, got []: leave it out")
    fixed = {name: value for name, value in fields.items() if name not in lists}
    found = []
    for chosen in product(*lists.values()):
        recipe = usual.but(**fixed, **dict(zip(lists, chosen, strict=True)))
        check_recipe(dataset, recipe)
        found.append(({name: getattr(recipe, name) for name in lists}, recipe))
    return tuple(lists), found


def _is_varied(name: str, value: object) -> bool:
    if not isinstance(value, list | tuple | range | np.ndarray):
        return False
    return name != "dims" or not len(value) or any(not is_whole(size) for size in value)


def _check_seeds(seeds: int | Iterable[int]) -> list[int]:
    must = f"seeds must be 1 or more, or a list of seeds, got {seeds!r}: try seeds=20"
    many = range(seeds) if is_whole(seeds) else seeds  # type: ignore[arg-type]
    if not isinstance(many, Iterable) or isinstance(many, str):
        raise ValueError(must)
    checked = [check_seed(seed, "seeds") for seed in many]
    if not checked:
        raise ValueError(must)
    return checked


def _plans(
    combinations: list[tuple[dict[str, object], Recipe]],
    seeds: list[int],
    data_seed: int | None,
    folds: int | None,
) -> list[Plan]:
    """Return what to train; without a `data_seed`, each seed has data of its own."""
    if folds is not None and (not is_whole(folds) or folds < 2):
        raise ValueError(f"folds must be an integer of 2 or more, got {folds!r}: try folds=3")
    parts = [None] if folds is None else list(range(folds))
    cases = product(combinations, seeds, parts)
    return [
        Plan(
            number,
            settings,
            recipe.but(weight_seed=seed),
            seed,
            seed if data_seed is None else data_seed,
            fold,
        )
        for number, ((settings, recipe), seed, fold) in enumerate(cases)
    ]


def _chunks(
    plans: list[Plan],
    sample: Callable[[int], Dataset],
    folds: int | None,
    trainer: TrainFCNN,
    memory: float,
) -> Iterator[Chunk]:
    """Yield the stacks: alike in data and in what all members of a stack must share."""
    from joblib import effective_n_jobs

    groups: dict[tuple[object, ...], list[Plan]] = {}
    for plan in plans:
        groups.setdefault((plan.data_seed, plan.fold, shared(plan.recipe)), []).append(plan)
    datasets: dict[tuple[int, int | None], Dataset] = {}
    for (data_seed, fold, _), members in groups.items():
        if (data_seed, fold) not in datasets:
            datasets |= _samples(sample(data_seed), data_seed, folds)  # type: ignore[arg-type]
        dataset = datasets[data_seed, fold]  # type: ignore[index]
        together = _most_members(members, dataset, memory)
        share = -(-len(plans) // effective_n_jobs(None))  # let all workers have some
        size = max(1, min(together, share))
        for start in range(0, len(members), size):
            some = members[start : start + size]
            yield Chunk(tuple(some), dataset, trainer.device_for(some[0].recipe))


def _samples(
    dataset: Dataset, data_seed: int, folds: int | None
) -> dict[tuple[int, int | None], Dataset]:
    """Return the data of one seed, whole or as many times as there are folds."""
    if folds is None:
        return {(data_seed, None): dataset}
    part_of = deal(dataset, folds, data_seed)
    return {(data_seed, fold): _without(dataset, part_of == fold) for fold in range(folds)}


def deal(dataset: Dataset, folds: int, seed: int) -> NDArray[np.int64]:
    """Return which of `folds` parts each training sample belongs to: of each class alike.

    Raises
    ------
    ValueError
        If a class has fewer samples than there are folds.
    """
    strata = dataset.y if dataset.classes else np.zeros(len(dataset.y), dtype=np.int64)
    labels, counts = np.unique(strata, return_counts=True)
    if counts.min() < folds:
        rarest = labels[counts.argmin()]
        of = f"of class {dataset.classes[rarest]!r}" if dataset.classes else "in the sample"
        raise ValueError(
            f"folds must be at most the {counts.min()} samples {of}, got folds={folds}: "
            f"{f'try folds={counts.min()}, or ' if counts.min() > 1 else ''}add samples"
        )
    parts, generator, first = np.empty(len(strata), np.int64), numpy_generator(seed, "folds"), 0
    for label in labels:
        members = generator.permutation(np.flatnonzero(strata == label))
        parts[members] = (first + np.arange(len(members))) % folds
        first += len(members)  # so that all parts are equally large
    return parts


def _without(dataset: Dataset, held: NDArray[np.bool_]) -> Dataset:
    """Return the data with some training samples in the place of the test sample."""
    kept, x, y = ~held, dataset.x, dataset.y
    return replace(dataset, x=x[kept], y=y[kept], x_test=x[held], y_test=y[held])


def _most_members(members: list[Plan], dataset: Dataset, memory: Any) -> int:
    """Return how many networks of a group fit the memory together."""
    if not is_real(memory):
        raise ValueError(f"memory must be a number of bytes, got {memory!r}: try memory=1e9")
    largest = max(_bytes_of(plan.recipe, dataset) for plan in members)
    if memory < largest:
        raise ValueError(
            f"memory must hold one network, about {largest:,} bytes, got {memory:,.0f}: try "
            f"memory={2 * largest:.0e}"
        )
    return int(memory // largest)


def _bytes_of(recipe: Recipe, dataset: Dataset) -> int:
    """Return about how many bytes a member of a stack takes.

    Its parameters, their gradients, the optimizer's and the best ones; four buffers a unit and
    batch; the outputs of all samples, twice and measured.
    """
    task = TASKS[dataset.kind]
    sizes = (dataset.x.shape[1], *recipe.dims, task.n_outputs(len(dataset.classes)))
    parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
    buffers = 4 * sum(recipe.dims) * min(recipe.batch_size, len(dataset.x))
    outputs = 4 * sizes[-1] * len(dataset.x)
    return int(7 * parameters + buffers + outputs) * (8 if recipe.dtype == "float64" else 4)


def _walk(chunks: list[Chunk], progress: bool | None) -> Iterator[Outcome]:
    """Yield the networks of each chunk when it is finished; Ctrl-C ends it."""
    from joblib import effective_n_jobs

    total = sum(len(chunk.plans) * chunk.plans[0].recipe.epochs for chunk in chunks)
    bar = progress_bar(total, " epochs of a network", progress)
    run = _here if effective_n_jobs(None) == 1 else _elsewhere
    try:
        with bar:
            for outcomes in run(chunks, bar.update):
                yield from outcomes
    except KeyboardInterrupt:
        return


def _here(chunks: list[Chunk], tick: Tick) -> Iterator[list[Outcome]]:
    for chunk in chunks:
        yield _train(chunk, tick)


def _elsewhere(chunks: list[Chunk], tick: Tick) -> Iterator[list[Outcome]]:
    """Train chunks on joblib's workers; one whose worker died is trained again."""
    from joblib import Parallel, delayed

    left = dict(enumerate(chunks))
    for attempt in range(1, ATTEMPTS + 1):
        calls = [delayed(_train_numbered)(number, chunk) for number, chunk in left.items()]
        try:
            for number, outcomes in Parallel(return_as="generator_unordered")(calls):
                del left[number]
                tick(len(outcomes) * outcomes[0].plan.recipe.epochs)
                yield outcomes
            return
        except BrokenProcessPool:
            if attempt == ATTEMPTS:
                raise


def _train_numbered(number: int, chunk: Chunk) -> tuple[int, list[Outcome]]:
    return number, _train(chunk, lambda done: None)


def _train(chunk: Chunk, tick: Tick) -> list[Outcome]:
    plans, dataset = chunk.plans, chunk.dataset
    recipes = [plan.recipe for plan in plans]
    training = Training(dataset, recipes, plans[0].data_seed, device=chunk.device)
    for _ in training:
        tick(len(plans))
    return [
        _outcome(plan, training.network(member), history, dataset)
        for member, (plan, history) in enumerate(zip(plans, training.histories(), strict=True))
    ]


def _outcome(plan: Plan, network: FCNN, history: History, dataset: Dataset) -> Outcome:
    loss, score = measure(network, dataset, dataset.x, dataset.y)
    tested = len(dataset.x_test) > 0
    test = measure(network, dataset, dataset.x_test, dataset.y_test)[1] if tested else np.nan
    ended = "done" if len(history) == plan.recipe.epochs else "stopped"
    if not np.isfinite(history.loss).all():
        ended = "diverged"
    return Outcome(plan, network, history, ended, loss, score, test)
