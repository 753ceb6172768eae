"""What a trainer keeps and goes on with: files, and more epochs."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from trainfcnn._support.checks import check_switch, is_whole, short
from trainfcnn._support.container import read_container, write_container
from trainfcnn._support.names import with_known_names
from trainfcnn.analysis.evaluation import scores_of
from trainfcnn.data.dataset import Dataset
from trainfcnn.nn.named import Own
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS
from trainfcnn.recipe import RECOMMENDED, SETTINGS
from trainfcnn.storage import checkpoint as checkpoints
from trainfcnn.storage import runs
from trainfcnn.storage.checkpoint import Checkpoint, Every
from trainfcnn.training.loop import Training
from trainfcnn.training.more import more_training, recipe_of_more
from trainfcnn.training.run import Run
from trainfcnn.training.walk import walk

PathLike = str | os.PathLike[str]


class Keeping:
    """What holds a data set and, once trained, a run, and how it is saved, loaded, trained on."""

    dataset: Dataset
    seed: int
    device: str
    engine: str

    @property
    def run(self) -> Run:
        """What the last training left behind."""
        raise NotImplementedError

    @classmethod
    def from_run(cls, run: Run, device: str = "auto", engine: str = "auto") -> Self:
        """Return a trainer that holds a run."""
        raise NotImplementedError

    def _hold(self, training: Training, before: Run | None = None) -> Self:
        raise NotImplementedError

    @property
    def _place(self) -> runs.Place:
        return runs.Place(self.seed, self.device, self.engine)

    def _checkpoint(
        self, path: PathLike | None, every: Every, before: Run | None = None
    ) -> Checkpoint | None:
        """Return the file that is written on the way, if one is asked for."""
        if isinstance(path, bool):
            raise ValueError(
                f"checkpoint must be a path, got {path}: try checkpoint='run.safetensors'"
            )
        return None if path is None else Checkpoint(path, every, self._place, before)

    def save(self, path: PathLike, *, data: bool = False, standing: bool | None = None) -> Path:
        """Write network, recipe, history and scores to a file, and return its path.

        The file is one of safetensors: the weights as in ``network.state_dict()``, and all else in
        its header, as JSON. Toy data are drawn again when it is loaded, images are found again, and
        of your own data nothing is saved unless you ask.

        Parameters
        ----------
        path : str or path
            The file. What was there before stays until the new one is whole.
        data : bool
            Whether to save your own data too. Without, a loaded trainer predicts, and says how good
            it was; what needs the data, such as `plot`, says that they were left out.
        standing : bool, optional
            Whether to save the last weights and what the optimizer remembers, so that `train_more`
            goes on with the same bits; by default of small networks. They take three times as much
            as the weights, for 'adam'.

        Raises
        ------
        ValueError
            If the file cannot be written there, or an own activation or initialisation has no name.
        RuntimeError
            Before `train`.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from trainfcnn import TrainFCNN
        >>> xor = TrainFCNN("xor").train(epochs=20)
        >>> with TemporaryDirectory() as folder:
        ...     again = TrainFCNN.load(xor.save(f"{folder}/xor.safetensors"))
        >>> again.score() == xor.score()
        True
        """
        check_switch("data", data)
        check_switch("standing", standing, or_none=True)
        described, tensors = runs.pack(self.run, scores_of, data, standing)
        described["trainer"] = self._place.plain()
        return write_container(path, "run", described, tensors)

    @classmethod
    def load(cls, path: PathLike, *, functions: Sequence[Own] = ()) -> Self:
        """Return the trainer that `save` wrote.

        Parameters
        ----------
        path : str or path
            The file. Nothing in it is executed, whoever it is from.
        functions : sequence of callable
            Your own activations, initialisations and data functions: a file holds their names, and
            they are looked up among these.

        Raises
        ------
        ValueError
            If it is no such file, of another version, damaged, or needs a function that is not
            there; with the file's name.
        FileNotFoundError
            If there is none.
        """
        contents = read_container(path, runs.KINDS)

        run, place = contents.made(lambda it: runs.run_and_place(it, functions))
        trainer = cls.from_run(run, place.device, place.engine)
        trainer.seed = place.seed
        return trainer

    @classmethod
    @with_known_names("resume()", {})
    def resume(
        cls,
        path: PathLike,
        *,
        functions: Sequence[Own] = (),
        progress: bool | None = None,
        verbose: bool = False,
    ) -> Self:
        """Go on with a training that was killed, and return the trainer when it is done.

        What comes out has the same bits as if it had never been killed, on the same machine:
        weights, history (but for the seconds that were lost) and the best weights. The file is
        written on the way as before.

        Parameters
        ----------
        path : str or path
            What ``train(..., checkpoint=path)`` wrote.
        functions : sequence of callable
            Your own activations, initialisations and data functions; see `load`.
        progress, verbose : bool
            As for `train`.

        Raises
        ------
        ValueError
            If it is no such file, of another version, damaged, or needs a function that is not
            there; with the file's name.
        FileNotFoundError
            If there is none.
        """
        contents = read_container(path, checkpoints.KINDS)
        found = contents.made(lambda it: checkpoints.resumed(it, functions))
        training = found.training
        checkpoint = found.checkpoint
        checkpoint.begin(training)
        walk(training, progress, verbose=verbose, each=checkpoint)
        run = training.best_run()
        place = found.place
        trainer = cls.from_run(run, place.device, place.engine)
        trainer.seed = place.seed
        return trainer._hold(training, found.before)

    @with_known_names("train_more()", {".train()": SETTINGS})
    def train_more(
        self,
        epochs: int = 50,
        *,
        lr: float | None = None,
        schedule: str | None = None,
        verbose: bool = False,
        progress: bool | None = None,
        checkpoint: PathLike | None = None,
        checkpoint_every: Every = 1,
    ) -> Self:
        """Go on with the network that was trained last, for more epochs, and return `self`.

        It begins with the last weights, what the optimizer remembers and the generators as they
        were left; the history grows, and the seconds add up. Where the best weights are kept, the
        best of all epochs are, and patience counts anew. Of a network from a sweep, or from a file
        without a `standing`, there are the weights alone, and the optimizer begins anew.

        Parameters
        ----------
        epochs : int
            How many more.
        lr : float, optional
            By default the recipe's own, not what a schedule had made of it in the end.
        schedule : str, optional
            Over the new epochs. By default 'constant' where it was, and else 'cooldown': the rate
            begins anew where it began, and falls to 0 again.
        verbose, progress, checkpoint, checkpoint_every
            As for `train`; `resume` then ends with the whole of it.

        Raises
        ------
        ValueError
            If a value is out of bounds, or the last training diverged.
        RuntimeError
            Before `train`.

        Examples
        --------
        >>> from trainfcnn import TrainFCNN
        >>> xor = TrainFCNN("xor").train(epochs=20)
        >>> len(xor.train_more(epochs=10).history)
        30
        """
        run = self.run
        recipe = recipe_of_more(run, epochs, lr, schedule)
        file = self._checkpoint(checkpoint, checkpoint_every, run)
        training = more_training(run, recipe, self.device, self.engine)
        self._walk(training, file, progress, verbose)
        return self._hold(training, run)

    def _walk(
        self, training: Training, file: Checkpoint | None, progress: bool | None, verbose: bool
    ) -> None:
        if file is not None:
            file.begin(training)
        walk(training, progress, verbose=verbose, each=file)


def as_start(start: object) -> FCNN:
    """Return the network whose weights a training is to begin with.

    Raises
    ------
    ValueError
        If it is neither a network, nor what holds one, nor the path of a file with one.
    """
    if isinstance(start, str | os.PathLike):
        return FCNN.load(start)
    network = start.run.network if isinstance(start, Keeping) else start
    network = network.network if isinstance(network, Run) else network
    if not isinstance(network, FCNN):
        raise ValueError(
            f"start must be a network, a trainer or the path of a saved one, got {short(start)}: "
            "try start=trainer"
        )
    return network


def begun_with(network: FCNN, settings: Mapping[str, object], kind: str) -> dict[str, object]:
    """Return settings in which sizes and activations that are not named are those of a network.

    Raises
    ------
    ValueError
        If several networks are to be trained from it, which would all be the same.
    """
    restarts = settings["restarts"]
    if restarts is not RECOMMENDED and restarts not in (None, 1):
        raise ValueError(
            "restarts begin with different weights, and a start has its own, got "
            f"restarts={short(restarts)}: leave one out"
        )
    hidden = network.dims[1:-1]
    dims: Any = settings["dims"]
    if dims is not RECOMMENDED and (
        hidden != ((dims,) if is_whole(dims) else tuple(() if dims is None else dims))
    ):
        raise ValueError(
            f"dims must be those of the start, {list(hidden)}, got {short(dims)}: leave out dims, "
            "or start"
        )
    last = network.last_activation
    activations = [one.name if one.is_known else one.function for one in network.activations]
    theirs = {
        "dims": hidden,
        "activation": activations if len(hidden) > 1 else activations[0],
        "last_activation": None if last == TASKS[kind].last_activation else last,
    }
    unnamed = {name: value for name, value in theirs.items() if settings[name] is RECOMMENDED}
    return {**settings, **unnamed}
