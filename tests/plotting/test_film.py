"""Films: which epochs they show, and what is in a picture."""

import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from films import read, some_pictures
from hypothesis import given
from hypothesis import strategies as st

from trainfcnn import TrainFCNN, make_dataset
from trainfcnn.analysis.prediction import predict_grid
from trainfcnn.analysis.seeds import OtherSeeds
from trainfcnn.plotting import encoders, film
from trainfcnn.plotting.encoders import ENCODERS, write_film
from trainfcnn.plotting.film import Frame, draw_film, film_epochs
from trainfcnn.plotting.history import plot_loss
from trainfcnn.training import walk
from trainfcnn.training.loop import Training

QUICK = {"dims": [3], "epochs": 6, "batch_size": 60}  # a step an epoch
MANNERS = {
    "plain": QUICK,
    "no epochs": QUICK | {"epochs": 0},
    "dropout": QUICK | {"dropout": 0.3},
    "restarts": QUICK | {"restarts": 4, "lr": 0.1},
    "validation": QUICK | {"validation": 0.3, "lr": 1.0, "epochs": 20},
    "patience": QUICK | {"patience": 2, "lr": 3.0, "epochs": 40},
    "all of it": QUICK | {"patience": 3, "validation": 0.3, "restarts": 3, "lr": 0.5, "epochs": 40},
}
each_ending = pytest.mark.parametrize("ending", ENCODERS)
each_manner = pytest.mark.parametrize("recipe", MANNERS.values(), ids=MANNERS)


def xor(recipe=QUICK, name="xor"):
    """Return a trainer to which a recipe is recommended."""
    return TrainFCNN(replace(make_dataset(name, 60), recommended=recipe), seed=2)


def in_space(n_features):
    points = np.random.default_rng(0).normal(size=(40, n_features))
    return TrainFCNN((points, [0, 1] * 20)).train([3], epochs=2)


def bits(network):
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


@pytest.fixture
def shown(monkeypatch):
    """The frames of a film, which is then not drawn."""
    kept = []

    def draw(frames, features, others):
        kept[:] = frames
        yield from some_pictures(len(frames))

    monkeypatch.setattr(film, "draw_film", draw)
    return kept


@pytest.fixture
def stages(monkeypatch):
    """The figures that films are drawn on."""
    figures, new_figure = [], film.new_figure

    def stage(*given, margins):
        figures.append(new_figure(*given, margins=margins))
        return figures[-1]

    monkeypatch.setattr(film, "new_figure", stage)
    return figures


@contextmanager
def nothing_changes(folder):
    """Expect an old file to stay as it was, and no other to appear."""
    old = folder / "xor.gif"
    old.write_text("old")
    yield old
    assert old.read_text() == "old"
    assert list(folder.iterdir()) == [old]


def frames_of(made):
    """Return a frame of every epoch of a trainer's recipe."""
    training = Training(made.dataset, made.recipe, made.seed)

    def frame(epoch):
        return Frame(epoch, replace(made.run, network=training.network()), f"{epoch}")

    return [frame(0), *map(frame, training)]


# Which epochs are shown


@given(epochs=st.integers(0, 5000), frames=st.integers(2, 200))
def test_a_film_goes_from_the_first_epoch_to_the_last_in_steps_that_grow(epochs, frames):
    chosen = film_epochs(epochs, frames)
    assert (chosen[0], chosen[-1]) == (0, epochs)
    assert len(chosen) == min(frames, epochs + 1)
    assert (np.diff(chosen) >= 1).all()
    assert (np.diff(chosen, 2) >= -1).all()  # but for rounding


@given(frames=st.integers(5, 50))
def test_far_from_zero_each_epoch_is_later_by_the_same_factor(frames):
    chosen = np.array(film_epochs(10**6, frames))
    factors = chosen[1:] / np.maximum(chosen[:-1], 1)
    factors = factors[chosen[:-1] > 1000]
    assert factors.max() / factors.min() < 1.01


def test_a_picture_is_of_the_network_after_the_epoch_it_names(shown, tmp_path):
    xor(QUICK | {"schedule": "constant"}).animate(tmp_path / "xor.gif", frames=4)
    assert [frame.epoch for frame in shown] == film_epochs(6, 4)
    for frame in shown:
        alone = xor(QUICK | {"schedule": "constant", "epochs": frame.epoch}).train()
        assert torch.equal(bits(frame.run.network), bits(alone.network))
        assert frame.title.startswith(f"xor, epoch {frame.epoch}: {100 * alone.score():.1f}% right")


# What comes out of the training


