"""Scales against numpy's, and networks that answer alike before and after."""

from unittest.mock import patch

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from trainfcnn.nn.network import FCNN
from trainfcnn.training.scaling import INPUT_SCALES, Scaling

rows = st.integers(1, 9)
ways = st.sampled_from(list(INPUT_SCALES))


def some_inputs(n, dtype, seed=0):
    generator = np.random.default_rng(seed)
    if dtype == np.uint8:
        return generator.integers(0, 256, (n, 3), dtype=np.uint8)
    return generator.normal(5, 3, (n, 3))


def by_numpy(x, way):
    """Shift and scale of a sample in which nothing is constant."""
    x = x.astype(float)
    return {
        None: (0, 1),
        "unit": (x.min(), np.ptp(x)),
        "standard": (x.mean(), x.std()),
        "each": (x.mean(0), x.std(0)),
    }[way]


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
@given(way=ways, at_once=rows)
def test_scales_are_those_of_numpy_however_many_rows_are_taken_at_once(dtype, way, at_once):
    x = some_inputs(9, dtype)
    with patch("trainfcnn.training.scaling.ROWS", at_once):
        shift, scale = INPUT_SCALES[way](x)
    expected_shift, expected_scale = by_numpy(x, way)
    np.testing.assert_allclose(shift, expected_shift, rtol=1e-12)
    np.testing.assert_allclose(scale, expected_scale, rtol=1e-12)


@pytest.mark.parametrize("way", INPUT_SCALES)
def test_what_never_varies_is_not_scaled(way):
    _, scale = INPUT_SCALES[way](np.full((5, 3), 7, np.uint8))
    np.testing.assert_array_equal(scale, np.ones(np.shape(scale)))


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
@given(way=ways)
def test_a_network_answers_in_original_units_what_it_learnt_in_scaled_ones(dtype, way):
    x, y = some_inputs(20, dtype), np.random.default_rng(1).normal(9, 2, 20)
    scaling = Scaling.of(x, y, inputs=way, target=True)
    network = FCNN([3, 4, 1], "tanh", dtype=torch.float64)
    scaled = torch.tensor(x, dtype=torch.float64)
    for call in scaling.prepare(scaled):
        call()
    np.testing.assert_allclose(scaled, (x - scaling.x_shift) / scaling.x_scale, rtol=1e-12)
    with torch.no_grad():
        expected = network(scaled) * y.std() + y.mean()
        scaling.undo(network)
        answers = network(torch.tensor(x, dtype=torch.float64))
    torch.testing.assert_close(answers, expected, rtol=1e-9, atol=1e-9)
