"""What pictures of data, predictions and errors show, read off their artists."""

from dataclasses import replace

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib import style as looks
from matplotlib.collections import PathCollection
from matplotlib.colors import LogNorm, to_rgb
from matplotlib.figure import Figure
from oracle import run_of
from parametrized import OF_ONE_TARGET
from pictures import ONE_OF_EACH_KIND
from sklearn import metrics

from trainfcnn import DATASETS, TASKS, TrainFCNN, blobs, make_dataset
from trainfcnn.analysis.prediction import predict_grid
from trainfcnn.plotting.prediction import (
    LEAST_MISSED,
    MOST_POINTS,
    plot_dataset,
    plot_error,
    plot_prediction,
)
from trainfcnn.plotting.style import CLASS_COLORS, FAINT, LINE, SURFACE_STRENGTH, class_paths


def test_one_of_each_kind_is_drawn():
    assert set(ONE_OF_EACH_KIND) == set(OF_ONE_TARGET)


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
    assert TASKS[trained.kind].format_score(trained.score()) in title
    assert "2,500 new points" in title


DRAWN_ON = ("dataset", "prediction", "loss", "score", "network", "error", "space")


@pytest.mark.parametrize("picture", [f"plot_{name}" for name in DRAWN_ON])
def test_a_given_axes_is_drawn_on_and_returned(trained, picture):
    ax = Figure().subplots()
    assert getattr(trained, picture)(ax) is ax


def test_diagnoses_are_drawn_on_given_axes_too(trained):
    of_classes = ("plot_calibration", "plot_roc", "plot_precision_recall")
    for picture in of_classes if trained.dataset.classes else ("plot_residuals",):
        ax = Figure().subplots()
        assert getattr(trained, picture)(ax) is ax


def test_pictures_leave_pyplot_and_its_settings_alone(trained):
    settings = dict(matplotlib.rcParams)
    trained.plot(seeds=2)
    trained.plot_dataset()
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == settings


def test_of_three_columns_the_two_that_tell_most_are_drawn():
    x = np.random.default_rng(0).normal(size=(80, 3))
    trainer = TrainFCNN((x, x[:, 0] - x[:, 2] > 0))
    ax = trainer.plot_dataset()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("feature 0", "feature 2")
    assert trainer.train(epochs=1).predict_grid().plane.features == (0, 2)
    assert trainer.plot(seeds=0).axes[0].get_xlabel().startswith("feature 0")


def test_axes_of_very_different_units_are_not_squeezed_into_a_line():
    x = np.random.default_rng(0).uniform(0, 1, (40, 2)) * (1, 1000)
    assert TrainFCNN((x, [0, 1] * 20)).plot_dataset().get_aspect() == "auto"


def test_the_same_prediction_may_be_drawn_twice(trained):
    grid = trained.predict_grid(n=51)
    first, second = (plot_prediction(grid, trained.dataset) for _ in range(2))
    np.testing.assert_array_equal(first.images[0].get_array(), second.images[0].get_array())


# markers


def outlines(ax):
    """What each point looks like."""
    (points,) = [part for part in ax.collections if type(part) is PathCollection]
    return [path.vertices.tobytes() for path in points.get_paths()]


@pytest.mark.parametrize("picture", ["plot_dataset", "plot_prediction"])
def test_every_class_has_a_marker_of_its_own(picture):
    trainer = TrainFCNN("quadrants", n_samples=50).train(epochs=1)
    seen, expected = outlines(getattr(trainer, picture)()), class_paths(4)
    assert seen == [expected[label].vertices.tobytes() for label in trainer.dataset.y]
    assert len(set(seen)) == 4


def test_every_point_of_a_thinned_prediction_keeps_marker_and_color_of_its_class():
    trainer = TrainFCNN("quadrants", n_samples=2500).train(epochs=1)
    points = trainer.plot_prediction().collections[-1]
    y, expected = trainer.dataset.y[::3], class_paths(4)
    np.testing.assert_array_equal(points.get_offsets(), trainer.dataset.x[::3])
    seen = [path.vertices.tobytes() for path in points.get_paths()]
    assert seen == [expected[label].vertices.tobytes() for label in y]
    colors = [to_rgb(CLASS_COLORS[label]) for label in y]
    np.testing.assert_allclose(points.get_facecolors()[:, :3], colors)


