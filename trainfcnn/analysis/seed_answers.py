"""What networks say that began with other weights, or were shown another sample."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from trainfcnn._support.checks import is_whole, short
from trainfcnn._support.types import Array
from trainfcnn.analysis.curve import Curve
from trainfcnn.analysis.evaluation import evaluate
from trainfcnn.analysis.prediction import Grid, check_view, predict_grid
from trainfcnn.analysis.seeds import others_than, own_seed, trained_from
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.sources import as_dataset
from trainfcnn.training.loop import Training
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CELLS = 81  # along each side of the plane
PLACES = 401  # of a single feature
MARGIN = 0.25  # beside the domain, as a share of its width
MOST = 0.95  # of the networks, which agree where they say the same


@dataclass(frozen=True, eq=False)
class SeedAnswers:
    """What K networks say over the plane or along a single feature, that of a run first.

    Attributes
    ----------
    answers : list of Grid or of Curve
        Of each network.
    scores : array of shape (K,)
        On the run's test sample; NaN without one.
    hinges : array of shape (units,)
        Where the relu units of the run's first layer bend its curve, in the order of the units.
    is_resampled : bool
        Whether each network but the first had a sample of its own.
    dataset : Dataset
        What the run has learnt.
    """

    answers: list[Grid] | list[Curve]
    scores: Array
    hinges: Array
    is_resampled: bool
    dataset: Dataset

    @classmethod
    def of(cls, run: Run, n: int = 64, resample: bool = False) -> "SeedAnswers":
        """Train n - 1 networks beside that of a run, by its recipe.

        Parameters
        ----------
        run : Run
            Of two features, or of one.
        n : int
            How many networks, 2 or more.
        resample : bool
            Whether to draw a new sample for each too, of the same size; else they differ in
            nothing but their initial weights.

        Raises
        ------
        ValueError
            If the data have more features, or samples of them cannot be drawn.
        """
        _check(run, n, resample)
        seeds = others_than(own_seed(run), n - 1)
        others = _resampled(run, seeds) if resample else trained_from(run, seeds).runs()
        runs = [run, *others]
        has_curve = run.dataset.n_features == 1
        places = PLACES if has_curve else CELLS
        answers = [predict_grid(one, places, MARGIN) for one in runs]
        x = run.dataset.x_test
        y = run.dataset.y_test
        scores = [evaluate(one, x, y)[1] if len(x) else np.nan for one in runs]
        hinges = hinges_of(run) if has_curve else np.empty(0)
        return cls(answers, np.array(scores), hinges, resample, run.dataset)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def is_curve(self) -> bool:
        """Whether the data have a single feature."""
        return isinstance(self.answers[0], Curve)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which places are in the sampled domain."""
        return self.answers[0].inside

    @property
    def values(self) -> Array:
        """What each says: a regression's value, or the probability of the second class.

        It is of shape (K, n), or over the plane (K, n, n).
        """
        values = np.stack([one.values for one in self.answers])
        return values[..., 1] if self.answers[0].classes else values

    @property
    def agreement(self) -> Array:
        """Which share of the networks decides for the commonest class at each place."""
        decided = np.stack([one.values.argmax(-1) for one in self.answers])
        n_classes = len(self.answers[0].classes)
        shares: Array = np.stack([(decided == label).mean(0) for label in range(n_classes)])
        highest: Array = shares.max(0)
        return highest

    def spread(self, share: float = 0.9) -> tuple[Array, Array]:
        """Return between which values the middle `share` of the networks lies at each place."""
        low, high = np.quantile(self.values, [(1 - share) / 2, (1 + share) / 2], axis=0)
        return low, high

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it; see `plot_seed_answers`."""
        from trainfcnn import plotting

        return plotting.plot_seed_answers(self, ax)


def hinges_of(run: Run) -> Array:
    """Return where the relu units of a first layer of one input are switched, (units,).

    That is at ``-bias / weight``; other activations have no such place, and there are none.
    """
    network = run.network
    if len(network.dims) < 3 or network.activations[0].name != "relu":
        return np.empty(0)
    layer = network.linears[0]
    with torch.no_grad():
        weight = layer.weight[:, 0].double().cpu().numpy()
        bias = layer.bias.double().cpu().numpy()
    hinges: Array = -bias[weight != 0] / weight[weight != 0]
    return hinges


def _check(run: Run, n: int, resample: bool) -> None:
    check_view(run.dataset)
    if run.dataset.n_features > 2:
        raise ValueError(
            f"seeds are drawn for data of 1 or 2 features, got {run.dataset.n_features} in "
            f"{run.dataset.name!r}: use plot(seeds=32)"
        )
    if run.dataset.n_features == 2 and not run.dataset.is_classification:
        raise ValueError(
            f"boundaries are those of classes, and {run.dataset.name!r} is a regression of 2 "
            "features: use plot(seeds=32)"
        )
    if not is_whole(n) or n < 2:
        raise ValueError(f"seeds must be an integer of 2 or more, got {short(n)}: try seeds=64")
    if resample and run.dataset.law is None:
        raise ValueError(
            f"new samples of {run.dataset.name!r} cannot be drawn, since its law is not known: "
            "leave resample out"
        )


def _resampled(run: Run, seeds: list[int]) -> list[Run]:
    """Return runs on other samples, from other initial weights; they cannot share a stack."""
    dataset = run.dataset
    recipe = run.recipe.but(restarts=1, max_seconds=None)
    runs = []
    for seed in seeds:
        fresh = as_dataset(dataset.law, dataset.n_samples, dataset.noise, seed)
        training = Training(fresh, recipe, seed, weight_seeds=[seed], device="auto")
        for _ in training.strides():
            pass
        # Asked where the run is asked, since a sample has a box of its own where no law says one.
        runs.append(training.best_run().on(dataset))
    return runs
