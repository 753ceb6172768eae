"""Losses are drawn as they are."""

from dataclasses import replace

import numpy as np
import pytest

from trainfcnn import History
from trainfcnn.plotting.history import plot_loss


def a_history(loss, validation=()):
    loss, validation = np.array(loss, float), np.array(validation, float)
    best = int(validation.argmin()) + 1 if len(validation) else len(loss)
    return History(loss, loss, validation, validation, 0.1, best, "MSE", "R²")


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


def test_the_test_sample_stands_at_the_epochs_that_were_looked_at_and_steps_behind_them():
    steps = np.arange(8, dtype=float)
    more = {"test_every": 2, "test_loss": np.array([5.0, 6.0]), "step_loss": steps}
    history = replace(a_history([4, 3, 2, 1]), **more)
    ax = plot_loss(history)
    behind, training, test = ax.lines
    np.testing.assert_array_equal(behind.get_xydata(), np.stack([(steps + 1) / 2, steps], axis=1))
    assert len(training.get_xdata()) == 4
    np.testing.assert_array_equal(test.get_xydata(), [[2, 5], [4, 6]])
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["each step", "training", "test"]
