"""Whether the best of sixteen networks solves xor on every seed, and what that costs."""

from functools import partial
from statistics import median

from scripts.benchmarks.report import Block, Cell, Result, table, target
from scripts.benchmarks.rivals import LOOP, tutorial_loop
from scripts.benchmarks.timing import timed
from scripts.benchmarks.xor import RECIPE, measure

RESTARTS = 16
SOLVED = 0.995  # of the training sample right
EVERY = 10  # so many seeds, one is set beside the rival's

Restarted = tuple[float, float]  # the seconds, and the accuracy on the training sample


def restarts(rounds: int, quick: bool) -> Result:
    """Keep the best of sixteen on every seed, each of which is run once."""
    chosen = range(3 if quick else 100)
    runs = []
    pairs = []
    measure(tutorial_loop, seed=0)  # warms up
    for seed in chosen:
        runs.append(restarted(seed, shuffle=False))  # the tutorial never shuffles
        if seed % EVERY == 0:
            pairs.append(runs[-1][0] / measure(tutorial_loop, seed).seconds)
    shuffled = [restarted(seed, shuffle=True) for seed in chosen]
    head = f"xor, restarts={RESTARTS}, {len(chosen)} seeds"
    columns = {head: "", f"reach {SOLVED:.1%}": "", "worst accuracy": ".2%", "seconds": ".3f"}
    lines = [
        row_of("the tutorial's order of batches", runs),
        row_of("shuffled each epoch", shuffled),
    ]
    named = f"restarts={RESTARTS} / {LOOP}, worst of {len(pairs)} pairs"
    solved = sum(score >= SOLVED for _, score in runs)
    targets = [
        target(f"seeds that restarts={RESTARTS} solves", solved, "≥", len(chosen), ""),
        target(named, max(pairs), "≤", 1, ".2f"),
    ]
    return Result([table(columns, lines)], targets)


def row_of(name: str, runs: list[Restarted]) -> list[Cell]:
    """Return what the table says of one way to train."""
    seconds, scores = zip(*runs, strict=True)
    solved = sum(score >= SOLVED for score in scores)
    return [name, f"{solved} of {len(runs)}", min(scores), median(seconds)]


def restarted(seed: int, shuffle: bool) -> Restarted:
    """Train sixteen networks at once, and keep the best."""
    from trainfcnn import TrainFCNN

    trainer = TrainFCNN("xor", seed=seed)
    recipe = RECIPE | {"restarts": RESTARTS, "shuffle": shuffle, "progress": False}
    seconds = timed(partial(trainer.train, **recipe))
    return seconds, trainer.accuracy


BLOCK = Block(
    title="The best of sixteen",
    text="xor by the training of the first block, sixteen initialisations at once, of which the "
    "best is kept. Accuracy is that on the training sample, as the tutorial judges.",
    measure=restarts,
)
