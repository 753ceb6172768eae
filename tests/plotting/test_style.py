"""What can be told of a style without taste: grey print, plain numbers, fixed rooms."""

from itertools import combinations

import numpy as np
import pytest
from eyes import delta_e, lab_of_deuteranope
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from pictures import labels

from trainfcnn.plotting.style import (
    BLUE,
    CLASS_COLORS,
    MARKERS,
    ORANGE,
    SURFACE_STRENGTH,
    axes_for,
    class_colormap,
    class_paths,
    new_figure,
    set_title,
    target_scale,
    use_decades,
)

ROOM = {"left": 0.2, "right": 0.7, "bottom": 0.3, "top": 0.8}


def grey(color):
    """Its luma (ITU-R BT.601), from 0 to 1."""
    return np.dot(to_rgb(color), (0.299, 0.587, 0.114))


def outlines(paths):
    return [path.vertices.round(9).tobytes() for path in paths]


def test_grey_print_tells_blue_from_orange():
    assert grey(ORANGE) - grey(BLUE) > 0.2


@pytest.mark.parametrize("strength", [1.0, SURFACE_STRENGTH])
def test_a_deuteranope_tells_ten_classes_apart(strength):
    colors = [class_colormap(10)(index)[:3] for index in range(10)]
    shown = [1 - strength * (1 - np.array(color)) for color in colors]
    assert min(delta_e(*pair) for pair in combinations(shown, 2)) >= 10


def test_a_deuteranope_takes_red_and_green_of_one_lightness_for_alike():
    """As Machado and others have it in their figure 2; else the test above would say little."""
    assert delta_e("#C08000", "#80A800") < delta_e("#0072B2", "#E69F00") / 5
    np.testing.assert_allclose(lab_of_deuteranope("white"), [100, 0, 0], atol=0.1)


def test_classes_of_much_the_same_grey_differ_in_their_markers():
    paths = outlines(class_paths(len(CLASS_COLORS)))
    for one, other in combinations(range(len(CLASS_COLORS)), 2):
        assert paths[one] != paths[other]


def test_no_marker_comes_twice_before_all_had_their_turn():
    paths = outlines(class_paths(2 * len(MARKERS)))
    assert len(set(paths)) == len(MARKERS)
    assert paths[: len(MARKERS)] == paths[len(MARKERS) :]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.001, 1, ["0.001", "0.01", "0.1", "1"]),
        (0.01, 0.5, ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]),
    ],
)
def test_decades_are_plain_numbers_with_steps_between_where_there_are_few(low, high, expected):
    ax = Figure().subplots()
    ax.set(yscale="log", ylim=(low, high))
    use_decades(ax.yaxis)
    assert labels(ax.yaxis) == expected


def test_a_title_stands_above_the_axes_and_stays_there():
    figure = Figure()
    ax = figure.subplots()
    set_title(ax, "what")
    figure.draw_without_rendering()
    assert ax.get_title() == "what"
    assert ax.title.get_position()[1] == 1
    assert ax.title.get_window_extent().y0 > ax.get_window_extent().y1


def test_a_figure_keeps_a_fixed_room_and_else_finds_its_own():
    fixed, free = new_figure((6, 4), "what", margins=ROOM), new_figure((6, 4), "what")
    for figure in (fixed, free):
        figure.subplots().set_ylabel("two\nlines")
        figure.draw_without_rendering()
        assert figure.get_suptitle() == "what"
    found = {side: getattr(fixed.axes[0].get_position(), side) for side in ("x0", "x1", "y0", "y1")}
    assert found == pytest.approx({"x0": 0.2, "x1": 0.7, "y0": 0.3, "y1": 0.8})
    assert free.axes[0].get_position().x0 < 0.2
    assert (fixed.get_layout_engine(), free.get_layout_engine() is None) == (None, False)


@pytest.mark.parametrize(
    ("targets", "ends"),
    [
        (np.r_[np.linspace(-1, 1, 100), [1e6] * 5], (-1, 1)),
        (np.r_[np.linspace(-1, 1, 100), [1e6] * 6], (-1e6, 1e6)),
        (np.r_[np.linspace(99_990, 100_000, 1000), [1e9] * 5], (99_990, 100_000)),
        ([-1.0, 3.0], (-3, 3)),
        ([0.0, 2.0], (-2, 2)),
        ([100.0, 300.0], (100, 300)),
        ([-5001.0, -5000.0], (-5001, -5000)),
        ([7.0, 7.0], (-7, 7)),
        ([0.0, 0.0], (-1, 1)),
        ([np.nan, 1.0, -2.0], (-2, 2)),
    ],
)
def test_colors_are_about_zero_or_about_the_middle_of_targets_far_from_it(targets, ends):
    norm = target_scale(np.array(targets))
    assert (norm.vmin, norm.vmax) == ends


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (lambda figure: figure.subplots(1, 2), r"got several: take one, ax\[0\]$"),
        (lambda figure: figure.subplots(2, 2), r"got several: take one, ax\[0, 0\]$"),
        (lambda figure: list(figure.subplots(1, 2)), r"got several: take one, ax\[0\]$"),
        (lambda figure: (figure, figure.subplots()), r"got several: take one, ax\[1\]$"),
        (lambda figure: figure.subplot_mosaic("ab"), r"got a dict of them: take one, ax\['a'\]$"),
        (lambda figure: figure, r"got a figure: give axes of it, ax=figure.subplots\(\)$"),
        (lambda figure: figure.subfigures(), "got a figure: give axes of it"),
        (lambda figure: "left", "got 'left': leave it out$"),
        (lambda figure: 0, "got 0: leave it out$"),
        (lambda figure: [], r"got \[\]: leave it out$"),
    ],
)
def test_what_are_no_axes_to_draw_on_is_refused_with_what_to_give(given, told):
    with pytest.raises(TypeError, match=f"^ax must be one Axes of matplotlib, {told}"):
        axes_for(given(Figure()))


def test_axes_that_are_given_are_drawn_on_and_others_are_made():
    ax = Figure().subplots()
    assert axes_for(ax) is ax
    assert axes_for(None, (3.0, 2.0)).figure.get_size_inches().tolist() == [3.0, 2.0]
