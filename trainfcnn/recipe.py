"""Every hyper-parameter of a training, with its default and its bounds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from trainfcnn.checks import check_seed, is_real, is_whole
from trainfcnn.lookup import look_up


@dataclass(frozen=True)
class Recipe:
    """How a network is built and trained.

    Attributes
    ----------
    dims : tuple of int
        Sizes of the hidden layers, from the inputs to the outputs; () for none.
    activation : str or callable
        After every hidden layer: a key of `ACTIVATIONS` or your own elementwise torch function.
    last_activation : str, optional
        After the last layer: a key of `LAST_ACTIVATIONS`; by default the one of the task.
    init : str, optional
        A key of `INITS`; by default 'spread' for the relu family (He's variance, evenly spread
        directions) and 'xavier' for the others.
    optimizer : str
        A key of `OPTIMIZERS`.
    lr : float
        Learning rate, > 0.
    momentum : float
        In [0, 1), for 'sgd' and 'rmsprop'.
    nesterov : bool
        Nesterov's momentum, for 'sgd' with momentum.
    weight_decay : float
        L2 penalty >= 0 (times half the squared parameters); decoupled for 'adamw'.
    schedule : str
        A key of `SCHEDULES`: how the learning rate moves from `lr`.
    epochs : int
        Passes over the training sample, >= 0.
    batch_size : int
        Samples a step, >= 1. The last batch of an epoch may be smaller; it is used.
    shuffle : bool
        Whether each epoch takes the samples in a new order; without, always as they are given.
    dropout : float
        Share in [0, 1) of hidden units switched off at each step.
    validation : float
        Share in [0, 1) of the training sample held out. With one, the weights of the epoch with
        the lowest validation loss are kept.
    patience : int
        Stop after so many epochs without a lower validation loss (training loss where nothing is
        held out), and keep the best weights; 0 never stops.
    weight_seed : int, optional
        Seed of the initial weights; by default the trainer's.
    restarts : int
        Train so many networks at once, >= 1, from different initial weights, and keep the one with
        the lowest validation loss (training loss where nothing is held out).
    dtype : str
        'float32' or 'float64'.
    standardize : bool
        Train on inputs of mean 0 and standard deviation 1, and on such targets in a regression
        whose last activation is linear. The network that comes out takes and gives the original
        units all the same; if they lie far from 0, in double precision.
    rotate : float
        Of images: turn each of them, whenever it is used, by up to so many degrees either way.
    shift : float
        Of images: move each, whenever it is used, by up to so many pixels along each axis.
    scale : float
        Of images: make each, whenever it is used, larger or smaller by a share in [0, 1) at most.

    Raises
    ------
    ValueError
        If a value is out of bounds. Names are looked up when a training is made.

    Examples
    --------
    >>> Recipe(dims=[6], lr=0.01).dims
    (6,)
    """

    dims: tuple[int, ...] = (16, 16)
    activation: str | Callable[[Any], Any] = "relu"
    last_activation: str | None = None
    init: str | None = None
    optimizer: str = "adam"
    lr: float = 0.01
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    schedule: str = "constant"
    epochs: int = 200
    batch_size: int = 100
    shuffle: bool = True
    dropout: float = 0.0
    validation: float = 0.0
    patience: int = 0
    weight_seed: int | None = None
    restarts: int = 1
    dtype: str = "float32"
    standardize: bool = False
    rotate: float = 0.0
    shift: float = 0.0
    scale: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "dims", check_dims(self.dims))
        for name, (must, allowed, advice) in _BOUNDS.items():
            value = getattr(self, name)
            if not allowed(value):
                raise ValueError(f"{name} must be {must}, got {value!r}: {advice}")
            object.__setattr__(self, name, type(_DEFAULTS[name])(value))  # no longer numpy's
        if self.weight_seed is not None:
            object.__setattr__(self, "weight_seed", check_seed(self.weight_seed, "weight_seed"))
        if self.momentum and self.optimizer in ("adam", "adamw", "adagrad"):
            raise ValueError(
                f"momentum is for 'sgd' and 'rmsprop', got momentum={self.momentum} with "
                f"{self.optimizer!r}: leave it out, or use optimizer='sgd'"
            )
        if self.nesterov and not (self.momentum and self.optimizer == "sgd"):
            raise ValueError(
                "nesterov needs optimizer='sgd' with a momentum, got "
                f"optimizer={self.optimizer!r}, momentum={self.momentum}: try momentum=0.9"
            )

    def but(self, **changes: object) -> "Recipe":
        """Return a copy with some fields changed; None leaves a field as it is.

        Examples
        --------
        >>> Recipe().but(epochs=5, lr=None).epochs
        5
        """
        for name in changes:
            look_up(FIELDS, name, "recipe field")
        given = {name: value for name, value in changes.items() if value is not None}
        return replace(self, **given)  # type: ignore[arg-type]


def check_dims(dims: object, name: str = "dims") -> tuple[int, ...]:
    """Return layer sizes as a tuple of ints >= 1; a single int stands for one layer.

    Examples
    --------
    >>> check_dims(6), check_dims([3, 4])
    ((6,), (3, 4))
    """
    sizes = tuple(dims) if isinstance(dims, Iterable) and not isinstance(dims, str) else (dims,)
    for size in sizes:
        if not is_whole(size) or size < 1:
            raise ValueError(
                f"{name} must be layer sizes, integers of 1 or more, got {dims!r}: try {name}=[6]"
            )
    return tuple(int(size) for size in sizes)


def check_degrees(rotate: object) -> float:
    """Return the largest angle as a float, or say what it must be."""
    must, allowed, advice = _BOUNDS["rotate"]
    if not allowed(rotate):
        raise ValueError(f"rotate must be {must}, got {rotate!r}: {advice}")
    return float(rotate)  # type: ignore[arg-type]


def _is_share(value: Any) -> bool:
    return is_real(value) and 0 <= value < 1


_SHARE = "a number from 0 to less than 1"
# field: what it must be, the test, what to do instead
_BOUNDS: dict[str, tuple[str, Callable[[Any], bool], str]] = {
    "lr": ("a number greater than 0", lambda v: is_real(v) and v > 0, "try lr=0.01"),
    "momentum": (_SHARE, _is_share, "try momentum=0.9"),
    "nesterov": ("True or False", lambda v: isinstance(v, bool), "try nesterov=True"),
    "weight_decay": (
        "a number of 0 or more",
        lambda v: is_real(v) and v >= 0,
        "try weight_decay=0.0001",
    ),
    "epochs": ("an integer of 0 or more", lambda v: is_whole(v) and v >= 0, "try epochs=200"),
    "batch_size": (
        "an integer of 1 or more",
        lambda v: is_whole(v) and v >= 1,
        "try batch_size=100",
    ),
    "shuffle": ("True or False", lambda v: isinstance(v, bool), "try shuffle=False"),
    "dropout": (_SHARE, _is_share, "try dropout=0.2"),
    "validation": (_SHARE, _is_share, "try validation=0.2"),
    "patience": ("an integer of 0 or more", lambda v: is_whole(v) and v >= 0, "try patience=20"),
    "restarts": ("an integer of 1 or more", lambda v: is_whole(v) and v >= 1, "try restarts=16"),
    "dtype": (
        "'float32' or 'float64'",
        lambda v: v in ("float32", "float64"),
        "try dtype='float32'",
    ),
    "standardize": ("True or False", lambda v: isinstance(v, bool), "try standardize=True"),
    "rotate": (
        "degrees from 0 to 180",
        lambda v: is_real(v) and 0 <= v <= 180,
        "try rotate=15",
    ),
    "shift": ("pixels, 0 or more", lambda v: is_real(v) and v >= 0, "try shift=2"),
    "scale": (_SHARE, _is_share, "try scale=0.1"),
}

FIELDS = {field.name: field.type for field in fields(Recipe)}
_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Recipe)}


def say_setting(value: object) -> object:
    """Return a field's value as a table or a title can hold it.

    Examples
    --------
    >>> say_setting((8, 4)), say_setting(()), say_setting(0.01)
    ('8-4', 'none', 0.01)
    """
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    return getattr(value, "__name__", value) if callable(value) else value
