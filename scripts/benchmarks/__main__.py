"""Measure trainfcnn against its rivals, and whether it works on every seed."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.benchmarks.page import BLOCKS, page
from scripts.benchmarks.report import Result, Target, targets_table
from scripts.benchmarks.rivals import is_installed
from scripts.command import ended_by_interrupt, read_arguments
from scripts.results import GALLERY, Origin, Saved, read_results, save_result, write_text

JSON = "benchmarks.json"
PAGE = "benchmarks.md"


def main(given: Sequence[str] | None = None, folder: Path = GALLERY) -> int:
    """Measure what is asked for; return 1 if some of it could not be.

    Parameters
    ----------
    given : sequence of str, optional
        By default the command line.
    folder : Path
        Where the results are.
    """
    asked = arguments(given)
    if asked.render:
        render(folder)
        return 0
    targets: list[Target] = []
    left_out = []
    for name in asked.names:
        print(f"\n### {name}\n", flush=True)
        try:
            with ended_by_interrupt():
                result = BLOCKS[name].measure(1 if asked.quick else asked.rounds, asked.quick)
        except FileNotFoundError as error:
            print(f"Left out: {error}")
            left_out.append(name)
            continue
        print(result.markdown(), flush=True)
        targets += result.targets
        if asked.save:
            # at once, so that what is done stays done if a later block fails
            save(folder, name, result, asked.rounds)
    if targets:
        print(f"\n### targets\n\n{targets_table(targets)}")
    if asked.quick:
        print("\nThis was a quick run: its figures are none.")
    return 1 if left_out and asked.save else 0


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """Return what was asked for, once it is sure that it can be done."""
    parser = argparse.ArgumentParser("scripts/bench", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=5, metavar="N", help="runs of every row (default: 5)"
    )
    asked = read_arguments(parser, "block", BLOCKS, given)
    if asked.rounds < 1:
        parser.error(f"--rounds must be 1 or more, got {asked.rounds}: try --rounds 5")
    if not asked.render:
        needed = {package for name in asked.names for package in BLOCKS[name].needs}
        missing = ", ".join(sorted(package for package in needed if not is_installed(package)))
        if missing and asked.save:
            parser.error(
                f"--save needs all rivals, and there is no {missing}: scripts/install bench"
            )
        if missing:
            print(f"without {missing}, which scripts/install bench would bring", file=sys.stderr)
    return asked


def save(folder: Path, name: str, result: Result, rounds: int) -> None:
    """Put one block's result in place of its old one, and write the page."""
    origin = Origin.here(f"scripts/bench {name} --rounds {rounds} --save")
    saved: Saved = {"origin": origin.saved(), **result.saved()}
    save_result(folder / JSON, BLOCKS, name, saved)
    render(folder)


def render(folder: Path) -> None:
    """Write the page from what is saved."""
    write_text(folder / PAGE, page(read_results(folder / JSON)))


if __name__ == "__main__":
    os.environ["CUDA_VISIBLE_DEVICES"] = ""  # all rows run on the CPU, those of other processes too
    sys.exit(main())
