"""Update rules on flat buffers, and how their learning rate moves.

A rule is made once for a pair of flat buffers and returns its step, ``step(lr)``: a few in-place
operations, held equal to `torch.optim` by the tests. A constant that multiplies a buffer is kept
as a 0-d tensor, since torch would wrap a Python float anew at every call (3 µs each).

Rules that divide by a root mean square keep the root itself and update it with `hypot`:
sqrt(b·r² + g²) = hypot(sqrt(b)·r, g). That is one call less, and tiny gradients do not underflow.
"""

from collections.abc import Callable
from math import cos, pi, sqrt

import torch
from torch import Tensor

from trainfcnn.recipe import Recipe

Step = Callable[[float], None]
Rule = Callable[[Tensor, Tensor, Recipe, Tensor | None], Step]

ADAM_BETAS = (0.9, 0.999)
ADAM_EPS = 1e-8
RMSPROP_ALPHA = 0.99
RMSPROP_EPS = 1e-8
ADAGRAD_EPS = 1e-10


def sgd(parameters: Tensor, gradients: Tensor, recipe: Recipe, rates: Tensor | None = None) -> Step:
    """Stochastic gradient descent, with (Nesterov's) momentum if the recipe has some."""
    if not recipe.momentum:
        return lambda lr: _descend(parameters, gradients, lr, rates)
    momentum = parameters.new_tensor(recipe.momentum)
    velocity = torch.zeros_like(parameters)

    def step(lr: float) -> None:
        velocity.mul_(momentum).add_(gradients)
        if recipe.nesterov:
            gradients.add_(velocity, alpha=recipe.momentum)
            _descend(parameters, gradients, lr, rates)
        else:
            _descend(parameters, velocity, lr, rates)

    return step


def adam(
    parameters: Tensor, gradients: Tensor, recipe: Recipe, rates: Tensor | None = None
) -> Step:
    """Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1)."""
    beta1, beta2 = ADAM_BETAS
    mean = torch.zeros_like(parameters)
    root = torch.zeros_like(parameters)  # of the sum of squares; times sqrt(1 - beta2): its mean's
    denominator = torch.empty_like(parameters)
    share, decay, eps = parameters.new_tensor([1 - beta1, sqrt(beta2), ADAM_EPS])
    count = 0

    def step(lr: float) -> None:
        nonlocal count
        count += 1
        mean.lerp_(gradients, share)
        root.mul_(decay).hypot_(gradients)
        unbias = sqrt((1 - beta2**count) / (1 - beta2))
        torch.add(root, eps, alpha=unbias, out=denominator)
        factor = lr * unbias / (1 - beta1**count)
        _descend_divided(parameters, mean, denominator, factor, rates)

    return step


def rmsprop(
    parameters: Tensor, gradients: Tensor, recipe: Recipe, rates: Tensor | None = None
) -> Step:
    """RMSprop (Hinton 2012, Coursera lecture 6e), with momentum if the recipe has some."""
    scale = sqrt(1 - RMSPROP_ALPHA)
    root = torch.zeros_like(parameters)
    denominator = torch.empty_like(parameters)
    decay = parameters.new_tensor(sqrt(RMSPROP_ALPHA))
    eps = parameters.new_tensor(RMSPROP_EPS / scale)
    momentum = parameters.new_tensor(recipe.momentum)
    velocity = torch.zeros_like(parameters)

    def step(lr: float) -> None:
        root.mul_(decay).hypot_(gradients)
        torch.add(root, eps, out=denominator)
        velocity.mul_(momentum).addcdiv_(gradients, denominator)
        _descend(parameters, velocity, lr / scale, rates)

    return step


def adagrad(
    parameters: Tensor, gradients: Tensor, recipe: Recipe, rates: Tensor | None = None
) -> Step:
    """Adagrad (Duchi, Hazan and Singer 2011, https://jmlr.org/papers/v12/duchi11a.html)."""
    root = torch.zeros_like(parameters)
    denominator = torch.empty_like(parameters)
    eps = parameters.new_tensor(ADAGRAD_EPS)

    def step(lr: float) -> None:
        root.hypot_(gradients)
        torch.add(root, eps, out=denominator)
        _descend_divided(parameters, gradients, denominator, lr, rates)

    return step


def _descend(parameters: Tensor, direction: Tensor, lr: float, rates: Tensor | None) -> None:
    if rates is None:
        parameters.add_(direction, alpha=-lr)
    else:
        parameters.addcmul_(direction, rates, value=-lr)


def _descend_divided(
    parameters: Tensor, direction: Tensor, denominator: Tensor, lr: float, rates: Tensor | None
) -> None:
    if rates is not None:
        denominator.div_(rates)
    parameters.addcdiv_(direction, denominator, value=-lr)


OPTIMIZERS: dict[str, Rule] = {
    "sgd": sgd,
    "adam": adam,
    "adamw": adam,
    "rmsprop": rmsprop,
    "adagrad": adagrad,
}


def make_step(
    rule: Rule,
    parameters: Tensor,
    gradients: Tensor,
    recipe: Recipe,
    rates: Tensor | None = None,
    decays: Tensor | None = None,
) -> Step:
    """Return one optimizer step, the recipe's weight decay included.

    Parameters
    ----------
    rule : callable
        A value of `OPTIMIZERS`.
    parameters, gradients : Tensor of shape (P,)
        Both are changed in place by every step.
    recipe : Recipe
        Its `momentum`, `nesterov` and `weight_decay` are used. 'adamw' takes the decay off the
        parameters (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101), the others
        add it to the gradient.
    rates : Tensor of shape (P,), optional
        What each parameter's learning rate is multiplied with, where members differ in it.
    decays : Tensor of shape (P,), optional
        Each parameter's weight decay, in place of the recipe's.

    Returns
    -------
    callable
        ``step(lr)``.
    """
    update = rule(parameters, gradients, recipe, rates)
    if decays is None and not recipe.weight_decay:
        return update
    if decays is None:
        decays = parameters.new_tensor(recipe.weight_decay)
    shrinkage = decays if rates is None else decays * rates

    def decoupled(lr: float) -> None:
        parameters.addcmul_(parameters, shrinkage, value=-lr)
        update(lr)

    def coupled(lr: float) -> None:
        gradients.addcmul_(parameters, decays)
        update(lr)

    return decoupled if recipe.optimizer == "adamw" else coupled


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
    start, end, peak = 1 / 25, 1 / 25e4, 0.3
    if progress < peak:
        return 1 + (start - 1) * cosine(progress / peak)
    return end + (1 - end) * cosine((progress - peak) / (1 - peak))


def step_down(progress: float) -> float:
    """Return 1, then 1/10 from half of the steps on, then 1/100 from three quarters on."""
    return 1.0 if progress < 0.5 else 0.1 if progress < 0.75 else 0.01


SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": constant,
    "cosine": cosine,
    "one_cycle": one_cycle,
    "step": step_down,
}
