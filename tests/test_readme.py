"""The pages keep their word: their code runs, and their links, tables and figures are right."""

import os
import re
import shlex
from pathlib import Path

import pytest
from test_layers import FLOORS, MODULES

from scripts import tables
from trainfcnn.cli import main

ROOT = Path(__file__).parents[1]
HOME = re.compile(
    r"https://(?:github\.com/trainfcnn/trainfcnn/blob"
    r"|raw\.githubusercontent\.com/trainfcnn/trainfcnn)/main/"
)
PAGES = (
    "README.md", "CONTRIBUTING.md", "trainfcnn/README.md", "gallery/README.md",
    "gallery/by_hand.md", "gallery/testing.md", "gallery/choices.md", "gallery/benchmarks.md",
    "gallery/results.md", "gallery/playground.md",
)  # fmt: skip
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^trainfcnn .*", README, re.MULTILINE)


def text_of(page):
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page, language):
    """Return the code of a page in one language, block by block."""
    return re.findall(rf"```{language}\n(.*?)```", text_of(page), re.DOTALL)


def links(page):
    """Return all that a page links to or shows."""
    text = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    inline = re.findall(r"\]\(([^)\s]+)\)", text)
    return inline + re.findall(r"^\[[^\]]+\]: (\S+)", text, re.MULTILINE)


def anchors(page):
    """Return the headings of a page as GitHub makes anchors of them."""
    headings = re.findall(r"^#+ (.*)", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


# --- what stands in the README ---


def test_the_readme_fits_on_a_page_and_begins_with_what_matters():
    lines = README.splitlines()
    assert len(lines) < 210  # a section each for data, images, networks, files, other tools
    fold = "\n".join(lines[:25])
    for what in ("![", "scripts/demo", "scripts/test", "from trainfcnn import TrainFCNN"):
        assert what in fold


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "gallery/choices.md"])
def test_the_python_blocks_run_one_after_the_other(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block, page, "exec"), names)
    if page == "README.md":
        assert capsys.readouterr().out.count("TrainFCNN(") == 4
        assert {"quadrants.gif", "xor.png", "xor.safetensors", "net.onnx"} <= {
            *os.listdir(tmp_path)
        }


@pytest.mark.parametrize(
    "command",
    [pytest.param(one, marks=[pytest.mark.slow] if "--film" in one else []) for one in COMMANDS],
)
def test_the_commands_run(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out


def test_there_are_commands_to_run():
    assert len(COMMANDS) >= 4


def test_figures_are_those_of_the_benchmarks():
    rows = [line for line in README.splitlines() if line.startswith("|")]
    assert len(rows) >= 2 + 3  # a head, and a few of them
    measured = text_of("gallery/benchmarks.md").splitlines()
    assert [row for row in rows if row not in measured] == []


def test_the_tables_are_those_of_the_code():
    assert tables.main(["--check"]) == 0


# --- links ---


@pytest.mark.parametrize("page", PAGES)
def test_what_is_linked_or_shown_is_there(page):
    here = (ROOT / page).parent
    for link in links(page):
        target, _, anchor = HOME.sub(f"{ROOT.as_posix()}/", link).partition("#")
        if target.startswith("https://"):
            continue
        path = here / target if target else ROOT / page
        assert path.exists(), link
        if anchor:
            assert anchor in anchors(path), link


def test_links_of_the_readme_work_wherever_it_is_shown():
    assert len(links("README.md")) > 10
    assert [link for link in links("README.md") if not link.startswith("https://")] == []


# --- what newcomers are told ---


def test_every_script_is_told_of_and_can_be_run():
    scripts = [path for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix]
    assert len(scripts) >= 10
    told = text_of("CONTRIBUTING.md")
    for script in scripts:
        assert f"| `scripts/{script.name}` |" in told
        assert os.name == "nt" or script.stat().st_mode & 0o111


def test_the_tree_has_a_line_for_every_module_from_the_ground_up():
    tree = next(block for block in blocks("trainfcnn/README.md", "text") if "_support/" in block)
    floors, found = [], set()
    for line in filter(None, tree.splitlines()):
        name = line.split()[0]
        if not line.startswith(" "):
            floors.append(name.removesuffix("/"))
        if not name.endswith("/"):
            found.add(f"{floors[-1]}.{name}" if line.startswith(" ") else name)
    inits = ("__init__.py", "__main__.py")
    assert found == {name for name, path in MODULES.items() if path.name not in inits}
    assert floors == [floor for floor in FLOORS if floor != "__main__"]


def test_what_a_newcomer_looks_for_is_where_the_page_says():
    table = text_of("trainfcnn/README.md").partition("## The tree")[0]
    files = re.findall(r"`([\w/]+\.pyi?)`", table)
    assert len(files) > 8
    for file in files:
        assert file.endswith("/x.py") or (ROOT / "trainfcnn" / file).exists(), file


def test_the_tutorials_words_are_translated():
    told = text_of("gallery/choices.md")
    for word in (
        "nb_pnt", "nb_epochs", "batchSize", "opt", "display", "lossHistory", "plotModelEstimate",
        "plotPoints",
    ):  # fmt: skip
        assert f"| `{word}` |" in told
