"""What the pictures show, read off their artists."""

from itertools import combinations

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from trainfcnn import DATASETS, TASKS, History, TrainFCNN, blobs, make_dataset
from trainfcnn.plots import (
    MOST_POINTS,
    SURFACE_STRENGTH,
    plot_dataset,
    plot_loss,
    plot_prediction,
)
from trainfcnn.style import CLASS_COLORS

ONE_OF_EACH_KIND = {"regression": "prod", "binary": "xor", "multiclass": "quadrants"}


@pytest.fixture(scope="module", params=TASKS)
def trained(request):
    return TrainFCNN(ONE_OF_EACH_KIND[request.param], n_samples=300).train(epochs=20)


def a_history(loss, validation=()):
    loss, validation = np.array(loss, float), np.array(validation, float)
    best = int(validation.argmin()) + 1 if len(validation) else len(loss)
    return History(loss, loss, validation, validation, 0.1, best, "MSE", "R²")


def test_one_of_each_kind_is_drawn():
    assert set(ONE_OF_EACH_KIND) == set(TASKS)


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_is_drawn_point_by_point(name):
    dataset = make_dataset(name, n_samples=50)
    (points,) = plot_dataset(dataset).collections
    np.testing.assert_array_equal(points.get_offsets(), dataset.x)


def test_points_have_the_color_of_their_class():
    dataset = make_dataset("quadrants", n_samples=50)
    (points,) = plot_dataset(dataset).collections
    expected = [to_rgb(CLASS_COLORS[label]) for label in dataset.y]
    np.testing.assert_allclose(points.get_facecolors()[:, :3], expected)


def test_as_many_classes_as_one_likes_have_colors_of_their_own():
    dataset = make_dataset(blobs(centers=12), n_samples=240)
    (points,) = plot_dataset(dataset).collections
    assert len(np.unique(points.get_facecolors(), axis=0)) == 12


def test_the_domain_is_in_view_even_where_nothing_was_drawn():
    ax = plot_dataset(make_dataset("moons", n_samples=20))
    low, high = DATASETS["moons"].domain.low, DATASETS["moons"].domain.high
    assert ax.get_xlim()[0] <= low[0] < high[0] <= ax.get_xlim()[1]
    assert ax.get_ylim()[0] <= low[1] < high[1] <= ax.get_ylim()[1]


def test_axes_have_names_and_the_title_says_what_and_how_many():
    ax = plot_dataset(make_dataset("xor", n_samples=1234))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x1", "x2")
    assert ax.get_title() == "xor: 1,234 points"


def test_the_color_bar_names_the_classes():
    y = np.repeat(["ham", "spam"], 20)
    trainer = TrainFCNN((np.random.default_rng(0).normal(size=(40, 2)), y))
    (bar,) = trainer.plot_dataset().child_axes
    assert [label.get_text() for label in bar.get_yticklabels()] == ["ham", "spam"]


def test_a_regression_is_symmetric_about_zero_and_probabilities_go_from_0_to_1():
    for name, expected in (("prod", None), ("xor", (0, 1))):
        trainer = TrainFCNN(name, n_samples=200).train(epochs=2)
        low, high = trainer.plot_prediction().images[0].get_clim()
        assert (low, high) == (expected or (-high, high))


def test_a_prediction_covers_the_domain_and_a_margin(trained):
    ax = trained.plot_prediction()
    assert ax.get_xlim() == pytest.approx((-3, 3))
    assert ax.get_ylim() == pytest.approx((-3, 3))
    assert ax.images[0].get_extent() == pytest.approx([-3, 3, -3, 3])


def test_what_was_never_sampled_is_hatched_and_the_domain_is_not(trained):
    (ring,) = [patch for patch in trained.plot_prediction().patches if patch.get_hatch()]
    outer, hole = ring.get_path().to_polygons()
    assert np.abs(outer).max() == pytest.approx(3)
    assert np.abs(hole).max() == pytest.approx(2)


def test_the_surface_has_the_color_of_the_predicted_class_at_every_sure_cell():
    trainer = TrainFCNN("quadrants").train(epochs=30)
    image = trainer.plot_prediction().images[0].get_array()
    grid = trainer.predict_grid()
    sure = grid.values.max(-1) > 0.9
    full = np.array([to_rgb(color) for color in CLASS_COLORS[:4]])
    palette = 1 - SURFACE_STRENGTH * (1 - full)
    distances = np.linalg.norm(image[sure][:, None] - palette, axis=-1)
    np.testing.assert_array_equal(distances.argmin(1), grid.values[sure].argmax(-1))


def test_the_decision_line_lies_where_the_probability_is_one_half():
    trainer = TrainFCNN("and", n_samples=500).train(epochs=30)
    ax = trainer.plot_prediction()
    (line,) = [c for c in ax.collections if hasattr(c, "levels")]
    vertices = np.concatenate([path.vertices for path in line.get_paths()])
    inside = vertices[np.abs(vertices).max(1) < 2]
    assert np.abs(trainer.predict_proba(inside)[:, 1] - 0.5).max() < 0.1


