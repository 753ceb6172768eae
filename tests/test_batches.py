import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import batch_sizes, seeds, sizes

from trainfcnn.batches import Batches
from trainfcnn.network import FCNN
from trainfcnn.stack import Stack, engine

INPUTS, OUTPUTS = 2, 3

samples = st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), batch_sizes(n)))
each_sample = given(sample=samples, members=sizes, seed=seeds.map(lambda seed: seed % 2**63))


def told_apart(sample, members):
    """Return batches of inputs whose targets are what every member says to them."""
    n, batch_size = sample
    stack = Stack([FCNN([INPUTS, 4, OUTPUTS], dtype=torch.float64)] * members)
    x = torch.arange(n * INPUTS, dtype=torch.float64).reshape(n, INPUTS) / n
    with torch.no_grad():
        targets = FCNN([INPUTS, 4, OUTPUTS], dtype=torch.float64)(x).T
    return Batches(stack, x, targets, batch_size), targets


def shuffle(batches, seed, times=1):
    generator = torch.Generator().manual_seed(seed)
    with engine(work=0):
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
    met = torch.cat([part for _, part, _ in batches.passes], dim=1)
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
    n, batch_size = sample
    sizes_met = [part.shape[1] for _, part, _ in told_apart(sample, 1)[0].passes]
    *full, last = sizes_met
    assert sum(sizes_met) == n
    assert all(size == batch_size for size in full)
    assert 1 <= last <= batch_size


def test_the_given_tensors_are_neither_kept_nor_changed():
    x, targets = torch.rand(5, INPUTS), torch.rand(OUTPUTS, 5)
    given_x, given_targets = x.clone(), targets.clone()
    batches = Batches(Stack([FCNN([INPUTS, OUTPUTS])]), x, targets, 2)
    shuffle(batches, seed=0)
    assert torch.equal(x, given_x)
    assert torch.equal(targets, given_targets)
    targets.zero_()
    shuffle(batches, seed=0)
    assert batches.targets.all()


@pytest.mark.parametrize("sample", [(10, 10), (10, 5), (10, 4), (10, 1), (10, 99)], ids=str)
def test_without_a_shuffle_the_order_is_the_given_one(sample):
    batches, targets = told_apart(sample, members=2)
    batches_given = batches.targets.clone()
    with engine(work=0):
        batches.forward()
    assert torch.equal(batches_given, targets)
    torch.testing.assert_close(batches.outputs()[1], targets, rtol=1e-12, atol=1e-12)
