"""The estimators beside scikit-learn's own networks, both as they come: scores, and seconds."""

from collections.abc import Callable
from functools import partial
from statistics import mean, median
from typing import TYPE_CHECKING, Any, NamedTuple

from scripts.benchmarks.report import Block, Cell, Result, table, target
from scripts.benchmarks.rivals import SKLEARN, unconverged
from scripts.benchmarks.timing import in_turn, ratio, timed
from scripts.benchmarks.xor import OURS
from scripts.results import significant

# What takes long to import is imported by the function that needs it: --help needs none of it.
if TYPE_CHECKING:
    from numpy.typing import NDArray

    Loaded = tuple[NDArray[Any], NDArray[Any]]  # features (n, d), and labels or values (n,)

TOY = "xor", "moons"
VALUES = ("diabetes",)
TEST_SIZE = 0.25


class Fitted(NamedTuple):
    """What a model reached on what was held out, and in how many seconds."""

    score: float
    seconds: float


def xor() -> "Loaded":
    """Return the points of XOR."""
    from trainfcnn import make_dataset

    data = make_dataset("xor")
    return data.x, data.y


def moons() -> "Loaded":
    """Return a thousand points of two moons that touch."""
    from sklearn.datasets import make_moons

    found: Loaded = make_moons(1000, noise=0.2, random_state=0)
    return found


def of_sklearn(name: str) -> "Loaded":
    """Return a real set of scikit-learn."""
    from sklearn import datasets

    found: Loaded = getattr(datasets, f"load_{name}")(return_X_y=True)
    return found


SETS: "dict[str, Callable[[], Loaded]]" = {
    "xor": xor,
    "moons": moons,
    "digits": partial(of_sklearn, "digits"),
    "breast cancer": partial(of_sklearn, "breast_cancer"),
    "diabetes": partial(of_sklearn, "diabetes"),
}


def ours(is_values: bool, seed: int) -> Any:
    """Return our estimator, with nothing said but the seed."""
    from trainfcnn import FCNNClassifier, FCNNRegressor

    return (FCNNRegressor if is_values else FCNNClassifier)(random_state=seed)


def theirs(is_values: bool, seed: int) -> Any:
    """Return scikit-learn's, on standardised features and targets."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    network = (MLPRegressor if is_values else MLPClassifier)(random_state=seed)
    model = make_pipeline(StandardScaler(), network)
    if not is_values:
        return model
    return TransformedTargetRegressor(model, transformer=StandardScaler())


def fitted(make: Callable[[bool, int], Any], name: str, sample: "Loaded", seed: int) -> Fitted:
    """Return what a model reaches on a quarter of a sample, trained on the rest."""
    from sklearn.model_selection import train_test_split

    x, y = sample
    is_values = name in VALUES
    alike = None if is_values else y
    x, x_test, y, y_test = train_test_split(
        x, y, test_size=TEST_SIZE, random_state=seed, stratify=alike
    )
    model = make(is_values, seed)
    with unconverged():
        seconds = timed(model.fit, x, y)
    return Fitted(model.score(x_test, y_test), seconds)


def estimators(rounds: int, quick: bool) -> Result:
    """Fit both on every set, each round from another seed, on another split."""
    lines: list[list[Cell]] = []
    targets = []
    shares = {}
    for name in ("moons",) if quick else SETS:
        sample = SETS[name]()
        rows = {
            OURS: partial(fitted, ours, name, sample),
            SKLEARN: partial(fitted, theirs, name, sample),
        }
        found = in_turn(rows, rounds)
        scores = [mean(one.score for one in row) for row in found.values()]
        times = [[one.seconds for one in row] for row in found.values()]
        shares[name] = ratio(*times)
        lines.append([name, *scores, *map(median, times), shares[name]])
        wanted = significant(scores[1])
        targets.append(target(f"estimators, {name}: mean score", scores[0], "≥", wanted, ".4f"))
    slowest = max(shares[name] for name in TOY if name in shares)
    claim = "estimators, toy sets: seconds / scikit-learn's"
    columns = {f"{name}: score": ".4f" for name in (OURS, SKLEARN)}
    columns |= {f"{name}: seconds": ".2f" for name in (OURS, SKLEARN)}
    return Result(
        [table({"": "", **columns, "ratio": ".2f"}, lines)],
        [*targets, target(claim, slowest, "≤", 0.25, ".2f")],
    )


BLOCK = Block(
    title="Estimators",
    text="`FCNNClassifier` and `FCNNRegressor` as they come, beside `MLPClassifier` and "
    "`MLPRegressor` as they come, but on standardised features (and targets), which ours see to "
    "themselves. Each round has another seed and holds out another quarter, on which both are "
    "scored: accuracy, of diabetes R². A difference of 0.002 is a point or two of the test sample.",
    measure=estimators,
)
