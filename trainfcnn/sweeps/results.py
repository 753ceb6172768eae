"""What came out of a sweep; the best comes back as a `TrainFCNN`."""

import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainfcnn import plotting, report
from trainfcnn._support.checks import check_switch, is_real, look_up
from trainfcnn._support.files import write_records
from trainfcnn._support.types import Array
from trainfcnn.analysis.generalization import ErrorCurve
from trainfcnn.analysis.prediction import Features
from trainfcnn.analysis.success import SuccessRate
from trainfcnn.data.dataset import Dataset
from trainfcnn.nn.named import Own
from trainfcnn.nn.tasks import Task, task_of
from trainfcnn.recipe import DEFAULTS, Recipe
from trainfcnn.sweeps.extremes import draw_extremes
from trainfcnn.sweeps.plan import differing
from trainfcnn.sweeps.stored import load_sweep, save_sweep
from trainfcnn.sweeps.table import aligned, folds_columns, quantiles_of, scores_columns
from trainfcnn.trainer import TrainFCNN
from trainfcnn.training.run import Run, best_of
from trainfcnn.wording import format_extras, format_setting

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from trainfcnn.plotting.scales import Column

SuccessRates = dict[Any, SuccessRate]  # by the values of a field

Row = dict[str, object]  # of a table: settings, seed, fold, and what was measured

QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """What came out of `sweep`.

    Attributes
    ----------
    dataset : Dataset
        The data of the sweep's own seed; with folds, whole.
    seed : int
        Of data and batches.
    device : str
        Where it was trained.
    varied : tuple of str
        The fields of the recipe that took several values.
    runs : list of Run
        The networks that are finished, in the order in which they were asked for. With folds, each
        has the fold that it was not trained on as test sample.
    rows : list of dict
        What was measured of each; see `records`.
    n_planned : int
        How many were asked for; more than there are runs after Ctrl-C.
    seconds : float
        Wall-clock time of all of it.
    engine : str
        What was asked to take the steps.
    folds : int, optional
        Into how many parts the training sample was split.
    """

    dataset: Dataset
    seed: int
    device: str
    varied: tuple[str, ...]
    runs: list[Run]
    rows: list[Row]
    n_planned: int
    seconds: float
    engine: str = "auto"
    folds: int | None = None

    def __len__(self) -> int:
        return len(self.runs)

    @property
    def task(self) -> Task:
        """What was asked of the networks."""
        losses = {run.recipe.loss for run in self.runs}
        return task_of(self.dataset.kind, losses.pop() if len(losses) == 1 else None)

    def __getstate__(self) -> dict[str, object]:
        """Refuse to pickle what could not be found again."""
        for run in self.runs:
            run.recipe.check_pickles()
        return self.__dict__

    def __repr__(self) -> str:
        done = f"{len(self):,} network{'s' * (len(self) != 1)}"
        if len(self) < self.n_planned:
            done = f"interrupted after {len(self):,} of {self.n_planned:,} networks"
        varied = f", varied: {', '.join(self.varied)}" if self.varied else ""
        name = self.dataset.name
        task = self.task
        scores = ""
        if self.runs:
            low, middle, high = map(task.format_score, self.quantiles(q=(0, 0.5, 1)))
            where = " on the folds held out" if self._has_folds else ""
            scores = f", {task.score_name} {middle} ({low} to {high}){where}"
        n_diverged = sum(run.ended == "diverged" for run in self.runs)
        diverged = f", {n_diverged:,} diverged" if n_diverged else ""
        reached = sum(run.ended == "reached" for run in self.runs)
        at_goal = f", {reached:,} reached their goal" if reached else ""
        return f"Sweep({name!r}): {done}{varied}{scores}{at_goal}{diverged}, {self.seconds:.2f} s"

    def _repr_png_(self) -> bytes | None:
        """Return a picture for a notebook: of settings and scores, or of the losses."""
        if not self.runs:
            return None
        return plotting.drawn_as_png(self.plot_parallel if self.varied else self.plot_losses)

    def _repr_html_(self) -> str:
        """Return the table and that picture, for a notebook."""
        table = self.table() if self.runs else ""
        return plotting.text_as_html(repr(self), table, self._repr_png_())

    def records(self) -> list[Row]:
        """Return a row per network: what pandas, or any other table tool, takes.

        With columns for the validation if one of them had one, and at the end for what is not
        plain in all of them.
        """
        absent = () if self._has_validation else ("validation_loss", "validation_score")
        common = {name: format_setting(value) for name, value in self._common().items()}
        return [
            {name: row[name] for name in row if name not in absent}
            | {name: value for name, value in common.items() if name not in row}
            for row in self.rows
        ]

    @property
    def _has_folds(self) -> bool:
        return bool(self.rows) and "fold" in self.rows[0]

    @property
    def _has_validation(self) -> bool:
        return any(len(run.history.validation_loss) for run in self.runs)

    def _common(self) -> dict[str, object]:
        """Return what is not plain, and the same in all networks."""
        if not self.runs:
            return {}
        recipes = [run.recipe for run in self.runs]
        skipped = (*self.varied, *differing(recipes), "weight_seed")
        fields = vars(recipes[0])
        return {
            name: value
            for name, value in fields.items()
            if name not in skipped and value != DEFAULTS[name]
        }

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write `records` as a CSV file, all of it or nothing."""
        write_records(self.records(), Path(path))

    def save(self, path: str | os.PathLike[str], *, data: bool = False) -> Path:
        """Write all of it to a file, and return its path; see `TrainFCNN.save`."""
        check_switch("data", data)
        return save_sweep(path, vars(self), data)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, functions: Sequence[Own] = ()) -> "Sweep":
        """Return the sweep that `save` wrote; see `TrainFCNN.load`."""
        return cls(**load_sweep(path, functions))

    def success_rate(self, at_least: float, of: str | None = None) -> SuccessRate:
        """Return how many networks reached a score, with a confidence interval.

        Parameters
        ----------
        at_least : float
            The score (regression: R²) that counts as success.
        of : str, optional
            A column of `records`; by default 'score', which is that on the training sample, and
            after a cross-validation 'test_score', that on the fold a network was not trained on.

        Examples
        --------
        >>> from trainfcnn import sweep
        >>> sweep("and", seeds=3, dims=[4]).success_rate(at_least=0.9)
        3 of 3 (100.0%; 95% interval 43.8% to 100.0%)
        """
        if not is_real(at_least):
            raise ValueError(f"at_least must be a number, got {at_least!r}: try at_least=0.995")
        of = self._measure(of)
        if at_least > 1 and of.endswith("score") and self.task.is_classification:
            share = at_least / 100 if at_least <= 100 else 0.995
            raise ValueError(
                f"at_least must be a share of right answers, 1 at most, got {at_least!r}: try "
                f"at_least={share:g}"
            )
        values = self._column(of)
        return SuccessRate(int((values >= at_least).sum()), len(values))

    def success_rates(self, at_least: float, by: str, of: str | None = None) -> SuccessRates:
        """Return `success_rate` for each value of a varied field."""
        return {value: part.success_rate(at_least, of) for value, part in self._split(by).items()}

    def quantiles(self, of: str | None = None, q: Sequence[float] = QUANTILES) -> Array:
        """Return quantiles of a column of `records`; by default least, quartiles, greatest."""
        return quantiles_of(self._column(self._measure(of)), q)

    def table(self) -> str:
        """Return a row per combination of settings: how many, and how well they did.

        After a cross-validation that is mean, standard deviation, least and greatest score on the
        folds held out, and the rank of the mean; else scores on the training sample, and the mean
        on the test sample. The last line tells what is not plain in all of them.
        """
        recipes = [run.recipe for run in self.runs]
        columns = (*self.varied, *differing(recipes, without=self.varied))
        parts = list(self._by_settings().values())
        if self._has_folds:
            names, scores = folds_columns([part._column("test_score") for part in parts])
        else:
            names, scores = scores_columns(
                [part._column("score") for part in parts],
                [part._column("test_score") for part in parts],
            )
        lines = [[*columns, "networks", *names]]
        for part, cells in zip(parts, scores, strict=True):
            settings = [format_setting(getattr(part.runs[0].recipe, name)) for name in columns]
            lines.append([*map(str, settings), str(len(part)), *cells])
        common = format_extras(self._common()).removeprefix(", ")
        return aligned(lines) + (f"\nall with {common}" if common else "")

    def best(self) -> TrainFCNN:
        """Return the best network as a trainer that holds it.

        That with the lowest validation loss, or training loss where nothing was held out. After a
        cross-validation: the settings with the highest mean score on the folds, trained once more
        on the whole training sample.
        """
        self._check_finished()
        if self._has_folds:
            # On folds, the test sample is the one that was held out.
            part = max(self._by_settings().values(), key=Sweep._mean_test_score)
            again = TrainFCNN(self.dataset, seed=self.seed, device=self.device, engine=self.engine)
            return again.train_as(part.runs[0].recipe)  # with the first of their seeds
        best = self.runs[best_of([run.criterion for run in self.runs])]
        if complaint := report.complaint(best):
            warnings.warn(complaint, RuntimeWarning, stacklevel=2)
        return TrainFCNN.from_run(best, self.device, self.engine)

    def _mean_test_score(self) -> float:
        """Return the mean over the networks; less than anything if one has none, as it diverged."""
        mean = float(np.mean(self._column("test_score")))
        return mean if np.isfinite(mean) else -np.inf

    def plot_parallel(self, ax: "Axes | None" = None, of: str | None = None) -> "Axes":
        """Draw a line for each network through its settings to its score.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; by default in a figure of its own.
        of : str, optional
            As for `success_rate`.

        Returns
        -------
        Axes

        Raises
        ------
        ValueError
            If no field was varied, or no network is finished.
        """
        name = self.dataset.name
        settings = self._settings(*self.varied)
        return plotting.plot_parallel(name, settings, self._drawn(of), ax)

    def plot_scores(
        self, x: str, y: str | None = None, ax: "Axes | None" = None, of: str | None = None
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
        name = self.dataset.name
        column = self._drawn(of)
        settings = self._settings(x) if y is None else self._settings(x, y)
        if y is None:
            return plotting.plot_scores(name, x, settings[x], column, ax)
        if x == y:
            raise ValueError(f"x and y must be two fields, got {x!r} twice: leave y out")
        return plotting.plot_medians(name, settings, column, ax)

    def plot_success(
        self, at_least: float, by: str = "dims", ax: "Axes | None" = None, of: str | None = None
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
        rates = self.success_rates(at_least, by, of)
        column = self._drawn(of)
        goal = f"{column.mark(at_least)} {column.name}"
        return plotting.plot_success(self.dataset.name, by, rates, goal, ax)

    def errors(self, by: str | None = None) -> ErrorCurve:
        """Return errors on training and test sample, for each value of a varied field, or of all.

        Raises
        ------
        ValueError
            If no such field was varied, or no network is finished.
        """
        self._check_finished()
        parts = {"all": self} if by is None else self._split(by)
        scores = {
            str(format_setting(value)): (part._column("score"), part._column("test_score"))
            for value, part in parts.items()
        }
        return ErrorCurve.of(by or "networks", scores, self.task)

    def plot_errors(self, by: str = "dims", ax: "Axes | None" = None) -> "Axes":
        """Draw errors on training and test sample against a varied field.

        Parameters
        ----------
        by : str
            A varied field.
        ax : Axes, optional
            Where to draw; by default in a figure of its own.

        Returns
        -------
        Axes
        """
        return self.errors(by).plot(ax)

    def plot_losses(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the losses of all networks over the epochs: on what was held out, if all did so."""
        self._check_finished()
        histories = [run.history for run in self.runs]
        of = "validation"
        curves = [history.validation_loss for history in histories]
        # One scale for all: validation losses only if every network has them.
        if not all(map(len, curves)):
            curves = [history.loss for history in histories]
            of = "training"
        label = f"{of} {histories[0].loss_name}"
        return plotting.plot_losses(self.dataset.name, curves, label, ax)

    def plot_extremes(
        self, *, features: Features | None = None, figsize: tuple[float, float] | None = None
    ) -> "Figure":
        """Draw the best and the worst prediction, by their score, side by side.

        Parameters
        ----------
        features : (int, int), optional
            Which two to vary, from 0 or by name, in data of more than two features.
        figsize : (float, float), optional
            Width and height of the figure in inches.

        Raises
        ------
        ValueError
            If no network is finished, or all diverged.
        """
        self._check_finished()
        return draw_extremes(
            self.dataset, self.runs, self.rows, self._measure(None), self.varied, features, figsize
        )

    def _check_finished(self) -> None:
        if not self.runs:
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

    def _measure(self, of: str | None) -> str:
        """Return which column is meant."""
        return of or ("test_score" if self._has_folds else "score")

    def _drawn(self, of: str | None) -> "Column":
        of = self._measure(of)
        return plotting.Column(of, self._column(of), self.task)

    def _settings(self, *names: str) -> dict[str, list[object]]:
        """Return what each network had of some varied fields."""
        self._check_varied(*names)
        return {
            name: [format_setting(getattr(run.recipe, name)) for run in self.runs] for name in names
        }

    def _column(self, name: str) -> Array:
        self._check_finished()
        records = self.records()
        first = records[0]
        # Labels such as '8-4' have no quantiles.
        numbers = {key for key, value in first.items() if isinstance(value, Real)}
        look_up(dict.fromkeys(numbers), name, "column")
        values = np.array([record[name] for record in records], dtype=np.float64)
        worst = np.inf if name.endswith("loss") else -np.inf
        # What is no number diverged, or is not defined, as R² on a single sample.
        diverged = np.array([run.ended == "diverged" for run in self.runs])
        return np.where(np.isnan(values) & diverged, worst, values)

    def _split(self, by: str) -> dict[Any, "Sweep"]:
        """Return the part of the sweep for each value of a varied field, in order."""
        self._check_varied(by)
        parts = self._grouped(lambda recipe: getattr(recipe, by))
        names = [format_setting(value) for value in parts]
        # Own functions may share a name, such as <lambda>.
        labels = [
            f"{name} {number}" if names.count(name) > 1 else name
            for number, name in enumerate(names, start=1)
        ]
        return dict(zip(labels, parts.values(), strict=True))

    def _by_settings(self) -> dict[Any, "Sweep"]:
        """Return the part of the sweep for each combination of settings, in order."""
        return self._grouped(lambda recipe: tuple(getattr(recipe, name) for name in self.varied))

    def _grouped(self, key: Callable[[Recipe], object]) -> dict[Any, "Sweep"]:
        groups: dict[object, list[int]] = {}
        for index, run in enumerate(self.runs):
            groups.setdefault(key(run.recipe), []).append(index)
        return {value: self._part(indices) for value, indices in groups.items()}

    def _part(self, indices: list[int]) -> "Sweep":
        runs = [self.runs[index] for index in indices]
        rows = [self.rows[index] for index in indices]
        # A part is whole, even if the sweep was interrupted.
        return replace(self, runs=runs, rows=rows, n_planned=len(indices))
