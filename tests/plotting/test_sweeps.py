"""What the pictures of sweeps show, read off their artists."""

from dataclasses import replace
from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from sweep_pictures import RATES, a_column, labels

from trainfcnn import TASKS, sweep
from trainfcnn.analysis.prediction import predict_grid
from trainfcnn.plotting.style import FAINT, LINE, PAPER, SKY
from trainfcnn.plotting.sweeps import (
    MOST_CURVES,
    plot_losses,
    plot_medians,
    plot_scores,
)

DRAW = {
    "plot_parallel": {},
    "plot_scores": {"x": "lr"},
    "plot_scores of two": {"x": "lr", "y": "dims"},
    "plot_success": {"at_least": 0.9},
    "plot_losses": {},
}


def draw(found, picture, **more):
    return getattr(found, picture.split()[0])(**DRAW[picture], **more)


@pytest.mark.parametrize("picture", DRAW)
def test_every_picture_is_drawn_on_one_axes_and_says_so(found, picture):
    with pytest.raises(TypeError, match=r"^ax must be one Axes .* take one, ax\[0\]$"):
        draw(found, picture, ax=Figure().subplots(1, 2))


# score against one setting or two


def test_the_band_has_median_quartiles_and_ends(found):
    ax = found.plot_scores("lr")
    parts = [part.quantiles() for part in found._split("lr").values()]
    told = dict(zip(RATES, parts, strict=True))
    (median,) = ax.lines
    np.testing.assert_allclose(median.get_xydata(), [(rate, q[2]) for rate, q in told.items()])
    for band, (low, high) in zip(ax.collections, ((0, 4), (1, 3)), strict=True):
        corners = {tuple(point) for point in band.get_paths()[0].vertices.round(9).tolist()}
        expected = {(rate, round(q[end], 9)) for rate, q in told.items() for end in (low, high)}
        assert expected <= corners
    assert ax.get_xscale() == "log"
    assert labels(ax.xaxis) == ["0.001", "0.01", "0.1"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("lr", "accuracy")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "all", "quartiles", "median",
    ]  # fmt: skip


def test_names_stand_evenly_along_the_axis(found):
    ax = found.plot_scores("dims", of="test_score")
    assert labels(ax.xaxis) == ["2", "6-6"]
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0, 1])
    assert ax.get_xscale() == "linear"
    assert ax.get_ylabel() == "test accuracy"


def test_many_long_names_stand_upright():
    names = [f"activation {index}" for index in range(9)]
    ax = plot_scores("xor", "activation", names, a_column(np.linspace(0.5, 1, 9)))
    assert labels(ax.xaxis) == names
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {90}


def test_losses_that_span_a_decade_are_on_a_log_scale():
    ax = plot_scores("xor", "lr", [1, 2], a_column([0.01, 1], of="loss"))
    assert ax.get_yscale() == "log"
    assert ax.get_title().endswith("best median 0.01 with lr 1")


def test_a_single_value_has_its_quartiles_too():
    ax = plot_scores("xor", "lr", [0.1] * 5, a_column([0.1, 0.2, 0.3, 0.4, 0.5]))
    upright = [c.get_segments()[0] for c in ax.collections if hasattr(c, "get_segments")]
    np.testing.assert_allclose(upright, [[(0.1, 0.1), (0.1, 0.5)], [(0.1, 0.2), (0.1, 0.4)]])


def test_the_heat_map_holds_and_writes_the_medians(found):
    ax = found.plot_scores("lr", "dims")
    shown = ax.images[0].get_array()
    for row, dims in enumerate(((2,), (6, 6))):
        for place, rate in enumerate(RATES):
            scores = [
                row["score"]
                for run, row in zip(found.runs, found.rows, strict=True)
                if (run.recipe.dims, run.recipe.lr) == (dims, rate)
            ]
            assert shown[row, place] == pytest.approx(np.median(scores))
            (text,) = [t for t in ax.texts if t.get_position() == (place, row)]
            assert text.get_text() == TASKS["binary"].format_score(np.median(scores))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("lr", "dims")
    assert (labels(ax.xaxis), labels(ax.yaxis)) == (["0.001", "0.01", "0.1"], ["2", "6-6"])
    assert ax.get_ylim() == (-0.5, 1.5)
    assert ax.child_axes[0].get_ylabel() == "median accuracy"


