"""A step is that of `torch.optim`."""

import numpy as np
import pytest
import torch
from oracle import VARIANTS, optimizer_for, say, torch_optimizer

from trainfcnn.engine.optimizers import OPTIMIZERS
from trainfcnn.recipe import Recipe

each_variant = pytest.mark.parametrize("options", VARIANTS, ids=say)


def random_gradients(n_steps, scale=1.0, size=7):
    generator = torch.Generator().manual_seed(0)
    return scale * torch.randn(n_steps, size, generator=generator, dtype=torch.float64)


def descend(recipe, gradients, rates):
    """Return the parameters after each step of ours, from ones."""
    parameters, buffer = torch.ones_like(gradients[0]), torch.empty_like(gradients[0])
    step, path = optimizer_for(recipe, parameters, buffer).step, []
    for gradient, rate in zip(gradients, rates, strict=True):
        buffer.copy_(gradient)
        step(rate)
        path.append(parameters.clone())
    return torch.stack(path)


def descend_by_torch(recipe, gradients, rates):
    """Return the parameters after each step of `torch.optim`, from ones."""
    parameters, path = torch.ones_like(gradients[0]).requires_grad_(), []
    optimizer = torch_optimizer([parameters], recipe)
    for gradient, rate in zip(gradients, rates, strict=True):
        parameters.grad = gradient.clone()
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
        path.append(parameters.detach().clone())
    return torch.stack(path)


@each_variant
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e3])
def test_a_step_is_that_of_torch_even_as_the_rate_moves(options, scale):
    recipe, gradients = Recipe(**options), random_gradients(100, scale)
    rates = np.geomspace(0.1, 0.001, 100).tolist()
    torch.testing.assert_close(
        descend(recipe, gradients, rates),
        descend_by_torch(recipe, gradients, rates),
        rtol=1e-9,
        atol=1e-9,
    )


@each_variant
def test_float32_follows_float64(options):
    recipe, gradients = Recipe(**options), random_gradients(100)
    exact = descend(recipe, gradients, [0.01] * 100)
    single = descend(recipe, gradients.float(), [0.01] * 100)
    torch.testing.assert_close(single.double(), exact, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_nothing_moves_without_a_gradient(name):
    path = descend(Recipe(optimizer=name), torch.zeros(3, 7), [0.1] * 3)
    assert torch.equal(path, torch.ones(3, 7))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weight_decay_shrinks_what_has_no_gradient(name):
    path = descend(Recipe(optimizer=name, weight_decay=0.1), torch.zeros(3, 7), [0.01] * 3)
    assert (path[1:] < path[:-1]).all()
    assert (path[0] < 1).all()


def test_decay_is_decoupled_for_adamw_alone():
    step = descend(Recipe(optimizer="adamw", weight_decay=0.5), torch.zeros(1, 7), [0.1])
    torch.testing.assert_close(step, torch.full((1, 7), 1 - 0.1 * 0.5))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_goes_downhill(name):
    gradients = random_gradients(1)
    moved = descend(Recipe(optimizer=name), gradients, [0.01]) - 1
    assert (moved * gradients < 0).all()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_two_steps_of_one_rule_share_no_memory(name):
    gradients = random_gradients(5)
    once = descend(Recipe(optimizer=name), gradients, [0.1] * 5)
    assert torch.equal(once, descend(Recipe(optimizer=name), gradients, [0.1] * 5))


@each_variant
@pytest.mark.parametrize("own_decays", [False, True], ids=["one decay", "own decays"])
@pytest.mark.parametrize("own_rates", [False, True], ids=["one rate", "own rates"])
def test_rates_and_decays_of_their_own_are_as_many_descents(options, own_rates, own_decays):
    recipe, gradients, path = Recipe(**options, lr=0.1), random_gradients(20), []
    shares = torch.tensor([1.0, 0.3, 0.03, 7.0, 1.0, 0.5, 1e-3], dtype=torch.float64)
    decays = torch.tensor([0.0, 0.1, 0.5, 0.2, 0.0, 0.1, 1.0], dtype=torch.float64)
    parameters, buffer = torch.ones(7, dtype=torch.float64), torch.empty(7, dtype=torch.float64)
    step = OPTIMIZERS[recipe.optimizer](
        parameters,
        buffer,
        momentum=recipe.momentum,
        nesterov=recipe.nesterov,
        weight_decay=decays if own_decays else recipe.weight_decay,
        betas=recipe.betas,
        alpha=recipe.alpha,
        eps=recipe.eps,
        rates=shares if own_rates else None,
    ).step
    moving = np.geomspace(0.1, 0.01, 20)
    for gradient, rate in zip(gradients, moving, strict=True):
        buffer.copy_(gradient)
        step(float(rate))
        path.append(parameters.clone())
    for i in range(7):
        decay = decays[i].item() if own_decays else recipe.weight_decay
        rates = (moving * (shares[i].item() if own_rates else 1.0)).tolist()
        alone = descend_by_torch(recipe.but(weight_decay=decay), gradients[:, i : i + 1], rates)
        torch.testing.assert_close(torch.stack(path)[:, i : i + 1], alone, rtol=1e-9, atol=1e-9)


@each_variant
def test_a_rule_that_took_over_from_another_goes_on_with_the_same_bits(options):
    recipe = Recipe(**options)
    gradients = random_gradients(20)
    whole = descend(recipe, gradients, [0.1] * 20)
    parameters = torch.ones(7, dtype=torch.float64)
    buffer = torch.empty(7, dtype=torch.float64)
    first = optimizer_for(recipe, parameters, buffer)
    for gradient in gradients[:10]:
        buffer.copy_(gradient)
        first.step(0.1)
    second = optimizer_for(recipe, parameters.clone(), buffer)
    second.restore(first)
    for rule in (second, first):  # they share no memory, so that each goes on by itself
        for gradient in gradients[10:]:
            buffer.copy_(gradient)
            rule.step(0.1)
        assert torch.equal(rule.parameters, whole[-1])
        assert rule.n_steps == 20


def test_a_rule_says_how_large_it_is_and_how_far_it_got():
    rule = optimizer_for(Recipe(optimizer="adamw"), torch.ones(1234), torch.zeros(1234))
    rule.step(0.1)
    assert repr(rule) == "AdamW: 1,234 parameters, 1 steps"
