"""Somebody's model is run, and nothing global is changed by it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from trainfcnn._support.checks import check_seed


@contextmanager
def isolated(seed: int) -> Iterator[None]:
    """Seed all global generators, and leave everything global as it was found.

    So a model that draws from them, as `torch.nn.Linear` does, is the same on each run, and one
    that sets a seed, a dtype or a number of threads does so for itself alone. Small networks are
    trained on one thread, with gradients and in single precision, whatever the caller has set.

    Parameters
    ----------
    seed : int
        >= 0.
    """
    seed = check_seed(seed)
    with _generators(), _torch_settings(), np.errstate(), _with_gradients():
        random.seed(seed)
        np.random.seed(seed % 2**32)
        # `torch.manual_seed` would wake CUDA up, and change the seeds of all devices.
        torch.default_generator.manual_seed(seed)
        torch.set_default_dtype(torch.float32)
        torch.set_num_threads(1)
        yield


@contextmanager
def _with_gradients() -> Iterator[None]:
    with torch.inference_mode(False), torch.enable_grad():
        yield


@contextmanager
def _generators() -> Iterator[None]:
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    on_cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
        if on_cuda:
            torch.cuda.set_rng_state_all(on_cuda)


@contextmanager
def _torch_settings() -> Iterator[None]:
    dtype = torch.get_default_dtype()
    threads = torch.get_num_threads()
    deterministic = torch.are_deterministic_algorithms_enabled()
    only_warns = torch.is_deterministic_algorithms_warn_only_enabled()
    anomalies = torch.is_anomaly_enabled()
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(deterministic, warn_only=only_warns)
        torch.autograd.set_detect_anomaly(anomalies)
