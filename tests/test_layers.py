"""A folder imports from those below it only, without a circle, and never from the root."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import trainfcnn

ROOT = Path(trainfcnn.__file__).parent
# from the ground up; what is at the top stands under its own name
FLOORS = (
    "_support", "data", "nn", "by_hand", "engine", "goal", "recipe", "wording", "training",
    "storage", "analysis", "plotting", "report", "export", "playground", "answering", "pictures",
    "keeping", "fitting", "estimators", "trainer", "sweeps", "testing", "pytest_plugin", "doctor",
    "completion", "arguments", "cli", "__main__",
)  # fmt: skip
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in ROOT.rglob("*.py")
    if path != ROOT / "__init__.py"
}
TREES = {module: ast.parse(path.read_text("utf-8")) for module, path in MODULES.items()}
# what a user waits for, and many never need
LATE = {
    "anywidget", "joblib", "onnx", "pandas", "pooch", "safetensors", "scipy", "sklearn", "tqdm",
    "websockets",
}  # fmt: skip
# what is made of one of them, and is itself imported late
MADE_OF = {
    "estimators": "sklearn", "fitting": "sklearn", "playground.server": "websockets",
    "playground.widget": "anywidget",
}  # fmt: skip
# the tests of a folder that are of no single module
OF_NO_MODULE = {
    "playground/test_browser.py", "plotting/test_baselines.py", "plotting/test_kernel.py",
    "plotting/test_room.py",
}  # fmt: skip


def is_for_types(node):
    """Whether this is an `if TYPE_CHECKING`, whose body no program ever runs."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def walk(node, *, types, late):
    """Every node below one: of imports for types alone, and of bodies of functions, if asked."""
    for child in ast.iter_child_nodes(node):
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        if (is_for_types(child) and not types) or (is_function and not late):
            continue
        yield child
        yield from walk(child, types=types, late=late)


def imported(module, *, types=True, late=True):
    """Every module that one imports, with its dotted name."""
    for node in walk(TREES[module], types=types, late=late):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [f"{node.module}.{name.name}" for name in node.names]
            parts = [name for name in names if name.removeprefix("trainfcnn.") in MODULES]
            yield from parts or [node.module]


def own(module, **which):
    """Those that are of this package."""
    return [name for name in imported(module, **which) if name.split(".")[0] == "trainfcnn"]


def roots(module, **which):
    return {name.split(".")[0] for name in imported(module, **which)}


def folder(module):
    return module.split(".")[0]


def floor(module):
    return FLOORS.index(folder(module))


def test_every_folder_has_its_floor():
    assert {folder(module) for module in MODULES} == set(FLOORS)
    assert len(MODULES) > 50


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_its_own_floor_or_lower_ones(module):
    names = own(module)
    if module == "cli":  # a program beside the package: it asks the face, as any other does
        names.remove("trainfcnn")
    assert "trainfcnn" not in names, "the root hands on; nobody inside asks it"
    above = {n for n in names if floor(n.removeprefix("trainfcnn.")) > floor(module)}
    # A diagnosis has a `plot`, which asks for its picture when it is called, and not before.
    late = above - set(own(module, late=False))
    assert not above - ({"trainfcnn.plotting"} & late if folder(module) == "analysis" else set())


def test_there_is_no_circle():
    arrows = {m: {n.removeprefix("trainfcnn.") for n in own(m)} for m in MODULES}
    assert len(list(TopologicalSorter(arrows).static_order())) >= len(MODULES)


def test_matplotlib_is_imported_in_plotting_alone_and_there_at_the_top():
    there = [m for m in MODULES if "matplotlib" in roots(m, types=False)]
    assert {folder(module) for module in there} == {"plotting"}
    for module in there:
        anywhere, at_the_top = (
            [name for name in imported(module, types=False, late=late) if "matplotlib" in name]
            for late in (True, False)
        )
        assert anywhere == at_the_top


def test_only_what_returns_pictures_knows_the_types_of_matplotlib():
    there = {m for m in MODULES if "matplotlib" in roots(m) and folder(m) != "plotting"}
    diagnoses = {m for m in MODULES if folder(m) == "analysis" and "trainfcnn.plotting" in own(m)}
    assert there == {"pictures", "sweeps.extremes", "sweeps.results"} | diagnoses


def test_pictures_are_asked_for_by_the_name_of_their_folder_which_imports_them_late():
    outside = [m for m in MODULES if folder(m) != "plotting"]
    asked = {name for m in outside for name in own(m, types=False)}
    colors = "trainfcnn.plotting.colors"  # of a page as well, which has no pictures
    assert not roots("plotting.colors")
    plotting = {name for name in asked if name.startswith("trainfcnn.plotting")}
    assert plotting == {"trainfcnn.plotting", colors}
    assert own("plotting") == []


@pytest.mark.parametrize("module", MODULES)
def test_what_takes_long_to_import_is_imported_where_it_is_used(module):
    assert not (LATE - {MADE_OF.get(module)}) & roots(module, types=False, late=False)


def test_what_is_made_of_them_is_imported_late():
    for module in MODULES:
        at_the_top = set(own(module, types=False, late=False))
        if module != "estimators":
            assert not at_the_top & {f"trainfcnn.{name}" for name in MADE_OF}


def test_data_know_neither_network_nor_engine():
    names = {name for m in MODULES if m.startswith("data.") for name in own(m)}
    assert not [n for n in names if n.split(".")[1] not in ("data", "_support")]


@pytest.mark.parametrize("module", ["data.toy", "data.arrays", "data.sources", "data.images"])
def test_drawing_and_reading_data_need_no_torch(module):
    assert not roots(module) & {"torch", "matplotlib"}


def test_tests_stand_where_their_modules_do():
    tests = Path(__file__).parent
    there = [path.relative_to(tests) for path in tests.glob("*/test_*.py")]
    homes = {path.as_posix(): f"{path.parent}.{path.stem.removeprefix('test_')}" for path in there}
    lost = {path for path, module in homes.items() if folder(module) in FLOORS} - {
        path for path, module in homes.items() if module in MODULES
    }
    assert lost == OF_NO_MODULE