def test_two_features_are_drawn_of_many(iris):
    ax = iris.plot_dataset(features=(3, 1))
    (points,) = ax.collections
    np.testing.assert_array_equal(points.get_offsets(), iris.dataset.x[:, [3, 1]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("feature 3", "feature 1")


def test_a_prediction_over_two_features_of_many_says_where_the_others_are(iris):
    ax = iris.plot_prediction(features=(3, 1))
    assert ax.get_xlabel() == "feature 3, the others at their median"
    assert ax.get_ylabel() == "feature 1"
    np.testing.assert_array_equal(ax.collections[-1].get_offsets(), iris.dataset.x[:, [3, 1]])
    low, high = np.array(iris.dataset.domain.low), np.array(iris.dataset.domain.high)
    low, high = (1.25 * low - 0.25 * high)[[3, 1]], (1.25 * high - 0.25 * low)[[3, 1]]
    np.testing.assert_allclose(ax.axis(), (low[0], high[0], low[1], high[1]))


@pytest.mark.parametrize("features", [(2, 3), (3, 2), (0, 2)], ids=str)
def test_two_features_of_many_fill_the_picture_and_its_note_stays_in_it(iris, features):
    ax = iris.plot_prediction(features=features)
    ax.figure.draw_without_rendering()
    page, (note,) = ax.get_window_extent(), ax.texts
    assert 0.6 < page.height / page.width < 1.5
    assert page.x0 < note.get_window_extent().x0 < note.get_window_extent().x1 < page.x1


# errors


def an_error(name, n=20, answers=None):
    """The picture of an error of an untrained network, its grid, and the truth."""
    trainer = TrainFCNN(name, n_samples=20).train(epochs=0)
    grid = predict_grid(run_of(trainer.network, trainer.dataset), n)
    grid = grid if answers is None else replace(grid, values=answers(grid))
    truth = trainer.dataset.law.truth(*np.meshgrid(grid.x1, grid.x2))
    return plot_error(grid, truth), grid, truth


def one_hot(grid, classes):
    return np.eye(len(grid.classes))[classes]


def contours(ax):
    """Colour and vertices of each contour, dashed and solid apart."""
    found = {"--": [], "-": []}
    for part in ax.collections:
        if hasattr(part, "levels"):
            (dashes,) = {style[1] is not None for style in part.get_linestyles()}
            vertices = np.concatenate([path.vertices for path in part.get_paths()])
            found["--" if dashes else "-"].append((to_rgb(part.get_edgecolor()[0]), vertices))
    return found


@pytest.mark.parametrize("name", ["xor", "quadrants"])
def test_the_error_of_classes_is_the_probability_not_given_to_the_true_one(name):
    ax, grid, truth = an_error(name)
    image = ax.images[0].get_array()
    for i, j in np.ndindex(truth.shape):
        assert image[i, j] == pytest.approx(1 - grid.values[i, j, truth[i, j]])
    assert isinstance(ax.images[0].norm, LogNorm)
    assert ax.images[0].get_clim() == (LEAST_MISSED, 1)
    assert ax.child_axes[0].get_ylabel() == "probability not given to the true class"


def test_the_error_of_a_sure_and_right_answer_is_at_the_lower_end_of_the_scale():
    ax, *_ = an_error("xor", answers=lambda grid: one_hot(grid, np.zeros((20, 20), int)))
    image = ax.images[0].get_array()
    assert set(np.unique(image)) == {LEAST_MISSED, 1}
    np.testing.assert_array_equal(image[:10, 10:], LEAST_MISSED)


def test_the_truth_changes_at_a_dashed_line_and_the_decision_at_a_solid_one():
    def left_or_right(grid):
        """The wrong answer: class 1 where x1 > 1."""
        return one_hot(grid, np.tile((grid.x1 > 1).astype(int), (20, 1)))

    found = contours(an_error("and", answers=left_or_right)[0])
    ((color, truth),), ((solid, decision),) = found["--"], found["-"]
    assert (color, solid) == (to_rgb(FAINT), to_rgb(LINE))
    cell = 6 / 20
    assert (np.abs(truth).min(1) < cell).all()
    assert (truth > -cell).all()
    assert (np.abs(decision[:, 0] - 1) < cell).all()


def test_every_border_between_classes_is_dashed_and_none_where_there_is_none():
    assert len(contours(an_error("quadrants")[0])["--"]) == 3
    assert contours(an_error("prod")[0]) == {"--": [], "-": []}


def test_the_error_of_a_regression_is_the_prediction_minus_the_truth():
    ax, grid, truth = an_error("prod")
    np.testing.assert_allclose(ax.images[0].get_array(), grid.values - truth)
    assert ax.child_axes[0].get_ylabel() == "prediction - truth"


def far_off(grid):
    """The truth of 'prod', 0.1 too low inside and 7 too high outside."""
    truth = DATASETS["prod"].truth(*np.meshgrid(grid.x1, grid.x2))
    return truth + np.where(grid.inside, -0.1, 7.0)


def near(grid):
    return DATASETS["prod"].truth(*np.meshgrid(grid.x1, grid.x2)) - 0.1 * grid.inside


@pytest.mark.parametrize(("answers", "arrows"), [(far_off, 2), (near, 0)])
def test_the_scale_is_that_of_the_domain_and_the_bar_has_arrows_if_it_is_left(answers, arrows):
    ax, *_ = an_error("prod", answers=answers)
    assert ax.images[0].get_clim() == pytest.approx((-0.1, 0.1))
    assert len(ax.child_axes[0].patches) == arrows


def test_the_title_says_the_size_of_errors_inside_and_outside():
    assert an_error("prod", answers=far_off)[0].get_title() == "RMSE 0.1 inside, 7 outside"
    ax, *_ = an_error("xor", answers=lambda grid: one_hot(grid, 1 - grid.inside.astype(int)))
    assert ax.get_title() == "50.0% right inside, 50.0% right outside"


@pytest.mark.parametrize("name", ["circles", "and", "polynom"])
def test_the_figures_of_the_title_are_those_of_scikit_learn(name):
    ax, grid, truth = an_error(name)
    parts = {"inside": np.ones_like(truth, bool), "outside": None}
    low, high = grid.plane.domain.low, grid.plane.domain.high
    x1, x2 = np.meshgrid(grid.x1, grid.x2)
    inside = (x1 >= low[0]) & (x1 <= high[0]) & (x2 >= low[1]) & (x2 <= high[1])
    parts = {"inside": inside, "outside": ~inside}
    if grid.classes:
        right = grid.values.argmax(-1)
        told = [
            f"{TASKS[grid.kind].format_score(metrics.accuracy_score(truth[m], right[m]))} right {k}"
            for k, m in parts.items()
        ]
        assert ax.get_title() == ", ".join(told)
    else:
        squares = {
            k: metrics.mean_squared_error(truth[m], grid.values[m]) for k, m in parts.items()
        }
        told = [f"{square**0.5:.2g} {k}" for k, square in squares.items()]
        assert ax.get_title() == f"RMSE {', '.join(told)}"


def test_without_a_margin_there_is_no_outside_to_tell_of():
    trainer = TrainFCNN("xor", n_samples=20).train(epochs=0)
    grid = trainer.predict_grid(20, margin=0)
    truth = trainer.dataset.law.truth(*np.meshgrid(grid.x1, grid.x2))
    assert "outside" not in plot_error(grid, truth).get_title()
    assert plot_error(grid, truth, title="what").get_title() == "what"


def test_the_sampled_domain_is_framed(trained):
    ax = trained.plot_error()
    (frame,) = ax.patches
    assert frame.get_bbox().bounds == (-2, -2, 4, 4)
    assert not frame.get_fill()
    assert [text.get_text() for text in ax.texts] == ["framed: the domain"]
    assert ax.axis() == pytest.approx((-3, 3, -3, 3))


@pytest.mark.parametrize(
    "picture", ["plot_dataset", "plot_prediction", "plot_loss", "plot_score", "plot_error"]
)
def test_on_a_dark_background_no_text_that_stands_on_it_is_dark(trained, picture):
    with looks.context("dark_background"):
        ax = getattr(trained, picture)()
        texts = [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels()]
        texts += [t for bar in ax.child_axes for t in (bar.yaxis.label, *bar.get_yticklabels())]
        colors = [text.get_color() for text in texts] + [line.get_color() for line in ax.lines]
        notes = {text.get_bbox_patch().get_facecolor()[:3] for text in ax.texts}
    assert min(sum(to_rgb(color)) for color in colors) > 1
    assert notes <= {(1, 1, 1)}  # they bring a light ground of their own


@pytest.mark.parametrize("name", ["spiral", "moons", "blobs", "gauss"])
def test_errors_are_told_where_points_are_drawn(name):
    trainer = TrainFCNN(name).train(epochs=3)
    exact = TASKS[trainer.kind].format_score(trainer.exact_score())
    assert trainer.plot_error().get_title() == f"accuracy {exact} where points are drawn"


def test_what_diverged_is_called_so():
    trainer = TrainFCNN("quadrants", n_samples=50)
    with pytest.warns(RuntimeWarning, match="diverged"):
        trainer.train(epochs=40, optimizer="sgd", lr=1e30, schedule="constant")
    assert trainer.plot_prediction().get_title() == "quadrants: diverged"
    assert trainer.plot_error().get_title() == "diverged"
