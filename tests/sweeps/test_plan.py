"""What a sweep is to train, and what it refuses."""

from typing import Any

import numpy as np
import pytest
from sweeping import swept

from trainfcnn import Training, make_dataset, sweep
from trainfcnn.recipe import Recipe, choose


@pytest.mark.parametrize("seeds", [3, [0, 1, 2], (0, 1, 2), range(3), np.arange(3), np.int64(3)])
def test_seeds_are_a_number_or_a_list(seeds):
    records = swept(seeds=seeds).records()
    assert [record["seed"] for record in records] == [0, 1, 2]
    assert all(type(record["seed"]) is int for record in records)


@pytest.mark.parametrize("seeds", [[5], (9, 4), iter([2, 3])], ids=["list", "tuple", "iterator"])
def test_seeds_are_taken_in_their_order(seeds):
    chosen = list(seeds)
    assert [record["seed"] for record in swept(seeds=iter(chosen)).records()] == chosen


def test_fields_that_are_not_given_are_as_recommended():
    found = sweep("quadrants", n_samples=40, seeds=2, epochs=1)
    recommended = Recipe().but(**found.dataset.recommended)
    assert found.runs[1].recipe == recommended.but(epochs=1, weight_seed=1)


def test_beside_a_list_of_rates_the_optimizer_is_plain_unless_what_is_recommended_is_kept():
    rates: dict[str, Any] = {"n_samples": 40, "lr": [0.01, 0.02], "epochs": 1}
    plain = choose(make_dataset("quadrants").recommended, {"lr": 0.02, "epochs": 1}, 200)
    assert sweep("quadrants", **rates).runs[1].recipe == plain.but(weight_seed=0)
    kept = Recipe().but(**make_dataset("quadrants").recommended)
    found = sweep("quadrants", recommended=True, **rates)
    assert found.runs[1].recipe == kept.but(lr=0.02, epochs=1, weight_seed=0)


