"""The kit tells models that learn from those with a planted fault, and says what it saw."""

import re
from copy import deepcopy
from functools import partial

import numpy as np
import pytest
import torch
from broken_models import BROKEN, network
from sound_models import SOUND
from test_house import global_state
from torch import nn

from trainfcnn import blobs
from trainfcnn.testing import assert_model_learns
from trainfcnn.testing.models import Attempt, _attempts

torch.optim.Adam(network().parameters())  # all that it imports is to be there before an inner run
# some of scikit-learn, of skorch and of JAX warn of themselves
pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning", "ignore::DeprecationWarning"
)


def knows(law):
    """Fit nothing, and know the truth."""
    return lambda X, y: lambda X: law(X[:, 0], X[:, 1])


def line():
    return nn.Linear(2, 1)


def is_xor(x1, x2):
    return x1 * x2 > 0


def complaint(model, dataset="xor", **more):
    """Return what is said of a model that does not learn."""
    with pytest.raises(AssertionError) as caught:
        assert_model_learns(model, dataset, **more)
    return str(caught.value)


# --- twenty of each ---


def test_there_are_twenty_of_each():
    assert len(BROKEN) >= 20
    assert len(SOUND) >= 20


@pytest.mark.parametrize("name", BROKEN)
def test_a_planted_fault_is_found_and_told_with_its_figures(name):
    dataset, words, model = BROKEN[name]
    told = complaint(model, dataset, seeds=1)
    assert words in told
    assert re.search(r"reached +(-?[\d.]+%? +|undefined)", told)
    assert re.search(r"a constant answer +\d", told)
    assert re.search(r"our networks .*8 of 8 reach .*interval", told)


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_a_planted_fault_is_found_on_every_seed(name, pytestconfig):
    dataset, _, model = BROKEN[name]
    for seed in range(1, 1 + pytestconfig.getoption("seeds")):
        complaint(model, dataset, seeds=1, seed=seed)


@pytest.mark.parametrize("name", SOUND)
def test_a_model_without_a_fault_learns(name):
    _skip_what_is_not_there(name)
    dataset, model, more = SOUND[name]
    assert_model_learns(model, dataset, seeds=1, **more)


@pytest.mark.slow
@pytest.mark.parametrize("name", SOUND)
def test_a_model_without_a_fault_learns_on_every_seed(name, pytestconfig):
    _skip_what_is_not_there(name)
    dataset, model, more = SOUND[name]
    for seed in range(1, 1 + pytestconfig.getoption("seeds")):
        assert_model_learns(model, dataset, seeds=1, seed=seed, **more)


def _skip_what_is_not_there(name):
    if name in ("jax", "skorch"):
        pytest.importorskip(name)


# --- what is kept ---


def test_nothing_global_is_changed_by_models_that_change_it():
    def unruly(X, y):
        torch.manual_seed(3)
        np.random.seed(3)
        torch.set_num_threads(2)
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        torch.use_deterministic_algorithms(True)
        X[:] = 0
        return knows(is_xor)(X, y)

    before = global_state()
    assert_model_learns(unruly)
    complaint(network, "spiral", epochs=1)
    after = global_state()
    assert [what for what in before if before[what] != after[what]] == []


def test_what_is_handed_over_is_not_changed():
    module = network()
    before = deepcopy(module.state_dict())
    complaint(module, "spiral", epochs=1)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(parameter.grad is None for parameter in module.parameters())


def test_the_verdict_depends_on_the_seed_alone():
    told = complaint(network, "spiral", epochs=1)
    torch.manual_seed(5)
    with torch.inference_mode():
        assert complaint(network, "spiral", epochs=1) == told
    assert complaint(network, "spiral", epochs=1, seed=1) != told


def test_each_seed_has_points_and_initial_weights_of_its_own():
    seen = []

    def fit(X, y):
        seen.append((X[0, 0], torch.rand(1).item()))
        return lambda X: np.zeros(len(X))

    complaint(fit, seeds=4, share=1 / 4)
    assert len(set(seen)) == 4


# --- how much is asked ---


