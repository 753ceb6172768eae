"""Which engine takes the steps is said with its reason, and is the one that was asked for."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from oracle import small_dataset
from own_functions import softsign

from trainfcnn import TrainFCNN, sweep
from trainfcnn.data.dataset import Dataset
from trainfcnn.engine import backend, fused
from trainfcnn.engine.backend import Engine
from trainfcnn.engine.kernel import Kernel, kernel
from trainfcnn.nn.activations import Activation
from trainfcnn.recipe import Recipe
from trainfcnn.training.loop import Training

built = pytest.mark.skipif(kernel().library is None, reason=f"no compiler: {kernel().reason}")
DATASET = small_dataset("binary", 40)
SMALL = Recipe(dims=(3,), epochs=2, batch_size=10)


def images():
    x = np.random.default_rng(0).integers(0, 255, (20, 16)).astype(np.uint8)
    y = np.arange(20) % 2
    return Dataset("dots", "binary", x, y, x, y, classes=(0, 1), image_shape=(4, 4))


IMPOSSIBLE = {
    "activation 'softsign' is your own": (DATASET, replace(SMALL, activation=softsign)),
    "its images are prepared a batch at a time": (images(), SMALL),
    "it has more than 32 layers": (DATASET, replace(SMALL, dims=(2,) * 32)),
}


@pytest.mark.parametrize("reason", IMPOSSIBLE)
def test_what_the_kernel_cannot_do_is_done_on_torch_and_refused_where_it_is_asked_for(reason):
    dataset, recipe = IMPOSSIBLE[reason]
    assert Training(dataset, recipe).engine == Engine("torch", reason)
    with pytest.raises(ValueError, match=f"since {reason}: try engine='auto'"):
        Training(dataset, recipe, engine="fused")


def test_an_own_function_of_a_known_name_is_not_taken_for_that():
    def relu(z):
        return z * 2

    training = Training(DATASET, replace(SMALL, activation=relu))
    assert training.engine == Engine("torch", "activation 'relu' is your own")


@built
def test_small_steps_are_fused_and_large_ones_are_not():
    assert Training(DATASET, SMALL).engine.name == "fused"
    wide = Training(DATASET, replace(SMALL, dims=(200, 200)))
    assert wide.engine == Engine("torch", "its products are faster on layers of 40,000 weights")
    large = Training(small_dataset("binary", 500), replace(SMALL, dims=(100, 100), batch_size=500))
    assert large.engine == Engine("torch", "it spreads steps as large as these over threads")
    assert Training(DATASET, replace(SMALL, dims=(200, 200)), engine="fused").engine.name == "fused"


@built
@pytest.mark.parametrize("engine", ["fused", "torch"])
def test_the_engine_that_is_asked_for_is_used_everywhere(engine, monkeypatch):
    chosen = []
    monkeypatch.setattr(
        "trainfcnn.training.loop.epoch_for",
        lambda *given: chosen.append(given[0].name) or backend.epoch_for(*given),
    )
    trainer = TrainFCNN("xor", n_samples=50, engine=engine).train(dims=[2], epochs=2)
    assert trainer.results()["engine"] == engine
    assert trainer.results()["engine_reason"] == "as asked"
    best = sweep("xor", n_samples=50, dims=[[2], [3]], epochs=2, folds=2, engine=engine).best()
    assert best.results()["engine"] == engine
    assert set(chosen) == {engine}


@built
def test_a_call_without_memory_says_so(monkeypatch):
    training = Training(DATASET, SMALL)
    monkeypatch.setattr(training._epoch, "_train", lambda job: 1)
    with pytest.raises(MemoryError, match="take smaller batches"):
        next(training)
    assert training.state.optimizer.n_steps == 0


@built
def test_an_interrupt_between_calls_leaves_whole_epochs(monkeypatch):
    monkeypatch.setattr(fused, "CALL_WORK", 1)  # a step a call
    training = Training(DATASET, SMALL)
    next(training)
    done = training.stack.parameters.clone()
    losses = training.losses()
    calls = iter(range(2))
    train = training._epoch._train

    def interrupted(job):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return train(job)

    with monkeypatch.context() as patch:
        patch.setattr(training._epoch, "_train", interrupted)
        with pytest.raises(KeyboardInterrupt):
            next(training)
    assert training.state.epoch == 1
    assert not torch.equal(training.stack.parameters, done)
    assert np.allclose(training.losses(), losses, rtol=1e-6)  # the order of its sums is another
    assert torch.equal(training.stack.parameters, done)
    assert len(training.history()) == 1


def test_without_the_library_all_is_trained_on_torch(monkeypatch):
    monkeypatch.setattr(backend, "kernel", lambda: Kernel(None, "the kernel is not built"))
    training = Training(DATASET, SMALL)
    assert training.engine == Engine("torch", "the kernel is not built")
    assert [*training] == [1, 2]
    with pytest.raises(ValueError, match="cannot here, since the kernel is not built"):
        Training(DATASET, SMALL, engine="fused")


@built
def test_a_training_that_is_pickled_goes_on_with_the_same_bits_on_its_engine():
    whole = Training(DATASET, replace(SMALL, epochs=6), engine="fused")
    cut = Training(DATASET, replace(SMALL, epochs=6), engine="fused")
    for epoch in cut:
        if epoch == 3:
            break
    went_on = pickle.loads(pickle.dumps(cut))
    assert went_on.engine == cut.engine
    for _ in whole:
        pass
    for _ in went_on:
        pass
    assert torch.equal(whole.stack.parameters, went_on.stack.parameters)
    assert np.array_equal(whole.losses(), went_on.losses())


def test_an_own_activation_object_is_no_entry_of_the_table():
    own = Activation("tanh", torch.tanh, torch.tanh, lambda delta, z, a: None)
    assert Training(DATASET, replace(SMALL, activation=own)).engine.name == "torch"