def test_a_field_that_needs_a_rule_goes_with_a_list_of_such_rules():
    found = swept(optimizer=["sgd", "rmsprop"], momentum=0.9)
    assert [o.recipe.momentum for o in found.runs] == [0.9] * 4
    found = swept(optimizer="sgd", momentum=[0.5, 0.9], nesterov=True)
    assert found.varied == ("momentum",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": []}, r"lr must be a value or a list of some, got \[\]: leave it out"),
        ({"dims": []}, r"dims must be a value or a list of some, got \[\]"),
        ({"learning_rate": 0.1}, "unknown recipe field 'learning_rate': did you mean 'lr'"),
        ({"dims": [2, 4]}, r"try dims=\[\[2\], \[4\]\] for 2 networks, or dims=\[\[2, 4\]\] for"),
        ({"dims": (2, 4, 8)}, r"two things, .* or dims=\[\[2, 4, 8\]\] for one of 3"),
        ({"dims": np.array([2, 4])}, r"dims could mean two things, got \[2, 4\]"),
        ({"lr": [0.1, 0.1]}, r"lr must be different values, .* in \[0.1, 0.1\]: leave one out"),
        ({"lr": [0.1, 0.2, 0.1], "dims": [[2], [3]]}, "lr must be different values"),
        ({"dims": [[2], 2]}, "dims must be different values"),
        ({"activation": ["relu", "tanh", "relu"]}, "activation must be different values"),
        ({"weight_decay": [None, 0.0]}, "weight_decay must be different values"),
        ({"seeds": [3, 1, 3]}, "seeds must be different, got two that are the same"),
        ({"seed": [1, 2]}, r"seed must be one value for a sweep, got \[1, 2\]: try seeds=\[1, 2\]"),
        ({"noise": [0, 0.1]}, r"noise must be one value for a sweep, got \[0, 0.1\]: make a sweep"),
        ({"n_samples": (10, 20)}, r"n_samples must be one value .* got \(10, 20\): make a sweep"),
        ({"folds": [2, 3]}, "folds must be one value for a sweep"),
        ({"name": ["xor", "and"]}, "a dataset must be a single one, got .*: take one"),
        ({"activaton": ["relu"]}, "unknown recipe field 'activaton': did you mean 'activation'"),
        ({"activation": ["relu", "rely"]}, "unknown activation 'rely': did you mean 'relu'"),
        ({"optimizer": "adm"}, "did you mean 'adam'"),
        ({"lr": [0.1, -1]}, "lr must be a number greater than 0, got -1"),
        ({"dims": [[2], [0]]}, r"dims must be layer sizes, integers of 1 or more, got \[0\]"),
        ({"folds": 30}, "folds must be at most the .* samples of class .*, got folds=30: try"),
        ({"folds": 0}, "folds must be an integer of 2 or more, got 0: try folds=3"),
        ({"folds": -1}, "folds must be an integer of 2 or more, got -1"),
        ({"folds": 1}, "folds must be an integer of 2 or more, got 1"),
        ({"folds": 2.5}, "folds must be an integer of 2 or more, got 2.5"),
        ({"folds": "3"}, "folds must be an integer of 2 or more, got '3'"),
        ({"folds": True}, "folds must be an integer of 2 or more, got True"),
        ({"memory": 1000}, "memory must hold one network, about .*, got .*: try"),
        ({"memory": 0}, "memory must hold one network"),
        ({"memory": "x"}, "memory must be a number of bytes, got 'x': try memory=1e9"),
        ({"memory": float("inf")}, "memory must be a number of bytes, got inf"),
        ({"weight_seed": 3}, "weight_seed is what seeds are for, got 3: use seeds="),
        ({"restarts": [2, 4]}, r"restarts is what seeds are for, got \[2, 4\]: use seeds="),
        ({"seeds": 0}, "seeds must be 1 or more, or a list of seeds, got 0: try seeds=20"),
        ({"seeds": -3}, "seeds must be 1 or more, or a list of seeds, got -3"),
        ({"seeds": []}, r"seeds must be 1 or more, or a list of seeds, got \[\]"),
        ({"seeds": "abc"}, "seeds must be 1 or more, or a list of seeds, got 'abc'"),
        ({"seeds": 2.0}, "seeds must be 1 or more, or a list of seeds, got 2.0"),
        ({"seeds": None}, "seeds must be 1 or more, or a list of seeds, got None"),
        ({"seeds": True}, "seeds must be 1 or more, or a list of seeds, got True"),
        ({"seeds": [1, -1]}, "seeds must be an integer of 0 or more, got -1"),
        ({"seeds": [0.5]}, "seeds must be an integer of 0 or more, got 0.5"),
        ({"name": "xr"}, "did you mean 'xor'"),
        ({"validation": 0.99}, "validation must leave samples on both sides"),
    ],
    ids=str,
)
def test_what_cannot_be_swept_is_refused_before_anything_is_trained(options, message, monkeypatch):
    monkeypatch.setattr(Training, "__iter__", lambda training: pytest.fail("it trained"))
    with pytest.raises(ValueError, match=message):
        swept(**options)


def test_a_bad_setting_at_the_end_of_a_list_is_refused_before_anything_is_trained(monkeypatch):
    monkeypatch.setattr(Training, "__iter__", lambda training: pytest.fail("it trained"))
    with pytest.raises(ValueError, match="did you mean 'adam'"):
        swept(optimizer=["sgd", "adm"])


def test_a_memory_that_is_too_small_says_how_much_it_takes():
    with pytest.raises(ValueError, match=r"got 1.0 kB|got 1,?000|got 0\.001"):
        swept(memory=1000)


@pytest.mark.parametrize(
    ("dims", "sizes"),
    [
        (4, (4,)), ([4], (4,)), ([[4]], (4,)), ([(2, 4)], (2, 4)), ([[2, 4, 8]], (2, 4, 8)),
        ([[]], ()), (np.array([4]), (4,)),
    ],
    ids=str,
)  # fmt: skip
def test_a_single_network_is_spelt_in_a_way_that_means_one_thing(dims, sizes):
    found = swept(seeds=1, dims=dims)
    assert [run.recipe.dims for run in found.runs] == [sizes]
