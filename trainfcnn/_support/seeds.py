"""Private random streams: one seed in, independent generators out, no global state."""

from numpy.random import Generator, SeedSequence, default_rng

# A stream's place in this list is part of what a seed means: append, never reorder.
STREAMS = (
    "data", "test", "split", "weights", "batches", "dropout", "validation", "exact", "augmentation",
    "angles", "restarts", "folds",
)  # fmt: skip


def entropy(seed: int, stream: str) -> int:
    """Return a 63-bit seed for one of the `STREAMS`, independent of the other streams.

    Examples
    --------
    >>> entropy(0, "data") == entropy(0, "data")
    True
    >>> entropy(0, "data") == entropy(0, "weights")
    False
    """
    sequence = SeedSequence(seed, spawn_key=(STREAMS.index(stream),))
    return int(sequence.generate_state(1, "uint64")[0]) >> 1  # fits a signed integer


def restart_seeds(seed: int, n: int) -> list[int]:
    """Return `seed` itself and n - 1 seeds that follow from it.

    Examples
    --------
    >>> restart_seeds(7, 1), len(set(restart_seeds(7, 16)))
    ([7], 16)
    """
    # Of more restarts the first have the same seeds as those of fewer.
    sequence = SeedSequence(seed, spawn_key=(STREAMS.index("restarts"),))
    return [seed, *(int(state) >> 1 for state in sequence.generate_state(n - 1, "uint64"))]


def numpy_generator(seed: int, stream: str) -> Generator:
    """Return a numpy generator of its own for one stream of `seed`."""
    return default_rng(entropy(seed, stream))
