"""The loss over the plane of a training's path."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from trainfcnn import TrainFCNN
from trainfcnn.analysis.again import networks_by_epoch
from trainfcnn.analysis.landscape import STEPS, Landscape


@pytest.fixture(scope="module")
def xor():
    return TrainFCNN("xor", 60).train(dims=[3], epochs=30, batch_size=20, dtype="float64")


def test_the_path_is_that_of_the_components_about_its_end(xor):
    """scikit-learn's, of the path and its mirror image about the end: then that is the mean."""
    landscape = Landscape.of(xor.run, n=5)
    vectors = [
        torch.nn.utils.parameters_to_vector(one.parameters()).detach().numpy()
        for one in networks_by_epoch(xor.run, STEPS).values()
    ]
    off = np.array(vectors) - vectors[-1]
    found = PCA(2).fit(np.concatenate([off, -off]))
    np.testing.assert_allclose(np.abs(landscape.path), np.abs(off @ found.components_.T), atol=1e-9)
    assert landscape.explained == pytest.approx(found.explained_variance_ratio_.sum())


def test_losses_on_the_path_are_those_of_the_training(xor):
    landscape = Landscape.of(xor.run, n=5)
    assert landscape.path_losses[-1] == pytest.approx(xor.loss)
    assert landscape.path_losses[0] > landscape.path_losses[-1]
    np.testing.assert_array_equal(landscape.path[-1], [0, 0])


def test_on_a_straight_path_the_plane_is_the_loss_itself():
    """One weight and one bias: the plane is all there is, and a formula gives the loss there."""
    line = TrainFCNN((np.linspace(-1, 1, 9)[:, None], 2 * np.linspace(-1, 1, 9)), test_size=0)
    line.train(dims=[], epochs=10, lr=0.1, dtype="float64")
    landscape = Landscape.of(line.run, n=4)
    vector = torch.nn.utils.parameters_to_vector(line.network.parameters()).detach().numpy()
    vectors = [
        torch.nn.utils.parameters_to_vector(one.parameters()).detach().numpy()
        for one in networks_by_epoch(line.run, STEPS).values()
    ]
    axes = np.linalg.svd(np.array(vectors) - vectors[-1], full_matrices=False)[2]
    for row, y in enumerate(landscape.y):
        for column, x in enumerate(landscape.x):
            weight, bias = vector + np.array([x, y]) @ axes
            loss = np.square(weight * line.dataset.x[:, 0] + bias - line.dataset.y).mean()
            assert landscape.losses[row, column] == pytest.approx(loss)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # that it diverged
def test_a_training_that_diverged_has_no_path():
    prod = TrainFCNN("prod", 60).train(dims=[4], epochs=40, optimizer="sgd", lr=1e12)
    assert prod.run.ended == "diverged"
    with pytest.raises(ValueError, match="a path needs an epoch or more and finite weights"):
        Landscape.of(prod.run)
