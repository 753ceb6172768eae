"""All that the page lets one choose, checked by the library's own checks and a few bounds more."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from trainfcnn._support.checks import is_whole, look_up, short
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.toy import DATASETS
from trainfcnn.engine.optimizers import OPTIMIZERS
from trainfcnn.engine.schedules import SCHEDULES
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.init import INITS
from trainfcnn.nn.tasks import REGRESSIONS
from trainfcnn.playground.asked import real, several, whole
from trainfcnn.playground.formula import Formula
from trainfcnn.recipe import OF_SOME_OPTIMIZERS, Recipe
from trainfcnn.training import live

OWN_DATA = ("formula", "points", "csv")
FEATURES = ("x1", "x2", "x1**2", "x2**2", "x1*x2", "sin(x1)", "sin(x2)")
NETWORKS = (1, 16, 64)
LIVE = (*live.LIVE, "threshold")  # what changes without a new beginning
MOST_LAYERS = 6
MOST_POINTS = 1000  # that are set by hand
FARTHEST = 6.0  # from 0, of these along each axis
MOST_CLASSES = 8
SCHEDULED_EPOCHS = 200  # of a rate that moves, if nobody says how many
# Curves of all networks are kept, which is what bounds a training without an end.
MOST_EPOCHS = {1: 1_000_000, 16: 200_000, 64: 50_000}
LIMITS: dict[str, tuple[int, float]] = {
    "n_samples": (10, 10_000),
    "noise": (0, 2),
    "seed": (0, 2**31 - 1),
    "weight_seed": (0, 2**31 - 1),
    "validation": (0, 0.9),
    "dims": (1, 32),
    "lr": (0, 1000),
    "momentum": (0, 0.999),
    "weight_decay": (0, 10),
    "l1": (0, 10),
    "dropout": (0, 0.9),
    "batch_size": (1, 10_000),
    "epochs": (1, 1_000_000),
    "threshold": (0, 1),
}
WHOLE = ("n_samples", "seed", "weight_seed", "batch_size", "epochs")
TABLES: dict[str, Mapping[str, object]] = {
    "activation": ACTIVATIONS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "init": INITS,
    "loss": REGRESSIONS,
}
EMPTY = ("init", "loss", "epochs")  # may be None
OF_THE_RECIPE = (
    "dims", "activation", "init", "optimizer", "lr", "weight_decay", "l1", "dropout", "batch_size",
    "schedule", "standardize", "validation",
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """What is chosen on the page; each is checked when it is made.

    Attributes
    ----------
    dataset : str
        A key of `DATASETS`, or one of `OWN_DATA`.
    formula : str
        See `Formula`.
    points : tuple of (float, float, int)
        Set by hand: x1, x2 and class.
    features : tuple of str
        Of `FEATURES`: what the network is shown.
    weight_seed : int
        Of the initial weights; network k of several has k more.
    epochs : int, optional
        None for a training that somebody ends.
    networks : int
        How many at once.
    threshold : float
        Score on the test sample from which a network has succeeded.
    others
        As in `make_dataset` and `Recipe`.

    Raises
    ------
    ValueError
        If one is out of bounds.
    """

    dataset: str = "xor"
    formula: str = "x1*x2 > 0"
    points: tuple[tuple[float, float, int], ...] = ()
    n_samples: int = 250
    noise: float = 0.0
    seed: int = 0
    weight_seed: int = 0
    validation: float = 0.0
    features: tuple[str, ...] = ("x1", "x2")
    dims: tuple[int, ...] = (4, 2)
    activation: str = "tanh"
    init: str | None = None
    loss: str | None = None
    optimizer: str = "adam"
    lr: float = 0.01
    momentum: float = 0.0
    weight_decay: float = 0.0
    l1: float = 0.0
    dropout: float = 0.0
    batch_size: int = 10
    epochs: int | None = None
    schedule: str = "constant"
    standardize: bool = False
    networks: int = 1
    threshold: float = 0.95

    def __post_init__(self) -> None:
        look_up({**DATASETS, **dict.fromkeys(OWN_DATA)}, self.dataset, "dataset")
        Formula(self.formula)
        for name in LIMITS:
            if name != "dims":
                _check_number(name, getattr(self, name))
        for name, table in TABLES.items():
            value = getattr(self, name)
            if not (value is None and name in EMPTY):
                look_up(table, value, name)
        if not isinstance(self.standardize, bool):
            raise ValueError(f"standardize must be true or false, got {short(self.standardize)}")
        if self.networks not in NETWORKS or not is_whole(self.networks):
            raise ValueError(f"networks must be 1, 16 or 64, got {short(self.networks)}")
        object.__setattr__(self, "dims", _dims(self.dims))
        object.__setattr__(self, "features", _features(self.features))
        object.__setattr__(self, "points", _points(self.points))

    def but(self, changes: object) -> "Settings":
        """Return a copy with some of them changed.

        Raises
        ------
        ValueError
            For an unknown name or a value out of bounds.

        Examples
        --------
        >>> Settings().but({"dims": [8, 8]}).dims
        (8, 8)
        """
        if not isinstance(changes, Mapping):
            raise ValueError(f"changes must be settings by name, got {short(changes)}")
        for name in changes:
            look_up(DEFAULTS, name, "setting")
        return replace(self, **changes)

    def recipe(self, dataset: Dataset) -> Recipe:
        """Return the recipe of the training; what does not suit data or optimizer is left out."""
        named: dict[str, Any] = {name: getattr(self, name) for name in OF_THE_RECIPE}
        if self.optimizer in OF_SOME_OPTIMIZERS["momentum"]:
            named["momentum"] = self.momentum
        if not dataset.is_classification:
            named["loss"] = self.loss
        if not self.dims:
            named["dropout"] = 0.0
        return Recipe(**named, epochs=self.n_epochs)

    @property
    def n_epochs(self) -> int:
        """How many epochs it takes at most."""
        if self.is_endless:
            return MOST_EPOCHS[self.networks]
        return min(self.epochs or SCHEDULED_EPOCHS, MOST_EPOCHS[self.networks])

    @property
    def is_endless(self) -> bool:
        """Whether somebody ends it: a rate that moves has to know its end."""
        return self.epochs is None and self.schedule == "constant"

    def plain(self) -> dict[str, Any]:
        """Return them as JSON holds them."""
        values = {name: getattr(self, name) for name in DEFAULTS}
        return {
            name: [list(one) if isinstance(one, tuple) else one for one in value]
            if isinstance(value, tuple)
            else value
            for name, value in values.items()
        }

    def differences(self, other: "Settings") -> list[list[Any]]:
        """Return those in which another's are not equal: name, its own value, the other's."""
        theirs = other.plain()
        return [[name, v, theirs[name]] for name, v in self.plain().items() if v != theirs[name]]


DEFAULTS: dict[str, object] = {one.name: one.default for one in fields(Settings)}


def _check_number(name: str, value: object) -> None:
    if value is None and name in EMPTY:
        return
    check = whole if name in WHOLE else real
    check(name, value, *LIMITS[name])


def _dims(value: object) -> tuple[int, ...]:
    return tuple(
        whole("dims", units, *LIMITS["dims"]) for units in several("dims", value, MOST_LAYERS)
    )


def _features(value: object) -> tuple[str, ...]:
    features = several("features", value, len(FEATURES))
    for feature in features:
        look_up(dict.fromkeys(FEATURES), feature, "feature")
    if not features or len(set(features)) < len(features):
        raise ValueError(f"features must be one or more, each once, got {short(features)}")
    return tuple(features)


def _points(value: object) -> tuple[tuple[float, float, int], ...]:
    points = []
    for point in several("points", value, MOST_POINTS):
        if not isinstance(point, list | tuple) or len(point) != 3:
            raise ValueError(f"points must be [x1, x2, class] each, got {short(point)}")
        x1, x2 = (round(real("points", one, -FARTHEST, FARTHEST), 3) for one in point[:2])
        points.append((x1, x2, whole("points' class", point[2], 0, MOST_CLASSES - 1)))
    return tuple(points)
