"""Measured results stand in JSON line by line, and come back as they were."""

import json
import signal
from contextlib import suppress

import pytest

from scripts.command import ended_by_interrupt
from scripts.results import (
    Origin,
    as_json,
    is_met,
    markdown_table,
    read_results,
    save_result,
    significant,
)

NESTED = {"a": {"rows": [["ours", 0.5]] * 20, "none": None, "text": "≥ ünïts"}, "b": []}


def test_json_is_read_as_it_was_written():
    assert json.loads(as_json(NESTED)) == NESTED


def test_a_row_has_a_line():
    assert as_json(NESTED).count('\n   ["ours", 0.5]') == 20
    assert as_json({"a": 1}) == '{"a": 1}'


def test_results_are_kept_in_the_order_of_their_names(tmp_path):
    path = tmp_path / "results.json"
    assert read_results(path) == {}
    for name in ("late", "early", "late"):
        save_result(path, ["early", "late"], name, {"of": name})
    assert list(read_results(path).items()) == [
        ("early", {"of": "early"}),
        ("late", {"of": "late"}),
    ]
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]


def test_an_origin_says_what_is_known_of_it():
    origin = Origin("scripts/bench speed", "2026-11-22", "two cores", remark="Rounded.")
    assert origin.sentence() == (
        "Measured by `scripts/bench speed`; 2026-11-22; two cores. Rounded."
    )
    assert Origin(**origin.saved()) == origin
    assert "versions" not in origin.saved()


def test_this_machine_is_described():
    origin = Origin.here("scripts/bench speed --save")
    assert "cores (" in origin.machine
    assert "torch on 1 thread" in origin.machine
    assert "torch 2." in origin.versions


@pytest.mark.parametrize(
    ("sign", "measured", "met"),
    [("≥", 1, True), ("≥", 0.9, False), ("≤", 1, True), ("≤", 1.1, False)],
)
def test_a_limit_itself_is_met(sign, measured, met):
    assert is_met(sign, 1, measured) is met


def test_figures_have_six_digits_and_counts_all_of_theirs():
    assert significant(1234.56789) == 1234.57
    assert significant(123456789) == 123456789


def test_a_table_has_its_first_column_to_the_left():
    assert markdown_table(["a", "b"], [["c", "d"]]) == "| a | b |\n| :-- | --: |\n| c | d |"


def test_an_interrupt_ends_the_program_though_it_be_caught():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(SystemExit) as ended, ended_by_interrupt(), suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert ended.value.code == 130
    assert signal.getsignal(signal.SIGINT) is before
