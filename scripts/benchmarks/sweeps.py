"""Many networks in one call: ever more of them, and a grid against scikit-learn's search."""

from collections.abc import Sequence
from functools import partial
from math import prod
from statistics import median
from typing import Any

from scripts.benchmarks.report import Block, Cell, Result, Table, Target, table, target
from scripts.benchmarks.rivals import LOOP, NEVER, SKLEARN, tutorial_loop, unconverged
from scripts.benchmarks.timing import in_turn, ratio, timed
from scripts.benchmarks.xor import (
    BATCH,
    EPOCHS,
    OURS,
    RECIPE,
    Answer,
    Train,
    arrays,
    dataset,
    measure,
    probabilities,
)

SIZES = 1, 4, 16, 64, 256, 1024  # networks in one call
SIZE_LIMITS = {64: 1.0, 1024: 18.0}  # times the tutorial's loop for one
MANY = 10_000  # networks, once
MANY_LIMIT = 15.0
GRID: dict[str, list[Any]] = {
    "dims": [[2], [4], [8], [16]],
    "activation": ["relu", "tanh"],
    "lr": [0.003, 0.01, 0.03, 0.1],
}
QUICK_GRID: dict[str, list[Any]] = {"dims": [[2], [4]], "activation": ["relu"], "lr": [0.01]}
SKLEARN_NAMES = {
    "dims": "hidden_layer_sizes",
    "activation": "activation",
    "lr": "learning_rate_init",
}


def sweeps(rounds: int, quick: bool) -> Result:
    """Train ever more networks so many times, in turn; and the grid once."""
    sized, targets = sizes(rounds, SIZES[:3] if quick else SIZES)
    searched = grid(QUICK_GRID, n_seeds=2, epochs=1) if quick else grid(GRID, 20, EPOCHS)
    return Result([sized, searched], targets)


def ours_swept(members: int, seed: int) -> Answer:
    """Train so many networks by one call, which evaluates each on both samples as well."""
    from trainfcnn import sweep

    found = sweep(dataset(), seeds=members, seed=seed, **RECIPE, progress=False)
    # networks are made when they are asked for: here not before the clock has stopped
    return lambda: probabilities(*(run.network.scores for run in found.runs))


def sizes(rounds: int, chosen: Sequence[int]) -> tuple[Table, list[Target]]:
    """Train ever more networks at once, and one in the tutorial's loop."""
    rows: dict[str, Train] = {str(members): partial(ours_swept, members) for members in chosen}
    rows[LOOP] = tutorial_loop
    for train in (partial(ours_swept, 1), tutorial_loop):
        measure(train, seed=0)  # warms up
    runs = in_turn({name: partial(measure, train) for name, train in rows.items()}, rounds)
    seconds = {name: [run.seconds for run in found] for name, found in runs.items()}
    times = {name: ratio(taken, seconds[LOOP]) for name, taken in seconds.items()}
    if chosen == SIZES:
        seconds[str(MANY)] = [measure(partial(ours_swept, MANY), seed=0).seconds]
        times[str(MANY)] = seconds[str(MANY)][0] / median(seconds[LOOP])
    members_of = {name: int(name) for name in seconds if name != LOOP}
    lines: list[list[Cell]] = []
    for name in sorted(seconds, key=lambda name: members_of.get(name, MANY + 1)):
        members = members_of.get(name, 1)
        taken = median(seconds[name])
        lines.append([name, taken, taken / members * 1e3, times[name]])
    head = "networks in one sweep"
    columns = {head: "", "seconds": ".3f", "ms a network": ".2f", f"/ {LOOP} for one": ".2f"}
    return table(columns, lines), [
        target(f"{members:,} networks / {LOOP} for one", times[str(members)], "≤", limit, ".2f")
        for members, limit in (SIZE_LIMITS | {MANY: MANY_LIMIT}).items()
        if str(members) in times
    ]


def grid(varied: dict[str, list[Any]], n_seeds: int, epochs: int) -> Table:
    """Train every combination of settings and seeds; the rival for one seed of them."""
    from trainfcnn import sweep

    recipe = RECIPE | varied | {"epochs": epochs, "progress": False}
    n_settings = prod(map(len, varied.values()))
    ours = timed(partial(sweep, dataset(), seeds=n_seeds, **recipe))
    # all seeds would take the rival half an hour, and each takes as long as another
    theirs = n_seeds * sklearn_grid(varied, epochs)
    rival = f"{SKLEARN}, GridSearchCV ({n_settings} of {n_settings * n_seeds}, times {n_seeds})"
    head = f"xor, {n_settings * n_seeds} networks, {epochs} epochs"
    columns = {head: "", "seconds": ".1f", f"this / {OURS}": ".1f"}
    return table(columns, [[f"{OURS}, one sweep", ours, 1.0], [rival, theirs, theirs / ours]])


def sklearn_grid(varied: dict[str, list[Any]], epochs: int) -> float:
    """Time every setting once: fitted on the sample we train on, and scored on it."""
    from sklearn.model_selection import GridSearchCV
    from sklearn.neural_network import MLPClassifier

    x, y = arrays()
    model = MLPClassifier(alpha=0.0, batch_size=BATCH, max_iter=epochs, random_state=0)
    model.set_params(tol=0.0, n_iter_no_change=NEVER)
    settings = {SKLEARN_NAMES[name]: values for name, values in varied.items()}
    one_split = [(range(len(x)), range(len(x)))]  # no cross-validation: ours has none here either
    search = GridSearchCV(model, settings, cv=one_split, refit=False)
    with unconverged():
        return timed(search.fit, x, y)


BLOCK = Block(
    title="Many networks in one call",
    text="The training of the first block, by ever more networks at once, each of which is "
    "evaluated on both samples as well; and a grid of 32 settings and 20 seeds. scikit-learn's "
    "search is timed on one seed of each setting.",
    measure=sweeps,
)
