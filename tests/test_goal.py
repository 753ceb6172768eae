"""A goal is said in a few words, and what is none is refused with what would be one."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainfcnn import Recipe, TrainFCNN
from trainfcnn.goal import EXAMPLE, MEASURES, SIGNS, Goal

SPELT = {
    "accuracy >= 0.99": "accuracy >= 0.99",
    "accuracy>=99%": "accuracy >= 0.99",
    " Accuracy = .99 ": "accuracy >= 0.99",
    "acc == 0.99": "accuracy >= 0.99",
    "accuracy ≥ 99 %": "accuracy >= 0.99",
    "accuracy > 0.5": "accuracy > 0.5",
    "accuracy >= 1": "accuracy >= 1.0",
    "R² >= 0.9": "r2 >= 0.9",
    "r^2=>.9": "r2 >= 0.9",
    "r2 >= -0.5": "r2 >= -0.5",
    "loss < 1e-3": "loss < 0.001",
    "loss=0.1": "loss <= 0.1",
    "loss ≤ +2.": "loss <= 2.0",
    "loss <= 0": "loss <= 0.0",
}


@pytest.mark.parametrize(("text", "goal"), SPELT.items())
def test_a_goal_is_read_however_it_is_spelt(text, goal):
    assert str(Goal.read(text)) == goal == Recipe(until=text).until


@given(
    st.sampled_from([(m, s) for m in MEASURES for s in SIGNS if (m == "loss") == ("<" in s)]),
    st.floats(0.001, 0.999),
)
def test_a_goal_that_is_written_is_read_as_the_same(form, value):
    goal = Goal(*form, value)
    assert Goal.read(str(goal)) == goal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("accuracy >= 0.99", "accuracy 99%"), ("accuracy > 0.995", "accuracy above 99.5%"),
        ("r2 >= 0.9", "R² 0.9"), ("loss <= 0.01", "loss 0.01"), ("loss < 2", "loss below 2"),
        ("accuracy >= 0.29", "accuracy 29%"),
    ],
)  # fmt: skip
def test_a_goal_is_said_in_words(text, words):
    assert Goal.read(text).in_words == words


BAD = {
    "0.99": f"until must be a goal such as .*, got '0.99': try until='{EXAMPLE}'",
    "": "until must be a goal such as .*, got ''",
    "accuracy": "until must be a goal such as .*, got 'accuracy'",  # as a shell leaves of >
    "accuracy >= 0,99": "until must be a goal such as ",
    "accuracy >= nan": "until must be a goal such as ",
    "accuracy >= .9 and loss < 1": "until must be a goal such as ",
    "acuracy >= 0.9": "unknown goal 'acuracy': did you mean 'accuracy'",
    "val_loss < 0.1": "unknown goal 'val_loss': did you mean 'loss'",
    "accuracy >= 99": "within reach, .* 1 at most, got .* try until='accuracy >= 0.99'",
    "accuracy >= 990": "within reach, .* 1 at most, got .* try until='accuracy >= 0.99'",
    "accuracy > 1": "within reach, .* try until='accuracy >= 0.99'",
    "accuracy > 100%": "within reach, .* try until='accuracy >= 0.99'",
    "accuracy <= 0.9": "until must be what accuracy rises to, .* try until='accuracy >= 0.9'",
    "r2 > 1.5": "within reach, r2 is 1 at most, got 'r2 > 1.5': try until='r2 >= 0.99'",
    "loss >= 0.1": "until must be what loss falls to, .* try until='loss <= 0.1'",
    "loss < 0": "within reach, loss is 0 at least, got 'loss < 0': try until='loss <= 0.01'",
}


@pytest.mark.parametrize(("text", "told"), BAD.items())
def test_what_is_no_goal_is_refused_in_one_line_with_one_that_is(text, told):
    with pytest.raises(ValueError, match=told) as no:
        Recipe(until=text)
    assert "\n" not in str(no.value)
    for offered in re.findall("try until='(.*)'", str(no.value)):
        Goal.read(offered)


@pytest.mark.parametrize(
    ("source", "until", "told"),
    [
        ("xor", "r2 >= 0.9", "about accuracy or loss, as 'xor' is binary, got 'r2 >= 0.9'"),
        ("prod", "accuracy >= 0.9", "about r2 or loss, as 'prod' is regression, .*'r2 >= 0.95'"),
    ],
)
def test_a_goal_of_another_kind_of_task_is_refused_before_the_training(source, until, told):
    trainer = TrainFCNN(source, n_samples=20)
    with pytest.raises(ValueError, match=f"^until must be {told}"):
        trainer.train(until=until)


def test_a_goal_is_met_by_numbers_of_any_shape():
    goal = Goal.read("loss <= 0.5")
    loss = np.array([0.4, 0.5, 0.6, np.nan])
    assert goal.is_met(loss, 1 - loss).tolist() == [True, True, False, False]
    assert goal.in_units(0.5).value == 1.0
    assert Goal.read("r2 >= 0.5").in_units(0.5).value == 0.5
