"""Seconds: what a call takes, rows in turn, and programs in a Python of their own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Name = TypeVar("Name", str, int)
Measured = TypeVar("Measured")


def timed(
    call: Callable[Parameters, object], *given: Parameters.args, **named: Parameters.kwargs
) -> float:
    """Return the seconds that a call takes."""
    start = perf_counter()
    call(*given, **named)
    return perf_counter() - start


def in_turn(
    rows: Mapping[Name, Callable[[int], Measured]], rounds: int
) -> dict[Name, list[Measured]]:
    """Run every row once a round, so that a machine that slows down slows all of them.

    Parameters
    ----------
    rows : mapping of str to callable
        What to run; it is given the number of the round, from 0.
    rounds : int
        How often.
    """
    laps = [[measure(lap) for measure in rows.values()] for lap in range(rounds)]
    return {name: [lap[index] for lap in laps] for index, name in enumerate(rows)}


def ratio(slow: Sequence[float], fast: Sequence[float]) -> float:
    """Return how many times as long one row takes as another: the median over the rounds."""
    # Of pairs from the same round: whatever slowed the machine then slowed both.
    return median(a / b for a, b in zip(slow, fast, strict=True))


def fresh_python(code: str) -> str:
    """Return what a program prints in a new interpreter."""
    command = [sys.executable, "-c", code]
    # what is installed is compiled beforehand, and so is ours from its second lap on
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(command, capture_output=True, check=True, text=True, env=own).stdout
