"""What the picture of training and test errors shows, read off its artists."""

import numpy as np
import pytest
from pictures import assert_is_well_drawn

from trainfcnn import TASKS, compare_sweeps, sweep
from trainfcnn.analysis.generalization import ErrorCurve
from trainfcnn.plotting.generalization import plot_errors

CURVE = ErrorCurve(
    "dims",
    ("2", "8", "32"),
    training=np.array([(0.2, 0.1, 0.0), (0.3, 0.1, 0.0), (0.4, 0.2, 0.0)]),
    test=np.array([(0.2, 0.1, 0.2), (0.3, 0.15, 0.25), (0.4, 0.2, 0.3)]),
    counts=(5, 5, 5),
    task=TASKS["binary"],
)


def test_it_is_well_drawn():
    assert_is_well_drawn(lambda ax=None: plot_errors(CURVE, ax))


def test_medians_are_lines_and_the_least_on_new_points_is_marked():
    ax = CURVE.plot()
    new, learnt, mark = ax.lines
    assert new.get_ydata().tolist() == [0.3, 0.15, 0.25]
    assert learnt.get_ydata().tolist() == [0.3, 0.1, 0.0]
    assert set(mark.get_xdata()) == {1}
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2", "8", "32"]
    assert ax.get_title() == "at best 15.0% wrong on new points"
    assert ax.get_legend().get_title().get_text() == "median and quartiles of 5 networks"


def test_a_sweep_draws_its_errors_and_several_are_joined():
    few, many = (sweep("xor", n_samples=n, seeds=2, dims=[[2], [4]], epochs=2) for n in (20, 60))
    ax = few.plot_errors("dims")
    expected = [
        1 - np.median(part) for part in np.reshape([r["test_score"] for r in few.rows], (2, 2))
    ]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), expected)
    ax = compare_sweeps({20: few, 60: many}, "points")
    expected = [1 - np.median([row["test_score"] for row in one.rows]) for one in (few, many)]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), expected)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["20", "60"]


def test_sweeps_that_cannot_be_joined_are_refused():
    with pytest.raises(ValueError, match="sweeps must be a dict of one or more"):
        compare_sweeps([])
    one, other = (sweep(name, n_samples=20, dims=[2], epochs=1) for name in ("xor", "prod"))
    with pytest.raises(ValueError, match="of one kind, got binary, regression"):
        compare_sweeps({1: one, 2: other})
