"""What our own networks reach is the measure."""

import pytest

from trainfcnn import DATASETS, blobs
from trainfcnn.testing.yardstick import Yardstick, yardstick

ONE = Yardstick("binary", 0.5, (0.9, 1.0, 1.0), "8 relu")


def test_the_goal_is_nine_tenths_of_the_way_to_the_median():
    assert ONE.goal == pytest.approx(0.95)


def test_it_is_told_with_the_interval():
    told = ONE.describe(0.95)
    assert "a constant answer  50.0%" in told
    assert "100.0% (2 of 3 reach 95.0%; 95% interval of that share 21% to 94%): 8 relu" in told


@pytest.mark.parametrize("name", DATASETS)
def test_our_networks_reach_their_own_goal_on_every_data_set(name):
    measure = yardstick(DATASETS[name], 1000, 0.0, 0)
    assert min(measure.scores) >= measure.goal


def test_named_data_are_measured_once():
    assert yardstick(DATASETS["and"], 100, 0.0, 0) is yardstick(DATASETS["and"], 100, 0.0, 0)
    assert yardstick(blobs(), 100, 0.0, 0) is not yardstick(blobs(), 100, 0.0, 0)
