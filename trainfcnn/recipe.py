"""Every hyper-parameter of a training, defined once: default, bound, example, help."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from textwrap import fill
from typing import Any

from trainfcnn._support.bounds import (
    COUNT,
    DEGREES,
    EPS,
    FROM_0,
    FROM_1,
    GOAL,
    LAYERS,
    NAME,
    NAMES,
    NOT_NEGATIVE,
    PAIR,
    PIXELS,
    PRECISION,
    RATE,
    SECONDS,
    SEED,
    SHARE,
    SHARES,
    SWITCH,
    Bound,
    Setting,
)
from trainfcnn._support.checks import (
    check_dims,
    check_importable,
    check_seed,
    check_switch,
    look_up,
    short,
)
from trainfcnn._support.names import with_known_names
from trainfcnn.goal import EXAMPLE, Goal

# Of all hidden layers, or one of each.
Activations = str | Callable[[Any], Any] | tuple[str | Callable[[Any], Any], ...]


class _Recommended:
    """The default of an argument that leaves a setting to the recommendation for the data.

    None is no default, since it takes a setting off.
    """

    def __repr__(self) -> str:
        return "recommended"


RECOMMENDED: Any = _Recommended()


def _setting(default: Any, bound: Bound, example: object, metavar: str, help_: str) -> Any:
    return field(default=default, metadata={"setting": Setting(bound, example, metavar, help_)})


@dataclass(frozen=True)
class Recipe:
    """How a network is built and trained.

    Raises
    ------
    ValueError
        If a value is out of bounds. Names are looked up when a training is made.

    Examples
    --------
    >>> Recipe(dims=[6], lr=0.01).dims
    (6,)
    """

    dims: tuple[int, ...] = _setting(
        (16, 16), LAYERS, (6,), "N", "sizes of the hidden layers, from the inputs to the outputs"
    )
    activation: Activations = _setting(
        "relu", NAMES, "tanh", "NAME",
        "after every hidden layer, or one for each: a name, or your own elementwise torch function",
    )  # fmt: skip
    last_activation: str | None = _setting(
        None, NAME, "linear", "NAME", "after the last layer; by default the one of the task"
    )
    init: str | Callable[[Any, Any], object] | None = _setting(
        None, NAME, "he", "NAME",
        "initial weights, a name or your own function; by default 'spread' for the relu family "
        "(He's variance, evenly spread directions) and 'xavier' for the others",
    )  # fmt: skip
    optimizer: str = _setting("adam", NAME, "sgd", "NAME", "the rule by which weights are changed")
    lr: float = _setting(0.01, RATE, 0.01, "LR", "learning rate")
    momentum: float = _setting(0.0, SHARE, 0.9, "SHARE", "for 'sgd' and 'rmsprop'")
    nesterov: bool = _setting(
        False, SWITCH, True, "", "Nesterov's momentum, for 'sgd' with momentum"
    )
    weight_decay: float = _setting(
        0.0, NOT_NEGATIVE, 0.0001, "L2",
        "L2 penalty (times half the squared parameters); decoupled for 'adamw'",
    )  # fmt: skip
    schedule: str = _setting(
        "constant", NAME, "cosine", "NAME", "how the learning rate moves from 'lr'"
    )
    epochs: int = _setting(200, FROM_0, 200, "N", "passes over the training sample")
    steps: int | None = _setting(
        None, COUNT, 3000, "N", "in the place of epochs: how many batches to train on"
    )
    batch_size: int = _setting(
        100, FROM_1, 100, "N", "samples a step; the last batch of an epoch may be smaller"
    )
    shuffle: bool = _setting(
        True, SWITCH, False, "",
        "take the samples in a new order each epoch; without, always as they are given",
    )  # fmt: skip
    dropout: float | tuple[float, ...] = _setting(
        0.0, SHARES, 0.2, "SHARE",
        "share of hidden units switched off at each step; one for all hidden layers, or one each",
    )  # fmt: skip
    validation: float = _setting(
        0.0, SHARE, 0.2, "SHARE",
        "share of the training sample held out; the weights of the epoch with the lowest loss on "
        "it are kept",
    )  # fmt: skip
    patience: int = _setting(
        0, FROM_0, 20, "EPOCHS",
        "stop after so many epochs in which the validation loss (training loss where nothing is "
        "held out) did not fall by `min_delta`, and keep the best weights; 0 never stops",
    )  # fmt: skip
    min_delta: float = _setting(
        1e-4, SHARE, 0.001, "SHARE",
        "by how much a loss must fall to count as a gain for `patience`, as a share of a constant "
        "answer's loss",
    )  # fmt: skip
    until: str | None = _setting(
        None, GOAL, EXAMPLE, "GOAL",
        "stop at the first epoch that reaches it, and keep its weights: 'accuracy >= 0.99', "
        "'r2 >= 0.95' or 'loss <= 0.01' of what is held out, or else of the training sample",
    )  # fmt: skip
    max_seconds: float | None = _setting(
        None, SECONDS, 10, "SECONDS",
        "stop after the first epoch that ends later, or where epochs take microseconds a few later",
    )  # fmt: skip
    weight_seed: int | None = _setting(
        None, SEED, 0, "SEED", "of the initial weights alone; by default the trainer's seed"
    )
    restarts: int = _setting(
        1, FROM_1, 16, "N",
        "train so many networks at once, from different initial weights, and keep the one with the "
        "lowest validation loss (training loss where nothing is held out)",
    )  # fmt: skip
    dtype: str = _setting("float32", PRECISION, "float32", "NAME", "'float32' or 'float64'")
    standardize: bool = _setting(
        False, SWITCH, True, "",
        "train on inputs of mean 0 and standard deviation 1, and on such targets in a regression "
        "whose last activation is linear; the network takes and gives the original units all the "
        "same, in double precision if they lie far from 0",
    )  # fmt: skip
    rotate: float = _setting(
        0.0, DEGREES, 15, "DEGREES", "turn each image anew, by up to so much either way"
    )
    shift: float = _setting(
        0.0, PIXELS, 2, "PIXELS", "move each image anew, by up to so much along each axis"
    )
    scale: float = _setting(
        0.0, SHARE, 0.1, "SHARE", "make each image larger or smaller anew, by up to so much"
    )
    betas: tuple[float, float] = _setting(
        (0.9, 0.999), PAIR, (0.9, 0.99), "B,B",
        "how much of the mean gradient, and of the mean square, a step of 'adam' or 'adamw' keeps",
    )  # fmt: skip
    alpha: float = _setting(
        0.99, SHARE, 0.9, "SHARE", "how much of the mean square a step of 'rmsprop' keeps"
    )
    eps: float | None = _setting(
        None, EPS, 1e-7, "EPS",
        "what is added before a root mean square divides; by default 1e-8, for 'adagrad' 1e-10",
    )  # fmt: skip
    loss: str | None = _setting(
        None, NAME, "mae", "NAME",
        "of a regression: 'mse', 'mae', or 'huber' (squared up to one standard deviation of what "
        "is standardised, up to 1 of what is not, and absolute beyond); by default 'mse'",
    )  # fmt: skip
    l1: float = _setting(
        0.0, NOT_NEGATIVE, 0.0001, "L1", "L1 penalty (times the sum of absolute parameters)"
    )

    def __post_init__(self) -> None:
        for name in SETTINGS:
            _check_single(name, getattr(self, name))
        object.__setattr__(self, "dims", check_dims(self.dims))
        for name in OF_EACH_LAYER:
            object.__setattr__(self, name, _per_layer(name, getattr(self, name), len(self.dims)))
        if self.weight_seed is not None:
            check_seed(self.weight_seed, "weight_seed")
        for name, setting in SETTINGS.items():
            value = getattr(self, name)
            setting.check(name, value)
            type_ = setting.bound.parse
            if type_ in (bool, int, float) and value is not None:
                object.__setattr__(self, name, type_(value))  # no longer a number of numpy's
        for name in ("betas", "dropout"):
            value = getattr(self, name)
            numbers = tuple(map(float, value)) if isinstance(value, tuple | list) else float(value)
            object.__setattr__(self, name, numbers)
        if self.until is not None:  # in one spelling, so that equal goals are equal
            object.__setattr__(self, "until", str(Goal.read(self.until)))
        self._check_optimizer()
        if self.min_delta != DEFAULTS["min_delta"] and not self.patience:
            raise ValueError(
                f"min_delta is for patience, got min_delta={self.min_delta} without: try "
                "patience=20"
            )

    def _check_optimizer(self) -> None:
        """Refuse what the optimizer does not have."""
        for name, optimizers in OF_SOME_OPTIMIZERS.items():
            value = getattr(self, name)
            known = self.optimizer in USUAL_LR  # of others it is told later
            if value != DEFAULTS[name] and known and self.optimizer not in optimizers:
                instead = ", or for an L2 penalty weight_decay" if name == "alpha" else ""
                raise ValueError(
                    f"{name} is for {' and '.join(map(repr, optimizers))}, got {name}={value} with "
                    f"{self.optimizer!r}: leave it out, or use optimizer={optimizers[0]!r}{instead}"
                )
        if self.nesterov and not (self.momentum and self.optimizer == "sgd"):
            first = "" if self.optimizer == "sgd" else "optimizer='sgd', "
            raise ValueError(
                "nesterov needs optimizer='sgd' with a momentum, got "
                f"optimizer={self.optimizer!r}, momentum={self.momentum}: try {first}momentum=0.9"
            )

    def extras(self) -> dict[str, object]:
        """Return the fields that are not plain, but for those that each line on a training tells.

        Examples
        --------
        >>> Recipe(lr=0.1, dropout=0.3).extras()
        {'dropout': 0.3}
        """
        fields_ = {name: getattr(self, name) for name in SETTINGS if name not in ALWAYS_TOLD}
        return {name: value for name, value in fields_.items() if value != DEFAULTS[name]}

    def check_pickles(self) -> None:
        """Refuse functions of one's own that a pickle could not find again (PicklingError)."""
        check_importable(self.init, "an own init")
        several = self.activation if isinstance(self.activation, tuple) else (self.activation,)
        for activation in several:
            check_importable(activation, "an own activation")

    def but(self, **changes: object) -> "Recipe":
        """Return a copy with some fields changed; None takes a setting off.

        Where there is no off, as for `dims`, `optimizer`, `lr` or `epochs`, None leaves it.

        Examples
        --------
        >>> Recipe(dropout=0.3).but(epochs=5, dropout=None, lr=None)  # doctest: +ELLIPSIS
        Recipe(..., lr=0.01, ..., epochs=5, ..., dropout=0.0, ...)
        """
        return replace(self, **_named(changes))  # type: ignore[arg-type]


