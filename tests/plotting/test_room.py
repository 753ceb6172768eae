"""Pictures x styles x data: nothing that is written is cut, and nothing runs into anything.

The whole matrix is slow; a sample of it, with all that is large at once, is not.
"""

from dataclasses import replace
from functools import cache

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import style as looks
from pictures import assert_no_text_is_cut_or_runs_into_another

from trainfcnn import TASKS, TrainFCNN, compare, make_dataset, sweep
from trainfcnn.plotting import Column, plot_losses, plot_medians, plot_parallel, plot_scores
from trainfcnn.plotting.style import figure_of

# what seaborn.set_theme(context="talk") sets, of what pictures here are made of
TALK = {
    "font.size": 18, "axes.labelsize": 18, "axes.titlesize": 18, "xtick.labelsize": 16.5,
    "ytick.labelsize": 16.5, "legend.fontsize": 16.5, "legend.title_fontsize": 18,
    "axes.linewidth": 1.875, "grid.linewidth": 1.5, "lines.linewidth": 2.25, "lines.markersize": 9,
    "patch.linewidth": 1.5, "xtick.major.width": 1.875, "ytick.major.width": 1.875,
    "xtick.minor.width": 1.5, "ytick.minor.width": 1.5, "xtick.major.size": 9,
    "ytick.major.size": 9, "xtick.minor.size": 6, "ytick.minor.size": 6, "axes.facecolor": "EAEAF2",
    "axes.edgecolor": "white", "axes.grid": True, "axes.axisbelow": True, "grid.color": "white",
    "xtick.bottom": False, "ytick.left": False, "xtick.direction": "out",
}  # fmt: skip
STYLES = {"plain": {}, "talk": TALK, "dark": "dark_background", "16 points": {"font.size": 16}}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
NAMES = np.array([LETTERS[place:] + LETTERS[:place] for place in range(10)])


@cache
def trained(data):
    rng = np.random.default_rng(0)
    made = {
        "xor": lambda: make_dataset("xor", n_samples=80),
        "ten long names": lambda: (rng.normal(size=(200, 2)), NAMES[np.arange(200) % 10]),
        "near 100,000": lambda: (x := rng.normal(size=(99, 2)), 1e5 + x[:, 0]),
        "one feature": lambda: (x := rng.normal(size=(99, 1)), 1e5 + x[:, 0]),
        "four features": lambda: (x := rng.normal(size=(99, 4)), x.sum(1) > 0),
        "digits": lambda: "digits",
    }
    return TrainFCNN(made[data]()).train(dims=[6, 2], epochs=3, progress=False)


OF_CLASSES = ("confusion", "calibration", "roc", "precision_recall")
ALWAYS = ("dataset", "loss", "score", "network")


def pictures_of(data):
    if data == "digits":
        return (*ALWAYS, *OF_CLASSES, "mistakes", "weights", "overview")
    own = OF_CLASSES if trained(data).dataset.classes else ("residuals",)
    space = () if data == "one feature" else ("space",)
    more = ("error", "comparison") if trained(data).dataset.law else ()
    return (*ALWAYS, "prediction", *own, *space, *more, "overview")


def drawn(data, picture):
    trainer = trained(data)
    if picture == "overview":
        return trainer.plot(seeds=0)
    if picture == "comparison":
        others = [replace(trainer.run, seed=seed) for seed in (1, 2)]
        return compare([trainer, *others])
    return figure_of(getattr(trainer, f"plot_{picture}")())


DATA = ("xor", "ten long names", "near 100,000", "one feature", "four features", "digits")
HEAT = {
    "lr": [0.0001 * (1 + n % 50) for n in range(1000)],
    "dims": [f"{16 + n // 50}-16" for n in range(1000)],
}


def of_a_sweep(picture):
    """Draw a picture of 1,000 networks of which some diverged, 50 rates by 20 sizes."""
    values = np.where(np.arange(1000) % 41, np.linspace(0.4, 0.99999, 1000), -np.inf)
    column = Column("test_score", values, TASKS["binary"])
    drawn_as = {
        "medians": lambda: plot_medians("xor", HEAT, column),
        "parallel": lambda: plot_parallel("xor", HEAT, column),
        "scores": lambda: plot_scores("xor", "dims", HEAT["dims"], column),
        "losses": lambda: plot_losses("xor", [1e5 + np.arange(5.0)] * 3, "MSE"),
        "extremes": lambda: some_networks().plot_extremes(),
        "success": lambda: some_networks().plot_success(0.5, "lr"),
    }
    return figure_of(drawn_as[picture]())


OF_A_SWEEP = ("medians", "parallel", "scores", "losses", "extremes", "success")


@cache
def some_networks():
    return sweep("xor", 2, n_samples=60, lr=[0.01, 0.1], epochs=2, progress=False)


def styled(style):
    return looks.context(style) if isinstance(style, str) else mpl.rc_context(style)


@pytest.mark.parametrize("data", ["ten long names", "near 100,000"])
def test_all_has_room_where_text_is_large(data):
    with styled(TALK):
        for picture in pictures_of(data):
            assert_no_text_is_cut_or_runs_into_another(drawn(data, picture))


@pytest.mark.parametrize("picture", OF_A_SWEEP)
def test_all_of_a_sweep_has_room(picture):
    assert_no_text_is_cut_or_runs_into_another(of_a_sweep(picture))


MATRIX = [(data, style) for data in (*DATA, "a sweep") for style in STYLES]
# A dark background changes no size: it is enough to see it once.
MATRIX = [pair for pair in MATRIX if pair[1] != "dark" or pair[0] in ("xor", "a sweep")]


@pytest.mark.slow
@pytest.mark.parametrize(("data", "style"), MATRIX)
def test_the_whole_matrix_has_room(data, style):
    with styled(STYLES[style]):
        for picture in OF_A_SWEEP if data == "a sweep" else pictures_of(data):
            figure = of_a_sweep(picture) if data == "a sweep" else drawn(data, picture)
            try:
                assert_no_text_is_cut_or_runs_into_another(figure)
            except AssertionError as found:
                raise AssertionError(f"{picture}: {found}") from None
