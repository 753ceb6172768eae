"""`assert_learns`: whether networks of this package learn, by a recipe of yours."""

from typing import Any

from trainfcnn.analysis.success import SuccessRate
from trainfcnn.data.dataset import Law
from trainfcnn.sweeps.execute import sweep
from trainfcnn.testing.asked import check_count, check_goal, check_law, check_share
from trainfcnn.testing.yardstick import scores_of, yardstick
from trainfcnn.wording import format_recipe


def assert_learns(
    dataset: str | Law = "xor",
    *,
    seeds: int = 8,
    at_least: float | None = None,
    share: float = 1.0,
    seed: int = 0,
    n_samples: int = 2500,
    noise: float = 0.0,
    engine: str = "auto",
    **recipe: Any,
) -> None:
    """Raise AssertionError unless networks of a recipe learn a data set, on every seed.

    They are trained at once, and judged on 2,500 fresh points of the same law.

    Parameters
    ----------
    dataset : str or Law
        A key of `trainfcnn.DATASETS`, or a law such as ``blobs(centers=5)``.
    seeds : int
        Networks, each with other initial weights.
    at_least : float, optional
        The accuracy (regression: R²) that counts as success; by default nine tenths of the way from
        the best constant answer to what is reached by the recipe that is recommended.
    share : float
        Of the networks, that must reach it.
    seed : int
        Of data and batches.
    n_samples, noise, engine
        As for `TrainFCNN`.
    **recipe
        Fields of a `Recipe`, as for `TrainFCNN.train`, such as ``dims=[16, 16]``.

    Raises
    ------
    AssertionError
        If too few do. The message has what they reach, what a constant answer reaches, and what
        the recommended recipe does.
    ValueError
        For an unknown field, or a value out of bounds.

    Examples
    --------
    >>> assert_learns("xor", dims=[6], seeds=8, at_least=0.95)
    >>> assert_learns("xor", dims=[], seeds=2)
    Traceback (most recent call last):
    ...
    AssertionError: networks must learn 'xor', 100% of them with an accuracy of at least 94.7%, ...
    """
    __tracebackhide__ = True
    law = check_law(dataset)
    check_count("seeds", seeds)
    check_share(share)
    measure = yardstick(law, n_samples, noise, seed)
    goal = measure.goal if at_least is None else check_goal(at_least, law)
    # One recipe, as of `train`: `sweep` would take a list for several settings.
    fields: dict[str, Any] = {
        name: [one] if isinstance(one, list | tuple) else one for name, one in recipe.items()
    }
    found = sweep(
        law,
        seeds=seeds,
        seed=seed,
        n_samples=n_samples,
        noise=noise,
        engine=engine,
        progress=False,
        **fields,
    )
    scores = scores_of(found.records())
    rate = SuccessRate(sum(score >= goal for score in scores), len(scores))
    if rate.share < share:
        ordered = "  ".join(measure.say(score) for score in sorted(scores))
        raise AssertionError(
            f"networks must learn {law.name!r}, {share:.0%} of them with {measure.score_name} of "
            f"at least {measure.say(goal)}, and {rate} did\n"
            f"  reached            {ordered}: {format_recipe(found.runs[0].recipe)}\n"
            f"{measure.describe(goal)}"
        )