# One value for all hidden layers, or a list of one for each.
OF_EACH_LAYER = ("activation", "dropout")
# Any line on a training names these, plain or not; a seed is no setting to compare by.
ALWAYS_TOLD = (
    "dims", "activation", "optimizer", "lr", "schedule", "epochs", "weight_seed",
)  # fmt: skip
# None takes these off, which is their default; of the others there is no off.
SWITCHED_OFF = (
    "last_activation", "init", "momentum", "nesterov", "weight_decay", "betas", "alpha", "eps",
    "schedule", "steps", "dropout", "validation", "patience", "until", "max_seconds", "weight_seed",
    "restarts", "standardize", "rotate", "shift", "scale", "loss", "l1",
)  # fmt: skip
# Who names one of these has a training of their own in mind: the others are then plain.
OF_THE_OPTIMIZER = ("optimizer", "lr", "momentum", "nesterov", "weight_decay", "schedule")
PLAIN_SCHEDULE = "cooldown"
USUAL_LR = {"sgd": 0.1, "adam": 0.01, "adamw": 0.01, "rmsprop": 0.01, "adagrad": 0.1}

# Without effect on the others, and refused there.
OF_SOME_OPTIMIZERS = {
    "momentum": ("sgd", "rmsprop"),
    "betas": ("adam", "adamw"),
    "alpha": ("rmsprop",),
    "eps": ("adam", "adamw", "rmsprop", "adagrad"),
}

