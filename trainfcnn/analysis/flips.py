"""What an answer to an image hangs on, and the smallest change that turns it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainfcnn._support.types import Array
from trainfcnn.analysis.evaluation import predict
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.images import check_images
from trainfcnn.nn.network import FCNN
from trainfcnn.training.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_STEPS = 50
BEYOND = 1.02  # times what a linear network would need, so that a step passes the border
HALVINGS = 20


@dataclass(frozen=True, eq=False)
class Flips:
    """Images that a network knows, and what turns its answers.

    Attributes
    ----------
    images : array of shape (n, height, width)
        Test images that were answered rightly, the first of each class.
    saliency : array of shape (n, height, width)
        The gradient of the answer's score over the next best one's, for each pixel: positive where
        more ink speaks for the answer (Simonyan et al. 2014, arXiv:1312.6034).
    changes : array of shape (n, height, width)
        What to add so that the answer turns, as short as was found.
    answers, turned : array of shape (n,)
        Class indices before and after.
    shares : array of shape (n,)
        The length of each change, as a share of its image's.
    dataset : Dataset
        Whose images they are.
    """

    images: Array
    saliency: Array
    changes: Array
    answers: NDArray[np.int64]
    turned: NDArray[np.int64]
    shares: Array
    dataset: Dataset

    @classmethod
    def of(cls, run: Run, n: int = 10) -> "Flips":
        """Return what turns the answers to n test images at most, of as many classes.

        Raises
        ------
        ValueError
            If the data are no images of classes, or not one is answered rightly.
        """
        shape = check_images(run.dataset)
        chosen = _known(run, n)
        x = run.dataset.x_test[chosen].astype(np.float64)
        network = run.network.twin().double()
        images = torch.as_tensor(x)
        found = [smallest_change(network, image) for image in images]
        changes = np.stack([change.numpy() for change, _ in found])
        return cls(
            images=x.reshape(-1, *shape),
            saliency=np.stack([_saliency(network, one) for one in images]).reshape(-1, *shape),
            changes=changes.reshape(-1, *shape),
            answers=run.dataset.y_test[chosen],
            turned=np.array([turned for _, turned in found]),
            shares=np.linalg.norm(changes, axis=1) / np.linalg.norm(x, axis=1),
            dataset=run.dataset,
        )

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw it; see `plot_flips`."""
        from trainfcnn import plotting

        return plotting.plot_flips(self, ax)


def _known(run: Run, n: int) -> NDArray[np.int64]:
    """Return the places of the first right answer of each class, n at most."""
    dataset = run.dataset
    if not dataset.is_classification:
        raise ValueError(
            f"an answer that turns is one of classes, and {dataset.name!r} is a regression: use "
            "plot_weights()"
        )
    right = np.flatnonzero(predict(run, dataset.x_test) == dataset.y_test)
    _, firsts = np.unique(dataset.y_test[right], return_index=True)
    if not len(firsts):
        raise ValueError(
            "there must be a test image that is answered rightly, got none: train for more epochs"
        )
    known: NDArray[np.int64] = right[firsts[:n]]
    return known


def class_scores(network: FCNN, image: Tensor) -> Tensor:
    """Return the score of every class, (n_classes,); of two classes that of the first is 0."""
    scores = network.scores(image[None])[0]
    return torch.cat([scores.new_zeros(1), scores]) if len(scores) == 1 else scores


def smallest_change(network: FCNN, image: Tensor) -> tuple[Tensor, int]:
    """Return the smallest change to an image (d,) that was found to turn its answer, and the new.

    Step by step to the nearest border of the network made linear where one is, as DeepFool does
    (Moosavi-Dezfooli et al. 2016, arXiv:1511.04599); then back along that way up to the border.
    For a linear network it is exact.
    """
    with torch.no_grad():
        answer = int(class_scores(network, image).argmax())
    change = torch.zeros_like(image)
    for _ in range(MOST_STEPS):
        scores, slopes = _linear(network, image + change)
        if int(scores.argmax()) != answer:
            break
        steeper = slopes - slopes[answer]
        lead = scores[answer] - scores
        distance = lead / steeper.norm(dim=1).clamp_min(1e-12)
        distance[answer] = torch.inf
        nearest = int(distance.argmin())
        toward = steeper[nearest] / steeper[nearest].square().sum().clamp_min(1e-12)
        change = change + BEYOND * (lead[nearest] + 1e-9) * toward
    return _back_to_border(network, image, change, answer)


def _linear(network: FCNN, image: Tensor) -> tuple[Tensor, Tensor]:
    """Return the scores of an image (d,), (n_classes,), and their gradients, (n_classes, d)."""
    with torch.enable_grad():
        slopes: Tensor = torch.func.jacrev(lambda x: class_scores(network, x))(image).detach()
    with torch.no_grad():
        return class_scores(network, image), slopes


@torch.no_grad()
def _back_to_border(
    network: FCNN, image: Tensor, change: Tensor, answer: int
) -> tuple[Tensor, int]:
    low = 0.0
    high = 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if int(class_scores(network, image + middle * change).argmax()) == answer:
            low = middle
        else:
            high = middle
    return high * change, int(class_scores(network, image + high * change).argmax())


def _saliency(network: FCNN, image: Tensor) -> Array:
    """Return the gradient of the lead of an image's answer over the next best one, (d,)."""
    scores, slopes = _linear(network, image)
    second, first = scores.argsort()[-2:]
    lead: Array = (slopes[first] - slopes[second]).numpy()
    return lead
