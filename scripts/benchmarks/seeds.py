"""Whether it works on every seed: the bare call, and the tutorial's recipe."""

from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from scripts.benchmarks.report import Block, Cell, Result, Table, Target, table, target
from scripts.benchmarks.xor import RECIPE

# What takes long to import is imported by the function that needs it: --help needs none of it.
if TYPE_CHECKING:
    from trainfcnn import Law, Run

SAMPLES = "test", "training"  # the tutorial judges on the latter
TUTORIAL = "prod", "xor", "quadrants"  # data sets that it has results of

Found = dict[tuple[str, str], tuple[list[float], list[float]]]  # losses and scores, by name, sample


def seeds(rounds: int, quick: bool) -> Result:
    """Train on many seeds, once each."""
    bare, learnt = bare_calls(range(3 if quick else 20))
    recipe, targets = recipe_calls(range(3 if quick else 64))
    return Result([bare, recipe], [learnt, *targets])


def bare_calls(chosen: range) -> tuple[Table, Target]:
    """Train every data set as recommended, and score on the test sample."""
    from trainfcnn import DATASETS

    lines: list[list[Cell]] = []
    n_learnt = 0
    for name, law in DATASETS.items():
        wanted = wanted_score(law)
        scores, seconds = zip(*(bare_call(name, seed) for seed in chosen), strict=True)
        n_learnt += min(scores) >= wanted
        lines.append([name, min(scores), median(scores), wanted, median(seconds)])
    title = f"`TrainFCNN(name, seed=seed).train()`, {len(chosen)} seeds"
    columns = {title: "", "worst test score": ".4f", "median": ".4f", "wanted": ".4f"}
    claim = "data sets the bare call learns on every seed"
    return table(columns | {"seconds": ".2f"}, lines), target(claim, n_learnt, "≥", len(lines), "")


def wanted_score(law: "Law") -> float:
    """Return what counts as learnt."""
    if law.kind == "regression":
        return 0.98
    return 0.95 if law.name == "spiral" else 0.97


def bare_call(name: str, seed: int) -> tuple[float, float]:
    """Return the score on the test sample, and the seconds of making and training."""
    from trainfcnn import TrainFCNN

    start = perf_counter()
    trainer = TrainFCNN(name, seed=seed).train(progress=False)
    seconds = perf_counter() - start
    return trainer.score(), seconds


def recipe_calls(chosen: range) -> tuple[Table, list[Target]]:
    """Judge the tutorial's recipe on the training sample, as it does, and on a fresh one."""
    from trainfcnn import TrainFCNN

    recipe = RECIPE | {"shuffle": False, "progress": False}  # the tutorial never shuffles
    found: Found = {}
    for name in TUTORIAL:
        runs = [TrainFCNN(name, seed=seed).train(**recipe).run for seed in chosen]
        for sample in SAMPLES:
            losses, scores = zip(*(judge(run, sample) for run in runs), strict=True)
            found[name, sample] = list(losses), list(scores)
    lines: list[list[Cell]] = [
        [name, sample, median(losses), max(losses), median(scores), min(scores)]
        for (name, sample), (losses, scores) in found.items()
    ]
    columns = {f"the tutorial's recipe, {len(chosen)} seeds": "", "sample": ""}
    columns |= {"median loss": ".5f", "worst loss": ".5f"}
    columns |= {"median accuracy or R²": ".5f", "worst accuracy or R²": ".5f"}
    return table(columns, lines), recipe_targets(found)


def judge(run: "Run", sample: str) -> tuple[float, float]:
    """Return the loss and the accuracy (of a regression: R²) on one of the two samples."""
    from trainfcnn.analysis.evaluation import evaluate

    data = run.dataset
    x, y = (data.x, data.y) if sample == "training" else (data.x_test, data.y_test)
    return evaluate(run, x, y)


def recipe_targets(found: Found) -> list[Target]:
    """Return what was promised of the training sample."""
    losses = {name: found[name, "training"][0] for name in TUTORIAL}
    scores = {name: found[name, "training"][1] for name in TUTORIAL}
    return [
        target("prod: median MSE", median(losses["prod"]), "≤", 0.0015, ".5f"),
        target("xor: median accuracy", median(scores["xor"]), "≥", 0.996, ".4f"),
        target("xor: worst accuracy", min(scores["xor"]), "≥", 0.98, ".4f"),
        target("quadrants: worst accuracy", min(scores["quadrants"]), "≥", 0.995, ".4f"),
    ]


BLOCK = Block(
    title="Every seed",
    text="The bare call, scored on the test sample; and the tutorial's recipe, six relu units and "
    "a fixed order of batches, on the sample that it was trained on, as the tutorial judges, and "
    "on a fresh one.",
    measure=seeds,
)
