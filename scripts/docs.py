"""Write the API pages from the docstrings: one for the public names, one for each module.

pdoc draws them; what it warns of ends the run.
"""

import argparse
import sys
import warnings
from collections.abc import Mapping, Sequence
from inspect import Parameter
from pathlib import Path
from pkgutil import iter_modules

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "docs"


def main(given: Sequence[str] | None = None) -> int:
    """Write the pages, by default into build/docs, and say where they are."""
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser("scripts/docs", description=summary)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, metavar="FOLDER")
    folder = parser.parse_args(given).folder
    with warnings.catch_warnings(action="error"):
        write_pages(folder)
    print(folder / "index.html")
    return 0


def write_pages(folder: Path) -> None:
    """Write a page for the package and for each of its modules, private ones aside."""
    import pdoc.render

    import trainfcnn
    import trainfcnn.plotting
    import trainfcnn.testing
    from trainfcnn.engine.kernel import LIBRARIES

    # They import a name when it is first used, and pdoc looks at what is there already.
    for package in (trainfcnn, trainfcnn.plotting, trainfcnn.testing):
        vars(package).update({name: getattr(package, name) for name in package.__all__})
    _show_tables_by_their_keys()
    pdoc.render.configure(docformat="numpy", footer_text=f"trainfcnn {trainfcnn.__version__}")
    rooms = [one.name for one in iter_modules(trainfcnn.__path__) if one.name[0] != "_"]
    names = ["trainfcnn", *(f"trainfcnn.{room}" for room in rooms)]
    # the kernel's libraries are none that Python can import: `engine.fused` calls them
    libraries = [f"!trainfcnn.engine.{name}" for name in LIBRARIES]
    pdoc.pdoc(*names, *libraries, output_directory=folder)


def _show_tables_by_their_keys() -> None:
    """Let a table of choices show its names, since its values take pages."""
    import pdoc.doc

    for member in pdoc.doc.Module.from_name("trainfcnn").variables:
        if isinstance(member.default_value, Mapping):
            names = ", ".join(f"`{name}`" for name in member.default_value)
            member.docstring = f"By name: {names}."
            # pdoc then writes no value at all.
            member.default_value = Parameter.empty


if __name__ == "__main__":
    sys.exit(main())
