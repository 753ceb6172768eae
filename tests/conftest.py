"""Hypothesis draws the same examples on every run; one thread is enough for small networks."""

import pytest
import torch
from hypothesis import settings

from trainfcnn.engine import backend, kernel

settings.register_profile(
    "deterministic", derandomize=True, deadline=None, database=None, max_examples=25
)
settings.load_profile("deterministic")
torch.set_num_threads(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let all be trained on torch, as where there is no compiler; and models by more seeds."""
    parser.addoption("--without-kernel", action="store_true", help="as if it were not built")
    parser.addoption("--seeds", type=int, default=3, help="of each model that the kit is tried on")


def pytest_configure(config: pytest.Config) -> None:
    """Hide the kernel before tests ask whether it is there."""
    if config.getoption("--without-kernel"):
        hidden = kernel.Kernel(None, "the kernel is not built: hidden by --without-kernel")
        vars(kernel)["kernel"] = vars(backend)["kernel"] = lambda: hidden


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage in quick tests alone: tracing makes a test two fifths slower."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker("no_cover")
