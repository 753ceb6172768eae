"""Losses and scores against those of torch and scikit-learn."""

import pickle

import numpy as np
import pytest
import torch
from sklearn import metrics
from torch.nn import functional

from trainfcnn.nn.tasks import REGRESSIONS, TASKS, baseline, constant_loss, task_of

N, CLASSES, MEMBERS, LABELS = 200, 4, 3, 3


def as_labels(kind, rng):
    if kind == "regression":
        return rng.normal(size=N)
    if kind == "multilabel":
        return rng.integers(2, size=(N, LABELS))
    return rng.integers(2 if kind == "binary" else CLASSES, size=N)


def outputs_and_labels(kind, scale=1.0):
    """Outputs (members, outputs, n) of a few members, and the labels (n,) they share."""
    rng = np.random.default_rng(0)
    y = as_labels(kind, rng)
    shape = MEMBERS, TASKS[kind].n_outputs(CLASSES, y.shape[-1] if y.ndim == 2 else 1), N
    return torch.tensor(scale * rng.normal(size=shape)), y


def targets(kind, y):
    return torch.tensor(TASKS[kind].targets(y, CLASSES))


TORCH_LOSSES = {
    "regression": lambda out, y: functional.mse_loss(out[0], torch.tensor(y)),
    "binary": lambda out, y: functional.binary_cross_entropy_with_logits(
        out[0], torch.tensor(y, dtype=torch.float64)
    ),
    "multiclass": lambda out, y: functional.cross_entropy(out.T, torch.tensor(y)),
    "multilabel": lambda out, y: functional.binary_cross_entropy_with_logits(
        out.T, torch.tensor(y, dtype=torch.float64)
    ),
}
SKLEARN_SCORES = {
    "regression": lambda out, y: metrics.r2_score(y, out[0]),
    "binary": lambda out, y: metrics.accuracy_score(y, out[0] > 0),
    "multiclass": lambda out, y: metrics.accuracy_score(y, out.argmax(0)),
    "multilabel": lambda out, y: metrics.accuracy_score(y, out.T > 0),
}


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("scale", [1, 1e4])
def test_loss_is_that_of_torch_for_every_member(kind, scale):
    outputs, y = outputs_and_labels(kind, scale)
    expected = torch.stack([TORCH_LOSSES[kind](out, y) for out in outputs])
    torch.testing.assert_close(TASKS[kind].loss(outputs, targets(kind, y)), expected)


@pytest.mark.parametrize("kind", TASKS)
def test_score_is_that_of_scikit_learn_for_every_member(kind):
    outputs, y = outputs_and_labels(kind)
    scores = TASKS[kind].score(outputs, targets(kind, y)).double().numpy()
    expected = [SKLEARN_SCORES[kind](out.numpy(), y) for out in outputs]
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


@pytest.mark.parametrize("kind", TASKS)
def test_loss_and_score_look_at_their_arguments_without_changing_them(kind):
    outputs, y = outputs_and_labels(kind)
    goals = targets(kind, y)
    before = outputs.clone(), goals.clone()
    TASKS[kind].loss(outputs, goals)
    TASKS[kind].score(outputs, goals)
    assert torch.equal(outputs, before[0])
    assert torch.equal(goals, before[1])


@pytest.mark.parametrize("kind", TASKS)
def test_the_gradient_is_that_of_the_loss(kind):
    outputs, y = outputs_and_labels(kind)
    task, goals, one = TASKS[kind], targets(kind, y), outputs[0].clone().requires_grad_()
    prediction = torch.empty_like(outputs[0])
    task.predict(outputs[0], out=prediction)
    # out-of-place oracle: autograd through torch's own loss
    TORCH_LOSSES[kind](one, y).backward()
    n_terms = N * task.n_terms(len(goals))
    torch.testing.assert_close(task.loss_gradient * (prediction - goals) / n_terms, one.grad)


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
@pytest.mark.parametrize("score", [-1e4, 1e4])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_losses_and_probabilities_are_exact_at_extreme_scores(kind, score, dtype):
    task, y = TASKS[kind], np.array([0, 1])
    scores = torch.full((task.n_outputs(2), 2), 0.0, dtype=dtype)
    scores[-1] = score
    wrong = torch.tensor(task.targets(y, 2), dtype=dtype)
    assert task.loss(scores, wrong).item() == 1e4 / 2  # one is right, the other 1e4 off
    expected = [[1, 0], [1, 0]] if score < 0 else [[0, 1], [0, 1]]
    assert task.probabilities(scores.T).tolist() == expected


@pytest.mark.parametrize("kind", TASKS)
def test_targets_have_one_row_per_output_so_that_nothing_broadcasts(kind):
    outputs, y = outputs_and_labels(kind)
    goals = targets(kind, y)
    assert goals.shape == outputs.shape[1:]
    assert TASKS[kind].loss(outputs, goals).shape == (MEMBERS,)
    assert TASKS[kind].score(outputs, goals).shape == (MEMBERS,)


@pytest.mark.parametrize("kind", TASKS)
def test_a_perfect_answer_scores_one(kind):
    goals = targets(kind, as_labels(kind, np.random.default_rng(1)))
    perfect = goals if kind == "regression" else 100 * (goals - 0.5)
    assert TASKS[kind].score(perfect, goals) == 1
    assert TASKS[kind].loss(perfect, goals) < 1e-20


