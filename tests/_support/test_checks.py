"""Every unknown name is answered with the known ones, the likeliest first."""

import os
import re

import numpy as np
import pytest

from trainfcnn._support.checks import check_memory, look_up, short
from trainfcnn.data.toy import DATASETS
from trainfcnn.engine.optimizers import OPTIMIZERS
from trainfcnn.engine.schedules import SCHEDULES
from trainfcnn.nn.activations import ACTIVATIONS, LAST_ACTIVATIONS
from trainfcnn.nn.init import INITS
from trainfcnn.nn.tasks import TASKS
from trainfcnn.recipe import SETTINGS

TABLES = {
    "activation": ACTIVATIONS,
    "last activation": LAST_ACTIVATIONS,
    "dataset": DATASETS,
    "init": INITS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "recipe field": SETTINGS,
    "kind": TASKS,
}
NAMES = [(what, name) for what, table in TABLES.items() for name in table]


@pytest.mark.parametrize(("what", "name"), NAMES)
def test_a_known_name_gives_its_entry(what, name):
    assert look_up(TABLES[what], name, what) is TABLES[what][name]


@pytest.mark.parametrize(("what", "name"), NAMES)
@pytest.mark.parametrize(
    "garble", [str.upper, lambda name: name + "z", lambda name: name.replace("_", "-") + " "]
)
def test_a_garbled_name_is_answered_with_the_one_that_was_meant(what, name, garble):
    wrong = garble(name)
    meant = f"unknown {what} {wrong!r}: did you mean {name!r}?"
    with pytest.raises(ValueError, match=re.escape(meant)):
        look_up(TABLES[what], wrong, what)


@pytest.mark.parametrize("what", TABLES)
@pytest.mark.parametrize("wrong", ["zzzzzz", "", 3, None])
def test_what_resembles_no_name_is_answered_with_all_of_them(what, wrong):
    choices = ", ".join(map(repr, TABLES[what]))
    with pytest.raises(ValueError, match=re.escape(f"unknown {what} {wrong!r}: choose from")) as no:
        look_up(TABLES[what], wrong, what)
    assert str(no.value).endswith(choices)


@pytest.mark.parametrize(
    "value",
    [
        np.arange(10**6), np.eye(100), list(range(10**5)), "x" * 1000, {i: i for i in range(999)},
        [[0.5] * 100] * 100, b"x" * 1000, 10**200, np.array(["a\nb"] * 50), {"X": np.eye(99)},
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_whatever_comes_is_told_in_a_part_of_a_line(value):
    assert "\n" not in short(value)
    assert len(short(value)) < 500
    with pytest.raises(ValueError, match="unknown dataset") as no:
        look_up({"xor": 1}, value, "dataset")
    assert len(str(no.value)) < 600


@pytest.mark.parametrize("value", [3, -0.5, None, "xor", [4, 8], (2,), {"lr": 0.1}, True], ids=str)
def test_what_is_short_is_told_as_it_is(value):
    assert short(value) == repr(value)


def test_a_guess_is_as_wild_as_it_is_allowed_to_be():
    with pytest.raises(ValueError, match="did you mean 'digits'"):
        look_up(dict.fromkeys(["digits"]), "iris", "dataset")
    with pytest.raises(ValueError, match=r"'iris': choose from 'digits'; or give your own$"):
        look_up(dict.fromkeys(["digits"]), "iris", "dataset", 0.65, "; or give your own")


def test_what_does_not_fit_into_the_memory_is_refused(monkeypatch):
    check_memory(10**6, "it", "take less")
    told = "it must fit into the memory of this machine, .* would take 1,000,000,000,000,000,000: "
    with pytest.raises(ValueError, match=f"{told}take less"):
        check_memory(10**18, "it", "take less")
    monkeypatch.delattr(os, "sysconf")  # as where Windows runs
    with pytest.raises(ValueError, match=told):
        check_memory(10**18, "it", "take less")
