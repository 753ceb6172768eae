"""What a sweep is to train: every combination of settings, seeds and folds, cut into stacks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from trainfcnn._support.checks import check_seed, is_real, is_whole, look_up, short
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.splits import fold_indices, hold_out
from trainfcnn.recipe import SETTINGS, Recipe, choose
from trainfcnn.training.resolve import ResolvedRecipe, resolve
from trainfcnn.wording import format_setting

MEMORY = 1e9  # bytes
# the arguments of `sweep` that are no fields of a recipe, for who misspells one
OF_A_SWEEP = (
    "seeds", "folds", "resample", "n_samples", "noise", "seed", "kind", "data_home", "normalize",
    "target", "drop", "missing", "test_size", "device", "engine", "memory", "recommended",
    "class_weight", "progress", "checkpoint",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """One network of a sweep, before it is trained.

    Attributes
    ----------
    number : int
        Its place in the sweep.
    resolved : ResolvedRecipe
        All of its recipe, initial weights included.
    varied : tuple of str
        The fields of the recipe that the sweep varies.
    labelled : tuple of str
        These, and others in which its networks differ: an optimizer brings its usual rate.
    data_seed : int
        Of data and batches.
    fold : int, optional
        Which part of the training sample it is scored on.
    """

    number: int
    resolved: ResolvedRecipe
    varied: tuple[str, ...]
    labelled: tuple[str, ...]
    data_seed: int
    fold: int | None

    @property
    def labels(self) -> dict[str, object]:
        """The first columns of its row in a table: settings, seed and fold."""
        recipe = self.resolved.recipe
        settings = {name: format_setting(getattr(recipe, name)) for name in self.labelled}
        fold = {} if self.fold is None else {"fold": self.fold}
        return settings | {"seed": recipe.weight_seed} | fold


@dataclass(frozen=True, eq=False)
class Chunk:
    """Networks that are trained together, as one stack."""

    plans: tuple[Plan, ...]
    dataset: Dataset


def make_plans(
    dataset: Dataset,
    fields: Mapping[str, Any],
    seeds: int | Iterable[int],
    data_seed: int | None,
    folds: int | None,
    recommended: bool = False,
) -> list[Plan]:
    """Return what to train (see `sweep`); without a `data_seed`, each seed has data of its own.

    Raises
    ------
    ValueError
        For an unknown field, an empty list, or what a recipe refuses.
    """
    weight_seeds = _check_seeds(seeds)
    varied, combinations = _combinations(dataset, fields, recommended)
    if folds is not None and (not is_whole(folds) or folds < 2):
        raise ValueError(f"folds must be an integer of 2 or more, got {folds!r}: try folds=3")
    labelled = varied + differing([one.recipe for one in combinations], without=varied)
    # Settings vary slowest: networks that differ only in seed and fold stand together.
    cases = product(combinations, weight_seeds, [None] if folds is None else range(folds))
    return [
        Plan(
            number=number,
            resolved=resolved.with_weight_seed(seed),
            varied=varied,
            labelled=labelled,
            data_seed=seed if data_seed is None else data_seed,
            fold=fold,
        )
        for number, (resolved, seed, fold) in enumerate(cases)
    ]


def differing(recipes: Sequence[Recipe], without: Sequence[str] = ()) -> tuple[str, ...]:
    """Return in which fields recipes differ, apart from some and from the seed."""
    return tuple(
        name
        for name in SETTINGS
        if name not in (*without, "weight_seed")
        and len({getattr(recipe, name) for recipe in recipes}) > 1
    )


def _combinations(
    dataset: Dataset, fields: Mapping[str, Any], recommended: bool
) -> tuple[tuple[str, ...], list[ResolvedRecipe]]:
    """Return the varied fields, and the recipe of each combination of their values."""
    known = dict.fromkeys((*SETTINGS, *OF_A_SWEEP))
    for name in fields:
        look_up(known, name, "recipe field")
    for name in ("weight_seed", "restarts"):
        if name in fields:
            raise ValueError(f"{name} is what seeds are for, got {fields[name]!r}: use seeds=")
    if "dims" in fields:
        _check_dims(fields["dims"])
    lists = {name: list(value) for name, value in fields.items() if _is_varied(name, value)}
    for name, values in lists.items():
        if not values:
            raise ValueError(f"{name} must be a value or a list of some, got []: leave it out")
    fixed = {name: value for name, value in fields.items() if name not in lists}
    chosen = (dict(zip(lists, values, strict=True)) for values in product(*lists.values()))
    recipes = [
        choose(dataset.recommended, fixed | one, dataset.plain_epochs, recommended)
        for one in chosen
    ]
    for name, values in lists.items():
        # Of the recipes, in which [2] and 2 are the same, and None is what it stands for.
        if len({getattr(recipe, name) for recipe in recipes}) < len(values):
            raise ValueError(
                f"{name} must be different values, got two that are the same in {short(values)}: "
                "leave one out"
            )
    return tuple(lists), [resolve(recipe, dataset) for recipe in recipes]


def _check_dims(dims: Any) -> None:
    """Refuse a flat list of sizes, which could mean two things, and one of no sizes."""
    if not isinstance(dims, list | tuple | range | np.ndarray):
        return
    if len(dims) == 0:
        raise ValueError(
            "dims must be a value or a list of some, got []: leave it out, or try dims=[[]] for no "
            "hidden layer"
        )
    if len(dims) > 1 and all(map(is_whole, dims)):
        # The command line, and every other field, take a list for values to try.
        sizes = list(map(int, dims))
        many = short([[size] for size in sizes])
        one = short([sizes])
        raise ValueError(
            f"dims could mean two things, got {short(sizes)}: try dims={many} for {len(sizes)} "
            f"networks, or dims={one} for one of {len(sizes)} layers"
        )


def refuse_lists(given: Mapping[str, object]) -> None:
    """Refuse to vary what is no field of a recipe.

    Raises
    ------
    ValueError
        If one of the arguments in `given` is a list.
    """
    for name, value in given.items():
        if not isinstance(value, list | tuple | range | np.ndarray):
            continue
        told = f"{name} must be one value for a sweep, got {short(value)}"
        if name == "seed":
            raise ValueError(
                f"{told}: try seeds={short(value)}, of initial weights, and resample=True with it "
                "to draw the data anew too"
            )
        raise ValueError(f"{told}: make a sweep for each of them")


def _is_varied(name: str, value: object) -> bool:
    if not isinstance(value, list | tuple | range | np.ndarray):
        return False
    # A list of numbers is one value of `dims` or `betas`; these are varied by a list of such lists.
    return name not in ("dims", "betas") or not all(map(is_real, value))


def _check_seeds(seeds: int | Iterable[int]) -> list[int]:
    must = f"seeds must be 1 or more, or a list of seeds, got {short(seeds)}: try seeds=20"
    many = range(seeds) if is_whole(seeds) else seeds  # type: ignore[arg-type]
    if not isinstance(many, Iterable) or isinstance(many, str):
        raise ValueError(must)
    checked = [check_seed(seed, "seeds") for seed in many]
    if not checked:
        raise ValueError(must)
    if len(set(checked)) < len(checked):
        raise ValueError(
            f"seeds must be different, got two that are the same in {short(checked)}: leave one out"
        )
    return checked


def make_chunks(
    plans: list[Plan],
    load: Callable[[int], Dataset],
    folds: int | None,
    memory: float,
    n_workers: int,
) -> Iterator[Chunk]:
    """Yield the stacks: alike in data and in what all members of a stack must share.

    Parameters
    ----------
    plans : list of Plan
        All there is to train.
    load : callable
        From the seed of the data to the `Dataset`.
    folds : int, optional
        How many parts the training sample has.
    memory : float
        Bytes that a stack may take.
    n_workers : int
        All are given some.
    """
    stacks: dict[tuple[object, ...], list[Plan]] = {}
    for plan in plans:
        # Members of a stack see the same samples, in the same order.
        key = (plan.data_seed, plan.fold, plan.resolved.stack_key())
        stacks.setdefault(key, []).append(plan)
    datasets: dict[tuple[int, int | None], Dataset] = {}
    for members in stacks.values():
        key_of_data = members[0].data_seed, members[0].fold
        if key_of_data not in datasets:
            # Drawn once a seed, however many stacks train on it; its folds are cut together.
            datasets |= _parts(load(members[0].data_seed), members[0].data_seed, folds)
        dataset = datasets[key_of_data]
        most = _most_members(members, dataset, memory)
        share = -(-len(plans) // n_workers)  # rounded up
        size = max(1, min(most, share))
        for start in range(0, len(members), size):
            yield Chunk(tuple(members[start : start + size]), dataset)


def _parts(
    dataset: Dataset, data_seed: int, folds: int | None
) -> dict[tuple[int, int | None], Dataset]:
    """Return the data of one seed, whole or as many times as there are folds."""
    if folds is None:
        return {(data_seed, None): dataset}
    indices = fold_indices(dataset, folds, data_seed)
    return {(data_seed, fold): hold_out(dataset, indices == fold) for fold in range(folds)}


def _most_members(members: list[Plan], dataset: Dataset, memory: Any) -> int:
    """Return how many networks of a group fit the memory together."""
    if not is_real(memory):
        raise ValueError(f"memory must be a number of bytes, got {memory!r}: try memory=1e9")
    largest = max(plan.resolved.n_bytes(len(dataset.x)) for plan in members)
    if memory < largest:
        raise ValueError(
            f"memory must hold one network, about {largest:,} bytes, got {memory:,.0f}: try "
            f"memory={2 * largest:.0e}"
        )
    return int(memory // largest)
