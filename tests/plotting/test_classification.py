"""What pictures of a diagnosis show, read off their artists."""

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from pictures import assert_is_not_clipped, assert_texts_are_light_on_a_dark_background

from trainfcnn import TrainFCNN
from trainfcnn.analysis.classification import Calibration
from trainfcnn.analysis.separation import (
    PrecisionRecall,
    Roc,
    precision_recall_curves,
    roc_curves,
)
from trainfcnn.analysis.success import SuccessRate
from trainfcnn.plotting.classification import (
    WORST,
    plot_calibration,
    plot_confusion,
)
from trainfcnn.plotting.style import CLASS_COLORS


def calibration(probabilities, y, n_bins=10, ax=None):
    return plot_calibration(Calibration.from_predictions(probabilities, y, n_bins), ax)


def plot_roc(probabilities, y, classes, ax=None):
    return Roc.from_predictions(probabilities, y, classes).plot(ax)


def plot_precision_recall(probabilities, y, classes, ax=None):
    return PrecisionRecall.from_predictions(probabilities, y, classes).plot(ax)


AGAINST_THE_REST = {plot_roc: roc_curves, plot_precision_recall: precision_recall_curves}


def some_guesses(n=400, n_classes=4, present=None, seed=0):
    """Probabilities (n, n_classes) that tell later classes better, and the truth."""
    generator = np.random.default_rng(seed)
    y = generator.choice(np.arange(n_classes) if present is None else present, n)
    scores = generator.normal(size=(n, n_classes))
    scores[np.arange(n), y] += np.linspace(0.5, 3, n_classes)[y]
    weights = np.exp(2 * scores)
    return weights / weights.sum(1, keepdims=True), y


def names(n_classes):
    return tuple(f"class {k}" for k in range(n_classes))


PICTURES = {
    "calibration": lambda ax=None: plot_calibration(
        Calibration.from_predictions(*some_guesses()), ax
    ),
    "many bins": lambda ax=None: plot_calibration(
        Calibration.from_predictions(*some_guesses(), 20), ax
    ),
    "ROC": lambda ax=None: plot_roc(*some_guesses(), names(4), ax),
    "ROC of many": lambda ax=None: plot_roc(*some_guesses(n_classes=26), names(26), ax),
    "precision": lambda ax=None: plot_precision_recall(*some_guesses(), names(4), ax),
    "long names": lambda ax=None: plot_precision_recall(
        *some_guesses(), ["ham & eggs" * 9] * 4, ax
    ),
}


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


# all of them


@pytest.mark.parametrize("name", PICTURES)
def test_a_given_axes_is_drawn_on_and_returned(name):
    ax = Figure().subplots()
    assert PICTURES[name](ax) is ax


@pytest.mark.parametrize("name", PICTURES)
def test_axes_have_names_and_a_title(name):
    ax = PICTURES[name]()
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title()


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_clipped(name):
    assert_is_not_clipped(PICTURES[name]())


@pytest.mark.parametrize("name", PICTURES)
def test_on_a_dark_background_no_text_is_dark(name):
    assert_texts_are_light_on_a_dark_background(PICTURES[name])


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_leave_pyplot_and_its_settings_alone(name):
    settings = dict(mpl.rcParams)
    PICTURES[name]()
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == settings


# calibration


def test_accuracy_stands_over_confidence_where_a_bin_has_samples():
    found = Calibration.from_predictions(*some_guesses(n=40), n_bins=12)
    ax, filled = plot_calibration(found), found.counts > 0
    assert 0 < filled.sum() < 12
    (container,) = ax.containers
    expected = np.stack([found.confidence, found.accuracy], 1)[filled]
    np.testing.assert_array_equal(container.lines[0].get_xydata(), expected)


def test_bars_are_the_wilson_interval_of_each_accuracy():
    found = Calibration.from_predictions(*some_guesses(), n_bins=5)
    (container,) = plot_calibration(found).containers
    (bars,) = [part for part in container.lines[2] if isinstance(part, LineCollection)]
    ends = [sorted(path[:, 1]) for path in bars.get_segments()]
    pairs = zip(found.accuracy, found.counts, strict=True)
    expected = [SuccessRate(round(a * n), n).interval for a, n in pairs if n]
    np.testing.assert_allclose(ends, expected)


def test_the_diagonal_is_perfect():
    diagonal = line(calibration(*some_guesses()), "perfectly calibrated")
    np.testing.assert_array_equal(*diagonal.get_data())
    assert diagonal.get_linestyle() == "--"


def test_a_strip_above_has_a_bar_of_each_count_and_its_number():
    found = Calibration.from_predictions(*some_guesses(n=3000))
    ax = plot_calibration(found)
    (strip,) = ax.child_axes
    assert [bar.get_height() for bar in strip.patches] == found.counts.tolist()
    assert [bar.get_x() for bar in strip.patches] == pytest.approx(found.edges[:-1])
    assert [text.get_text() for text in strip.texts] == [f"{n:,}" for n in found.counts]
    assert strip.get_xlim() == ax.get_xlim()
    ax.figure.draw_without_rendering()
    assert strip.get_window_extent().y0 > ax.get_window_extent().y1


