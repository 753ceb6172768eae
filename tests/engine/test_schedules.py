"""Learning rates move as torch's do."""

import numpy as np
import pytest
import torch
from hypothesis import given
from strategies import progresses
from torch.optim import lr_scheduler

from trainfcnn.engine.schedules import SCHEDULES

T = 40


def torch_rates(scheduler, n_steps=T, **options):
    """Return the learning rates of one of torch's schedulers, from 1."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule, rates = scheduler(optimizer, **options), []
    for _ in range(n_steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return np.array(rates)


def our_rates(name, progress):
    return np.array([SCHEDULES[name](float(share)) for share in progress])


@pytest.mark.parametrize(
    ("name", "scheduler", "options"),
    [
        ("constant", lr_scheduler.LambdaLR, {"lr_lambda": lambda step: 1.0}),
        ("cosine", lr_scheduler.CosineAnnealingLR, {"T_max": T}),
        ("step", lr_scheduler.MultiStepLR, {"milestones": [T // 2, 3 * T // 4]}),
    ],
)
def test_a_schedule_is_that_of_torch(name, scheduler, options):
    ours = our_rates(name, np.arange(T) / T)
    np.testing.assert_allclose(ours, torch_rates(scheduler, **options), rtol=1e-9, atol=1e-9)


def one_cycle_of_torch(n_steps):
    options = {"max_lr": 1.0, "total_steps": n_steps + 1, "cycle_momentum": False}
    return torch_rates(lr_scheduler.OneCycleLR, n_steps, **options)[:n_steps]


def test_one_cycle_is_that_of_torch_which_counts_its_peak_one_step_earlier():
    """Torch's rise ends at step 0.3 n - 1, its fall at n - 1, where n counts one step more."""
    total, steps = T + 1, np.arange(T)
    peak = 0.3 * total - 1
    rising, falling = 0.3 * steps / peak, 0.3 + 0.7 * (steps - peak) / (T - peak)
    ours = our_rates("one_cycle", np.where(steps < peak, rising, falling))
    np.testing.assert_allclose(ours, one_cycle_of_torch(T), rtol=1e-9, atol=1e-9)


def test_one_cycle_strays_from_that_of_torch_by_less_than_a_step():
    expected = one_cycle_of_torch(T)
    strayed = np.abs(our_rates("one_cycle", np.arange(T) / T) - expected)
    assert strayed.max() < np.abs(np.diff(expected)).max()


@pytest.mark.parametrize("name", SCHEDULES)
@given(progress=progresses)
def test_a_rate_is_a_positive_share_of_the_highest(name, progress):
    assert 0 < SCHEDULES[name](progress) <= 1
