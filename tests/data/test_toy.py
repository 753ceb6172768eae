"""Every data set is what its formula says, drawn without bias, and its truth holds everywhere."""

from collections import Counter

import numpy as np
import pytest

from trainfcnn.data.toy import DATASETS, blobs, make_dataset
from trainfcnn.nn.tasks import baseline

N = 200_000
CLASSIFICATIONS = [name for name, law in DATASETS.items() if law.classes]
UNIFORM = [name for name, law in DATASETS.items() if law.sampler is None]
OVERLAPPING = ("blobs", "gauss")  # their labels say which Gaussian a point was drawn from

# (x1, x2) and what the formula gives there, by hand
POINTS = {
    "prod": [((2, 2), 1), ((-2, 2), -1), ((1, -2), -0.5), ((0, 1), 0)],
    "sum_squares": [((2, 2), 2), ((-1, 1), 0.5), ((0, -1), 0.25)],
    "polynom": [((1, 1), -0.75), ((2, 0), 1), ((0, 2), -1), ((-1, 1), 0.75), ((2, -2), 3)],
    "and": [((1, 1), 1), ((1, -1), 0), ((-1, 1), 0), ((-1, -1), 0), ((0, 1), 0)],
    "or": [((1, 1), 1), ((1, -1), 1), ((-1, 1), 1), ((-1, -1), 0), ((0, 0), 0)],
    "xor": [((1, 1), 1), ((-1, -1), 1), ((1, -1), 0), ((-1, 1), 0), ((0, 1), 0)],
    "stripe": [((0, 0), 1), ((1.5, 1), 1), ((1, 0), 1), ((1, -0.5), 0), ((-2, 2), 0)],
    "square": [((0, 0), 1), ((1, 0), 1), ((0.5, -0.5), 1), ((0.75, 0.5), 0), ((2, 2), 0)],
    "circle": [((0, 0), 1), ((0, 1), 1), ((0.75, 0.5), 1), ((0.75, 0.75), 0), ((2, 2), 0)],
    "squares": [((0.5, 0.25), 0), ((1, 0), 1), ((-1, 1), 2), ((-2, -1.5), 3), ((2, 2), 3)],
    "circles": [((1, 0), 0), ((1, 1), 1), ((-2, 0), 2), ((2, -1.5), 3), ((-2, 2), 3)],
    "quadrants": [((-1, -1), 0), ((1, -1), 1), ((1, 1), 2), ((-1, 1), 3), ((-1, 0), 3)],
    "blobs": [((2, 1), 0), ((-2, 1), 1), ((0, -2), 2)],
    "moons": [((0, 1), 0), ((-1, 0), 0), ((1, -0.5), 1), ((2, 0.5), 1)],
    "spiral": [((0.7, 0), 1), ((-0.7, 0), 0)],
    "gauss": [((2, 2), 1), ((-2, -2), 0), ((3, -4), 0), ((0, 0), 0)],
    "plane": [((5, 5), 1), ((-6, 2), -0.4), ((3, -3), 0)],
    "gauss_regression": [((-4, 2.5), 1), ((0, 2.5), -1), ((4, 1.5), 0.5), ((0, 0), 0)],
}
# the best constant guess: an accuracy, or an MSE; integrals over the square
TRIVIAL = {
    "prod": 1 / 9,
    "sum_squares": 8 / 45,
    "polynom": 53 / 45,
    "and": 0.75,
    "or": 0.75,
    "xor": 0.5,
    "stripe": 9 / 16,
    "square": 7 / 8,
    "circle": 1 - np.pi / 16,
    "squares": 3 / 8,
    "circles": np.pi / 8,
    "quadrants": 1 / 4,
    "blobs": 1 / 3,
    "moons": 1 / 2,
    "spiral": 1 / 2,
    "gauss": 1 / 2,
    "plane": 0.24,
}


@pytest.fixture(scope="module")
def large():
    """A large noiseless sample of every law."""
    return {name: make_dataset(name, N, seed=1) for name in DATASETS}


def truth_at(name, *points):
    return DATASETS[name].truth(*np.array(points, dtype=float).T)


@pytest.mark.parametrize("name", DATASETS)
def test_the_truth_is_the_formula_on_points_worked_out_by_hand(name):
    points, expected = zip(*POINTS[name], strict=True)
    np.testing.assert_allclose(truth_at(name, *points), expected, atol=1e-12)