def test_the_numbers_of_a_strip_do_not_overlap_one_another_or_the_title():
    ax = plot_calibration(Calibration.from_predictions(*some_guesses(n=60_000), n_bins=12))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.child_axes[0].texts] + [
        ax.title.get_window_extent()
    ]
    assert not [k for k, box in enumerate(boxes) if any(map(box.overlaps, boxes[k + 1 :]))]


def test_of_many_bins_only_the_largest_count_is_told():
    found = Calibration.from_predictions(*some_guesses(n=3000), n_bins=40)
    (strip,) = plot_calibration(found).child_axes
    assert not strip.texts
    told = [label.get_text() for label in strip.get_yticklabels()]
    assert told == ["0", f"{found.counts.max():,}"]


def test_the_title_says_the_calibration_error_and_on_how_many_points():
    probabilities = np.tile([0.25, 0.75], (2500, 1))
    ax = plot_calibration(Calibration.from_predictions(probabilities, np.ones(2500, int)))
    assert ax.get_title() == "calibration error 25.0% on 2,500 points"


@given(seed=st.integers(0, 99), n=st.integers(1, 60), n_bins=st.integers(1, 15))
def test_every_interval_is_in_view(seed, n, n_bins):
    found = Calibration.from_predictions(*some_guesses(n=n, n_classes=3, seed=seed), n_bins)
    ax = plot_calibration(found)
    (container,) = ax.containers
    ends = np.concatenate(container.lines[2][0].get_segments())
    assert ax.get_ylim()[0] < ends[:, 1].min()
    assert ends[:, 1].max() < ax.get_ylim()[1]
    assert ax.get_xlim()[0] < ends[:, 0].min() <= ends[:, 0].max() < ax.get_xlim()[1]


# one class against the rest


@pytest.mark.parametrize("plot", AGAINST_THE_REST)
def test_every_class_has_its_curve_with_its_name_area_and_color(plot):
    case = some_guesses()
    ax = plot(*case, names(4))
    for k, curve in enumerate(AGAINST_THE_REST[plot](*case)):
        found = line(ax, f"class {k}: {curve.area:.3f}")
        np.testing.assert_array_equal(found.get_xydata(), np.stack([curve.x, curve.y], 1))
        assert to_hex(found.get_color()).upper() == CLASS_COLORS[k].upper()


@pytest.mark.parametrize("plot", AGAINST_THE_REST)
def test_of_two_classes_the_second_has_the_only_curve(plot):
    case = some_guesses(n_classes=2)
    ax = plot(*case, ("ham", "spam"))
    area = AGAINST_THE_REST[plot](*case)[1].area
    assert len(legend(ax)) == 2
    assert legend(ax)[1] == f"spam: {area:.3f}"
    assert f"{area:.3f} on 400 points" in ax.get_title()
    assert "mean" not in ax.get_title()
    assert to_hex(line(ax, legend(ax)[1]).get_color()).upper() == CLASS_COLORS[1].upper()


@pytest.mark.parametrize("plot", AGAINST_THE_REST)
@pytest.mark.parametrize("n_classes", [4, 8, 10])
def test_up_to_ten_curves_can_be_told_apart_without_color(plot, n_classes):
    ax = plot(*some_guesses(n_classes=n_classes), names(n_classes))
    curves = [found for found in ax.lines if found.get_label().startswith("class")]
    # the dashes of a line that are not a named style are known to this attribute only
    ways = {(str(found._unscaled_dash_pattern), found.get_linewidth()) for found in curves}
    assert len(ways) == len(curves) == n_classes


@pytest.mark.parametrize("plot", AGAINST_THE_REST)
def test_of_more_than_ten_classes_the_worst_are_named_and_the_others_faint(plot):
    case = some_guesses(n=2000, n_classes=14)
    ax = plot(*case, names(14))
    areas = [curve.area for curve in AGAINST_THE_REST[plot](*case)]
    worst = np.argsort(areas)[:WORST]
    assert legend(ax)[2:] == [f"class {k}: {areas[k]:.3f}" for k in worst]
    assert legend(ax)[1] == "8 others"
    faint = [found for found in ax.lines if found.get_alpha()]
    assert len(faint) == 8
    assert max(found.get_linewidth() for found in faint) < 1


@pytest.mark.parametrize("plot", AGAINST_THE_REST)
def test_a_class_without_samples_is_named_and_has_no_curve(plot):
    ax = plot(*some_guesses(n_classes=3, present=[0, 2]), ("ham", "eggs", "spam"))
    assert legend(ax)[-1] == "eggs: no samples"
    assert not len(line(ax, "eggs: no samples").get_xdata())
    assert "of 2 classes on 400 points" in ax.get_title()


