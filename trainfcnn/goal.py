"""A goal: the loss or the score at which a training is good enough."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import ge, gt, le, lt
from typing import Any

from trainfcnn._support.checks import look_up, short

EXAMPLE = "accuracy >= 0.99"
# What a goal can be about, as it is said after the training.
MEASURES = {"accuracy": "accuracy", "r2": "R²", "loss": "loss"}
ALIASES = {"acc": "accuracy", "r²": "r2", "r^2": "r2"}
SIGNS: dict[str, Callable[[Any, float], Any]] = {">=": ge, ">": gt, "<=": le, "<": lt}
# A shell would take > for a file, and so = will do; it is what the measure makes of it.
SPELT = {"≥": ">=", "≤": "<=", "=>": ">=", "=<": "<=", "=": "", "==": ""}
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
FORM = re.compile(rf"\s*([^\s<>=≥≤]+)\s*([<>=]=?|=[<>]|[≥≤])\s*({NUMBER})\s*(%?)\s*")


@dataclass(frozen=True)
class Goal:
    """What a training is to reach.

    Attributes
    ----------
    measure : str
        A key of `MEASURES`.
    sign : str
        A key of `SIGNS`.
    value : float
        That the measure is to rise or to fall to.

    Examples
    --------
    >>> goal = Goal.read("accuracy>99%")
    >>> print(goal), goal.in_words
    accuracy > 0.99
    (None, 'accuracy above 99%')
    """

    measure: str
    sign: str
    value: float

    @classmethod
    def read(cls, text: str) -> "Goal":
        """Return the goal that a text such as 'accuracy >= 0.99' or 'loss <= 0.01' says.

        Raises
        ------
        ValueError
            If it says none, or one that nothing could reach.
        """
        form = FORM.fullmatch(text)
        if form is None:
            raise ValueError(
                "until must be a goal such as 'accuracy >= 0.99', 'r2 >= 0.95' or 'loss <= 0.01', "
                f"got {short(text)}: try until={EXAMPLE!r}"
            )
        name = form[1].lower()
        name = ALIASES.get(name, name)
        look_up(MEASURES, name, "goal")
        up = name != "loss"
        sign = SPELT.get(form[2], form[2]) or (">=" if up else "<=")
        goal = cls(name, sign, float(form[3]) / (100 if form[4] else 1))
        goal._check(text)
        return goal

    def _check(self, text: str) -> None:
        """Refuse what is no end of a training, or out of its reach."""
        rises = self.measure != "loss"
        sign = ">=" if rises else "<="
        if rises != (self.sign[0] == ">"):
            does = "rises" if rises else "falls"
            raise ValueError(
                f"until must be what {self.measure} {does} to, got {short(text)}: try "
                f"until='{self.measure} {sign} {self.value:g}'"
            )
        end = 1.0 if rises else 0.0
        beyond = self.value > end if rises else self.value < end
        if beyond or (self.value == end and len(self.sign) == 1):
            most = "1 at most" if rises else "0 at least"
            percent = self.measure == "accuracy" and 1 < self.value <= 100
            instead = self.value / 100 if percent else 0.99 if rises else 0.01
            raise ValueError(
                f"until must be within reach, {self.measure} is {most}, got {short(text)}: try "
                f"until='{self.measure} {sign} {instead:g}'"
            )

    def in_units(self, unit: float) -> "Goal":
        """Return the goal for losses that are counted in such units; a score has none."""
        return self if self.measure != "loss" else replace(self, value=self.value / unit)

    def is_met(self, loss: Any, score: Any) -> Any:
        """Return of which losses and scores, of any shape, the goal is reached."""
        return SIGNS[self.sign](loss if self.measure == "loss" else score, self.value)

    @property
    def in_words(self) -> str:
        """What was to be reached, for the end of a sentence."""
        value = f"{100 * self.value:.10g}%" if self.measure == "accuracy" else f"{self.value:g}"
        strictly = {">": "above ", "<": "below "}.get(self.sign, "")
        return f"{MEASURES[self.measure]} {strictly}{value}"

    def __str__(self) -> str:
        return f"{self.measure} {self.sign} {self.value!r}"
