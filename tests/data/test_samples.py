"""Samples beside the training data are read as these were."""

import numpy as np
import pandas as pd
import pytest

from trainfcnn import TrainFCNN
from trainfcnn.data.samples import with_validation
from trainfcnn.data.sources import as_dataset

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
NAMES = np.where(X[:, 0] > X[:, 1], "spam", "ham")


def test_a_sample_of_ones_own_is_what_the_weights_are_chosen_on():
    more = RNG.normal(size=(30, 2))
    truth = np.where(more[:, 0] > more[:, 1], "spam", "ham")
    mine = TrainFCNN((X, NAMES)).train(epochs=12, lr=0.1, validation=(more, truth))
    history = mine.history
    assert len(history.validation_loss) == 12
    assert history.best_epoch == history.validation_loss.argmin() + 1
    assert history.validation_score[history.best_epoch - 1] == pytest.approx(
        mine.score(more, truth)
    )
    assert "30 points for the validation" in repr(mine)
    assert len(mine.run.dataset.x) == 48  # nothing more is held out
    assert mine.recipe.validation == 0


def test_the_next_training_knows_nothing_of_it():
    mine = TrainFCNN((X, NAMES)).train(epochs=1, validation=(X, NAMES))
    assert not len(mine.train(epochs=1).history.validation_loss)


def test_a_frame_is_read_by_the_names_of_its_columns():
    table = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "city": ["x", "y", "z"] * 20, "t": NAMES})
    data = as_dataset(table, target="t")
    found = with_validation(data, (table[["city", "b", "a"]], table.t))
    x, y = found.validation
    np.testing.assert_array_equal(x[:, :2], X)
    assert x.shape == (60, 5)
    assert y.tolist() == (NAMES == "spam").tolist()


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ((X,), "validation must be a share, or a sample .X, y., got 1 items"),
        ((X[:, :1], NAMES), "the sample validation=.X, y. does not fit: .* 2"),
        ((X, ["eggs"] * 60), "the sample validation=.X, y. does not fit: .*'eggs'"),
        ((X, NAMES[1:]), "the sample validation=.X, y. does not fit: .*equal length"),
    ],
)
def test_a_sample_that_does_not_fit_is_refused(sample, told):
    with pytest.raises(ValueError, match=told):
        TrainFCNN((X, NAMES)).train(validation=sample)
