"""What a trainer hands to the playground: its data, and the recipe it was trained by."""

import sys
from typing import TYPE_CHECKING, Any

from trainfcnn._support.checks import check_switch
from trainfcnn.data.dataset import Dataset
from trainfcnn.data.toy import DATASETS
from trainfcnn.playground.command import PORT, Worker, serve
from trainfcnn.playground.material import OwnData, material_of
from trainfcnn.playground.settings import LIMITS, OF_THE_RECIPE, Settings
from trainfcnn.recipe import Recipe

if TYPE_CHECKING:
    from trainfcnn.playground.widget import PlayWidget


class Playing:
    """What holds a data set and plays with it."""

    dataset: Dataset
    seed: int

    def _last_recipe(self) -> Recipe | None:
        """Return by what the last network was trained, if one was."""
        raise NotImplementedError

    def play(
        self, *, port: int = PORT, open_browser: bool = True, widget: bool | None = None
    ) -> "PlayWidget | None":
        """Train on these data in a live page, as ``trainfcnn play`` does.

        The page begins with the recipe of the last training, as far as it can show it. In a
        notebook it stands under the cell; elsewhere it is served until Ctrl-C.

        Parameters
        ----------
        port : int
            Where to listen, or the next free one; 0 takes any.
        open_browser : bool
            Whether to open the page, whose address is printed.
        widget : bool, optional
            Whether to return it as a widget; by default in a notebook.

        Returns
        -------
        PlayWidget or None
            In a notebook.

        Raises
        ------
        ValueError
            If the data are images or have a single feature, or what it needs is not installed.
        """
        check_switch("widget", widget, or_none=True)
        check_switch("open_browser", open_browser)
        worker = worker_of(self.dataset, self.seed, self._last_recipe())
        if not (_is_notebook() if widget is None else widget):
            serve(worker, port=port, open_browser=open_browser)
            return None
        try:
            from trainfcnn.playground.widget import PlayWidget
        except ImportError:
            raise ValueError(
                "a widget must have anywidget, and it is not installed: pip install "
                '"trainfcnn[notebook]"'
            ) from None
        return PlayWidget(worker)


def _is_notebook() -> bool:
    """Whether a kernel runs this, which shows widgets."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None


def worker_of(dataset: Dataset, seed: int, recipe: Recipe | None) -> Worker:
    """Return what trains on a trainer's data, beginning with a recipe as far as a page has it.

    Raises
    ------
    ValueError
        If no plane of the data can be drawn.
    """
    settings = _data_settings(dataset, seed)
    own = None
    if settings["dataset"] == "csv":
        own = OwnData(dataset.name, lambda _: dataset, "trainer.dataset")
    if recipe is not None:
        settings |= _recipe_settings(recipe, seed)
    material_of(Settings().but(settings), own)
    return Worker(settings, own)


def _data_settings(dataset: Dataset, seed: int) -> dict[str, Any]:
    origin = dataset.origin
    is_toy = dataset.law is not None and dataset.law is DATASETS.get(dataset.name)
    if not is_toy or origin is None or origin.seed != seed:
        return {"dataset": "csv", "seed": seed}
    least, most = LIMITS["n_samples"]
    if not least <= dataset.n_samples <= most or dataset.noise > LIMITS["noise"][1]:
        return {"dataset": "csv", "seed": seed}
    return {
        "dataset": dataset.name,
        "n_samples": dataset.n_samples,
        "noise": dataset.noise,
        "seed": seed,
    }


def _recipe_settings(recipe: Recipe, seed: int) -> dict[str, Any]:
    """Return those settings of a recipe that a page can hold: of others it has its own."""
    weight_seed = seed if recipe.weight_seed is None else recipe.weight_seed
    asked = {name: getattr(recipe, name) for name in (*OF_THE_RECIPE, "momentum", "epochs")}
    settings: dict[str, Any] = {}
    for name, value in (asked | {"weight_seed": weight_seed}).items():
        try:
            Settings().but({name: value})
        except ValueError:
            continue
        settings[name] = value
    return settings
