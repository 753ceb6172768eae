"""How the learning rate moves, by name: from shares of the steps done to shares of the rate."""

from collections.abc import Callable

import numpy as np

from trainfcnn._support.types import Array


def constant(progress: Array) -> Array:
    """Return 1: the learning rate stays."""
    return np.ones_like(progress)


def cosine(progress: Array) -> Array:
    """Return a half cosine from 1 to 0 (Loshchilov and Hutter 2017, arXiv 1608.03983)."""
    return (1 + np.cos(np.pi * progress)) / 2


def one_cycle(progress: Array) -> Array:
    """Return a rise from 1/25 to 1 over 30 % of the steps, then a cosine down to almost 0.

    In the shape of `torch.optim.lr_scheduler.OneCycleLR` (Smith and Topin 2018, arXiv 1708.07120).
    """
    start = 1 / 25
    end = 1 / 25e4
    peak = 0.3
    # two halves of a cosine, up to the peak and down from it
    up = 1 + (start - 1) * cosine(progress / peak)
    down = end + (1 - end) * cosine((progress - peak) / (1 - peak))
    return np.where(progress < peak, up, down)


def cooldown(progress: Array) -> Array:
    """Return 1 for 60 % of the steps, then a half cosine down to 0 over the rest.

    A rate that stays leaves a network jittering round the minimum; one that falls from the start is
    too low for too long where it was low to begin with (Hägele et al. 2024, arXiv 2405.18392).
    """
    flat = 0.6
    return np.where(progress < flat, 1.0, cosine((progress - flat) / (1 - flat)))


def step_down(progress: Array) -> Array:
    """Return 1, then 1/10 from half of the steps on, then 1/100 from three quarters on."""
    return np.where(progress < 0.5, 1.0, np.where(progress < 0.75, 0.1, 0.01))


Schedule = Callable[[Array], Array]  # of any shape, from 0 to 1

SCHEDULES: dict[str, Schedule] = {
    "constant": constant,
    "cosine": cosine,
    "one_cycle": one_cycle,
    "cooldown": cooldown,
    "step": step_down,
}
