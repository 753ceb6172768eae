"""A sweep's stacks trained, here or on joblib's workers.

What may share a stack does, since a stack of many networks takes little longer than one of a few.
Stacks are cut into chunks that fit a memory budget, and chunks run through joblib: here one after
the other, or on the processes or the cluster that ``joblib.parallel_config`` names.
"""

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from trainfcnn import report
from trainfcnn._support.progress import progress_bar
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.images import Home
from trainfcnn.data.sources import DataSpec, Source
from trainfcnn.data.splits import TestSize
from trainfcnn.data.tables import Drop, Targets
from trainfcnn.data.weights import ClassWeight, weighted
from trainfcnn.engine.backend import check_engine
from trainfcnn.engine.device import check_device
from trainfcnn.sweeps.plan import MEMORY, Chunk, Plan, make_chunks, make_plans, refuse_lists
from trainfcnn.sweeps.results import Row, Sweep
from trainfcnn.sweeps.stored import KeptChunks
from trainfcnn.training.loop import Training
from trainfcnn.training.run import Run

Tick = Callable[[int], object]
Finished = tuple[Plan, Run, Row]
FinishedChunk = tuple[Chunk, list[Run], list[Row]]

ATTEMPTS = 3  # at a chunk whose worker died


@dataclass(frozen=True)
class Where:
    """On which device, and by which engine, a sweep's stacks are trained."""

    device: str
    engine: str


def sweep(
    dataset: Source = "xor",
    seeds: int | Iterable[int] = 1,
    *,
    folds: int | None = None,
    resample: bool = False,
    n_samples: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
    kind: str | None = None,
    data_home: Home | None = None,
    normalize: str | None = "auto",
    target: Targets = None,
    drop: Drop = (),
    missing: str = "refuse",
    test_size: TestSize = None,
    device: str = "auto",
    engine: str = "auto",
    memory: float = MEMORY,
    recommended: bool = False,
    class_weight: ClassWeight = None,
    progress: bool | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    **fields: Any,
) -> Sweep:
    """Train a network for every combination of settings, seeds and folds.

    Parameters
    ----------
    dataset, n_samples, ..., test_size, device, engine
        As for `TrainFCNN`.
    seeds : int or iterable of int
        Of the initial weights; 20 is 0 to 19. Data and batch order stay those of `seed`.
    folds : int, optional
        Cross-validate: split the training sample into so many parts (of each class alike), and
        train each network once without each of them, to be scored on it.
    resample : bool
        Let each of `seeds` draw data and batch order anew too, as ``TrainFCNN(seed=...)`` does.
    memory : float
        Bytes that a stack may take; what needs more is trained one after the other.
    recommended : bool
        Keep all that is recommended and not named, as in `TrainFCNN.train`.
    class_weight : 'balanced' or dict, optional
        How much each class counts in the loss, as in `TrainFCNN.train`; all networks have the same.
    progress : bool, optional
        Whether to show a progress bar; by default in a terminal, on runs of over a second.
    checkpoint : str or path, optional
        A folder for the stacks that are finished, a file each. The same call once more, after a
        crash or Ctrl-C, trains those alone that are not there; what comes out has the same bits.
    **fields
        Of a `Recipe`; what is not given is as for `TrainFCNN.train`. A list is varied. Of `dims`
        it is a list of lists: ``[[2], [4]]`` are two networks, ``[[2, 4]]`` is one of two layers.

    Returns
    -------
    Sweep
        After Ctrl-C, of the networks that were finished.

    Raises
    ------
    ValueError
        For an unknown field, an empty list, or what `TrainFCNN` and `Recipe` refuse.

    Warns
    -----
    RuntimeWarning
        If all networks diverged.

    Examples
    --------
    >>> found = sweep("xor", seeds=2, dims=[[2], [4]], epochs=20)
    >>> len(found), found.varied
    (4, ('dims',))
    """
    from joblib import effective_n_jobs

    refuse_lists({"seed": seed, "n_samples": n_samples, "noise": noise, "kind": kind})
    refuse_lists({"folds": folds, "normalize": normalize, "device": device})
    refuse_lists({"engine": engine})
    spec = DataSpec(
        dataset, n_samples, noise, kind, data_home, normalize, target, drop, missing, test_size
    )
    whole = weighted(spec.load(seed), class_weight=class_weight)
    where = Where(check_device(device), check_engine(engine))
    plans = make_plans(whole, fields, seeds, None if resample else seed, folds, recommended)

    def load(data_seed: int) -> Dataset:
        return weighted(spec.load(data_seed), class_weight=class_weight) if resample else whole

    kept = None if checkpoint is None else KeptChunks(checkpoint, plans, whole)
    chunks = list(make_chunks(plans, load, folds, memory, effective_n_jobs(None)))
    start = perf_counter()
    done, left = ([], chunks) if kept is None else kept.split(chunks)
    # Workers finish in any order, and stacks are not in that of the sweep.
    found = sorted([*done, *_walk(left, where, progress, kept)], key=lambda one: one[0].number)
    if found and all(run.ended == "diverged" for _, run, _ in found):
        told = f"all {len(found):,} networks diverged; {report.advice(found[0][1])}"
        warnings.warn(told, RuntimeWarning, stacklevel=2)
    return Sweep(
        dataset=whole,
        seed=seed,
        device=where.device,
        varied=plans[0].varied,
        runs=[run for _, run, _ in found],
        rows=[row for _, _, row in found],
        n_planned=len(plans),
        seconds=perf_counter() - start,
        engine=engine,
        folds=folds,
    )


