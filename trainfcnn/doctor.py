"""What an installation has, and whether it works: ``trainfcnn doctor``.

A part of it may be broken, so each check imports what it needs by itself, and an error in one is a
line like any other.
"""

import os
import platform
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

DEVELOPMENT = ("bench", "dev", "docs", "test")  # extras of which no user needs to hear
# What the bare call reaches on its test sample, on every machine so far, less what chance may take.
STORED = {"xor": 0.985, "polynom": 0.995, "quadrants": 0.98}
WIDTH = 22  # of the names
NEAR = 1e-6  # of weights in double precision, after some hundred steps


@dataclass(frozen=True)
class Finding:
    """What was found, in a line.

    Attributes
    ----------
    name : str
        Of what.
    told : str
        What it is.
    is_well : bool
        Whether it is as it must be.
    """

    name: str
    told: str
    is_well: bool = True


def report(write: Callable[[str], object]) -> bool:
    """Write what is found, a line each, and return whether all is well.

    Parameters
    ----------
    write : callable
        It is given each line, as soon as that is known. What is not well begins with an
        exclamation mark.
    """
    unwell = 0
    for found in examine():
        write(f"{' ' if found.is_well else '!'} {found.name:<{WIDTH}}{found.told}")
        unwell += not found.is_well
    write(f"! {unwell} to look at, marked with !" if unwell else "  all is well")
    return not unwell


def examine() -> Iterator[Finding]:
    """Yield what is found, line by line; the last ones train networks for a few seconds.

    Examples
    --------
    >>> next(examine()).name
    'trainfcnn'
    """
    yield Finding("trainfcnn", f"{version('trainfcnn')}, in {Path(__file__).parent}")
    yield Finding("python", f"{platform.python_version()}, {platform.platform()}")
    yield from _packages()
    for name, check in CHECKS.items():
        try:
            yield from check(name)
        except Exception as error:  # whatever it is, it is what somebody looks for here
            yield Finding(name, f"{type(error).__name__}: {error}", is_well=False)


def _packages() -> Iterator[Finding]:
    """Yield the version of each package that is needed, and of those of each extra."""
    wanted = [(_extra(one), _package(one)) for one in requires("trainfcnn") or ()]
    for extra, some in groupby(sorted(wanted), key=lambda one: one[0]):
        versions = {package: _version(package) for _, package in some}
        if not extra:
            for package, there in versions.items():
                told = there or "missing: pip install trainfcnn"
                yield Finding(package, told, is_well=there is not None)
        elif extra not in DEVELOPMENT:
            listed = ", ".join(f"{package} {there}" for package, there in versions.items())
            is_there = None not in versions.values()
            absent = f'not there: pip install "trainfcnn[{extra}]"'
            yield Finding(f"extra {extra}", listed if is_there else absent)


def _extra(requirement: str) -> str:
    found = re.search(r"extra == ['\"]([\w-]+)", requirement)
    return found[1] if found else ""


def _package(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    return found[0] if found else requirement


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _device(name: str) -> Iterator[Finding]:
    import torch

    there = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    built = f"built for CUDA {torch.version.cuda}" if torch.version.cuda else "built without CUDA"
    yield Finding(name, f"{', '.join(there) or 'the CPU'}; torch is {built}")


def _threads(name: str) -> Iterator[Finding]:
    import torch

    asked = os.environ.get("OMP_NUM_THREADS")
    because = f", as OMP_NUM_THREADS={asked} says" if asked else ""
    yield Finding(name, f"{torch.get_num_threads()} of {os.cpu_count()} processors{because}")


def _engine(name: str) -> Iterator[Finding]:
    from trainfcnn.engine.kernel import built_for, kernel

    library = kernel().library
    if library is None:
        yield Finding(name, f"torch, since {kernel().reason}")
    else:
        yield Finding(name, f"fused, built for {built_for(library)}")


def _images(name: str) -> Iterator[Finding]:
    from trainfcnn.data.images import IMAGES, find_files, homes

    for images in IMAGES.values():
        if not images.files:
            continue
        found = find_files(images)
        places = {str(path.parent) for path in found}
        if len(found) == len(images.files):
            told = f"found in {', '.join(sorted(places))}"
        else:
            looked = ", ".join(str(home) for home in homes(None))
            told = f"{len(found)} of {len(images.files)} files found, the others are downloaded "
            told += f"when they are needed; looked for in {looked}"
        yield Finding(f"{name} {images.name}", told)


def _scores(name: str) -> Iterator[Finding]:
    """Yield the score of a network on each of a few data sets, beside the stored one."""
    from trainfcnn.trainer import TrainFCNN

    for data, stored in STORED.items():
        trained = TrainFCNN(data, device="cpu").train(progress=False)
        score = trained.score()
        task = trained.run.task
        told = f"{task.score_name} {task.format_score(score)}"
        wanted = f"at least {task.format_score(stored)} is due"
        yield Finding(f"{name} {data}", f"{told}, and {wanted}", is_well=score >= stored)


def _engines(name: str) -> Iterator[Finding]:
    """Yield how far apart the same network is after both engines have trained it."""
    from trainfcnn.engine.kernel import kernel

    if kernel().library is None:
        yield Finding(name, "there is but one, torch")
        return
    fused, stack = (_weights(engine) for engine in ("fused", "torch"))
    off = max(float((a - b).abs().max()) for a, b in zip(fused, stack, strict=True))
    told = f"weights differ by {off:.0e} at most, and {NEAR:.0e} is allowed"
    yield Finding(name, told, is_well=off <= NEAR)


def _weights(engine: str) -> list["Tensor"]:
    from trainfcnn.trainer import TrainFCNN

    trained = TrainFCNN("xor", n_samples=200, device="cpu", engine=engine)
    trained.train(dims=[6], epochs=50, dtype="float64", progress=False)
    return [parameter.detach() for parameter in trained.network.parameters()]


def _gradients(name: str) -> Iterator[Finding]:
    """Yield how far a step of a network, down its gradient, is from that of autograd."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    from trainfcnn.data.toy import make_dataset
    from trainfcnn.nn.network import FCNN
    from trainfcnn.recipe import Recipe
    from trainfcnn.training.loop import Training

    dataset = make_dataset("xor", 50)
    recipe = Recipe(dims=(6,), optimizer="sgd", lr=1.0, epochs=1, batch_size=50, dtype="float64")
    training = Training(dataset, recipe)
    before, after = (FCNN([2, 6, 1], "relu", "sigmoid", dtype=torch.float64) for _ in range(2))
    training.stack.copy_to(before, 0)
    for _ in training:
        pass
    training.stack.copy_to(after, 0)
    with torch.enable_grad():
        scores = before.scores(torch.as_tensor(dataset.x))[:, 0]
        loss = binary_cross_entropy_with_logits(scores, torch.as_tensor(dataset.y).double())
        slopes = torch.autograd.grad(loss, [*before.parameters()])
    moved = zip(before.parameters(), after.parameters(), strict=True)
    steps = [a.detach() - b.detach() for a, b in moved]
    off = max(float((a - b).abs().max()) for a, b in zip(steps, slopes, strict=True))
    told = f"differ from autograd's by {off:.0e} at most, and {NEAR:.0e} is allowed"
    yield Finding(name, told, is_well=off <= NEAR)


CHECKS: dict[str, Callable[[str], Iterator[Finding]]] = {
    "device": _device,
    "threads": _threads,
    "engine": _engine,
    "images": _images,
    "self-test": _scores,
    "both engines": _engines,
    "gradients": _gradients,
}