@pytest.mark.parametrize("plot", AGAINST_THE_REST)
def test_of_one_class_alone_there_is_no_curve(plot):
    ax = plot(*some_guesses(n_classes=3, present=[1]), ("ham", "eggs", "spam"))
    expected = ["ham: no samples", "eggs: no others", "spam: no samples"]
    assert legend(ax)[-3:] == expected
    assert ax.get_title() == "no curve: one class only in 400 points"
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("plot", AGAINST_THE_REST)
def test_of_many_classes_those_without_a_curve_are_counted(plot):
    ax = plot(*some_guesses(n_classes=14, present=[0, 1, 2]), names(14))
    assert legend(ax)[-1] == "11 without a curve"
    assert len([label for label in legend(ax) if label.startswith("class")]) == 3


def test_chance_is_the_diagonal_of_a_roc_and_the_share_of_the_class_in_precision():
    probabilities, y = some_guesses(n_classes=2)
    np.testing.assert_array_equal(
        *line(plot_roc(probabilities, y, names(2)), "chance: 0.5").get_data()
    )
    (chance, _) = plot_precision_recall(probabilities, y, names(2)).lines
    assert chance.get_ydata() == pytest.approx([y.mean()] * 2)
    assert chance.get_label() == f"chance: {y.mean():#.2g}"


def test_classes_that_differ_in_size_have_a_chance_from_the_least_to_the_greatest_share():
    probabilities, y = some_guesses(n_classes=4, present=[0, 0, 0, 1, 2])
    ax = plot_precision_recall(probabilities, y, names(4))
    low, *_, high = np.sort(np.bincount(y)) / len(y)
    assert [found.get_ydata()[0] for found in ax.lines[:2]] == pytest.approx([low, high])
    assert legend(ax)[0] == f"chance: {low:#.2g} to {high:#.2g}"


def test_precision_is_drawn_in_steps_whose_area_is_the_one_told():
    case = some_guesses(n=30)
    ax = plot_precision_recall(*case, names(4))
    curves = [found for found in ax.lines if found.get_label().startswith("class")]
    for found in curves:
        assert found.get_drawstyle() == "steps-post"
        x, y = found.get_data()
        assert found.get_label().endswith(f": {(-np.diff(x) * y[:-1]).sum():.3f}")


@pytest.mark.parametrize("plot", AGAINST_THE_REST)
def test_only_a_perfect_area_is_called_one(plot):
    y = np.repeat([0, 1], 5000)
    second = np.linspace(0, 1, 10_000)
    perfect = plot(np.stack([1 - second, second], 1), y, names(2))
    assert legend(perfect)[1] == "class 1: 1.000"
    y[[4999, 5000]] = y[[5000, 4999]]
    nearly = plot(np.stack([1 - second, second], 1), y, names(2))
    assert legend(nearly)[1] == "class 1: >0.999"


@pytest.mark.parametrize("plot", AGAINST_THE_REST)
def test_there_are_as_many_names_as_columns(plot):
    with pytest.raises(ValueError, match=r"classes must name all 4 columns .* got 3 names: use"):
        plot(*some_guesses(), names(3))


@pytest.mark.parametrize("plot", AGAINST_THE_REST)
def test_a_curve_at_the_edge_is_in_view(plot):
    ax = plot(np.eye(2)[[0, 1, 1]], [0, 1, 1], names(2))
    assert ax.get_xlim()[0] < 0 < 1 < ax.get_xlim()[1]
    assert ax.get_ylim()[0] < 0 < 1 < ax.get_ylim()[1]


def test_long_names_are_shortened():
    ax = plot_roc(*some_guesses(n_classes=2), ("ham", "spam and eggs and ham"))
    assert legend(ax)[1].startswith("spam and eg…: ")


# of trained networks


@pytest.mark.parametrize("name", ["xor", "quadrants"])
def test_a_trained_classifier_is_drawn(name):
    trainer = TrainFCNN(name, n_samples=200, noise=0.3).train(dims=[4], epochs=3)
    data = trainer.dataset
    probabilities = trainer.predict_proba(data.x_test)
    plot_calibration(
        Calibration.from_predictions(probabilities, data.y_test)
    ).figure.draw_without_rendering()
    for plot in AGAINST_THE_REST:
        plot(probabilities, data.y_test, data.classes).figure.draw_without_rendering()


# confusion


@pytest.mark.parametrize(("inches", "expected"), [(5, {"7", "9", "1234", "5"}), (0.5, {"7", "9"})])
def test_counts_are_written_where_the_largest_of_their_kind_fits(inches, expected, monkeypatch):
    figure = Figure(figsize=(inches, inches))
    ax = plot_confusion(np.array([[1234, 7], [9, 5]]), ("a", "b"), figure.subplots())
    ax.set(xticks=[], yticks=[], xlabel="", ylabel="", title="")
    drawn = set()
    monkeypatch.setattr(Text, "draw", lambda text, renderer: drawn.add(text.get_text()))
    figure.draw_without_rendering()
    assert drawn - {""} == expected


@pytest.mark.parametrize(("n_classes", "numbers"), [(20, 20), (21, 0)])
def test_up_to_twenty_classes_have_their_counts_written_in(n_classes, numbers):
    ax = plot_confusion(7 * np.eye(n_classes, dtype=np.int64), names(n_classes))
    assert [text.get_text() for text in ax.texts] == ["7"] * numbers
