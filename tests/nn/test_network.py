from copy import deepcopy
from itertools import pairwise
from math import sqrt

import pytest
import torch
from hypothesis import given
from oracle import assert_same_network
from strategies import hidden_dims, seeds, sizes
from torch import nn

from trainfcnn.nn.activations import ACTIVATIONS, LAST_ACTIVATIONS
from trainfcnn.nn.init import INITS
from trainfcnn.nn.network import FCNN
from trainfcnn.trainer import TrainFCNN

N_IN, N_OUT = 200, 300
VARIANCES = {
    "spread": 2 / N_IN,
    "he": 2 / N_IN,
    "xavier": 2 / (N_IN + N_OUT),
    "pytorch": 1 / (3 * N_IN),
    "lecun": 1 / N_IN,
    "unit_normal": 1,
    "1/fan_in": 1 / N_IN**2,
}


def name_of(activation):
    return activation if isinstance(activation, str) else activation.__name__


each_init = pytest.mark.parametrize("init", INITS)


def bits(network):
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


def some_inputs(n=5, inputs=2):
    return torch.randn(n, inputs, generator=torch.Generator().manual_seed(0))


def first_weight(n_in, n_out, **options):
    return FCNN([n_in, n_out, 1], dtype=torch.float64, **options).linears[0].weight.detach()


@pytest.mark.parametrize("activation", [*ACTIVATIONS, torch.atan], ids=name_of)
def test_scores_are_matrix_products_with_an_activation_between(activation):
    network, x = FCNN([2, 4, 3, 2], activation, seed=1), some_inputs()
    function = activation if callable(activation) else ACTIVATIONS[activation].function
    expected = x
    for layer in network.linears[:-1]:
        expected = function(expected @ layer.weight.T + layer.bias)
    expected = expected @ network.linears[-1].weight.T + network.linears[-1].bias
    torch.testing.assert_close(network.scores(x), expected)


@given(hidden=hidden_dims, seed=seeds)
def test_hidden_is_what_each_hidden_layer_hands_to_the_next(hidden, seed):
    network, x = FCNN([2, *hidden, 3], "tanh", seed=seed), some_inputs()
    layers = network.hidden(x)
    assert [layer.shape for layer in layers] == [(5, size) for size in hidden]
    for linear, before, after in zip(network.linears, [x, *layers], layers, strict=False):
        assert torch.equal(after, torch.tanh(linear(before)))
    assert torch.equal(network.linears[-1]([x, *layers][-1]), network.scores(x))


@pytest.mark.parametrize("last", LAST_ACTIVATIONS)
def test_outputs_are_scores_behind_the_last_activation(last):
    network, x = FCNN([2, 4, 3], last_activation=last), some_inputs()
    assert torch.equal(network(x), LAST_ACTIVATIONS[last](network.scores(x)))


@given(n_in=sizes, hidden=hidden_dims, n_out=sizes)
def test_dims_are_the_shapes_of_the_layers(n_in, hidden, n_out):
    dims = [n_in, *hidden, n_out]
    network = FCNN(dims)
    assert network.dims == tuple(dims)
    assert [layer.weight.shape for layer in network.linears] == [(b, a) for a, b in pairwise(dims)]
    assert network(torch.zeros(3, n_in)).shape == (3, n_out)
    count = sum((a + 1) * b for a, b in pairwise(dims))
    assert repr(network).endswith(f"{count:,} parameters")


@each_init
@given(seed=seeds)
def test_a_seed_of_any_size_says_it_all(init, seed):
    network = FCNN([2, 3, 1], init=init, seed=seed)
    assert torch.equal(bits(network), bits(FCNN([2, 3, 1], init=init, seed=seed)))
    assert not torch.equal(bits(network), bits(FCNN([2, 3, 1], init=init, seed=seed + 1)))


@each_init
def test_the_global_random_state_is_neither_read_nor_changed(init):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        state = torch.get_rng_state()
        network = FCNN([2, 5, 1], init=init)
        assert torch.equal(torch.get_rng_state(), state)
        torch.manual_seed(2)
        assert torch.equal(bits(network), bits(FCNN([2, 5, 1], init=init)))


def test_training_leaves_the_global_random_state_alone():
    state = torch.get_rng_state()
    TrainFCNN("xor", n_samples=20).train(dims=[3], epochs=2, dropout=0.5, validation=0.2)
    assert torch.equal(torch.get_rng_state(), state)


