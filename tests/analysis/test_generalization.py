"""Errors on training and test sample, against quantiles by hand."""

import numpy as np

from trainfcnn import TASKS
from trainfcnn.analysis.generalization import ErrorCurve


def test_errors_are_what_is_left_of_scores_with_their_quartiles():
    scores = {"2": ([0.5, 0.6, 0.7], [0.4, 0.4, 0.4]), "8": ([1.0, 1.0, 1.0], [0.8, 0.9, 1.0])}
    curve = ErrorCurve.of("dims", scores, TASKS["binary"])
    np.testing.assert_allclose(curve.training, [[0.35, 0], [0.4, 0], [0.45, 0]], atol=1e-12)
    np.testing.assert_allclose(curve.test, [[0.6, 0.05], [0.6, 0.1], [0.6, 0.15]], atol=1e-12)
    assert (curve.labels, curve.counts, curve.best) == (("2", "8"), (3, 3), 1)
