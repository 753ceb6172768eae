"""“As Python”: the call that makes what is on the screen, to the last digit."""

from typing import Any, NamedTuple

from trainfcnn.data.dataset import Dataset
from trainfcnn.playground.material import Material
from trainfcnn.recipe import SETTINGS, Recipe, choose

# A reader looks for these, whether or not they are what is recommended.
ALWAYS_SAID = ("dims", "activation", "lr", "batch_size", "epochs")


class AsPython(NamedTuple):
    """A program, and what is on the screen but not in what it makes.

    Attributes
    ----------
    text : str
        The program; `trainer` is then what was trained.
    why : str
        Why it does not make the same; empty where it does.
    """

    text: str
    why: str

    def plain(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {"text": self.text, "exact": not self.why, "why": self.why}


class Lottery(NamedTuple):
    """Networks from other initial weights, and the test score from which one has succeeded."""

    seeds: range
    threshold: float


def as_python(
    material: Material,
    recipe: Recipe,
    seed: int,
    why: str = "",
    lottery: Lottery | None = None,
) -> AsPython:
    """Return the program that trains one network, and counts how many of several succeed.

    Parameters
    ----------
    material : Material
        The data.
    recipe : Recipe
        Of this network alone, with the epochs that are done.
    seed : int
        Of batches and dropout.
    why : str
        Why it is not the network on the screen, if it is not.
    lottery : Lottery, optional
        The others beside it.
    """
    before, arguments = material.program
    named = said_of(recipe, material.dataset, seed)
    settings = ", ".join(f"{name}={_written(value)}" for name, value in named.items())
    imported = "import numpy as np\n" if before.startswith("import numpy") else ""
    rest = before.removeprefix(imported)
    lines = [f"trainer = TrainFCNN({arguments}).train({settings})", "print(trainer)"]
    names = ["TrainFCNN"]
    if "from trainfcnn import as_dataset\n" in rest:
        rest = rest.replace("from trainfcnn import as_dataset\n", "")
        names.append("as_dataset")
    if lottery is not None and material.dataset.n_test:
        names.append("sweep")
        lines += _counted(arguments, named, lottery)
    text = f"{imported}from trainfcnn import {', '.join(names)}\n{rest}"
    return AsPython(text + "\n".join(lines) + "\n", why)


def _counted(arguments: str, named: dict[str, Any], lottery: Lottery) -> list[str]:
    """Return what says how many networks succeed: the same ones, one of which is `trainer`."""
    first = lottery.seeds.start
    stop = lottery.seeds.stop
    seeds = f"range({first}, {stop})" if first else str(stop)
    others = [f"{name}={_written(value)}" for name, value in named.items() if name != "weight_seed"]
    if len(named["dims"]) != 1:  # for `sweep`, a flat list of several sizes could mean two things
        others[0] = f"dims={[list(named['dims'])]}"
    return [
        f"lottery = sweep({arguments}, seeds={seeds}, {', '.join(others)})",
        f'print(lottery.success_rate(at_least={lottery.threshold}, of="test_score"))',
    ]


def said_of(recipe: Recipe, dataset: Dataset, seed: int) -> dict[str, Any]:
    """Return the settings to name so that `train` takes this recipe for this data set.

    What is recommended for the data stays unsaid where it is what is meant.

    Examples
    --------
    >>> from trainfcnn.data.toy import make_dataset
    >>> recipe = Recipe(dims=[8], lr=0.01, batch_size=10, epochs=7)
    >>> said_of(recipe, make_dataset("xor"), 0)
    {'dims': (8,), 'activation': 'relu', 'lr': 0.01, 'batch_size': 10, 'epochs': 7,
     'schedule': 'constant'}
    """
    if recipe.weight_seed == seed:  # which is the default
        recipe = recipe.but(weight_seed=None)
    named = {name: getattr(recipe, name) for name in ALWAYS_SAID}
    chosen = choose(dataset.recommended, named, dataset.plain_epochs)
    for name in SETTINGS:
        if getattr(chosen, name) != getattr(recipe, name):
            named[name] = getattr(recipe, name)
    # to name one thing more may take off what was recommended with another
    chosen = choose(dataset.recommended, named, dataset.plain_epochs)
    more = {name: getattr(recipe, name) for name in SETTINGS}
    return named | {name: v for name, v in more.items() if getattr(chosen, name) != v}


def _written(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return repr(list(value) if isinstance(value, tuple) else value)
