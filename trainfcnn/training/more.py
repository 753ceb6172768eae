"""More epochs for a network that was trained: by which recipe, and what comes of both together."""

from dataclasses import replace

from trainfcnn.recipe import Recipe
from trainfcnn.training.loop import Training
from trainfcnn.training.run import Run


def recipe_of_more(run: Run, epochs: int, lr: float | None, schedule: str | None) -> Recipe:
    """Return the recipe of some more epochs.

    It is that of the run, whose rate has perhaps fallen to 0 by now: the rate begins anew where it
    began, and falls over the new epochs unless it was constant. A goal, and a limit of time, were
    those of the first epochs: who asks for more wants these.
    """
    recipe = run.recipe
    if schedule is None:
        schedule = "constant" if recipe.schedule == "constant" else "cooldown"
    # Restarts are over: it is the best of them that goes on.
    free = recipe.but(until=None, max_seconds=None)
    return free.but(epochs=epochs, lr=lr, schedule=schedule, restarts=1)


def more_training(run: Run, recipe: Recipe, device: str, engine: str) -> Training:
    """Return a training that begins where the one of the run ended.

    Raises
    ------
    ValueError
        If that one diverged.
    """
    if run.ended == "diverged":
        raise ValueError(
            "there must be a network to go on with, and its training diverged: train anew with a "
            f"lower lr than {run.recipe.lr:g}"
        )
    history = run.history
    training = Training(
        run.dataset,
        recipe,
        run.seed,
        device=device,
        test_every=history.test_every or None,
        record_steps=len(history.step_loss) > 0,
        engine=engine,
    )
    if run.standing is None:
        training.begin_with(run.network)
    else:
        run.standing.put_into(training.stack, training.state)
    return training


def joined(before: Run, after: Run) -> Run:
    """Return a run of both trainings, one after the other."""
    history = before.history.then(after.history)
    epochs = len(before.history) + after.recipe.epochs
    recipe = after.recipe.but(epochs=epochs, restarts=before.recipe.restarts)
    # Where no epoch was better than the best before, that one is kept.
    kept_before = after.history.best_epoch == 0
    network = before.network if kept_before else after.network
    return replace(after, recipe=recipe, history=history, network=network)
