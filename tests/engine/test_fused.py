"""The fused kernel takes the steps that the torch stack takes, which is its oracle."""

import platform
import shutil
import subprocess
from dataclasses import replace
from math import ceil
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from oracle import VARIANTS, say, small_dataset, with_some_weights
from parametrized import KINDS, each_kind
from strategies import all_kinds, cases, seeds

from trainfcnn.engine import fused
from trainfcnn.engine.kernel import kernel
from trainfcnn.engine.optimizers import OPTIMIZERS
from trainfcnn.nn.tasks import REGRESSIONS
from trainfcnn.recipe import Recipe
from trainfcnn.training.loop import Training

pytestmark = pytest.mark.skipif(kernel().library is None, reason=f"no compiler: {kernel().reason}")
SMALL = Recipe(dims=(4, 3), lr=0.01, epochs=20, batch_size=5, dtype="float64")
FUSED_VARIANTS = [one for one in VARIANTS if OPTIMIZERS[str(one["optimizer"])] in fused.RULES]
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}


def trained(engine, dataset, recipe, seed=0, weight_seeds=None):
    training = Training(dataset, recipe, seed, weight_seeds, engine=engine)
    assert training.engine.name == engine
    for _ in training:
        pass
    return training


def assert_both_engines_agree(dataset, recipe, seed=0, weight_seeds=None):
    ours, oracle = (
        trained(engine, dataset, recipe, seed, weight_seeds) for engine in ("fused", "torch")
    )
    first = recipe if isinstance(recipe, Recipe) else recipe[0]
    off = TOLERANCE[first.dtype]
    near = {"rtol": off, "atol": off, "equal_nan": True}
    torch.testing.assert_close(ours.stack.parameters, oracle.stack.parameters, **near)
    np.testing.assert_allclose(ours.restart_losses(), oracle.restart_losses(), rtol=off, atol=off)
    np.testing.assert_allclose(ours._rows()["score"], oracle._rows()["score"], rtol=off, atol=off)
    assert ours.state.optimizer.n_steps == oracle.state.optimizer.n_steps
    for name in oracle.state.optimizer.buffers:
        mine, theirs = (getattr(one.state.optimizer, name) for one in (ours, oracle))
        torch.testing.assert_close(mine, theirs, **near)


def bits(training):
    """What a training left, as bytes: weights, and losses of all epochs."""
    weights = training.stack.parameters.numpy().tobytes()
    return weights, training.restart_losses().tobytes()


def is_known(case):
    """Whether the kernel has all of a recipe: what is new in a table may be torch's alone."""
    recipe = case.recipe
    return recipe.activation in fused.FUNCTIONS and OPTIMIZERS[recipe.optimizer] in fused.RULES


@given(cases().filter(is_known))
@settings(max_examples=60, deadline=None)
def test_any_recipe_trains_as_on_torch(case):
    assert_both_engines_agree(case.dataset, case.recipe, case.seed)


@pytest.mark.parametrize("activation", fused.FUNCTIONS)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_every_activation_trains_as_on_torch_for_a_hundred_steps(activation, dtype):
    recipe = replace(SMALL, activation=activation, epochs=34, dtype=dtype)
    for kind in KINDS:
        dataset = small_dataset(kind, n=13)
        assert ceil(13 / 5) * 34 > 100
        assert_both_engines_agree(dataset, recipe, weight_seeds=[1, 2])


@pytest.mark.parametrize("last", fused.FUNCTIONS)
def test_a_mean_squared_error_looks_through_every_last_activation(last):
    assert_both_engines_agree(small_dataset("regression"), replace(SMALL, last_activation=last))


