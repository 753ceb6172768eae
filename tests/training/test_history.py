"""What was seen of a network epoch by epoch."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import assert_same_network, network_for, small_dataset
from parametrized import each_kind
from trainings import HELD, QUICK, trained

from trainfcnn import History, TrainFCNN

CURVES = ("loss", "score", "validation_loss", "validation_score")
some_losses = st.lists(st.floats(0, 10) | st.just(np.nan), min_size=1, max_size=12)


def history_of(loss, validation=(), best=None, restarts=0):
    loss, validation = np.array(loss, float), np.array(validation, float)
    best = len(loss) if best is None else best
    curves = np.tile(loss, (restarts, 1))
    return History(loss, -loss, validation, -validation, 1.5, best, "MSE", "R²", curves)


@given(losses=some_losses, data=st.data())
def test_until_an_epoch_is_the_beginning_of_every_curve(losses, data):
    whole = history_of(losses, losses[::-1], best=1, restarts=3)
    epoch = data.draw(st.integers(0, len(losses)))
    part = whole.until(epoch)
    assert len(part) == epoch
    for name in CURVES:
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[:epoch])
    assert part.restart_losses.shape == (3, epoch)
    assert (part.loss_name, part.score_name, part.seconds) == ("MSE", "R²", 1.5)
    assert len(whole) == len(losses)


@pytest.mark.parametrize("extra", [{}, {"validation": 0.3}, {"validation": 0.3, "patience": 4}])
def test_until_an_epoch_is_the_history_of_a_training_of_as_many(extra):
    recipe = {"dims": [3], "lr": 0.5, "schedule": "constant"} | extra
    made = TrainFCNN("xor", n_samples=60).train(**recipe, epochs=15)
    for epoch in range(len(made.history) + 1):
        part = made.history.until(epoch)
        alone = TrainFCNN("xor", n_samples=60).train(**recipe, epochs=epoch).history
        assert part.best_epoch == alone.best_epoch
        for name in CURVES:
            np.testing.assert_allclose(getattr(part, name), getattr(alone, name), rtol=1e-6)


@pytest.mark.parametrize(
    ("validation", "kept"), [([], [0, 1, 2, 3]), ([3, 1, 2], [0, 1, 2, 2]), ([np.nan, 3, 4], None)]
)
def test_the_kept_epoch_so_far_is_that_of_the_lowest_loss_so_far(validation, kept):
    whole = history_of([3, 2, 1], validation, best=max(kept or [2]))
    parts = [whole.until(epoch) for epoch in range(4)]
    assert [part.best_epoch for part in parts] == (kept or [0, 1, 2, 2])


def test_of_one_curve_alone_the_others_stay_empty():
    part = history_of([3, 2, 1]).until(2)
    assert part.validation_loss.shape == part.validation_score.shape == (0,)
    assert part.restart_losses.shape[0] == 0


@pytest.mark.parametrize(
    "extra", [{}, {"validation": 0.3}, {"patience": 3}, {"dropout": 0.5}], ids=str
)
@each_kind
def test_no_epochs_leave_the_initial_weights(kind, extra):
    dataset, recipe = small_dataset(kind), replace(QUICK, epochs=0, **extra)
    training = trained(dataset, recipe, seed=4)
    history = training.history()
    assert len(history) == history.best_epoch == 0
    assert repr(history) == "History: no epochs"
    assert training.best_run().ended != "diverged"
    assert_same_network(training.network(), network_for(dataset, recipe, 4), tolerance=0)


@pytest.mark.parametrize("recipe", [QUICK, HELD], ids=["training", "held"])
def test_the_history_keeps_the_curves_of_all_restarts(recipe):
    trainer = TrainFCNN(small_dataset("regression", n=30)).train_as(replace(recipe, restarts=5))
    history = trainer.history
    own = history.validation_loss if recipe.validation else history.loss
    assert history.restart_losses.shape == (5, recipe.epochs)
    assert any(np.array_equal(curve, own) for curve in history.restart_losses)
    assert trainer.train_as(recipe).history.restart_losses.shape == (0, 0)


def test_the_curves_of_restarts_are_in_original_units():
    recipe = replace(HELD, standardize=True, restarts=3)
    history = TrainFCNN(small_dataset("regression", n=30)).train_as(recipe).history
    assert any(np.array_equal(curve, history.validation_loss) for curve in history.restart_losses)


@pytest.mark.parametrize("epochs", [0, 1])
def test_restarts_need_no_epochs(epochs):
    history = TrainFCNN("xor", n_samples=60).train([3], restarts=3, epochs=epochs).history
    assert history.restart_losses.shape == (3, epochs)


# --- as a table ---

SEEN = {
    "binary": ({}, ["loss", "accuracy"]),
    "held out": (
        {"validation": 0.2}, ["loss", "accuracy", "validation_loss", "validation_accuracy"]
    ),
    "tested": (
        {"validation": 0.2, "test_every": 2},
        [
            *("loss", "accuracy", "validation_loss", "validation_accuracy"),
            *("test_loss", "test_accuracy"),
        ],
    ),
    "regression": ({"test_every": 1}, ["loss", "r2", "test_loss", "test_r2"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_a_history_is_a_table_with_a_row_for_every_epoch(name, tmp_path):
    options, columns = SEEN[name]
    trainer = TrainFCNN("prod" if name == "regression" else "xor", n_samples=60)
    history = trainer.train([3], epochs=5, **options).history
    frame = pd.DataFrame(history.to_records())
    assert list(frame) == ["epoch", "seconds", *columns]
    assert frame.epoch.tolist() == [1, 2, 3, 4, 5]
    assert frame.seconds.tolist() == history.elapsed.tolist()
    assert (frame.seconds.diff().dropna() > 0).all()
    assert frame.seconds.iloc[-1] == pytest.approx(history.seconds)
    for column in columns:
        curve = getattr(history, column.replace("accuracy", "score").replace("r2", "score"))
        where = history.test_epochs - 1 if "test" in column else slice(None)
        assert frame[column].iloc[where].tolist() == curve.tolist()
        assert frame[column].notna().sum() == len(curve)
    history.to_csv(tmp_path / "history.csv")
    read = pd.read_csv(tmp_path / "history.csv")
    pd.testing.assert_frame_equal(read, frame, rtol=1e-12)
    assert list(tmp_path.iterdir()) == [tmp_path / "history.csv"]


def test_a_history_without_times_has_no_column_of_them_and_numbers_are_pythons():
    rows = history_of([2, 1]).to_records()
    assert rows == [{"epoch": 1, "loss": 2.0, "r2": -2.0}, {"epoch": 2, "loss": 1.0, "r2": -1.0}]
    assert all(type(value) in (int, float) for row in rows for value in row.values())
    assert history_of([]).to_records() == []


def test_the_table_of_a_history_that_was_cut_is_cut_too():
    made = TrainFCNN("xor", n_samples=60).train([3], epochs=6, test_every=2)
    assert made.history.until(3).to_records() == [
        row for row in made.history.to_records() if row["epoch"] <= 3
    ]


def test_a_history_that_cannot_be_written_says_why(tmp_path):
    history = history_of([2, 1])
    with pytest.raises(ValueError, match=r"there is no folder .*nowhere"):
        history.to_csv(tmp_path / "nowhere" / "history.csv")
    with pytest.raises(ValueError, match="is a folder: add a name"):
        history.to_csv(tmp_path)


def test_the_members_of_a_stack_end_each_at_their_own_time():
    recipe = HELD.but(patience=2, lr=0.3, epochs=60)
    training = trained(small_dataset("binary", n=30), recipe, weight_seeds=range(4))
    histories = [run.history for run in training.runs()]
    assert len({*map(len, histories)}) > 1
    for history in histories:
        assert history.elapsed.tolist() == training.state.elapsed[: len(history)]
