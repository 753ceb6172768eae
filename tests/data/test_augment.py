"""Images are turned, scaled and moved as one sees it on the screen, each in its own way."""

from math import radians

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import affine_transform
from torch import Generator

from trainfcnn.data.augment import Augmentation, border_value, rotated, transform

shapes = st.tuples(st.integers(1, 9), st.integers(1, 9))
angles = st.floats(-7, 7)
scales = st.floats(0.3, 3)
shifts = st.floats(-12, 12)
seeds = st.integers(0, 2**31)
moves = st.tuples(angles, scales, shifts, shifts)


def some_images(n, shape, seed=0):
    """Return images (n, height, width) of grey values from 0 to 255."""
    return np.random.default_rng(seed).uniform(0, 255, (n, *shape))


def warped(images, angle=0.0, scale=1.0, right=0.0, down=0.0):
    """Return images (n, height, width), warped all alike or by (n,) numbers, in float64."""
    n, *shape = images.shape
    angles, scales, *shifts = (
        torch.tensor(np.broadcast_to(each, n), dtype=torch.float64)
        for each in (angle, scale, right, down)
    )
    rows = torch.tensor(images, dtype=torch.float64).reshape(n, -1)
    return (
        transform(rows, tuple(shape), angles, scales, torch.stack(shifts))
        .numpy()
        .reshape(n, *shape)
    )


def warped_by_scipy(image, angle, scale, right, down):
    """Return the same of one image, which stands on zeros: rows first, and they go down."""
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / scale
    middle, border = (np.array(image.shape) - 1) / 2, 2
    offset = middle - turn @ (middle + np.array([down, right]))
    return affine_transform(
        np.pad(image, border), turn, offset + border, output_shape=image.shape, order=1
    )


