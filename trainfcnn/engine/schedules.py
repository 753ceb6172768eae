"""How the learning rate moves, by name."""

from collections.abc import Callable
from math import cos, pi


def constant(progress: float) -> float:
    """Return 1: the learning rate stays."""
    return 1.0


def cosine(progress: float) -> float:
    """Return a half cosine from 1 to 0 (Loshchilov and Hutter 2017, arXiv 1608.03983)."""
    return (1 + cos(pi * progress)) / 2


def one_cycle(progress: float) -> float:
    """Return a rise from 1/25 to 1 over 30 % of the steps, then a cosine down to almost 0.

    In the shape of `torch.optim.lr_scheduler.OneCycleLR` (Smith and Topin 2018, arXiv 1708.07120).
    """
    start = 1 / 25
    end = 1 / 25e4
    peak = 0.3
    # two halves of a cosine, up to the peak and down from it
    if progress < peak:
        return 1 + (start - 1) * cosine(progress / peak)
    return end + (1 - end) * cosine((progress - peak) / (1 - peak))


def cooldown(progress: float) -> float:
    """Return 1 for 60 % of the steps, then a half cosine down to 0 over the rest.

    A rate that stays leaves a network jittering round the minimum; one that falls from the start is
    too low for too long where it was low to begin with (Hägele et al. 2024, arXiv 2405.18392).
    """
    flat = 0.6
    return 1.0 if progress < flat else cosine((progress - flat) / (1 - flat))


def step_down(progress: float) -> float:
    """Return 1, then 1/10 from half of the steps on, then 1/100 from three quarters on."""
    return 1.0 if progress < 0.5 else 0.1 if progress < 0.75 else 0.01


Schedule = Callable[[float], float]  # from the share of steps done to that of the rate

SCHEDULES: dict[str, Schedule] = {
    "constant": constant,
    "cosine": cosine,
    "one_cycle": one_cycle,
    "cooldown": cooldown,
    "step": step_down,
}
