"""What a trainer keeps and goes on with: files, and more epochs."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from trainfcnn._support.checks import check_switch
from trainfcnn._support.container import read_container, write_container
from trainfcnn.analysis.evaluation import scores_of
from trainfcnn.data.dataset import Dataset
from trainfcnn.nn.named import Own
from trainfcnn.storage import runs
from trainfcnn.storage.datasets import is_of_a_table
from trainfcnn.training.run import Run

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
        run = self.run
        scores = scores_of(run, with_truth=not is_of_a_table(run.dataset))
        described, tensors = runs.pack(run, scores, data, standing)
        described["trainer"] = runs.Place(self.seed, self.device, self.engine).plain()
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