@pytest.mark.parametrize("options", FUSED_VARIANTS, ids=say)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_every_optimizer_trains_as_on_torch(options, dtype):
    recipe = replace(SMALL, dtype=dtype, **options)
    assert_both_engines_agree(small_dataset("binary"), recipe, weight_seeds=[3, 4])


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop", "adagrad"])
def test_members_may_differ_in_width_rate_and_decay(optimizer):
    recipes = [
        replace(SMALL, optimizer=optimizer, dims=dims, lr=lr, weight_decay=decay)
        for dims, lr, decay in (((4, 3), 0.01, 0.0), ((1, 7), 0.03, 0.1), ((9, 2), 0.001, 0.01))
    ]
    assert_both_engines_agree(small_dataset("multiclass"), recipes)


def test_every_layer_may_have_its_own_activation():
    recipe = replace(SMALL, dims=(4, 3, 5), activation=("relu", "sine", "softplus"))
    assert_both_engines_agree(small_dataset("binary"), recipe)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("loss", REGRESSIONS)
def test_every_loss_of_a_regression_is_lowered_as_on_torch(loss, dtype):
    recipe = replace(SMALL, loss=loss, dtype=dtype, standardize=True, activation="tanh")
    for dataset in (small_dataset("several", 50), small_dataset("regression", 13, inputs=1)):
        assert_both_engines_agree(dataset, recipe, weight_seeds=[1, 2])
        assert_both_engines_agree(with_some_weights(dataset), replace(recipe, validation=0.3))


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop", "adagrad"])
def test_the_l1_penalty_is_that_of_torch(optimizer):
    recipes = [
        replace(SMALL, optimizer=optimizer, l1=0.02, dims=dims, weight_decay=decay)
        for dims, decay in (((4, 3), 0.0), ((1, 7), 0.1))
    ]
    assert_both_engines_agree(small_dataset("multiclass"), recipes)


@pytest.mark.parametrize("dtype", TOLERANCE)
@each_kind
def test_weights_of_samples_count_as_on_torch(kind, dtype):
    dataset = with_some_weights(small_dataset(kind, 50))
    recipe = replace(SMALL, dtype=dtype)
    assert_both_engines_agree(dataset, recipe, weight_seeds=[1, 2])
    assert_both_engines_agree(dataset, replace(recipe, validation=0.3, patience=5))


@pytest.mark.parametrize("n", [1, 7, 8, 9, 64, 65, 127, 128, 129, 300])
def test_batches_of_every_size_are_cut_into_tiles(n):
    dataset = small_dataset("binary", n)
    recipe = replace(SMALL, epochs=3, batch_size=n)
    assert_both_engines_agree(dataset, recipe)
    other = replace(recipe, dims=(40,), batch_size=max(1, n - 2))
    assert_both_engines_agree(with_some_weights(dataset), other)


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 8, 33, 70])
def test_layers_of_every_width(width):
    recipe = replace(SMALL, dims=(width, width), epochs=3)
    assert_both_engines_agree(small_dataset("multiclass", 30, inputs=width), recipe)


@given(all_kinds, seeds)
@settings(max_examples=10, deadline=None)
def test_a_member_trains_in_a_stack_as_it_does_alone(kind, seed):
    dataset = small_dataset(kind, 200)  # more than a tile holds
    short = replace(SMALL, batch_size=150, epochs=5, dtype="float32", weight_seed=5)
    recipes = [replace(short, dims=dims) for dims in ((2, 3), (40, 5), (7, 1))]
    together = trained("fused", dataset, recipes, seed)
    for member, recipe in enumerate(recipes):
        alone = trained("fused", dataset, recipe, seed).network()
        pairs = zip(alone.parameters(), together.network(member).parameters(), strict=True)
        assert all(torch.equal(mine, theirs) for mine, theirs in pairs)


@pytest.mark.parametrize("n_threads", [2, 4, 99])
def test_members_are_spread_over_threads_and_keep_their_bits(monkeypatch, n_threads):
    monkeypatch.setattr(fused, "THREAD_WORK", 1)
    found = []
    for n in (1, n_threads):
        monkeypatch.setattr(torch, "get_num_threads", lambda n=n: n)
        found.append(trained("fused", small_dataset("binary", 50), SMALL, weight_seeds=range(9)))
    assert bits(found[0]) == bits(found[1])
    assert [one._epoch._job.n_threads for one in found] == [1, min(9, n_threads)]


