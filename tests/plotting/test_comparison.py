"""Several trainings side by side: what is alike, what is said, and that all of it is in view."""

import numpy as np
import pytest
from pictures import assert_nothing_is_clipped_or_overlaps

from trainfcnn import TrainFCNN, compare, sweep
from trainfcnn.plotting.comparison import LINE_LENGTH, MOST_COLUMNS


def trained(dataset="xor", dims=(3,), seed=0, noise=0.0, n_samples=60, **recipe):
    made = TrainFCNN(dataset, n_samples, noise, seed)
    return made.train(dims, **{"epochs": 3, "lr": 0.01} | recipe)


def in_space():
    points = np.random.default_rng(0).normal(size=(40, 4))
    return TrainFCNN((points, [0, 1] * 20)).train([3], epochs=2)


@pytest.fixture(scope="module")
def runs():
    return [trained(dims=(size,)) for size in range(1, 10)]


def parts(figure):
    """Return the axes of the predictions, and of the losses: as many of each."""
    rows = {0: [], 1: []}
    for ax in figure.axes:
        rows[ax.get_subplotspec().rowspan.start % 2].append(ax)
    assert len(rows[0]) == len(rows[1])
    return rows[0], rows[1]


def first_lines(figure):
    return [ax.get_title().rpartition("\n")[0].replace("\n", " ") for ax in parts(figure)[0]]


@pytest.mark.parametrize("n", range(1, 10))
def test_each_training_has_its_prediction_above_its_loss_and_no_axes_are_empty(n, runs):
    upper, lower = parts(compare(runs[:n]))
    assert len(upper) == n
    for run, prediction, loss in zip(runs[:n], upper, lower, strict=True):
        surface = prediction.images[0].get_array()
        np.testing.assert_array_equal(surface, run.predict_grid().values[..., 1])
        np.testing.assert_array_equal(loss.lines[0].get_ydata(), run.history.loss)
        places = [ax.get_subplotspec() for ax in (prediction, loss)]
        assert places[1].rowspan.start == places[0].rowspan.start + 1
        assert places[0].colspan == places[1].colspan
        assert places[0].colspan.start < MOST_COLUMNS


@pytest.mark.parametrize("n", [1, 2, 5])
def test_no_label_is_clipped_and_nothing_overlaps(n, runs):
    assert_nothing_is_clipped_or_overlaps(compare(runs[:n]))


@pytest.mark.slow
@pytest.mark.parametrize("n", [3, 4, 6, 7, 8, 9])
def test_no_label_of_any_number_is_clipped_and_nothing_overlaps(n, runs):
    assert_nothing_is_clipped_or_overlaps(compare(runs[:n]))


def test_long_titles_have_room_too():
    runs = [
        trained(dims=(4, 3), noise=0.1, seed=1, n_samples=70),
        trained(optimizer="sgd", lr=0.3, schedule="cosine", dropout=0.2, validation=0.2),
    ]
    figure = compare(runs)
    assert all(len(line) <= LINE_LENGTH for line in parts(figure)[0][0].get_title().splitlines())
    assert_nothing_is_clipped_or_overlaps(figure)


def test_losses_of_one_name_share_axes_that_hold_them_all():
    runs = [trained(epochs=2), trained("prod"), trained(epochs=30), trained("prod", epochs=9)]
    _, lower = parts(compare(runs))
    limits = [(ax.get_xlim(), ax.get_ylim(), ax.get_yscale()) for ax in lower]
    assert limits[0] == limits[2] != limits[1] == limits[3]
    for run, ax in zip(runs, lower, strict=True):
        (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
        assert left <= 1 <= len(run.history) <= right
        assert low <= run.history.loss.min() <= run.history.loss.max() <= high


def test_one_loss_over_a_decade_makes_all_of_its_name_logarithmic():
    slow, fast = trained(lr=1e-6), trained("xor", [8], epochs=60, lr=0.1)
    for runs in ([slow, fast], [fast, slow]):
        _, lower = parts(compare(runs))
        assert [ax.get_yscale() for ax in lower] == ["log", "log"]
        assert lower[0].get_ylim() == lower[1].get_ylim()
    assert parts(compare([slow]))[1][0].get_yscale() == "linear"


@pytest.mark.parametrize("others", [[], ["quadrants", "digits"]], ids=["alone", "beside classes"])
def test_values_have_one_scale_of_colors_up_to_the_largest_target_of_all(others):
    runs = [trained("prod", n_samples=50), trained("prod", seed=1)]
    largest = max(np.abs(run.dataset.y).max() for run in runs)
    upper, _ = parts(compare([trained(name) for name in others] + runs))
    for ax in upper[-2:]:
        assert ax.images[0].get_clim() == (-largest, largest)
        assert ax.collections[-1].get_clim() == (-largest, largest)


def test_titles_say_what_differs_and_how_good_each_is():
    runs = [trained(), trained(dims=(), lr=0.5, noise=0.1)]
    figure = compare(runs)
    assert first_lines(figure) == ["noise 0, dims 3, lr 0.01", "noise 0.1, dims none, lr 0.5"]
    for run, ax in zip(runs, parts(figure)[0], strict=True):
        assert ax.get_title().endswith(f"\n{100 * run.score():.1f}% right on 2,500 new points")
    assert figure.get_suptitle() == "xor: 2 trainings"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("seed", [0, 1]),
        ("n_samples", [50, 60]),
        ("dataset", ["xor", "and"]),
        ("activation", ["relu", "tanh"]),
        ("validation", [0.1, 0.3]),
        ("weight_seed", [3, 4]),
    ],
)
def test_whatever_differs_is_named(name, values):
    runs = [trained(**{name: value}) for value in values]
    assert first_lines(compare(runs)) == [f"{name} {value}" for value in values]


