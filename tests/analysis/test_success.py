"""How sure a share of successes is."""

import numpy as np
import pytest
from scipy.stats import binomtest

from trainfcnn.analysis.success import SuccessRate


@pytest.mark.parametrize(("of", "n"), [(0, 1), (1, 1), (0, 20), (7, 20), (20, 20), (995, 1000)])
def test_the_interval_is_that_of_wilson(of, n):
    rate = SuccessRate(of, n)
    expected = binomtest(of, n).proportion_ci(method="wilson")
    np.testing.assert_allclose(rate.interval, expected, atol=2e-5)
    assert float(rate) == rate.share == of / n
    assert repr(rate).startswith(f"{of} of {n} (")
