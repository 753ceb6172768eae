"""What a sweep is to train, and what it refuses."""

import numpy as np
import pytest
from sweeping import swept

from trainfcnn import Training, sweep
from trainfcnn.recipe import Recipe


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
    found = sweep("quadrants", n_samples=40, lr=[0.01, 0.02], epochs=1)
    recommended = Recipe().but(**found.dataset.recommended)
    assert found.runs[1].recipe == recommended.but(lr=0.02, epochs=1, weight_seed=0)


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
        ({"learning_rate": 0.1}, "unknown recipe field 'learning_rate'"),
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
