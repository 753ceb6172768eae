"""Measured results: saved as JSON, a key for each block, and written as a Markdown page from that.

So one block can be measured anew without the others: theirs stay as they were, with the machine and
the day that they are from.
"""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from trainfcnn._support.files import written_whole

GALLERY = Path(__file__).resolve().parents[1] / "gallery"
LINE = 200  # characters of JSON, at most, that are not broken into several lines
MEASURED_WITH = "torch", "numpy", "matplotlib", "scikit-learn", "skorch", "jax"

Saved = dict[str, Any]  # what JSON holds of a block


@dataclass(frozen=True)
class Origin:
    """Where figures are from.

    Attributes
    ----------
    command : str
        What measured them.
    date : str
        When, as 2026-11-22.
    machine : str
        On what.
    versions : str
        Of Python and of packages.
    remark : str
        What else there is to know of how they came about.
    """

    command: str
    date: str
    machine: str
    versions: str = ""
    remark: str = ""

    @classmethod
    def here(cls, command: str) -> "Origin":
        """Return this machine, today."""
        return cls(command, date.today().isoformat(), this_machine(), installed_versions())

    def saved(self) -> Saved:
        """Return it as JSON can hold it."""
        return {name: value for name, value in asdict(self).items() if value}

    def sentence(self) -> str:
        """Return all of it as a line of Markdown."""
        facts = [f"Measured by `{self.command}`", self.date, self.machine, self.versions]
        return f"{'; '.join(filter(None, facts))}.{' ' * bool(self.remark)}{self.remark}"


def this_machine() -> str:
    """Return how many cores of which processor there are, and how many threads torch takes."""
    import torch

    threads = torch.get_num_threads()
    return (
        f"{os.cpu_count()} cores ({processor() or platform.machine()}), torch on {threads} "
        f"thread{'s' * (threads != 1)}"
    )


def processor() -> str:
    """Return the name of the processor, where Linux tells it."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def installed_versions() -> str:
    """Return the versions of Python and of those packages that are measured with."""
    found = [f"Python {platform.python_version()}"]
    for package in MEASURED_WITH:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def significant(value: float) -> float:
    """Return a measured value to six digits: nothing here is known to more.

    Examples
    --------
    >>> significant(0.43212345678)
    0.432123
    """
    return value if isinstance(value, int) else float(f"{value:.6g}")


def is_met(sign: str, limit: float, measured: float) -> bool:
    """Return whether a figure is as wanted: '≥' or '≤' its limit."""
    return measured >= limit if sign == "≥" else measured <= limit


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]], align: str = "--:") -> str:
    """Return GitHub's Markdown: the first column to the left, the others as numbers stand.

    Parameters
    ----------
    head, rows : sequence of str
        Cells.
    align : {'--:', ':--'}
        Where all but the first column are: to the right or, for text, to the left.

    Examples
    --------
    >>> print(markdown_table(["", "seconds"], [["ours", "0.4"]]))
    |  | seconds |
    | :-- | --: |
    | ours | 0.4 |
    """
    lines = [head, [":--", *[align] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def as_json(value: object, indent: int = 0) -> str:
    """Return JSON in which whatever fits into a line has one: a changed row is a changed line."""
    # "≥" stays "≥": an escape says nothing to whoever reads what changed.
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or indent + len(flat) <= LINE:
        return flat
    if isinstance(value, dict):
        ends = "{}"
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {as_json(item, indent + 1)}"
            for key, item in value.items()
        ]
    else:
        ends = "[]"
        parts = [as_json(item, indent + 1) for item in value]
    start = f"\n{' ' * (indent + 1)}"
    return ends[0] + start + f",{start}".join(parts) + f"\n{' ' * indent}{ends[1]}"


def read_results(path: Path) -> dict[str, Saved]:
    """Return what is saved of each block; nothing where there is no such file yet."""
    if not path.exists():
        return {}
    results: dict[str, Saved] = json.loads(path.read_text(encoding="utf-8"))
    return results


def save_result(path: Path, names: Iterable[str], name: str, result: Saved) -> None:
    """Put one block's result in place of its old one, in the order of `names`; keep the others."""
    results = read_results(path) | {name: result}
    # Results of blocks that there are no more are dropped.
    ordered = {each: results[each] for each in names if each in results}
    write_text(path, f"{as_json(ordered)}\n")


def write_text(path: Path, text: str) -> None:
    """Write a file, all of it or nothing."""
    with written_whole(path) as place:
        place.write_text(text, encoding="utf-8")
