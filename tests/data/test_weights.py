"""Weights of samples and classes, against scikit-learn's and against copies of the samples."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import assert_same_network, small_dataset
from parametrized import each_kind
from sklearn.utils.class_weight import compute_sample_weight

from trainfcnn.data.sources import as_dataset
from trainfcnn.data.weights import check_weights, weighted, weights_of_classes
from trainfcnn.recipe import Recipe
from trainfcnn.sweeps.execute import sweep
from trainfcnn.trainer import TrainFCNN
from trainfcnn.training.loop import Training

FULL = Recipe(dims=(4, 3), lr=0.01, epochs=60, batch_size=1000, dtype="float64", standardize=True)
X = np.random.default_rng(0).normal(size=(60, 2))
Y = (X[:, 0] > 0.8).astype(int)  # one in five


def copies(dataset, counts):
    return replace(dataset, x=dataset.x.repeat(counts, 0), y=dataset.y.repeat(counts, 0))


def trained(dataset, recipe=FULL, engine="auto"):
    training = Training(dataset, recipe, engine=engine)
    for _ in training:
        pass
    return training


@pytest.mark.parametrize("engine", ["fused", "torch"])
@each_kind
def test_on_full_batches_a_whole_weight_is_as_good_as_so_many_copies(kind, engine):
    dataset = small_dataset(kind, 30)
    counts = np.random.default_rng(1).integers(0, 5, 30)
    ours = trained(weighted(dataset, counts), engine=engine)
    theirs = trained(copies(dataset, counts), engine=engine)
    assert_same_network(ours.network(), theirs.network(), tolerance=1e-7)
    np.testing.assert_allclose(ours.history().loss, theirs.history().loss, rtol=1e-7)


@each_kind
def test_only_shares_of_the_sum_matter(kind):
    dataset = small_dataset(kind, 30)
    weights = np.random.default_rng(1).gamma(1, size=30)
    ours, theirs = (trained(weighted(dataset, scale * weights)) for scale in (1, 64))
    assert_same_network(ours.network(), theirs.network(), tolerance=0)


@each_kind
def test_equal_weights_are_none(kind):
    dataset = small_dataset(kind, 30)
    recipe = replace(FULL, batch_size=7, validation=0.2)
    ours, theirs = (trained(one, recipe) for one in (weighted(dataset, np.full(30, 3)), dataset))
    assert_same_network(ours.network(), theirs.network(), tolerance=1e-9)
    np.testing.assert_allclose(
        ours.history().validation_loss, theirs.history().validation_loss, rtol=1e-9
    )


def test_a_score_counts_all_samples_alike_and_a_loss_does_not():
    weights = np.where(Y, 20.0, 1.0)
    trainer = TrainFCNN((X, Y), test_size=0).train(dims=[3], epochs=5, sample_weight=weights)
    assert trainer.accuracy == np.mean(trainer.predict(X) == Y)
    likely = trainer.predict_proba(X)[np.arange(60), Y]
    assert trainer.loss == pytest.approx(np.average(-np.log(likely), weights=weights), rel=1e-5)
    assert trainer.run.criterion == pytest.approx(trainer.loss, rel=1e-5)


def test_what_is_held_out_keeps_its_weights():
    weights = np.arange(1.0, 61)
    data = as_dataset((X, Y, weights))
    assert len(data.weights) == len(data.x) == 48
    row_of = {tuple(row): place for place, row in enumerate(X)}
    assert data.weights.tolist() == [row_of[tuple(row)] + 1 for row in data.x]
    found = sweep((X, Y, weights), folds=3, dims=[[2]], epochs=2)
    assert [len(run.dataset.weights) for run in found.runs] == [32, 32, 32]
    training = trained(data, replace(FULL, validation=0.25, epochs=3))
    network = training.network()
    held = training._validation.batches
    assert held.weights.mean().item() == pytest.approx(1)
    assert network.dims == (2, 4, 3, 1)


def test_a_rare_class_that_counts_more_is_found_more_often():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 2))
    y = (x[:, 0] + rng.normal(size=400) > 1.5).astype(int)
    trainer = TrainFCNN((x, y), test_size=0)
    plain = trainer.train(epochs=30).predict(x)[y == 1].mean()
    balanced = trainer.train(epochs=30, class_weight="balanced").predict(x)[y == 1].mean()
    assert balanced > plain + 0.1


def balances(y, class_weight, weights=None):
    classes = tuple(np.unique(y).tolist())
    return weights_of_classes(class_weight, classes, np.searchsorted(classes, y), weights)


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=20).filter(lambda y: len({*y}) > 1))
def test_weights_of_classes_are_those_of_scikit_learn(y):
    y = np.array(y)
    for class_weight in ("balanced", {y[0].item(): 3.0}):
        theirs = compute_sample_weight(class_weight, y)
        np.testing.assert_allclose(balances(y, class_weight), theirs)


def test_balanced_classes_count_alike_also_where_samples_do_not():
    weights = np.arange(1.0, 6)
    total = balances(np.array([0, 0, 1, 1, 1]), "balanced", weights) * weights
    assert total[:2].sum() == pytest.approx(total[2:].sum())


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sample_weight": [1, 2]}, r"must be of shape \(60,\), one for each training sample, got"),
        ({"sample_weight": ["a"] * 60}, "sample_weight must hold numbers"),
        ({"sample_weight": [-1] * 60}, "finite numbers of 0 or more, not all of them zero, got -1"),
        ({"sample_weight": [np.nan] * 60}, "got nan in row 0"),
        ({"sample_weight": [0] * 60}, "not all of them zero, got 0"),
        ({"class_weight": "even"}, "class_weight must be 'balanced' or a weight for each label"),
        ({"class_weight": {7: 1}}, "class_weight must be for labels of y, .* got one for 7"),
        ({"class_weight": {0: -1}}, "class_weight must hold numbers of 0 or more, got -1 for 0"),
        ({"class_weight": {0: 0, 1: 0}}, "weights must leave a sample in"),
    ],
    ids=str,
)
def test_what_are_no_weights_is_refused(given, told):
    with pytest.raises(ValueError, match=told):
        TrainFCNN((X, Y), test_size=0).train(epochs=1, **given)


def test_a_regression_has_no_classes_to_weigh():
    with pytest.raises(ValueError, match="class_weight is for classes"):
        TrainFCNN("prod", n_samples=30).train(epochs=1, class_weight="balanced")


def test_weights_are_checked_where_data_are_given():
    with pytest.raises(ValueError, match=r"sample_weight must be of shape \(60,\)"):
        as_dataset((X, Y, [1, 2]))
    with pytest.raises(ValueError, match="weights of a Dataset must be one a training sample"):
        as_dataset(replace(as_dataset((X, Y)), weights=np.ones(3)))
    assert check_weights([0, 2], 2).tolist() == [0, 2]
