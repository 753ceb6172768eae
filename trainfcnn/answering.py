"""What a trained network says of inputs, and how often it is right: the methods of a trainer."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainfcnn._support.types import Array
from trainfcnn.analysis import evaluation
from trainfcnn.analysis.classification import Confusion, Mistakes
from trainfcnn.analysis.curve import Curve
from trainfcnn.analysis.prediction import Features, Grid, predict_grid
from trainfcnn.analysis.scores import Scores, scores_on
from trainfcnn.data.augment import check_angles
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.samples import inputs_like
from trainfcnn.training.run import Run


class Answering:
    """Answers and scores of what holds a data set and, once trained, a run."""

    dataset: Dataset
    seed: int

    @property
    def run(self) -> Run:
        """What the last training left behind."""
        raise NotImplementedError

    @property
    def loss(self) -> float:
        """The trained network's mean loss on the training sample."""
        return evaluation.train_scores(self.run)[0]

    @property
    def accuracy(self) -> float:
        """The trained network's share of right answers on the training sample."""
        return evaluation.accuracy(self.run)

    def score(
        self, X: ArrayLike | None = None, y: ArrayLike | None = None, *, rotate: float = 0.0
    ) -> float:
        """Return the accuracy (regression: R²) on the test sample, or on `X` and `y`.

        Parameters
        ----------
        X : array-like of shape (n, d) or (n, height, width), optional
            Inputs, with `y`; or the table that both are in.
        y : array-like of shape (n,), optional
            Targets, with `X`.
        rotate : float
            Rotate images at random before, by up to so many degrees either way, always alike for
            the same `seed`.
        """
        return evaluation.score_on(self.run, X, y, rotate, self.seed)

    def evaluate(self, X: ArrayLike | None = None, y: ArrayLike | None = None) -> Scores:
        """Return loss and every usual score on the test sample, or on `X` and `y`, by their names.

        Of classes ``loss accuracy balanced_accuracy f1 auc log_loss``: F1 and AUC are those of the
        second of two classes; of more, F1 is the mean over the classes, AUC that of each against
        the rest. Of a regression ``loss r2 mse rmse mae max_error``, of several targets the means
        of theirs (the largest ``max_error``) and ``r2 of`` each. Of several labels ``loss accuracy
        f1``: how often all of a sample's are right, the mean of their F1, and ``f1 of`` each. NaN
        is what is undefined, as AUC of a single class.

        Parameters
        ----------
        X, y
            As for `score`.

        Examples
        --------
        >>> from trainfcnn import TrainFCNN
        >>> TrainFCNN("xor").train(epochs=20).evaluate()["auc"] > 0.99
        True
        """
        return scores_on(self.run, X, y)

    def rotation_scores(self, degrees: ArrayLike = evaluation.ROTATIONS) -> Array:
        """Return the score on the test images, all rotated by each of `degrees` (n,) in turn.

        Angles are counter-clockwise; by default from -90 to 90 in steps of 10.
        """
        return evaluation.scores_of_rotated(self.run, check_angles(degrees))

    def confusion(self) -> NDArray[np.int64]:
        """Return how often each class was taken for each other on the test sample.

        Rows are the truth and columns the answers, in the order of ``dataset.classes``:
        (n_classes, n_classes).
        """
        return Confusion.from_run(self.run).counts

    def mistakes(self, n: int = 24) -> Mistakes:
        """Return the most confident errors on the test sample, `n` at most."""
        return Mistakes.from_run(self.run, n)

    def exact_score(self) -> float:
        """Return the score against the truth itself, where points are drawn (`exact_points`).

        Raises
        ------
        ValueError
            If the truth is not known, as for own data.
        """
        return evaluation.score_on_truth(self.run, evaluation.law_of(self.dataset))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the predicted labels, or a regression's values, (n,) for inputs (n, d).

        Of several targets they are (n, targets); where these are labels, 1 if it holds and else 0.
        Of a frame the columns count by their names, where the names of the features are known.
        """
        outputs = evaluation.finite_outputs(self.run, inputs_like(self.dataset, X))
        answers = self.run.task.decide(outputs).numpy()
        return np.array(self.dataset.classes)[answers] if self.dataset.classes else answers

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of every class, or label, (n, n_classes) for inputs (n, d)."""
        outputs = evaluation.finite_outputs(self.run, inputs_like(self.dataset, X))
        return evaluation.class_probabilities(self.run, outputs)

    def predict_grid(
        self, n: int = 201, margin: float = 0.25, *, features: Features | None = None
    ) -> Grid | Curve:
        """Return the prediction over the plane as a `Grid`, of one feature as a `Curve`.

        See `analysis.prediction.predict_grid`.
        """
        return predict_grid(self.run, n, margin, features)
