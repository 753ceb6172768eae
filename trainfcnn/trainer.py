"""`TrainFCNN`, the facade: data, training, answers and pictures, a few calls below each method."""

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from trainfcnn import plotting, report
from trainfcnn._support.checks import check_seed
from trainfcnn._support.names import explain_missing, with_known_names
from trainfcnn.analysis import evaluation
from trainfcnn.analysis.prediction import Features
from trainfcnn.analysis.targets import Target, dataset_of_target, run_of_target
from trainfcnn.answering import Answering
from trainfcnn.data.columns import is_frame
from trainfcnn.data.images import Home
from trainfcnn.data.samples import with_validation
from trainfcnn.data.sources import DATA_ARGUMENTS, DataSpec, Source
from trainfcnn.data.splits import TestSize
from trainfcnn.data.tables import Drop, Targets
from trainfcnn.data.weights import ClassWeight, weighted
from trainfcnn.engine.backend import check_engine
from trainfcnn.engine.device import check_device
from trainfcnn.export.files import Exports
from trainfcnn.keeping import Keeping, as_start, begun_with
from trainfcnn.nn.activations import Function
from trainfcnn.nn.init import Initializer
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import baseline
from trainfcnn.pictures import Pictures
from trainfcnn.playground.playing import Playing
from trainfcnn.recipe import RECOMMENDED, SETTINGS, Recipe, check_recipe, check_settings, choose
from trainfcnn.training.history import History
from trainfcnn.training.loop import Training
from trainfcnn.training.more import joined
from trainfcnn.training.resolve import doubt_dims
from trainfcnn.training.run import Run
from trainfcnn.training.walk import walk

if TYPE_CHECKING:
    from trainfcnn.estimators import FCNNClassifier, FCNNRegressor


