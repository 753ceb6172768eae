"""Hidden activations: a function, and how an error passes back through it.

The stack calls ``forward(z, out=a)``, which writes f(z) to `a`, and ``backward(delta, z, a)``,
which multiplies `delta` by f'(z) in place. Nobody needs `z` after that: it is scratch space.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainfcnn._support.checks import look_up

Function = Callable[[Tensor], Tensor]

_aten = torch.ops.aten  # the derivatives that autograd itself calls, in place here


@dataclass(frozen=True)
class Activation:
    """An elementwise function with its derivative.

    Attributes
    ----------
    name : str
        The key in `ACTIVATIONS`, or the name of the user's own function.
    function : callable
        Tensor to tensor of the same shape, differentiable by autograd.
    forward : callable
        ``forward(z, out=a)`` writes f(z) to `a`.
    backward : callable
        ``backward(delta, z, a)`` multiplies `delta` by f'(z), given a = f(z); it may overwrite `z`.
    init : str
        The initialisation that suits it: 'spread' for the relu family, 'xavier' for the others.
    """

    name: str
    function: Function
    forward: Callable[..., object]
    backward: Callable[[Tensor, Tensor, Tensor], object]
    init: str = "xavier"

    @property
    def is_known(self) -> bool:
        """Whether it is a table's entry, and no function of a user's own."""
        return ACTIVATIONS.get(self.name) is self

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle a table's entry by its name, the user's own by its function."""
        return as_activation, (self.name if self.is_known else self.function,)


# Of all hidden layers, or one of each.
OneOrSeveral = str | Function | Activation | Sequence[str | Function | Activation]


def _copy_of(function: Function) -> Callable[..., object]:
    # For functions that take no `out=`, as some of torch.nn.functional do not.
    return lambda z, out: out.copy_(function(z))


def _relu_backward(delta: Tensor, z: Tensor, a: Tensor) -> None:
    delta.mul_(torch.sign(a, out=z))  # f' = 1 where f > 0, else 0


def _leaky_relu_backward(delta: Tensor, z: Tensor, a: Tensor) -> None:
    # 0.01 is the slope of F.leaky_relu below 0; False says that z is its argument, not its result.
    _aten.leaky_relu_backward.grad_input(delta, z, 0.01, False, grad_input=delta)


def _elu_backward(delta: Tensor, z: Tensor, a: Tensor) -> None:
    delta.addcmul_(delta, torch.clamp_max(a, 0, out=z))  # f' = 1 + min(f, 0)


def _tanh_backward(delta: Tensor, z: Tensor, a: Tensor) -> None:
    delta.addcmul_(delta, torch.mul(a, a, out=z), value=-1)  # f' = 1 - f²


def _sigmoid_backward(delta: Tensor, z: Tensor, a: Tensor) -> None:
    delta.mul_(torch.addcmul(a, a, a, value=-1, out=z))  # f' = f - f²


def _softplus_backward(delta: Tensor, z: Tensor, a: Tensor) -> None:
    # 1 and 20 are beta and threshold of F.softplus.
    _aten.softplus_backward.grad_input(delta, z, 1.0, 20.0, grad_input=delta)


def _silu_backward(delta: Tensor, z: Tensor, a: Tensor) -> None:
    _aten.silu_backward.grad_input(delta, z, grad_input=delta)


def _gelu_backward(delta: Tensor, z: Tensor, a: Tensor) -> None:
    _aten.gelu_backward.grad_input(delta, z, approximate="none", grad_input=delta)


def _sine_backward(delta: Tensor, z: Tensor, a: Tensor) -> None:
    delta.mul_(z.cos_())  # f' = cos; f alone would not tell its sign


def _linear(z: Tensor) -> Tensor:
    return z


ACTIVATIONS = {
    activation.name: activation
    for activation in (
        # torch.relu takes no `out=`; clamp_min does, and is the same.
        Activation(
            "relu", torch.relu, partial(torch.clamp_min, min=0), _relu_backward, init="spread"
        ),
        Activation(
            "leaky_relu", F.leaky_relu, _copy_of(F.leaky_relu), _leaky_relu_backward, init="spread"
        ),
        Activation("elu", F.elu, _copy_of(F.elu), _elu_backward, init="spread"),
        Activation("tanh", torch.tanh, torch.tanh, _tanh_backward),
        Activation("sigmoid", torch.sigmoid, torch.sigmoid, _sigmoid_backward),
        Activation("softplus", F.softplus, _copy_of(F.softplus), _softplus_backward),
        Activation("silu", F.silu, _copy_of(F.silu), _silu_backward, init="spread"),
        Activation("gelu", F.gelu, _copy_of(F.gelu), _gelu_backward, init="spread"),
        Activation("sine", torch.sin, torch.sin, _sine_backward),
        Activation("linear", _linear, _copy_of(_linear), lambda delta, z, a: None),
    )
}


