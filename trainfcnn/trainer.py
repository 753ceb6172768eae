"""`TrainFCNN`, the facade: data, training, answers and pictures, one call below each method."""

import os
import warnings
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from trainfcnn.activations import Function
from trainfcnn.checks import check_seed, is_whole
from trainfcnn.datasets import Array, Dataset, Domain, Law, Values
from trainfcnn.engine import SMALL_WORK
from trainfcnn.grid import Grid, answer, measure, predict_grid, respond, tell_errors, verdict
from trainfcnn.history import History
from trainfcnn.images import Home, check_images
from trainfcnn.later import Later
from trainfcnn.network import FCNN
from trainfcnn.plane import Features, Plane
from trainfcnn.progress import progress_bar
from trainfcnn.recipe import Recipe, check_degrees
from trainfcnn.seeds import numpy_generator
from trainfcnn.sources import Source, as_dataset, check_inputs, check_targets
from trainfcnn.style import OVERVIEW_ROOM, OVERVIEW_SIZE, SHORT_NAME, new_figure
from trainfcnn.tasks import TASKS, baseline
from trainfcnn.training import Training
from trainfcnn.warps import turned

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from trainfcnn import (
        animation,
        diagnosis,
        diagnosis_plots,
        image_plots,
        notebook,
        plots,
        portrait,
        portrait_plots,
    )
    from trainfcnn.diagnosis import Mistakes
else:
    animation = Later("animation")
    diagnosis = Later("diagnosis")
    diagnosis_plots = Later("diagnosis_plots")
    image_plots = Later("image_plots")
    notebook = Later("notebook")
    plots = Later("plots")
    portrait = Later("portrait")
    portrait_plots = Later("portrait_plots")

ROTATIONS = tuple(range(-90, 91, 10))  # degrees
ERROR_CELLS = 200  # along each side; an even number leaves no cell on an axis, where labels change
OVERVIEW: list[Any] = [["data", "prediction", "loss"], ["network", "network", "errors"]]


@dataclass(frozen=True, eq=False)
class Run:
    """What one call of `TrainFCNN.train` left behind."""

    recipe: Recipe
    network: FCNN
    history: History
    ended: str  # 'done', 'stopped', 'diverged' or 'interrupted'


