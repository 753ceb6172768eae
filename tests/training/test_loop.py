from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from oracle import (
    VARIANTS,
    assert_same_network,
    losses,
    network_for,
    say,
    small_dataset,
    stacked,
    train_by_autograd,
)
from strategies import cases

from trainfcnn._support.seeds import numpy_generator, restart_seeds
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.splits import holdout_mask
from trainfcnn.data.toy import make_dataset
from trainfcnn.engine.device import ExecutionContext
from trainfcnn.engine.schedules import SCHEDULES
from trainfcnn.nn.tasks import TASKS
from trainfcnn.recipe import Recipe
from trainfcnn.trainer import TrainFCNN
from trainfcnn.training.loop import Training

QUICK = Recipe(dims=[4, 3], epochs=8, batch_size=5, dtype="float64")
HELD = replace(QUICK, validation=0.3, epochs=12)
RESTLESS = replace(HELD, lr=0.3, patience=2, epochs=60)
MANNERS = {
    "plain": QUICK,
    "dropout": replace(QUICK, dropout=0.4),
    "validation": HELD,
    "standardize": replace(QUICK, standardize=True),
    "validation and early stopping": RESTLESS,
    "early stopping alone": replace(RESTLESS, validation=0.0),
    "all of it": replace(RESTLESS, dropout=0.2, standardize=True, schedule="cosine"),
}
MEASURED = ("loss", "score", "validation_loss", "validation_score")

each_kind = pytest.mark.parametrize("kind", TASKS)
each_manner = pytest.mark.parametrize("recipe", MANNERS.values(), ids=MANNERS)


def trained(dataset, recipe, seed=0, **options):
    training = Training(dataset, recipe, seed, **options)
    for _ in training:
        pass
    return training


def bits(network):
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


def held(dataset, recipe, seed=0):
    strata = dataset.y if dataset.classes else np.zeros(len(dataset.y))
    return holdout_mask(strata, recipe.validation, numpy_generator(seed, "validation"))


def loss_on(network, dataset, mask):
    task = TASKS[dataset.kind]
    answer = network.scores if task.is_classification else network
    outputs = answer(torch.tensor(dataset.x[mask])).detach().T
    return task.loss(outputs, torch.tensor(task.targets(dataset.y[mask], len(dataset.classes))))


def assert_same_history(ours, other):
    for name in MEASURED:
        np.testing.assert_allclose(
            getattr(ours, name), getattr(other, name), rtol=1e-9, atol=1e-9, err_msg=name
        )
    assert ours.best_epoch == other.best_epoch


@each_kind
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_training_is_a_plain_loop_over_shuffled_batches(kind, schedule):
    dataset, recipe = small_dataset(kind), replace(QUICK, schedule=schedule)
    network = network_for(dataset, recipe, seed=7)
    expected = list(train_by_autograd(network, dataset, recipe, seed=7))
    training = trained(dataset, recipe, seed=7)
    assert_same_network(training.network(), network)
    np.testing.assert_allclose(training.history().loss, expected, rtol=1e-9)


@each_kind
@each_manner
def test_a_member_trains_as_it_would_alone(kind, recipe):
    dataset = small_dataset(kind, n=30)
    together = trained(dataset, recipe, weight_seeds=[0, 1, 2])
    for member in range(3):
        alone = trained(dataset, recipe, weight_seeds=[member])
        assert_same_network(together.network(member), alone.network())
        assert_same_history(together.history(member), alone.history())


@given(case=cases(lr=0.001))
def test_any_member_trains_as_it_would_alone(case):
    together = trained(case.dataset, case.recipe, case.seed, weight_seeds=[5, 6])
    alone = trained(case.dataset, case.recipe, case.seed, weight_seeds=[6])
    assert_same_network(together.network(1), alone.network())


