"""What a trained network shows of itself: a method for each picture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from trainfcnn import plotting
from trainfcnn._support.names import with_known_names
from trainfcnn.analysis import classification, evaluation
from trainfcnn.analysis.classification import Mistakes, Reliability
from trainfcnn.analysis.feature_space import HiddenSpace
from trainfcnn.analysis.network import Portrait
from trainfcnn.analysis.prediction import Features, error_map, predict_grid
from trainfcnn.analysis.regression import values_on_test
from trainfcnn.analysis.targets import dataset_of_target, run_of_target
from trainfcnn.data.augment import check_angles
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.images import check_images
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Pictures:
    """The pictures of what holds a data set and, once trained, a run.

    Each takes the `Axes` to draw on, or makes a figure of its own, and returns the `Axes`. Of
    several targets `plot` shows all, and a picture of one target the first, which its title names;
    for another take ``trainer.for_target(name)``.
    """

    dataset: Dataset

    @property
    def run(self) -> Run:
        """What the last training left behind."""
        raise NotImplementedError

    @property
    def _shown(self) -> Run:
        """What a picture of one target shows: of several the first."""
        return run_of_target(self.run)

    def _named(self, ax: "Axes") -> "Axes":
        """Say of which of several targets a picture is."""
        if self.dataset.target_names:
            ax.set_title(f"{self._shown.dataset.name}: {ax.get_title()}", y=1.0)
        return ax

    def plot_dataset(self, ax: "Axes | None" = None, *, features: Features | None = None) -> "Axes":
        """Draw the training sample: points, or some images of every class."""
        dataset = dataset_of_target(self.dataset)
        if dataset.image_shape is not None and features is None:
            return plotting.plot_samples(dataset, ax)
        # Also where features of images are asked for, which is refused there.
        return plotting.plot_dataset(dataset, ax, features)

    def plot_loss(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the loss over the epochs."""
        return plotting.plot_loss(self.run.history, ax)

    def plot_score(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the accuracy (regression: R²) over the epochs."""
        return plotting.plot_score(self.run.history, ax)

    def plot_prediction(
        self, ax: "Axes | None" = None, *, features: Features | None = None
    ) -> "Axes":
        """Draw the prediction over the plane, with the training sample; of one feature, a curve.

        Of data with more than two features, say which to vary, e.g. ``features=(0, 3)``, or it is
        the two that tell most; the others stay at their median.
        """
        grid = predict_grid(self._shown, features=features)
        return plotting.plot_prediction(
            grid, self._shown.dataset, ax, plotting.prediction_title(self._shown)
        )

    def plot_error(self, ax: "Axes | None" = None, *, features: Features | None = None) -> "Axes":
        """Draw where the prediction departs from the truth, in the sampled domain and beyond.

        Raises
        ------
        ValueError
            If the truth is not known, as for own data.
        """
        errors = error_map(self._shown, evaluation.law_of(self.dataset), features)
        return plotting.plot_error(errors.grid, errors.truth, ax, errors.title)

    def plot_network(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the network: each unit's view of the plane, and the weights between them."""
        return plotting.plot_network(Portrait.of(self.run), ax)

    def plot_space(
        self,
        ax: "Axes | None" = None,
        *,
        layer: int | None = None,
        units: Sequence[int] | None = None,
        features: Features | None = None,
    ) -> "Axes":
        """Draw the plane and the data as two units of a hidden layer see them.

        Layers and units are counted from 0. By default it is the last hidden layer of two units,
        or else those two of the last layer that have the largest weights.
        """
        space = HiddenSpace.of(self._shown, layer, units, features)
        return plotting.plot_space(space, self._shown.dataset, ax)

    def plot_confusion(self, ax: "Axes | None" = None) -> "Axes":
        """Draw how often each class was taken for each other on the test sample."""
        counts = classification.confusion_on_test(self._shown)
        return self._named(plotting.plot_confusion(counts, self._shown.dataset.classes, ax))

    def plot_calibration(self, ax: "Axes | None" = None) -> "Axes":
        """Draw how often answers are right against how sure they are, on the test sample."""
        test = classification.predictions_on_test(self._shown)
        return self._named(plotting.plot_calibration(Reliability.of(*test), ax))

    def plot_roc(self, ax: "Axes | None" = None) -> "Axes":
        """Draw true against false positives, each class against the rest, on the test sample."""
        test = classification.predictions_on_test(self._shown)
        return self._named(plotting.plot_roc(*test, self._shown.dataset.classes, ax))

    def plot_precision_recall(self, ax: "Axes | None" = None) -> "Axes":
        """Draw precision against recall for each class against the rest, on the test sample."""
        test = classification.predictions_on_test(self._shown)
        return self._named(plotting.plot_precision_recall(*test, self._shown.dataset.classes, ax))

    def plot_residuals(self, ax: "Axes | None" = None) -> "Axes":
        """Draw a regression's errors against the truth, on the test sample."""
        return self._named(plotting.plot_residuals(*values_on_test(self._shown), ax))

    def plot_mistakes(self, ax: "Axes | None" = None, *, n: int | None = None) -> "Axes":
        """Draw the test images with the `n` most confident errors; by default four rows of them."""
        check_images(self.dataset)
        shown = self._shown
        most = plotting.n_mistakes(shown.dataset) if n is None else n
        mistakes = Mistakes.on_test(shown, most)
        return self._named(plotting.plot_mistakes(shown.dataset, mistakes, ax))

    def plot_weights(self, ax: "Axes | None" = None) -> "Axes":
        """Draw what units of the first layer look at, as images.

        A weight is shown times the standard deviation of its pixel: what the pixel contributes.
        """
        shape = check_images(self.dataset)
        return plotting.plot_weights(Portrait.of(self.run).scaled_weights[0], shape, ax)

    def plot_rotation(
        self, ax: "Axes | None" = None, *, degrees: ArrayLike = evaluation.ROTATIONS
    ) -> "Axes":
        """Draw the score on rotated test images against the angle (see `rotation_scores`)."""
        angles = check_angles(degrees)
        scores = evaluation.scores_of_rotated(self.run, angles)
        return plotting.plot_rotation(angles, scores, self.run.task.score_name, ax)

    @with_known_names("plot()", {})
    def plot(self, *, features: Features | None = None, seeds: int | None = None) -> "Figure":
        """Draw in one figure what the network reaches, where it errs, and what other seeds reach.

        The headline has the score on new points, a constant answer's and those of other seeds. On
        the plane held-out points are large, misses are ringed, and extrapolation is faded; the
        network, its loss and other seeds' scores are beside it. For images it is samples, mistakes
        and weights. Of data with more than two features, say which two to vary, e.g.
        ``features=(0, 3)``, or it is the two that tell most. Of several targets it is each one's
        answers against the truth, and the loss of all.

        Parameters
        ----------
        features : (int, int) or (str, str), optional
            Which two to vary, from 0 or by name.
        seeds : int, optional
            How many networks to train beside it that begin with other weights; all else is the
            same. By default 32, or else the 16 or 8 that take at most 1.5 times as long as the
            training took, or two seconds, or none; it is said where there are none. With 0 they
            are left out.
        """
        return plotting.plot_overview(self.run, str(self), features, seeds)
