"""All there is to see of a training, in one figure with room for it."""

from itertools import combinations

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib import style as looks
from matplotlib.text import Text
from parametrized import OF_ONE_TARGET
from pictures import ONE_OF_EACH_KIND, assert_nothing_is_clipped_or_overlaps
from sources import UNTESTED
from sources import trained as trained_on

from trainfcnn import DATASETS, TASKS, TrainFCNN
from trainfcnn.analysis.judged import constant_score
from trainfcnn.analysis.seeds import OtherSeeds
from trainfcnn.plotting.seeds import plot_loss_among, plot_scores_of_seeds
from trainfcnn.plotting.style import BLUE, OVERVIEW_SIZE

DIVERGED = {"lr": 1e9, "optimizer": "sgd", "epochs": 5}


def panels(figure):
    return {ax.get_label(): ax for ax in figure.axes}


def words(figure):
    return "\n".join(text.get_text() for text in figure.texts)


def texts_of(ax):
    """All that is written on axes and beside them; ticks out of sight are there, but not drawn."""
    texts = [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
        texts += [label for place, label in ticks if low <= place <= high]
    return texts + [text for beside in ax.child_axes for text in texts_of(beside)]


def assert_no_text_is_cut_or_runs_into_another(figure):
    """Hold every text against the page, and against all others."""
    figure.draw_without_rendering()
    texts = list(figure.texts)  # the headline is one of them
    texts += [text for legend in figure.legends for text in legend.get_texts()]
    texts += [text for ax in figure.axes for text in texts_of(ax)]
    boxes = [(text.get_window_extent(), text.get_text()) for text in texts if text.get_text()]
    page = figure.bbox
    for box, text in boxes:
        assert min(box.x0 - page.x0, page.x1 - box.x1) >= 0, text
        assert min(box.y0 - page.y0, page.y1 - box.y1) >= 0, text
    for (one, its), (other, others) in combinations(boxes, 2):
        wide = min(one.x1, other.x1) - max(one.x0, other.x0)
        high = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert wide < 1 or high < 1, (its, others)


@pytest.fixture(scope="module")
def drawn(trained):
    return trained.plot(seeds=3)


def test_the_overview_has_plane_network_loss_and_the_scores_of_seeds(trained, drawn):
    bar = ["colours"] if trained.kind == "regression" else []
    assert list(panels(drawn)) == ["plane", *bar, "network", "loss", "seeds"]
    assert drawn.texts[-1].get_text() == repr(trained)
    assert tuple(drawn.get_size_inches()) == OVERVIEW_SIZE


def test_the_headline_is_the_score_on_new_points_a_constant_answers_and_other_seeds(trained, drawn):
    score = trained.run.task.format_score
    others = OtherSeeds.of(trained.run, 3).scores
    assert score(trained.score()) in drawn.get_suptitle()
    assert f"{len(trained.dataset.x_test):,} new points" in drawn.get_suptitle()
    constant = round(constant_score(trained.run), 4) + 0.0
    expected = f"a constant answer: {score(constant)}; 3 other seeds: {score(min(others))}"
    assert expected in words(drawn)


def test_all_text_is_at_least_eight_points(drawn):
    drawn.draw_without_rendering()
    assert min(text.get_fontsize() for text in drawn.findobj(Text) if text.get_text()) == 8


def test_new_points_are_large_training_points_small_and_misses_ringed():
    x = np.random.default_rng(0).normal(size=(300, 2))
    trainer = TrainFCNN((x, x[:, 0] * x[:, 1] > 0)).train(epochs=3)
    figure = trainer.plot(seeds=0)
    plane = panels(figure)["plane"]
    dataset = trainer.dataset
    known, known_rings, new, new_rings = plane.collections[-4:]
    assert known.get_sizes()[0] < new.get_sizes()[0]
    np.testing.assert_allclose(known.get_offsets(), dataset.x)
    np.testing.assert_allclose(new.get_offsets(), dataset.x_test)
    for rings, x, y in (
        (known_rings, dataset.x, dataset.y),
        (new_rings, dataset.x_test, dataset.y_test),
    ):
        np.testing.assert_allclose(rings.get_offsets(), x[trainer.predict(x) != (y == 1)])
    n_new = len(new_rings.get_offsets())
    total = n_new + len(known_rings.get_offsets())
    assert f"ringed: {total} missed ({n_new} of them new)" in words(figure)


def test_of_many_points_it_is_said_how_many_are_drawn():
    figure = TrainFCNN("xor", n_samples=5000, noise=1.0).train(epochs=1).plot(seeds=0)
    assert " of 5,000 training points" in words(figure)
    assert "ringed: " in words(figure)
    assert len(figure.axes[0].collections[-1].get_offsets()) <= 150


def test_extrapolation_is_faded_and_not_hatched(drawn):
    (ring,) = panels(drawn)["plane"].patches
    assert ring.get_hatch() is None
    assert 0 < ring.get_facecolor()[3] < 1


def test_the_loss_is_one_line_among_those_of_the_others(trained):
    others = OtherSeeds.of(trained.run, 3)
    *grey, own = plot_loss_among(trained.history, others).lines
    np.testing.assert_array_equal(own.get_ydata(), trained.history.loss)
    np.testing.assert_array_equal([line.get_ydata() for line in grey], others.losses)
    assert own.get_color() == BLUE
    assert max(line.get_linewidth() for line in grey) < own.get_linewidth()


def test_the_histogram_counts_the_others_and_marks_this_one(trained):
    others = OtherSeeds.of(trained.run, 5)
    score = trained.score()
    ax = plot_scores_of_seeds(score, others, trained.run.task)
    assert sum(bar.get_height() for bar in ax.patches) == 5
    assert ax.lines[0].get_xdata()[0] == score
    better = int((others.scores > score).sum())
    assert ax.get_title().startswith(f"{better} of 5 better")


def test_seeds_that_are_all_alike_make_one_bar_in_the_middle():
    task = TASKS["binary"]
    ax = plot_scores_of_seeds(1.0, OtherSeeds(np.ones((3, 1)), np.ones(3)), task)
    (bar,) = [one for one in ax.patches if one.get_height()]
    assert bar.get_height() == 3
    assert bar.get_x() < 1 < bar.get_x() + bar.get_width()
    assert ax.get_title() == "0 of 3 better, 3 tie"
    assert list(ax.get_xticks()) == [1.0]


def test_those_that_diverged_are_counted_apart(trained):
    scores = np.array([0.5, np.nan, np.nan])
    others = OtherSeeds(np.full((3, 1), np.nan), scores)
    ax = plot_scores_of_seeds(0.4, others, trained.run.task)
    assert sum(bar.get_height() for bar in ax.patches) == 1
    assert ax.get_title() == "1 of 3 better"


def test_with_zero_seeds_the_others_are_left_out(trained):
    figure = trained.plot(seeds=0)
    assert "seeds" not in panels(figure)
    assert "other seed" not in words(figure)
    assert len(panels(figure)["loss"].lines) == 1


def test_the_same_run_gives_the_same_picture(trained):
    assert words(trained.plot(seeds=3)) == words(trained.plot(seeds=3))


def test_without_a_test_sample_it_says_so():
    figure = TrainFCNN(UNTESTED).train(dims=[6], epochs=3).plot(seeds=2)
    assert "nothing was held out" in words(figure)
    assert "seeds" not in panels(figure)
    assert "constant answer" not in words(figure)
    assert_nothing_is_clipped_or_overlaps(figure)


@pytest.mark.parametrize("name", OF_ONE_TARGET)
def test_a_training_that_diverged_says_so(name):
    trainer = TrainFCNN(ONE_OF_EACH_KIND[name], n_samples=200)
    with pytest.warns(RuntimeWarning, match="diverged"):
        trainer.train(**DIVERGED)
    figure = trainer.plot(seeds=2)
    figure.draw_without_rendering()
    assert "diverged" in figure.get_suptitle()
    assert "try a lower lr than 1e+09" in words(figure)


def test_no_label_is_clipped_and_no_panels_overlap(drawn):
    assert_nothing_is_clipped_or_overlaps(drawn)


def long_names():
    names = np.array(["Iris versicolor of Québec", "Iris virginica of Florida", "Iris setosa of A"])
    x = np.random.default_rng(0).normal(size=(90, 2))
    return TrainFCNN((x, names[np.arange(90) % 3])).train(epochs=2)


def large_targets():
    x = np.random.default_rng(0).normal(size=(80, 2))
    return TrainFCNN((x, 1e5 + 1e4 * x[:, 0])).train(epochs=2)


CASES = {
    "xor": lambda: trained_on("xor"),
    "long names": long_names,
    "large targets": large_targets,
    "three columns": lambda: trained_on("three_columns"),
    "curve": lambda: TrainFCNN(lambda x: x > 0).train(epochs=2),
    "digits": lambda: TrainFCNN("digits").train(dims=[16], epochs=2),
}


@pytest.mark.parametrize("look", ["default", "dark_background", "16 points"])
@pytest.mark.parametrize("case", CASES)
def test_no_text_is_cut_or_runs_into_another(case, look):
    settings = {"font.size": 16} if look == "16 points" else look
    with looks.context(settings):
        assert_no_text_is_cut_or_runs_into_another(CASES[case]().plot(seeds=2))


def test_where_text_is_larger_all_is_larger(trained):
    with matplotlib.rc_context({"font.size": 20}):
        figure = trained.plot(seeds=0)
    np.testing.assert_allclose(figure.get_size_inches(), 2 * np.array(OVERVIEW_SIZE))
    assert figure.texts[-1].get_fontsize() == 16


@pytest.mark.parametrize("name", DATASETS)
def test_the_overview_of_every_data_set_has_room_for_all_labels(name):
    assert_nothing_is_clipped_or_overlaps(
        TrainFCNN(name, n_samples=100).train(epochs=2).plot(seeds=2)
    )


def test_long_names_of_classes_have_room_too():
    y = np.repeat(["Iris-versicolor", "Iris-virginica"], 40)
    trainer = TrainFCNN((np.random.default_rng(0).normal(size=(80, 2)), y)).train(epochs=2)
    assert_nothing_is_clipped_or_overlaps(trainer.plot(seeds=2))


def test_large_targets_have_room_too():
    x = np.random.default_rng(0).normal(size=(80, 2))
    assert_nothing_is_clipped_or_overlaps(
        TrainFCNN((x, 1e4 * x[:, 0])).train(epochs=2).plot(seeds=2)
    )


def test_the_overview_takes_two_features_of_many(iris):
    figure = iris.plot(features=(2, 3), seeds=2)
    plane = panels(figure)["plane"]
    assert plane.get_xlabel() == "feature 2, the others at their median"
    assert plane.get_ylabel() == "feature 3"
    assert_nothing_is_clipped_or_overlaps(figure)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        *((source, np.nan) for source in (*OF_ONE_TARGET, "own classes", "own values")),
        *(("prod", np.inf), ("xor", 1e38)),
    ],
)
def test_a_network_that_diverged_has_an_overview_all_the_same(source, value):
    x = np.random.default_rng(0).normal(size=(40, 2))
    own = {"own classes": (x, x[:, 0] > 0), "own values": (x, x[:, 0])}
    given = own.get(source) or ONE_OF_EACH_KIND.get(source, source)
    trainer = TrainFCNN(given).train(dims=[2], epochs=1)
    with torch.no_grad():
        for parameter in trainer.network.parameters():
            parameter.fill_(value)
    trainer.plot(seeds=2).draw_without_rendering()


def test_a_dollar_in_the_name_of_a_class_is_no_mathematics():
    y = np.repeat(["$x_$", "a$b_c$"], 40)
    trainer = TrainFCNN((np.random.default_rng(0).normal(size=(80, 2)), y)).train(epochs=2)
    figure = trainer.plot(seeds=0)
    figure.draw_without_rendering()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [r"\$x_\$", r"a\$b_c\$"]


def test_a_layout_that_a_user_prefers_leaves_the_overview_alone(trained):
    with matplotlib.rc_context({"figure.constrained_layout.use": True}):
        assert_nothing_is_clipped_or_overlaps(trained.plot(seeds=2))
