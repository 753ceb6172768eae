"""Update rules on flat buffers, held equal to `torch.optim` by the tests.

A rule is made once for a pair of flat buffers; ``step(lr)`` is then a few in-place operations. All
that it remembers is in its attributes: `n_steps`, and the buffers that `buffers` names.

A constant that multiplies a buffer is kept as a 0-d tensor, since torch would wrap a Python float
anew at every call (3 µs each). Rules that divide by a root mean square keep the root itself and
update it with `hypot`: sqrt(b·r² + g²) = hypot(sqrt(b)·r, g). That is one call less, and tiny
gradients do not underflow.
"""

from math import sqrt
from typing import ClassVar

import torch
from torch import Tensor


class Optimizer:
    """What all rules share: flat buffers, a learning rate per member, weight decay.

    Parameters
    ----------
    parameters, gradients : Tensor of shape (P,)
        Both are changed in place by every step.
    momentum : float
        In [0, 1), for `SGD` and `RMSprop`.
    nesterov : bool
        Nesterov's momentum, for `SGD` with momentum.
    weight_decay : float or Tensor of shape (P,)
        `AdamW` takes it off the parameters, the others add it to the gradient.
    betas : (float, float)
        How much of the mean gradient, and of the mean square, a step keeps: for `Adam`, `AdamW`.
    alpha : float
        How much of the mean square a step keeps: for `RMSprop`.
    eps : float, optional
        What is added to a root mean square before it divides; by default `default_eps`.
    l1 : float
        Times the sign of each parameter it is added to the gradient: the derivative of `l1` times
        the sum of absolute parameters.
    rates : Tensor of shape (P,), optional
        What each parameter's learning rate is multiplied with, where members differ in it.

    Attributes
    ----------
    buffers : tuple of str
        The names of the attributes, of shape (P,), in which a rule remembers past gradients.
    n_steps : int
        How many it took.
    decays : Tensor of shape (P,), optional
        The weight decay of each parameter, where there is some; if it is decoupled, times the
        share of the rate.
    """

    buffers: ClassVar[tuple[str, ...]] = ()
    decouples_decay: ClassVar[bool] = False
    default_eps: ClassVar[float] = 1e-8

    def __init__(
        self,
        parameters: Tensor,
        gradients: Tensor,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | Tensor = 0.0,
        betas: tuple[float, float] = (0.9, 0.999),
        alpha: float = 0.99,
        eps: float | None = None,
        l1: float = 0.0,
        rates: Tensor | None = None,
    ) -> None:
        self.parameters = parameters
        self.gradients = gradients
        self.momentum = momentum
        self.nesterov = nesterov
        self.betas = betas
        self.alpha = alpha
        self.eps = self.default_eps if eps is None else eps
        self.l1 = l1
        self.rates = rates
        self.n_steps = 0
        for name in self.buffers:
            setattr(self, name, torch.zeros_like(parameters))
        if not isinstance(weight_decay, Tensor):
            weight_decay = parameters.new_tensor(weight_decay)
        self._decay = weight_decay
        self._decays = bool((weight_decay > 0).any())
        # a decoupled decay is times the learning rate, hence times the member's share of it
        self._shrinkage = self._decay if rates is None else self._decay * rates
        self._make_constants()

    def step(self, lr: float) -> None:
        """Change the parameters by one step, given their gradients."""
        self.n_steps += 1
        if self.l1:
            self.gradients.add_(self.parameters.sign(), alpha=self.l1)
        if self._decays and self.decouples_decay:
            self.parameters.addcmul_(self.parameters, self._shrinkage, value=-lr)
        elif self._decays:
            self.gradients.addcmul_(self.parameters, self._decay)
        self._update(lr)

    def _make_constants(self) -> None:
        """Make the 0-d tensors that `_update` multiplies with."""

    def _update(self, lr: float) -> None:
        """Take the step that the gradients ask for."""
        raise NotImplementedError

    @property
    def decays(self) -> Tensor | None:
        """The weight decay of each parameter, see above."""
        if not self._decays:
            return None
        decay = self._shrinkage if self.decouples_decay else self._decay
        return decay.expand_as(self.parameters)

    def restore(self, saved: "Optimizer") -> None:
        """Take over what another of the same rule and size remembers."""
        self.n_steps = saved.n_steps
        for name in self.buffers:
            getattr(self, name).copy_(getattr(saved, name))

    def _descend(self, direction: Tensor, lr: float) -> None:
        if self.rates is None:
            self.parameters.add_(direction, alpha=-lr)
        else:
            self.parameters.addcmul_(direction, self.rates, value=-lr)

    def _descend_divided(self, direction: Tensor, denominator: Tensor, lr: float) -> None:
        if self.rates is not None:
            denominator.div_(self.rates)  # it is scratch space, made anew at every step
        self.parameters.addcdiv_(direction, denominator, value=-lr)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}: {self.parameters.numel():,} parameters, {self.n_steps:,} steps"
        )


