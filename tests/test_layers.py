"""A module imports from strictly lower levels only, and never from the package's root."""

import ast
from pathlib import Path

import pytest

import trainfcnn

LEVELS = {
    0: ("checks", "engine", "files", "later", "lookup", "progress", "seeds"),
    1: ("recipe", "datasets", "idx", "tasks", "activations", "warps", "style"),
    2: ("optimizers", "network", "images", "diagnosis", "notebook", "plane"),
    3: ("stack", "grid", "sources", "scaling"),
    4: ("batches", "history", "portrait"),
    5: ("training", "plots", "diagnosis_plots"),
    6: ("image_plots", "portrait_plots", "sweep_plots"),
    7: ("animation",),
    8: ("trainer",),
    9: ("sweeps", "comparison"),
    10: ("cli",),
}
LEVEL = {name: level for level, names in LEVELS.items() for name in names}
MODULES = {path.stem: path for path in Path(trainfcnn.__file__).parent.glob("*.py")}


def imported(module):
    """Every module that one imports, anywhere in it, with its dotted name."""
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            submodules = [f"trainfcnn.{name.name}" for name in node.names if name.name in MODULES]
            yield from (
                submodules
                if node.module == "trainfcnn" and submodules
                else ["." * node.level + (node.module or "")]
            )


def test_every_module_has_its_level():
    assert set(LEVEL) | {"__init__", "__main__"} == set(MODULES)


@pytest.mark.parametrize("module", LEVEL)
def test_a_module_imports_from_lower_levels_only(module):
    own = [name for name in imported(module) if name.split(".")[0] in ("trainfcnn", "")]
    assert all(LEVEL.get(name.removeprefix("trainfcnn."), 99) < LEVEL[module] for name in own), own


def test_data_need_no_torch():
    below = {name for module in ("datasets", "lookup", "seeds") for name in imported(module)}
    assert not [name for name in below if name.split(".")[0] in ("torch", "matplotlib", "sklearn")]
