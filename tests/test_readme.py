"""The README keeps its word: its code runs, and its tables are those of the code."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from trainfcnn.cli import main

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [
    line
    for language, block in BLOCKS
    for line in block.splitlines()
    if language == "sh" and line.startswith("trainfcnn ")
]


@pytest.mark.slow
def test_the_python_blocks_run_one_after_the_other(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for language, block in BLOCKS:
        if language == "python":
            exec(compile(block, "README.md", "exec"), names)
    assert capsys.readouterr().out.count("TrainFCNN(") == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "grid.csv",
        "quadrants.gif",
        "xor.png",
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_run(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out


def test_there_are_commands_to_run():
    assert len(COMMANDS) >= 2


def test_the_tables_are_those_of_the_code():
    command = [sys.executable, str(ROOT / "scripts" / "tables"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_is_linked_or_shown_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize(
    "name", ["demo", "test", "check", "bench", "gallery", "reproduce", "install", "tables"]
)
def test_the_scripts_are_there_to_be_run(name):
    script = ROOT / "scripts" / name
    assert script.stat().st_mode & 0o111
    assert f"scripts/{name}" in TEXT


@pytest.mark.slow
def test_the_tutorials_are_reproduced_into_a_file(tmp_path):
    results = tmp_path / "results.md"
    script = ROOT / "scripts" / "reproduce"
    command = [sys.executable, str(script), "blobs", "toys", "--quick", "--output", str(results)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert results.read_text("utf-8") == done.stdout
    assert done.stdout.count("\n| ") >= 14
    assert [path.name for path in tmp_path.iterdir()] == ["results.md"]


def test_a_group_that_is_not_there_is_named():
    command = [sys.executable, str(ROOT / "scripts" / "reproduce"), "modles"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "modles" in done.stderr
