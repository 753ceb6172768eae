"""The smallest change that turns an answer, against the distance from a plane."""

import numpy as np
import pytest
import torch
from oracle import run_of

from trainfcnn import TrainFCNN
from trainfcnn.analysis.evaluation import predict
from trainfcnn.analysis.flips import Flips, smallest_change
from trainfcnn.data.sources import as_dataset
from trainfcnn.nn.network import FCNN


@pytest.mark.parametrize("n_outputs", [1, 4])
def test_for_a_linear_network_it_is_the_way_to_the_nearest_plane(n_outputs):
    network = FCNN([5, n_outputs], init="pytorch", seed=3, dtype=torch.float64)
    weight, bias = (one.detach().numpy() for one in network.linears[0].parameters())
    if n_outputs == 1:
        weight, bias = np.vstack([0 * weight, weight]), np.append(0, bias)
    for image in np.random.default_rng(0).normal(size=(5, 5)):
        scores = weight @ image + bias
        answer = scores.argmax()
        others = [label for label in range(len(scores)) if label != answer]
        distances = [
            (scores[answer] - scores[label]) / np.linalg.norm(weight[answer] - weight[label])
            for label in others
        ]
        change, turned = smallest_change(network, torch.tensor(image))
        assert float(change.norm()) == pytest.approx(min(distances), rel=1e-4)
        assert turned == others[int(np.argmin(distances))]


@pytest.fixture(scope="module")
def digits():
    return TrainFCNN("digits", 500).train(dims=[16], epochs=10)


def test_a_change_turns_the_answer_and_hardly_less_of_it_does_not(digits):
    flips = Flips.of(digits.run)
    assert flips.answers.tolist() == list(range(10))
    for share, labels in ((1.0001, flips.turned), (0.98, flips.answers)):
        changed = (flips.images + share * flips.changes).reshape(10, -1)
        assert predict(digits.run, changed).tolist() == labels.tolist()
    lengths = np.linalg.norm(flips.changes.reshape(10, -1), axis=1)
    np.testing.assert_allclose(
        flips.shares, lengths / np.linalg.norm(flips.images.reshape(10, -1), axis=1)
    )


def test_saliency_is_the_slope_of_the_lead(digits):
    """By differences: a step along it, and one across it."""
    flips = Flips.of(digits.run, n=1)
    network = digits.network.twin().double()

    def lead(image):
        second, first = network.scores(torch.tensor(image.reshape(1, -1)))[0].sort()[0][-2:]
        return (first - second).item()

    image, slope = flips.images[0], flips.saliency[0]
    step = 1e-5 * slope / np.linalg.norm(slope)
    rise = (lead(image + step) - lead(image - step)) / 2e-5
    assert rise == pytest.approx(np.linalg.norm(slope), rel=1e-4)


def test_without_a_right_answer_or_classes_there_is_nothing_to_turn():
    values = as_dataset((np.zeros((20, 2, 2)) + np.arange(20)[:, None, None], np.arange(20.0)))
    with pytest.raises(ValueError, match="is a regression: use plot_weights"):
        Flips.of(run_of(FCNN([4, 1]), values))
    network = FCNN([4, 1], init="pytorch")
    with torch.no_grad():
        network.linears[0].weight.zero_()
        network.linears[0].bias.fill_(-1)
    ones = as_dataset((np.ones((20, 2, 2)), [0, 1] * 10))
    wrong = run_of(network, ones)
    wrong.dataset.y_test[:] = 1
    with pytest.raises(ValueError, match="got none: train for more epochs"):
        Flips.of(wrong)
