"""Run the recipes of the tutorials that trainfcnn grew out of, and hold ours against their figures.

Every recipe is run on several seeds, and a row says what they reached: the middle one, and the
range. A figure that is wanted and missed makes the exit status 1. All of it runs on the CPU, so
that times can be compared.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts import tutorials
from scripts.command import ended_by_interrupt, read_arguments
from scripts.results import (
    GALLERY,
    Origin,
    Saved,
    markdown_table,
    read_results,
    save_result,
    write_text,
)
from scripts.tutorials import ANGLE, BLOB_POINTS, BLOB_TESTS, FOLDS, Row, Runs

JSON = "results.json"
PAGE = "results.md"


@dataclass(frozen=True)
class Group:
    """Rows that stand together, under a heading and what they have in common."""

    title: str
    text: str
    rows: Callable[[Runs], Iterator[Row]]
    middle: str = "mean"
    each: str = "seeds"

    def heading(self) -> str:
        """Return title and text as Markdown."""
        return f"### {self.title}\n\n{self.text}"

    def table(self, rows: Iterable[Row], judges: bool = True) -> str:
        """Return the rows as Markdown."""
        head = ["", "tutorial", f"trainfcnn, {self.middle} (range)", "wanted", "met?"]
        head += ["their loop / ours", "seconds", self.each]
        return markdown_table(head, [row.cells(judges) for row in rows])


GROUPS = {
    "models": Group(
        "Five networks on MNIST",
        "SGD with lr 0.1, 3,000 batches of 100. Test accuracy. After each run comes an epoch of "
        "the tutorial's loop, a `DataLoader` and autograd: the ratio is of the seconds per epoch, "
        "the median over the seeds.",
        tutorials.models,
    ),
    "kept": Group(
        "The best weights kept",
        "MNIST, standardised. SGD with lr 0.01, batches of 64, 25 epochs; a tenth held out, and "
        "the weights kept that did best on it. Test accuracy.",
        tutorials.kept,
    ),
    "crossed": Group(
        "Cross-validation",
        f"All 70,000 images of MNIST, standardised, {FOLDS} folds. Relu, SGD with lr 0.01, batches "
        "of 64, 25 epochs. Mean accuracy on the fold that was left out; seconds are of one fold. "
        "The tutorial begins with weights and biases from a unit normal, far too wide: both rows "
        "are beside its figure.",
        tutorials.crossed,
        each="folds",
    ),
    "clothes": Group(
        "Fashion-MNIST, and turned images",
        "Relu, Adam with lr 0.001, batches of 64, 10 epochs; a tenth held out, and the weights "
        f"kept that did best on it. Test accuracy. Turned is by up to {ANGLE:.0f}° either way.",
        tutorials.clothes,
    ),
    "digits": Group("The same on MNIST", "By the same recipe.", tutorials.digits),
    "blobs": Group(
        "A perceptron and a hidden layer",
        f"{BLOB_POINTS} points of three blobs, one blob against the rest. Relu, SGD with lr 0.01, "
        f"50 steps on all points at once. Cross-entropy on {BLOB_TESTS} other points.",
        tutorials.blobs,
    ),
    "toys": Group(
        "Functions of the plane",
        "2,500 points. First the tutorial's recipe: six relu units, Adam with lr 0.01, 200 epochs "
        "of 25 batches, never shuffled; then the bare `train()`, which must better the tutorial's "
        "figures. They are of one run and of the training sample, and so ours are of that sample.",
        tutorials.toys,
        "median",
    ),
    "recommended": Group(
        "As recommended",
        "`TrainFCNN(name, seed=seed).train()`. Test accuracy.",
        tutorials.recommended,
    ),
}
INTRODUCTION = """\
# What the tutorials reached, and trainfcnn

Written by `scripts/reproduce --render` from [results.json](results.json). `scripts/reproduce` runs
all groups, and `scripts/reproduce blobs --save` one of them anew; what the others say stays as it
was. `train` is called with what stands here, and where a rate is named it is constant."""


def page(results: Mapping[str, Saved]) -> str:
    """Return the page as Markdown; groups that are not in `results` are left out."""
    parts = [INTRODUCTION]
    judged: list[Row] = []
    for name, group in GROUPS.items():
        if name in results:
            rows = [Row(**row) for row in results[name]["rows"]]
            judged += rows
            origin = Origin(**results[name]["origin"]).sentence()
            parts += [group.heading(), group.table(rows), origin]
    return "\n\n".join([*parts, conclusion(judged)]) + "\n"


def conclusion(rows: Iterable[Row]) -> str:
    """Return which figures were missed."""
    missed = [row.what for row in rows if row.is_met is False]
    return f"Missed: {'; '.join(missed)}." if missed else "No figure was missed."


def main(given: Sequence[str] | None = None, folder: Path = GALLERY) -> int:
    """Run what is asked for; return 1 if a figure was missed, or could not be saved.

    Parameters
    ----------
    given : sequence of str, optional
        By default the command line.
    folder : Path
        Where the results are.
    """
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser("scripts/reproduce", description=summary)
    asked = read_arguments(parser, "group", GROUPS, given)
    if asked.render:
        render(folder)
        return 0
    all_rows = []
    for name in asked.names:
        group = GROUPS[name]
        print(f"\n{group.heading()}\n", flush=True)
        with ended_by_interrupt():
            rows = list(group.rows(Runs(asked.quick)))
        print(group.table(rows, judges=not asked.quick), flush=True)
        all_rows += rows
        if asked.save:
            save(folder, name, rows)
    if asked.quick:
        print("\nThis was a quick run: nothing is judged.")
        return 0
    print(f"\n{conclusion(all_rows)}")
    return int(any(row.is_met is False or (asked.save and not row.n_seeds) for row in all_rows))


def save(folder: Path, name: str, rows: Sequence[Row]) -> None:
    """Put one group's rows in place of its old ones, if all were run; write the page."""
    if any(row.reached is None for row in rows):  # half a group must not replace a whole one
        print(f"\nNot saved: {name} needs files that are not there.")
        return
    origin = Origin.here(f"scripts/reproduce {name} --save")
    saved = {"origin": origin.saved(), "rows": [row.saved() for row in rows]}
    save_result(folder / JSON, GROUPS, name, saved)
    render(folder)


def render(folder: Path) -> None:
    """Write the page from what is saved."""
    write_text(folder / PAGE, page(read_results(folder / JSON)))


if __name__ == "__main__":
    sys.exit(main())
