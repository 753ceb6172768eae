"""Damaged copies of a file: bytes changed blindly, or parts changed and the checksum made good.

The first are what a bad disk leaves, the second what a hostile person sends.
"""

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from trainfcnn._support.container import Described, Tensors

NASTY: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 3, 2**31, 2**63, 10**30, 0.5, -1e308, 1e308, "", "nan", "inf",
    "xor", "relu", "os:system", "builtins:eval", "torch:load", "x" * 10_000, [], {}, [[]],
    [1] * 1000, {"function": "os:_exit"}, {"number": "nan"}, "../../etc/passwd", "\ud800",
)  # fmt: skip


class Mutation(NamedTuple):
    """A damaged file.

    Attributes
    ----------
    packed : bytes
        Its content.
    what : str
        What was done to it.
    is_blind : bool
        Whether bytes were changed, whatever they mean: the checksum is then another one.
    """

    packed: bytes
    what: str
    is_blind: bool


def mutated(packed: bytes, random: Random) -> Mutation:
    """Return a damaged copy of a file that `as_bytes` gave."""
    if random.random() < 0.5:
        change = random.choice(BLIND)
        return Mutation(change(packed, random), change.__name__, is_blind=True)
    return _knowing(packed, random)


def flipped(packed: bytes, random: Random) -> bytes:
    """Change a bit or a few."""
    changed = bytearray(packed)
    for _ in range(random.choice([1, 1, 1, 8])):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def flipped_early(packed: bytes, random: Random) -> bytes:
    """Change a bit near the beginning, where lengths are."""
    changed = bytearray(packed)
    changed[random.randrange(64)] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut(packed: bytes, random: Random) -> bytes:
    """Leave out the end."""
    return packed[: random.randrange(len(packed))]


def longer(packed: bytes, random: Random) -> bytes:
    """Add bytes at the end."""
    return packed + random.randbytes(random.randrange(1, 5000))


def shuffled(packed: bytes, random: Random) -> bytes:
    """Copy a stretch of it over another one."""
    n = random.randrange(1, 200)
    start, end = (random.randrange(len(packed)) for _ in range(2))
    changed = bytearray(packed)
    changed[end : end + n] = packed[start : start + n]
    return bytes(changed)


def noise(packed: bytes, random: Random) -> bytes:
    """Return bytes at random."""
    return random.randbytes(random.randrange(2000))


def long_header(packed: bytes, random: Random) -> bytes:
    """Say that the header is longer than it is, perhaps by far."""
    n = random.choice([2**31, 2**40, 2**63, len(packed), random.randrange(2**64)])
    return n.to_bytes(8, "little") + packed[8:]


def nested(packed: bytes, random: Random) -> bytes:
    """Put a header in its place that is nested deeply."""
    header = b"[" * 100_000
    return len(header).to_bytes(8, "little") + header


BLIND: tuple[Callable[[bytes, Random], bytes], ...] = (
    flipped, flipped_early, cut, longer, shuffled, noise, long_header, nested,
)  # fmt: skip


def _knowing(packed: bytes, random: Random) -> Mutation:
    """Change what is described, or a tensor, and make the checksum good."""
    from trainfcnn._support.container import as_bytes, from_bytes

    whole, tensors = from_bytes(packed)
    if random.random() < 0.7:
        described, what = _other_description(whole["described"], random)
    else:
        described = whole["described"]
        tensors, what = _other_tensors(tensors, random)
    try:
        return Mutation(as_bytes(whole["kind"], described, tensors), what, is_blind=False)
    except (ValueError, TypeError):  # no JSON can hold it: that is as good as any other
        return Mutation(packed[:100], f"cut, for {what}", is_blind=True)


def _other_description(described: "Described", random: Random) -> "tuple[Described, str]":
    changed = deepcopy(described)
    places = list(_places(changed, ()))
    holder, key, path = random.choice(places)
    if random.random() < 0.2:
        del holder[key]
        return changed, f"without {path}"
    holder[key] = random.choice(NASTY)
    return changed, f"{path} = {str(holder[key])[:40]!r}"


def _places(value: Any, path: tuple[Any, ...]) -> Any:
    """Yield every place in a description: what it is in, its key, and the way there."""
    keys = range(len(value)) if isinstance(value, list) else list(value)
    for key in keys:
        yield value, key, (*path, key)
        if isinstance(value[key], dict | list):
            yield from _places(value[key], (*path, key))


def _other_tensors(tensors: "Tensors", random: Random) -> "tuple[Tensors, str]":
    import numpy as np

    name = random.choice(sorted(tensors))
    old = tensors[name]
    new: dict[str, Callable[[], Any]] = {
        "absent": lambda: None,
        "empty": lambda: old.reshape(-1)[:0],
        "flat": lambda: old.reshape(-1),
        "one more axis": lambda: old[None],
        "twice": lambda: np.concatenate([old, old]),
        "of NaN": lambda: np.full(old.shape, np.nan, dtype=np.float32),
        "of infinity": lambda: np.full(old.shape, np.inf),
        "of whole numbers": lambda: old.astype(np.int64),
        "double": lambda: old.astype(np.float64),
        "bytes": lambda: old.astype(np.uint8),
        "a single number": lambda: np.array(1.0),
    }
    what = random.choice(list(new))
    with np.errstate(all="ignore"):
        array = new[what]()
    changed = {key: value for key, value in tensors.items() if key != name}
    return changed | ({} if array is None else {name: array}), f"{name} {what}"