class TrainFCNN(Answering, Pictures, Exports, Keeping, Playing):
    """A data set, and the network trained on it.

    Parameters
    ----------
    dataset : str, path, table, Dataset, Law, (X, y) or callable
        A key of `DATASETS` or `IMAGES`, or your own data: arrays, a function ``f(x)`` or
        ``f(x1, x2)``, a frame or the path of a CSV file whose last column is the target unless
        `target` says another, a ready `Dataset` or `Law`.
    n_samples, noise, kind, data_home, normalize, target, drop, missing
        How much to draw or take, and how: see `as_dataset`; ``kind='multilabel'`` takes columns of
        0 and 1 for labels, each of which may hold.
    test_size : float or (X, y), optional
        Of own arrays and files: the share to hold out for the test, or the test sample itself.
    seed : int
        Of everything random. Same seed, same bits, on one machine.
    device : str
        'auto', 'cpu', 'cuda' or 'cuda:1'. 'auto' takes CUDA where it is there and the networks
        are large enough to gain by it.
    engine : str
        'auto', 'fused' or 'torch'. 'auto' trains by the fused kernel what that can do, and the
        rest on torch; ``results()["engine"]`` says which it was.

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

    @with_known_names("TrainFCNN()", {".train()": SETTINGS})
    def __init__(
        self,
        dataset: Source = "xor",
        n_samples: int | None = None,
        noise: float = 0.0,
        seed: int = 0,
        device: str = "auto",
        engine: str = "auto",
        kind: str | None = None,
        data_home: Home | None = None,
        normalize: str | None = "auto",
        target: Targets = None,
        drop: Drop = (),
        missing: str = "refuse",
        test_size: TestSize = None,
    ) -> None:
        self.device = check_device(device)  # before data are drawn, or even downloaded
        self.engine = check_engine(engine)
        spec = DataSpec(
            dataset, n_samples, noise, kind, data_home, normalize, target, drop, missing, test_size
        )
        self.dataset = spec.load(seed)
        self.seed = check_seed(seed)
        self._run: Run | None = None
        self._picture: bytes | None = None  # for a notebook, which asks for it twice

    @property
    def kind(self) -> str:
        """'regression', 'binary', 'multiclass' or 'multilabel'."""
        return self.dataset.kind

    @with_known_names("train()", {"TrainFCNN()": DATA_ARGUMENTS})
    def train(
        self,
        dims: Sequence[int] | int | None = RECOMMENDED,
        activation: str | Function | Sequence[str | Function] | None = RECOMMENDED,
        last_activation: str | None = RECOMMENDED,
        *,
        init: str | Initializer | None = RECOMMENDED,
        optimizer: str | None = RECOMMENDED,
        lr: float | None = RECOMMENDED,
        momentum: float | None = RECOMMENDED,
        nesterov: bool | None = RECOMMENDED,
        weight_decay: float | None = RECOMMENDED,
        schedule: str | None = RECOMMENDED,
        epochs: int | None = RECOMMENDED,
        steps: int | None = RECOMMENDED,
        batch_size: int | None = RECOMMENDED,
        shuffle: bool | None = RECOMMENDED,
        dropout: float | Sequence[float] | None = RECOMMENDED,
        validation: float | tuple[ArrayLike, ArrayLike] | None = RECOMMENDED,
        patience: int | None = RECOMMENDED,
        min_delta: float | None = RECOMMENDED,
        until: str | None = RECOMMENDED,
        max_seconds: float | None = RECOMMENDED,
        weight_seed: int | None = RECOMMENDED,
        restarts: int | None = RECOMMENDED,
        dtype: str | None = RECOMMENDED,
        standardize: bool | None = RECOMMENDED,
        rotate: float | None = RECOMMENDED,
        shift: float | None = RECOMMENDED,
        scale: float | None = RECOMMENDED,
        betas: tuple[float, float] | None = RECOMMENDED,
        alpha: float | None = RECOMMENDED,
        eps: float | None = RECOMMENDED,
        loss: str | None = RECOMMENDED,
        l1: float | None = RECOMMENDED,
        recommended: bool = False,
        verbose: bool = False,
        progress: bool | None = None,
        test_every: int | None = None,
        record_steps: bool = False,
        start: "TrainFCNN | FCNN | str | os.PathLike[str] | None" = None,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: int | str = 1,
        sample_weight: ArrayLike | None = None,
        class_weight: ClassWeight = None,
    ) -> "TrainFCNN":
        """Train a new network and return `self`.

        Say nothing, and all is as recommended for the data. Name one of `optimizer`, `lr`,
        `momentum`, `nesterov`, `weight_decay` and `schedule`, and the rest of these and `epochs`
        are plain (that optimizer's usual rate, a cooldown, no decay, 200 epochs, on images 10),
        while sizes and activation stay; name `dims`, and no dropout comes along.

        None takes a setting off. Each call starts anew, from the same initial weights and with the
        same batches, so that two calls can be compared. Ctrl-C keeps the network trained so far.

        Parameters
        ----------
        dims, activation, ..., l1
            As in `Recipe`; `validation` may also be a sample (X, y) of your own.
        recommended : bool
            Keep all that is recommended and not named, whatever else is.
        verbose : bool
            Whether to print a line an epoch, and of many epochs some.
        progress : bool, optional
            Whether to show a progress bar; by default in a terminal, on runs of over a second.
        test_every : int, optional
            After how many epochs each to look at the test sample too, for `history`, `plot_loss`
            and the lines of `verbose`; by default never. The training does not depend on it.
        record_steps : bool
            Whether `history.step_loss` is to hold the loss of every batch.
        start : TrainFCNN, FCNN or path, optional
            The weights to begin with; sizes and activations are its own unless named.
        checkpoint : str or path, optional
            A file that is written on the way, from which `resume` goes on after a crash, and ends
            with the same bits. Your own data are in it.
        checkpoint_every : int or str
            After how many epochs to write it, or seconds, as in '30 s'; later where all that
            writing would take more than 1 % of the time, or epochs take milliseconds.
        sample_weight : array-like of shape (n,), optional
            How much each training sample counts in the loss, 0 not at all; only their shares of the
            sum matter. On full batches a whole number is as good as so many copies. Of data that
            are still to be split give them as ``TrainFCNN((X, y, sample_weight))``.
        class_weight : 'balanced' or dict, optional
            The same for each class: its label and its weight, 1 for others; 'balanced' lets all
            classes count alike, however many samples they have, or of several labels those that
            have each and those that have it not.

        Raises
        ------
        ValueError
            If a value is out of bounds; the trainer is as it was before.

        Warns
        -----
        RuntimeWarning
            If the loss stopped being a finite number, or is far above that of a constant answer.
        """
        given = locals()  # before anything else is in them: a test holds them equal to the fields
        settings = {name: given[name] for name in SETTINGS}
        check_settings(settings)
        dataset = weighted(self.dataset, sample_weight, class_weight)
        if isinstance(validation, tuple | list) or is_frame(validation):
            dataset = with_validation(dataset, validation)
            settings["validation"] = None  # no share of the training sample
        if doubt := doubt_dims(dims, self.dataset):
            # 3: this method, what looks at its arguments' names, and then the line that called it.
            warnings.warn(doubt, UserWarning, stacklevel=3)
        network = None if start is None else as_start(start)
        if network is not None:
            settings = begun_with(network, settings, dataset.kind)
        recipe = self._recipe(settings, recommended)
        file = self._checkpoint(checkpoint, checkpoint_every)
        training = Training(
            dataset,
            recipe,
            self.seed,
            device=self.device,
            test_every=test_every,
            record_steps=record_steps,
            engine=self.engine,
        )
        if network is not None:
            training.begin_with(network)
        self._walk(training, file, progress, verbose)
        return self._hold(training)

    @with_known_names("train_as()", {".train()": SETTINGS})
    def train_as(self, recipe: Recipe, progress: bool | None = None) -> "TrainFCNN":
        """Train a new network by a whole `Recipe` and return `self`; see `train`."""
        training = Training(
            self.dataset, check_recipe(recipe), self.seed, device=self.device, engine=self.engine
        )
        walk(training, progress)
        return self._hold(training)

    def _hold(self, training: Training, before: Run | None = None) -> "TrainFCNN":
        """Hold the best of what a training leaves behind, and warn if that is of no use.

        Where it went on with a network, `before` is what had been trained of it.

        Public methods call it themselves, so that the warning is for the line that called them.
        """
        run = training.best_run()
        self._run = run if before is None else joined(before, run)
        self._picture = None
        if complaint := report.complaint(self._run):
            # 4: this method, the public one, what looks at its arguments, and the line that called.
            warnings.warn(complaint, RuntimeWarning, stacklevel=4)
        return self

    def __getstate__(self) -> dict[str, object]:
        """Refuse to pickle what could not be found again."""
        if self._run is not None:
            self._run.recipe.check_pickles()
        return self.__dict__

    if not TYPE_CHECKING:  # a checker would take any name for an attribute
        __getattr__ = explain_missing

    def _recipe(self, given: Mapping[str, object], recommended: bool = False) -> Recipe:
        """Return what a few named settings stand for, on these data."""
        dataset = self.dataset
        return choose(dataset.recommended, given, dataset.plain_epochs, recommended)

    @classmethod
    def from_run(cls, run: Run, device: str = "auto", engine: str = "auto") -> "TrainFCNN":
        """Return a trainer that holds a run, and the data it was trained on."""
        trainer = cls(run.dataset, seed=run.seed, device=device, engine=engine)
        trainer._run = run
        return trainer

    @property
    def run(self) -> Run:
        """What the last training left behind (RuntimeError before `train`)."""
        if self._run is None:
            raise RuntimeError(
                f"TrainFCNN({self.dataset.name!r}) is not trained yet: call .train() first"
            )
        return self._run

    @property
    def recipe(self) -> Recipe:
        """The hyper-parameters of the last training."""
        return self.run.recipe

    def _last_recipe(self) -> Recipe | None:
        return None if self._run is None else self.recipe

    @property
    def network(self) -> FCNN:
        """The trained network, an ordinary `torch.nn.Module` on the CPU."""
        return self.run.network

    @property
    def history(self) -> History:
        """Losses and scores of every epoch."""
        return self.run.history

    @property
    def baseline(self) -> float:
        """What the best constant answer reaches on the training sample: an accuracy, or an MSE."""
        if self._run is None:
            return baseline(self.kind, self.dataset.y)
        saved = evaluation.saved_scores(self._run)
        return evaluation.constant_baseline(self._run) if saved is None else saved.baseline

    @with_known_names("animate()", {".train()": SETTINGS})
    def animate(
        self,
        path: str | os.PathLike[str],
        *,
        frames: int = 60,
        fps: float = 12,
        features: Features | None = None,
        progress: bool | None = None,
    ) -> Path:
        """Train once more, film it epoch by epoch, and return the path of the film.

        The recipe is that of the last training, or what is recommended for the data, so that the
        same network comes out, and takes the place of the last one; of one that was trained more
        or from a start, it is that of one training from initial weights. Pictures are taken often
        at first and then rarely. There is no checkpoint: a film that was killed is made anew.

        Parameters
        ----------
        path : str or path
            The film: .gif, .png or .apng (animated PNG), .webp, or .mp4 where ffmpeg is there.
        frames : int
            Pictures, at most; 2 or more.
        fps : float
            Pictures a second, from 0.1 to 100; the last one stays for two seconds.
        features, progress
            As for `plot` and `train`.

        Raises
        ------
        ValueError
            If the ending is unknown, ffmpeg is missing, or the film cannot be written there.
        """
        film = Path(path)
        plotting.check_film(film, frames, fps)
        plotting.check_plane(self.dataset, features)
        recipe = self._recipe({}) if self._run is None else self.recipe
        dataset = self.dataset if self._run is None else self._run.dataset
        training = Training(dataset, recipe, self.seed, device=self.device, engine=self.engine)
        snapshots = walk(training, progress, plotting.film_epochs(recipe.epochs, frames))
        # Of restarts the film shows one, the one that is kept in the end.
        best = training.best_member()
        self._hold(training)
        networks = {epoch: members[best] for epoch, members in snapshots.items()}
        plotting.save_film(self.run, networks, film, fps, features, progress)
        return film

    def for_target(self, target: Target) -> "TrainFCNN":
        """Return a trainer of one of several targets alone, by its name or its place from 0.

        It holds the network with that output alone, so that it draws and scores what is of one
        target; of a label it has the classes 0 and 1. To train it trains a new network.

        Examples
        --------
        >>> import numpy as np
        >>> x = np.linspace(-2, 2, 100)[:, None]
        >>> both = TrainFCNN((x, np.hstack([x, x**2]))).train(epochs=50)
        >>> both.for_target("target 1").predict(x).shape
        (100,)
        """
        if self._run is None:
            dataset = dataset_of_target(self.dataset, target)
            return TrainFCNN(dataset, seed=self.seed, device=self.device, engine=self.engine)
        return TrainFCNN.from_run(run_of_target(self._run, target), self.device, self.engine)

    def as_estimator(self) -> "FCNNClassifier | FCNNRegressor":
        """Return a fitted estimator of scikit-learn: the trained network, and the recipe.

        Its clones train by the recipe from this trainer's seed. It takes the network's features.
        """
        from trainfcnn.estimators import estimator_of

        return estimator_of(self.run)

    def results(self) -> dict[str, object]:
        """Return what there is to know of the training, as a dict that JSON can hold.

        A number that is not finite, or not known, is None.
        """
        return report.as_dict(self.run)

    def _repr_png_(self) -> bytes | None:
        """Return the overview for a notebook; before `train`, the data."""
        if self._picture is None:
            run = self._run
            title = str(self) if run is None else report.as_line(run, with_loss=False)
            self._picture = plotting.notebook_picture(self.dataset, run, title)
        return self._picture

    def _repr_html_(self) -> str:
        """Return a table of what is known, and the overview, for a notebook."""
        rows = {"data": repr(self.dataset)} if self._run is None else report.as_table(self._run)
        return plotting.as_html(f"TrainFCNN({self.dataset.name!r})", rows, self._repr_png_())

    def __repr__(self) -> str:
        if self._run is None:
            return report.line_of_data(self.dataset)
        return report.as_line(self._run)
