"""The two features that tell most are those that the targets depend on."""

import numpy as np
import pytest

from trainfcnn.analysis.relevance import correlation_ratio, telling_pair
from trainfcnn.data.sources import as_dataset

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 5))


@pytest.mark.parametrize("pair", [(0, 1), (1, 4), (2, 3)])
@pytest.mark.parametrize(
    "law",
    [
        lambda a, b: a + b,
        lambda a, b: a**2 - b**2,
        lambda a, b: (a > 0) * 1 + (b > 0),
        lambda a, b: np.where(a > 0, "up", np.where(b > 0, "left", "right")),
    ],
    ids=["sum", "squares", "classes", "labels"],
)
def test_the_pair_is_the_one_that_the_law_is_of(law, pair):
    targets = law(*X[:, list(pair)].T)
    assert telling_pair(as_dataset((X, targets))) == pair


def test_indicators_come_after_numbers():
    x = np.column_stack([X[:, 0] > 0, X])
    assert telling_pair(as_dataset((x, X[:, 0] + X[:, 4]))) == (1, 5)
    only = (X[:, :3] > 0) * 1.0
    assert telling_pair(as_dataset((only, only[:, 0] + 2 * only[:, 2] + 0.5))) == (0, 2)


def test_the_ratio_is_the_share_of_the_variance_between_bins():
    feature = np.repeat([0.0, 1.0, 2.0], 50)
    y = RNG.normal(size=150) + feature**2
    groups = y.reshape(3, 50)
    between = 50 * np.square(groups.mean(1) - y.mean()).sum()
    expected = between / np.square(y - y.mean()).sum()
    assert correlation_ratio(feature, y[:, None]) == pytest.approx(expected)
    assert correlation_ratio(feature, np.ones((150, 1))) == 0
    assert correlation_ratio(np.ones(150), y[:, None]) == pytest.approx(0)
