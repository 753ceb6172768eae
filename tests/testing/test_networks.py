"""Our own networks, by a recipe of the user's."""

import pytest

from trainfcnn.testing import assert_learns


def test_networks_that_learn_pass():
    assert_learns("xor", dims=[6], seeds=8, at_least=0.95)
    assert_learns("plane", seeds=2)


def test_dims_are_those_of_one_network():
    assert_learns("and", dims=[8, 8], seeds=2, epochs=30)


def test_a_failure_tells_scores_constant_answer_and_the_recommended_recipe():
    with pytest.raises(AssertionError) as caught:
        assert_learns("xor", dims=[], seeds=2, at_least=0.9, epochs=30)
    first, reached, constant, ours = str(caught.value).splitlines()
    assert "100% of them with an accuracy of at least 90.0%, and 0 of 2 (0.0%; 95% inter" in first
    assert reached.split(":")[1] == " no hidden layer, adam lr=0.01 cosine, 30 epochs"
    assert constant.split() == ["a", "constant", "answer", "50.5%"]
    assert "8 of 8 reach 90.0%; 95% interval of that share 68% to 100%): 16-16 relu" in ours


def test_a_share_of_the_seeds_may_be_enough():
    hard = {"dims": [4], "init": "pytorch", "seeds": 16, "at_least": 0.9, "epochs": 60}
    with pytest.raises(AssertionError, match="of 16"):
        assert_learns("xor", **hard)
    assert_learns("xor", share=0.1, **hard)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dimms": [6]}, "unknown recipe field 'dimms': did you mean 'dims'"),
        ({"dataset": "xorr"}, "did you mean 'xor'"),
        ({"share": 2}, "share must be"),
        ({"seeds": 1.5}, "seeds must be an integer of 1 or more"),
        ({"at_least": 95}, "try at_least=0.95"),
        ({"engine": "steam"}, "engine must be"),
        ({"lr": -1}, "lr must be"),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, dict) else "",
)
def test_what_is_out_of_bounds_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        assert_learns(**given)
