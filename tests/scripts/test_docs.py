"""The API pages can be written, and have a place for every public name and every module."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import trainfcnn
from trainfcnn import plotting, testing

ROOT = Path(__file__).parents[2]
MODULES = Path(trainfcnn.__file__).parent
WITHOUT_PAGES = ("_support", "plotting", "testing")  # private; all of theirs is on one page each


def sections(page):
    return set(re.findall(r'<section id="([\w.]+)"', page))


@pytest.mark.slow
def test_every_public_name_has_a_section_and_every_module_a_page(tmp_path):
    command = [sys.executable, "-W", "error", "-m", "scripts.docs", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path / 'index.html'}\n"

    page = (tmp_path / "trainfcnn.html").read_text("utf-8")
    assert sections(page) == set(trainfcnn.__all__)
    assert all(f"<code>{name}</code>" in page for name in trainfcnn.OPTIMIZERS)  # of a table
    assert 'id="TrainFCNN.train"' in page  # of a class
    assert "Ctrl-C keeps the network trained so far" in page
    for package in (plotting, testing):
        page = tmp_path / package.__name__.replace(".", "/")
        assert sections(page.with_suffix(".html").read_text("utf-8")) == set(package.__all__)

    for path in MODULES.rglob("[!_]*.py"):
        name = path.relative_to(MODULES)
        if name.parts[0] not in WITHOUT_PAGES:
            assert (tmp_path / "trainfcnn" / name.with_suffix(".html")).exists(), name
