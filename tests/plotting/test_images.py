"""What the pictures of images show, read off their artists."""

from itertools import combinations, pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

from trainfcnn import TrainFCNN
from trainfcnn.analysis.classification import Mistakes
from trainfcnn.data.images import CLOTHES
from trainfcnn.plotting.classification import plot_confusion
from trainfcnn.plotting.images import (
    MISTAKES_A_ROW,
    MOST_WEIGHTS,
    SAMPLES_A_ROW,
    plot_mistakes,
    plot_rotation,
    plot_samples,
    plot_weights,
)
from trainfcnn.plotting.overview import prediction_title
from trainfcnn.report import as_line

PICTURES = (
    "plot_dataset", "plot_loss", "plot_score", "plot_confusion", "plot_mistakes", "plot_weights",
    "plot_rotation",
)  # fmt: skip


@pytest.fixture(scope="module")
def trained():
    return TrainFCNN("digits", normalize="standard").train(dims=[60], epochs=3, validation=0.1)


def shown(ax):
    """The pixels on the axes, with NaN where there is no image."""
    return np.ma.filled(ax.images[0].get_array().astype(float), np.nan)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_samples_are_the_first_of_each_class_in_a_row_with_its_name(trained):
    dataset, ax = trained.dataset, trained.plot_dataset()
    assert [label.get_text() for label in ax.get_yticklabels()] == list("0123456789")
    pixels = shown(ax)
    for label, middle in enumerate(ax.get_yticks()):
        top = round(middle) - 4
        first = dataset.x[dataset.y == label][0].reshape(8, 8)
        np.testing.assert_array_equal(pixels[top : top + 8, :8], first)
    assert np.isfinite(pixels).sum() == 10 * SAMPLES_A_ROW * 64
    assert ax.get_title() == "digits: 1,438 images of 8 x 8 pixels"


def test_a_class_with_few_samples_leaves_its_row_unfinished():
    few = TrainFCNN("digits", n_samples=30).dataset
    assert np.isfinite(shown(plot_samples(few))).sum() == 30 * 64


def test_mistakes_are_the_images_themselves_with_truth_answer_and_probability(trained):
    found, dataset = trained.mistakes(8), trained.dataset
    ax = plot_mistakes(dataset, found)
    first = dataset.x_test[found.indices[0]].reshape(8, 8)
    np.testing.assert_array_equal(shown(ax)[:8, :8], first)
    truths = dataset.y_test[found.indices]
    told = [
        f"{truth} as {answer}\n{share:.0%}"
        for truth, answer, share in zip(truths, found.answers, found.confidence, strict=True)
    ]
    assert texts(ax) == told
    assert ax.get_title() == f"the surest 8 of {found.total} mistakes"


def test_every_mistake_stands_above_its_own_text(trained):
    ax = trained.plot_mistakes(n=MISTAKES_A_ROW + 2)
    pixels = shown(ax)
    for text in ax.texts:
        x, y = text.get_position()
        tile = pixels[int(y) - 8 : int(y), int(x) - 4 : int(x) + 4]
        assert np.isfinite(tile).all()
        assert np.isnan(pixels[int(y) + 1]).all()


def test_no_mistakes_make_an_empty_picture(trained):
    nothing = np.empty(0, int)
    ax = plot_mistakes(trained.dataset, Mistakes(nothing, nothing, np.empty(0), total=0))
    assert ax.get_title() == "0 mistakes"
    assert not np.isfinite(shown(ax)).any()


def test_weights_are_those_of_the_units_with_the_largest_norm(trained):
    weights = trained.network.linears[0].weight.detach().numpy()
    weights = weights * trained.dataset.x.std(0)
    ax = trained.plot_weights()
    assert ax.get_title() == f"weights of {MOST_WEIGHTS} of 60 units in the first layer"
    norms = np.sort(np.linalg.norm(weights, axis=1))[-MOST_WEIGHTS:]
    pixels = shown(ax)
    assert np.nansum(pixels**2) == pytest.approx((norms**2).sum(), rel=1e-5)


def test_the_scale_of_the_weights_is_symmetric_about_zero(trained):
    low, high = trained.plot_weights().images[0].get_clim()
    assert low == -high < 0


def test_weights_that_are_all_zero_are_drawn():
    ax = plot_weights(np.zeros((3, 4)), (2, 2))
    assert ax.get_title() == "weights of 3 units in the first layer"


