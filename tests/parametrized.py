"""What many tests are repeated over."""

import pytest
import torch

from trainfcnn.nn.activations import ACTIVATIONS, Function
from trainfcnn.nn.tasks import TASKS


def name_of(activation: str | Function) -> str:
    return activation if isinstance(activation, str) else activation.__name__


KINDS = [*TASKS, "several"]  # targets of a regression, see `small_dataset`
OF_ONE_TARGET = ["regression", "binary", "multiclass"]
each_kind = pytest.mark.parametrize("kind", KINDS)
each_activation = pytest.mark.parametrize("activation", [*ACTIVATIONS, torch.atan], ids=name_of)
each_depth = pytest.mark.parametrize("dims", [(), (4,), (4, 3), (2, 3, 4)], ids=str)
