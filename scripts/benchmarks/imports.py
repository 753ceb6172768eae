"""What importing costs, beside what torch costs."""

from functools import partial
from statistics import median

from scripts.benchmarks.report import Block, Result, table, target
from scripts.benchmarks.timing import fresh_python, in_turn, ratio, timed

CODES = "import torch", "import trainfcnn", "from trainfcnn import TrainFCNN"
REPEATS = 3  # a round: what is to be told apart is small


def imports(rounds: int, quick: bool) -> Result:
    """Time fresh interpreters, in turn."""
    repeats = rounds if quick else REPEATS * rounds
    laps = in_turn({code: partial(seconds_of, code) for code in CODES}, 1 + repeats)
    seconds = {code: times[1:] for code, times in laps.items()}  # the first read from disk
    ratios = {code: ratio(times, seconds[CODES[0]]) for code, times in seconds.items()}
    lines = [(f"`{code}`", median(times), ratios[code]) for code, times in seconds.items()]
    columns = {"a fresh Python that runs": "", "seconds": ".2f", "/ torch": ".3f"}
    facade = CODES[-1]
    return Result(
        [table(columns, lines)],
        [target(f"`{facade}` / torch", ratios[facade], "≤", 1.05, ".3f")],
    )


def seconds_of(code: str, lap: int) -> float:
    """Return the wall-clock time of a fresh interpreter, whichever lap it is."""
    return timed(fresh_python, code)


BLOCK = Block(
    title="Importing",
    text="Wall-clock time of a whole interpreter.",
    measure=imports,
)
