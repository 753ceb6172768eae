"""A recipe is checked whole, and before anything else happens."""

import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from trainfcnn._support.checks import check_dims
from trainfcnn.recipe import DEFAULTS, SETTINGS, SWITCHED_OFF, Recipe, choose
from trainfcnn.wording import format_setting

NO_NUMBERS = ["0.1", None, True, float("nan"), float("inf")]
NO_SHARES = [-0.1, 1, 1.5, *NO_NUMBERS]
NO_COUNTS = [-1, 1.5, 2.0, "2", None, True]

BAD = {
    "lr": [0, -0.01, *NO_NUMBERS],
    "momentum": NO_SHARES,
    "nesterov": [1, "yes", None],
    "weight_decay": [-0.1, *NO_NUMBERS],
    "epochs": NO_COUNTS,
    "min_delta": NO_SHARES,
    "until": [0.99, True, ("accuracy", 0.9), {"loss": 0.1}, b"loss < 1"],
    "max_seconds": [0, -1, *(one for one in NO_NUMBERS if one is not None)],
    "steps": [0, *(one for one in NO_COUNTS if one is not None)],
    "batch_size": [0, *NO_COUNTS],
    "dropout": NO_SHARES,
    "validation": NO_SHARES,
    "patience": NO_COUNTS,
    "weight_seed": [-1, 1.5, "1", True],
    "dtype": ["float16", "double", np.float32, None],
    "betas": [(0.9,), (0.9, 1.0), 0.9, None],
    "alpha": NO_SHARES,
    "eps": [0, -1e-8, "0.1"],
    "shuffle": [1, "yes", None],
    "standardize": [1, "yes", None],
    "dims": [0, -3, [6, 0], [6.0], "6", ["6"], [[6]], True, None, 2.5],
}
TAKE_LISTS = ("dims", "betas", "activation", "dropout")
GOOD = {
    "lr": [1e-9, 1, np.float32(0.1)],
    "weight_decay": [0, 0.1],
    "epochs": [0, 1, np.int64(3)],
    "batch_size": [1, 10**9, np.int64(3)],
    "dropout": [0, 0.999],
    "validation": [0, 0.2],
    "patience": [0, 5],
    "until": ["loss <= 0.1", None],
    "max_seconds": [0.1, np.int64(3), None],
    "weight_seed": [0, 2**70, None],
    "dtype": ["float32", "float64"],
    "betas": [(0.5, 0.0)],
    "alpha": [0, 0.5],
    "eps": [1e-3, None],
    "shuffle": [True, False],
    "standardize": [True, False],
}


def each(table):
    return [(name, value) for name, values in table.items() for value in values]


@pytest.mark.parametrize(("name", "value"), each(BAD))
def test_a_value_out_of_bounds_is_refused_by_name_and_value_with_a_way_out(name, value):
    told = f"^{name} must be .*, got {re.escape(repr(value))}: try {name}="
    with pytest.raises(ValueError, match=told):
        Recipe(**{name: value})


@pytest.mark.parametrize("name", [name for name in SETTINGS if name not in TAKE_LISTS])
def test_a_list_for_a_setting_is_refused_with_what_varies_it(name):
    example = SETTINGS[name].example
    told = rf"{name} must be .*, a single one, .*to vary it sweep\(..., {name}=\[{example!r}\]\)"
    with pytest.raises(ValueError, match=told):
        Recipe(**{name: [example]})


@pytest.mark.parametrize(
    ("name", "each"), [("activation", ("relu", "tanh")), ("dropout", (0.0, 0.5))]
)
def test_each_hidden_layer_may_have_its_own(name, each):
    for several in (tuple, list, np.array):
        assert getattr(Recipe([8, 4], **{name: several(each)}), name) == each
    alike = Recipe([8, 4], **{name: [each[1], each[1]]})
    assert getattr(alike, name) == each[1]  # as if it were said once