@each_manner
@pytest.mark.parametrize("before", [False, True], ids=["untrained", "trained"])
def test_a_film_leaves_the_network_that_train_gives_and_ends_with_it(
    recipe, before, shown, tmp_path
):
    expected = xor(recipe).train()
    made = xor(recipe).train() if before else xor(recipe)
    assert made.animate(tmp_path / "xor.gif", frames=5) == tmp_path / "xor.gif"
    for network in (made.network, shown[-1].run.network):
        assert torch.equal(bits(network), bits(expected.network))
    assert made.recipe == expected.recipe
    np.testing.assert_array_equal(made.history.loss, expected.history.loss)
    np.testing.assert_array_equal(made.history.restart_losses, expected.history.restart_losses)
    assert made.history.best_epoch == expected.history.best_epoch
    assert f"epoch {made.history.best_epoch}" in shown[-1].title


def test_the_recipe_of_a_film_is_that_of_the_last_training(shown, tmp_path):
    expected = xor().train([4, 2], "tanh", lr=0.02)
    made = xor().train([4, 2], "tanh", lr=0.02)
    made.animate(tmp_path / "xor.gif")
    assert torch.equal(bits(made.network), bits(expected.network))


def test_of_restarts_the_film_is_of_the_one_that_wins(shown, tmp_path):
    made = xor(MANNERS["restarts"])
    made.animate(tmp_path / "xor.gif")
    loop = Training(made.dataset, made.recipe, made.seed)
    begun = loop.snapshots()
    assert list(loop)[-1] == 6
    assert loop.best_member() > 0
    assert torch.equal(bits(shown[0].run.network), bits(begun[loop.best_member()]))


@pytest.mark.parametrize("manner", ["validation", "patience"])
def test_where_a_better_network_was_kept_a_last_picture_shows_it(manner, shown, tmp_path):
    made = xor(MANNERS[manner])
    made.animate(tmp_path / "xor.gif", frames=50)
    *course, kept = shown
    assert [frame.epoch for frame in course] == list(range(len(made.history) + 1))
    assert made.history.best_epoch < len(made.history)
    assert f"epoch {made.history.best_epoch}, kept: " in kept.title
    last, best = course[-1].run.network, course[made.history.best_epoch].run.network
    assert torch.equal(bits(kept.run.network), bits(best))
    assert not torch.equal(bits(kept.run.network), bits(last))


@pytest.mark.parametrize("manner", ["patience", "all of it"])
def test_a_training_that_ends_early_is_shown_to_its_end(manner, shown, tmp_path):
    made = xor(MANNERS[manner])
    made.animate(tmp_path / "xor.gif", frames=4)
    end = len(made.history)
    assert end < 40
    assert [frame.epoch for frame in shown[:-1]] == [n for n in film_epochs(40, 4) if n <= end]
    assert shown[-1].epoch == end


def test_a_training_that_diverges_is_filmed_with_a_warning(tmp_path):
    made = xor(QUICK | {"optimizer": "sgd", "lr": 1e6}, "prod")
    with pytest.warns(RuntimeWarning, match="diverged"):
        made.animate(tmp_path / "prod.gif", frames=3)
    pictures, _ = read(tmp_path / "prod.gif")
    assert len(pictures) == 3
    assert "diverged" in repr(made)


@pytest.mark.parametrize(
    ("done", "frames", "epochs"),
    [(0, 60, [0]), (3, 60, [0, 1, 2, 3]), (5, 3, [0, 2, 5])],
    ids=["at once", "at a picture", "between two"],
)
def test_ctrl_c_while_it_trains_gives_a_film_of_what_is_there(
    done, frames, epochs, shown, tmp_path, monkeypatch
):
    train_epochs = Training.train_epochs

    def interrupted(training, most):
        if training.state.epoch == done:
            raise KeyboardInterrupt
        train_epochs(training, min(most, done - training.state.epoch))

    monkeypatch.setattr(Training, "train_epochs", interrupted)
    made = xor()
    made.animate(tmp_path / "xor.gif", frames=frames)
    assert [frame.epoch for frame in shown] == epochs
    assert f"interrupted after {done} of 6 epochs" in repr(made)
    assert torch.equal(bits(shown[-1].run.network), bits(made.network))
    assert shown[-1].title.startswith(f"xor, epoch {done}: ")
    assert len(read(tmp_path / "xor.gif")[0]) == len(epochs)


