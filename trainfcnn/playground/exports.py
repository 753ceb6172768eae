"""What the page lets one take home: weights, a film, curves, the network as a program."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import numpy as np
from torch import Tensor

from trainfcnn import plotting
from trainfcnn._support.checks import look_up
from trainfcnn._support.container import write_container
from trainfcnn.analysis.evaluation import scores_of
from trainfcnn.export.files import to_torch_source
from trainfcnn.playground.experiment import Experiment
from trainfcnn.playground.frames import encode
from trainfcnn.storage import runs

MOST_KEPT = 60  # states of a training, for a film of it
MOST_BYTES = 20_000_000  # that they take
FILM_FRAMES = 30
FPS = 10.0
DRAWING = Lock()  # matplotlib draws one picture at a time
MIMES = {
    "weights": ("safetensors", "application/octet-stream"),
    "history": ("csv", "text/csv"),
    "torch": ("py", "text/x-python"),
}


@dataclass
class Reel:
    """Weights of all networks at some epochs, often at first and then rarely.

    Attributes
    ----------
    kept : dict
        From the epoch to the parameters of the stack, (P,).
    """

    kept: dict[int, Tensor] = field(default_factory=dict)

    @classmethod
    def of(cls, experiment: Experiment) -> "Reel":
        """Return one that begins with an experiment as it is."""
        reel = cls()
        reel.look(experiment)
        return reel

    def look(self, experiment: Experiment) -> None:
        """Keep the weights, if the last ones are old enough by now."""
        epoch = experiment.epoch
        parameters = experiment.training.state.done.parameters
        last = max(self.kept, default=-1)
        if epoch <= last * 1.1:
            return
        self.kept[epoch] = parameters  # which nobody changes: a new one is made at every look
        size = parameters.numel() * parameters.element_size()
        most = max(3, min(MOST_KEPT, MOST_BYTES // size))
        while len(self.kept) > most:
            epochs = sorted(self.kept)
            # the one whose neighbours are nearest to each other, seen by their factor
            ratios = [(epochs[i + 1] + 1) / (epochs[i - 1] + 1) for i in range(1, len(epochs) - 1)]
            del self.kept[epochs[1 + int(np.argmin(ratios))]]


def export(experiment: Experiment, what: object) -> bytes:
    """Return a file of the network that is looked at, as a message.

    Raises
    ------
    ValueError
        If there is nothing of that name, or its network has no finite weights.
    """
    suffix, mime = look_up(MIMES, what, "export")
    run = experiment.training.run(experiment.member)
    with TemporaryDirectory() as folder:
        path = Path(folder, f"file.{suffix}")
        if what == "weights":
            described, tensors = runs.pack(run, scores_of, False, None)
            described["trainer"] = runs.Place(run.seed, "auto", "auto").plain()
            write_container(path, "run", described, tensors)
        elif what == "history":
            run.history.to_csv(path)
        else:
            to_torch_source(run.network, path)
        return _file(f"{run.dataset.name}.{suffix}", mime, path)


def _file(name: str, mime: str, path: Path) -> bytes:
    content = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    return encode({"kind": "file", "name": name, "mime": mime}, {"bytes": content})


def film(experiment: Experiment, reel: Reel) -> Callable[[], bytes]:
    """Return what makes a film of the network that is looked at, of copies: in any thread.

    Raises
    ------
    ValueError
        If there is nothing to show.
    """
    if experiment.material.inputs != experiment.material.axes:
        raise ValueError("a film is drawn of networks that see the plane itself: take x1 and x2")
    if experiment.epoch < 1 or experiment.diverged[experiment.member]:
        raise ValueError("a film shows a training: play it first, at a rate at which it learns")
    training = experiment.training
    run = training.run(experiment.member)
    kept = {**reel.kept, experiment.epoch: training.state.done.parameters}
    epochs = sorted(kept)
    if len(epochs) > FILM_FRAMES:
        places = np.linspace(0, len(epochs) - 1, FILM_FRAMES).round().astype(int)
        epochs = [epochs[place] for place in places]
    networks = {epoch: training.network_at(kept[epoch], experiment.member) for epoch in epochs}

    def drawn() -> bytes:
        with DRAWING, TemporaryDirectory() as folder:
            path = Path(folder, "film.gif")
            plotting.save_film(run, networks, path, FPS, progress=False)
            return _file(f"{run.dataset.name}.gif", "image/gif", path)

    return drawn
