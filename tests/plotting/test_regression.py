"""What a picture of residuals shows, read off its artists."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from pictures import assert_is_not_clipped, assert_texts_are_light_on_a_dark_background

from trainfcnn import TrainFCNN
from trainfcnn.analysis.regression import Residuals
from trainfcnn.plotting.regression import LARGEST, MOST_POINTS
from trainfcnn.plotting.style import BLUE, counted


def plot_residuals(y, predictions, ax=None):
    return Residuals.from_predictions(y, predictions).plot(ax)


def some_residuals(n=2500):
    generator = np.random.default_rng(0)
    y = generator.uniform(-1, 1, n)
    return y, y + generator.normal(0, 0.1, n)


def picture(ax=None):
    return plot_residuals(*some_residuals(), ax)


def drawn(ax):
    """The points of both marks, in the order of their truths."""
    points = np.concatenate([found.get_xydata() for found in ax.lines if found.get_ls() == "None"])
    return points[np.argsort(points[:, 0])]


def test_a_given_axes_is_drawn_on_and_returned():
    ax = Figure().subplots()
    assert picture(ax) is ax


def test_axes_have_names_and_a_title():
    ax = picture()
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title()


def test_nothing_is_clipped():
    assert_is_not_clipped(picture())


def test_on_a_dark_background_no_text_is_dark():
    assert_texts_are_light_on_a_dark_background(picture)


def test_pictures_leave_pyplot_and_its_settings_alone():
    settings = dict(mpl.rcParams)
    picture()
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == settings


def test_up_to_a_thousand_residuals_are_all_drawn_and_nobody_speaks_of_it():
    y, predictions = some_residuals(MOST_POINTS)
    ax = plot_residuals(y, predictions)
    order = np.argsort(y)
    np.testing.assert_array_equal(drawn(ax), np.stack([y, predictions - y], 1)[order])
    assert "drawn" not in ax.get_xlabel()


@pytest.mark.parametrize("n", [MOST_POINTS + 1, 2500, 100_000])
def test_of_more_a_thousand_are_drawn_with_those_furthest_off(n):
    y, predictions = some_residuals(n)
    ax = plot_residuals(y, predictions)
    shown, all_of_them = drawn(ax), np.stack([y, predictions - y], 1)
    assert len(np.unique(shown, axis=0)) == MOST_POINTS
    assert set(map(tuple, shown)) <= set(map(tuple, all_of_them))
    largest = np.sort(np.abs(predictions - y))[-LARGEST:]
    assert set(largest) <= set(np.abs(shown[:, 1]))
    assert f"truth (1,000 of {n:,} points drawn)" in ax.get_xlabel()


def test_a_single_outlier_among_many_is_a_cross_in_view():
    y, predictions = some_residuals(50_000)
    predictions[777] = y[777] - 30
    ax = plot_residuals(y, predictions)
    (crosses,) = [found for found in ax.lines if found.get_marker() == "x"]
    assert crosses.get_ydata().min() == pytest.approx(-30)
    assert ax.get_ylim()[0] < -30


def test_the_band_holds_nine_tenths_and_crosses_lie_outside_it():
    y, predictions = some_residuals(900)
    ax = plot_residuals(y, predictions)
    (band,) = ax.patches
    low, high = np.quantile(predictions - y, [0.05, 0.95])
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((low, high))
    inside, outside = (
        next(found for found in ax.lines if found.get_marker() == mark) for mark in (".", "x")
    )
    assert (len(inside.get_ydata()), len(outside.get_ydata())) == (810, 90)
    assert low <= inside.get_ydata().min() <= inside.get_ydata().max() <= high
    assert inside.get_color() == BLUE


def test_the_title_says_the_error_and_what_is_explained():
    ax = plot_residuals([0, 1, 2, 3], [0, 1, 2, 5])
    assert ax.get_title() == "RMSE 1, R² 0.2000 on 4 points"


def test_a_line_marks_where_nothing_is_wrong():
    lines = [found for found in plot_residuals(*some_residuals(50)).lines if found.get_ls() == "-"]
    assert [list(found.get_ydata()) for found in lines] == [[0, 0]]


@pytest.mark.parametrize(
    ("y", "r2"), [([1.0], "undefined"), ([2.0, 2.0], "undefined"), ([0.0, 1.0], "1.0000")]
)
def test_no_residuals_at_all_are_drawn_without_a_warning(y, r2):
    ax = plot_residuals(y, y)
    ax.figure.draw_without_rendering()
    assert ax.get_title() == f"RMSE 0, R² {r2} on {counted(len(y), 'point')}"


def test_a_trained_regression_is_drawn():
    trainer = TrainFCNN("prod", n_samples=200).train(dims=[4], epochs=3)
    data = trainer.dataset
    ax = plot_residuals(data.y_test, trainer.predict(data.x_test))
    assert f"R² {trainer.score():.4f}" in ax.get_title()