def _softmax(z: Tensor) -> Tensor:
    return torch.softmax(z, dim=-1)


LAST_ACTIVATIONS: dict[str, Function] = {
    **{name: activation.function for name, activation in ACTIVATIONS.items()},
    "softmax": _softmax,
}


def as_activation(activation: str | Function | Activation) -> Activation:
    """Return the activation of that name, or the user's own function as one.

    Parameters
    ----------
    activation : str, callable or Activation
        A key of `ACTIVATIONS`, or an elementwise function of torch operations and Python numbers;
        its derivative then comes from autograd.

    Raises
    ------
    ValueError
        If the name is unknown, or the function is not elementwise or not differentiable.

    Examples
    --------
    >>> as_activation("tanh").init
    'xavier'
    >>> as_activation(torch.atan).name
    'atan'
    """
    if isinstance(activation, Activation):
        return activation
    if not callable(activation):
        return look_up(ACTIVATIONS, activation, "activation")
    name = getattr(activation, "__name__", type(activation).__name__)
    _check_elementwise(activation, name)
    return Activation(name, activation, _copy_of(activation), _autograd_backward(activation))


def as_activations(activation: OneOrSeveral, n_hidden: int) -> tuple[Activation, ...]:
    """Return the activation of each hidden layer; where there is none, the one that was given.

    Parameters
    ----------
    activation : str, callable, Activation, or sequence of them
        One for all layers, or one each.
    n_hidden : int
        How many hidden layers there are.

    Raises
    ------
    ValueError
        As in `as_activation`; or if there are not as many as hidden layers.

    Examples
    --------
    >>> [one.name for one in as_activations(["relu", "tanh"], 2)]
    ['relu', 'tanh']
    """
    if isinstance(activation, str) or not isinstance(activation, Sequence):
        return (as_activation(activation),) * max(1, n_hidden)
    if len(activation) != n_hidden or not n_hidden:
        raise ValueError(
            f"activation must be one for all hidden layers, or {n_hidden}, one for each, got "
            f"{len(activation)}: try activation='relu'"
        )
    return tuple(map(as_activation, activation))


def joined_names(activations: Sequence[Activation]) -> str:
    """Return the name of all, or where they differ one for each layer: 'relu/tanh'."""
    alike = len(set(activations)) == 1
    return "/".join(one.name for one in (activations[:1] if alike else activations))


def _autograd_backward(function: Function) -> Callable[[Tensor, Tensor, Tensor], object]:
    def backward(delta: Tensor, z: Tensor, a: Tensor) -> None:
        # Training runs in inference mode: autograd refuses its tensors, but not a copy made here.
        with torch.inference_mode(False), torch.enable_grad():
            point = z.clone().requires_grad_()
            (derivative,) = torch.autograd.grad(function(point).sum(), point)
        unused = delta == 0  # as all padding is, where the derivative may be NaN
        delta.mul_(derivative).masked_fill_(unused, 0)

    return backward


def _check_elementwise(function: Function, name: str) -> None:
    must = f"activation {name!r} must map a tensor to a tensor of the same shape, elementwise"
    todo = "use torch operations such as torch.atan, or a name from ACTIVATIONS"
    if isinstance(function, nn.Module) and list(function.parameters()):
        raise ValueError(f"{must}, but it has parameters, which nobody would train: {todo}")
    # Points on both sides of 0, but not 0 itself, where a function may have no derivative.
    points = torch.linspace(-2, 2, 6).reshape(2, 3).requires_grad_()
    try:
        with torch.inference_mode(False), torch.enable_grad():
            values = function(points)
            # One point at a time: softmax, which looks at neighbours, gives another value then.
            alone = torch.stack([function(point) for point in points.flatten()])
            torch.autograd.grad(values.sum(), points)
    except Exception as error:  # whatever a user's function may raise
        raise ValueError(f"{must}, but it failed with '{error}': {todo}") from error
    if values.shape != points.shape or not torch.allclose(values.flatten(), alone, equal_nan=True):
        raise ValueError(f"{must}, but its values depend on the shape or the neighbours: {todo}")
