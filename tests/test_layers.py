"""A folder imports from those below it only, without a circle, and never from the root."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import trainfcnn

ROOT = Path(trainfcnn.__file__).parent
# from the ground up; what is at the top stands under its own name
FLOORS = (
    "_support", "data", "nn", "engine", "recipe", "training", "analysis", "plotting", "report",
    "trainer", "sweeps", "cli", "__main__",
)  # fmt: skip
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in ROOT.rglob("*.py")
    if path != ROOT / "__init__.py"
}


def imported(module):
    """Every module that one imports, anywhere in it, with its dotted name."""
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [f"{node.module}.{name.name}" for name in node.names]
            parts = [name for name in names if name.removeprefix("trainfcnn.") in MODULES]
            yield from parts or [node.module]


def own(module):
    """Those that are of this package."""
    return [name for name in imported(module) if name.split(".")[0] == "trainfcnn"]


def floor(module):
    return FLOORS.index(module.split(".")[0])


def test_every_folder_has_its_floor():
    assert {module.split(".")[0] for module in MODULES} == set(FLOORS)
    assert len(MODULES) > 50


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_its_own_floor_or_lower_ones(module):
    names = own(module)
    if module == "cli":  # a program beside the package: it asks the face, as any other does
        names.remove("trainfcnn")
    assert "trainfcnn" not in names, "the root hands on; nobody inside asks it"
    above = [n for n in names if floor(n.removeprefix("trainfcnn.")) > floor(module)]
    assert not above


def test_there_is_no_circle():
    arrows = {m: {n.removeprefix("trainfcnn.") for n in own(m)} for m in MODULES}
    assert len(list(TopologicalSorter(arrows).static_order())) >= len(MODULES)


def test_matplotlib_is_imported_in_plotting_alone():
    there = {m for m in MODULES for name in imported(m) if name.split(".")[0] == "matplotlib"}
    assert {m.split(".")[0] for m in there} <= {"plotting", "trainer", "sweeps", "cli"}


def test_data_know_neither_network_nor_engine():
    names = {name for m in MODULES if m.startswith("data.") for name in own(m)}
    assert not [n for n in names if n.split(".")[1] not in ("data", "_support")]


@pytest.mark.parametrize("module", ["data.toy", "data.arrays", "data.sources", "data.images"])
def test_drawing_and_reading_data_need_no_torch(module):
    assert not {name.split(".")[0] for name in imported(module)} & {"torch", "matplotlib"}