def blob(shape, row, column, spread=2.0):
    """Return an image of a smooth spot."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * spread**2))


def centre(images):
    """Return where the light is, (2, n), to the right and down from the middle."""
    _, height, width = images.shape
    rows, columns = np.mgrid[:height, :width]
    light = images.sum((1, 2))
    right = (images * (columns - (width - 1) / 2)).sum((1, 2))
    return np.array([right, (images * (rows - (height - 1) / 2)).sum((1, 2))]) / light


# warp


@given(shape=shapes, move=moves, seed=seeds)
def test_a_warp_is_what_scipy_makes_of_it(shape, move, seed):
    (image,) = images = some_images(1, shape, seed)
    np.testing.assert_allclose(warped(images, *move)[0], warped_by_scipy(image, *move), atol=1e-9)


@given(shape=shapes, seed=seeds)
def test_without_a_move_images_stay_as_they_are(shape, seed):
    images = some_images(3, shape, seed)
    np.testing.assert_allclose(warped(images), images, atol=1e-9)


@given(size=st.integers(1, 8), quarters=st.integers(-4, 4), seed=seeds)
def test_quarter_turns_of_square_images_are_those_of_numpy(size, quarters, seed):
    images = some_images(2, (size, size), seed)
    expected = np.rot90(images, quarters, axes=(1, 2))
    np.testing.assert_allclose(warped(images, quarters * np.pi / 2), expected, atol=1e-9)


@given(shape=shapes, seed=seeds)
def test_half_a_turn_reverses_an_image_of_any_shape(shape, seed):
    images = some_images(2, shape, seed)
    np.testing.assert_allclose(warped(images, np.pi), images[:, ::-1, ::-1], atol=1e-9)


@given(shape=shapes, right=st.integers(-10, 10), down=st.integers(-10, 10), seed=seeds)
def test_a_shift_by_whole_pixels_moves_them_to_the_right_and_down(shape, right, down, seed):
    (image,) = images = some_images(1, shape, seed)
    expected = np.zeros(shape)
    for row, column in np.ndindex(shape):
        if 0 <= row + down < shape[0] and 0 <= column + right < shape[1]:
            expected[row + down, column + right] = image[row, column]
    np.testing.assert_allclose(warped(images, right=right, down=down)[0], expected, atol=1e-9)


def test_half_a_pixel_is_shared_between_two():
    image = np.array([[[0.0, 0, 8, 0, 0]]])
    np.testing.assert_allclose(warped(image, right=0.5), [[[0, 0, 4, 4, 0]]])
    np.testing.assert_allclose(warped(image, right=-0.25), [[[0, 2, 6, 0, 0]]])


def test_what_a_scale_of_two_shows_is_twice_as_wide_and_high():
    images = np.zeros((1, 16, 12))
    images[:, 6:10, 5:7] = 1
    (image,) = warped(images, scale=2)
    assert (image[4:12, 4:8] >= 0.5).all()
    assert (image >= 0.5).sum() == 8 * 4
    np.testing.assert_allclose(image.sum(), 4 * images.sum())


@pytest.mark.parametrize("scale", [0.5, 0.9, 1.1, 1.5, 2])
def test_the_area_grows_by_the_square_of_the_scale(scale):
    images = blob((81, 71), 40, 35, spread=4)[None]
    assert warped(images, scale=scale).sum() == pytest.approx(scale**2 * images.sum(), rel=0.01)


@given(degrees=st.floats(-180, 180))
def test_to_turn_is_counter_clockwise_about_the_middle(degrees):
    right, down = centre(warped(blob((41, 35), 20, 25)[None], radians(degrees)))
    angle = radians(degrees)
    np.testing.assert_allclose(
        [right, down], [[8 * np.cos(angle)], [-8 * np.sin(angle)]], atol=0.05
    )


def test_images_are_turned_and_scaled_before_they_are_moved():
    place = centre(warped(blob((41, 41), 20, 25)[None], np.pi / 2, 1.5, right=3, down=2))
    np.testing.assert_allclose(place, [[3], [2 - 1.5 * 5]], atol=0.05)


@given(shape=shapes, several=st.lists(moves, min_size=2, max_size=6), seed=seeds)
def test_a_batch_is_warped_as_its_images_one_by_one(shape, several, seed):
    images = some_images(len(several), shape, seed)
    one_by_one = [warped(images[k : k + 1], *move)[0] for k, move in enumerate(several)]
    np.testing.assert_allclose(warped(images, *np.array(several).T), one_by_one, atol=1e-9)


@given(shape=shapes, move=moves, seed=seeds)
def test_no_pixel_is_darker_than_nothing_or_brighter_than_the_brightest(shape, move, seed):
    images = some_images(1, shape, seed)
    result = warped(images, *move)
    assert result.min() >= 0
    assert result.max() <= images.max() * (1 + 1e-9)


@given(shape=shapes, several=st.lists(moves, min_size=3, max_size=3), seed=seeds)
def test_an_empty_image_stays_empty_whatever_its_neighbours_hold(shape, several, seed):
    images = some_images(3, shape, seed)
    images[1] = 0
    assert not warped(images, *np.array(several).T)[1].any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_warp_keeps_the_number_type_and_leaves_the_given_tensors_alone(dtype):
    images = torch.rand(3, 20, dtype=dtype)
    angles, scales, shifts = torch.rand(3, dtype=dtype), torch.rand(3) + 0.5, torch.rand(2, 3)
    copies = [tensor.clone() for tensor in (images, angles, scales, shifts)]
    result = transform(images, (5, 4), angles, scales.to(dtype), shifts.to(dtype))
    assert (result.dtype, result.shape) == (dtype, images.shape)
    for tensor, copy in zip((images, angles, scales, shifts), copies, strict=True):
        assert torch.equal(tensor, copy)


def test_scale_and_shift_may_be_single_numbers():
    images, angles = torch.rand(4, 30), torch.rand(4)
    expected = transform(images, (6, 5), angles, torch.full((4,), 1.5), torch.full((2, 4), 0.5))
    np.testing.assert_allclose(transform(images, (6, 5), angles, 1.5, 0.5), expected, atol=1e-6)


# Augmentation

N = 500
EVERYTHING = {"rotate": 30.0, "shift": 2.0, "scale": 0.2}


def applied(images, seed=0, **limits):
    """Return images (n, height, width), moved at random."""
    n, *shape = images.shape
    rows = torch.tensor(images).reshape(n, -1)
    nothing = dict.fromkeys(EVERYTHING, 0.0)
    warps = Augmentation(tuple(shape), **(nothing | limits))
    assert warps.apply(rows, Generator().manual_seed(seed)) is None
    return rows.numpy().reshape(n, *shape)


def alike(image):
    return np.repeat(image[None], N, axis=0)


def test_the_same_generator_moves_alike_and_another_does_not():
    images = some_images(5, (6, 4))
    first, again, other = (applied(images, seed, **EVERYTHING) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not (first == other).all((1, 2)).any()


def test_a_generator_that_goes_on_moves_otherwise():
    generator, images = Generator().manual_seed(0), torch.rand(4, 36)
    first, second = images.clone(), images.clone()
    for rows in (first, second):
        Augmentation((6, 6), **EVERYTHING).apply(rows, generator)
    assert not torch.isclose(first, second).all(1).any()


def test_every_image_of_a_batch_is_moved_differently():
    result = applied(alike(some_images(1, (6, 6))[0])[:50], **EVERYTHING)
    assert len(np.unique(result, axis=0)) == 50


def test_the_global_random_numbers_are_left_alone():
    torch_state, numpy_state = torch.get_rng_state(), str(np.random.get_state(legacy=False))
    applied(some_images(5, (6, 4)), **EVERYTHING)
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert str(np.random.get_state(legacy=False)) == numpy_state


@given(shape=shapes, seed=seeds)
def test_limits_of_zero_move_nothing(shape, seed):
    images = some_images(3, shape, seed)
    np.testing.assert_allclose(applied(images, seed), images, atol=1e-9)


def assert_evenly_up_to(values, limit, tolerance):
    """Hold values (n,) against being evenly distributed from -limit to limit."""
    quantiles = np.quantile(values, np.linspace(0, 1, 11))
    assert np.abs(values).max() <= limit + tolerance
    np.testing.assert_allclose(quantiles, np.linspace(-limit, limit, 11), atol=0.15 * limit)


@pytest.mark.parametrize("limit", [0.5, 3.0])
def test_shifts_are_even_within_their_limit_along_each_axis_on_its_own(limit):
    right, down = centre(applied(alike(blob((31, 25), 15, 12)), shift=limit))
    assert_evenly_up_to(right, limit, tolerance=0.01)
    assert_evenly_up_to(down, limit, tolerance=0.01)
    assert abs(np.corrcoef(right, down)[0, 1]) < 0.15


@pytest.mark.parametrize("limit", [5.0, 90.0])
def test_angles_are_even_within_their_limit_in_degrees(limit):
    right, down = centre(applied(alike(blob((41, 41), 20, 30)), rotate=limit))
    assert_evenly_up_to(np.degrees(np.arctan2(-down, right)), limit, tolerance=0.1)
    np.testing.assert_allclose(np.hypot(right, down), 10, atol=0.05)


@pytest.mark.parametrize("limit", [0.1, 0.5])
def test_scales_are_even_within_their_limit_about_one(limit):
    image = blob((41, 41), 20, 20, spread=3)
    result = applied(alike(image), scale=limit)
    assert_evenly_up_to(np.sqrt(result.sum((1, 2)) / image.sum()) - 1, limit, tolerance=0.01)


def test_angle_scale_and_shift_are_drawn_apart():
    image = blob((61, 61), 30, 42, spread=3)
    result = applied(alike(image), rotate=20.0, scale=0.2)
    right, down = centre(result)
    angle, scale = np.arctan2(-down, right), np.sqrt(result.sum((1, 2)) / image.sum())
    assert abs(np.corrcoef(angle, scale)[0, 1]) < 0.15


def test_empty_images_stay_empty_when_moved_at_random():
    assert not applied(np.zeros((20, 5, 4)), **EVERYTHING).any()


# turned


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_bytes_and_floats_are_turned_into_floats_and_are_left_alone(dtype):
    images = some_images(7, (5, 5)).astype(dtype)
    rows = images.reshape(7, -1)
    result = rotated(rows, (5, 5), 90)
    assert result.dtype == np.float32
    expected = np.rot90(images, axes=(1, 2)).reshape(7, -1)
    np.testing.assert_allclose(result, expected, atol=1e-3)
    np.testing.assert_array_equal(rows, images.reshape(7, -1))


@pytest.mark.parametrize("degrees", [37, np.linspace(-180, 180, 7), list(range(7))], ids=str)
def test_images_are_turned_by_one_angle_or_by_one_each(degrees):
    images = some_images(7, (6, 4))
    grey = border_value(images.reshape(7, -1), (6, 4))
    expected = warped(images - grey, np.radians(degrees)).reshape(7, -1) + grey
    np.testing.assert_allclose(rotated(images.reshape(7, -1), (6, 4), degrees), expected, atol=1e-2)


@pytest.mark.parametrize("chunk", [1, 3, 7, 8])
def test_many_images_are_turned_a_part_at_a_time(chunk, monkeypatch):
    rows, degrees = some_images(7, (6, 4)).reshape(7, -1), np.arange(7) * 10.0
    at_once = rotated(rows, (6, 4), degrees)
    monkeypatch.setattr("trainfcnn.data.augment.CHUNK", chunk)
    np.testing.assert_allclose(rotated(rows, (6, 4), degrees), at_once, atol=1e-4)


def test_no_images_are_turned_into_none():
    assert rotated(np.zeros((0, 12)), (4, 3), 45).shape == (0, 12)


def test_pixels_that_nobody_may_write_to_are_turned_without_a_warning():
    rows = np.zeros((2, 12), np.uint8)
    rows.flags.writeable = False
    assert not rotated(rows, (4, 3), 45).any()


def test_what_comes_in_at_the_edges_has_the_grey_of_the_edges():
    paper = np.full((3, 64), 9.0)
    paper[:, 27:29] = 2.0
    np.testing.assert_allclose(rotated(paper, (8, 8), 45)[:, [0, 7, 56, 63]], 9.0, atol=1e-6)
    assert border_value(paper, (8, 8)) == 9.0