def test_numbers_are_dark_on_pale_cells_and_white_on_dark_ones():
    settings = {"lr": [1, 2], "dims": ["2", "2"]}
    texts = plot_medians("xor", settings, a_column([0.5, 0.9])).texts
    assert [text.get_color() for text in texts] == [LINE, PAPER]


def test_a_cell_without_a_network_is_left_empty():
    settings = {"lr": [1, 2, 1], "dims": ["2", "2", "4"]}
    ax = plot_medians("xor", settings, a_column([0.5, 0.9, 0.7]))
    assert ax.images[0].get_array().mask.tolist() == [[False, False], [False, True]]
    assert len(ax.texts) == 3


def test_a_large_heat_map_has_no_numbers():
    n = 50
    settings = {"lr": list(range(n)), "dims": ["2"] * n}
    assert not plot_medians("xor", settings, a_column(np.linspace(0.5, 0.9, n))).texts


def test_a_heat_map_says_the_true_least_and_which_cells_diverged():
    settings = {"lr": [1, 2, 3], "dims": ["2", "2", "2"]}
    values = a_column([-0.5, 0.5, -np.inf], kind="regression")
    ax = plot_medians("prod", settings, values)
    assert [text.get_text() for text in ax.texts] == ["-0.5000", "0.5000", "diverged"]
    assert "grey: half or more diverged" in ax.get_title()
    assert ax.images[0].get_clim() == (0, 0.5)
    assert ax.images[1].get_array().mask.tolist() == [[True, True, False]]


# success


def test_error_bars_end_where_the_interval_does(found):
    ax, rates = found.plot_success(0.7), found.success_rates(0.7, "dims")
    (container,) = [c for c in ax.containers if isinstance(c, ErrorbarContainer)]
    points, _, (upright,) = container
    np.testing.assert_allclose(
        points.get_xydata(), [(i, float(r)) for i, r in enumerate(rates.values())]
    )
    for segment, rate in zip(upright.get_segments(), rates.values(), strict=True):
        np.testing.assert_allclose(segment[:, 1], rate.interval, atol=1e-9)
    assert labels(ax.xaxis) == [f"{dims}\n{rate.successes}/18" for dims, rate in rates.items()]
    assert ax.get_xlabel() == "dims, and how many succeed"
    low, high = ax.get_ylim()
    assert low < 0 < 1 < high


def test_success_may_be_against_any_field(found):
    ax = found.plot_success(0.7, by="lr")
    assert ax.get_xscale() == "log"
    assert labels(ax.xaxis)[0].startswith("0.001\n")


@pytest.mark.parametrize(("at_least", "share"), [(0.0, "100%"), (1.0, "0%")])
def test_all_and_none_have_intervals_too(found, at_least, share):
    assert found.quantiles("score", [1])[0] < 1
    title = found.plot_success(at_least).get_title()
    assert title == f"xor: {share} of 36 networks reach {100 * at_least:g}% accuracy"


# losses


def test_every_curve_the_median_and_the_quartiles_are_drawn(found):
    ax, losses = found.plot_losses(), np.array([o.history.loss for o in found.runs])
    curves, band = ax.collections
    for segment, loss in zip(curves.get_segments(), losses, strict=True):
        np.testing.assert_array_equal(segment, np.column_stack([np.arange(1, 9), loss]))
    np.testing.assert_allclose(ax.lines[0].get_ydata(), np.median(losses, 0))
    corners = {tuple(point) for point in band.get_paths()[0].vertices.round(9).tolist()}
    for q in (0.25, 0.75):
        assert {(e + 1.0, round(v, 9)) for e, v in enumerate(np.quantile(losses, q, 0))} <= corners
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "training binary cross-entropy")


def test_of_very_many_networks_the_range_takes_the_place_of_the_curves():
    curves = [np.array([1.0, 0.1]) * scale for scale in np.linspace(1, 2, MOST_CURVES + 1)]
    ax = plot_losses("xor", curves, "MSE")
    everything = ax.collections[0].get_paths()[0].vertices
    assert (everything[:, 1].min(), everything[:, 1].max()) == pytest.approx((0.1, 2))
    assert ax.get_legend().get_texts()[0].get_text() == "all"
    assert ax.get_yscale() == "log"


