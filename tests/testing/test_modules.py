"""How a torch module is trained, and what its training shows."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from trainfcnn.testing.answers import Question, UnusableAnswerError
from trainfcnn.testing.modules import Loop, TrainedModule
from trainfcnn.testing.samples import toy_data

BINARY = Question("binary", 2)


def trained(module, question=BINARY, dataset="and", epochs=3, enough=2.0, **loop):
    found = TrainedModule(module, question, Loop(epochs, 50, **loop))
    found.train(*toy_data(dataset, 200), enough)
    return found


def test_it_takes_the_steps_of_a_plain_loop():
    torch.manual_seed(0)
    module = nn.Linear(2, 1)
    plain = nn.Linear(2, 1)
    plain.load_state_dict(module.state_dict())
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1)
    x, y = map(torch.tensor, toy_data("and", 200))
    torch.manual_seed(1)
    trained(module, optimizer=partial(torch.optim.SGD, lr=0.1))
    torch.manual_seed(1)
    for _ in range(3):
        for batch in torch.randperm(200).split(50):
            optimizer.zero_grad()
            scores = plain(x[batch].float())[:, 0]
            functional.binary_cross_entropy_with_logits(scores, y[batch].float()).backward()
            optimizer.step()
    torch.testing.assert_close(module.weight, plain.weight)


def test_it_ends_when_it_is_good_enough():
    calls = []
    module = nn.Linear(2, 1)
    module.register_forward_hook(lambda *given: calls.append(given))
    trained(module, epochs=1000, enough=0.8)
    assert len(calls) < 1000


def test_it_is_trained_in_training_mode_and_answers_in_the_other():
    modes = []

    class Watched(nn.Linear):
        def forward(self, x):
            modes.append((self.training, len(x)))
            return super().forward(x)

    trained(Watched(2, 1))(np.zeros((7, 2)))
    assert {mode for mode, n in modes if n == 50} == {True}
    assert modes[-1] == (False, 7)


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_two_classes_may_have_one_output_or_two(n_outputs):
    found = trained(nn.Linear(2, n_outputs), epochs=60)
    X, y = toy_data("and", 200)
    assert np.mean(found(X) == y) > 0.85


def test_a_loss_of_probabilities_decides_at_one_half():
    module = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    found = trained(module, epochs=60, loss=nn.BCELoss())
    X, y = toy_data("and", 200)
    assert np.mean(found(X) == y) > 0.85
    assert found.faults == []


@pytest.mark.parametrize(
    ("last", "n_outputs", "which"), [(nn.Sigmoid(), 1, "sigmoid"), (nn.Softmax(1), 2, "softmax")]
)
def test_probabilities_in_the_place_of_scores_are_a_fault(last, n_outputs, which):
    found = trained(nn.Sequential(nn.Linear(2, n_outputs), last))
    (fault,) = found.faults
    assert f"applies {which} once more" in fault


def test_scores_that_happen_to_lie_between_0_and_1_are_none():
    module = nn.Linear(2, 1)
    with torch.no_grad():
        module.weight.fill_(0.01)
        module.bias.fill_(0.5)
    assert trained(module).faults == []


@pytest.mark.parametrize(
    ("module", "question", "dataset"),
    [
        (nn.Linear(2, 3), BINARY, "and"),
        (nn.Linear(2, 2), Question("regression", 0), "plane"),
        (nn.Linear(2, 1), Question("multiclass", 3), "blobs"),
    ],
    ids=["three of two", "two values", "one of three"],
)
def test_outputs_of_another_shape_are_named(module, question, dataset):
    with pytest.raises(
        UnusableAnswerError, match=r"outputs must be of shape .* for 50 points, got"
    ):
        trained(module, question, dataset)


def test_without_a_parameter_to_train_that_is_told():
    module = nn.Linear(2, 1).requires_grad_(False)
    assert trained(module).signs == [
        "the module has no parameter to train: none requires a gradient"
    ]
