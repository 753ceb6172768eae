"""Kill trainings at any moment, and load damaged files: each has to come out right."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.benchmarks.__main__ import JSON, render
from scripts.benchmarks.page import BLOCKS
from scripts.benchmarks.report import targets_table
from scripts.benchmarks.soak import PARTS, soaked
from scripts.command import ended_by_interrupt, read_arguments
from scripts.results import GALLERY, Origin, save_result


def main(given: Sequence[str] | None = None, folder: Path = GALLERY) -> int:
    """Soak what is asked for; return 1 if something came out wrong."""
    asked = read_arguments(
        argparse.ArgumentParser("scripts/soak", description=__doc__), "part", PARTS, given
    )
    if asked.render:
        render(folder)
        return 0
    with ended_by_interrupt():
        result = soaked(asked.names, asked.quick)
    print(result.markdown(), targets_table(result.targets), sep="\n\n")
    if asked.save and list(asked.names) == list(PARTS):
        origin = Origin.here("scripts/soak --save")
        saved = {"origin": origin.saved(), **result.saved()}
        save_result(folder / JSON, BLOCKS, "soak", saved)
        render(folder)
    return 0 if all(target.is_met for target in result.targets) else 1


if __name__ == "__main__":
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    sys.exit(main())
