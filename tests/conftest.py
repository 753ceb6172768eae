"""Hypothesis draws the same examples on every run; one thread is enough for small networks."""

import pytest
import torch
from hypothesis import settings

settings.register_profile(
    "deterministic", derandomize=True, deadline=None, database=None, max_examples=25
)
settings.load_profile("deterministic")
torch.set_num_threads(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage in quick tests alone: tracing makes a test two fifths slower."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker("no_cover")
