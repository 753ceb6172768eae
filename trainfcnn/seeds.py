"""Private random streams: one seed in, independent generators out, no global state."""

from numpy.random import Generator, SeedSequence, default_rng

# A stream's place in this list is part of what a seed means: append, never reorder.
STREAMS = ("data", "test", "split", "weights", "batches", "dropout", "validation", "exact")


def entropy(seed: int, stream: str) -> int:
    """Return a 63-bit seed for one of the `STREAMS`, independent of the other streams.

    Examples
    --------
    >>> entropy(0, "data") == entropy(0, "data")
    True
    >>> entropy(0, "data") == entropy(0, "weights")
    False
    """
    state = SeedSequence((seed, STREAMS.index(stream))).generate_state(1, "uint64")
    return int(state[0]) >> 1


def numpy_generator(seed: int, stream: str) -> Generator:
    """Return a numpy generator of its own for one stream of `seed`."""
    return default_rng(entropy(seed, stream))


def check_seed(seed: object, name: str = "seed") -> int:
    """Return `seed` as an int, or say what a seed must be."""
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or seed.__index__() < 0:
        raise ValueError(f"{name} must be an integer of 0 or more, got {seed!r}: try {name}=0")
    return int(seed.__index__())
