"""Hypothesis draws the same examples on every run; one thread is enough for small networks."""

import torch
from hypothesis import settings

settings.register_profile(
    "deterministic", derandomize=True, deadline=None, database=None, max_examples=25
)
settings.load_profile("deterministic")
torch.set_num_threads(1)
