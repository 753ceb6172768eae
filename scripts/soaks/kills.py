"""Trainings killed at random moments, while they train and while they save: each goes on.

A child process trains with a checkpoint and is killed by SIGKILL; another resumes, and is perhaps
killed as well. What comes out has to have the bits of a training that was never killed.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from trainfcnn import TrainFCNN

# A second, long enough for files on the way.
RECIPE: dict[str, Any] = {
    "dims": [32, 16],
    "batch_size": 8,
    "epochs": 6000,
    "validation": 0.2,
    "progress": False,
}
SEED = 7
MOST_KILLS = 3  # of one training, before it is let go on to its end
EARLY = 0.25  # of the kills need not wait until the training has written its file
FIRST = "run.safetensors"
# Of the time, for files: so much that there are some, or most of it, so that many a kill hits that.
SHARES = {"training": 0.1, "saving": 1e9}
# What the child does.
TRAIN = """
import sys
from pathlib import Path
from scripts.soaks.kills import child
child(Path(sys.argv[1]), sys.argv[2])
"""


class Kill(NamedTuple):
    """What came of a training that was killed.

    Attributes
    ----------
    n_kills : int
        How often it was.
    epochs : list of int
        At which epoch it stood, by its file.
    verdict : str
        'equal' where its bits are those of a whole training, and else what is wrong.
    left_over : list of str
        Files beside the one that there should be, after the last save.
    """

    n_kills: int
    epochs: list[int]
    verdict: str
    left_over: list[str]

    @property
    def is_right(self) -> bool:
        """Whether it is as it should be."""
        return self.verdict == "equal" and not self.left_over


def child(path: Path, manner: str) -> None:
    """Train or resume, as a process of its own: writing now and then, or always."""
    from trainfcnn import TrainFCNN
    from trainfcnn.storage import checkpoint

    checkpoint.SHARE = SHARES[manner]
    print("ready", flush=True)
    if path.exists():
        TrainFCNN.resume(path, progress=False)
    else:
        begun(path)


def begun(path: Path | None = None) -> "TrainFCNN":
    """Return the training that all of this is about, with a file or without."""
    from trainfcnn import TrainFCNN

    return TrainFCNN("circles", 500, seed=SEED).train(**RECIPE, checkpoint=path)


def kills(n: int, seed: int = 0) -> Iterator[Kill]:
    """Yield what comes of so many trainings that are killed, every other one while it saves."""
    random = Random(seed)
    begun()  # all that is imported with the first one
    start = perf_counter()
    whole = begun()
    seconds = perf_counter() - start
    for number in range(n):
        manner = "saving" if number % 2 else "training"
        with TemporaryDirectory() as folder:
            yield _killed(Path(folder, FIRST), manner, seconds, random, whole)


def _killed(path: Path, manner: str, seconds: float, random: Random, whole: "TrainFCNN") -> Kill:
    """Kill a training once or a few times, resume it, and compare it with a whole one."""
    from trainfcnn import TrainFCNN

    epochs = []
    n_kills = random.randint(1, MOST_KILLS)
    for _ in range(n_kills):
        is_early = random.random() < EARLY
        _kill_once(path, manner, random.uniform(0, 0.8 * seconds), is_early)
        epochs.append(_epoch_of(path))
    try:
        resumed = TrainFCNN.resume(path, progress=False) if path.exists() else begun(path)
    except ValueError as error:
        return Kill(n_kills, epochs, f"cannot be resumed: {error}", [])
    left_over = sorted(other.name for other in path.parent.iterdir() if other != path)
    return Kill(n_kills, epochs, compared(resumed, whole), left_over)


def _kill_once(path: Path, manner: str, after: float, is_early: bool) -> None:
    """Start a child, and kill it so many seconds after it is ready, or has written first."""
    command = [sys.executable, "-c", TRAIN, str(path), manner]
    root = Path(__file__).resolve().parents[2]
    before = _written(path)
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        process.stdout.readline()
        while not is_early and _written(path) == before and process.poll() is None:
            sleep(1e-3)
        sleep(after)
        process.kill()


def _written(path: Path) -> int:
    """Return when a file was last written, in nanoseconds; 0 where there is none."""
    return path.stat().st_mtime_ns if path.exists() else 0


def _epoch_of(path: Path) -> int:
    """Return at which epoch a file stands; -1 where there is none yet."""
    from trainfcnn._support.container import read_container
    from trainfcnn.storage.checkpoint import KINDS

    if not path.exists():
        return -1
    return int(read_container(path, KINDS).described["state"]["epoch"])


def compared(ours: "TrainFCNN", theirs: "TrainFCNN") -> str:
    """Return 'equal', or in what two trainings differ."""
    import numpy as np
    import torch

    from trainfcnn.storage.runs import CURVES

    pairs = {
        f"history of {name}": (getattr(ours.history, name), getattr(theirs.history, name))
        for name in CURVES[:-1]
    }
    states = ours.network.state_dict(), theirs.network.state_dict()
    pairs |= {name: (states[0][name].numpy(), states[1][name].numpy()) for name in states[1]}
    one, other = (trainer.run.standing for trainer in (ours, theirs))
    if one is None or other is None:
        return "one does not stand anywhere"
    pairs["last weights"] = (one.parameters.numpy(), other.parameters.numpy())
    for name, buffer in other.buffers.items():
        pairs[f"optimizer's {name}"] = (one.buffers[name].numpy(), buffer.numpy())
    for name, state in other.generators.items():
        pairs[f"generator of {name}"] = (one.generators[name].numpy(), state.numpy())
    if not torch.equal(
        torch.tensor(ours.history.best_epoch), torch.tensor(theirs.history.best_epoch)
    ):
        return "another epoch is best"
    different = [name for name, (a, b) in pairs.items() if not np.array_equal(a, b)]
    return f"other {', '.join(different)}" if different else "equal"


def soak(n: int) -> dict[str, Any]:
    """Return figures of `n` trainings that are killed, and print what is wrong."""
    found = []
    for kill in kills(n):
        found.append(kill)
        if not kill.is_right:
            print(f"killed at epochs {kill.epochs}: {kill.verdict} {kill.left_over}", flush=True)
    return {
        "trainings": n,
        "kills": sum(kill.n_kills for kill in found),
        "equal": sum(kill.verdict == "equal" for kill in found),
        "left over": sum(bool(kill.left_over) for kill in found),
    }
