"""Every unknown name is answered with the known ones, the likeliest first."""

import re

import pytest

from trainfcnn.activations import ACTIVATIONS, LAST_ACTIVATIONS
from trainfcnn.datasets import DATASETS
from trainfcnn.lookup import look_up
from trainfcnn.network import INITS
from trainfcnn.optimizers import OPTIMIZERS, SCHEDULES
from trainfcnn.recipe import FIELDS
from trainfcnn.tasks import TASKS

TABLES = {
    "activation": ACTIVATIONS,
    "last activation": LAST_ACTIVATIONS,
    "dataset": DATASETS,
    "init": INITS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "recipe field": FIELDS,
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