class SGD(Optimizer):
    """Stochastic gradient descent, with (Nesterov's) momentum if there is some."""

    buffers = ("velocity",)
    velocity: Tensor

    def _make_constants(self) -> None:
        self._momentum = self.parameters.new_tensor(self.momentum)

    def _update(self, lr: float) -> None:
        if not self.momentum:
            self._descend(self.gradients, lr)
            return
        self.velocity.mul_(self._momentum).add_(self.gradients)
        if self.nesterov:
            # torch's form: the gradient itself, and the velocity after it
            self.gradients.add_(self.velocity, alpha=self.momentum)
            self._descend(self.gradients, lr)
        else:
            self._descend(self.velocity, lr)


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1)."""

    buffers = ("mean", "root")
    mean: Tensor
    root: Tensor  # of the sum of squares; times sqrt(1 - beta2) it is that of their mean

    def _make_constants(self) -> None:
        beta1, beta2 = self.betas
        constants = self.parameters.new_tensor([1 - beta1, sqrt(beta2), self.eps])
        self._share, self._decay_of_root, self._eps = constants
        self._denominator = torch.empty_like(self.parameters)

    def _update(self, lr: float) -> None:
        beta1, beta2 = self.betas
        self.mean.lerp_(self.gradients, self._share)
        self.root.mul_(self._decay_of_root).hypot_(self.gradients)
        # eps stands outside the correction of the bias, as in torch and in the paper's algorithm
        unbias = sqrt((1 - beta2**self.n_steps) / (1 - beta2))
        torch.add(self.root, self._eps, alpha=unbias, out=self._denominator)
        factor = lr * unbias / (1 - beta1**self.n_steps)
        self._descend_divided(self.mean, self._denominator, factor)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv 1711.05101)."""

    decouples_decay = True


class RMSprop(Optimizer):
    """RMSprop (Hinton 2012, Coursera lecture 6e), with momentum if there is some."""

    buffers = ("root", "velocity")
    root: Tensor  # of the mean of squares, divided by sqrt(1 - alpha)
    velocity: Tensor

    def _make_constants(self) -> None:
        self._scale = sqrt(1 - self.alpha)
        self._momentum = self.parameters.new_tensor(self.momentum)
        self._decay_of_root = self.parameters.new_tensor(sqrt(self.alpha))
        self._eps = self.parameters.new_tensor(self.eps / self._scale)
        self._denominator = torch.empty_like(self.parameters)

    def _update(self, lr: float) -> None:
        self.root.mul_(self._decay_of_root).hypot_(self.gradients)
        torch.add(self.root, self._eps, out=self._denominator)
        self.velocity.mul_(self._momentum).addcdiv_(self.gradients, self._denominator)
        self._descend(self.velocity, lr / self._scale)


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan and Singer 2011, https://jmlr.org/papers/v12/duchi11a.html)."""

    buffers = ("root",)
    default_eps = 1e-10
    root: Tensor  # of the sum of squares

    def _make_constants(self) -> None:
        self._eps = self.parameters.new_tensor(self.eps)
        self._denominator = torch.empty_like(self.parameters)

    def _update(self, lr: float) -> None:
        self.root.hypot_(self.gradients)
        torch.add(self.root, self._eps, out=self._denominator)
        self._descend_divided(self.gradients, self._denominator, lr)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "adam": Adam,
    "adamw": AdamW,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
}
