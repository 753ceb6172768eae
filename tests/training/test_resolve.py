"""A recipe is looked up and held against its data once, before anything is trained."""

from dataclasses import replace

import pytest
import torch
from oracle import assert_same_network, small_dataset
from trainings import QUICK, bits, some_images, trained

from trainfcnn.data.toy import make_dataset
from trainfcnn.recipe import Recipe
from trainfcnn.training.loop import Training
from trainfcnn.training.resolve import doubt_dims


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


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        (Recipe((10**12,)), r"^the network of dims=\(1000000000000,\) must fit into the memory"),
        (Recipe((10**6, 10**6)), r"^the network of dims=\(1000000, 1000000\) must fit into"),
        (Recipe((4,), restarts=10**10), r"^10,000,000,000 networks of dims=\(4,\) must fit into"),
    ],
    ids=["wide", "deep", "many"],
)
def test_what_exceeds_the_memory_is_refused_in_a_line(recipe, told):
    with pytest.raises(ValueError, match=told):
        Training(make_dataset("xor", 60), recipe)


@pytest.mark.parametrize("seed", [0.5, -1, "0", None, [1]], ids=str)
def test_the_seed_of_a_training_is_checked(seed):
    with pytest.raises(ValueError, match="seed must be an integer of 0 or more, got"):
        Training(make_dataset("xor", 60), Recipe((3,), epochs=1), seed=seed)


@pytest.mark.parametrize(
    ("name", "dims", "meant"),
    [
        ("xor", [2, 6, 1], "2-2-6-1-1; was dims=[6] meant?"),
        ("prod", (2, 6, 3, 1), "2-2-6-3-1-1; was dims=[6, 3] meant?"),
        ("quadrants", [2, 6, 4], "2-2-6-4-4; was dims=[6] meant?"),
    ],
)
def test_sizes_with_inputs_and_outputs_among_them_are_doubted(name, dims, meant):
    doubt = doubt_dims(dims, make_dataset(name, 20))
    assert doubt.startswith("dims are the hidden layers alone, got")
    assert doubt.endswith(meant)


@pytest.mark.parametrize("dims", [[6], [2, 1], [2, 6], [6, 6, 1], [2, 6, 2], None, 2, [], "261"])
def test_other_sizes_are_not(dims):
    assert doubt_dims(dims, make_dataset("xor", 20)) is None
