"""A recipe trained as scikit-learn asks for it: what both estimators share."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.random import RandomState, SeedSequence
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from trainfcnn import report
from trainfcnn._support.checks import check_seed, check_switch, short
from trainfcnn._support.names import with_known_names
from trainfcnn._support.types import Values
from trainfcnn.analysis.evaluation import outputs_of
from trainfcnn.data.advice import recommended
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.targets import check_names
from trainfcnn.data.weights import check_weights, weighted
from trainfcnn.engine.device import check_device
from trainfcnn.nn.network import FCNN
from trainfcnn.recipe import RECOMMENDED, SETTINGS, Recipe, choose
from trainfcnn.training.loop import Training
from trainfcnn.training.resolve import n_outputs_for
from trainfcnn.training.run import Run
from trainfcnn.training.scaling import Scaling
from trainfcnn.training.state import TrainingState
from trainfcnn.training.walk import walk

# Images are no rows of features; `random_state` takes the place of a seed of the weights; and an
# `alpha` is a penalty all over scikit-learn, whose checks set it: here it is that of 'rmsprop'.
OF_NO_ESTIMATOR = ("weight_seed", "rotate", "shift", "scale", "alpha")
OF_A_RECIPE = tuple(name for name in SETTINGS if name not in OF_NO_ESTIMATOR)
# With `early_stopping`, where nothing else is said; scikit-learn's own networks have the same.
EARLY_VALIDATION = 0.1
EARLY_PATIENCE = 10


Function = Callable[[Any], Any]


def store(estimator: object, given: Mapping[str, object]) -> None:
    """Keep arguments as they came, and look at none of them: scikit-learn compares them."""
    for name, value in given.items():
        if name not in ("self", "__class__"):
            setattr(estimator, name, value)


class Estimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What classifier and regressor share: parameters, a training, and what comes of it."""

    @with_known_names("an estimator", {})
    def __init__(
        self,
        dims: Sequence[int] | int | None = None,
        activation: str | Function | Sequence[str | Function] | None = None,
        last_activation: str | None = None,
        *,
        init: str | Function | None = None,
        optimizer: str | None = None,
        lr: float | None = None,
        momentum: float | None = None,
        nesterov: bool | None = None,
        weight_decay: float | None = None,
        schedule: str | None = None,
        epochs: int | None = None,
        steps: int | None = None,
        batch_size: int | None = None,
        shuffle: bool | None = None,
        dropout: float | Sequence[float] | None = None,
        validation: float | None = None,
        patience: int | None = None,
        min_delta: float | None = None,
        until: str | None = None,
        max_seconds: float | None = None,
        restarts: int | None = None,
        dtype: str | None = None,
        standardize: bool | None = None,
        betas: tuple[float, float] | None = None,
        eps: float | None = None,
        loss: str | None = None,
        l1: float | None = None,
        early_stopping: bool = False,
        warm_start: bool = False,
        random_state: int | RandomState | None = None,
        verbose: bool = False,
        device: str = "auto",
        engine: str = "auto",
    ) -> None:
        store(self, locals())

    _kind: str  # of the task
    _scaling: Scaling | None  # of the training, by which `partial_fit` goes on
    _state: (
        TrainingState | None
    )  # that `partial_fit` left; after `fit` there is none, as it is large

    def _seed(self) -> int:
        """Return `random_state` itself, a seed that it draws, or a new one where it is None."""
        if self.random_state is None:
            return int(SeedSequence().generate_state(1)[0])  # numpy's global state stays as it was
        if isinstance(self.random_state, RandomState):
            return int(self.random_state.randint(2**31 - 1))
        return check_seed(self.random_state, "random_state")

    def _recipe(self, data: Dataset) -> Recipe:
        """Return what the parameters stand for on these data; None is as recommended."""
        given = {name: getattr(self, name) for name in OF_A_RECIPE}
        check_switch("early_stopping", self.early_stopping)
        if self.early_stopping:
            given["validation"] = given["validation"] or EARLY_VALIDATION
            given["patience"] = given["patience"] or EARLY_PATIENCE
        if given["dtype"] is None:
            given["dtype"] = str(data.x.dtype)
        settings = {name: RECOMMENDED if v is None else v for name, v in given.items()}
        return choose(recommended(data), settings, data.plain_epochs)

    def _dataset(
        self,
        kind: str,
        x: Values,
        y: Values,
        classes: tuple[object, ...],
        sample_weight: ArrayLike | None,
    ) -> Dataset:
        """Return checked inputs (n, d) and targets (n,) or (n, targets) as the loop takes them."""
        names = check_names((), y)
        data = Dataset("own data", kind, x, y, x[:0], y[:0], classes, target_names=names)
        if sample_weight is not None:
            sample_weight = check_weights(sample_weight, len(x))
        return weighted(data, sample_weight, getattr(self, "class_weight", None))

    def _train(
        self,
        data: Dataset,
        recipe: Recipe,
        before: FCNN | None,
        scaling: Scaling | None = None,
        state: TrainingState | None = None,
    ) -> TrainingState:
        """Train, from where something was left, hold what comes of it, and return how it ended."""
        if before is not None:
            _check_sizes(before, data, recipe)
        training = Training(
            data,
            recipe,
            self._seed(),
            device=check_device(self.device),
            engine=self.engine,
            scaling=scaling,
        )
        if before is not None:
            training.begin_with(before)
        if state is not None:
            training.take_over(state)
        walk(training, progress=False, verbose=bool(self.verbose))
        run = training.best_run()
        self._hold(run)
        self._scaling = training.scaling
        # an epoch of `partial_fit` may be far from the end
        told = report.complaint(run) if state is None and scaling is None else None
        if told or run.ended == "diverged":
            # 4: this method, the one that called it, `fit`, and then the line that called that
            warnings.warn(told or report.divergence(run), ConvergenceWarning, stacklevel=4)
        return training.state

    def _fit(self, data: Dataset, before: FCNN | None) -> None:
        """Train on data, from the weights of a network that was there before, if there was one."""
        recipe = self._recipe(data)
        self._train(data, recipe if before is None else recipe.but(restarts=None), before)
        self._state = None
        self.n_iter_ = len(self.history_)
        self.loss_curve_ = self.history_.loss.tolist()

    def _partly_fit(self, data: Dataset) -> None:
        """Take an epoch on data, with the scales, the optimizer and the chance of the last one."""
        recipe = self._recipe(data)
        if self.early_stopping:
            raise ValueError(
                "partial_fit takes one epoch and cannot stop early, got early_stopping=True: use "
                "fit, or early_stopping=False"
            )
        # Nobody knows how many calls and samples there will be, by which a decay is recommended.
        decay = self.weight_decay or 0.0
        recipe = recipe.but(
            epochs=1, schedule="constant", weight_decay=decay, validation=0.0, patience=0,
            restarts=1,
        )  # fmt: skip
        before, scaling, state = (
            getattr(self, name, None) for name in ("network_", "_scaling", "_state")
        )
        self._state = self._train(data, recipe, before, scaling, state)
        self.n_iter_ = getattr(self, "n_iter_", 0) + 1
        self.loss_curve_ = [*getattr(self, "loss_curve_", []), *self.history_.loss.tolist()]

    def _hold(self, run: Run) -> None:
        self._kind = run.dataset.kind
        self.network_ = run.network
        self.history_ = run.history
        self.recipe_ = run.recipe
        self.loss_ = run.criterion
        self.out_activation_ = run.network.last_activation
        self.n_layers_ = len(run.network.dims)
        self.n_outputs_ = run.network.dims[-1]

    def _before(self) -> FCNN | None:
        """Return the network whose weights `fit` is to begin with."""
        check_switch("warm_start", self.warm_start)
        return getattr(self, "network_", None) if self.warm_start else None

    def _outputs(self, X: ArrayLike) -> torch.Tensor:
        """Return scores, or a regression's values, (n, outputs) for inputs (n, d)."""
        check_is_fitted(self)
        x = validate_data(self, X, reset=False, dtype=(np.float64, np.float32))
        outputs = outputs_of(self.network_, x, scores=hasattr(self, "classes_"))
        if not outputs.isfinite().all():
            raise ValueError(
                "the network must give numbers, got NaN or infinity: train again with a lower lr "
                f"than {self.recipe_.lr:g}, or leave out inputs beyond all that it has seen"
            )
        return outputs

    @property
    def coefs_(self) -> list[Values]:
        """The weights of each layer, (inputs, outputs), as scikit-learn's own networks have it."""
        return [layer.weight.detach().numpy().T for layer in self.network_.linears]

    @property
    def intercepts_(self) -> list[Values]:
        """The biases of each layer, (outputs,)."""
        return [layer.bias.detach().numpy() for layer in self.network_.linears]


def _check_sizes(before: FCNN, data: Dataset, recipe: Recipe) -> None:
    """Refuse to go on with a network of other sizes."""
    wanted = (data.x.shape[1], *recipe.dims, n_outputs_for(data))
    if before.dims != wanted:
        raise ValueError(
            f"a network that is trained on keeps its sizes, {short([*before.dims])}, got "
            f"{short([*wanted])}: leave dims, or fit anew with warm_start=False"
        )
