"""Write the tables of choices from the code, into every page that has a place for them.

The place is between `<!-- tables: ... -->` and `<!-- end of tables -->`.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from scripts.results import markdown_table, write_text

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "README.md", ROOT / "gallery" / "choices.md"
LEFT = ":--"  # where text stands
MARKED = re.compile(r"(<!-- tables: .*? -->\n).*?(<!-- end of tables -->)", re.DOTALL)


def tables() -> str:
    """Return the tables as Markdown: data sets, names to choose from, and all settings."""
    return "\n\n".join([data_sets(), names(), settings()])


def data_sets() -> str:
    """Return a row for each data set that has a name."""
    from trainfcnn import DATASETS, IMAGES
    from trainfcnn.recipe import Recipe
    from trainfcnn.wording import format_recipe

    head = ["data set", "kind", "truth, or what is on the images", "classes", "recommended"]
    rows = [
        [
            code(name),
            one.kind,
            in_a_cell(one.formula),
            str(len(one.classes) or ""),
            format_recipe(Recipe().but(**one.recommended)),
        ]
        for table in (DATASETS, IMAGES)
        for name, one in table.items()
    ]
    return markdown_table(head, rows, LEFT)


def names() -> str:
    """Return a row for each setting that is a name, with all that there are."""
    from trainfcnn import ACTIVATIONS, INITS, OPTIMIZERS, SCHEDULES
    from trainfcnn.nn.activations import LAST_ACTIVATIONS

    choices: dict[str, Mapping[str, object]] = {
        "activation": ACTIVATIONS,
        "last_activation": LAST_ACTIVATIONS,
        "init": INITS,
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
    }
    rows = [[f"`{name}`", ", ".join(map(code, table))] for name, table in choices.items()]
    return markdown_table(["`train(...)`", "names"], rows, LEFT)


def settings() -> str:
    """Return a row for each setting of a recipe."""
    from trainfcnn.recipe import DEFAULTS, SETTINGS

    head = ["`train(...)`", "by default", "must be", "what it does"]
    rows = [
        [code(name), code(repr(DEFAULTS[name])), one.bound.must, in_a_cell(one.help)]
        for name, one in SETTINGS.items()
    ]
    return markdown_table(head, rows, LEFT)


def code(text: str) -> str:
    """Return it as code."""
    return f"`{text}`"


def in_a_cell(text: str) -> str:
    """Return a text without the sign that would end its cell, which code may not escape."""
    return text.replace("|", "∣")


def up_to_date(text: str) -> str:
    """Return a page with its tables written anew; a page without a place for them as it is."""
    written = f"\n{tables()}\n\n"
    # A function, since in a string backslashes of the tables would be taken for references.
    return MARKED.sub(lambda marks: marks[1] + written + marks[2], text)


def main(given: Sequence[str] | None = None, pages: Iterable[Path] = PAGES) -> int:
    """Write the tables, or say whether they are as written; return 1 if they are not.

    Parameters
    ----------
    given : sequence of str, optional
        By default the command line.
    pages : iterable of Path
        Where they may stand; at least one of them must have the marks.
    """
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser("scripts/tables", description=summary)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if outdated")
    asked = parser.parse_args(given)
    texts = {page: page.read_text(encoding="utf-8") for page in pages if page.exists()}
    marked = {page: text for page, text in texts.items() if MARKED.search(text)}
    if not marked:
        print("no page has <!-- tables: ... --> and <!-- end of tables -->", file=sys.stderr)
        return 1
    outdated = {page: text for page, text in marked.items() if up_to_date(text) != text}
    for page, text in outdated.items():
        if asked.check:
            print(f"{page.name} is out of step with the code: run scripts/tables", file=sys.stderr)
        else:
            write_text(page, up_to_date(text))
    return int(asked.check and bool(outdated))


if __name__ == "__main__":
    sys.exit(main())
