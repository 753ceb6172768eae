"""Model files damaged ten thousand times: each is loaded right, or refused with its name."""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from scripts.soaks.mutations import mutated

if TYPE_CHECKING:
    from trainfcnn import TrainFCNN

MOST_BYTES = 10**9  # that a load may take
MOST_SECONDS = 10


class Outcome(NamedTuple):
    """What came of a damaged file.

    Attributes
    ----------
    verdict : str
        'refused' or 'loaded right', and else what is wrong.
    what : str
        What was done to the file.
    seconds : float
        That it took.
    """

    verdict: str
    what: str
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether it is as it should be."""
        return self.verdict in ("refused", "loaded right")


def originals() -> "dict[str, TrainFCNN]":
    """Return trainers whose files have all that a file can have."""
    import numpy as np

    from trainfcnn import TrainFCNN

    points = np.random.default_rng(0).normal(size=(60, 3))
    labels = np.array(["no", "yes", "perhaps"])[(points[:, 0] > 0) * 1 + (points[:, 1] > 0)]
    table = {"width": points[:, 0], "shape": labels, "y": points[:, 1]}
    return {
        "toy": TrainFCNN("xor", 50).train(epochs=3, validation=0.2, restarts=2, progress=False),
        "own": TrainFCNN((points, labels)).train(epochs=3, dropout=0.1, progress=False),
        "table": TrainFCNN(table).train(dims=[4], epochs=3, test_every=1, progress=False),
    }


def outcomes(n: int, seed: int = 0) -> Iterator[Outcome]:
    """Yield what comes of `n` damaged files."""
    random = Random(seed)
    with TemporaryDirectory() as folder:
        path = Path(folder, "network.safetensors")
        packed = {}
        trainers = originals()
        for name, trainer in trainers.items():
            trainer.save(path, data=name == "own")
            packed[name] = path.read_bytes()
        for number in range(n):
            name = list(packed)[number % len(packed)]
            mutation = mutated(packed[name], random)
            path.write_bytes(mutation.packed)
            start = perf_counter()
            verdict = judged(path, trainers[name], mutation.is_blind)
            yield Outcome(verdict, f"{name}: {mutation.what}", perf_counter() - start)


def judged(path: Path, original: "TrainFCNN", is_blind: bool) -> str:
    """Load a damaged file, and say what came of it."""
    from trainfcnn import TrainFCNN

    try:
        with limited(MOST_SECONDS):
            loaded = TrainFCNN.load(path)
    except ValueError as error:
        return "refused" if str(path) in str(error) else f"does not name the file: {error}"
    except TimeoutError:
        return "hangs"
    except BaseException as error:  # whatever it is, it is wrong
        return f"{type(error).__name__}: {error}"
    if is_blind and not same_numbers(loaded, original):
        return "loads other numbers"
    return used(loaded)


def used(trainer: "TrainFCNN") -> str:
    """Ask a loaded trainer for what it knows, and say what came of it."""
    import numpy as np

    points = np.zeros((3, trainer.dataset.n_features))
    for ask in (trainer.__repr__, trainer.results, lambda: trainer.predict(points)):
        try:
            with limited(MOST_SECONDS):
                ask()
        except ValueError:  # such as that its own data are not the same any more
            continue
        except BaseException as error:  # whatever it is, it is wrong
            return f"of no use, {type(error).__name__}: {error}"
    return "loaded right"


def same_numbers(loaded: "TrainFCNN", original: "TrainFCNN") -> bool:
    """Return whether two networks have equal parameters, bit by bit."""
    import torch

    ours, theirs = (trainer.network.state_dict() for trainer in (loaded, original))
    return ours.keys() == theirs.keys() and all(
        torch.equal(ours[name], theirs[name]) for name in ours
    )


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Raise TimeoutError after so many seconds, where there are alarms."""

    def ring(number: int, frame: object) -> None:
        raise TimeoutError

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def bounded_memory(n_bytes: int = MOST_BYTES) -> None:
    """Let this process take no more than so many bytes beyond what it has, where that is known."""
    import resource

    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + n_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def soak(n: int) -> dict[str, Any]:
    """Return figures of `n` damaged files, and print what is wrong."""
    originals()  # imports all that there is to import
    bounded_memory()
    counts: Counter[str] = Counter()
    slowest = 0.0
    wrong = []
    for outcome in outcomes(n):
        slowest = max(slowest, outcome.seconds)
        counts[outcome.verdict if outcome.is_right else "wrong"] += 1
        if not outcome.is_right:
            wrong.append(outcome)
            print(f"{outcome.what}: {outcome.verdict}", flush=True)
    return {
        "files": n,
        "refused": counts["refused"],
        "loaded": counts["loaded right"],
        "wrong": counts["wrong"],
        "slowest": slowest,
    }
