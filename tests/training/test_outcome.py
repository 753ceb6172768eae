"""What a training has come to, asked while it goes on."""

import numpy as np
import pytest
from trainings import go_on

from trainfcnn import Recipe, make_dataset
from trainfcnn.analysis.evaluation import values_or_probabilities
from trainfcnn.analysis.network import hidden_outputs
from trainfcnn.training.loop import Training


def begun(dataset="xor", epochs=5, **settings):
    recipe = Recipe(**{"dims": [5, 3], "epochs": 20, "activation": "tanh"} | settings)
    training = Training(make_dataset(dataset, 60), recipe, weight_seeds=[0, 1, 2])
    go_on(training, epochs)
    return training


@pytest.mark.parametrize("dataset", ["xor", "quadrants", "gauss_regression"])
@pytest.mark.parametrize("standardize", [False, True])
def test_all_units_of_all_members_answer_at_once_in_the_datas_own_units(dataset, standardize):
    training = begun(dataset, standardize=standardize)
    x = make_dataset(dataset, 30, seed=1).x
    *hidden, answers = training.answers(x)
    for member, run in enumerate(training.runs()):
        for ours, theirs in zip(hidden, hidden_outputs(run.network, x), strict=True):
            np.testing.assert_allclose(ours[member].T, theirs, atol=1e-5)
        expected = values_or_probabilities(run, x).reshape(30, -1)
        if dataset == "xor":  # a single output, for the second class
            expected = expected[:, 1:]
        np.testing.assert_allclose(answers[member].T, expected, atol=1e-5)
        np.testing.assert_allclose(training.answers(x, member)[-1][0], answers[member], atol=1e-6)


def test_the_last_rows_are_the_end_of_the_history():
    training = begun("gauss_regression", standardize=True)
    loss, score = training.rows(since=3)
    assert loss.shape == (2, 3)
    assert np.array_equal(loss[:, 1], training.history(1).loss[3:])
    assert np.array_equal(score[:, 2], training.history(2).score[3:])


def test_the_same_samples_can_be_judged_time_and_again():
    training = begun()
    data = make_dataset("xor", 60)
    look = training.look_at(data.x_test, data.y_test)
    for _ in range(2):
        judged = training.judged(data.x_test, data.y_test)
        assert np.array_equal(training.judged_by(look), judged)
        training.train_epochs(1)


def test_one_members_run_is_that_among_all():
    training = begun()
    run = training.run(1)
    other = training.runs()[1]
    assert run.criterion == other.criterion
    assert run.recipe == other.recipe
    weight = run.network.linears[0].weight
    assert np.array_equal(weight.detach(), other.network.linears[0].weight.detach())
    assert run.standing.n_steps == 5
