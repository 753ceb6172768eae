"""The network as scikit-learn has it: `FCNNClassifier` and `FCNNRegressor`.

The same recipe is trained by the same stack as by `TrainFCNN`. This module and `fitting` alone
import scikit-learn at their top, since their classes are made of scikit-learn's.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d, validate_data
from torch.nn.functional import logsigmoid

from trainfcnn._support.checks import short
from trainfcnn._support.names import with_known_names
from trainfcnn._support.types import Array, Values
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.weights import ClassWeight
from trainfcnn.fitting import OF_A_RECIPE, Estimator, Function, store
from trainfcnn.nn.network import FCNN
from trainfcnn.nn.tasks import TASKS, Task
from trainfcnn.training.run import Run


class FCNNClassifier(ClassifierMixin, Estimator):  # type: ignore[misc]
    """A fully connected network that tells classes apart, as an estimator of scikit-learn.

    Say nothing, and it is trained as recommended for the data: inputs of any unit are standardised,
    and epochs and decay depend on how many rows and features there are. What is named is as in
    `TrainFCNN.train`: name one of `optimizer`, `lr`, `momentum`, `nesterov`, `weight_decay` and
    `schedule`, and the others are plain.

    Parameters
    ----------
    dims, activation, ..., l1
        As in `Recipe`; None is as recommended. `dtype` is by default that of the inputs.
    early_stopping : bool
        Hold a tenth out (or `validation`), stop after 10 epochs without progress on it (or
        `patience`), and keep the weights that were best.
    class_weight : 'balanced' or dict, optional
        How much each label counts; 'balanced' lets all classes count alike.
    warm_start : bool
        Whether `fit` begins with the weights that the last one left.
    random_state : int or RandomState, optional
        The seed of weights, batches and whatever else is random, the same as of `TrainFCNN`; None
        takes a new one each time, and leaves numpy's global state alone.
    verbose : bool
        Whether to print a line an epoch, and of many epochs some.
    device, engine : str
        As of `TrainFCNN`.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The labels, in the order of the columns of `predict_proba`; of a y with several columns of
        0 and 1 the numbers of these.
    network_ : FCNN
        An ordinary `torch.nn.Module`, which takes the inputs' own units.
    history_ : History
        Losses and scores of every epoch of the last training.
    recipe_ : Recipe
        By which it was trained.
    loss_ : float
        That of the weights that were kept.
    loss_curve_ : list of float
        Of every epoch, over all calls of `partial_fit`.
    n_iter_, n_layers_, n_outputs_ : int
        Epochs; layers, that of the inputs included; outputs of the network.
    n_features_in_, feature_names_in_
        As of any estimator.
    out_activation_ : str
        What follows the last layer.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> FCNNClassifier(random_state=0).fit(X, y).score(X, y) > 0.95
    True
    """

    classes_: NDArray[Any]

    @with_known_names("FCNNClassifier()", {})
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
        class_weight: ClassWeight = None,
        warm_start: bool = False,
        random_state: int | RandomState | None = None,
        verbose: bool = False,
        device: str = "auto",
        engine: str = "auto",
    ) -> None:
        store(self, locals())

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "FCNNClassifier":
        """Train a network and return `self`.

        Parameters
        ----------
        X : array-like of shape (n, d)
            Finite numbers; no sparse matrix.
        y : array-like of shape (n,) or (n, n_labels)
            Labels: whole numbers, booleans or strings; or a column of 0 and 1 for each of several
            labels, any of which may hold.
        sample_weight : array-like of shape (n,), optional
            How much each sample counts; on full batches a whole number is so many copies.

        Raises
        ------
        ValueError
            If something is not what it must be, or all labels that count are the same.

        Warns
        -----
        ConvergenceWarning
            If the training diverged, or the network is far worse than a constant answer.
        """
        before = self._before()
        x, y = self._checked(X, y, reset=True)
        if y.ndim == 2:
            classes = np.arange(y.shape[1])
            self._check_same(classes, before)
            data = self._dataset("multilabel", x, y, (), sample_weight)
        else:
            classes, indices = np.unique(y, return_inverse=True)
            self._check_same(classes, before)
            kind = "binary" if len(classes) == 2 else "multiclass"
            data = self._dataset(kind, x, indices, tuple(classes.tolist()), sample_weight)
            check_two_classes(data)
        self.classes_ = classes
        self._fit(data, before)
        return self

    def _check_same(self, classes: NDArray[Any], before: FCNN | None) -> None:
        if before is not None and not np.array_equal(classes, self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {self.classes_}, `y` has {classes}"
            )

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> "FCNNClassifier":
        """Train for one epoch on these samples, from where the last call left off.

        The rate is constant, nothing is held out, and inputs are scaled as those of the first call.

        Parameters
        ----------
        X, y, sample_weight
            As for `fit`.
        classes : array-like of shape (n_classes,)
            All labels that will come; needed in the first call alone, and not where y has a column
            for each label.

        Raises
        ------
        ValueError
            As by `fit`; if the first call has no `classes`, or a label is none of them.
        """
        x, y = self._checked(X, y, reset=not hasattr(self, "network_"))
        if y.ndim == 2:
            data = self._dataset("multilabel", x, y, (), sample_weight)
            self.classes_ = np.arange(y.shape[1])
            self._partly_fit(data)
            return self
        known = getattr(self, "classes_", None)
        if classes is not None:
            asked = np.unique(np.asarray(classes))
            if known is not None and not np.array_equal(asked, known):
                raise ValueError(
                    f"classes must be those of the first call, {known}, got {asked}: leave it out"
                )
            known = asked
        if known is None or len(known) < 2:
            raise ValueError(
                "classes must be all labels, two or more, at the first call of partial_fit, got "
                f"{short(classes)}: try classes=np.unique(y)"
            )
        strange = ~np.isin(y, known)
        if strange.any():
            raise ValueError(
                f"y must hold the classes {known}, got {short(y[strange][0])}: name all of them in "
                "the first call"
            )
        kind = "binary" if len(known) == 2 else "multiclass"
        indices = np.searchsorted(known, y)
        data = self._dataset(kind, x, indices, tuple(known.tolist()), sample_weight)
        self.classes_ = known
        self._partly_fit(data)
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the likeliest labels, (n,) for inputs (n, d); 0 or 1 for each of several.

        These are (n, n_labels), as are their probabilities.
        """
        outputs = self._outputs(X)  # first of all, as it sees whether there are any
        answers = self._task.decide(outputs).numpy()
        return np.asarray(answers if answers.ndim == 2 else self.classes_[answers])

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of every class, (n, n_classes) for inputs (n, d)."""
        outputs = self._outputs(X).double()  # so that each row adds up to 1 to many digits
        return np.asarray(self._task.probabilities(outputs).numpy())

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the logarithms of the probabilities, finite where these are rounded to 0."""
        scores = self._outputs(X).double()
        if self._kind == "multilabel":
            return np.asarray(logsigmoid(scores).numpy())
        if scores.shape[1] == 1:
            scores = torch.cat([torch.zeros_like(scores), scores], dim=1)
        return np.asarray(scores.log_softmax(1).numpy())

    def decision_function(self, X: ArrayLike) -> Array:
        """Return the scores, before the last activation: (n,) of two classes, else (n, n_classes).

        Of two classes they are the log-odds of the second.
        """
        scores = self._outputs(X).double().numpy()
        return np.asarray(scores[:, 0] if scores.shape[1] == 1 else scores)

    @property
    def _task(self) -> Task:
        return TASKS[self._kind]

    def __sklearn_tags__(self) -> Tags:
        """Say that several labels a row are welcome."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _checked(self, X: ArrayLike, y: ArrayLike, reset: bool) -> tuple[Values, NDArray[Any]]:
        """Return inputs (n, d) and labels (n,), of any type, or several (n, labels) of 0 and 1."""
        types = (np.float64, np.float32)
        x, labels = validate_data(self, X, y, reset=reset, dtype=types, multi_output=True)
        if type_of_target(labels) == "multilabel-indicator":
            if hasattr(labels, "toarray"):  # of a sparse y
                labels = labels.toarray()
            return x, labels.astype(np.int64)
        if labels.ndim == 2 and labels.shape[1] > 1:
            raise ValueError(
                f"y must be one target a row, or columns of 0 and 1, got shape {labels.shape}: "
                "MultiOutputClassifier(FCNNClassifier()) trains a network for each"
            )
        labels = column_or_1d(labels, warn=True)
        if labels.dtype.kind == "O" and not any(isinstance(label, str) for label in labels):
            labels = np.array(labels.tolist())  # numbers or booleans in boxes
        check_classification_targets(labels)
        return x, labels


class FCNNRegressor(RegressorMixin, Estimator):  # type: ignore[misc]
    """A fully connected network that predicts values, as an estimator of scikit-learn.

    As `FCNNClassifier`, but for `class_weight`; targets of any unit are standardised as well, each
    of several on its own.

    Parameters
    ----------
    dims, activation, ..., l1, early_stopping, ..., engine
        As of `FCNNClassifier`.

    Attributes
    ----------
    network_, history_, recipe_, ..., out_activation_
        As of `FCNNClassifier`.

    Examples
    --------
    >>> X = np.linspace(-2, 2, 200)[:, None]
    >>> FCNNRegressor(random_state=0).fit(X, np.sinc(X[:, 0])).score(X, np.sinc(X[:, 0])) > 0.99
    True
    """

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "FCNNRegressor":
        """Train a network on targets that are numbers, (n,) or (n, targets), and return `self`.

        See `FCNNClassifier.fit`.
        """
        before = self._before()
        x, y = self._checked(X, y, reset=True)
        self._fit(self._dataset("regression", x, y, (), sample_weight), before)
        return self

    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "FCNNRegressor":
        """Train for one epoch on these samples; see `FCNNClassifier.partial_fit`.

        Targets, too, are scaled as those of the first call.
        """
        x, y = self._checked(X, y, reset=not hasattr(self, "network_"))
        self._partly_fit(self._dataset("regression", x, y, (), sample_weight))
        return self

    def predict(self, X: ArrayLike) -> Values:
        """Return the values, (n,) or (n, targets) for inputs (n, d)."""
        return np.asarray(TASKS["regression"].decide(self._outputs(X)).numpy())

    def __sklearn_tags__(self) -> Tags:
        """Say that several targets a row are welcome."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _checked(self, X: ArrayLike, y: ArrayLike, reset: bool) -> tuple[Values, Values]:
        """Return inputs (n, d) and targets (n,) or (n, targets)."""
        x, values = validate_data(
            self, X, y, reset=reset, dtype=(np.float64, np.float32), y_numeric=True,
            multi_output=True,
        )  # fmt: skip
        if values.ndim == 2 and values.shape[1] == 1:
            values = column_or_1d(values, warn=True)
        return x, values.astype(np.float64)


