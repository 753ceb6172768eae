"""Whatever is done inside, outside nothing has changed."""

import random

import numpy as np
import pytest
import torch
from test_house import global_state

from trainfcnn.testing.isolation import isolated


def draws():
    return random.random(), float(np.random.random()), torch.rand(1).item()


def test_random_numbers_follow_from_the_seed():
    seen = []
    for seed in (0, 1, 0):
        with isolated(seed):
            seen.append(draws())
    assert seen[0] == seen[2]
    assert all(one != other for one, other in zip(*seen[:2], strict=True))


def change_everything():
    draws()
    torch.set_num_threads(2)
    torch.set_default_dtype(torch.float64)
    torch.use_deterministic_algorithms(True)
    np.seterr(all="raise")
    torch.set_grad_enabled(False)
    raise KeyError


def test_everything_global_is_as_before_also_after_an_error():
    before = global_state()
    with pytest.raises(KeyError), isolated(2**40):
        change_everything()
    after = global_state()
    assert [what for what in before if before[what] != after[what]] == []


def test_gradients_are_on_whatever_the_caller_has_set():
    with torch.inference_mode(), isolated(0):
        x = torch.ones(1, requires_grad=True)
        (x * x).backward()
    assert x.grad.item() == 2


def test_a_seed_below_zero_is_refused():
    with pytest.raises(ValueError, match="seed must be"), isolated(-1):
        pass
