"""A training walked through to its end or to Ctrl-C, with a bar, lines and copies on the way."""

from collections.abc import Callable, Collection
from contextlib import suppress

from trainfcnn._support.checks import check_switch
from trainfcnn._support.progress import progress_bar
from trainfcnn.nn.network import FCNN
from trainfcnn.training.loop import Training

MOST_LINES = 20  # of a training that tells of its epochs; of more, some


def walk(
    training: Training,
    progress: bool | None = None,
    wanted: Collection[int] = (),
    verbose: bool = False,
    each: Callable[[Training], object] | None = None,
) -> dict[int, list[FCNN]]:
    """Train to the end, or to Ctrl-C.

    Parameters
    ----------
    training : Training
        Which may have begun already.
    progress : bool, optional
        Whether to show a progress bar; by default in a terminal, on runs of over a second.
    wanted : collection of int
        After which epochs to keep a copy of each member.
    verbose : bool
        Whether to print a line an epoch, and of many epochs some; the bar then stays away.
    each : callable, optional
        What else to do on the way, wherever epochs that are trained together end.

    Returns
    -------
    dict
        From the epoch to the members, also as they were before the first one, if any are wanted.
    """
    snapshots = {0: training.snapshots()} if wanted else {}
    check_switch("verbose", verbose)
    check_switch("progress", progress, or_none=True)
    told = _told(training.n_epochs) if verbose else ()
    shown = False if verbose else progress
    with suppress(KeyboardInterrupt), progress_bar(training.n_epochs, "epoch", shown) as bar:
        before = training.state.epoch
        for epoch in training.strides({*wanted, *told}):
            bar.update(epoch - before)
            before = epoch
            if each is not None:
                each(training)
            if epoch in wanted:
                snapshots[epoch] = training.snapshots()
            if epoch in told or (verbose and training.is_over):
                print(_line(training))  # noqa: T201  (that is what was asked for)
    return snapshots


def _told(n_epochs: int) -> set[int]:
    """Return which epochs have a line: all of a few, and of many 1, 2, 3, 5, 7, 10, 15, 20, 30...

    Examples
    --------
    >>> sorted(_told(100))
    [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100]
    """
    if n_epochs <= MOST_LINES:
        return set(range(1, n_epochs + 1))
    steps = (1, 1.5, 2, 3, 5, 7)
    powers = range(len(str(n_epochs)))
    told = {int(step * 10**power) for power in powers for step in steps}
    return {epoch for epoch in told if epoch <= n_epochs}


def _line(training: Training) -> str:
    """Return what the last epoch came to: loss and score, also of what is held out, seconds."""
    history = training.history(training.best_member())
    width = len(str(training.n_epochs))
    samples = {"": (history.loss, history.score)}
    if len(history.validation_loss):
        samples["validation "] = (history.validation_loss, history.validation_score)
    if training.state.epoch in history.test_epochs[-1:]:
        samples["test "] = (history.test_loss, history.test_score)
    parts = [
        f"{sample}loss {loss[-1]:#.4g}, {history.score_name} "
        f"{training.task.format_score(score[-1])}"
        for sample, (loss, score) in samples.items()
    ]
    epoch = f"epoch {training.state.epoch:{width}}/{training.n_epochs}"
    if training.stack.n_members > 1:
        epoch += f", the best of {training.stack.n_members:,} so far"
    return f"{epoch}: {'; '.join(parts)}; {training.state.seconds:.2f} s"
