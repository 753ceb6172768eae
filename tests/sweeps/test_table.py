"""The columns of a sweep's table, by hand."""

import numpy as np
import pytest
from sweeping import swept

from trainfcnn.sweeps.table import aligned, folds_columns, scores_columns

FOLDS = [np.array([0.5, 0.7]), np.array([0.9, 0.9]), np.array([0.6, 0.6])]


def test_after_folds_mean_deviation_ends_and_rank_are_those_of_what_was_held_out():
    names, rows = folds_columns(FOLDS)
    assert names == ["mean", "std", "worst", "best", "rank"]
    assert rows[0] == ["0.6000", "0.1000", "0.5000", "0.7000", "2"]
    assert [row[-1] for row in rows] == ["2", "1", "2"]  # of equals none is before the other


def test_else_they_are_of_the_training_sample_and_the_mean_of_the_test_sample():
    names, rows = scores_columns(FOLDS[:1], [np.array([0.1, 0.3])])
    assert names == ["worst", "median", "best", "mean test"]
    assert rows == [["0.5000", "0.6000", "0.7000", "0.2000"]]


def test_what_is_not_defined_has_no_rank_and_what_diverged_the_last():
    undefined = np.array([np.nan, np.nan])
    diverged = np.array([-np.inf, 0.5])
    assert folds_columns([undefined])[1] == [["undefined"] * 4 + ["-"]]
    assert [row[-1] for row in folds_columns([diverged, FOLDS[0]])[1]] == ["2", "1"]
    assert scores_columns([diverged], [diverged])[1][0][:2] == ["-inf", "-inf"]


def test_cells_stand_below_each_other():
    assert aligned([["a", "bbb"], ["cc", "d"]]) == " a  bbb\ncc    d"


@pytest.mark.parametrize("name", ["xor", "prod"])
def test_a_cross_validation_shows_itself_by_its_folds(name):
    found = swept(name, folds=3, lr=[1e-9, 0.02], dims=[6], epochs=20)
    of_folds = [record["test_score"] for record in found.records()]
    np.testing.assert_allclose(found.quantiles(q=(0, 1)), [min(of_folds), max(of_folds)])
    assert "on the folds held out" in repr(found)
    assert [line.split()[-1] for line in found.table().splitlines()[:3]] == ["rank", "2", "1"]
    rate = found.success_rate(at_least=np.median(of_folds))
    assert rate.successes == sum(score >= np.median(of_folds) for score in of_folds)
    assert "test" in found.plot_parallel().get_title() + str(found.plot_scores("lr").get_ylabel())