@each_init
def test_weights_have_mean_zero_and_the_variance_of_their_init(init):
    weight = first_weight(N_IN, N_OUT, init=init)
    assert abs(weight.mean()) < 4 * sqrt(VARIANCES[init] / weight.numel())
    assert weight.var().item() == pytest.approx(VARIANCES[init], rel=0.03)


@each_init
def test_the_last_layer_has_the_variance_of_its_init_too(init):
    last = FCNN([N_IN, N_OUT], init=init).linears[-1].weight
    expected = VARIANCES["pytorch" if init == "spread" else init]
    assert last.var().item() == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize(
    ("init", "bound"),
    [
        ("he", sqrt(6 / N_IN)),
        ("xavier", sqrt(6 / (N_IN + N_OUT))),
        ("pytorch", 1 / sqrt(N_IN)),
    ],
)
def test_uniform_weights_fill_their_bounds(init, bound):
    highest = first_weight(N_IN, N_OUT, init=init).abs().max().item()
    assert 0.99 * bound < highest <= bound


@each_init
def test_biases_begin_at_zero_unless_they_are_drawn_as_weights_are(init):
    for layer in FCNN([N_IN, N_OUT, 7], init=init).linears:
        if init not in ("pytorch", "unit_normal"):
            assert not layer.bias.any()
            continue
        bound = 1 / sqrt(layer.in_features)
        assert layer.bias.unique().numel() == layer.out_features
        assert init == "unit_normal" or layer.bias.abs().max() <= bound


def test_the_pytorch_init_spreads_as_a_fresh_linear_layer():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = nn.Linear(N_IN, N_OUT)
    ours = FCNN([N_IN, N_OUT], init="pytorch").linears[0]
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert mine.std().item() == pytest.approx(other.std().item(), rel=0.1)


@given(n_in=sizes, n_out=sizes, seed=seeds)
def test_spread_rows_are_orthogonal_ones_of_norm_sqrt_two_and_their_opposites(n_in, n_out, seed):
    rows = first_weight(n_in, 3 * n_out, init="spread", seed=seed)
    torch.testing.assert_close(rows.norm(dim=1), torch.full_like(rows[:, 0], sqrt(2)))
    plus, minus = rows[:n_in], rows[n_in : 2 * n_in]
    torch.testing.assert_close(plus @ plus.T, 2 * torch.eye(len(plus), dtype=torch.float64))
    assert torch.equal(minus, -plus[: len(minus)])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_brings_its_init(name):
    by_default, asked = FCNN([2, 5, 1], name), FCNN([2, 5, 1], name, init=ACTIVATIONS[name].init)
    assert torch.equal(bits(by_default), bits(asked))


@each_init
def test_initialize_draws_as_a_new_network_would(init):
    network = FCNN([2, 5, 1], seed=3)
    network.initialize(init, seed=8)
    assert torch.equal(bits(network), bits(FCNN([2, 5, 1], init=init, seed=8)))


def test_a_state_dict_makes_another_network_the_same():
    network, other = FCNN([2, 5, 1], seed=0), FCNN([2, 5, 1], seed=1)
    assert list(network.state_dict()) == [
        f"layers.{layer}.{name}" for layer in (0, 1) for name in ("weight", "bias")
    ]
    other.load_state_dict(network.state_dict())
    assert torch.equal(other(some_inputs()), network(some_inputs()))


@pytest.mark.parametrize("activation", [*ACTIVATIONS, torch.atan], ids=name_of)
def test_a_deep_copy_is_equal_and_independent(activation):
    network = FCNN([2, 5, 1], activation)
    copy = deepcopy(network)
    assert torch.equal(copy(some_inputs()), network(some_inputs()))
    copy.initialize(seed=1)
    assert_same_network(network, FCNN([2, 5, 1], activation))


class Shifted(nn.Module):
    """An own activation with a buffer."""

    def __init__(self):
        super().__init__()
        self.register_buffer("shift", torch.tensor(1.0))

    def forward(self, z):
        return torch.relu(z) + self.shift


@pytest.mark.parametrize("activation", ["tanh", Shifted()], ids=["tanh", "a module"])
def test_a_twin_is_a_deep_copy_and_shares_nothing_that_changes(activation):
    network = FCNN([2, 3, 4, 1], activation)
    network.layers[0].bias.requires_grad_(False)
    twin = network.twin()
    copied = deepcopy(network)
    assert_same_network(twin, copied, tolerance=0)
    assert [p.requires_grad for p in twin.parameters()] == [
        p.requires_grad for p in copied.parameters()
    ]
    points = torch.randn(5, 2)
    before = network(points)
    ours = {tensor.data_ptr() for tensor in network.state_dict().values()}
    assert not ours & {tensor.data_ptr() for tensor in twin.state_dict().values()}
    twin.register_forward_hook(lambda *given: 1 / 0)
    twin.layers[1].register_forward_hook(lambda *given: 1 / 0)
    twin.eval()
    assert network.training
    assert torch.equal(network(points), before)


