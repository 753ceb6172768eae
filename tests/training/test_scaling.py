"""Scales against numpy's, and networks that answer alike before and after."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracle import small_dataset
from parametrized import each_kind
from trainings import HELD, QUICK, assert_same_history, held, loss_on, some_images, trained

from trainfcnn.data.dataset import Dataset
from trainfcnn.nn.activations import ACTIVATIONS
from trainfcnn.nn.network import FCNN
from trainfcnn.recipe import Recipe
from trainfcnn.trainer import TrainFCNN
from trainfcnn.training.loop import Training
from trainfcnn.training.scaling import INPUT_SCALES, Scaling

rows = st.integers(1, 9)
ways = st.sampled_from(list(INPUT_SCALES))


def some_inputs(n, dtype, seed=0):
    generator = np.random.default_rng(seed)
    if dtype == np.uint8:
        return generator.integers(0, 256, (n, 3), dtype=np.uint8)
    return generator.normal(5, 3, (n, 3))


def by_numpy(x, way):
    """Shift and scale of a sample in which nothing is constant."""
    x = x.astype(float)
    return {
        None: (0, 1),
        "unit": (x.min(), np.ptp(x)),
        "standard": (x.mean(), x.std()),
        "each": (x.mean(0), x.std(0)),
    }[way]


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
@given(way=ways, at_once=rows)
def test_scales_are_those_of_numpy_however_many_rows_are_taken_at_once(dtype, way, at_once):
    x = some_inputs(9, dtype)
    with patch("trainfcnn.training.scaling.ROWS", at_once):
        shift, scale = INPUT_SCALES[way](x)
    expected_shift, expected_scale = by_numpy(x, way)
    np.testing.assert_allclose(shift, expected_shift, rtol=1e-12)
    np.testing.assert_allclose(scale, expected_scale, rtol=1e-12)


@pytest.mark.parametrize("way", ["each", "standard"])
@given(counts=st.lists(st.integers(1, 4), min_size=9, max_size=9), at_once=rows)
def test_a_whole_weight_is_so_many_rows(way, counts, at_once):
    x = some_inputs(9, np.float64)
    with patch("trainfcnn.training.scaling.ROWS", at_once):
        ours = INPUT_SCALES[way](x, np.array(counts, float))
    for mine, theirs in zip(ours, INPUT_SCALES[way](x.repeat(counts, 0)), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


@each_kind
def test_a_network_is_scaled_again_as_it_was(kind):
    dataset = small_dataset(kind, 30)
    recipe = replace(QUICK, standardize=True, dtype="float64", dims=(4, 3))
    begun = Training(dataset, recipe)
    again = Training(dataset, recipe, seed=9)
    again.begin_with(begun.network())
    torch.testing.assert_close(begun.stack.parameters, again.stack.parameters)
    for training in (begun, again):
        for _ in training:
            pass
    assert again.history().loss[0] == pytest.approx(begun.history().loss[0], rel=0.2)


@pytest.mark.parametrize("way", INPUT_SCALES)
def test_what_never_varies_is_not_scaled(way):
    _, scale = INPUT_SCALES[way](np.full((5, 3), 7, np.uint8))
    np.testing.assert_array_equal(scale, np.ones(np.shape(scale)))


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
@given(way=ways)
def test_a_network_answers_in_original_units_what_it_learnt_in_scaled_ones(dtype, way):
    x, y = some_inputs(20, dtype), np.random.default_rng(1).normal(9, 2, 20)
    scaling = Scaling.of(x, y, inputs=way, target=True)
    network = FCNN([3, 4, 1], "tanh", dtype=torch.float64)
    scaled = torch.tensor(x, dtype=torch.float64)
    for call in scaling.prepare(scaled):
        call()
    np.testing.assert_allclose(scaled, (x - scaling.x_shift) / scaling.x_scale, rtol=1e-12)
    with torch.no_grad():
        expected = network(scaled) * y.std() + y.mean()
        scaling.undo(network)
        answers = network(torch.tensor(x, dtype=torch.float64))
    torch.testing.assert_close(answers, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dims", [(), (4,), (4, 3)], ids=str)
@each_kind
def test_standardizing_is_training_in_scaled_units_and_answering_in_the_original(kind, dims):
    dataset, recipe = small_dataset(kind, n=30), replace(HELD, dims=dims)
    has_values = dataset.kind == "regression"
    chosen = ~held(dataset, recipe)
    (shift, scale), (y_shift, y_scale) = (
        (part[chosen].mean(0), part[chosen].std(0)) if wanted else (0.0, 1.0)
        for part, wanted in ((dataset.x, True), (dataset.y, has_values))
    )
    scaled = replace(dataset, x=(dataset.x - shift) / scale)
    if has_values:
        scaled = replace(scaled, y=(dataset.y - y_shift) / y_scale)
    ours, theirs = trained(dataset, replace(recipe, standardize=True)), trained(scaled, recipe)
    x, scaled_x = torch.tensor(dataset.x), torch.tensor(scaled.x)
    unit_of_each = torch.tensor(y_scale), torch.tensor(y_shift)
    expected = theirs.network().scores(scaled_x) * unit_of_each[0] + unit_of_each[1]
    torch.testing.assert_close(ours.network().scores(x), expected, rtol=1e-9, atol=1e-9)
    # several targets have no unit in common: each counts in its standard deviation
    unit = y_scale**2 if kind != "several" else 1.0
    for name in ("loss", "validation_loss"):
        ours_seen, seen = (getattr(run.history(), name) for run in (ours, theirs))
        np.testing.assert_allclose(ours_seen, seen * unit, rtol=1e-9)
    np.testing.assert_allclose(ours.history().score, theirs.history().score, rtol=1e-9, atol=1e-9)


def scaled_by_hand(pixels, chosen, normalize, standardize):
    """What the network of a training sees of `pixels`, in double precision."""
    x = pixels.astype(float)
    if standardize:
        return (x - x[chosen].mean(0)) / x[chosen].std(0)
    if normalize == "standard":
        return (x - x[chosen].mean()) / x[chosen].std()
    low, high = x[chosen].min(), x[chosen].max()
    return (x - low) / (high - low) if normalize == "unit" else x


@pytest.mark.parametrize("normalize", ["unit", "standard", None])
@pytest.mark.parametrize("standardize", [False, True])
def test_bytes_are_trained_on_as_the_floats_they_stand_for(normalize, standardize):
    images, recipe = some_images(), replace(HELD, lr=0.001, standardize=standardize)
    chosen = ~held(images, recipe)
    x = scaled_by_hand(images.x, chosen, normalize, standardize)
    theirs = trained(replace(images, x=x, image_shape=None), replace(recipe, standardize=False))
    ours = trained(replace(images, normalize=normalize), recipe)
    assert_same_history(ours.history(), theirs.history())
    answers = ours.network().scores(torch.tensor(images.x, dtype=torch.float64))
    expected = theirs.network().scores(torch.tensor(x))
    torch.testing.assert_close(answers, expected, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("normalize", ["unit", "standard", None])
def test_images_that_are_all_one_grey_do_no_harm(normalize):
    grey = replace(some_images(), x=np.full((40, 6), 7, np.uint8), normalize=normalize)
    assert np.isfinite(trained(grey, QUICK).history().loss).all()


def test_the_history_of_a_standardized_training_is_in_original_units():
    dataset, recipe = small_dataset("regression", n=30), replace(HELD, standardize=True)
    training = trained(dataset, recipe)
    lowest = training.history().validation_loss.min()
    ours = loss_on(training.network(), dataset, held(dataset, recipe)).item()
    assert ours == pytest.approx(lowest, rel=1e-9)


def test_a_last_activation_leaves_the_targets_as_they_are():
    recipe = replace(QUICK, standardize=True, last_activation="tanh")
    network = trained(small_dataset("regression"), recipe).network()
    assert network(torch.tensor(small_dataset("regression").x)).abs().max() <= 1


@pytest.mark.parametrize("constant", [0.0, 3.0, 0.1, 1 / 3, 1e6 + 0.1])
@pytest.mark.parametrize("n", [12, 100])
def test_a_constant_feature_does_no_harm_to_a_standardized_training(constant, n):
    plane = small_dataset("regression", n=n)
    x = np.column_stack([plane.x, np.full(n, constant)])
    dataset = Dataset("flat", "regression", x, plane.y, x[:0], plane.y[:0])
    recipe = replace(QUICK, standardize=True)
    begun = Training(dataset, recipe).network()
    nearby = x + np.array([0, 0, 1e-3])
    there, beside = (begun(torch.tensor(points)).detach() for points in (x, nearby))
    assert (there - beside).abs().max() < 1


def test_units_far_from_zero_lose_nothing_of_what_was_learnt():
    x = np.random.default_rng(0).normal(size=(500, 2)) + 1e8
    trainer = TrainFCNN((x, x[:, 0] > x[:, 1])).train(epochs=50)
    assert trainer.accuracy == pytest.approx(trainer.history.score[-1], abs=0.01)
    assert TrainFCNN((x - 1e8, x[:, 0] > x[:, 1])).train(epochs=1).network.linears[
        0
    ].weight.dtype is (torch.float32)


@pytest.mark.parametrize("last", ACTIVATIONS)
def test_history_and_network_agree_in_the_units_of_the_data_behind_any_last_activation(last):
    dataset = small_dataset("regression", n=30)
    recipe = replace(HELD, standardize=True, last_activation=last)
    watched = trained(dataset, recipe)
    met = loss_on(watched.network(), dataset, held(dataset, recipe)).item()
    assert met == pytest.approx(watched.history().validation_loss.min(), rel=1e-9)
    plain = trained(dataset, recipe.but(validation=0.0))
    met = loss_on(plain.network(), dataset, np.ones(30, bool)).item()
    assert met == pytest.approx(plain.losses()[0], rel=1e-9)
    assert plain.best_run().criterion == plain.losses()[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: replace(data, x=data.x * 1e200), "X must hold numbers up to 1e.150, got "),
        (lambda data: replace(data, y=data.y * 1e200), "y must hold numbers up to 1e.150, got "),
        (
            lambda data: replace(data, y=data.y * 1e-200),
            "y must vary by 1e-150 or more, and varies",
        ),
    ],
)
def test_numbers_whose_squares_no_float_holds_are_refused(change, told):
    data = change(small_dataset("regression"))
    with pytest.raises(ValueError, match=told):
        Training(data, Recipe(standardize=True))


@pytest.mark.parametrize("factor", [1e39, 1e-45])
def test_numbers_that_the_precision_cannot_hold_are_refused_unless_scaled(factor):
    data = small_dataset("regression")
    far = replace(data, x=data.x * factor)
    with pytest.raises(ValueError, match=r"X must be numbers that float32 can hold"):
        Training(far, Recipe())
    assert Training(far, Recipe(dtype="float64")) is not None
