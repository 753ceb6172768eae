"""What a training leaves behind, and which of several is the best."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import constant_network, run_of, small_dataset

from trainfcnn.nn.tasks import TASKS
from trainfcnn.training.run import best_of

criteria = st.lists(st.floats(0, 9) | st.just(np.nan), min_size=1, max_size=9)


@given(criteria=criteria)
def test_the_best_is_the_first_of_the_lowest_and_never_what_is_no_number(criteria):
    numbers = [value for value in criteria if not np.isnan(value)]
    expected = criteria.index(min(numbers)) if numbers else 0
    assert best_of(criteria) == best_of(np.array(criteria)) == expected


def test_an_infinite_criterion_is_better_than_none():
    assert best_of([np.nan, np.inf, np.nan]) == 1


@pytest.mark.parametrize("kind", TASKS)
def test_a_run_knows_its_task_and_says_what_it_is(kind):
    dataset = small_dataset(kind)
    run = run_of(constant_network(dataset, 0.0), dataset)
    assert run.task is TASKS[kind]
    assert repr(run).startswith("Run('noise'): 2-")
