"""What networks of other seeds say, against trainings one by one."""

import numpy as np
import pytest
import torch
from oracle import run_of

from trainfcnn import TrainFCNN
from trainfcnn.analysis.prediction import predict_grid
from trainfcnn.analysis.seed_answers import CELLS, MARGIN, PLACES, SeedAnswers, hinges_of
from trainfcnn.data.sources import as_dataset
from trainfcnn.data.toy import make_dataset
from trainfcnn.nn.network import FCNN

RECIPE = {"dims": [3], "epochs": 4, "batch_size": 20}


def test_others_differ_in_their_initial_weights_alone():
    xor = TrainFCNN("xor", 60).train(**RECIPE)
    answers = SeedAnswers.of(xor.run, 3)
    assert len(answers) == 3
    for seed, grid in enumerate(answers.answers):
        alone = TrainFCNN("xor", 60).train(**RECIPE, weight_seed=seed)
        expected = predict_grid(alone.run, CELLS, MARGIN).values
        np.testing.assert_allclose(grid.values, expected, atol=1e-5)
        assert answers.scores[seed] == pytest.approx(alone.score(), abs=1e-3)


def test_others_with_samples_of_their_own_are_as_if_trained_by_their_seed():
    moons = TrainFCNN("moons", 60, noise=0.2).train(**RECIPE)
    answers = SeedAnswers.of(moons.run, 3, resample=True)
    for seed in (1, 2):
        alone = TrainFCNN("moons", 60, noise=0.2, seed=seed).train(**RECIPE)
        expected = alone.network(torch.tensor(moons.dataset.x_test, dtype=torch.float32))
        right = (expected[:, 0] > 0.5).numpy() == moons.dataset.y_test
        assert answers.scores[seed] == pytest.approx(right.mean(), abs=1e-3)


def test_a_hinge_is_where_the_slope_of_the_curve_changes():
    network = FCNN([1, 6, 1], "relu", init="pytorch", seed=4, dtype=torch.float64)
    hinges = hinges_of(run_of(network, as_dataset(lambda x: x, 20)))
    assert len(hinges) == 6
    h = 1e-4
    between = np.sort(hinges)[:-1] + np.diff(np.sort(hinges)) / 2
    places = np.append(hinges, between)
    before, at, after = (
        network(torch.tensor(places[:, None] + step)).detach().numpy()[:, 0] for step in (-h, 0, h)
    )
    bends = np.abs(after - 2 * at + before)
    assert bends[:6].min() > 1e-3 * h
    assert bends[6:].max() < 1e-9


def test_agreement_and_spread_are_those_of_the_answers():
    xor = TrainFCNN("xor", 60).train(**RECIPE)
    answers = SeedAnswers.of(xor.run, 4)
    votes = (answers.values > 0.5).mean(0)
    np.testing.assert_allclose(answers.agreement, np.maximum(votes, 1 - votes))
    wave = TrainFCNN(np.sin, 60).train(**RECIPE)
    curves = SeedAnswers.of(wave.run, 4)
    assert curves.values.shape == (4, PLACES)
    low, high = curves.spread(1.0)
    np.testing.assert_array_equal([low, high], [curves.values.min(0), curves.values.max(0)])


@pytest.mark.parametrize(
    ("dataset", "n", "resample", "message"),
    [
        (make_dataset("xor", 20), 1, False, "seeds must be an integer of 2 or more, got 1"),
        (make_dataset("prod", 20), 4, False, "is a regression of 2 features"),
        (as_dataset((np.eye(4), [0, 1, 0, 1])), 4, False, "1 or 2 features, got 4"),
        (as_dataset((np.eye(4)[:, :2], [0, 1, 0, 1])), 4, True, "its law is not known"),
    ],
)
def test_what_has_no_boundaries_to_draw_is_refused(dataset, n, resample, message):
    network = FCNN([dataset.n_features, 2, 1])
    with pytest.raises(ValueError, match=message):
        SeedAnswers.of(run_of(network, dataset), n, resample)
