"""Where the engine runs, and that it leaves all as it was."""

import pytest
import torch

from trainfcnn.engine.device import SMALL_WORK, ExecutionContext


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def state():
    return torch.get_num_threads(), torch.is_grad_enabled(), torch.is_inference_mode_enabled()


@pytest.mark.parametrize(("work", "threads"), [(0, 1), (SMALL_WORK - 1, 1), (SMALL_WORK, 2)])
def test_the_engine_runs_small_work_on_one_thread_and_nothing_tracks_it(work, threads, two_threads):
    with ExecutionContext(work):
        assert state() == (threads, False, True)
    assert state() == (2, True, False)


@pytest.mark.parametrize("work", [0, SMALL_WORK])
def test_the_engine_leaves_all_as_it_was_on_an_error(work, two_threads):
    with torch.no_grad():
        before = state()
        with pytest.raises(KeyboardInterrupt), ExecutionContext(work):
            raise KeyboardInterrupt
        assert state() == before
    assert state() == (2, True, False)


def test_the_engine_can_stand_in_itself(two_threads):
    with ExecutionContext(work=0):
        with ExecutionContext(work=0):
            pass
        assert state() == (1, False, True)
    assert state() == (2, True, False)