def test_ctrl_c_while_it_draws_keeps_the_network_and_the_old_file(tmp_path, monkeypatch):
    def draw(frames, *given):
        yield some_pictures(1)[0]
        raise KeyboardInterrupt

    monkeypatch.setattr(film, "draw_film", draw)
    made = xor()
    with nothing_changes(tmp_path) as path, pytest.raises(KeyboardInterrupt):
        made.animate(path)
    assert torch.equal(bits(made.network), bits(xor().train().network))


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("the disk is full")], ids=str)
def test_half_a_film_is_never_left_behind(error, shown, tmp_path, monkeypatch):
    def encode(pictures, place, fps):
        place.write_text("half")
        raise error

    monkeypatch.setitem(ENCODERS, ".gif", encode)
    with nothing_changes(tmp_path) as path, pytest.raises((KeyboardInterrupt, OSError)):
        xor().animate(path)


# What is refused, before any training


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("xor.gfi", {}, "unknown film ending '.gfi': did you mean '.gif'"),
        ("xor", {}, "unknown film ending ''"),
        ("xor.gif", {"frames": 1}, "frames must be an integer of 2 or more, got 1"),
        ("xor.gif", {"frames": 2.5}, "frames must be an integer of 2 or more, got 2.5"),
        ("xor.gif", {"fps": 0}, "fps must be a number from 0.1 to 100, got 0"),
        ("xor.gif", {"fps": 101}, "fps must be a number from 0.1 to 100, got 101"),
        ("xor.gif", {"fps": "12"}, "fps must be a number from 0.1 to 100, got '12'"),
        ("xor.gif", {"fps": float("nan")}, "fps must be a number"),
        ("nowhere/xor.gif", {}, "there is no folder .*nowhere' to save 'xor.gif' in: make it"),
        ("folder.gif", {}, "folder.gif' must be a file to write, and is a folder"),
        ("xor.gif", {"features": (0, 2)}, r"features must be two different indices from 0 to 1"),
    ],
)
def test_what_cannot_be_filmed_is_refused_beforehand(name, options, message, tmp_path):
    (tmp_path / "folder.gif").mkdir()
    made = xor()
    with pytest.raises(ValueError, match=message):
        made.animate(tmp_path / name, **options)
    assert "not trained yet" in repr(made)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.gif"]