def test_curves_may_stop_early_or_diverge():
    curves = [np.array([3.0, 2.0, 1.0]), np.array([5.0]), np.array([np.inf, np.nan])]
    ax = plot_losses("xor", curves, "MSE")
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [(1, 4), (2, 2), (3, 1)])
    assert ax.get_yscale() == "linear"
    assert ax.get_title() == "xor: 3 networks, median loss 4 to 1; 1 diverged,\ngrey"
    drawn = [to_hex(color) for color in ax.collections[0].get_colors()]
    assert drawn == [SKY.lower(), SKY.lower(), FAINT.lower()]


@pytest.mark.parametrize(
    ("curve", "told"), [([], "median loss not a finite number"), ([np.nan, np.inf], "all diverged")]
)
def test_losses_that_are_no_numbers_are_drawn_empty(curve, told):
    title = plot_losses("xor", [np.array(curve)] * 2, "MSE").get_title()
    assert title == f"xor: 2 networks, {told}"


def test_validation_losses_are_drawn_where_all_networks_have_them():
    held = sweep("xor", 2, n_samples=60, epochs=9, validation=[0.2, 0.3], patience=1)
    ax = held.plot_losses()
    assert ax.get_ylabel() == "validation binary cross-entropy"
    first = ax.collections[0].get_segments()[0]
    np.testing.assert_array_equal(first[:, 1], held.runs[0].history.validation_loss)
    some = sweep("xor", 2, n_samples=60, epochs=2, validation=[0.0, 0.3])
    assert some.plot_losses().get_ylabel() == "training binary cross-entropy"


# extremes


def test_the_extremes_are_the_highest_and_the_lowest_score(found):
    figure = found.plot_extremes()
    scores = [row["score"] for row in found.rows]
    assert len(figure.axes) == 2
    ends = {"best": max(scores), "worst": min(scores)}
    for ax, (which, score) in zip(figure.axes, ends.items(), strict=True):
        title = ax.get_title()
        assert title.startswith(f"{which}: accuracy {TASKS['binary'].format_score(score)}\n")
        told = " ".join(title.splitlines()[1:])
        assert told in [
            f"dims {row['dims']}, lr {row['lr']}, activation {row['activation']}, "
            f"seed {row['seed']}"
            for row in found.records()
            if row["score"] == score
        ]
    assert figure.get_suptitle() == "xor: the best and the worst of 36 networks"


def test_the_extremes_of_a_regression_and_of_folds_are_drawn():
    figure = sweep("prod", n_samples=60, epochs=1, folds=2).plot_extremes()
    assert "seed 0, fold" in figure.axes[0].get_title()
    assert figure.axes[1].get_title().startswith("worst: R² ")


# all of them


def test_titles_say_the_result(found):
    best = max(found._by_settings().items(), key=lambda item: np.median(item[1]._column("score")))
    least, most = (TASKS["binary"].format_score(v) for v in found.quantiles(q=(0, 1)))
    title = found.plot_parallel().get_title().replace("\n", " ")
    assert title.startswith(f"xor: 36 networks, accuracy {least} to {most} best median ")
    assert TASKS["binary"].format_score(np.median(best[1]._column("score"))) in title
    assert found.plot_scores("lr", "dims").get_title().startswith("xor: 36 networks\nbest median")


@pytest.mark.parametrize("picture", DRAW)
def test_a_given_axes_is_drawn_on_and_returned_and_nothing_stays_open(found, picture):
    settings, ax = dict(mpl.rcParams), Figure().subplots()
    assert draw(found, picture, ax=ax) is ax
    assert draw(found, picture) is not ax
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == settings


@pytest.mark.parametrize("picture", DRAW)
@pytest.mark.parametrize("of", ["score", "loss", "test_score"])
def test_nothing_is_clipped_and_no_labels_overlap(found, picture, of):
    ax = draw(found, picture, **({} if picture == "plot_losses" else {"of": of}))
    figure = ax.figure
    figure.draw_without_rendering()
    box = figure.get_tightbbox().padded(-0.01)
    assert (box.min >= 0).all()
    assert (box.max <= figure.get_size_inches()).all()
    for one in (ax, *ax.child_axes):
        for axis in (one.xaxis, one.yaxis):
            shown = [t for t in axis.get_ticklabels() if t.get_text() and t.get_visible()]
            boxes = [label.get_window_extent() for label in shown]
            assert not [1 for a, b in pairwise(boxes) if a.overlaps(b)]
    legend = ax.get_legend()
    if legend:
        assert not legend.get_window_extent().overlaps(ax.title.get_window_extent())
        assert not legend.get_window_extent().overlaps(ax.patch.get_window_extent())