@given(case=cases())
def test_the_same_seed_gives_the_same_bits_and_another_seed_another_run(case):
    first, again, other = (
        trained(case.dataset, case.recipe, seed) for seed in (case.seed, case.seed, case.seed + 1)
    )
    assert torch.equal(bits(first.network()), bits(again.network()))
    assert not torch.equal(bits(first.network()), bits(other.network()))
    assert np.array_equal(first.history().loss, again.history().loss)


def test_a_weight_seed_fixes_the_weights_alone():
    dataset, recipe = small_dataset("binary"), replace(QUICK, weight_seed=3)
    begun = [Training(dataset, recipe, seed).network() for seed in (0, 1)]
    assert torch.equal(*map(bits, begun))
    ended = [trained(dataset, recipe, seed).network() for seed in (0, 1)]
    assert not torch.equal(*map(bits, ended))


@given(case=cases(dropout=0.0))
def test_the_loss_of_an_epoch_is_the_mean_over_its_batches_as_they_were_met(case):
    recipe = replace(case.recipe, standardize=False)
    network = network_for(case.dataset, recipe, case.seed)
    run = stacked([network], case.dataset, recipe, case.seed)
    seen = [losses(run, case.dataset.kind)[0] for _ in run.loop]
    history = trained(case.dataset, recipe, case.seed).history()
    np.testing.assert_allclose(history.loss, seen, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_step_gets_the_rate_of_its_place_in_the_whole_training(schedule):
    dataset, rates = small_dataset("binary"), []
    recipe = replace(QUICK, schedule=schedule, lr=0.5, epochs=4)
    list(stacked([network_for(dataset, recipe, 0)], dataset, recipe, step=rates.append).loop)
    expected = [0.5 * SCHEDULES[schedule](done / 12) for done in range(12)]
    np.testing.assert_allclose(rates, expected, rtol=1e-12)


@each_kind
def test_a_share_is_held_out_of_each_class_alike(kind):
    dataset = small_dataset(kind, n=60)
    mask = held(dataset, HELD)
    if dataset.classes:
        counts = np.bincount(dataset.y[mask])
        assert counts.tolist() == [18 // len(dataset.classes)] * len(dataset.classes)
    assert mask.sum() == 18


def with_other_targets(dataset, mask):
    n_classes = len(dataset.classes)
    changed = (dataset.y + 1) % n_classes if n_classes else dataset.y + 5
    return replace(dataset, y=np.where(mask, changed, dataset.y))


@pytest.mark.parametrize("standardize", [False, True])
def test_what_is_held_out_is_never_trained_on(standardize):
    dataset, recipe = small_dataset("regression", n=30), replace(HELD, standardize=standardize)
    mask = held(dataset, recipe)
    plain, other, trained_on = (
        trained(with_other_targets(dataset, chosen), recipe)
        for chosen in (np.zeros(30, bool), mask, ~mask)
    )
    assert torch.equal(plain.stack.parameters, other.stack.parameters)
    assert np.array_equal(plain.history().loss, other.history().loss)
    assert not np.allclose(plain.history().validation_loss, other.history().validation_loss)
    assert not torch.equal(plain.stack.parameters, trained_on.stack.parameters)


@each_kind
def test_the_weights_of_the_lowest_validation_loss_come_back(kind):
    dataset, recipe = small_dataset(kind, n=30), replace(HELD, lr=0.2, epochs=30)
    training = Training(dataset, recipe)
    seen = [training.stack.parameters.clone() for _ in training]
    history, network = training.history(), training.network()
    assert history.best_epoch == history.validation_loss.argmin() + 1
    assert history.best_epoch < len(history) == 30
    with ExecutionContext(work=0):
        training.stack.parameters.copy_(seen[history.best_epoch - 1])
    at_best = network_for(dataset, recipe, 0)
    training.stack.copy_to(at_best, 0)
    assert_same_network(network, at_best, tolerance=0)
    best = loss_on(network, dataset, held(dataset, recipe)).item()
    assert best == pytest.approx(history.validation_loss.min(), rel=1e-9)


def test_without_validation_the_last_weights_come_back():
    dataset = small_dataset("regression")
    training = trained(dataset, replace(QUICK, lr=0.5))
    last = network_for(dataset, QUICK, 0)
    training.stack.copy_to(last, 0)
    assert_same_network(training.network(), last, tolerance=0)
    assert training.history().best_epoch == QUICK.epochs
    assert training.history().validation_loss.size == 0


@pytest.mark.parametrize(
    ("validation", "watched"), [(0.3, "validation_loss"), (0.0, "loss")], ids=["held", "training"]
)
@pytest.mark.parametrize("patience", [1, 2, 5])
def test_patience_stops_after_so_many_epochs_without_a_lower_loss(patience, validation, watched):
    recipe = replace(RESTLESS, patience=patience, validation=validation)
    training = trained(small_dataset("binary", n=30), recipe)
    history = training.history()
    loss = getattr(history, watched)
    assert len(history) == history.best_epoch + patience < recipe.epochs
    assert history.best_epoch == loss.argmin() + 1
    records = np.flatnonzero(loss == np.minimum.accumulate(loss))
    assert np.diff(records).max(initial=1) <= patience
    assert training.best_run().ended != "diverged"


def test_members_stop_each_at_its_own_epoch():
    training = trained(small_dataset("binary", n=30), RESTLESS, weight_seeds=range(6))
    lengths = {len(training.history(member)) for member in range(6)}
    assert len(lengths) > 1


@pytest.mark.parametrize("dims", [(), (4,), (4, 3)], ids=str)
@each_kind
def test_standardizing_is_training_in_scaled_units_and_answering_in_the_original(kind, dims):
    dataset, recipe = small_dataset(kind, n=30), replace(HELD, dims=dims)
    chosen = ~held(dataset, recipe)
    (shift, scale), (y_shift, y_scale) = (
        (part[chosen].mean(0), part[chosen].std(0)) if wanted else (0.0, 1.0)
        for part, wanted in ((dataset.x, True), (dataset.y, kind == "regression"))
    )
    scaled = replace(dataset, x=(dataset.x - shift) / scale)
    if kind == "regression":
        scaled = replace(scaled, y=(dataset.y - y_shift) / y_scale)
    ours, theirs = trained(dataset, replace(recipe, standardize=True)), trained(scaled, recipe)
    x, scaled_x = torch.tensor(dataset.x), torch.tensor(scaled.x)
    expected = theirs.network().scores(scaled_x) * y_scale + y_shift
    torch.testing.assert_close(ours.network().scores(x), expected, rtol=1e-9, atol=1e-9)
    for name in ("loss", "validation_loss"):
        ours_seen, seen = (getattr(run.history(), name) for run in (ours, theirs))
        np.testing.assert_allclose(ours_seen, seen * y_scale**2, rtol=1e-9)
    np.testing.assert_allclose(ours.history().score, theirs.history().score, rtol=1e-9, atol=1e-9)


def some_images(n=40, seed=0):
    """Noise in bytes, 3 x 2 pixels, none of which is ever 0 or 255 in all images."""
    generator = np.random.default_rng(seed)
    x, y = generator.integers(0, 256, (n, 6), dtype=np.uint8), generator.permutation(n) % 3
    return Dataset("images", "multiclass", x, y, x[:0], y[:0], (0, 1, 2), image_shape=(3, 2))


def scaled_by_hand(pixels, chosen, normalize, standardize):
    """What the network of a training sees of `pixels`, in double precision."""
    x = pixels.astype(float)
    if standardize:
        return (x - x[chosen].mean(0)) / x[chosen].std(0)
    if normalize == "standard":
        return (x - x[chosen].mean()) / x[chosen].std()
    low, high = x[chosen].min(), x[chosen].max()
    return (x - low) / (high - low) if normalize == "unit" else x


@pytest.mark.parametrize("normalize", ["unit", "standard", None])
@pytest.mark.parametrize("standardize", [False, True])
def test_bytes_are_trained_on_as_the_floats_they_stand_for(normalize, standardize):
    images, recipe = some_images(), replace(HELD, lr=0.001, standardize=standardize)
    chosen = ~held(images, recipe)
    x = scaled_by_hand(images.x, chosen, normalize, standardize)
    theirs = trained(replace(images, x=x, image_shape=None), replace(recipe, standardize=False))
    ours = trained(replace(images, normalize=normalize), recipe)
    assert_same_history(ours.history(), theirs.history())
    answers = ours.network().scores(torch.tensor(images.x, dtype=torch.float64))
    expected = theirs.network().scores(torch.tensor(x))
    torch.testing.assert_close(answers, expected, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("normalize", ["unit", "standard", None])
def test_images_that_are_all_one_grey_do_no_harm(normalize):
    grey = replace(some_images(), x=np.full((40, 6), 7, np.uint8), normalize=normalize)
    assert np.isfinite(trained(grey, QUICK).history().loss).all()


@pytest.mark.parametrize("way", ["rotate", "shift", "scale"])
def test_images_are_moved_anew_in_every_epoch_and_alike_on_every_run(way):
    recipe = replace(QUICK, shuffle=False, optimizer="sgd", lr=1e-30, **{way: 0.9})
    first, again, unmoved = (
        trained(some_images(), recipe).history().loss
        for recipe in (recipe, recipe, replace(recipe, **{way: 0.0}))
    )
    np.testing.assert_array_equal(first, again)
    assert len(np.unique(first)) == len(first)
    assert np.ptp(unmoved) < 1e-9


def test_what_is_held_out_is_not_moved():
    recipe = replace(HELD, optimizer="sgd", lr=1e-30, rotate=90.0, shift=2.0)
    assert np.ptp(trained(some_images(), recipe).history().validation_loss) < 1e-9


@pytest.mark.parametrize("way", ["rotate", "shift", "scale"])
def test_points_are_not_moved_like_images(way):
    with pytest.raises(ValueError, match=f"{way} is for images, and 'noise' has none"):
        Training(small_dataset("binary"), replace(QUICK, **{way: 0.5}))


def test_the_history_of_a_standardized_training_is_in_original_units():
    dataset, recipe = small_dataset("regression", n=30), replace(HELD, standardize=True)
    training = trained(dataset, recipe)
    lowest = training.history().validation_loss.min()
    ours = loss_on(training.network(), dataset, held(dataset, recipe)).item()
    assert ours == pytest.approx(lowest, rel=1e-9)


def test_a_last_activation_leaves_the_targets_as_they_are():
    recipe = replace(QUICK, standardize=True, last_activation="tanh")
    network = trained(small_dataset("regression"), recipe).network()
    assert network(torch.tensor(small_dataset("regression").x)).abs().max() <= 1


@pytest.mark.parametrize("constant", [0.0, 3.0, 0.1, 1 / 3, 1e6 + 0.1])
@pytest.mark.parametrize("n", [12, 100])
def test_a_constant_feature_does_no_harm_to_a_standardized_training(constant, n):
    plane = small_dataset("regression", n=n)
    x = np.column_stack([plane.x, np.full(n, constant)])
    dataset = Dataset("flat", "regression", x, plane.y, x[:0], plane.y[:0])
    recipe = replace(QUICK, standardize=True)
    begun = Training(dataset, recipe).network()
    nearby = x + np.array([0, 0, 1e-3])
    there, beside = (begun(torch.tensor(points)).detach() for points in (x, nearby))
    assert (there - beside).abs().max() < 1


@pytest.mark.parametrize("epochs", [20, 500])
@pytest.mark.parametrize("extra", [{}, {"validation": 0.2}, {"patience": 50}], ids=str)
def test_a_training_that_diverges_says_so_and_ends_early(epochs, extra):
    recipe = Recipe(dims=[6], optimizer="sgd", lr=1e6, epochs=epochs, **extra)
    training = trained(make_dataset("prod", 200), recipe)
    assert training.best_run().ended == "diverged"
    assert len(training.history()) <= min(epochs, 100)


@pytest.mark.parametrize("epochs", [5, 20, 500])
def test_the_trainer_warns_of_divergence(epochs):
    trainer = TrainFCNN("prod", n_samples=200)
    with pytest.warns(RuntimeWarning, match="diverged.*lower lr"):
        trainer.train(dims=[6], optimizer="sgd", lr=1e6, epochs=epochs)
    assert "diverged after" in repr(trainer)


def test_a_member_that_diverges_does_not_end_the_others():
    dataset = small_dataset("regression")
    training = Training(dataset, replace(QUICK, epochs=60), weight_seeds=[0, 1])
    with ExecutionContext(work=0):
        training.stack.weights[0][1].fill_(torch.nan)
    assert list(training) == list(range(1, 61))
    assert training.best_run().ended != "diverged"
    assert np.isfinite(training.history(0).loss).all()
    assert np.isnan(training.history(1).loss).all()


@pytest.mark.parametrize(
    "extra", [{}, {"validation": 0.3}, {"patience": 3}, {"dropout": 0.5}], ids=str
)
@each_kind
def test_no_epochs_leave_the_initial_weights(kind, extra):
    dataset, recipe = small_dataset(kind), replace(QUICK, epochs=0, **extra)
    training = trained(dataset, recipe, seed=4)
    history = training.history()
    assert len(history) == history.best_epoch == 0
    assert repr(history) == "History: no epochs"
    assert training.best_run().ended != "diverged"
    assert_same_network(training.network(), network_for(dataset, recipe, 4), tolerance=0)


def test_the_caller_finds_grad_mode_and_threads_as_they_were_between_epochs():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for _ in Training(small_dataset("binary"), RESTLESS):
            assert torch.is_grad_enabled()
            assert not torch.is_inference_mode_enabled()
            assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_training_can_be_watched_epoch_by_epoch():
    training, dataset = Training(small_dataset("binary"), QUICK), small_dataset("binary")
    for epoch in training:
        assert len(training.history()) == epoch
        network = training.network()
        assert_same_network(network, trained(dataset, replace(QUICK, epochs=epoch)).network())


def test_networks_handed_out_are_copies():
    training = trained(small_dataset("binary"), QUICK)
    network, again = training.network(), training.network()
    network.initialize(seed=99)
    assert_same_network(training.network(), again, tolerance=0)
    assert not torch.equal(bits(network), bits(again))


def test_large_work_trains_as_small_work_does(monkeypatch):
    """Threads change the speed, and nothing else on so few samples."""
    dataset = small_dataset("multiclass")
    single = trained(dataset, QUICK).network()
    monkeypatch.setattr("trainfcnn.engine.device.SMALL_WORK", 0)
    assert_same_network(trained(dataset, QUICK).network(), single)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer": "adm"}, "did you mean 'adam'"),
        ({"schedule": "cosin"}, "did you mean 'cosine'"),
        ({"last_activation": "softmax"}, "one output, whose softmax is always 1"),
        ({"validation": 0.01}, "validation must leave samples on both sides"),
        ({"validation": 0.99}, "validation must leave samples on both sides"),
    ],
    ids=str,
)
def test_what_cannot_be_trained_is_refused_beforehand(changes, message):
    with pytest.raises(ValueError, match=message):
        Training(small_dataset("binary"), replace(QUICK, **changes))


def test_without_shuffling_every_epoch_takes_the_samples_as_they_are_given():
    dataset = make_dataset("quadrants", n_samples=23)
    given = TASKS["multiclass"].targets(dataset.y, 4)
    for shuffle in (True, False):
        training = Training(dataset, Recipe((3,), epochs=2, batch_size=5, shuffle=shuffle))
        for _ in training:
            seen = training._train.targets.numpy()
            assert np.array_equal(seen, given) is not shuffle


def test_the_facade_hands_on_every_field_of_a_recipe():
    """All are passed by name, and one forgotten would be without effect, silently."""
    others = {
        "dims": (3,), "activation": "tanh", "last_activation": "linear", "init": "xavier",
        "optimizer": "sgd", "lr": 0.5, "momentum": 0.5, "nesterov": True, "weight_decay": 0.5,
        "schedule": "step", "epochs": 2, "batch_size": 7, "shuffle": False, "dropout": 0.5,
        "validation": 0.5, "patience": 7, "weight_seed": 7, "restarts": 2, "dtype": "float64",
        "standardize": True, "rotate": 9.0, "shift": 1.0, "scale": 0.1,
    }  # fmt: skip
    recipe = TrainFCNN("digits", n_samples=40).train(**others).recipe
    assert vars(recipe) == others
    assert all(vars(Recipe())[name] != value for name, value in others.items())


@pytest.mark.slow
def test_no_seed_gets_stuck_on_xor_with_six_units():
    training = Training(make_dataset("xor"), Recipe((6,)), weight_seeds=range(64))
    for _ in training:
        pass
    assert min(training.history(member).score[-1] for member in range(64)) > 0.97


def test_a_loop_that_was_left_goes_on_where_it_was():
    training = Training(make_dataset("xor", 60), Recipe((3,), epochs=5))
    assert next(iter(training)) == 1
    assert list(training) == [2, 3, 4, 5]
    assert list(training) == []


def test_units_far_from_zero_lose_nothing_of_what_was_learnt():
    x = np.random.default_rng(0).normal(size=(500, 2)) + 1e8
    trainer = TrainFCNN((x, x[:, 0] > x[:, 1])).train(epochs=50)
    assert trainer.accuracy == pytest.approx(trainer.history.score[-1], abs=0.01)
    assert TrainFCNN((x - 1e8, x[:, 0] > x[:, 1])).train(epochs=1).network.linears[
        0
    ].weight.dtype is (torch.float32)


@pytest.mark.parametrize("nobody", [{"weight_seeds": []}, {"recipe": []}], ids=str)
def test_a_training_needs_at_least_one_member(nobody):
    with pytest.raises(ValueError, match="must have a member, got no recipe and no weight seed"):
        Training(make_dataset("xor", 60), **{"recipe": Recipe((3,))} | nobody)


def assert_members_train_as_alone(dataset, recipes):
    together = trained(dataset, recipes)
    for member, (recipe, run) in enumerate(zip(recipes, together.runs(), strict=True)):
        alone = trained(dataset, recipe)
        assert_same_network(together.network(member), alone.network())
        assert_same_history(run.history, alone.history())
        assert together.losses()[member] == pytest.approx(alone.losses()[0], rel=1e-9)


MIXES = {
    "rates": [{"lr": lr} for lr in (0.001, 0.003, 0.01)],
    "decays": [{"weight_decay": decay} for decay in (0.0, 0.5, 0.1)],
    "rates and decays": [
        {"lr": lr, "weight_decay": decay} for lr, decay in ((0.001, 0.5), (0.003, 0.0), (0.01, 0.5))
    ],
    "rates of one decay": [{"lr": lr, "weight_decay": 0.5} for lr in (0.01, 0.001)],
    "dropouts": [{"dropout": dropout} for dropout in (0.2, 0.6, 0.2)],
    "widths": [{"dims": dims} for dims in ((1, 5), (4, 3), (5, 1))],
    "inits": [{"init": init, "weight_seed": seed} for seed, init in enumerate((None, "he"))],
    "all but dropout": [
        {"lr": 0.005, "dims": (5, 2)},
        {"weight_decay": 0.1, "dims": (3, 6), "init": "pytorch"},
        {"lr": 0.002, "weight_decay": 0.5, "weight_seed": 5},
    ],
    "all but widths": [
        {"lr": 0.005, "dropout": 0.5, "init": "pytorch"},
        {"weight_decay": 0.1, "dropout": 0.2},
    ],
}
each_mix = pytest.mark.parametrize("changes", MIXES.values(), ids=MIXES)


@each_mix
@each_kind
@each_manner
def test_members_of_unequal_recipes_train_as_alone(kind, recipe, changes):
    if any("dims" in change for change in changes):
        recipe = replace(recipe, dropout=0.0)
    dataset = small_dataset(kind, n=30)
    assert_members_train_as_alone(dataset, [recipe.but(**change) for change in changes])


@each_mix
@pytest.mark.parametrize("options", VARIANTS, ids=say)
def test_members_of_unequal_recipes_train_as_alone_by_every_rule(options, changes):
    recipe = replace(QUICK, activation="softplus", epochs=5, **options)
    dataset = small_dataset("multiclass", n=13)
    assert_members_train_as_alone(dataset, [recipe.but(**change) for change in changes])


@pytest.mark.parametrize(
    "change",
    [
        {"dims": (4,)}, {"activation": "tanh"}, {"optimizer": "sgd"}, {"schedule": "step"},
        {"epochs": 9}, {"batch_size": 6}, {"shuffle": False}, {"validation": 0.3},
        {"patience": 3}, {"dtype": "float32"}, {"standardize": True}, {"dropout": 0.1},
        {"last_activation": "linear"}, {"rotate": 1.0},
    ],
    ids=str,
)  # fmt: skip
def test_what_may_not_differ_within_a_stack_is_refused(change):
    dataset = some_images()
    with pytest.raises(ValueError, match="members of a stack may differ in dims, init, lr, weight"):
        Training(dataset, [QUICK, QUICK.but(**change)])


def test_networks_of_unequal_width_share_no_stack_under_dropout():
    drops = replace(QUICK, dropout=0.2)
    with pytest.raises(ValueError, match="and with dropout not in dims: make a training for each"):
        Training(small_dataset("binary"), [drops, drops.but(dims=[4, 4])])


def test_weight_seeds_are_for_one_recipe():
    with pytest.raises(ValueError, match="weight_seeds are for a single recipe, got several"):
        Training(small_dataset("binary"), [QUICK, QUICK], weight_seeds=[0, 1])


@each_kind
@each_manner
def test_restarts_keep_the_best_of_as_many_weight_seeds(kind, recipe):
    dataset = small_dataset(kind, n=30)
    ours = TrainFCNN(dataset, seed=3).train_as(replace(recipe, restarts=16))
    runs = [trained(dataset, replace(recipe, weight_seed=seed), 3) for seed in restart_seeds(3, 16)]
    best = min(runs, key=lambda run: run.losses()[0])
    assert_same_network(ours.network, best.network())
    assert_same_history(ours.history, best.history())
    lowest = min(run.history().validation_loss.min(initial=np.inf) for run in runs)
    if recipe.validation:
        assert ours.history.validation_loss.min() == pytest.approx(lowest, rel=1e-9)
    elif not recipe.patience:
        everything = np.ones(30, bool)
        reached = min(loss_on(run.network(), dataset, everything).item() for run in runs)
        assert ours.loss == pytest.approx(reached, rel=1e-9)


@pytest.mark.parametrize("weight_seed", [None, 5])
def test_the_first_restart_has_the_usual_weights(weight_seed):
    dataset, recipe = small_dataset("binary"), replace(QUICK, weight_seed=weight_seed)
    alone, several = (trained(dataset, replace(recipe, restarts=n), 2) for n in (1, 4))
    assert_same_network(several.network(0), alone.network())
    assert (alone.stack.n_members, several.stack.n_members) == (1, 4)
    begun = [bits(Training(dataset, replace(recipe, restarts=4)).network(k)) for k in range(4)]
    assert not any(torch.equal(begun[0], other) for other in begun[1:])


@pytest.mark.parametrize("recipe", [QUICK, HELD], ids=["training", "held"])
def test_the_history_keeps_the_curves_of_all_restarts(recipe):
    trainer = TrainFCNN(small_dataset("regression", n=30)).train_as(replace(recipe, restarts=5))
    history = trainer.history
    own = history.validation_loss if recipe.validation else history.loss
    assert history.restart_losses.shape == (5, recipe.epochs)
    assert any(np.array_equal(curve, own) for curve in history.restart_losses)
    assert trainer.train_as(recipe).history.restart_losses.shape == (0, 0)


def test_the_curves_of_restarts_are_in_original_units():
    recipe = replace(HELD, standardize=True, restarts=3)
    history = TrainFCNN(small_dataset("regression", n=30)).train_as(recipe).history
    assert any(np.array_equal(curve, history.validation_loss) for curve in history.restart_losses)


@pytest.mark.parametrize("epochs", [0, 1])
def test_restarts_need_no_epochs(epochs):
    history = TrainFCNN("xor", n_samples=60).train([3], restarts=3, epochs=epochs).history
    assert history.restart_losses.shape == (3, epochs)


def test_a_restart_that_diverges_is_not_the_best():
    training = Training(small_dataset("regression"), replace(QUICK, restarts=3))
    with ExecutionContext(work=0):
        training.stack.weights[0][:2].fill_(torch.nan)
    assert list(training) == list(range(1, QUICK.epochs + 1))
    assert np.isnan(training.losses()).tolist() == [True, True, False]
    assert training.best_member() == 2


def test_members_are_compared_by_their_losses_without_dropout():
    dataset, recipe = small_dataset("binary"), replace(QUICK, dropout=0.5)
    training = trained(dataset, recipe, weight_seeds=range(4))
    everything = np.ones(len(dataset.x), bool)
    expected = [loss_on(training.network(k), dataset, everything).item() for k in range(4)]
    np.testing.assert_allclose(training.losses(), expected, rtol=1e-9)
    assert not np.allclose([run.history.loss[-1] for run in training.runs()], expected)


@pytest.mark.parametrize("images", [False, True])
def test_to_compare_members_midway_does_not_change_their_training(images):
    dataset = some_images() if images else small_dataset("binary")
    recipe = replace(QUICK, dropout=0.5, rotate=20.0 * images)
    asked, left = (Training(dataset, recipe, weight_seeds=[0, 1]) for _ in range(2))
    for _ in zip(asked, left, strict=True):
        asked.losses()
    for member in range(2):
        assert_same_network(asked.network(member), left.network(member), tolerance=0)
        assert_same_history(asked.history(member), left.history(member))


def test_a_rate_of_its_own_follows_the_schedule():
    dataset, recipe = small_dataset("binary"), replace(QUICK, schedule="one_cycle")
    assert_members_train_as_alone(dataset, [recipe, recipe.but(lr=0.3), recipe.but(lr=1e-6)])


def taken(training):
    """Return the snapshots before the first epoch, and after each."""
    return [training.snapshots(), *(training.snapshots() for _ in training)]


def test_snapshots_are_the_members_after_so_many_epochs():
    dataset = small_dataset("regression", n=30)
    snapshots = taken(Training(dataset, QUICK, weight_seeds=[0, 1]))
    for epoch, networks in enumerate(snapshots):
        alone = trained(dataset, replace(QUICK, epochs=epoch), weight_seeds=[0, 1])
        for member, network in enumerate(networks):
            assert_same_network(network, alone.network(member), tolerance=0)


@each_manner
def test_the_network_that_is_kept_is_the_snapshot_of_its_epoch(recipe):
    training = Training(small_dataset("regression", n=30), recipe, weight_seeds=[0, 1])
    snapshots = taken(training)
    for member, run in enumerate(training.runs()):
        kept = snapshots[run.history.best_epoch][member]
        assert_same_network(training.network(member), kept, tolerance=0)
        assert not torch.equal(bits(snapshots[0][member]), bits(snapshots[-1][member]))


def test_to_take_snapshots_does_not_change_a_training_and_each_is_a_copy():
    dataset, recipe = small_dataset("binary"), replace(QUICK, dropout=0.5)
    watched = Training(dataset, recipe)
    for _ in watched:
        watched.snapshots()[0].initialize(seed=99)
    assert torch.equal(bits(watched.network()), bits(trained(dataset, recipe).network()))