def test_a_confusion_matrix_writes_its_counts_and_colors_only_mistakes():
    ax = plot_confusion(np.array([[5, 2], [0, 7]]), ("cat", "dog"))
    assert sorted(texts(ax)) == ["2", "5", "7"]
    np.testing.assert_array_equal(ax.images[0].get_array(), [[0, 2], [0, 0]])
    np.testing.assert_array_equal(ax.images[1].get_array().mask, [[False, True], [True, False]])
    assert plot_confusion(np.array([[0, 2], [0, 7]]), (0, 1)).images[1].get_array().mask[0, 0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["cat", "dog"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("answer", "truth")
    assert ax.get_title() == "2 mistakes in 14 answers"


def test_a_count_stands_where_it_belongs():
    (text,) = plot_confusion(np.array([[0, 3], [0, 0]]), (0, 1)).texts
    assert (text.get_text(), text.get_position()) == ("3", (1, 0))


def test_the_rotation_curve_is_drawn_as_it_is():
    ax = plot_rotation(np.array([-30.0, 0.0, 20.0]), np.array([0.5, 0.98, 0.7]))
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[-30, 0.5], [0, 0.98], [20, 0.7]])
    assert ax.get_title() == "accuracy 98.0% at 0°, 50.0% at -30°"


def test_the_curves_of_accuracy_are_those_of_the_history(trained):
    training, validation, *_ = trained.plot_score().lines
    np.testing.assert_array_equal(training.get_ydata(), trained.history.score)
    np.testing.assert_array_equal(validation.get_ydata(), trained.history.validation_score)


def boxes_of_texts(ax):
    ax.figure.draw_without_rendering()
    return [text.get_window_extent() for text in ax.texts]


@pytest.mark.parametrize("names", [CLOTHES, tuple(range(10))], ids=["long", "short"])
@pytest.mark.parametrize("shape", [(8, 8), (4, 16)], ids=str)
def test_no_caption_of_a_mistake_runs_into_another(names, shape):
    digits = load_digits()
    trainer = TrainFCNN((digits.images.reshape(-1, *shape), np.array(names)[digits.target]))
    figure = trainer.train(epochs=1).plot(seeds=0)
    boxes = boxes_of_texts(figure.axes[3])
    assert len(boxes) >= 2
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]


def test_paper_is_white_whichever_grey_it_has():
    x, y = load_digits(return_X_y=True)
    for images, reverse in ((x, False), (16 - x, True), (x - 16, False)):
        shown_image = TrainFCNN((images.reshape(-1, 8, 8), y)).plot_dataset().images[0]
        assert shown_image.get_clim() == (images.min(), images.max())
        paper = shown_image.cmap(1.0 if reverse else 0.0)
        assert paper[:3] == pytest.approx((1, 1, 1))


def test_images_with_values_in_place_of_classes_are_drawn_without_mistakes():
    digits = load_digits()
    trainer = TrainFCNN((digits.images, digits.images.mean((1, 2)))).train(epochs=1)
    assert len(trainer.plot().axes) == 4
    assert trainer.plot_rotation(degrees=[0, 90]).get_ylabel() == "R²"


def test_a_single_epoch_is_drawn_as_a_point():
    ax = TrainFCNN("digits").train(epochs=1, validation=0.1).plot_loss()
    assert [line.get_marker() for line in ax.lines[:2]] == [".", "."]
    assert list(ax.get_xticks()) == [0, 1, 2]


def test_the_overview_has_six_panels_none_of_which_is_clipped_or_overlaps(trained):
    figure = trained.plot(seeds=2)
    assert figure.get_suptitle() == prediction_title(trained.run)
    assert figure.texts[-1].get_text() == as_line(trained.run, with_loss=False)
    assert len(figure.axes) == 6
    figure.draw_without_rendering()
    boxes = [ax.get_tightbbox() for ax in figure.axes]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 for box in boxes)
    assert all(box.y0 >= 0 and box.y1 <= figure.bbox.y1 for box in boxes)
    for row in (boxes[:3], boxes[3:]):
        assert all(left.x1 <= right.x0 for left, right in pairwise(row))
    assert min(box.y0 for box in boxes[:3]) >= max(box.y1 for box in boxes[3:])


@pytest.mark.parametrize("picture", PICTURES)
def test_a_given_axes_is_drawn_on_and_returned_and_nothing_stays_open(trained, picture):
    ax = Figure().subplots()
    assert getattr(trained, picture)(ax=ax) is ax
    assert getattr(trained, picture)() is not ax
    assert plt.get_fignums() == []


@pytest.mark.parametrize("picture", ["plot_prediction", "predict_grid"])
def test_a_picture_of_the_plane_explains_what_to_draw_of_images(trained, picture):
    with pytest.raises(ValueError, match=r"64 pixels of 'digits': use plot\(\), plot_dataset\(\)"):
        getattr(trained, picture)()


@pytest.mark.parametrize("picture", ["plot_mistakes", "plot_weights", "plot_rotation"])
def test_a_picture_of_images_is_refused_for_points(picture):
    trainer = TrainFCNN("xor", n_samples=40).train(epochs=1)
    with pytest.raises(ValueError, match="one of images, and 'xor' has points"):
        getattr(trainer, picture)()


def test_a_confusion_matrix_may_be_of_points_but_not_of_a_regression():
    assert TrainFCNN("circles").train(epochs=1).plot_confusion().get_title()
    with pytest.raises(ValueError, match="'prod' is a regression"):
        TrainFCNN("prod").train(epochs=1).plot_confusion()
