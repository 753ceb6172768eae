"""Scales on which settings and scores can be told apart."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from sweep_pictures import a_column, in_grey, labels

from trainfcnn.plotting.parallel import plot_parallel
from trainfcnn.plotting.scales import best_median_title, range_title, scale_of, sequential
from trainfcnn.plotting.style import LINE
from trainfcnn.plotting.sweeps import plot_scores


def test_an_axis_is_logarithmic_where_positive_numbers_span_a_decade():
    assert scale_of([0.01, 0.001, 0.1]).kind == "log"
    np.testing.assert_allclose(scale_of([0.01, 0.001, 0.1]).unit(), [0, 0.5, 1])
    assert scale_of([0.001, 0.01]).kind == "log"
    assert scale_of([0.1, 0.2, 0.5]).kind == "linear"
    np.testing.assert_allclose(scale_of([0.1, 0.2, 0.5]).unit(), [0, 0.25, 1])
    assert scale_of([0.0, 0.001, 0.1]).kind == "even"
    assert scale_of([0.0, 0.1, 0.2]).kind == "linear"
    assert scale_of([True, False]).kind == "even"
    assert scale_of(["tanh", "relu"]).values == ("tanh", "relu")


def test_accuracies_near_one_are_told_apart():
    column = a_column([0.5, 0.95, 0.995])
    np.testing.assert_allclose(column.style(column.values)["norm"](column.values), [0, 0.5, 1])
    even = a_column([0.5, 0.7, 0.9])
    np.testing.assert_allclose(even.style(even.values)["norm"](even.values), [0, 0.5, 1])


def test_no_errors_at_all_are_drawn_above_the_fewest():
    column = a_column([0.5, 0.99, 1.0])
    places = column.style(column.values)["norm"](column.values)
    assert places[0] == 0
    assert 0.5 < places[1] < places[2] == pytest.approx(1)
    ax = plot_scores("xor", "lr", [0.1, 0.2, 0.3], column)
    assert labels(ax.yaxis)[-1] == "100%"


def test_the_marks_of_a_stretched_scale_are_round_and_inside():
    column = a_column([0.48, 0.9, 0.9984])
    ax = plot_scores("xor", "lr", [1, 2, 3], column)
    assert labels(ax.yaxis) == ["50%", "80%", "90%", "95%", "98%", "99%", "99.5%", "99.8%"]


def test_r2_below_zero_and_what_is_no_number_are_the_worst():
    shown = a_column([-5e9, 0.5, np.nan, -np.inf], kind="regression").shown
    np.testing.assert_array_equal(shown, [0, 0.5, 0, 0])
    shown = a_column([3.0, np.inf, np.nan, 1.0], of="loss").shown
    np.testing.assert_array_equal(shown, [3, 3, 3, 1])
    assert plot_parallel("xor", {"lr": [1, 2]}, a_column([np.nan, np.nan])).collections


def test_the_color_map_is_an_even_ramp_in_grey():
    greys = in_grey(sequential()(np.linspace(0, 1, 256)))
    steps = np.diff(greys)
    assert (steps < 0).all()
    assert steps.min() == pytest.approx(steps.max(), rel=0.5)


def test_columns_have_names_for_readers():
    names = {of: a_column([], of, "regression").name for of in ("score", "test_score", "loss")}
    assert names == {"score": "R²", "test_score": "test R²", "loss": "MSE"}
    assert a_column([], "validation_loss").name == "validation binary cross-entropy"
    assert a_column([], "epochs").name == "epochs"
    assert a_column([]).format(np.nan) == "undefined"
    assert a_column([]).format(-np.inf) == "diverged"


def test_colors_are_those_of_the_style():
    assert sequential()(1.0)[:3] == pytest.approx(to_rgb(LINE))


def test_titles_say_the_true_ends_and_how_many_diverged():
    column = a_column([-0.5, 0.25, -np.inf], kind="regression")
    told = range_title("prod", column, "grey")
    assert told == ("prod: 3 networks, R² -0.5000 to 0.2500, below 0 drawn as 0; 1 diverged, grey")
    assert range_title("xor", a_column([0.5])) == "xor: 1 network, accuracy 50.0%"
    assert range_title("xor", a_column([-np.inf] * 2)) == "xor: 2 networks, all diverged"


def test_medians_that_read_alike_are_ties():
    settings = {"lr": [1, 2, 3, 4]}
    alone = best_median_title(settings, a_column([0.5, 0.9, 0.6, 0.7]))
    tied = best_median_title(settings, a_column([0.99811, 0.99812, 0.6, 0.99813]))
    assert alone == "best median 90.0% with lr 2"
    assert tied == "best median 99.8% with lr 4, as with 2 others"
    none = best_median_title(settings, a_column([-np.inf] * 4))
    assert none == "no setting has a median that is a number"