class TrainFCNN:
    """A data set, and the network trained on it.

    Parameters
    ----------
    dataset : str, path, Dataset, Law, (X, y) or callable
        A key of `DATASETS` or `IMAGES`, or your own data: arrays, a function ``f(x1, x2)``, the
        path of a CSV file whose last column is the target, a ready `Dataset` or `Law` (see
        `as_dataset`).
    n_samples : int, optional
        Points to draw, by default 2,500; of a set of images, how many to train on, by default all.
    noise : float
        Standard deviation of what is added to the drawn inputs (for a regression: the target).
    seed : int
        Of everything random. Same seed, same bits, on one machine.
    device : str
        'auto', 'cpu', 'cuda' or 'cuda:1'. 'auto' takes CUDA where it is there and the networks
        are large enough to gain by it.
    kind : str, optional
        'regression', 'binary' or 'multiclass', where own data could be either.
    data_home : str or path, optional
        Where the files of a set of images are looked for first (see `load_images`).
    normalize : {'auto', 'unit', 'standard', None}
        Of images: train on pixels from 0 to 1, or of mean 0 and standard deviation 1, or on those
        of the files. The network that comes out takes the pixels of the files all the same. 'auto'
        is 'unit', or what a ready `Dataset` says itself.

    Raises
    ------
    ValueError
        If something is out of bounds or unknown; nothing is half-done then.
    FileNotFoundError
        If the files of a set of images are not there and cannot be downloaded.

    Examples
    --------
    >>> xor = TrainFCNN(dataset="xor")
    >>> xor
    TrainFCNN('xor'): binary, 2,500 points, not trained yet: call .train()
    >>> xor.train(dims=[6], epochs=100).score() > 0.95
    True
    """

    def __init__(
        self,
        dataset: Source = "xor",
        n_samples: int | None = None,
        noise: float = 0.0,
        seed: int = 0,
        device: str = "auto",
        kind: str | None = None,
        data_home: Home | None = None,
        normalize: str | None = "auto",
    ) -> None:
        self.device = _check_device(device)
        self.dataset = as_dataset(
            dataset, n_samples, noise, seed, kind, data_home=data_home, normalize=normalize
        )
        self.seed = check_seed(seed)
        self._run: Run | None = None
        self._picture: bytes | None = None  # for a notebook, which asks for it twice

    @property
    def kind(self) -> str:
        """'regression', 'binary' or 'multiclass'."""
        return self.dataset.kind

    def train(
        self,
        dims: Sequence[int] | int | None = None,
        activation: str | Function | None = None,
        last_activation: str | None = None,
        *,
        init: str | None = None,
        optimizer: str | None = None,
        lr: float | None = None,
        momentum: float | None = None,
        nesterov: bool | None = None,
        weight_decay: float | None = None,
        schedule: str | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        shuffle: bool | None = None,
        dropout: float | None = None,
        validation: float | None = None,
        patience: int | None = None,
        weight_seed: int | None = None,
        restarts: int | None = None,
        dtype: str | None = None,
        standardize: bool | None = None,
        rotate: float | None = None,
        shift: float | None = None,
        scale: float | None = None,
        progress: bool | None = None,
    ) -> "TrainFCNN":
        """Train a new network and return `self`.

        What is not given is as recommended for the data set, so that the bare call works on every
        one of them. Each call starts anew, from the same initial weights and with the same
        batches, so that two calls can be compared. Ctrl-C keeps the network trained so far.

        Parameters
        ----------
        dims, activation, ..., scale
            As in `Recipe`.
        progress : bool, optional
            Whether to show a progress bar; by default in a terminal, on runs of over a second.

        Raises
        ------
        ValueError
            If a value is out of bounds; the trainer is as it was before.

        Warns
        -----
        RuntimeWarning
            If the loss stopped being a finite number.
        """
        recipe = self._usual.but(
            dims=dims,
            activation=activation,
            last_activation=last_activation,
            init=init,
            optimizer=optimizer,
            lr=lr,
            momentum=momentum,
            nesterov=nesterov,
            weight_decay=weight_decay,
            schedule=schedule,
            epochs=epochs,
            batch_size=batch_size,
            shuffle=shuffle,
            dropout=dropout,
            validation=validation,
            patience=patience,
            weight_seed=weight_seed,
            restarts=restarts,
            dtype=dtype,
            standardize=standardize,
            rotate=rotate,
            shift=shift,
            scale=scale,
        )
        return self.train_as(recipe, progress)

    def train_as(self, recipe: Recipe, progress: bool | None = None) -> "TrainFCNN":
        """Train a new network by a whole `Recipe` and return `self`; see `train`."""
        training = self._begin(recipe)
        ended = _walk(training, recipe.epochs, progress)
        self._keep(training, recipe, ended, callers=2)  # `train`, and who called it
        return self

    def _begin(self, recipe: Recipe) -> Training:
        return Training(self.dataset, recipe, self.seed, device=self.device_for(recipe))

    def _keep(self, training: Training, recipe: Recipe, ended: str, callers: int = 1) -> int:
        """Hold the best member of a training, and return which it is.

        A warning is for those `callers` above the one who calls this.
        """
        if ended != "interrupted" and training.diverged:
            ended = "diverged"
        best = training.best_member()
        history = training.history(best)
        if recipe.restarts > 1:
            history = replace(history, restart_losses=training.restart_losses())
        self._run, self._picture = Run(recipe, training.network(best), history, ended), None
        if ended == "diverged":
            epoch = int(np.isfinite(self.history.loss).argmin()) + 1
            warnings.warn(
                f"training diverged: the loss must stay finite, and was "
                f"{self.history.loss[epoch - 1]} in epoch {epoch}; try a lower lr than "
                f"{recipe.lr:g}, or standardize=True",
                RuntimeWarning,
                stacklevel=2 + callers,
            )
        return best

    @property
    def _usual(self) -> Recipe:
        """What is recommended for the data."""
        return Recipe().but(**self.dataset.recommended)

    def holding(self, run: Run, dataset: Dataset, seed: int) -> "TrainFCNN":
        """Return a trainer that holds `run`, and the data it was trained on."""
        other = copy(self)
        other.dataset, other.seed, other._run, other._picture = dataset, seed, run, None
        return other

    def device_for(self, recipe: Recipe) -> str:
        """Return where a recipe's networks are trained: 'cpu', or a CUDA device."""
        if self.device != "auto":
            return self.device
        sizes = (self.dataset.x.shape[1], *recipe.dims)
        work = min(recipe.batch_size, len(self.dataset.x)) * sum(a * b for a, b in pairwise(sizes))
        return "cuda" if work >= SMALL_WORK and torch.cuda.is_available() else "cpu"

    @property
    def _last(self) -> Run:
        if self._run is None:
            raise RuntimeError(
                f"TrainFCNN({self.dataset.name!r}) is not trained yet: call .train() first"
            )
        return self._run

    @property
    def recipe(self) -> Recipe:
        """The hyper-parameters of the last training."""
        return self._last.recipe

    @property
    def network(self) -> FCNN:
        """The trained network, an ordinary `torch.nn.Module` on the CPU."""
        return self._last.network

    @property
    def history(self) -> History:
        """Losses and scores of every epoch."""
        return self._last.history

    @property
    def loss(self) -> float:
        """The trained network's mean loss on the training sample (RuntimeError before `train`)."""
        return self._reached()[0]

    @property
    def accuracy(self) -> float:
        """The trained network's share of right answers on the training sample."""
        if not self.dataset.classes:
            raise ValueError(
                f"accuracy is for classes, and {self.dataset.name!r} is a regression: use .score()"
            )
        return self._reached()[1]

    @property
    def baseline(self) -> float:
        """What the best constant answer reaches on the training sample: an accuracy, or an MSE."""
        return baseline(self.kind, self.dataset.y)

    def score(
        self, X: ArrayLike | None = None, y: ArrayLike | None = None, *, rotate: float = 0.0
    ) -> float:
        """Return the accuracy (regression: R²) on the test sample, or on `X` and `y`.

        Parameters
        ----------
        X : array-like of shape (n, d) or (n, height, width), optional
            Inputs, with `y`.
        y : array-like of shape (n,), optional
            Targets, with `X`.
        rotate : float
            Turn images at random before, by up to so many degrees either way, always alike for the
            same `seed`.
        """
        if (X is None) != (y is None):
            raise ValueError("score must get both X and y, or neither: got one of them")
        inputs, targets = self.dataset.x_test, self.dataset.y_test
        if X is not None and y is not None:
            inputs, targets = self._check(X), self._as_targets(check_targets(y))
        if len(inputs) != len(targets):
            raise ValueError(
                f"X and y must be of equal length, got {len(inputs)} rows and {len(targets)} "
                "targets: give one target a row"
            )
        if rotate:
            limit = check_degrees(rotate)
            degrees = numpy_generator(self.seed, "angles").uniform(-limit, limit, len(inputs))
            inputs = turned(inputs, check_images(self.dataset), degrees)
        return self._measure(inputs, targets)[1]

    def rotation_scores(self, degrees: ArrayLike = ROTATIONS) -> Array:
        """Return the score on the test images, all turned by each of `degrees` (n,) in turn.

        Angles are counter-clockwise; by default from -90 to 90 in steps of 10.
        """
        shape, angles = check_images(self.dataset), _as_angles(degrees)
        x, y = self.dataset.x_test, self.dataset.y_test
        return np.array([self._measure(turned(x, shape, angle), y)[1] for angle in angles])

    def confusion(self) -> NDArray[np.int64]:
        """Return how often each class was taken for each other on the test sample.

        Rows are the truth and columns the answers, in the order of ``dataset.classes``:
        (n_classes, n_classes).
        """
        dataset = self._with_classes()
        answers = self._decide(dataset.x_test)
        return diagnosis.confusion(dataset.y_test, answers, len(dataset.classes))

    def mistakes(self, n: int = 24) -> "Mistakes":
        """Return the surest wrong answers on the test sample, `n` at most."""
        dataset = self._with_classes()
        if not is_whole(n) or n < 1:
            raise ValueError(f"n must be an integer of 1 or more, got {n!r}: try n=24")
        return diagnosis.Mistakes.of(self._probabilities(dataset.x_test), dataset.y_test, n)

    def exact_score(self) -> float:
        """Return the score against the truth itself, where points are drawn (`exact_points`).

        Raises
        ------
        ValueError
            If the truth is not known, as for own data.
        """
        law = self._law()
        points = law.exact_points()
        return self._measure(points, law.truth(*points.T))[1]

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the predicted labels, or a regression's values, (n,) for inputs (n, d)."""
        answers = self._decide(self._check(X))
        return np.array(self.dataset.classes)[answers] if self.dataset.classes else answers

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of every class, (n, n_classes) for inputs (n, d)."""
        return self._probabilities(self._check(X))

    def predict_grid(
        self, n: int = 201, margin: float = 0.25, *, features: Features | None = None
    ) -> Grid:
        """Return the prediction over the plane (see `grid.predict_grid`)."""
        return predict_grid(self.network, self.dataset, n, margin, features)

    def plot_dataset(self, ax: "Axes | None" = None, *, features: Features | None = None) -> "Axes":
        """Draw the training sample: points, or some images of every class."""
        if self.dataset.image_shape is not None and features is None:
            return image_plots.plot_samples(self.dataset, ax)
        return plots.plot_dataset(self.dataset, ax, features)

    def plot_loss(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the loss over the epochs."""
        return plots.plot_loss(self.history, ax)

    def plot_score(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the accuracy (regression: R²) over the epochs."""
        return plots.plot_score(self.history, ax)

    def plot_prediction(
        self, ax: "Axes | None" = None, *, features: Features | None = None
    ) -> "Axes":
        """Draw the prediction over the plane, with the training sample.

        Of data with more than two features, say which to vary, e.g. ``features=(0, 3)``; the
        others stay at their median.
        """
        grid = self.predict_grid(features=features)
        title = f"{self.dataset.name}: {verdict(self.network, self.dataset)}"
        return plots.plot_prediction(grid, self.dataset, ax, title)

    def plot_error(self, ax: "Axes | None" = None) -> "Axes":
        """Draw where the prediction departs from the truth, in the sampled domain and beyond.

        Raises
        ------
        ValueError
            If the truth is not known, as for own data.
        """
        law, grid = self._law(), self.predict_grid(ERROR_CELLS)
        truth = law.truth(*np.meshgrid(grid.x1, grid.x2))
        return plots.plot_error(grid, truth, ax, self._errors_told(law, grid.box))

    def _errors_told(self, law: Law, box: Domain) -> str:
        """Return how large errors are, for a title: where points are drawn, or all over the box."""
        if law.draw is not None:
            exact, task = self.exact_score(), TASKS[self.kind]
            return f"{task.score_name} {task.say_score(exact)} where points are drawn"
        points = box.strewn(ERROR_CELLS, numpy_generator(0, "exact"))
        values, inside = answer(self.network, self.kind, points), law.domain.holds(*points.T)
        return tell_errors(self.kind, values, law.truth(*points.T), inside)

    def plot_network(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the network: each unit's view of the plane, and the weights between them."""
        drawn = portrait.Portrait.of(self.network, self.dataset)
        return portrait_plots.plot_network(drawn, ax)

    def plot_space(
        self,
        ax: "Axes | None" = None,
        *,
        layer: int | None = None,
        units: Sequence[int] | None = None,
        features: Features | None = None,
    ) -> "Axes":
        """Draw the plane and the data as two units of a hidden layer see them.

        Layers and units are counted from 0. By default it is the last hidden layer of two units,
        or else those two of the last layer that have the largest weights.
        """
        bent = portrait.BentPlane.of(self.network, self.dataset, layer, units, features)
        return portrait_plots.plot_space(bent, self.dataset, ax)

    def plot_confusion(self, ax: "Axes | None" = None) -> "Axes":
        """Draw how often each class was taken for each other on the test sample."""
        return diagnosis_plots.plot_confusion(self.confusion(), self.dataset.classes, ax)

    def plot_calibration(self, ax: "Axes | None" = None) -> "Axes":
        """Draw how often answers are right against how sure they are, on the test sample."""
        return diagnosis_plots.plot_calibration(diagnosis.Reliability.of(*self._judged()), ax)

    def plot_roc(self, ax: "Axes | None" = None) -> "Axes":
        """Draw hits against false alarms for each class against the rest, on the test sample."""
        return diagnosis_plots.plot_roc(*self._judged(), self.dataset.classes, ax)

    def plot_precision_recall(self, ax: "Axes | None" = None) -> "Axes":
        """Draw precision against recall for each class against the rest, on the test sample."""
        return diagnosis_plots.plot_precision_recall(*self._judged(), self.dataset.classes, ax)

    def plot_residuals(self, ax: "Axes | None" = None) -> "Axes":
        """Draw a regression's errors against the truth, on the test sample."""
        dataset = self.dataset
        if dataset.classes:
            raise ValueError(
                f"residuals are for a regression, and {dataset.name!r} has classes: use "
                "plot_calibration() or plot_confusion()"
            )
        self._check_tested()
        return diagnosis_plots.plot_residuals(dataset.y_test, self._decide(dataset.x_test), ax)

    def plot_mistakes(self, ax: "Axes | None" = None, *, n: int | None = None) -> "Axes":
        """Draw the test images with the `n` surest wrong answers; by default four rows of them."""
        check_images(self.dataset)
        found = self.mistakes(image_plots.n_mistakes(self.dataset) if n is None else n)
        return image_plots.plot_mistakes(self.dataset, found, ax)

    def plot_weights(self, ax: "Axes | None" = None) -> "Axes":
        """Draw what units of the first layer look at, as images.

        A weight is shown times the standard deviation of its pixel: what the pixel contributes.
        """
        shape = check_images(self.dataset)
        return image_plots.plot_weights(self._contributions(), shape, ax)

    def plot_rotation(self, ax: "Axes | None" = None, *, degrees: ArrayLike = ROTATIONS) -> "Axes":
        """Draw the score on turned test images against the angle (see `rotation_scores`)."""
        angles, name = _as_angles(degrees), TASKS[self.kind].score_name
        return image_plots.plot_rotation(angles, self.rotation_scores(angles), name, ax)

    def plot(self, *, features: Features | None = None) -> "Figure":
        """Draw data, prediction, loss, network and errors in one figure.

        Errors are those against the truth where it is known, else on the test sample. For images
        it is samples, loss and score, what went wrong, and weights.

        Parameters
        ----------
        features : (int, int), optional
            Which two to vary, from 0, in data of more than two features.
        """
        dataset = self.dataset
        if dataset.image_shape is not None and features is None:
            return self._plot_images()
        Plane.of(dataset, features)
        names_are_short = all(len(str(label)) <= SHORT_NAME for label in dataset.classes)
        counted = dataset.law is None and bool(dataset.classes)  # with a strip above the errors
        room = OVERVIEW_ROOM if names_are_short and not counted else None
        figure = new_figure(OVERVIEW_SIZE, str(self), between_rows=0.1, fixed=room)
        places = figure.subplot_mosaic(OVERVIEW)
        self.plot_dataset(places["data"], features=features)
        self.plot_prediction(places["prediction"], features=features)
        self.plot_loss(places["loss"])
        self.plot_network(places["network"])
        self._plot_errors(places["errors"])
        return figure

    def _plot_errors(self, ax: "Axes") -> None:
        x = self.dataset.x_test
        if self.dataset.law is not None:
            self.plot_error(ax)
        elif not len(x) or not respond(self.network, self.kind, x).isfinite().all():
            self.plot_score(ax)  # there is no test sample, or the training diverged
        elif self.dataset.classes:
            self.plot_calibration(ax)
        else:
            self.plot_residuals(ax)

    def _plot_images(self) -> "Figure":
        wrong = None
        if self.dataset.classes and len(self.dataset.x_test):
            wrong = self.confusion(), self.mistakes(image_plots.n_mistakes(self.dataset))
        return image_plots.plot_image_overview(
            self.dataset, self.history, self._contributions(), wrong, title=str(self)
        )

    def animate(
        self,
        path: str | os.PathLike[str],
        *,
        frames: int = 60,
        fps: float = 12,
        features: Features | None = None,
        progress: bool | None = None,
    ) -> Path:
        """Train once more and film it: prediction, network and loss, epoch by epoch.

        The recipe is that of the last training, or what is recommended for the data, so that the
        same network comes out, and takes the place of the last one. Pictures are taken often at
        first and then rarely.

        Parameters
        ----------
        path : str or path
            The film: .gif, .png or .apng (animated PNG), .webp, or .mp4 where ffmpeg is there.
        frames : int
            Pictures, at most; 2 or more.
        fps : float
            Pictures a second, from 0.1 to 100 (a GIF counts hundredths of a second); the last one
            stays for two seconds, or as long as the others if that is more.
        features : (int, int), optional
            Which two to vary, from 0, in data of more than two features.
        progress : bool, optional
            Whether to show a progress bar; by default in a terminal, where it takes over a second.

        Returns
        -------
        Path
            Of the film.

        Raises
        ------
        ValueError
            If the ending is unknown, ffmpeg is missing, or the film cannot be written there.
        """
        place = Path(path)
        animation.check_film(place, frames, fps)
        Plane.of(self.dataset, features)
        recipe = self._usual if self._run is None else self.recipe
        training, taken = self._begin(recipe), dict[int, list[FCNN]]()
        loop = animation.filmed(training, animation.film_epochs(recipe.epochs, frames), taken)
        best = self._keep(training, recipe, _walk(loop, recipe.epochs, progress))
        networks = {epoch: members[best] for epoch, members in taken.items()}
        shots = animation.shots(networks, self.network, self.dataset, self.history)
        pictures = []
        with progress_bar(len(shots), "picture", progress) as bar:
            for picture in animation.draw_film(shots, self.dataset, self.history, features):
                pictures.append(picture)
                bar.update()
        animation.write_film(place, pictures, fps)
        return place

    def results(self) -> dict[str, object]:
        """Return what there is to know of the training, as a dict that JSON can hold.

        A number that is not finite, or not known, is None.
        """
        run, test = self._last, len(self.dataset.x_test) > 0
        loss, score = self._reached()
        results = {
            "dataset": self.dataset.name,
            "kind": self.kind,
            "n_samples": len(self.dataset.x),
            "seed": self.seed,
            "recipe": asdict(run.recipe) | {"activation": run.network.activation.name},
            "dims": list(run.network.dims),
            "epochs": len(run.history),
            "ended": run.ended,
            "seconds": run.history.seconds,
            "loss_name": run.history.loss_name,
            "score_name": run.history.score_name,
            "loss": loss,
            "score": score,
            "test_score": self.score() if test else None,
            "exact_score": self.exact_score() if self.dataset.law else None,
            "baseline": self.baseline,
        }
        return {
            name: None if isinstance(value, float) and not isfinite(value) else value
            for name, value in results.items()
        }

    def _law(self) -> Law:
        if self.dataset.law is None:
            raise ValueError(
                f"the truth of {self.dataset.name!r} is not known: use .score(), on the test sample"
            )
        return self.dataset.law

    def _with_classes(self) -> Dataset:
        """Return the data set, if it has classes and a test sample to judge them on."""
        if not self.dataset.classes:
            raise ValueError(
                f"this is for classes, and {self.dataset.name!r} is a regression: use .score() or "
                "plot_residuals()"
            )
        self._check_tested()
        return self.dataset

    def _check_tested(self) -> None:
        if not len(self.dataset.x_test):
            raise ValueError(f"there is no test sample in {self.dataset.name!r}: use predict(X)")

    def _judged(self) -> tuple[Array, Values]:
        """Return probabilities on the test sample, (n, n_classes), and the true classes, (n,)."""
        dataset = self._with_classes()
        return self._probabilities(dataset.x_test), dataset.y_test

    def _decide(self, x: Values) -> Values:
        """Return class indices, or values of a regression, (n,) for points (n, d)."""
        return TASKS[self.kind].decide(respond(self.network, self.kind, x)).numpy()

    def _probabilities(self, x: Values) -> Array:
        outputs = respond(self.network, self.kind, x)
        return TASKS[self.kind].probabilities(outputs.double()).numpy()

    def _contributions(self) -> Array:
        """Return the first layer's weights, times each feature's standard deviation."""
        return portrait.Portrait.of(self.network, self.dataset).links[0]

    def _check(self, X: ArrayLike) -> Values:
        return check_inputs(X, self.network.dims[0], self.dataset.image_shape)

    def _as_targets(self, labels: NDArray[Any]) -> Values:
        """Return labels as class indices; a regression's values stay."""
        if not self.dataset.classes:
            if labels.dtype.kind == "U":
                raise ValueError(f"y must hold numbers, got {str(labels[0])!r}: convert it")
            return labels
        hits = labels[:, None] == np.array(self.dataset.classes)
        if not hits.any(1).all():
            stranger = labels[~hits.any(1)][0]
            raise ValueError(
                f"y must hold the classes {list(self.dataset.classes)}, got {stranger.item()!r} "
                "too: leave it out"
            )
        indices: Values = hits.argmax(1)
        return indices

    def _reached(self) -> tuple[float, float]:
        """Return loss and score on the training sample."""
        return self._measure(self.dataset.x, self.dataset.y)

    def _measure(self, x: Values, y: Values) -> tuple[float, float]:
        """Return loss and score on inputs (n, d) and class indices or values (n,)."""
        return measure(self.network, self.dataset, x, y)

    def _repr_png_(self) -> bytes | None:
        """Return the overview for a notebook; before `train`, the data."""
        if self._picture is None:
            figure = self._for_notebook()
            self._picture = notebook.as_png(figure) if figure else None
        return self._picture

    def _for_notebook(self) -> "Figure | None":
        images, n_features = self.dataset.image_shape is not None, self.dataset.x.shape[1]
        features = None if images or n_features == 2 else (0, 1)
        if images or n_features > 1:
            if self._run is not None:
                return self.plot(features=features)
            return self.plot_dataset(features=features).get_figure(root=True)
        return None if self._run is None else self.plot_loss().get_figure(root=True)

    def _repr_html_(self) -> str:
        """Return a table of what is known, and the overview, for a notebook."""
        rows = {"data": repr(self.dataset)} | ({} if self._run is None else self._summary())
        return notebook.as_html(f"TrainFCNN({self.dataset.name!r})", rows, self._repr_png_())

    def _summary(self) -> dict[str, str]:
        """Return what there is to know of the training, in words."""
        results, task = self.results(), TASKS[self.kind]
        named = {"score": "training", "test_score": "test", "exact_score": "truth"}
        scores = [
            f"{task.say_score(value)} ({where})"
            for key, where in named.items()
            if isinstance(value := results[key], float)
        ]
        constant = "accuracy" if self.dataset.classes else self.history.loss_name
        return {
            "network": repr(self.network),
            "training": repr(self.history),
            "ended": str(results["ended"]),
            "loss": f"{self.history.loss_name} {self.loss:#.3g}",
            task.score_name: ", ".join(scores),
            "best constant answer": f"{constant} {self.baseline:.4f}",
        }

    def __repr__(self) -> str:
        name = f"TrainFCNN({self.dataset.name!r})"
        if self._run is None:
            samples = (
                f"{len(self.dataset.x):,} {'images' if self.dataset.image_shape else 'points'}"
            )
            return f"{name}: {self.kind}, {samples}, not trained yet: call .train()"
        recipe, network, history, ended = self.recipe, self.network, self.history, self._run.ended
        task = TASKS[self.kind]
        loss, score = self._reached()
        epochs = f"{len(history)} epoch{'s' * (len(history) != 1)}"
        if ended != "done":
            epochs = f"{ended} after {len(history)} of {recipe.epochs} epochs"
        schedule = "" if recipe.schedule == "constant" else f" {recipe.schedule}"
        test = f" (test {task.say_score(self.score())})" if len(self.dataset.x_test) else ""
        return (
            f"{name}: {'-'.join(map(str, network.dims))} {network.activation.name}, "
            f"{recipe.optimizer} lr={recipe.lr:g}{schedule}, {epochs}, loss {loss:#.3g}, "
            f"{task.score_name} {task.say_score(score)}{test}, {history.seconds:.2f} s"
        )


def _walk(loop: Iterable[int], epochs: int, progress: bool | None) -> str:
    """Train to the end, or to Ctrl-C; return how it ended."""
    done = 0
    try:
        with progress_bar(epochs, "epoch", progress) as bar:
            for epoch in loop:
                bar.update()
                done = epoch
    except KeyboardInterrupt:
        return "interrupted"
    return "done" if done == epochs else "stopped"


def _as_angles(degrees: ArrayLike) -> Array:
    try:
        angles = np.atleast_1d(np.asarray(degrees, np.float64))
    except (TypeError, ValueError):
        angles = np.empty(0)
    if angles.ndim != 1 or not len(angles) or not np.isfinite(angles).all():
        raise ValueError(f"degrees must be finite angles, got {degrees!r}: try degrees=[0, 10, 20]")
    return angles


def _check_device(device: str) -> str:
    """Return `device` if it is there."""
    if device == "auto":
        return "auto"
    try:
        wanted = torch.device(device)
    except (RuntimeError, TypeError):
        wanted = None
    if wanted is None or wanted.type not in ("cpu", "cuda"):
        raise ValueError(
            f"device must be 'auto', 'cpu', 'cuda' or 'cuda:1', got {device!r}: try 'auto'"
        )
    there = torch.cuda.device_count()
    if wanted.type == "cuda" and (wanted.index or 0) >= there:
        raise ValueError(
            f"device {str(wanted)!r} is not there: torch sees {there} CUDA devices; try 'auto'"
        )
    return str(wanted)