SETTINGS: dict[str, Setting] = {one.name: one.metadata["setting"] for one in fields(Recipe)}
DEFAULTS: dict[str, object] = {one.name: one.default for one in fields(Recipe)}


# In the place of Python's own TypeError: `Recipe(learning_rate=0.1)` is told of `lr`.
Recipe.__init__ = with_known_names("Recipe()", {})(Recipe.__init__)  # type: ignore[method-assign]


def _is_list(value: object) -> bool:
    # An array by what it can do: numpy is not needed for anything else here.
    n_dims = getattr(value, "ndim", 0)  # of a type, such as numpy.float32, it is no number
    return isinstance(value, list | tuple | range | set) or (isinstance(n_dims, int) and n_dims > 0)


def _per_layer(name: str, value: Any, n_layers: int) -> Any:
    """Return one value for all hidden layers, or a tuple of one each if they differ."""
    if not _is_list(value):
        return value
    each = tuple(value)
    if len(each) != n_layers or not each:
        raise ValueError(
            f"{name} must be one value, or one for each of the hidden layers, of which there are "
            f"{n_layers}, got {short([*each])}: try {name}={SETTINGS[name].example!r}, or to vary "
            f"it sweep(..., {name}={short([*each])})"
        )
    return each[0] if all(one == each[0] for one in each) else each