@pytest.mark.parametrize("dims", [(), (8,), (8, 4, 2)], ids=str)
@pytest.mark.parametrize("name", ["activation", "dropout"])
def test_one_each_must_be_as_many_as_hidden_layers(name, dims):
    value = [SETTINGS[name].example, DEFAULTS[name]]
    told = rf"^{name} must be one value, or one for each .* {len(dims)}, got .* sweep\(..., {name}="
    with pytest.raises(ValueError, match=told):
        Recipe(dims, **{name: value})


def test_a_share_of_one_layer_out_of_bounds_is_refused():
    with pytest.raises(ValueError, match=r"^dropout must be .*, got \(0.1, 2\): try dropout=0.2"):
        Recipe([8, 4], dropout=[0.1, 2])


def test_steps_take_the_place_of_epochs_and_epochs_that_of_steps():
    assert choose({"epochs": 50}, {"steps": 300}, 200).steps == 300
    assert Recipe(steps=300).but(epochs=5).steps is None
    for call in (
        lambda: choose({}, {"steps": 3, "epochs": 2}, 200),
        lambda: Recipe().but(epochs=1, steps=1),
    ):
        with pytest.raises(ValueError, match=r"^epochs and steps both say how long to train, got "):
            call()


@pytest.mark.parametrize(("name", "most"), [("lr", 1e30), ("epochs", 10**12)])
def test_more_than_any_machine_could_do_is_refused(name, most):
    with pytest.raises(ValueError, match=re.escape(f"{name} must be {most:,} at most, got ")):
        Recipe(**{name: 2 * most})


@pytest.mark.parametrize(("name", "value"), each(GOOD))
def test_a_value_within_bounds_is_taken(name, value):
    optimizer = {"alpha": "rmsprop"}.get(name, "adam")
    assert getattr(Recipe(**{name: value}, optimizer=optimizer), name) == value


@pytest.mark.parametrize(
    ("optimizer", "given"),
    [
        *(("sgd", {"betas": (0.5, 0.5)}), ("rmsprop", {"betas": (0.5, 0.5)})),
        *(("adam", {"alpha": 0.5}), ("sgd", {"alpha": 0.5}), ("sgd", {"eps": 1e-3})),
    ],
)
def test_what_would_have_no_effect_on_an_optimizer_is_refused(optimizer, given):
    (name,) = given
    with pytest.raises(ValueError, match=f"{name} is for .*'{optimizer}': leave it out, or use "):
        Recipe(optimizer=optimizer, **given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"momentum": 0.9}, "momentum is for 'sgd' and 'rmsprop', got momentum=0.9 with 'adam'"),
        ({"nesterov": True, "optimizer": "sgd"}, "nesterov needs .* momentum=0.0"),
        (
            {"nesterov": True, "optimizer": "rmsprop", "momentum": 0.9},
            "nesterov needs .*'rmsprop'",
        ),
        ({"nesterov": True}, "nesterov needs optimizer='sgd' .*'adam'"),
        ({"min_delta": 0.1}, "^min_delta is for patience, got min_delta=0.1 without: try patience"),
    ],
)
def test_fields_that_do_not_go_together_are_refused(given, told):
    with pytest.raises(ValueError, match=told):
        Recipe(**given)


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop"])
def test_momentum_goes_with_the_optimizers_that_have_it(optimizer):
    assert Recipe(optimizer=optimizer, momentum=0.9).momentum == 0.9


@pytest.mark.parametrize(
    ("given", "sizes"),
    [(6, (6,)), ([3, 4], (3, 4)), ((), ()), (np.array([3, 4]), (3, 4)), (range(1, 3), (1, 2))],
)
def test_dims_become_a_tuple_of_python_ints(given, sizes):
    assert check_dims(given) == sizes
    assert all(type(size) is int for size in check_dims(given))


@pytest.mark.parametrize("field", SETTINGS)
def test_a_recipe_does_not_change(field):
    recipe = Recipe()
    with pytest.raises(FrozenInstanceError):
        setattr(recipe, field, 1)