def test_trainings_that_are_alike_are_numbered():
    figure = compare([trained(), trained()])
    assert first_lines(figure) == ["training 1", "training 2"]


def test_titles_of_ones_own_are_taken(runs):
    assert first_lines(compare(runs[:2], ["narrow", "wide"])) == ["narrow", "wide"]


def test_images_have_their_scores_above_their_losses():
    run = trained("digits")
    upper, lower = parts(compare([run, trained()]))
    np.testing.assert_array_equal(upper[0].lines[0].get_ydata(), run.history.score)
    np.testing.assert_array_equal(lower[0].lines[0].get_ydata(), run.history.loss)
    assert upper[0].get_title().endswith("new images")


@pytest.mark.parametrize("epochs", [0, 1])
def test_hardly_any_epochs_are_enough(epochs):
    assert_nothing_is_clipped_or_overlaps(compare([trained(epochs=epochs), trained()]))


def test_a_training_that_diverged_can_be_compared():
    with pytest.warns(RuntimeWarning, match="diverged"):
        run = trained("prod", optimizer="sgd", lr=1e9)
    compare([run, trained("prod")]).draw_without_rendering()


def test_what_a_sweep_found_can_be_compared():
    found = sweep("xor", dims=[[2], [4]], n_samples=60, epochs=2)
    best = found.best()
    upper, _ = parts(compare([best, trained(dims=(5,), epochs=2)]))
    assert len(upper) == 2


def test_runs_are_compared_like_the_trainers_that_hold_them(runs):
    of_trainers, of_runs, mixed = (
        compare(some) for some in (runs[:2], [one.run for one in runs[:2]], [runs[0], runs[1].run])
    )
    for figure in (of_runs, mixed):
        assert first_lines(figure) == first_lines(of_trainers) == ["dims 1", "dims 2"]
        assert figure.get_suptitle() == of_trainers.get_suptitle()
        for ours, theirs in zip(parts(figure)[0], parts(of_trainers)[0], strict=True):
            assert ours.get_title() == theirs.get_title()
            np.testing.assert_array_equal(ours.images[0].get_array(), theirs.images[0].get_array())


def test_all_runs_of_a_sweep_can_be_compared():
    found = sweep("xor", dims=[[2], [4]], n_samples=60, epochs=2)
    assert first_lines(compare(found.runs)) == ["dims 2", "dims 4"]


def test_two_of_many_features_can_be_chosen():
    assert parts(compare([in_space()]))[0][0].get_xlabel().startswith("feature ")
    upper, _ = parts(compare([in_space()], features=(2, 1)))
    assert upper[0].get_ylabel() == "feature 1"


@pytest.mark.parametrize(
    ("trainers", "titles", "error", "message"),
    [
        ([], None, ValueError, r"there must be a trainer to compare, got none: try compare\("),
        ([3], None, TypeError, "takes a list of TrainFCNN, got 3 in it: leave it out"),
        (["xor"], None, TypeError, "takes a list of TrainFCNN, got 'xor' in it"),
        ([TrainFCNN("xor", 20)], None, RuntimeError, "not trained yet: call .train"),
        (trained(), None, TypeError, r"takes a list of TrainFCNN, got .*: try compare\(\[a, b\]\)"),
        ([trained()], "a", ValueError, "must be a list of one for each of the 1 trainers, got 'a'"),
        (
            [trained()],
            [],
            ValueError,
            r"one for each of the 1 trainers, got \[\]: add or leave out",
        ),
        ([trained()], ["a", "b"], ValueError, r"one for each of the 1 trainers, got \['a', 'b'\]"),
    ],
    ids=["none", "number", "name", "untrained", "alone", "text", "no titles", "two titles"],
)
def test_what_cannot_be_compared_is_said(trainers, titles, error, message):
    with pytest.raises(error, match=message):
        compare(trainers, titles)


def test_one_trainer_twice_is_one_training_and_refused():
    trainer = trained(dims=(2,), epochs=1)
    both = [trainer, trainer.train(dims=(3,), epochs=1)]
    for twice in (both, [trainer, trainer.run], iter(both)):
        with pytest.raises(ValueError, match=r"the same one twice.*a TrainFCNN for each.*\.run"):
            compare(twice)
    runs = [trainer.train(dims=(size,), epochs=1).run for size in (2, 3)]
    assert first_lines(compare(runs)) == ["dims 2", "dims 3"]
