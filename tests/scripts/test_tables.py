"""The tables of choices are written between their marks, and say what the code says."""

import pytest

from scripts import tables
from trainfcnn import DATASETS, IMAGES, OPTIMIZERS
from trainfcnn.recipe import SETTINGS

START = "# Choices\n\n<!-- tables: written by scripts/tables -->\n"
END = "<!-- end of tables -->\n\nMore.\n"


@pytest.fixture
def page(tmp_path):
    """A page with marks and no tables between them."""
    path = tmp_path / "page.md"
    path.write_text(START + END, encoding="utf-8")
    return path


def test_tables_are_written_between_the_marks_alone(page):
    assert tables.main([], [page]) == 0
    text = page.read_text("utf-8")
    assert text == f"{START}\n{tables.tables()}\n\n{END}"
    assert tables.main(["--check"], [page]) == 0
    assert tables.main([], [page]) == 0
    assert page.read_text("utf-8") == text


def test_a_check_finds_what_is_out_of_step_and_changes_nothing(page, capsys):
    before = page.read_bytes()
    assert tables.main(["--check"], [page]) == 1
    assert "page.md is out of step with the code: run scripts/tables" in capsys.readouterr().err
    assert page.read_bytes() == before


def test_a_page_without_marks_stays_as_it_is(page, tmp_path):
    other = tmp_path / "other.md"
    other.write_text("# Other\n", encoding="utf-8")
    assert tables.main([], [other, tmp_path / "nowhere.md", page]) == 0
    assert other.read_text("utf-8") == "# Other\n"


def test_without_any_marks_it_is_told(tmp_path, capsys):
    assert tables.main(["--check"], [tmp_path / "nowhere.md"]) == 1
    assert "no page has <!-- tables" in capsys.readouterr().err


def test_each_pair_of_marks_is_for_itself():
    text = START + END + START + END
    assert tables.up_to_date(text).count("More.") == 2
    assert tables.up_to_date(text).count(tables.tables()) == 2


def test_every_choice_and_every_setting_has_a_row():
    rows = tables.tables().splitlines()
    for name in (*DATASETS, *IMAGES, *SETTINGS):
        assert any(row.startswith(f"| `{name}` |") for row in rows), name
    assert all(any(f"`{name}`" in row for row in rows) for name in OPTIMIZERS)


def test_rows_have_as_many_cells_as_their_head():
    for part in tables.tables().split("\n\n"):
        assert len({row.count("|") for row in part.splitlines()}) == 1
