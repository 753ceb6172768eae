"""Train and look at small fully connected networks.

Each name is imported when it is first used, so that the command line's ``--help`` needs no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trainfcnn.activations import ACTIVATIONS
    from trainfcnn.comparison import compare
    from trainfcnn.datasets import DATASETS, Dataset, Law, blobs, make_dataset
    from trainfcnn.diagnosis import Mistakes
    from trainfcnn.grid import Grid
    from trainfcnn.history import History
    from trainfcnn.images import IMAGES, load_images
    from trainfcnn.network import FCNN, INITS
    from trainfcnn.optimizers import OPTIMIZERS, SCHEDULES
    from trainfcnn.recipe import Recipe
    from trainfcnn.sources import as_dataset
    from trainfcnn.stack import Stack
    from trainfcnn.sweeps import Sweep, sweep
    from trainfcnn.tasks import TASKS, Task
    from trainfcnn.trainer import TrainFCNN
    from trainfcnn.training import Training

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "FCNN",
    "IMAGES",
    "INITS",
    "OPTIMIZERS",
    "SCHEDULES",
    "TASKS",
    "Dataset",
    "Grid",
    "History",
    "Law",
    "Mistakes",
    "Recipe",
    "Stack",
    "Sweep",
    "Task",
    "TrainFCNN",
    "Training",
    "as_dataset",
    "blobs",
    "compare",
    "load_images",
    "make_dataset",
    "sweep",
]

_HOMES = {
    "activations": ("ACTIVATIONS",),
    "comparison": ("compare",),
    "datasets": ("DATASETS", "Dataset", "Law", "blobs", "make_dataset"),
    "diagnosis": ("Mistakes",),
    "grid": ("Grid",),
    "history": ("History",),
    "images": ("IMAGES", "load_images"),
    "network": ("FCNN", "INITS"),
    "optimizers": ("OPTIMIZERS", "SCHEDULES"),
    "recipe": ("Recipe",),
    "sources": ("as_dataset",),
    "stack": ("Stack",),
    "sweeps": ("Sweep", "sweep"),
    "tasks": ("TASKS", "Task"),
    "trainer": ("TrainFCNN",),
    "training": ("Training",),
}


def __getattr__(name: str) -> object:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