def _check_single(name: str, value: Any) -> None:
    """Refuse a list of values, with what takes one."""
    several = _is_list(value) and name not in OF_EACH_LAYER
    if several and isinstance(DEFAULTS[name], tuple):  # of these a flat list is one value
        several = any(map(_is_list, value))
    if several:
        setting = SETTINGS[name]
        raise ValueError(
            f"{name} must be {setting.bound.must}, a single one, got {short(value)}: try "
            f"{name}={setting.example!r}, or to vary it sweep(..., {name}={short([*value])})"
        )


def check_settings(given: Mapping[str, object]) -> None:
    """Refuse a whole recipe in the place of the first setting.

    Raises
    ------
    TypeError
        If it is one, or a dict.
    """
    dims = given["dims"]
    if isinstance(dims, Recipe):
        raise TypeError("train() takes settings by name, got a Recipe: use train_as(recipe)")
    if isinstance(dims, Mapping):
        raise TypeError("train() takes settings by name, got a dict: use train(**settings)")


def check_recipe(recipe: object) -> "Recipe":
    """Return `recipe` if it is one.

    Raises
    ------
    TypeError
        If it is something else, such as a dict of settings.
    """
    if isinstance(recipe, Recipe):
        return recipe
    raise TypeError(
        f"train_as() takes a whole Recipe, got {short(recipe)}: use train(epochs=20), say, for a "
        "few settings, train(**settings) for a dict of them, or train_as(Recipe(**settings))"
    )


def _named(given: Mapping[str, object]) -> dict[str, object]:
    """Return the settings that are named, each with its value or what None stands for."""
    named = {}
    for name, value in given.items():
        look_up(SETTINGS, name, "recipe field")
        if value is None and name in SWITCHED_OFF:
            named[name] = DEFAULTS[name]
        elif value is not None and value is not RECOMMENDED:
            named[name] = value
    if "epochs" in named:
        if named.get("steps") is not None:
            raise ValueError(
                "epochs and steps both say how long to train, got "
                f"epochs={short(named['epochs'])}, steps={short(named['steps'])}: leave one out"
            )
        named["steps"] = None
    return named


def choose(
    recommended: Mapping[str, object],
    given: Mapping[str, object],
    plain_epochs: int,
    keep_recommended: bool = False,
) -> Recipe:
    """Return the recipe that a few named settings stand for.

    Say nothing, and all is as recommended for the data. Name one of `OF_THE_OPTIMIZER`, and the
    rest of these and `epochs` are plain, while sizes and activation stay; name `dims`, and no
    dropout comes along. What is recommended goes together: half of it, with another optimizer or
    rate, trains worse than no recommendation at all.

    Parameters
    ----------
    recommended, given : mapping
        Fields of a recipe. `RECOMMENDED` leaves one to the recommendation, None takes it off.
    plain_epochs : int
        How many there are where they are plain.
    keep_recommended : bool
        Keep all that is recommended and not named, whatever else is.

    Examples
    --------
    >>> mild = {"dims": (8,), "lr": 0.003, "weight_decay": 0.1, "epochs": 20, "dropout": 0.2}
    >>> choose(mild, {"optimizer": "sgd"}, 200)  # doctest: +ELLIPSIS
    Recipe(dims=(8,), ..., optimizer='sgd', lr=0.1, ..., weight_decay=0.0, ..., epochs=200, ...)
    """
    check_switch("recommended", keep_recommended)
    named = _named(given)
    kept = dict(recommended)
    if named.keys() & set(OF_THE_OPTIMIZER) and not keep_recommended:
        kept = {name: kept[name] for name in kept if name not in (*OF_THE_OPTIMIZER, "epochs")}
        optimizer = named.get("optimizer", DEFAULTS["optimizer"])
        usual = USUAL_LR.get(str(optimizer), DEFAULTS["lr"])  # a name that is unknown is told later
        kept |= {"lr": usual, "schedule": PLAIN_SCHEDULE, "epochs": plain_epochs}
    if named.get("steps") is not None:
        kept.pop("epochs", None)
    if "dims" in named and not keep_recommended:
        kept.pop("dropout", None)
    return Recipe().but(**kept | named)


def _attributes() -> str:
    """Return the fields of a recipe as a section of its docstring."""
    lines = ["    Attributes", "    ----------"]
    for name, setting in SETTINGS.items():
        sentence = f"{setting.help[0].upper()}{setting.help[1:]}."
        lines.append(f"    {name} : {setting.bound.must}, by default {DEFAULTS[name]!r}")
        lines.append(fill(sentence, 96, initial_indent=8 * " ", subsequent_indent=8 * " "))
    return "\n".join(lines)


if Recipe.__doc__:  # python -OO leaves none
    Recipe.__doc__ = Recipe.__doc__.replace("    Raises", f"{_attributes()}\n\n    Raises", 1)
