"""The tutorials' results are saved group by group, and their page is what is saved."""

import re
from dataclasses import replace
from statistics import mean

import numpy as np
import pytest
import torch

from scripts import reproduce, tutorials
from scripts.reproduce import GROUPS, page
from scripts.results import GALLERY, as_json, read_results
from scripts.tutorials import (
    CROSSED,
    CROSSED_SIZES,
    FOLDS,
    IMAGE_FIGURES,
    MODELS,
    NOTHING,
    TOY_FIGURES,
    Row,
    Runs,
    joined,
)
from trainfcnn import load_images, sweep

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


def labels_of(run):
    """Return what a network says of the images that it was not trained on."""
    with torch.no_grad():
        return (
            run.network(torch.tensor(run.dataset.x_test, dtype=torch.float32)).argmax(dim=1).numpy()
        )


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


# --- cross-validation ---


def test_joined_images_are_those_of_both_samples_standardised_and_none_is_left_for_the_test():
    digits = load_images("digits", 50)
    whole = joined(digits)
    np.testing.assert_array_equal(whole.x, np.vstack([digits.x, digits.x_test]), strict=True)
    np.testing.assert_array_equal(whole.y, np.hstack([digits.y, digits.y_test]), strict=True)
    assert (len(whole.x_test), len(whole.y_test)) == (0, 0)
    assert (whole.normalize, whole.image_shape) == ("standard", (8, 8))


def test_a_row_of_folds_holds_the_mean_of_the_scores_on_what_was_left_out():
    whole = joined(load_images("digits", 50))
    row = Runs(quick=True).crossed("64-6-3-10", whole, (6, 3), "unit_normal")
    recipe = CROSSED | {"epochs": 2, "dims": [[6, 3]], "init": "unit_normal"}
    runs = sweep(whole, folds=FOLDS, device="cpu", **recipe).runs
    scores = [np.mean(labels_of(run) == run.dataset.y_test) for run in runs]
    assert sum(len(run.dataset.y_test) for run in runs) == len(whole.y)
    assert row.reached == pytest.approx([mean(scores), min(scores), max(scores)], abs=1e-6)
    assert row.n_seeds == 3


def test_all_networks_of_the_cross_validation_start_in_both_ways(monkeypatch):
    monkeypatch.setattr(tutorials, "images", lambda name: None)
    rows = list(tutorials.crossed(Runs(quick=True)))
    assert [row.what for row in rows] == [
        f"784-{first}-{first // 2}-10, {start}"
        for first in (32, 64, 128, 256)
        for start in ("our start", "the tutorial's start")
    ]
    assert [row.tutorial for row in rows[::2]] == ["22.9%", "45.8%", "42.5%", "55.0%"]
    assert [row.sign for row in rows] == ["≥", ""] * len(CROSSED_SIZES)
    assert "| folds |" in GROUPS["crossed"].table(rows)


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
