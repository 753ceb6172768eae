"""One seed gives independent streams, and none of them is global."""

from itertools import product

import numpy as np
import pytest
import torch

from trainfcnn._support.checks import check_seed
from trainfcnn._support.seeds import STREAMS, entropy, numpy_generator, restart_seeds

SEEDS = (0, 1, 2, 3, 41, 2**31, 2**63, 2**70)


@pytest.mark.parametrize("stream", STREAMS)
def test_same_seed_gives_the_same_stream(stream):
    first, again = (numpy_generator(5, stream).integers(2**62, size=8) for _ in range(2))
    assert (first == again).all()


def test_no_two_seeds_or_streams_share_their_entropy():
    drawn = {entropy(seed, stream) for seed, stream in product(range(200), STREAMS)}
    assert len(drawn) == 200 * len(STREAMS)


def test_neighbouring_seeds_and_streams_are_uncorrelated():
    rows = [numpy_generator(*pair).normal(size=20_000) for pair in product(range(3), STREAMS)]
    off_diagonal = np.corrcoef(rows) - np.eye(len(rows))
    assert np.abs(off_diagonal).max() < 5 / np.sqrt(20_000)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("stream", STREAMS)
def test_entropy_is_what_a_torch_generator_takes(seed, stream):
    drawn = entropy(seed, stream)
    assert 0 <= drawn < 2**63
    assert torch.Generator().manual_seed(drawn).initial_seed() == drawn


def test_what_a_seed_means_stays_from_release_to_release():
    assert entropy(0, "data") == 4334430513956379144
    assert entropy(0, "weights") == 6619194650426729951


@pytest.mark.parametrize("seed", SEEDS)
def test_restarts_have_seeds_of_their_own_and_always_the_same(seed):
    drawn = restart_seeds(seed, 1000)
    assert drawn[0] == seed
    assert len(set(drawn)) == 1000
    assert all(check_seed(one) < 2**63 for one in drawn[1:])
    assert restart_seeds(seed, 16) == drawn[:16]
    assert not set(drawn) & set(restart_seeds(seed + 1, 1000))


def test_an_unknown_stream_is_refused():
    with pytest.raises(ValueError, match="not in tuple"):
        entropy(0, "weather")


@pytest.mark.parametrize("seed", [*SEEDS, np.int64(7), np.uint8(7), np.array(7), torch.tensor(7)])
def test_an_integer_of_any_make_is_a_seed(seed):
    checked = check_seed(seed)
    assert type(checked) is int
    assert checked == int(seed)


@pytest.mark.parametrize("seed", [-1, 1.0, "1", None, True, np.float64(1), np.array([1, 2])])
def test_what_is_no_seed_is_refused_by_name_and_value(seed):
    with pytest.raises(ValueError, match="weight_seed must be an integer of 0 or more, got") as no:
        check_seed(seed, "weight_seed")
    assert repr(seed) in str(no.value)
