"""The tutorials' results are saved group by group, and their page is what is saved."""

import re
from dataclasses import replace

import pytest

from scripts import reproduce
from scripts.reproduce import GROUPS, page
from scripts.results import GALLERY, as_json, read_results
from scripts.tutorials import IMAGE_FIGURES, MODELS, NOTHING, TOY_FIGURES, Row

SAVED = GALLERY / reproduce.JSON
ROW = Row("2-6-1", [0.5, 0.25, 0.75], 3, seconds=0.5, tutorial="40%", sign="≥", limit=0.4)


@pytest.fixture
def folder(tmp_path):
    """A gallery with the results that are kept."""
    (tmp_path / reproduce.JSON).write_bytes(SAVED.read_bytes())
    return tmp_path


def stand_in(monkeypatch, *rows):
    """Let the group of blobs give these rows."""
    monkeypatch.setitem(GROUPS, "blobs", replace(GROUPS["blobs"], rows=lambda runs: iter(rows)))


def without(name, text):
    """Return JSON without one group."""
    return re.sub(rf'^ "{name}": .*?(?=^ "|^}})', "", text, flags=re.DOTALL | re.MULTILINE)


# --- what is kept ---


def test_the_page_is_that_of_the_saved_results():
    assert (GALLERY / reproduce.PAGE).read_text("utf-8") == page(read_results(SAVED))


def test_every_group_is_saved_in_the_form_that_is_written():
    results = read_results(SAVED)
    assert list(results) == list(GROUPS)
    assert SAVED.read_text("utf-8") == f"{as_json(results)}\n"


def test_a_saved_row_comes_back_as_it_was():
    for saved in read_results(SAVED).values():
        assert [Row(**row).saved() for row in saved["rows"]] == saved["rows"]


def test_what_is_wanted_is_as_when_it_was_saved():
    saved = read_results(SAVED)
    assert [row["limit"] for row in saved["models"]["rows"]] == [
        model[3] for model in MODELS.values()
    ]
    wanted = [limit for name in TOY_FIGURES.values() for _, limit in name.values()]
    assert [row["limit"] for row in saved["toys"]["rows"]][: len(wanted)] == wanted
    bare = {row["what"]: row["limit"] for row in saved["recommended"]["rows"] if "limit" in row}
    assert bare == dict(IMAGE_FIGURES.values())


def test_every_row_was_run():
    rows = [row for group in read_results(SAVED).values() for row in group["rows"]]
    assert [row["what"] for row in rows if row["reached"] is None] == []


# --- rows ---


def test_a_row_says_what_was_reached_and_whether_it_is_as_wanted():
    cells = ["2-6-1", "40%", "50.00% (25.00% to 75.00%)", "≥ 40.00%", "met", NOTHING, "0.50", "3"]
    assert ROW.cells() == cells
    assert replace(ROW, limit=0.6).cells()[4] == "missed"
    assert ROW.cells(judges=False)[4] == NOTHING


def test_of_one_seed_there_is_no_range():
    assert replace(ROW, n_seeds=1, note=", once").range() == "50.00%, once"


def test_a_row_that_was_not_run_is_neither_met_nor_missed():
    row = Row("2-6-1", None, 0, sign="≥", limit=0.4)
    assert row.is_met is None
    assert row.cells()[2:] == [
        "not run: its files are not there", "≥ 40.00%", NOTHING, NOTHING, NOTHING, NOTHING,
    ]  # fmt: skip


# --- the command ---


def test_a_group_that_is_run_anew_leaves_the_others_as_they_were(folder, monkeypatch, capsys):
    stand_in(monkeypatch, ROW)
    before = (folder / reproduce.JSON).read_text("utf-8")
    assert reproduce.main(["blobs", "--save"], folder) == 0
    after = (folder / reproduce.JSON).read_text("utf-8")
    assert after != before
    assert without("blobs", after) == without("blobs", before)
    found = read_results(folder / reproduce.JSON)
    assert [Row(**row) for row in found["blobs"]["rows"]] == [ROW]
    assert (folder / reproduce.PAGE).read_text("utf-8") == page(found)
    assert capsys.readouterr().out.endswith("\nNo figure was missed.\n")


def test_a_missed_figure_is_told_and_saved(folder, monkeypatch, capsys):
    stand_in(monkeypatch, replace(ROW, limit=0.6))
    assert reproduce.main(["blobs", "--save"], folder) == 1
    assert capsys.readouterr().out.endswith("\nMissed: 2-6-1.\n")
    assert (folder / reproduce.PAGE).read_text("utf-8").endswith("\nMissed: 2-6-1.\n")


def test_a_group_without_its_data_keeps_its_old_rows(folder, monkeypatch, capsys):
    stand_in(monkeypatch, ROW, Row("images", None, 0))
    before = (folder / reproduce.JSON).read_bytes()
    assert reproduce.main(["blobs", "--save"], folder) == 1
    assert "Not saved: blobs needs files that are not there." in capsys.readouterr().out
    assert (folder / reproduce.JSON).read_bytes() == before
    assert reproduce.main(["blobs"], folder) == 0


def test_the_page_is_written_without_running(folder):
    assert reproduce.main(["--render"], folder) == 0
    assert (folder / reproduce.PAGE).read_bytes() == (GALLERY / reproduce.PAGE).read_bytes()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["blobs", "--quick", "--save"], "a quick run's figures are not for saving"),
        (["blob"], "unknown group 'blob': did you mean 'blobs'?"),
        (["--render", "--save"], "--render measures nothing"),
    ],
)
def test_what_cannot_be_done_is_told(given, message, folder, capsys):
    with pytest.raises(SystemExit) as ended:
        reproduce.main(given, folder)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.slow
def test_a_quick_run_judges_nothing_and_writes_nothing(tmp_path, capsys):
    assert reproduce.main(["blobs", "toys", "--quick"], tmp_path) == 0
    printed = capsys.readouterr().out
    assert printed.count("\n| ") >= 2 * 2 + 4 + 10
    assert "missed" not in printed
    assert printed.endswith("\nThis was a quick run: nothing is judged.\n")
    assert list(tmp_path.iterdir()) == []