@pytest.mark.parametrize(
    ("good", "share", "tried"),
    [
        ((1, 1, 1), 0.5, 2), ((0, 0, 1), 0.5, 2), ((1, 0, 1), 0.5, 3), ((0, 1, 1), 1.0, 1),
        ((1, 1, 1), 1.0, 3), ((0, 0, 1), 1 / 3, 3),
    ],
)  # fmt: skip
def test_no_more_seeds_are_tried_than_it_takes_to_know(good, share, tried):
    attempts = _attempts(lambda seed: Attempt(good[seed], 1, (), ()), range(3), share, 0.9)
    assert [one.score for one in attempts] == list(good[:tried])


def test_the_goal_is_nine_tenths_of_the_way_from_a_constant_to_ours():
    told = complaint(line, "moons", epochs=10)
    assert "at least 95.0%, nine tenths of the way" in told
    assert "at least 99.0%: it" in complaint(line, "moons", at_least=0.99, epochs=10)
    assert_model_learns(line, "moons", at_least=0.8, epochs=10)


def test_any_law_may_be_asked_for():
    assert_model_learns(lambda: nn.Linear(2, 5), blobs(centers=5))


def test_a_fault_is_told_of_a_model_that_is_good_enough():
    def moody(X, y):
        return lambda X: np.where(np.random.random(len(X)) < 0.01, 1, is_xor(*X.T))

    told = complaint(moody)
    assert "it did on 2 of 2 seeds, but with a fault" in told
    assert "a fault            two calls at the same points agree on" in told


def test_what_a_model_raises_is_passed_on():
    def fit(X, y):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        assert_model_learns(fit)


def test_a_failure_is_shown_at_the_line_of_the_test(pytester):
    pytester.makepyfile(
        "from torch import nn\n"
        "from trainfcnn.testing import assert_model_learns\n"
        "def test_it():\n"
        "    assert_model_learns(lambda: nn.Linear(2, 1), 'xor')\n"
    )
    told = pytester.runpytest_inprocess("-p", "no:cacheprovider").stdout.str()
    assert "test_a_failure_is_shown_at_the_line_of_the_test.py:4: AssertionError" in told
    assert "models.py" not in told


# --- what is refused ---


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"dataset": "spirals"}, ValueError, "did you mean 'spiral'"),
        ({"dataset": "nothing like it"}, ValueError, "own data have no truth"),
        (
            {"at_least": 95},
            ValueError,
            "a share of right answers, 1 at most, got 95: try at_least=0.95",
        ),
        ({"at_least": "high"}, ValueError, "at_least must be a number, got 'high'"),
        ({"share": 0}, ValueError, "share must be a number above 0"),
        ({"seeds": 0}, ValueError, "seeds must be an integer of 1 or more, got 0"),
        ({"seed": -1}, ValueError, "seed must be an integer of 0 or more"),
        ({"epochs": 1.5}, ValueError, "epochs must be"),
        ({"batch_size": 0}, ValueError, "batch_size must be"),
        ({"n_samples": 0}, ValueError, "n_samples must be"),
        ({"loss": "mse"}, TypeError, "loss must be a function"),
        (
            {"optimizer": torch.optim.Adam(network().parameters())},
            TypeError,
            r"a fresh copy .*: try functools.partial\(torch.optim.Adam, lr=0.01\)",
        ),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, dict) else "",
)
def test_what_is_out_of_bounds_is_refused(given, error, words):
    with pytest.raises(error, match=words):
        assert_model_learns(network, **given)


@pytest.mark.parametrize("model", [3, None, lambda X: X, lambda X, y, z: X], ids=range(4))
def test_what_is_no_model_is_refused(model):
    with pytest.raises(TypeError, match="the model must be a torch module, an estimator"):
        assert_model_learns(model)


def test_an_optimizer_is_refused_for_what_trains_itself():
    with pytest.raises(ValueError, match=r"optimizer must be left out, since .* trains itself"):
        assert_model_learns(knows(is_xor), optimizer=partial(torch.optim.SGD, lr=0.1))
