from functools import partial
from unittest.mock import patch

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import batch_sizes, seeds, sizes

from trainfcnn.engine.batches import Batches
from trainfcnn.engine.device import ExecutionContext
from trainfcnn.engine.stack import Stack
from trainfcnn.nn.network import FCNN

INPUTS, OUTPUTS = 2, 3

samples = st.integers(1, 12).flatmap(
    lambda n: st.tuples(st.just(n), batch_sizes(n), st.integers(1, 50))
)
each_sample = given(sample=samples, members=sizes, seed=seeds.map(lambda seed: seed % 2**63))


def told_apart(sample, members):
    """Return batches of inputs whose targets are what every member says to them.

    A sample is a size, a batch size, and how many numbers are gathered at once.
    """
    n, batch_size, gathered = sample
    stack = Stack([FCNN([INPUTS, 4, OUTPUTS], dtype=torch.float64)] * members)
    x = torch.arange(n * INPUTS, dtype=torch.float64).reshape(n, INPUTS) / n
    with torch.no_grad():
        targets = FCNN([INPUTS, 4, OUTPUTS], dtype=torch.float64)(x).T
    with patch("trainfcnn.engine.batches.GATHERED", gathered):
        return Batches(stack, x, targets, batch_size), targets


def shuffle(batches, seed, times=1):
    generator = torch.Generator().manual_seed(seed)
    with ExecutionContext(work=0):
        for _ in range(times):
            batches.shuffle(generator)
            batches.forward()


@each_sample
def test_outputs_are_in_the_present_order(sample, members, seed):
    batches, targets = told_apart(sample, members)
    shuffle(batches, seed, times=3)
    assert batches.outputs().shape == (members, OUTPUTS, sample[0])
    expected = batches.targets.expand(members, *targets.shape)
    torch.testing.assert_close(batches.outputs(), expected, rtol=1e-12, atol=1e-12)


@each_sample
def test_every_sample_is_seen_exactly_once_an_epoch(sample, members, seed):
    batches, targets = told_apart(sample, members)
    shuffle(batches, seed)
    met = torch.cat([part.targets for part in batches.parts], dim=1)
    assert torch.equal(met, batches.targets)
    assert torch.equal(met.sort(dim=1).values, targets.sort(dim=1).values)


@each_sample
def test_the_order_is_the_permutation_of_the_generator(sample, members, seed):
    batches, targets = told_apart(sample, members)
    shuffle(batches, seed, times=2)
    generator = torch.Generator().manual_seed(seed)
    _, order = (torch.randperm(sample[0], generator=generator) for _ in range(2))
    assert torch.equal(batches.targets, targets[:, order])


@given(sample=samples)
def test_only_the_last_batch_may_be_smaller(sample):
    n, batch_size, _ = sample
    sizes_met = [part.targets.shape[1] for part in told_apart(sample, 1)[0].parts]
    *full, last = sizes_met
    assert sum(sizes_met) == n
    assert all(size == batch_size for size in full)
    assert 1 <= last <= batch_size


def test_the_given_tensors_are_not_changed():
    x, targets = torch.rand(5, INPUTS), torch.rand(OUTPUTS, 5)
    given_x, given_targets = x.clone(), targets.clone()
    batches = Batches(Stack([FCNN([INPUTS, OUTPUTS])]), x, targets, 2)
    shuffle(batches, seed=0)
    assert torch.equal(x, given_x)
    assert torch.equal(targets, given_targets)


@given(sample=samples, seed=seeds.map(lambda seed: seed % 2**63))
def test_bytes_become_inputs_batch_by_batch_and_are_prepared_there(sample, seed):
    n, batch_size, gathered = sample
    network = FCNN([INPUTS, OUTPUTS], dtype=torch.float64)
    pixels = torch.randint(0, 256, (n, INPUTS), dtype=torch.uint8)
    with torch.no_grad():
        targets = network(pixels.double() / 255).T
    with patch("trainfcnn.engine.batches.GATHERED", gathered):
        batches = Batches(
            Stack([network]),
            pixels,
            targets,
            batch_size,
            prepare=lambda inputs: [partial(inputs.div_, 255)],
        )
    shuffle(batches, seed, times=2)
    torch.testing.assert_close(batches.outputs()[0], batches.targets, rtol=1e-12, atol=1e-12)


def test_a_large_sample_is_gathered_a_few_batches_at_a_time():
    x = torch.zeros(1000, 784, dtype=torch.uint8)
    batches = Batches(Stack([FCNN([784, 2])]), x, torch.zeros(2, 1000), batch_size=100)
    assert [bool(part.gather) for part in batches.parts] == [True, False, False] * 3 + [True]


@pytest.mark.parametrize(
    "sample", [(10, 10, 99), (10, 5, 99), (10, 4, 1), (10, 1, 9), (10, 99, 9)], ids=str
)
def test_without_a_shuffle_the_order_is_the_given_one(sample):
    batches, targets = told_apart(sample, members=2)
    batches_given = batches.targets.clone()
    with ExecutionContext(work=0):
        batches.forward()
    assert torch.equal(batches_given, targets)
    torch.testing.assert_close(batches.outputs()[1], targets, rtol=1e-12, atol=1e-12)
