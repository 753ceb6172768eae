"""A recipe is looked up and held against its data once, before anything is trained."""

from dataclasses import replace

import pytest
import torch
from oracle import assert_same_network, small_dataset
from trainings import QUICK, bits, some_images, trained

from trainfcnn.data.toy import make_dataset
from trainfcnn.recipe import Recipe
from trainfcnn.training.loop import Training


@pytest.mark.parametrize("way", ["rotate", "shift", "scale"])
def test_points_are_not_moved_like_images(way):
    with pytest.raises(ValueError, match=f"{way} is for images, and 'noise' has none"):
        Training(small_dataset("binary"), replace(QUICK, **{way: 0.5}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer": "adm"}, "did you mean 'adam'"),
        ({"schedule": "cosin"}, "did you mean 'cosine'"),
        ({"last_activation": "softmax"}, "one output, whose softmax is always 1"),
        ({"validation": 0.01}, "validation must leave samples on both sides"),
        ({"validation": 0.99}, "validation must leave samples on both sides"),
    ],
    ids=str,
)
def test_what_cannot_be_trained_is_refused_beforehand(changes, message):
    with pytest.raises(ValueError, match=message):
        Training(small_dataset("binary"), replace(QUICK, **changes))


@pytest.mark.parametrize("nobody", [{"weight_seeds": []}, {"recipe": []}], ids=str)
def test_a_training_needs_at_least_one_member(nobody):
    with pytest.raises(ValueError, match="must have a member, got no recipe and no weight seed"):
        Training(make_dataset("xor", 60), **{"recipe": Recipe((3,))} | nobody)


@pytest.mark.parametrize(
    "change",
    [
        {"dims": (4,)}, {"activation": "tanh"}, {"optimizer": "sgd"}, {"schedule": "step"},
        {"epochs": 9}, {"batch_size": 6}, {"shuffle": False}, {"validation": 0.3},
        {"patience": 3}, {"dtype": "float32"}, {"standardize": True}, {"dropout": 0.1},
        {"last_activation": "linear"}, {"rotate": 1.0},
    ],
    ids=str,
)  # fmt: skip
def test_what_may_not_differ_within_a_stack_is_refused(change):
    dataset = some_images()
    with pytest.raises(ValueError, match="members of a stack may differ in dims, init, lr, weight"):
        Training(dataset, [QUICK, QUICK.but(**change)])


def test_networks_of_unequal_width_share_no_stack_under_dropout():
    drops = replace(QUICK, dropout=0.2)
    with pytest.raises(ValueError, match="and with dropout not in dims: make a training for each"):
        Training(small_dataset("binary"), [drops, drops.but(dims=[4, 4])])


def test_weight_seeds_are_for_one_recipe():
    with pytest.raises(ValueError, match="weight_seeds are for a single recipe, got several"):
        Training(small_dataset("binary"), [QUICK, QUICK], weight_seeds=[0, 1])


@pytest.mark.parametrize("weight_seed", [None, 5])
def test_the_first_restart_has_the_usual_weights(weight_seed):
    dataset, recipe = small_dataset("binary"), replace(QUICK, weight_seed=weight_seed)
    alone, several = (trained(dataset, replace(recipe, restarts=n), 2) for n in (1, 4))
    assert_same_network(several.network(0), alone.network())
    assert (alone.stack.n_members, several.stack.n_members) == (1, 4)
    begun = [bits(Training(dataset, replace(recipe, restarts=4)).network(k)) for k in range(4)]
    assert not any(torch.equal(begun[0], other) for other in begun[1:])