def test_a_folder_that_may_not_be_written_to_is_refused_beforehand(tmp_path):
    tmp_path.chmod(0o500)
    try:
        if os.access(tmp_path, os.W_OK):
            pytest.skip("this user, root say, may write everywhere")
        with pytest.raises(ValueError, match="may not be written to: choose another"):
            xor().animate(tmp_path / "xor.gif")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TrainFCNN("digits", 60), "64 pixels of 'digits': use plot"),
    ],
    ids=["images"],
)
def test_what_is_no_plane_is_refused_with_what_to_do(make, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        make().animate(tmp_path / "film.gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", [False, True], ids=["no package", "no program in it"])
def test_without_ffmpeg_an_mp4_is_refused_and_a_gif_is_not(package, shown, tmp_path, monkeypatch):
    def get_ffmpeg_exe():
        raise RuntimeError("No ffmpeg exe could be found.")

    bare = SimpleNamespace(get_ffmpeg_exe=get_ffmpeg_exe)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", bare)
    monkeypatch.setattr(encoders, "find_spec", lambda name: package or None)
    monkeypatch.setattr(encoders, "which", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install imageio-ffmpeg, or write 'xor.gif'"):
        xor().animate(tmp_path / "xor.mp4")
    xor().animate(tmp_path / "xor.gif")


# What is in a picture


def test_all_pictures_are_on_the_same_scales_in_the_same_places(stages):
    """All but the titles is then free to show what changes."""
    made = xor({"dims": [12], "epochs": 9, "lr": 0.1}, "prod").train()  # 12: some are left out
    seen = []
    for _ in draw_film(frames_of(made)):
        axes = stages[0].axes
        prediction, network, _ = axes
        seen.append(
            {
                "limits": [(ax.get_xlim(), ax.get_ylim(), ax.get_yscale()) for ax in axes],
                "ticks": [(list(ax.get_xticks()), list(ax.get_yticks())) for ax in axes],
                "places": [ax.get_position().bounds for ax in axes],
                "colors": prediction.images[0].get_clim(),
                "units": [image.get_extent() for image in network.images],
                "texts": [text.get_text() for text in network.texts],
                "captions": [ax.get_xlabel() + ax.get_ylabel() for ax in axes],
                "artists": [len(ax.images + ax.lines + ax.patches + ax.child_axes) for ax in axes],
            }
        )
    assert len(stages) == 1
    assert len(seen) == 10
    assert all(one == seen[1] for one in seen[1:])
    seen[0]["artists"] = seen[1]["artists"]
    assert seen[0] == seen[1]


def test_a_picture_shows_the_prediction_the_units_and_the_losses_up_to_its_epoch(stages):
    made = xor(QUICK | {"validation": 0.3}).train()
    frames = frames_of(made)
    whole = plot_loss(made.history)
    for frame, _ in zip(frames, draw_film(frames), strict=True):
        prediction, network, loss = stages[0].axes
        assert stages[0].get_suptitle() == frame.title
        surface = prediction.images[0].get_array()
        grid = predict_grid(frame.run, len(surface))
        np.testing.assert_array_equal(surface, grid.values[..., 1])
        assert len(network.images) == 2 + 3 + 1
        for curve, all_of_it in zip(loss.lines[:2], whole.lines, strict=False):
            expected = all_of_it.get_ydata()[: frame.epoch]
            np.testing.assert_array_equal(curve.get_ydata(), expected)
        assert (loss.get_xlim(), loss.get_ylim()) == (whole.get_xlim(), whole.get_ylim())


def test_behind_the_loss_is_the_band_of_other_seeds(stages):
    made = xor().train()
    others = OtherSeeds.of(made.run, 5)
    for _ in draw_film(frames_of(made)[-1:], others=others):
        loss = stages[0].axes[2]
        band = loss.collections[0].get_paths()[0].vertices[:, 1]
        low, high = np.quantile(others.losses, (0.05, 0.95), axis=0)
        assert (band.min(), band.max()) == pytest.approx((low.min(), high.max()))
        assert loss.get_title() == "loss (grey: 5 seeds)"


def test_a_logarithmic_loss_has_plain_numbers(stages):
    made = xor({"dims": [8], "epochs": 60, "lr": 0.1}).train()
    assert made.history.loss.max() > 10 * made.history.loss.min()
    for _ in draw_film(frames_of(made)[::30]):
        labels = [label.get_text() for label in stages[0].axes[2].get_yticklabels()]
        assert "0.1" in labels


@pytest.mark.parametrize("name", ["prod", "xor", "quadrants"])
def test_no_label_of_a_film_is_clipped_and_no_panels_overlap(name, stages):
    from pictures import assert_nothing_is_clipped_or_overlaps

    made = xor(QUICK, name).train()
    for _ in draw_film(frames_of(made)[::6]):
        assert_nothing_is_clipped_or_overlaps(stages[0])


def test_the_plane_of_a_film_can_be_chosen(tmp_path, stages):
    made = in_space(4)
    made.animate(tmp_path / "space.gif", frames=2, features=(3, 1))
    assert stages[0].axes[0].get_ylabel() == "feature 1"
    assert stages[0].axes[0].get_xlabel().startswith("feature 3\nothers at their median")


def test_progress_is_shown_of_epochs_and_of_pictures(shown, tmp_path, monkeypatch):
    bars = []

    @contextmanager
    def bar(total, unit, progress):
        bars.append((total, unit, progress, done := []))
        yield SimpleNamespace(update=lambda n=1: done.append(n))

    for module in (walk, film):
        monkeypatch.setattr(module, "progress_bar", bar)
    xor().animate(tmp_path / "xor.gif", frames=4, progress=True)
    epochs, pictures = bars
    assert (*epochs[:3], sum(epochs[3])) == (6, "epoch", True, 6)
    assert pictures == (4, "picture", True, [1] * 4)


def test_what_stays_as_it_is_in_a_real_film_does_not_flicker(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(film, "write_film", lambda *given: drawn.append(given))
    xor().animate(tmp_path / "xor.gif", frames=3)
    ((path, pictures, fps),) = drawn
    write_film(path, pictures, fps)
    shown, times = read(path)
    assert len(shown) == len(times) == 3
    still = (np.array(pictures) == pictures[0]).all((0, 3))
    assert 0.5 < still.mean() < 1
    for picture in shown:
        np.testing.assert_array_equal(picture[still], shown[0][still])
    assert shown[0].shape == (296, 960, 3)


@each_ending
def test_the_same_seed_gives_the_same_film_to_the_byte(ending, shown, tmp_path):
    films = [xor().animate(tmp_path / f"{name}{ending}", frames=4) for name in "ab"]
    first, second = (film.read_bytes() for film in films)
    assert first == second


def test_the_same_seed_gives_the_same_pictures(tmp_path):
    first, second = (xor().animate(tmp_path / f"{name}.gif", frames=2) for name in "ab")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.slow
def test_a_whole_film_of_xor_is_small(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(film, "write_film", lambda *given: drawn.append(given))
    TrainFCNN("xor").train([6], epochs=200).animate(tmp_path / "xor.gif", frames=60)
    ((_, pictures, fps),) = drawn
    assert len(pictures) == 60
    for ending in (".gif", ".png", ".webp", ".mp4"):
        path = tmp_path / f"xor{ending}"
        write_film(path, pictures, fps)
        assert path.stat().st_size < 2e6
