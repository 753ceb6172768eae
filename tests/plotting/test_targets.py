"""All targets in one figure, and one of them in every other picture."""

import numpy as np
import pytest
from pictures import assert_nothing_is_clipped_or_overlaps

from trainfcnn import TrainFCNN, compare, sweep

RNG = np.random.default_rng(0)
X = RNG.uniform(-2, 2, (100, 2))
NAMES = ["height", "price", "a name that is longer than all that there is room for"]
LABELS = np.column_stack([X.prod(1) > 0, X[:, 0] > 1, X.sum(1) > 0]).astype(int)


def frame(y):
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame(y, columns=NAMES)


@pytest.fixture(scope="module")
def values():
    y = np.column_stack([np.sin(X[:, 0]), 1e4 * X[:, 1], X.prod(1)])
    return TrainFCNN((X, frame(y))).train([6], epochs=10)


@pytest.fixture(scope="module")
def labels():
    return TrainFCNN((X, frame(LABELS)), kind="multilabel").train([6], epochs=10, validation=0.2)


def test_values_stand_against_the_truth_a_panel_each_and_last_the_loss(values):
    *panels, loss = values.plot().axes
    assert [ax.get_title().split("\n")[0] for ax in panels[:2]] == NAMES[:2]
    assert panels[2].get_title().startswith("a name that is longer than al…\nR²")
    for place, ax in enumerate(panels):
        diagonal, points = ax.lines
        np.testing.assert_array_equal(*diagonal.get_data())
        np.testing.assert_array_equal(points.get_xdata(), values.dataset.y_test[:, place])
        expected = values.predict(values.dataset.x_test)[:, place]
        np.testing.assert_allclose(points.get_ydata(), expected, rtol=1e-6)
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), values.history.loss)


def test_labels_are_probabilities_and_what_is_wrong_is_a_cross(labels):
    *panels, _ = labels.plot().axes
    shares = labels.predict_proba(labels.dataset.x_test)
    wrong = (shares > 0.5) != labels.dataset.y_test
    for place, ax in enumerate(panels):
        _, right, crosses = ax.lines
        assert crosses.get_marker() == "x"
        np.testing.assert_allclose(crosses.get_ydata(), shares[wrong[:, place], place])
        assert len(right.get_ydata()) + len(crosses.get_ydata()) == len(shares)


def test_of_many_targets_seven_are_drawn_and_the_rest_are_counted():
    y = RNG.normal(size=(100, 9))
    figure = TrainFCNN((X, y)).train([2], epochs=1).plot()
    assert len(figure.axes) == 8
    assert figure.get_supxlabel().endswith("2 more targets not drawn")
    assert_nothing_is_clipped_or_overlaps(figure)


def test_nothing_is_clipped(values, labels):
    for trainer in (values, labels):
        assert_nothing_is_clipped_or_overlaps(trainer.plot())


@pytest.mark.parametrize("name", ["dataset", "prediction", "space", "residuals"])
def test_a_picture_of_one_target_says_which_it_is_and_of_how_many(values, name):
    assert "height (1 of 3)" in getattr(values, f"plot_{name}")().get_title()
    second = values.for_target("price")
    assert getattr(second, f"plot_{name}")().figure is not None


@pytest.mark.parametrize("name", ["confusion", "calibration", "roc", "precision_recall"])
def test_a_picture_of_one_label_says_which_it_is(labels, name):
    assert "height (1 of 3)" in getattr(labels, f"plot_{name}")().get_title()


def test_comparisons_and_extremes_are_of_the_first(values):
    figure = compare([values, values.for_target("price")])
    assert "height (1 of 3), price (2 of 3)" in figure.get_suptitle()
    few = sweep(values.dataset, dims=[[1], [3]], epochs=2)
    assert few.plot_extremes().get_suptitle().startswith("height (1 of 3): the best and the worst")


def test_the_network_names_all_outputs(values):
    texts = [text.get_text() for text in values.plot_network().texts]
    assert set(NAMES[:2]) <= set(texts)


def test_of_images_with_labels_the_first_label_is_missed_or_not():
    images = RNG.integers(0, 256, (100, 4, 4), dtype=np.uint8)
    trainer = TrainFCNN((images, frame(LABELS)), kind="multilabel").train([4], epochs=1)
    assert "height (1 of 3)" in trainer.plot_mistakes().get_title()
    assert "height (1 of 3)" in trainer.plot_dataset().get_title()
    assert len(trainer.plot().axes) == 4