def check_two_classes(data: Dataset) -> None:
    """Refuse data in which all samples that count are of one class (ValueError)."""
    if np.ptp(data.y) == 0:
        raise ValueError(
            "y must hold at least two classes of samples that count, got one class, "
            f"{short(data.classes[data.y[0]])}: add samples of another"
        )


def estimator_of(run: Run) -> FCNNClassifier | FCNNRegressor:
    """Return a fitted estimator of a run's network, which trains by the run's recipe.

    It takes the features that the network takes: of a table with text, those that were made of it.
    """
    dataset = run.dataset
    recipe = run.recipe
    given = {name: getattr(recipe, name) for name in OF_A_RECIPE}
    if recipe.steps is not None:
        given["epochs"] = None
    # images are scaled as a whole, which rows of features are not
    given["standardize"] = recipe.standardize or dataset.normalize is not None
    kind = FCNNClassifier if dataset.is_classification else FCNNRegressor
    estimator: FCNNClassifier | FCNNRegressor = kind(**given, random_state=run.seed)
    estimator._hold(run)
    estimator._scaling = None
    estimator._state = None
    estimator.n_iter_ = len(run.history)
    estimator.loss_curve_ = run.history.loss.tolist()
    estimator.n_features_in_ = dataset.x.shape[1]
    if isinstance(estimator, FCNNClassifier):
        several = np.arange(dataset.n_targets)
        estimator.classes_ = several if dataset.target_names else np.array(dataset.classes)
    if dataset.feature_names:
        estimator.feature_names_in_ = np.array(dataset.feature_names, dtype=object)
    return estimator