def test_an_epoch_in_several_calls_gives_the_same_bits(monkeypatch):
    dataset = small_dataset("binary", 50)
    whole = trained("fused", dataset, SMALL)
    monkeypatch.setattr(fused, "CALL_WORK", 1)
    assert bits(trained("fused", dataset, SMALL)) == bits(whole)


@pytest.mark.parametrize("dtype", TOLERANCE)
@each_kind
def test_epochs_in_one_call_give_the_bits_of_one_at_a_time(kind, dtype):
    recipe = replace(SMALL, epochs=70, dtype=dtype)
    dataset = small_dataset(kind, 50)
    together, alone = (Training(dataset, recipe, weight_seeds=range(3)) for _ in range(2))
    assert [*together.strides()] == [32, 64, 70]
    assert [*alone] == [*range(1, 71)]
    assert bits(together) == bits(alone)
    assert np.array_equal(together.losses(), alone.losses())
    assert np.array_equal(together._rows()["score"], alone._rows()["score"])


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_units_are_switched_off_as_on_torch(dtype):
    dataset = small_dataset("binary", 50)
    for activation in ("relu", "tanh", "gelu"):
        same = replace(SMALL, activation=activation, dropout=(0.0, 0.3), dtype=dtype)
        assert_both_engines_agree(dataset, same, weight_seeds=[1, 2])
        unequal = [replace(same, dropout=share) for share in (0.2, 0.5, 0.3)]
        assert_both_engines_agree(dataset, unequal)


WATCHES = [
    {"patience": 7},
    {"validation": 0.3},
    {"validation": 0.3, "patience": 4, "lr": 0.3},
    {"validation": 0.3, "patience": 60, "dropout": 0.2, "standardize": True},
]


@pytest.mark.parametrize("changes", WATCHES, ids=str)
@each_kind
def test_the_best_are_kept_within_a_call_as_after_each_epoch_and_as_on_torch(kind, changes):
    recipe = replace(SMALL, epochs=70, **changes)
    dataset = small_dataset(kind, 50)
    engines = ["fused", "fused", "torch"]
    together, alone, oracle = (
        Training(dataset, recipe, weight_seeds=range(3), engine=one) for one in engines
    )
    calls = [*together.strides()]
    assert len(calls) < together.state.epoch
    for training in (alone, oracle):
        for _ in training:
            pass
    assert together.state.epoch == alone.state.epoch == oracle.state.epoch
    assert bits(together) == bits(alone)
    best, same, other = (training.state.best for training in (together, alone, oracle))
    for name in ("epoch", "gained_epoch", "stopped"):
        assert torch.equal(getattr(best, name), getattr(same, name))
        assert torch.equal(getattr(best, name), getattr(other, name))
    for name in ("parameters", "loss", "gained_loss"):
        assert torch.equal(getattr(best, name), getattr(same, name))
        torch.testing.assert_close(getattr(best, name), getattr(other, name), rtol=1e-9, atol=1e-9)
    for name, row in together._rows().items():
        assert np.array_equal(row, alone._rows()[name])
        np.testing.assert_allclose(row, oracle._rows()[name], rtol=1e-8, atol=1e-9)