@pytest.mark.parametrize("name", ["squares", "circles"])
def test_the_corners_belong_to_the_last_class(name):
    assert truth_at(name, (2, 2), (2, -2), (-2, 2), (-2, -2)).tolist() == [3] * 4


def test_quadrants_are_counted_from_the_third_and_pi_belongs_to_the_last():
    assert truth_at("quadrants", (-2, -2), (2, -2), (2, 2), (-2, 2)).tolist() == [0, 1, 2, 3]
    assert truth_at("quadrants", (-2, 0.0)) == 3


@pytest.mark.parametrize("name", DATASETS)
def test_labels_without_noise_are_the_truth(name, large):
    data = large[name]
    agreement = np.mean(data.law.truth(*data.x.T) == data.y)
    assert agreement > 0.99 if name in OVERLAPPING else agreement == 1


@pytest.mark.parametrize("name", TRIVIAL)
def test_the_best_constant_guess_reaches_what_the_formula_implies(name, large):
    data = large[name]
    tolerance = 0.02 * TRIVIAL[name] if data.kind == "regression" else 0.005
    assert baseline(data.kind, data.y) == pytest.approx(TRIVIAL[name], abs=tolerance)


@pytest.mark.parametrize("name", UNIFORM)
def test_points_are_uniform_on_the_domain(name, large):
    data = large[name]
    low, high = np.array(data.domain.low), np.array(data.domain.high)
    assert (data.x >= low).all()
    assert (data.x <= high).all()
    cells, _, _ = np.histogram2d(*((data.x - low) / (high - low)).T, bins=10, range=[[0, 1]] * 2)
    chi_squared = ((cells - N / 100) ** 2 / (N / 100)).sum()
    assert 48 < chi_squared < 170  # 99 degrees of freedom: p of 5e-6 on either side


@pytest.mark.parametrize("name", DATASETS)
def test_nearly_all_points_are_in_the_domain_that_is_drawn(name, large):
    data = large[name]
    inside = (data.x >= data.domain.low) & (data.x <= data.domain.high)
    assert inside.all(1).mean() > 0.99


@pytest.mark.parametrize("name", CLASSIFICATIONS)
def test_classes_are_the_indices_of_the_truth(name, large):
    data = large[name]
    assert data.classes == tuple(range(len(data.classes)))
    assert set(data.y.tolist()) == set(data.classes)
    assert data.kind == ("binary" if len(data.classes) == 2 else "multiclass")
    assert data.y.dtype == np.int64


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("n", [1, 3])
def test_a_handful_of_points_knows_all_its_classes(name, n):
    data = make_dataset(name, n)
    assert data.x.shape == (n, 2)
    assert data.y.shape == (n,)
    assert data.classes == DATASETS[name].classes


def test_five_points_of_circles_know_four_classes():
    assert make_dataset("circles", 5).classes == (0, 1, 2, 3)


@pytest.mark.parametrize("name", DATASETS)
def test_same_seed_gives_the_same_bits_and_another_seed_others(name):
    first, again, other = (make_dataset(name, 50, 0.1, seed) for seed in (3, 3, 4))
    for part in ("x", "y", "x_test", "y_test"):
        assert getattr(first, part).tobytes() == getattr(again, part).tobytes()
    assert not (first.x == other.x).any()


@pytest.mark.parametrize("name", DATASETS)
def test_the_test_sample_is_another_draw_of_the_same_law(name):
    data = make_dataset(name, 2500)
    assert data.x_test.shape == data.x.shape
    assert not (data.x == data.x_test).any()
    gap = np.abs(data.x.mean(0) - data.x_test.mean(0)) / data.x.std(0)
    assert (gap < 5 * np.sqrt(2 / 2500)).all()


@pytest.mark.parametrize("name", DATASETS)
def test_the_truth_takes_points_in_any_shape(name):
    x1, x2 = np.meshgrid(*DATASETS[name].domain.grid(7))
    flat = DATASETS[name].truth(x1.ravel(), x2.ravel())
    assert (DATASETS[name].truth(x1, x2) == flat.reshape(7, 7)).all()


