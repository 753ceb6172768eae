"""Which of the tables that packages ship load as they are, and how long a large one takes."""

from collections import Counter
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from scripts.benchmarks.report import Block, Cell, Result, table, target
from scripts.benchmarks.timing import in_turn, ratio

# each package, and where its tables are
FOLDERS = {
    "sklearn": "datasets/data",
    "statsmodels": "datasets",
    "lifelines": "datasets",
    "plotly": "package_data/datasets",
    "vega_datasets": "_data",
}
# What somebody would ask of a table whose last column is no question; else it is the last one.
TARGETS = {
    "co2.csv": "co2", "copper.csv": "COPPERPRICE", "elnino.csv": "JAN", "grunfeld.csv": "invest",
    "heart.csv": "survival", "longley.csv": "TOTEMP", "modechoice.csv": "choice",
    "fair_pt.csv": "naffairs", "macrodata.csv": "realgdp", "stackloss.csv": "STACKLOSS",
    "scotvote.csv": "YES", "star98.csv": "MATHTOT", "statecrime.csv": "violent",
    "committee.csv": "BILLS104", "cpunish.csv": "EXECUTIONS", "danish_data": "lrm",
    "anderson.csv": "t", "kidney_transplant.csv": "time", "larynx.csv": "time",
    "lung.csv": "time", "rossi.csv": "week", "stanford_heart.csv": "transplant",
    "psychiatric_patients.csv": "T", "g3.csv": "time", "recur.csv": "TIME1",
    "c_botulinum_lag_phase.csv": "lower_bound_days", "canadian_senators.csv": "diff_days",
    "dd.csv": "democracy", "merrell1955.csv": "dead", "mice.csv": "grp", "ACTG175.csv": "arms",
    "interval_diabetes.csv": "gender", "carshare.csv.gz": "car_hours", "iris.csv.gz": "species",
    "gapminder.csv.gz": "lifeExp", "tips.csv.gz": "tip", "election.csv.gz": "winner",
    "la-riots.csv": "gender", "sf-temps.csv": "temp", "airports.csv": "latitude",
}  # fmt: skip
SHAPE = 4000, 785
SHARE = 74 / 82  # of the tables, that are to load
LONGEST = 160  # characters of a message that are shown


def tables(rounds: int, quick: bool) -> Result:
    """Load each table once, with its target and nothing else, and time a large one."""
    found = [outcome(package, path) for package in FOLDERS for path in tables_of(package)]
    missing = [package for package in FOLDERS if not tables_of(package)]
    lines: list[list[Cell]] = [
        [f"{package}: {name}", asked, said] for package, name, asked, said in found
    ]
    loaded = sum(not said.startswith("refused") for *_, said in found)
    counts = Counter(package for package, *_ in found)
    dropped = [outcome(package, path, "drop") for package in FOLDERS for path in tables_of(package)]
    then = sum(not said.startswith("refused") for *_, said in dropped)
    told = ", ".join(f"{package} {n}" for package, n in counts.items())
    notes = [
        f"{loaded} of {len(found)} tables load, {then} with `missing='drop'` beside the target. "
        f"They are of these packages: {told}."
    ]
    if missing:
        notes.append(f"Not installed, so that their tables are left out: {', '.join(missing)}.")
    seconds = reading(1 if quick else rounds)
    notes.append(
        f"A table of {SHAPE[0]:,} rows and {SHAPE[1]} columns of bytes takes "
        f"{median(seconds['ours']):.2f} s of the processor, `pandas.read_csv` alone "
        f"{median(seconds['pandas']):.2f} s."
    )
    targets = [
        target(
            "reading a large table / `pandas.read_csv`",
            ratio(seconds["ours"], seconds["pandas"]),
            "≤",
            1.5,
            ".2f",
        )
    ]
    if not missing:
        claim = f"share of {len(found)} shipped tables that load with `target=`"
        targets.append(target(claim, loaded / len(found), "≥", SHARE, ".1%"))
        claim = "the same, and `missing='drop'` where the refusal says so"
        targets.append(target(claim, then / len(found), "≥", SHARE, ".1%"))
    return Result([table({"table": "", "target": "", "what came": ""}, lines)], targets, notes)


def tables_of(package: str) -> list[Path]:
    """Return the tables of a package; none, where it is not installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / FOLDERS[package]
    ways = "*.csv", "*.csv.gz", "*/*.csv"  # deeper ones are sources that others were made from
    return sorted(path for way in ways for path in folder.glob(way))


def outcome(package: str, path: Path, missing: str = "refuse") -> tuple[str, str, str, str]:
    """Return what comes of a table: what it is, or the one line that refuses it."""
    from trainfcnn.data.tables import from_csv

    asked = TARGETS.get(path.name)
    try:
        said = repr(from_csv(path, target=asked, missing=missing)).partition("): ")[2]
    except ValueError as error:
        said = f"refused: {error}".replace(str(path), path.name)
    shown = said if len(said) <= LONGEST else f"{said[:LONGEST]} …"
    return package, path.name, asked or "the last", shown.replace("|", "∣")


def reading(rounds: int) -> dict[str, list[float]]:
    """Return the seconds of the processor that ours and pandas take for a large table, in turn."""
    import numpy as np
    import pandas as pd

    from trainfcnn.data.tables import from_csv

    with TemporaryDirectory() as folder:
        path = Path(folder, "large.csv")
        values = np.random.default_rng(0).integers(0, 256, SHAPE)
        values[:, 0] %= 10
        pd.DataFrame(values).add_prefix("p").to_csv(path, index=False)
        ways = {"pandas": partial(pd.read_csv, path), "ours": partial(from_csv, path, target=0)}

        def timed(name: str, lap: int) -> float:
            start = process_time()
            ways[name]()
            return process_time() - start

        laps = in_turn({name: partial(timed, name) for name in ways}, 1 + rounds)
    return {name: times[1:] for name, times in laps.items()}  # the first imports


BLOCK = Block(
    title="Tables",
    text="CSV files as packages ship them, each with a target and nothing else asked for. What is "
    "refused is told in one line, of which the beginning is shown.",
    measure=tables,
)
