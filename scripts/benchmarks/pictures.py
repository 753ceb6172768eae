"""How long one waits for the overview in a fresh process, and for a film."""

from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from scripts.benchmarks.report import Block, Result, table, target
from scripts.benchmarks.timing import fresh_python, timed
from scripts.benchmarks.xor import EPOCHS, RECIPE

FIRST_PICTURES = """
from time import perf_counter as now
from trainfcnn import TrainFCNN
xor = TrainFCNN("xor").train(dims=[6], epochs=200)
times = [now()]
import matplotlib.pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg
times.append(now())
for _ in range(2):
    FigureCanvasAgg(xor.plot(seeds=0)).draw()
    times.append(now())
print(*(end - start for start, end in zip(times, times[1:])))
"""


def pictures(rounds: int, quick: bool) -> Result:
    """Time the overview and a film so many times."""
    laps = [fresh_python(FIRST_PICTURES).split() for _ in range(1 + rounds)]
    times = [list(map(float, lap)) for lap in laps[1:]]  # the first read from disk
    imported, first, again = map(median, zip(*times, strict=True))
    epochs = 20 if quick else EPOCHS
    seconds, size = map(median, zip(*(film(epochs) for _ in range(rounds)), strict=True))
    lines = [
        ("`import matplotlib.pyplot`", imported),
        ("the overview after it, drawn", first),
        ("the same once more", again),
        (f"a film of {epochs} epochs, 60 pictures, {size:.2f} MB", seconds),
    ]
    targets = [
        target("the overview, seconds beyond importing matplotlib", first, "≤", 0.5, ".2f"),
        target(f"a film of {epochs} epochs, seconds", seconds, "≤", 20, ".1f"),
        target("its size, MB", size, "≤", 2, ".2f"),
    ]
    return Result([table({"pictures of xor": "", "seconds": ".3g"}, lines)], targets)


def film(epochs: int) -> tuple[float, float]:
    """Return the seconds that it takes to make, training included, and its size in MB."""
    from trainfcnn import TrainFCNN

    xor = TrainFCNN("xor").train(**RECIPE | {"epochs": epochs}, progress=False)
    with TemporaryDirectory() as folder:
        path = Path(folder, "xor.gif")
        seconds = timed(partial(xor.animate, path, progress=False))
        return seconds, path.stat().st_size / 1e6


BLOCK = Block(
    title="Pictures",
    text="The overview is drawn in a fresh process. Most of its time goes into matplotlib's ticks "
    "and texts, and what the first one takes more into its first use of fonts and the garbage it "
    "collects.",
    measure=pictures,
)