def test_a_network_of_one_opinion_is_drawn_without_a_decision_line():
    trainer = TrainFCNN("square", n_samples=50).train(epochs=0)
    with torch.no_grad():
        trainer.network.linears[-1].weight.zero_()
        trainer.network.linears[-1].bias.fill_(-3)
    assert not [c for c in trainer.plot_prediction().collections if hasattr(c, "levels")]


def test_at_most_a_thousand_points_cover_a_prediction():
    trainer = TrainFCNN("xor", n_samples=2500).train(epochs=1)
    points = trainer.plot_prediction().collections[-1]
    assert 500 < len(points.get_offsets()) <= MOST_POINTS


def test_the_title_of_a_prediction_says_the_score_on_new_points(trained):
    title = trained.plot_prediction().get_title()
    assert TASKS[trained.kind].say_score(trained.score()) in title
    assert "2,500 new points" in title


def test_losses_are_drawn_as_they_are():
    ax = plot_loss(a_history([3, 2, 1]))
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[1, 3], [2, 2], [3, 1]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "MSE")


@pytest.mark.parametrize(
    ("loss", "scale"),
    [([1, 0.5], "linear"), ([1, 0.01], "log"), ([1, 0.0], "linear"), ([1, np.nan, 0.01], "log")],
)
def test_the_scale_is_logarithmic_where_a_positive_loss_spans_a_decade(loss, scale):
    assert plot_loss(a_history(loss)).get_yscale() == scale


def test_validation_stands_beside_training_with_the_kept_epoch():
    ax = plot_loss(a_history([3, 2, 1], [3, 1, 2]))
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["training", "validation", "kept: 2"]


def test_a_history_of_no_epochs_is_drawn_empty():
    assert plot_loss(a_history([])).get_title() == "MSE: no epochs"


def test_the_overview_has_data_prediction_loss_network_and_errors(trained):
    figure = trained.plot()
    shown = [ax.get_label() for ax in figure.axes]
    assert shown == ["data", "prediction", "loss", "network", "errors"]
    assert figure.get_suptitle() == repr(trained)


def assert_nothing_is_clipped_or_overlaps(figure):
    figure.draw_without_rendering()
    boxes = [ax.get_tightbbox() for ax in figure.axes]
    for box in boxes:
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1
    for one, other in combinations(boxes, 2):
        assert one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0


def test_no_label_is_clipped_and_no_panels_overlap(trained):
    assert_nothing_is_clipped_or_overlaps(trained.plot())


@pytest.mark.parametrize("name", DATASETS)
def test_the_overview_of_every_data_set_has_room_for_all_labels(name):
    assert_nothing_is_clipped_or_overlaps(TrainFCNN(name, n_samples=100).train(epochs=2).plot())


def test_long_names_of_classes_have_room_too():
    y = np.repeat(["Iris-versicolor", "Iris-virginica"], 40)
    trainer = TrainFCNN((np.random.default_rng(0).normal(size=(80, 2)), y)).train(epochs=2)
    assert_nothing_is_clipped_or_overlaps(trainer.plot())


def test_large_targets_have_room_too():
    x = np.random.default_rng(0).normal(size=(80, 2))
    assert_nothing_is_clipped_or_overlaps(TrainFCNN((x, 1e4 * x[:, 0])).train(epochs=2).plot())


def test_a_given_axes_is_drawn_on_and_returned(trained):
    ax = Figure().subplots()
    assert trained.plot_dataset(ax) is ax
    assert trained.plot_prediction(ax) is ax
    assert trained.plot_loss(ax) is ax


def test_pictures_leave_pyplot_and_its_settings_alone(trained):
    settings = dict(matplotlib.rcParams)
    trained.plot()
    trained.plot_dataset()
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == settings


def test_three_columns_are_no_plane():
    trainer = TrainFCNN((np.random.default_rng(0).normal(size=(40, 3)), [0, 1] * 20))
    with pytest.raises(ValueError, match="2 features, got 3"):
        trainer.plot_dataset()
    with pytest.raises(ValueError, match="2 features, got 3"):
        trainer.train(epochs=1).plot()


def test_axes_of_very_different_units_are_not_squeezed_into_a_line():
    x = np.random.default_rng(0).uniform(0, 1, (40, 2)) * (1, 1000)
    assert TrainFCNN((x, [0, 1] * 20)).plot_dataset().get_aspect() == "auto"


def test_the_same_prediction_may_be_drawn_twice(trained):
    grid = trained.predict_grid(n=51)
    first, second = (plot_prediction(grid, trained.dataset) for _ in range(2))
    np.testing.assert_array_equal(first.images[0].get_array(), second.images[0].get_array())