def test_members_are_watched_on_threads_with_the_same_bits(monkeypatch):
    recipe = replace(SMALL, epochs=40, validation=0.3, patience=5)
    dataset = small_dataset("binary", 50)
    plain = trained("fused", dataset, recipe, weight_seeds=range(40))
    monkeypatch.setattr(fused, "THREAD_WORK", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    threaded = trained("fused", dataset, recipe, weight_seeds=range(40))
    for name in ("parameters", "loss", "epoch", "stopped"):
        assert torch.equal(getattr(plain.state.best, name), getattr(threaded.state.best, name))


def test_units_are_switched_off_alike_in_calls_of_any_length_on_any_threads(monkeypatch):
    recipe = replace(SMALL, dropout=0.4, epochs=40)
    dataset = small_dataset("binary", 50)
    together = Training(dataset, recipe, weight_seeds=range(40), engine="fused")
    for _ in together.strides():
        pass
    found = bits(together)
    assert bits(trained("fused", dataset, recipe, weight_seeds=range(40))) == found
    monkeypatch.setattr(fused, "THREAD_WORK", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    assert bits(trained("fused", dataset, recipe, weight_seeds=range(40))) == found
    monkeypatch.setattr(fused, "CALL_WORK", 1)
    one_step_a_call = trained("fused", dataset, recipe, weight_seeds=range(40))
    assert bits(one_step_a_call) == found
    states = [one.state.dropout.get_state()[:5016] for one in (together, one_step_a_call)]
    assert torch.equal(*states)


def test_what_is_to_be_looked_at_ends_a_call():
    noise = small_dataset("binary", 50)
    dataset = replace(noise, x_test=noise.x, y_test=noise.y)
    assert [*Training(dataset, SMALL).strides([3, 11])] == [3, 11, 20]
    assert [*Training(dataset, SMALL, test_every=8).strides()] == [8, 16, 20]
    assert len([*Training(dataset, SMALL, record_steps=True).strides()]) == 20
    assert len([*Training(dataset, replace(SMALL, until="loss <= 0")).strides()]) == 20


@pytest.mark.parametrize("scale", [1e-22, 1e22])
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop", "adagrad"])
def test_squares_of_gradients_neither_underflow_nor_overflow(optimizer, scale):
    noise = small_dataset("binary", 50)
    dataset = replace(noise, x=noise.x * scale)
    recipe = replace(SMALL, dims=(), optimizer=optimizer, eps=1e-25, dtype="float32", epochs=3)
    assert_both_engines_agree(dataset, recipe)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop", "adagrad"])
@pytest.mark.parametrize("lr", [1e3, 1e10, 1e30])
@pytest.mark.parametrize("activation", fused.FUNCTIONS)
def test_what_diverges_on_torch_diverges_here(optimizer, lr, activation):
    recipe = replace(SMALL, optimizer=optimizer, lr=lr, activation=activation, dtype="float32")
    dataset = small_dataset("regression")
    ours, oracle = (trained(engine, dataset, recipe) for engine in ("fused", "torch"))
    finite = [np.isfinite(one.restart_losses()) for one in (ours, oracle)]
    assert np.array_equal(*finite)


SANITIZED = ("-g", "-O1", "-std=gnu11", "-pthread", "-fsanitize=address,undefined", "-Wno-psabi")


def builds(compiler, folder):
    """Whether there is a compiler, with the sanitizers' libraries."""
    (folder / "empty.c").write_text("int main(void) { return 0; }\n")
    command = [compiler, *SANITIZED, folder / "empty.c", "-o", folder / "empty"]
    return compiler and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("precision", [(), ("-DDOUBLE",)], ids=["float", "double"])
def test_sanitizers_find_nothing(precision, tmp_path):
    compiler = shutil.which("cc")
    if not builds(compiler, tmp_path):
        pytest.skip("no compiler, or none with sanitizers")
    kernel_flags = ["-mavx2", "-mfma"] if platform.machine() in ("x86_64", "AMD64") else []
    program = tmp_path / "driver"
    source = Path(__file__).with_name("fused_driver.c")
    include = Path(fused.__file__).parent
    flags = [*SANITIZED, "-fno-sanitize-recover=all", *kernel_flags, *precision]
    command = [compiler, *flags, "-I", include, source, "-o", program, "-lm"]
    subprocess.run(command, check=True)
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "all finite\n"), done.stderr
