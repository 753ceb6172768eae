"""One run of the page: settings, the networks they make, and what is seen of them."""

from itertools import pairwise
from math import ceil, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.types import Array
from trainfcnn.analysis.success import SuccessRate
from trainfcnn.nn.tasks import baseline, constant_loss
from trainfcnn.playground.asked import real, whole
from trainfcnn.playground.material import Material, OwnData, material_of
from trainfcnn.playground.program import AsPython, Lottery, as_python
from trainfcnn.playground.settings import LIVE, Settings
from trainfcnn.training.live import changed, set_weight
from trainfcnn.training.loop import Training

QUICK_TEST = 500  # test points while it plays, at least; all of them at rest
QUICK_WORK = 8e6  # multiplications that judging takes then: small networks are judged by all points
HEAVIEST_EPOCH = 0.3  # seconds, about; nothing can interrupt an epoch
MULTIPLICATIONS = 4e9  # a second, about,
STEP_SECONDS = 0.5e-6  # and what each step of a network costs beside
FAR_ABOVE = 100  # times the loss of a constant answer
HEAVIEST_WEIGHT = 1000.0  # that is set by hand


class Experiment:
    """Networks in training, and what to say of them.

    Parameters
    ----------
    settings : Settings
        All that is chosen.
    own : OwnData, optional
        For the data set 'csv'.

    Attributes
    ----------
    material : Material
        The data, and their plane.
    training : Training
        Where it stands.
    member : int
        The network that is looked at.
    diverged : array of shape (K,)
        The epoch at which each network's loss was no number any more; 0 before.
    by_hand : bool
        Whether something was changed on the way, so that no single call leads here.

    Raises
    ------
    ValueError
        If the settings do not go together, or would take too long for a live page.
    """

    def __init__(self, settings: Settings, own: OwnData | None = None) -> None:
        self.settings = settings
        self.own = own
        self.material: Material = material_of(settings, own)
        dataset = self.material.dataset
        recipe = settings.recipe(dataset)
        first = settings.weight_seed
        _check_heaviness(settings, dataset.n_samples, dataset.n_features)
        self.training = Training(
            dataset,
            recipe,
            settings.seed,
            weight_seeds=range(first, first + settings.networks),
            device="auto",
        )
        self.member = 0
        self.diverged = np.zeros(settings.networks, dtype=np.int64)
        self.by_hand = False
        self.constant_loss = constant_loss(dataset.kind, dataset.y, loss=recipe.loss)
        self._judged: tuple[tuple[int, bool], tuple[Array, Array]] | None = None
        self._make_looks()

    def _make_looks(self) -> None:
        """Make what judges the networks on the test sample: a part of it, and all."""
        dataset = self.material.dataset
        x = dataset.x_test
        y = dataset.y_test
        n_weights = sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.training.stack.dims))
        few = int(QUICK_WORK / (self.settings.networks * n_weights))
        self._n_quick = min(len(x), max(QUICK_TEST, few))
        self._looks = (
            [self.training.look_at(x[:n], y[:n]) for n in (self._n_quick, len(x))] if len(x) else []
        )
        self._judged = None

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return self.training.state.epoch

    @property
    def is_over(self) -> bool:
        """Whether no network can go on."""
        return bool(self.diverged.all()) or self.training.is_over

    def advance(self, most: int) -> None:
        """Train for up to so many epochs, in one call."""
        before = self.epoch
        self.training.train_epochs(most)
        losses = self.training.rows(since=before)[0]
        bad = ~np.isfinite(losses)
        new = bad.any(0) & (self.diverged == 0)
        self.diverged[new] = before + 1 + bad[:, new].argmax(0)

    def begin_again(self) -> "Experiment":
        """Return it at its beginning: the same weights, and the same batches."""
        again = Experiment(self.settings, self.own)
        again.member = self.member
        return again

    def change(self, changes: dict[str, object]) -> bool:
        """Change settings while it runs; return False where that needs a new beginning.

        Raises
        ------
        ValueError
            If one is out of bounds; nothing is changed then.
        """
        settings = self.settings.but(changes)
        names = {name for name, *_ in settings.differences(self.settings)}
        if not names <= set(LIVE) or (self.epoch == 0 and names - {"threshold"}):
            return False
        dataset = self.material.dataset
        old, new = (one.recipe(dataset) for one in (self.settings, settings))
        fields = {name: getattr(new, name) for name in names - {"threshold"}}
        fields = {name: value for name, value in fields.items() if value != getattr(old, name)}
        _check_heaviness(settings, dataset.n_samples, dataset.n_features)
        if fields:
            self.training = changed(self.training, fields)
            self.by_hand = True
            self._make_looks()
        self.settings = settings
        return True

    def select(self, member: object) -> None:
        """Look at another network (ValueError if there is none of that number)."""
        self.member = whole("member", member, 0, self.settings.networks - 1)

    def edit(self, layer: object, to: object, from_: object, value: object) -> None:
        """Set one weight of the network that is looked at, or a bias where `from_` is None.

        Raises
        ------
        ValueError
            If there is no such weight, or the value is out of bounds.
        """
        blocks = self.training.stack.blocks
        place = whole("layer", layer, 0, len(blocks) - 1)
        _, n_out, n_in = blocks[place].shape
        bias = n_in - 1  # behind the weights of all inputs
        unit = whole("to", to, 0, n_out - 1)
        below = None if from_ is None else whole("from", from_, 0, bias - 1)
        weight = real("value", value, -HEAVIEST_WEIGHT, HEAVIEST_WEIGHT)
        set_weight(self.training, self.member, place, unit, below, weight)
        self.by_hand = True
        self._judged = None

    def judged(self, quickly: bool) -> tuple[Array, Array, int]:
        """Return loss and score of all networks on the test sample, (K,) each, and its size.

        Where there is none, NaN.
        """
        if not self._looks:
            none = np.full(self.settings.networks, np.nan)
            return none, none, 0
        key = (self.epoch, quickly)
        if self._judged is None or self._judged[0] != key:
            self._judged = key, self.training.judged_by(self._looks[0 if quickly else 1])
        loss, score = self._judged[1]
        n = self.material.dataset.n_test
        return (
            loss,
            np.where(self.diverged > 0, np.nan, score),
            self._n_quick if quickly else n,
        )

    def latest(self) -> tuple[Array, Array]:
        """Return every network's loss and score on the training sample, as it was last met."""
        if not self.epoch:
            none = np.full(self.settings.networks, np.nan)
            return none, none
        loss, score = self.training.rows(since=self.epoch - 1)
        return loss[0], score[0]

    def curve(self, since: int, most: int) -> dict[str, NDArray[Any]]:
        """Return epochs after one, and the selected network's losses and scores, thinned."""
        loss, score = (rows[:, self.member] for rows in self.training.rows(since))
        n = len(loss)
        places = np.arange(n) if n <= most else np.linspace(0, n - 1, most).round().astype(int)
        return {
            "curve_epoch": (places + since + 1).astype(np.uint32),
            "curve_loss": loss[places].astype(np.float32),
            "curve_score": score[places].astype(np.float32),
        }

    def success(self, quickly: bool) -> dict[str, object] | None:
        """Return how many networks have reached the threshold, and how sure that share is."""
        if self.settings.networks == 1:
            return None
        _, scores, n_test = self.judged(quickly)
        scores = scores if n_test else self.latest()[1]
        with np.errstate(invalid="ignore"):
            n = int((scores >= self.settings.threshold).sum())
        rate = SuccessRate(n, len(scores))
        low, high = rate.interval
        return {
            "n": n,
            "of": rate.n,
            "diverged": int((self.diverged > 0).sum()),
            "share": rate.share,
            "low": low,
            "high": high,
            "threshold": self.settings.threshold,
            "text": f"{n} of {rate.n} ({low:.0%} to {high:.0%})",
        }

    def note(self, dead: list[list[int]]) -> str:
        """Return in plain words what is wrong with the network that is looked at, if something is.

        `dead` names units that say the same everywhere, by layer and unit.
        """
        lower = f"try a lower rate than {self.settings.lr:g}"
        if self.diverged[self.member]:
            return f"diverged at epoch {self.diverged[self.member]}: {lower}"
        loss = float(self.latest()[0][self.member])
        if isfinite(loss) and loss > FAR_ABOVE * max(self.constant_loss, 1e-12):
            return (
                f"diverged at epoch {self.epoch}: the loss is {loss:.3g}, and that of a constant "
                f"answer {self.constant_loss:.3g}: {lower}"
            )
        if dead and self.epoch:
            n_units = sum(self.settings.dims)
            are = "is dead: it says" if len(dead) == 1 else "are dead: they say"
            return (
                f"{len(dead)} of {n_units} units {are} the same everywhere; try new weights, a "
                "lower rate or 'leaky_relu'"
            )
        return ""

    def python(self) -> AsPython:
        """Return the program that makes the network that is looked at."""
        settings = self.settings
        dataset = self.material.dataset
        recipe = settings.recipe(dataset).but(weight_seed=settings.weight_seed + self.member)
        why = ""
        if self.by_hand:
            why = "something was changed by hand while it ran: no single call does that"
        elif settings.schedule != "constant" and self.epoch < settings.n_epochs:
            why = f"it trains all {settings.n_epochs} epochs, over which the rate moves"
        elif settings.validation:
            why = "of all epochs it keeps the best on what is held out; its history is the same"
        if settings.schedule == "constant":
            recipe = recipe.but(epochs=self.epoch)
        seeds = range(settings.weight_seed, settings.weight_seed + settings.networks)
        lottery = Lottery(seeds, settings.threshold) if len(seeds) > 1 else None
        return as_python(self.material, recipe, settings.seed, why, lottery)

    @property
    def constant_score(self) -> float:
        """What the best constant answer reaches: an accuracy, or an R² of 0."""
        dataset = self.material.dataset
        return baseline(dataset.kind, dataset.y) if dataset.is_classification else 0.0


def _check_heaviness(settings: Settings, n_samples: int, n_features: int) -> None:
    """Refuse what would take so long an epoch that the page could not answer."""
    dims = (n_features, *settings.dims, 4)
    weights = sum((n_in + 1) * n_out for n_in, n_out in pairwise(dims))
    steps = ceil(n_samples / settings.batch_size)
    seconds = settings.networks * (3 * weights * n_samples / MULTIPLICATIONS + steps * STEP_SECONDS)
    if seconds > HEAVIEST_EPOCH:
        raise ValueError(
            f"an epoch must take {HEAVIEST_EPOCH:g} s at most for a live page, got about "
            f"{seconds:.1g} s: try fewer networks, points or units, or larger batches"
        )
