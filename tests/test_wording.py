"""A recipe in a few words."""

import pytest

from trainfcnn.recipe import Recipe
from trainfcnn.wording import format_extras, format_recipe, format_setting


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({"steps": 3000}, ", 3,000 steps"),
        ({"shuffle": False, "batch_size": 10}, ", batch 10, not shuffled"),
        ({"dropout": (0.0, 0.25)}, ", dropout 0/0.25"),
        ({"optimizer": "sgd", "momentum": 0.9, "nesterov": True}, ", momentum 0.9, nesterov"),
    ],
)
def test_what_is_not_plain_ends_the_line(fields, end):
    recipe = Recipe(**fields)
    assert format_extras(recipe.extras()) == end
    assert format_recipe(recipe).endswith(end)


def test_values_of_layers_are_told_apart_from_sizes():
    assert format_setting((8, 4)) == "8-4"
    assert format_setting(("relu", len)) == "relu/len"
    assert format_setting((0.9, 0.999)) == "0.9/0.999"
    assert format_setting(()) == "none"
