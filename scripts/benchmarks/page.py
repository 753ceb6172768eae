"""The page that the results of all blocks are written to."""

from collections.abc import Mapping

from scripts.benchmarks import (
    engine,
    estimators,
    folds,
    images,
    imports,
    keep,
    own,
    pictures,
    play,
    restarts,
    seeds,
    settings,
    soak,
    speed,
    sweeps,
    tables,
)
from scripts.benchmarks.report import Block, Result, targets_table
from scripts.results import Origin, Saved

BLOCKS: dict[str, Block] = {
    "speed": speed.BLOCK,
    "engine": engine.BLOCK,
    "images": images.BLOCK,
    "restarts": restarts.BLOCK,
    "sweeps": sweeps.BLOCK,
    "folds": folds.BLOCK,
    "pictures": pictures.BLOCK,
    "imports": imports.BLOCK,
    "seeds": seeds.BLOCK,
    "settings": settings.BLOCK,
    "own": own.BLOCK,
    "estimators": estimators.BLOCK,
    "tables": tables.BLOCK,
    "keep": keep.BLOCK,
    "soak": soak.BLOCK,
    "play": play.BLOCK,
}
INTRODUCTION = """\
# How fast it is, and how sure

Written by `scripts/bench --render` from [benchmarks.json](benchmarks.json). `scripts/bench` (after
`scripts/install bench`, with MNIST's files at hand) measures all blocks, and `scripts/bench speed
--save` one of them anew; what the others say stays as it was. Rows of a table are run in turn, so
that a machine that slows down slows all of them, and ratios are medians over the rounds. Machines
are noisy: read the ratios. All of it runs on the CPU; nothing here was measured on a GPU yet."""
AFTER_TARGETS = """\
The lines on prod, xor and quadrants are about the tutorial's recipe, its fixed order of batches
included, and, as there, about the training sample; so are the lines on restarts."""


def page(results: Mapping[str, Saved]) -> str:
    """Return the page as Markdown: all targets, then each block's tables.

    Parameters
    ----------
    results : mapping of str to dict
        What is saved of each block; those that are missing are left out.
    """
    found = {name: Result.of(results[name]) for name in BLOCKS if name in results}
    targets = [target for result in found.values() for target in result.targets]
    parts = [INTRODUCTION, targets_table(targets), AFTER_TARGETS]
    for name, result in found.items():
        block = BLOCKS[name]
        origin = Origin(**results[name]["origin"]).sentence()
        parts += [f"## {block.title}", block.text, result.markdown(), origin]
    return "\n\n".join(parts) + "\n"
