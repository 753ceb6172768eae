"""The garbage collector rests for a while, and is then as it was."""

import gc

import pytest

from trainfcnn._support.collector import uncollected


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_off_for_a_while_and_then_as_it_was(was_on):
    if not was_on:
        gc.disable()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() == was_on
    finally:
        gc.enable()
