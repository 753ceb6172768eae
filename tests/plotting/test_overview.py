"""All there is to see of a training, in one figure with room for it."""

import matplotlib
import numpy as np
import pytest
import torch
from pictures import ONE_OF_EACH_KIND, assert_nothing_is_clipped_or_overlaps
from sources import QUICK, SOURCES, UNTESTED
from sources import trained as trained_on

from trainfcnn import DATASETS, TASKS, TrainFCNN


def test_the_overview_has_data_prediction_loss_network_and_errors(trained):
    figure = trained.plot()
    shown = [ax.get_label() for ax in figure.axes]
    assert shown == ["data", "prediction", "loss", "network", "errors"]
    assert figure.get_suptitle() == repr(trained)


def test_no_label_is_clipped_and_no_panels_overlap(trained):
    assert_nothing_is_clipped_or_overlaps(trained.plot())


@pytest.mark.parametrize("name", DATASETS)
def test_the_overview_of_every_data_set_has_room_for_all_labels(name):
    assert_nothing_is_clipped_or_overlaps(TrainFCNN(name, n_samples=100).train(epochs=2).plot())


def test_long_names_of_classes_have_room_too():
    y = np.repeat(["Iris-versicolor", "Iris-virginica"], 40)
    trainer = TrainFCNN((np.random.default_rng(0).normal(size=(80, 2)), y)).train(epochs=2)
    assert_nothing_is_clipped_or_overlaps(trainer.plot())


def test_large_targets_have_room_too():
    x = np.random.default_rng(0).normal(size=(80, 2))
    assert_nothing_is_clipped_or_overlaps(TrainFCNN((x, 1e4 * x[:, 0])).train(epochs=2).plot())


def test_the_overview_takes_two_features_of_many(iris):
    figure = iris.plot(features=(2, 3))
    axes = {ax.get_label(): ax for ax in figure.axes}
    assert axes["data"].get_xlabel() == "feature 2"
    assert axes["prediction"].get_ylabel() == "feature 3"
    assert_nothing_is_clipped_or_overlaps(figure)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        *((source, np.nan) for source in (*TASKS, "own classes", "own values")),
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
    trainer.plot().draw_without_rendering()


def test_a_dollar_in_the_name_of_a_class_is_no_mathematics():
    y = np.repeat(["$x_$", "a$b_c$"], 40)
    trainer = TrainFCNN((np.random.default_rng(0).normal(size=(80, 2)), y)).train(epochs=2)
    figure = trainer.plot()
    figure.draw_without_rendering()
    (bar,) = figure.axes[0].child_axes
    assert [label.get_text() for label in bar.get_yticklabels()] == [r"\$x_\$", r"a\$b_c\$"]


def test_a_layout_that_a_user_prefers_leaves_the_overview_alone(trained):
    with matplotlib.rc_context({"figure.constrained_layout.use": True}):
        assert_nothing_is_clipped_or_overlaps(trained.plot())


LAST = {
    "xor": "probability not given to the true class",
    "prod": "prediction - truth",
    "values": "residual: prediction - truth",
    "numbers": "accuracy, with 95% interval",
    "untested": "accuracy",
}


@pytest.mark.parametrize("source", LAST)
def test_the_last_picture_of_the_overview_is_of_what_is_known(source):
    trainer = trained_on(source) if source in SOURCES else TrainFCNN(UNTESTED).train(**QUICK)
    (ax,) = [ax for ax in trainer.plot().axes if ax.get_label() == "errors"]
    assert LAST[source] in [part.get_ylabel() for part in (ax, *ax.child_axes)]
