"""A single feature is drawn as a curve: its points, its truth, and no more than is known."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from pictures import (
    assert_is_drawn_where_told,
    assert_nothing_is_clipped_or_overlaps,
    assert_texts_are_light_on_a_dark_background,
)

from trainfcnn import TrainFCNN, compare, sweep
from trainfcnn.plotting import plot_prediction
from trainfcnn.plotting.style import ERROR, ORANGE

OF_ONE = {
    "regression": lambda x: np.sin(2 * x),
    "binary": lambda x: x > 0.5,
    "multiclass": lambda x: np.floor(x).astype(int),
}
PICTURES = ("plot_dataset", "plot_prediction", "plot_error", "plot_network")


@pytest.fixture(scope="module", params=OF_ONE)
def of_one(request):
    return TrainFCNN(OF_ONE[request.param]).train(epochs=5)


@pytest.fixture(scope="module")
def wave():
    return TrainFCNN(OF_ONE["regression"], n_samples=300, noise=0.1).train(epochs=5)


def line(ax, color):
    (found,) = [one for one in ax.lines if one.get_color() == color and one.get_linestyle() != ""]
    return found


def upright(ax):
    """Where dashed lines stand."""
    dashed = [one for one in ax.lines if one.get_linestyle() == "--"]
    return [one.get_xdata()[0] for one in dashed if len(set(one.get_xdata())) == 1]


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_of_one_feature_is_drawn_where_told(of_one, picture):
    assert_is_drawn_where_told(getattr(of_one, picture))


@pytest.mark.parametrize("picture", PICTURES[:3])
def test_it_can_be_read_on_a_dark_background(of_one, picture):
    assert_texts_are_light_on_a_dark_background(getattr(of_one, picture))


def test_in_the_overview_nothing_is_clipped_or_overlaps(of_one):
    assert_nothing_is_clipped_or_overlaps(of_one.plot())


@pytest.mark.parametrize("unit", [1e-4, 1.0, 1e5])
def test_nor_where_targets_are_long_numbers(unit):
    trainer = TrainFCNN(lambda x: unit * (x + 3)).train(epochs=1, standardize=True)
    assert_nothing_is_clipped_or_overlaps(trainer.plot())


def test_a_regression_is_a_line_among_its_points_with_the_truth(wave):
    ax = wave.plot_prediction()
    x, y = line(ax, ORANGE).get_data()
    np.testing.assert_allclose(y, wave.predict(x[:, None]), rtol=1e-6)
    x, y = line(ax, "black").get_data()
    np.testing.assert_allclose(y, np.sin(2 * x))
    points = ax.lines[0].get_xydata()
    np.testing.assert_array_equal(points, np.column_stack([wave.dataset.x, wave.dataset.y]))
    assert "R²" in ax.get_title()


def test_without_a_law_no_truth_is_drawn(wave):
    data = wave.dataset
    own = TrainFCNN((data.x, data.y)).train(epochs=1)
    assert not [one for one in own.plot_prediction().lines if one.get_linestyle() == "--"]


def test_targets_set_the_scale_whatever_the_network_says(wave):
    limits = wave.plot_prediction().get_ylim()
    wild = TrainFCNN(wave.dataset).train(epochs=0)
    wild.network.linears[-1].bias.data.fill_(1e6)
    assert plot_prediction(wild.predict_grid(), wave.dataset).get_ylim() == limits
    lowest, highest = wave.dataset.y.min(), wave.dataset.y.max()
    assert limits[0] < lowest < highest < limits[1]


def test_what_lies_beyond_the_domain_is_hatched(wave):
    ax = wave.plot_prediction()
    spans = [patch.get_extents().transformed(ax.transData.inverted()) for patch in ax.patches]
    edges = sorted((round(box.x0, 6), round(box.x1, 6)) for box in spans)
    assert edges == [(-3, -2), (2, 3)]
    assert ax.get_xlim() == pytest.approx((-3, 3))
    assert plot_prediction(wave.predict_grid(margin=0), wave.dataset).patches[:] == []


def test_two_classes_are_the_probability_of_the_second_with_points_at_its_sides():
    trainer = TrainFCNN(OF_ONE["binary"]).train(epochs=5)
    ax = trainer.plot_prediction()
    x, y = line(ax, "black").get_data()
    np.testing.assert_allclose(y, trainer.predict_proba(x[:, None])[:, 1], rtol=1e-6)
    x, heights = ax.collections[0].get_offsets().T
    assert ((heights > 1) == (x > 0.5)).all()
    assert ((heights < 0) == (x <= 0.5)).all()
    assert upright(ax) == pytest.approx([0.5], abs=0.02)


def test_more_classes_have_a_curve_each_and_the_truth_where_it_changes():
    trainer = TrainFCNN(OF_ONE["multiclass"]).train(epochs=5)
    ax = trainer.plot_prediction()
    curves = [one for one in ax.lines if one.get_linestyle() == "-"]
    total = sum(one.get_ydata() for one in curves)
    assert len(curves) == 4
    np.testing.assert_allclose(total, 1)
    assert upright(ax) == pytest.approx([-1, 0, 1], abs=0.02)
    assert ax.collections[0].get_offsets()[:, 1].max() < 0


def test_each_class_of_the_data_has_a_row():
    ax = TrainFCNN(lambda x: "high" if x > 0 else "low").plot_dataset()
    labels = [one.get_text() for one in ax.get_yticklabels()]
    names = dict(zip(ax.get_yticks(), labels, strict=True))
    for x, height in ax.collections[0].get_offsets():
        assert names[round(height)] == ("high" if x > 0 else "low")


def test_of_many_classes_some_are_named():
    x = np.linspace(0, 1, 400)[:, None]
    ax = TrainFCNN((x, [f"class {int(20 * one)}" for one in x[:, 0] * 0.999])).plot_dataset()
    assert len(ax.get_yticklabels()) <= 12


def test_errors_are_the_prediction_minus_the_truth_on_the_scale_of_the_domain(wave):
    ax = wave.plot_error()
    x, y = line(ax, ORANGE).get_data()
    np.testing.assert_allclose(y, wave.predict(x[:, None]) - np.sin(2 * x), atol=1e-6)
    reach = np.abs(y[np.abs(x) <= 2]).max()
    assert ax.get_ylim() == pytest.approx((-1.1 * reach, 1.3 * reach))


def test_of_classes_errors_are_how_far_the_true_one_is_above_the_other():
    trainer = TrainFCNN(OF_ONE["binary"]).train(epochs=5)
    ax = trainer.plot_error()
    x, y = max((one.get_data() for one in ax.lines), key=lambda data: len(data[0]))
    given = trainer.predict_proba(x[:, None])
    above = (given[:, 1] - given[:, 0]) * np.where(x > 0.5, 1, -1)
    np.testing.assert_allclose(y, above, atol=1e-6)
    (red,) = ax.collections
    assert to_hex(red.get_facecolor()[0]) == ERROR.lower()
    assert red.get_paths()[0].vertices[:, 1].max() <= 0


def test_units_are_curves_over_the_feature(wave):
    ax = wave.plot_network()
    assert not ax.images
    widest = max(ax.lines, key=lambda one: (len(one.get_xdata()), one.get_xdata()[0]))
    x, y = widest.get_data()
    seen = np.linspace(-2, 2, len(x) + 1)[:-1] + 2 / len(x)
    said = wave.predict(seen[:, None])
    np.testing.assert_allclose(y / np.abs(y).max(), said / np.abs(said).max(), atol=1e-5)


def test_comparisons_extremes_films_and_notebooks_draw_curves(wave, tmp_path):
    other = TrainFCNN(OF_ONE["binary"], n_samples=50).train(epochs=1)
    figure = compare([wave, other])
    assert [ax.get_ylabel() for ax in figure.axes[:2]] == ["target", "probability of class True"]
    assert_nothing_is_clipped_or_overlaps(figure)
    ends = sweep(wave.dataset, dims=[[2], [8]], epochs=2).plot_extremes()
    assert [ax.get_xlabel() for ax in ends.axes] == ["x", "x"]
    film = TrainFCNN(OF_ONE["regression"], n_samples=50)
    assert film.animate(tmp_path / "wave.gif", frames=2).stat().st_size > 1000
    assert film._repr_html_().count("<img") == TrainFCNN(wave.dataset)._repr_html_().count("<img")


def test_a_training_that_diverged_leaves_the_points_and_says_so(wave):
    with pytest.warns(RuntimeWarning, match="diverged"):
        wild = TrainFCNN(wave.dataset).train(lr=1e9, optimizer="sgd", epochs=2)
    ax = wild.plot_prediction(Figure().subplots())
    assert "diverged" in ax.get_title()
    assert np.isfinite(ax.get_ylim()).all()
    wild.plot_error()
    wild.plot()
