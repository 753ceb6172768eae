"""A torch module is trained, by the plainest of loops."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from trainfcnn._support.types import Array, Values
from trainfcnn.testing.answers import Question, UnusableAnswerError

Loss = Callable[[Tensor, Tensor], Tensor]
MakeOptimizer = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]

RATE = 0.01  # of Adam: what most small networks learn with
LOOK = 5  # epochs between two looks at whether it is good enough
CHECKED = 100  # points on which it is seen whether outputs are probabilities,
FAR = 1000.0  # and how many times further out they are looked at again
ROUNDING = 1e-4


@dataclass(frozen=True)
class Loop:
    """How a torch module is trained.

    Attributes
    ----------
    epochs, batch_size : int
        At most so many, of so many points.
    optimizer : callable, optional
        From parameters to an optimizer; by default Adam with a rate of 0.01.
    loss : callable, optional
        From outputs and targets to a loss; by default the usual one, of scores.
    """

    epochs: int
    batch_size: int
    optimizer: MakeOptimizer | None = None
    loss: Loss | None = None


class TrainedModule:
    """A torch module after its training.

    Parameters
    ----------
    module : nn.Module
        It is trained in place.
    question : Question
        What is asked of it.
    loop : Loop
        How it is trained.

    Attributes
    ----------
    signs : list of str
        What its training showed that is typical of a fault.
    faults : list of str
        What is a fault, however good the answers are.
    """

    def __init__(self, module: nn.Module, question: Question, loop: Loop) -> None:
        self.module = module
        self.question = question
        self.loop = loop
        self.signs: list[str] = []
        self.faults: list[str] = []
        first = next((p for p in module.parameters() if p.is_floating_point()), None)
        self._dtype = torch.float32 if first is None else first.dtype
        self._decides_at = 0.0  # a score; of probabilities it is one half

    def train(self, x: Array, y: Values, enough: float) -> None:
        """Train on points (n, d) and targets (n,) until the score on them is `enough`."""
        before = {name: p.detach().clone() for name, p in self.module.named_parameters()}
        inputs = torch.as_tensor(x, dtype=self._dtype)
        targets = torch.as_tensor(y)
        self._look_at_outputs(inputs)
        if self._steps(inputs, targets, x, y, enough):
            self._look_at_parameters(before)

    def _steps(self, inputs: Tensor, targets: Tensor, x: Array, y: Values, enough: float) -> bool:
        """Train, and return whether steps could be taken."""
        parameters = [p for p in self.module.parameters() if p.requires_grad]
        if not parameters:
            self.signs.append("the module has no parameter to train: none requires a gradient")
            return False
        make = self.loop.optimizer or _adam
        optimizer = make(parameters)
        for epoch in range(self.loop.epochs):
            self.module.train()
            order = torch.randperm(len(inputs))
            for batch in torch.split(order, self.loop.batch_size):
                optimizer.zero_grad()
                loss = self._loss(self.module(inputs[batch]), targets[batch])
                if not loss.requires_grad:
                    self.signs.append(
                        "the outputs depend on no parameter by a gradient: is the graph detached "
                        "(.detach(), .data, .numpy(), no_grad) on the way?"
                    )
                    return False
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
            if epoch % LOOK == LOOK - 1 and self.question.score(self(x), y) >= enough:
                break
        return True

    def _loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        n_classes = self.question.n_classes
        n = len(targets)
        is_single = outputs.shape in ((n,), (n, 1)) and n_classes in (0, 2)
        if not is_single and not (n_classes and outputs.shape == (n, n_classes)):
            wanted = f"({n}, {n_classes})" if n_classes else f"({n}, 1)"
            raise UnusableAnswerError(
                f"outputs must be of shape {wanted}{' or (' + str(n) + ', 1)' * (n_classes == 2)} "
                f"for {n} points, got {tuple(outputs.shape)}: is an axis the wrong one?"
            )
        if is_single:
            targets = targets.to(outputs.dtype).reshape(outputs.shape)
        if self.loop.loss is not None:
            return self.loop.loss(outputs, targets)
        if not is_single:
            return functional.cross_entropy(outputs, targets)
        if n_classes:
            return functional.binary_cross_entropy_with_logits(outputs, targets)
        return functional.mse_loss(outputs, targets)

    def __call__(self, x: Array) -> Values:
        """Return its answers at points (n, d), in evaluation mode."""
        outputs = self._outputs(torch.as_tensor(x, dtype=self._dtype)).numpy()
        if self.question.kind == "binary" and outputs.size == len(x):
            outputs = (outputs > self._decides_at).astype(np.int64)
        return self.question.read(outputs, len(x))

    def _outputs(self, inputs: Tensor) -> Tensor:
        self.module.eval()
        with torch.no_grad():
            outputs: Tensor = self.module(inputs)
        return outputs.detach().cpu()

    def _look_at_outputs(self, inputs: Tensor) -> None:
        """See whether they are probabilities, where scores are due."""
        if self.question.n_classes == 0:
            return
        # Scores that happen to lie between 0 and 1 do not so at inputs that are far away.
        outputs = self._outputs(torch.cat([inputs[:CHECKED], FAR * inputs[:CHECKED]]))
        is_softmax = outputs.ndim == 2 and outputs.shape[1] > 1
        within = ((outputs >= 0) & (outputs <= 1)).all()
        if not within or (is_softmax and ((outputs.sum(1) - 1).abs() > ROUNDING).any()):
            return
        if self.loop.loss is not None:
            self._decides_at = 0.5
            return
        which = "softmax" if is_softmax else "sigmoid"
        self.faults.append(
            f"outputs are probabilities, and the loss applies {which} once more: return the scores "
            "before it, or give the loss= of probabilities"
        )

    def _look_at_parameters(self, before: dict[str, Tensor]) -> None:
        """See which parameters never moved, and which layers are of units all alike."""
        after = dict(self.module.named_parameters())
        still = [name for name, p in after.items() if torch.equal(before[name], p.detach())]
        if still:
            named = ", ".join(still[:4]) + ", ..." * (len(still) > 4)
            self.signs.append(
                f"{len(still)} of {len(after)} parameters never changed ({named}): frozen, not "
                "used, not handed to the optimizer, or with a learning rate of 0?"
            )
        alike = [name for name, p in after.items() if _has_equal_rows(p.detach())]
        if alike:
            self.signs.append(
                f"all units of {alike[0]} are alike: did all weights begin with the same value?"
            )


def _has_equal_rows(weights: Tensor) -> bool:
    is_layer = weights.ndim == 2 and len(weights) > 1
    return is_layer and torch.allclose(weights, weights[:1].expand_as(weights), atol=1e-6)


def _adam(parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    return torch.optim.Adam(parameters, lr=RATE, fused=True)  # half the time
