"""Every unknown name is answered with the known ones, the likeliest first."""

import re

import pytest

from trainfcnn._support.checks import look_up
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
