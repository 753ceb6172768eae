"""What was killed and what was damaged, and how it came out: see `scripts/soaks`."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

from scripts.benchmarks.report import Block, Cell, Result, Target, table, target

TRAININGS = 50
FILES = 10_000
QUICK = {"kill": 2, "files": 100}
# Each in a process of its own: one of them bounds its memory, which lasts.
RUN = "import json, sys; from scripts.soaks.{} import soak; print(json.dumps(soak({})))"

Part = Callable[[int], tuple[list[Cell], list[Target]]]


def killed(n: int) -> tuple[list[Cell], list[Target]]:
    """Kill trainings, and return the row of a table and what was promised."""
    found = in_a_process("kills", n)
    cells: list[Cell] = ["trainings killed", found["trainings"], found["equal"], found["kills"]]
    return cells, [
        target(
            f"of {n} trainings killed by SIGKILL, half of them while they save: resumed with equal "
            "bits",
            found["equal"],
            "≥",
            n,
            "",
        ),
        target("of these, files left beside the last one", found["left over"], "≤", 0, ""),
    ]


def damaged(n: int) -> tuple[list[Cell], list[Target]]:
    """Damage files, and return the row of a table and what was promised."""
    found = in_a_process("files", n)
    right = found["refused"] + found["loaded"]
    cells: list[Cell] = ["files damaged", found["files"], right, found["refused"]]
    return cells, [
        target(
            f"of {n:,} damaged files: neither loaded right nor refused by name, within 1 GB",
            found["wrong"],
            "≤",
            0,
            "",
        ),
        target("the slowest of these, s", found["slowest"], "≤", 1, ".2f"),
    ]


def in_a_process(module: str, n: int) -> dict[str, Any]:
    """Return what a module of `scripts.soaks` finds, in a Python of its own; tell what it tells."""
    command = [sys.executable, "-c", RUN.format(module, n)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    *told, last = done.stdout.splitlines()
    print(*told, sep="\n", end="\n" * bool(told), flush=True)
    found: dict[str, Any] = json.loads(last)
    return found


PARTS: dict[str, tuple[Part, int]] = {"kill": (killed, TRAININGS), "files": (damaged, FILES)}


def soaked(names: Iterable[str], quick: bool) -> Result:
    """Soak some parts."""
    rows = []
    targets: list[Target] = []
    for name in names:
        part, n = PARTS[name]
        cells, promised = part(QUICK[name] if quick else n)
        rows.append(cells)
        targets += promised
    columns = {"": "", "how many": ".0f", "right": ".0f", "kills, or refused": ".0f"}
    return Result([table(columns, rows)], targets)


def soak(rounds: int, quick: bool) -> Result:
    """Soak all of it once."""
    return soaked(PARTS, quick)


BLOCK = Block(
    title="Killed and damaged",
    text="Trainings with a checkpoint are killed by SIGKILL at random moments, up to three times, "
    "and resumed: weights, optimizer, generators, history and best weights have to be those of a "
    "training that was never killed, bit by bit. Model files are damaged, half of them blindly and "
    "half with a checksum made good: each has to be loaded right, or refused by a ValueError with "
    "its name. `scripts/soak` measures it.",
    measure=soak,
)
