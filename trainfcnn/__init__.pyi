from .analysis.classification import Mistakes as Mistakes
from .analysis.prediction import Grid as Grid
from .data.dataset import Dataset as Dataset
from .data.dataset import Law as Law
from .data.images import IMAGES as IMAGES
from .data.images import load_images as load_images
from .data.sources import as_dataset as as_dataset
from .data.toy import DATASETS as DATASETS
from .data.toy import blobs as blobs
from .data.toy import make_dataset as make_dataset
from .engine.optimizers import OPTIMIZERS as OPTIMIZERS
from .engine.schedules import SCHEDULES as SCHEDULES
from .engine.stack import Stack as Stack
from .nn.activations import ACTIVATIONS as ACTIVATIONS
from .nn.init import INITS as INITS
from .nn.network import FCNN as FCNN
from .nn.tasks import TASKS as TASKS
from .nn.tasks import Task as Task
from .plotting.comparison import compare as compare
from .recipe import Recipe as Recipe
from .sweeps.execute import sweep as sweep
from .sweeps.results import Sweep as Sweep
from .trainer import TrainFCNN as TrainFCNN
from .training.history import History as History
from .training.loop import Training as Training
from .training.run import Run as Run

__version__: str