@pytest.mark.parametrize("centers", [2, 3, 5, 9])
def test_blobs_has_as_many_balanced_classes_as_centers(centers):
    law = blobs(centers)
    data = make_dataset(law, 90 * centers)
    assert law.kind == ("binary" if centers == 2 else "multiclass")
    assert data.classes == tuple(range(centers))
    assert Counter(data.y.tolist()) == dict.fromkeys(range(centers), 90)
    assert np.mean(law.truth(*data.x.T) == data.y) > 0.99


@pytest.mark.parametrize("centers", [1, 0, -2, 2.0, "3", None, True])
def test_blobs_wants_two_centers_or_more(centers):
    told = f"centers must be an integer of 2 or more, got {centers!r}"
    with pytest.raises(ValueError, match=told):
        blobs(centers)


def test_neighbouring_blobs_lie_seven_deviations_apart():
    data = make_dataset(blobs(5), N)
    parts = [data.x[data.y == label] for label in range(5)]
    gap = np.linalg.norm(parts[0].mean(0) - parts[1].mean(0))
    assert gap / parts[0].std(0).mean() == pytest.approx(7, rel=0.02)


@pytest.mark.parametrize("n", [2, 3, 5, 12])
def test_the_truth_of_blobs_is_the_nearest_of_the_centers_on_a_circle(n):
    law = blobs(n)
    angles = [2 * np.pi * k / n + np.pi / 6 for k in range(n)]
    centers = [(1.25 * np.cos(angle), 1.25 * np.sin(angle)) for angle in angles]
    x1, x2 = np.random.default_rng(0).uniform(-2, 2, (2, 7, 9))
    nearest = [
        min(range(n), key=lambda k, point=point: np.hypot(*np.subtract(point, centers[k])))
        for point in zip(x1.ravel(), x2.ravel(), strict=True)
    ]
    np.testing.assert_array_equal(law.truth(x1, x2), np.reshape(nearest, (7, 9)))
    assert law.truth(*np.transpose(centers)).tolist() == list(range(n))


def test_spiral_arms_are_those_of_tensorflow_playground(large):
    """In `genSpiral`: r = 5i/n, t = 1.75 · 2π · i/n + delta, the point (r sin t, r cos t)."""
    x, y = large["spiral"].x, large["spiral"].y
    r = np.hypot(*x.T)
    t = 1.75 * 2 * np.pi * r / 5 + np.where(y == 1, 0, np.pi)
    np.testing.assert_allclose(x, np.column_stack([r * np.sin(t), r * np.cos(t)]), atol=1e-9)
    assert np.histogram(r, 10, (0, 5))[0].min() > 0.95 * N / 10


def test_gauss_is_two_gaussians_of_variance_a_half_at_two_and_minus_two(large):
    for label, center in ((1, 2), (0, -2)):
        part = large["gauss"].x[large["gauss"].y == label]
        np.testing.assert_allclose(part.mean(0), center, atol=0.02)
        np.testing.assert_allclose(np.cov(part.T), 0.5 * np.eye(2), atol=0.02)


def test_moons_are_two_half_circles_of_radius_one(large):
    x, y = large["moons"].x, large["moons"].y
    upper, lower = x[y == 0], x[y == 1]
    for arch, center in ((upper, (0, 0)), (lower, (1, 0.5))):
        np.testing.assert_allclose(np.hypot(*(arch - center).T), 1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"law": "xro"}, "unknown dataset 'xro': did you mean 'xor'"),
        ({"n_samples": 0}, "n_samples must be an integer of 1 or more, got 0"),
        ({"n_samples": 10.0}, "n_samples must be an integer of 1 or more, got 10.0"),
        ({"noise": -0.1}, "noise must be a number of 0 or more, got -0.1"),
        ({"noise": float("nan")}, "noise must be a number of 0 or more, got nan"),
        ({"noise": "much"}, "noise must be a number of 0 or more, got 'much'"),
        ({"seed": -1}, "seed must be an integer of 0 or more, got -1"),
    ],
)
def test_a_bad_argument_is_refused_by_name_and_value(given, told):
    with pytest.raises(ValueError, match=told):
        make_dataset(**{"law": "xor"} | given)


@pytest.mark.parametrize("n_samples", [10**11, 10**30])
def test_a_sample_larger_than_the_memory_is_refused(n_samples):
    with pytest.raises(ValueError, match=f"n_samples={n_samples:,} must fit into the memory"):
        make_dataset("xor", n_samples)