def _walk(
    chunks: list[Chunk], where: Where, progress: bool | None, kept: KeptChunks | None
) -> Iterator[Finished]:
    """Yield the networks of each chunk when it is finished, and keep it; Ctrl-C ends it."""
    from joblib import effective_n_jobs

    total = sum(len(chunk.plans) * _epochs(chunk) for chunk in chunks)
    bar = progress_bar(total, " epochs of a network", progress)
    # As `joblib.parallel_config` says. Here the bar moves with each epoch, elsewhere with a chunk.
    train_all = _here if effective_n_jobs(None) == 1 else _elsewhere
    try:
        with bar:
            for chunk, runs, rows in train_all(chunks, where, bar.update):
                if kept is not None:
                    kept.keep(chunk, runs, rows)
                yield from zip(chunk.plans, runs, rows, strict=True)
    # What was yielded before is kept; the chunk that was under way is lost.
    except KeyboardInterrupt:
        return


def _epochs(chunk: Chunk) -> int:
    return chunk.plans[0].resolved.recipe.epochs  # which members of a stack have in common


def _here(chunks: list[Chunk], where: Where, tick: Tick) -> Iterator[FinishedChunk]:
    for chunk in chunks:
        yield chunk, *_train(chunk, where, tick)


def _elsewhere(chunks: list[Chunk], where: Where, tick: Tick) -> Iterator[FinishedChunk]:
    """Train chunks on joblib's workers; one whose worker died is trained again."""
    from joblib import Parallel, delayed

    left = dict(enumerate(chunks))
    for attempt in range(1, ATTEMPTS + 1):
        calls = [delayed(_train_remotely)(number, chunk, where) for number, chunk in left.items()]
        try:
            # As they come, so that after Ctrl-C, or a dead worker, what is finished is there.
            for number, runs, rows in Parallel(return_as="generator_unordered")(calls):
                chunk = left.pop(number)
                tick(len(runs) * _epochs(chunk))
                yield chunk, [run.on(chunk.dataset) for run in runs], rows
            return
        # A worker was killed, for want of memory perhaps: what is in `left` is tried again.
        except BrokenProcessPool:
            if attempt == ATTEMPTS:
                raise


def _train_remotely(number: int, chunk: Chunk, where: Where) -> tuple[int, list[Run], list[Row]]:
    """Train a chunk, and send its samples not back again: whoever asked has them."""
    runs, rows = _train(chunk, where, lambda done: None)
    return number, [run.on(run.dataset.without_samples()) for run in runs], rows


def _train(chunk: Chunk, where: Where, tick: Tick) -> tuple[list[Run], list[Row]]:
    """Return the run of each network of a chunk, and its row in the sweep's table."""
    members = [plan.resolved for plan in chunk.plans]
    training = Training(
        chunk.dataset,
        members,
        chunk.plans[0].data_seed,
        device=where.device,
        engine=where.engine,
    )
    before = 0
    for epoch in training.strides():
        tick(len(members) * (epoch - before))
        before = epoch
    runs = training.runs()
    dataset = chunk.dataset
    nothing = np.full(len(runs), np.nan)
    losses, scores = training.judged(dataset.x, dataset.y, dataset.weights)
    on_test = training.judged(dataset.x_test, dataset.y_test)[1] if len(dataset.x_test) else nothing
    seen = zip(losses.tolist(), scores.tolist(), on_test.tolist(), strict=True)
    return runs, [
        _row(plan, run, *found) for plan, run, found in zip(chunk.plans, runs, seen, strict=True)
    ]


def _row(plan: Plan, run: Run, loss: float, score: float, test_score: float) -> Row:
    """Return the row of a network in the table of all."""
    history = run.history
    row = plan.labels | {"epochs": len(history), "loss": loss, "score": score}
    # -1, and so NaN, where the initial weights were kept.
    best = history.best_epoch - 1
    for name in ("validation_loss", "validation_score"):
        seen = getattr(history, name)
        row[name] = float(seen[best]) if 0 <= best < len(seen) else np.nan
    return row | {"test_score": test_score}