@pytest.mark.parametrize("kind", TASKS)
def test_decisions_are_the_likeliest_class_or_the_value_itself(kind):
    outputs, _ = outputs_and_labels(kind)
    task, rows = TASKS[kind], outputs[0].T
    expected = rows[:, 0] if kind == "regression" else task.probabilities(rows).argmax(1)
    if kind == "multilabel":
        expected = (task.probabilities(rows) > 0.5).long()
    assert torch.equal(task.decide(rows), expected)


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_probabilities_sum_to_one(kind):
    outputs, _ = outputs_and_labels(kind, 5)
    probabilities = TASKS[kind].probabilities(outputs[0].T)
    assert probabilities.shape == (N, 2 if kind == "binary" else CLASSES)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(N, dtype=torch.float64))


def test_a_regression_has_no_probabilities():
    with pytest.raises(ValueError, match=r"this is a regression: use predict\(X\)"):
        TASKS["regression"].probabilities(torch.zeros(3, 1))


def test_a_class_that_a_sample_lacks_has_a_row_of_zeros():
    one_hot = TASKS["multiclass"].targets(np.array([0, 3]), 4)
    assert one_hot.tolist() == [[1, 0], [0, 0], [0, 0], [0, 1]]


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_the_baseline_of_classes_is_the_commonest_ones_share(kind):
    y = as_labels(kind, np.random.default_rng(2))
    assert baseline(kind, y) == max(np.mean(y == label) for label in set(y))


def test_the_baseline_of_a_regression_is_the_least_mse_of_a_constant():
    y = as_labels("regression", np.random.default_rng(2))
    best = baseline("regression", y)
    assert best == pytest.approx(metrics.mean_squared_error(y, np.full(N, y.mean())))
    assert all(best <= np.mean((y - c) ** 2) for c in np.linspace(-1, 1, 101))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_that_the_variance_of_a_constant_is_rounded_does_not_count(dtype):
    constant = torch.full((1, 333), 0.1, dtype=dtype)
    assert constant.var(correction=0) > 0
    assert TASKS["regression"].score(constant + 1, constant).isnan()
    assert TASKS["regression"].score(constant, constant).isnan()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_of_a_target_that_never_varies_r2_is_not_defined(dtype):
    answers = torch.tensor([[[2.0, 2.0, 2.0]], [[2.0, 2.0, 2.5]], [[3.0, 3.0, 3.0]]], dtype=dtype)
    constant = torch.full((1, 3), 2.0, dtype=dtype)
    assert TASKS["regression"].score(answers, constant).isnan().all()
    one = TASKS["regression"].score(answers[..., :1], constant[:, :1])
    assert {TASKS["regression"].format_score(score) for score in one.tolist()} == {"undefined"}


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_where_all_scores_are_alike_the_first_class_is_the_answer_and_counts_as_it(kind):
    y = as_labels(kind, np.random.default_rng(1))
    goals = targets(kind, y)
    level = torch.zeros_like(goals)
    assert not TASKS[kind].decide(level.T).any()
    assert TASKS[kind].score(level, goals).item() == pytest.approx((y == 0).mean())


ERRORS = torch.tensor([[-2.0, -0.5, 0.0, 0.25, 3.0]], dtype=torch.float64)


@pytest.mark.parametrize(
    ("loss", "theirs"),
    [
        ("mse", functional.mse_loss),
        ("mae", functional.l1_loss),
        ("huber", functional.huber_loss),
    ],
)
def test_a_loss_of_a_regression_and_its_steepness_are_those_of_torch(loss, theirs):
    task = task_of("regression", loss)
    outputs = (ERRORS + 7).requires_grad_()
    targets = torch.full_like(ERRORS, 7)
    expected = theirs(outputs, targets)
    assert task.loss(outputs, targets).item() == pytest.approx(expected.item())
    expected.backward()
    slopes = ERRORS.clone()
    if task.steepness is not None:
        task.steepness(slopes)
    torch.testing.assert_close(task.loss_gradient * slopes / 5, outputs.grad)


@pytest.mark.parametrize("weights", [None, np.array([1.0, 5, 1, 1, 1])])
def test_no_constant_has_less_of_a_loss_than_is_said(weights):
    y = np.array([3.0, -1, 4, 1, 5])
    counts = None if weights is None else torch.tensor(weights / weights.mean())[None]
    for loss in REGRESSIONS:
        task = task_of("regression", loss)
        losses = [
            task.loss(torch.full((1, 5), c, dtype=torch.float64), torch.tensor(y)[None], counts)
            for c in np.linspace(-2, 6, 801)
        ]
        found = constant_loss("regression", y, weights, loss)
        least = min(losses).item()
        assert found >= least - 1e-9 if loss == "huber" else found == pytest.approx(least, rel=1e-4)


def test_losses_are_for_regressions_and_come_back_from_a_pickle():
    for loss in REGRESSIONS:
        task = task_of("regression", loss)
        assert pickle.loads(pickle.dumps(task)) is task
    with pytest.raises(ValueError, match=r"loss is for a regression, .* got loss='mae': leave"):
        task_of("binary", "mae")
    with pytest.raises(ValueError, match="unknown loss 'hubert': did you mean 'huber'"):
        task_of("regression", "hubert")
