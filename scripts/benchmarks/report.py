"""What a block gives: tables of figures, and targets that they are held against."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from scripts.results import Saved, is_met, markdown_table, significant

Cell = str | float
TARGETS_HEAD = "what was promised", "wanted", "measured", ""


@dataclass(frozen=True)
class Table:
    """Figures, and how they are to be shown.

    Attributes
    ----------
    columns : sequence of [str, str]
        The title of each, and the format of its numbers: '.2f', '.1%'.
    rows : sequence of sequence
        Names and numbers.
    """

    columns: Sequence[Sequence[str]]
    rows: Sequence[Sequence[Cell]]

    def markdown(self) -> str:
        """Return it as GitHub's Markdown."""
        specs = [spec for _, spec in self.columns]
        return markdown_table(
            [title for title, _ in self.columns],
            [list(map(formatted, row, specs)) for row in self.rows],
        )


def formatted(cell: Cell, spec: str) -> str:
    """Return a name as it is, and a number by its format."""
    return cell if isinstance(cell, str) else format(cell, spec)


def table(columns: dict[str, str], rows: Sequence[Sequence[Cell]]) -> Table:
    """Return a table of measured figures, from the titles of its columns and their formats."""
    # Rounded before it is shown, so that what is saved gives the same table.
    kept = [[cell if isinstance(cell, str) else significant(cell) for cell in row] for row in rows]
    return Table([[title, spec] for title, spec in columns.items()], kept)


@dataclass(frozen=True)
class Target:
    """What was promised, and what was found.

    Attributes
    ----------
    claim : str
        Of what the figure is.
    sign : {'≥', '≤'}
        How it is to stand to `limit`.
    limit, measured : float
        The figures.
    spec : str
        The format of both.
    """

    claim: str
    sign: str
    limit: float
    measured: float
    spec: str

    @property
    def is_met(self) -> bool:
        """Whether it is as promised."""
        return is_met(self.sign, self.limit, self.measured)

    def cells(self) -> list[str]:
        """Return a row of the table of targets."""
        wanted = f"{self.sign} {self.limit:{self.spec}}"
        return [
            self.claim,
            wanted,
            f"{self.measured:{self.spec}}",
            "met" if self.is_met else "missed",
        ]


def target(claim: str, measured: float, sign: str, limit: float, spec: str) -> Target:
    """Return a target of a measured figure."""
    return Target(claim, sign, limit, significant(measured), spec)


def targets_table(targets: Sequence[Target]) -> str:
    """Return all targets as GitHub's Markdown."""
    return markdown_table(TARGETS_HEAD, [target.cells() for target in targets])


@dataclass(frozen=True)
class Result:
    """What a block gives.

    Attributes
    ----------
    tables : sequence of Table
        All its figures.
    targets : sequence of Target
        Those that something was promised of.
    notes : sequence of str
        What else was measured, in a sentence each.
    """

    tables: Sequence[Table]
    targets: Sequence[Target] = ()
    notes: Sequence[str] = ()

    def saved(self) -> Saved:
        """Return it as JSON can hold it."""
        return {
            "targets": [asdict(target) for target in self.targets],
            "tables": [asdict(table) for table in self.tables],
            "notes": list(self.notes),
        }

    @classmethod
    def of(cls, saved: Saved) -> "Result":
        """Return it from what was saved."""
        tables = [Table(**one) for one in saved["tables"]]
        targets = [Target(**one) for one in saved["targets"]]
        return cls(tables, targets, saved["notes"])

    def markdown(self) -> str:
        """Return tables and notes, with an empty line between them."""
        return "\n\n".join([*(table.markdown() for table in self.tables), *self.notes])


@dataclass(frozen=True)
class Block:
    """What is measured together.

    Attributes
    ----------
    title : str
        Its heading.
    text : str
        What its tables show, and how to read them.
    measure : callable
        ``measure(rounds, quick)`` measures it: so many runs of each row, or a smoke run.
    needs : tuple of str
        Packages of the extra `bench` whose rows are left out where they are not installed.
    """

    title: str
    text: str
    measure: Callable[[int, bool], Result]
    needs: tuple[str, ...] = ()