@pytest.mark.parametrize("last", LAST_ACTIVATIONS)
def test_autograd_reaches_every_parameter(last):
    network = FCNN([2, 4, 3], "tanh", last, seed=1)
    network(some_inputs())[:, 0].sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())
    assert network.linears[0].weight.grad.any()


def test_dtype_is_that_of_parameters_and_outputs():
    network = FCNN([2, 4, 1], dtype=torch.float64)
    assert network(some_inputs().double()).dtype == torch.float64
    assert FCNN([2, 4, 1]).double()(some_inputs().double()).dtype == torch.float64


@pytest.mark.parametrize("extra", [{}, {"validation": 0.2}, {"standardize": True}], ids=str)
def test_a_trained_network_is_an_ordinary_module_that_can_be_trained_on(extra):
    network = TrainFCNN("prod", n_samples=50).train(dims=[4], epochs=2, **extra).network
    x = some_inputs()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    before = (network(x) - 1).square().mean()
    assert before.requires_grad
    before.backward()
    optimizer.step()
    assert (network(x) - 1).square().mean() < before
    assert not any(parameter.is_inference() for parameter in network.parameters())


@pytest.mark.parametrize("dims", [[], [2], 2, [2, 0, 1], [2, 1.5, 1], "21", [2, True]], ids=str)
def test_sizes_that_make_no_network_are_refused(dims):
    with pytest.raises(ValueError, match=r"dims must .*try dims="):
        FCNN(dims)


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ({"activation": "tanhh"}, "did you mean 'tanh'"),
        ({"last_activation": "soft-max"}, "did you mean 'softmax'"),
        ({"init": "HE"}, "did you mean 'he'"),
        ({"seed": -1}, "seed must be an integer of 0 or more"),
        ({"seed": 1.5}, "seed must be an integer of 0 or more"),
        ({"dtype": torch.int64}, "dtype must be a torch dtype of real numbers, got torch.int64"),
        ({"dtype": torch.complex64}, "got torch.complex64: try torch.float32"),
        ({"dtype": "float32"}, "got 'float32': try torch.float32"),
    ],
    ids=str,
)
def test_a_wrong_argument_is_answered_with_what_to_do(options, answer):
    with pytest.raises(ValueError, match=answer):
        FCNN([2, 3, 1], **options)


def test_a_network_larger_than_the_memory_is_refused():
    with pytest.raises(ValueError, match=r"dims=\(2, 1000000000000, 1\) must fit into the memory"):
        FCNN([2, 10**12, 1])


@pytest.mark.parametrize("dims", [[2, 3], [2, 5, 4, 3]], ids=str)
@pytest.mark.parametrize("last", LAST_ACTIVATIONS)
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # and still much used
def test_a_network_can_be_scripted_and_traced_and_says_the_same(last, dims):
    x = torch.randn(6, dims[0], generator=torch.Generator().manual_seed(0))
    # the hidden activation goes along: those of the last one are the same, and one more
    network = FCNN(dims, last if last in ACTIVATIONS else "relu", last).eval()
    for made in (torch.jit.script(network), torch.jit.trace(network, x)):
        torch.testing.assert_close(made(x), network(x), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("init", "told"),
    [
        (lambda weight, generator: torch.zeros(weight.shape), "some of one of shape .* not filled"),
        (lambda weight, generator: weight[0].zero_(), "some of one of shape .* not filled"),
        (lambda weight, generator: weight.fill_(torch.inf), "some of one of shape .* not filled"),
        (lambda weight: weight.zero_(), "it failed .*positional"),
        (nn.init.xavier_normal_, "it failed "),
    ],
)
def test_an_own_init_that_fills_nothing_or_fails_says_what_it_must_do(init, told):
    """Else the network would begin with what was in the memory before."""
    with pytest.raises(ValueError, match=f"^init must fill a weight .* in place, .*{told}.*: try"):
        FCNN([2, 3, 1], init=init)


def test_an_own_init_fills_every_layer():
    network = FCNN([2, 3, 1], init=lambda weight, generator: weight.fill_(0.5))
    assert all(bool((layer.weight == 0.5).all()) for layer in network.linears)