@pytest.mark.parametrize("field", SETTINGS)
def test_but_with_none_takes_a_setting_off_or_leaves_it(field):
    fields = [[3], "tanh", "sine", "he", "sgd", 0.5, 0.9, False, 0.1, "step", 7, None, 8]
    recipe = Recipe(*fields, False, 0.1, 0.2, 9, 0.01, "loss < 1", 60, 4)
    if field == "patience":
        recipe = recipe.but(min_delta=1e-4)  # which needs it
    expected = DEFAULTS[field] if field in SWITCHED_OFF else getattr(recipe, field)
    assert getattr(recipe.but(**{field: None}), field) == expected


def test_but_changes_a_copy():
    recipe = Recipe()
    assert recipe.but(epochs=5, lr=0.5) == Recipe(epochs=5, lr=0.5)
    assert recipe == Recipe()


def test_but_checks_the_bounds_and_the_names():
    with pytest.raises(ValueError, match="epochs must be an integer of 0 or more, got -1"):
        Recipe().but(epochs=-1)
    with pytest.raises(ValueError, match="unknown recipe field 'ephocs': did you mean 'epochs'"):
        Recipe().but(ephocs=3)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ((8, 4), "8-4"), ((6,), "6"), ((), "none"), (0.01, 0.01), (None, None), (True, True),
        ("relu", "relu"), (np.tanh, "tanh"),
    ],
)  # fmt: skip
def test_a_setting_is_said_in_a_word(value, said):
    assert format_setting(value) == said


@pytest.mark.parametrize(("name", "setting"), SETTINGS.items(), ids=SETTINGS)
def test_the_docstring_tells_all_there_is_to_know_of_a_setting(name, setting):
    told = " ".join(Recipe.__doc__.split()).replace("- ", "-")
    sentence = f"{setting.help[0].upper()}{setting.help[1:]}."
    bound = f"{name} : {setting.bound.must}, by default {DEFAULTS[name]!r}"
    assert f"{bound} {sentence}" in told


@pytest.mark.parametrize(("name", "setting"), SETTINGS.items(), ids=SETTINGS)
def test_default_and_example_of_a_setting_are_within_its_bound(name, setting):
    setting.check(name, DEFAULTS[name])
    setting.check(name, setting.example)
    assert setting.help
    assert setting.metavar or isinstance(DEFAULTS[name], bool)


@pytest.mark.parametrize("name", ["lr", "optimizer", "epochs", "init", "shuffle"])
@pytest.mark.parametrize("several", [list, tuple, np.array], ids=["list", "tuple", "array"])
def test_a_list_of_values_is_sent_to_a_sweep(name, several):
    values = several([DEFAULTS[name], SETTINGS[name].example])
    told = rf"^{name} must be .*, or to vary it sweep\(.*, {name}="
    with pytest.raises(ValueError, match=told) as no:
        Recipe(**{name: values})
    assert "\n" not in str(no.value)


@pytest.mark.parametrize("dims", [[[2], [4]], [2, (3,)], np.eye(2)], ids=str)
def test_a_list_of_layers_is_sent_there_too(dims):
    with pytest.raises(ValueError, match=r"^dims must be layer sizes, a single one, .*sweep\("):
        Recipe(dims=dims)


@pytest.mark.parametrize("name", ["epochs", "batch_size", "patience", "restarts"])
def test_no_count_is_beyond_all_machines(name):
    with pytest.raises(ValueError, match=f"^{name} must be 1,000,000,000,000 at most, got 10000"):
        Recipe(**{name: 10**20})


@pytest.mark.parametrize(
    ("given", "way_out"),
    [
        ({}, "try optimizer='sgd', momentum=0.9"),
        ({"optimizer": "rmsprop", "momentum": 0.9}, "try optimizer='sgd', momentum=0.9"),
        ({"optimizer": "sgd"}, "momentum=0.0: try momentum=0.9"),
    ],
    ids=str,
)
def test_the_way_out_for_nesterov_is_one(given, way_out):
    with pytest.raises(ValueError, match=f"{way_out}$"):
        Recipe(nesterov=True, **given)
    assert Recipe(nesterov=True, optimizer="sgd", momentum=0.9).nesterov