def test_the_extremes_are_not_clipped(found):
    figure = found.plot_extremes()
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    assert (box.max <= figure.get_size_inches()).all()


# refusals


@pytest.mark.parametrize("picture", ["plot_parallel", "plot_scores", "plot_success"])
def test_where_nothing_varies_the_message_says_how_to_vary_it(picture):
    same = sweep("xor", 2, n_samples=40, epochs=1)
    with pytest.raises(ValueError, match=r"vary a field: dims=\[\[2\], \[4\]\]"):
        draw(same, picture)
    assert same.plot_losses()


def test_a_misspelt_field_or_column_is_asked_about(found):
    with pytest.raises(ValueError, match="unknown varied field 'dim': did you mean 'dims'"):
        found.plot_scores("dim")
    with pytest.raises(ValueError, match="unknown varied field 'lrs': did you mean 'lr'"):
        found.plot_scores("dims", "lrs")
    with pytest.raises(ValueError, match="unknown varied field 'epochs'"):
        found.plot_success(0.9, by="epochs")
    with pytest.raises(ValueError, match="unknown column 'scores': did you mean 'score'"):
        found.plot_parallel(of="scores")


def test_two_settings_must_differ(found):
    with pytest.raises(ValueError, match="two fields, got 'lr' twice: leave y out"):
        found.plot_scores("lr", "lr")


@pytest.mark.parametrize("picture", [*DRAW, "plot_extremes"])
def test_an_interrupted_sweep_without_networks_is_refused(found, picture):
    nothing = replace(found, runs=[], rows=[])
    with pytest.raises(ValueError, match="no finished network yet: let the sweep run longer"):
        nothing.plot_extremes() if picture == "plot_extremes" else draw(nothing, picture)


def test_extremes_are_of_a_plane():
    with pytest.raises(ValueError, match="64 pixels of 'digits'"):
        sweep("digits", n_samples=100, epochs=1).plot_extremes()


@pytest.fixture(scope="module")
def wide():
    x = np.random.default_rng(0).normal(size=(60, 3))
    return sweep((x, x[:, 0] > 0), 3, dims=[4], epochs=1)


def test_extremes_over_two_features_of_many_are_the_predictions_of_the_best_and_the_worst(wide):
    figure = wide.plot_extremes(features=(2, 0))
    ranked = sorted(range(len(wide)), key=lambda i: (wide.rows[i]["score"], -wide.rows[i]["loss"]))
    for ax, index in zip(figure.axes, (ranked[-1], ranked[0]), strict=True):
        assert ax.get_xlabel().startswith("feature 2\nothers at their median")
        assert ax.get_ylabel() == "feature 0"
        grid = predict_grid(wide.runs[index], features=(2, 0))
        np.testing.assert_array_equal(ax.images[0].get_array(), grid.values[..., 1])


@pytest.mark.parametrize("features", [(0, 0), (0, 9), (0,), "ab"])
def test_extremes_want_two_of_the_features(wide, features):
    with pytest.raises(ValueError, match=r"features=\(0, 2\)"):
        wide.plot_extremes(features=features)


def test_networks_that_diverged_are_no_extremes():
    usual = {"n_samples": 60, "epochs": 6, "optimizer": "sgd", "progress": False}
    some = sweep("prod", 2, lr=[0.01, 1e20], **usual)
    assert some.plot_extremes().get_suptitle().endswith(" of 2 networks, without 2 that diverged")
    for picture in ("plot_losses", "plot_parallel"):
        assert getattr(some, picture)()
    nothing = replace(some, runs=some.runs[2:], rows=some.rows[2:])
    with pytest.raises(ValueError, match="all networks diverged"):
        nothing.plot_extremes()


def test_a_curve_that_diverges_does_not_press_the_others_flat():
    curves = [np.array([2.0, 1.0])] * 3 + [np.array([10.0, 1e30])]
    assert plot_losses("xor", curves, "MSE").get_ylim()[1] == 200
