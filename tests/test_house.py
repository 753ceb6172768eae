"""What holds for the package as a whole: no side effects, light imports, short functions."""

import ast
import gc
import os
import random
import signal
import subprocess
import sys
import tracemalloc
from collections import Counter
from importlib import import_module
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import joblib
import matplotlib as mpl
import numpy as np
import pytest
import sklearn.datasets  # its import sets an environment variable  # noqa: F401
import torch
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import trainfcnn
from trainfcnn import TrainFCNN, as_dataset, cli, make_dataset
from trainfcnn.data.toy import DATASETS
from trainfcnn.plotting.encoders import ENCODERS
from trainfcnn.testing import assert_learns, assert_model_learns
from trainfcnn.training.loop import Training

torch.optim.Adam(torch.nn.Linear(1, 1).parameters())  # torch's first one does as well
ROOT = Path(trainfcnn.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
TREES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text("utf-8"))
    for path in SOURCES
}
FUNCTIONS = [
    pytest.param(node, id=f"{module}.{node.name}")
    for module, tree in TREES.items()
    for node in ast.walk(tree)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
]


def public(body, path):
    """All functions and classes of a module that a user may see, with their dotted names."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield pytest.param(node, id=f"{path}.{node.name}")
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{path}.{node.name}")


def global_state():
    return {
        "random": random.getstate(),
        "numpy": str(np.random.get_state(legacy=False)),
        "numpy errors": np.geterr(),
        "torch": torch.get_rng_state().tolist(),
        "threads": (torch.get_num_threads(), torch.get_num_interop_threads()),
        "grad mode": (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
        "dtype": torch.get_default_dtype(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "rcParams": dict(mpl.rcParams),
        "figures": plt.get_fignums(),
        "signals": {name: signal.getsignal(name) for name in signal.valid_signals()},
        "environment": dict(os.environ),
        "folder": os.getcwd(),
    }


def trained(dataset="xor", **recipe):
    return TrainFCNN(dataset, n_samples=60).train(**{"dims": [4], "epochs": 2} | recipe)


def diverging():
    with pytest.warns(RuntimeWarning):
        trained("prod", epochs=40, optimizer="sgd", lr=1e12)


def saved(trainer):
    with TemporaryDirectory() as folder:
        return TrainFCNN.load(trainer.save(Path(folder, "file"), data=True))


def resumed():
    with TemporaryDirectory() as folder:
        trained(checkpoint=Path(folder, "file"))
        TrainFCNN.resume(Path(folder, "file"))


def kept_sweep():
    with TemporaryDirectory() as folder:
        for _ in range(2):
            swept(checkpoint=Path(folder, "chunks")).save(Path(folder, "file"))
        trainfcnn.Sweep.load(Path(folder, "file"))


def failing():
    with pytest.raises(ValueError, match="lr must"):
        trained(lr=-1)


def swept(**options):
    fields = {"dims": [[2], [4]], "dropout": [0.0, 0.5], "epochs": 2}
    return trainfcnn.sweep("xor", n_samples=60, **fields | options)


def swept_by_two():
    with joblib.parallel_config(backend="threading", n_jobs=2):
        swept()


def wide():
    """Large enough a step for more than one thread."""
    trained(dims=[500, 500, 500], epochs=1, batch_size=60)


def rendered(figure):
    figure.savefig(BytesIO(), format="png", dpi=50)


def filmed(name):
    with TemporaryDirectory() as folder:
        trained().animate(Path(folder, name), frames=2)


def exported(way, ending):
    with TemporaryDirectory() as folder:
        getattr(trained(), way)(Path(folder, f"network{ending}"))


EXPORTS = {"to_torch_source": ".py", "to_numpy_source": ".py", "to_onnx": ".onnx"}
ON_IMAGES = (
    "plot", "plot_dataset", "plot_confusion", "plot_mistakes", "plot_weights", "plot_rotation",
    "rotation_scores", "confusion", "mistakes", "plot_flips",
)  # fmt: skip
ON_POINTS = (
    "plot_error", "plot_network", "plot_space", "plot_confusion", "plot_calibration", "plot_roc",
    "plot_precision_recall", "confusion", "mistakes", "plot_components", "plot_regions",
    "plot_landscape", "plot_dead_units", "plot_gradient_norms",
)  # fmt: skip
POINTS = np.random.default_rng(0).normal(size=(20, 2))
# every public call; add a line for a new one
CALLS = {
    **{f"make {name}": lambda name=name: make_dataset(name, 20, noise=0.1) for name in DATASETS},
    "play": lambda: trained().play(widget=True).close(),
    "own data": lambda: as_dataset((POINTS, POINTS[:, 0] > 0)),
    "function": lambda: as_dataset(lambda x1, x2: x1 > x2, 20),
    "own images": lambda: as_dataset((POINTS.reshape(10, 2, 2), POINTS[:10, 0] > 0)),
    "load images": lambda: trainfcnn.load_images("digits", 50),
    "network": lambda: trainfcnn.FCNN([2, 6, 1]),
    **{f"init {name}": lambda name=name: trained(init=name) for name in trainfcnn.INITS},
    **{f"use {name}": lambda name=name: trained(optimizer=name) for name in trainfcnn.OPTIMIZERS},
    **{f"learn {name}": lambda name=name: trained(name) for name in ("prod", "circles")},
    "restarts": lambda: trained(restarts=3),
    "sweep": lambda: swept().best(),
    "sweep of folds": lambda: (swept(folds=2).best(), swept(folds=2).table()),
    "sweep on two threads": swept_by_two,
    "dropout": lambda: trained(dropout=0.5),
    "validation": lambda: trained(validation=0.2, patience=1),
    "save and load": lambda: saved(trained()),
    "save and load own data": lambda: saved(trainfcnn.TrainFCNN((POINTS, POINTS[:, 0])).train()),
    "save and load a sweep": kept_sweep,
    "checkpoint and resume": resumed,
    "train more": lambda: trained().train_more(2),
    "start": lambda: trained(start=trained()),
    "own activation": lambda: trained(activation=torch.atan),
    "float64": lambda: trained(dtype="float64"),
    "progress": lambda: trained(progress=True),
    "several threads": wide,
    "diverging": diverging,
    "failing": failing,
    "predict": lambda: trained().predict(POINTS),
    "predict_proba": lambda: trained().predict_proba(POINTS),
    "predict_grid": lambda: trained().predict_grid(9),
    "score": lambda: trained().score(),
    "score X, y": lambda: trained().score(POINTS, POINTS[:, 0] > 0),
    "evaluate": lambda: (trained().evaluate(), trained("prod").evaluate()),
    "until": lambda: trained(until="accuracy >= 0.9", max_seconds=9),
    "history": lambda: trained(test_every=1).history.to_records(),
    **{way: lambda given=(way, ending): exported(*given) for way, ending in EXPORTS.items()},
    "exact_score": lambda: trained().exact_score(),
    "results": lambda: trained().results(),
    "repr": lambda: repr(trained()),
    "plot": lambda: trained().plot(seeds=2),
    "plot_dataset": lambda: trained().plot_dataset(),
    "plot_prediction": lambda: trained().plot_prediction(),
    "plot_loss": lambda: trained().plot_loss(),
    "plot_score": lambda: trained().plot_score(),
    **{f"{name} of points": lambda name=name: getattr(trained(), name)() for name in ON_POINTS},
    "plot_seeds": lambda: (trained().plot_seeds(seeds=2), trained(np.sin).plot_seeds(seeds=2)),
    "plot_seeds of samples": lambda: trained().plot_seeds(seeds=2, resample=True),
    "plot_errors": lambda: swept().plot_errors("dims"),
    "compare sweeps": lambda: trainfcnn.compare_sweeps({60: swept()}),
    "compare models": lambda: trainfcnn.compare_models(
        {"network": trainfcnn.FCNNClassifier(epochs=2)}, ["xor"]
    ),
    "plot_residuals": lambda: trained("prod").plot_residuals(),
    "rendering": lambda: rendered(trained().plot()),
    **{f"animate {ending}": lambda ending=ending: filmed(f"xor{ending}") for ending in ENCODERS},
    "compare": lambda: rendered(trainfcnn.compare([trained(), trained("prod")])),
    "shown in a notebook": lambda: (trained()._repr_png_(), trained()._repr_html_()),
    "shown untrained": lambda: TrainFCNN("xor", 60)._repr_html_(),
    "images": lambda: trained("digits", rotate=9.0, shift=1.0, scale=0.1),
    "turned": lambda: trained("digits").score(rotate=25),
    **{
        f"{name} of images": lambda name=name: getattr(trained("digits"), name)()
        for name in ON_IMAGES
    },
    "kit": lambda: assert_learns("and", dims=[], seeds=2, n_samples=60, at_least=0.5),
    "kit for models": lambda: assert_model_learns(lambda: torch.nn.Linear(2, 1), "gauss"),
    "doctor": lambda: cli.main(["doctor"]),
    "command line": lambda: cli.main(["train", "xor", "--epochs", "1"]),
}


@pytest.fixture(autouse=True)
def two_threads():
    """Where there is but one, nobody sees whether their number is put back."""
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("call", CALLS)
def test_no_call_changes_anything_global(call):
    before = global_state()
    CALLS[call]()
    after = global_state()
    assert [what for what in before if before[what] != after[what]] == []


PLOTS = (
    "plot_dataset", "plot_loss", "plot_score", "plot_network", "plot_space", "plot_confusion",
    "plot_calibration", "plot_roc", "plot_precision_recall", "plot_prediction",
)  # fmt: skip


def figures_alive():
    gc.collect()
    return {id(one) for one in gc.get_objects() if issubclass(type(one), Figure)}


@pytest.mark.slow
def test_memory_stays_flat_over_two_hundred_plots():
    """Less is left of them than a single figure holds: 6,000 objects, 280 kB, and all its pixels.

    Only the last 20 are traced, since that takes three times as long.
    """
    made, figures = trained(), figures_alive()

    def plot(n):
        for number, name in enumerate(islice(cycle(PLOTS), n)):
            ax = getattr(made, name)()
            if number % 11 == 0:
                rendered(ax.figure)

    plot(2 * len(PLOTS))  # fills matplotlib's caches, of fonts say
    gc.collect()
    objects = len(gc.get_objects())
    plot(160)
    assert figures_alive() <= figures
    assert len(gc.get_objects()) < objects + 5000
    tracemalloc.start()
    plot(20)
    gc.collect()
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 250_000
    assert plt.get_fignums() == []


def test_an_interrupt_leaves_threads_and_grad_mode_as_they_were(monkeypatch):
    def interrupt(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(Training, "_record", interrupt)  # as the first epoch ends
    before = global_state()
    assert "interrupted after 0 of 2 epochs" in repr(trained())
    after = global_state()
    assert [what for what in before if before[what] != after[what]] == []


def test_results_do_not_depend_on_the_global_state():
    def bits():
        return [p.tolist() for p in trained(dropout=0.2, validation=0.2).network.parameters()]

    usual, generator = bits(), torch.get_rng_state()
    try:
        torch.set_default_dtype(torch.float64)
        torch.manual_seed(5)
        torch.set_num_threads(1)
        with torch.no_grad():
            assert bits() == usual
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_rng_state(generator)


@pytest.mark.parametrize(
    ("line", "absent"),
    [
        ("import trainfcnn", ("torch", "numpy", "matplotlib", "sklearn", "tqdm")),
        ("from trainfcnn import TrainFCNN", ("matplotlib", "sklearn", "pooch", "requests")),
        ("from trainfcnn import make_dataset", ("torch", "matplotlib", "sklearn")),
        ("from trainfcnn.cli import main", ("torch", "numpy", "matplotlib", "sklearn", "tqdm")),
        ("from trainfcnn import load_images", ("torch", "matplotlib", "sklearn", "pooch")),
    ],
)
def test_an_import_brings_no_more_than_it_needs(line, absent):
    code = f"import sys; {line}; print([name for name in {absent} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_all_is_sorted_complete_and_importable():
    stub = ast.parse((ROOT / "__init__.pyi").read_text("utf-8"))
    homes = {
        node.names[0].name: node.module for node in stub.body if isinstance(node, ast.ImportFrom)
    }
    assert trainfcnn.__all__ == sorted(homes)
    for name, module in homes.items():
        assert getattr(trainfcnn, name) is getattr(import_module(f"trainfcnn.{module}"), name)
    assert set(trainfcnn.__all__) <= set(dir(trainfcnn))


def test_what_the_package_lacks_is_an_attribute_error():
    with pytest.raises(AttributeError, match="No trainfcnn attribute Zebra"):
        _ = trainfcnn.Zebra


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_body_is_longer_than_fifty_lines(function):
    body = function.body[ast.get_docstring(function) is not None :] or function.body
    assert body[-1].end_lineno - body[0].lineno < 50


@pytest.mark.parametrize(
    "node", [node for name, tree in TREES.items() for node in public(tree.body, name)]
)
def test_what_is_public_has_a_docstring(node):
    assert ast.get_docstring(node)


def test_every_module_says_what_it_is_for_and_none_is_called_utils():
    assert all(map(ast.get_docstring, TREES.values()))
    names = {part for module in TREES for part in module.split(".")}
    assert not {"utils", "util", "helpers", "common", "misc"} & names
    assert len(TREES) > 50  # it sees them all


HOLD_THEM = ("but", "sweep", "assert_learns", "checked")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_takes_whatever_it_is_given(function):
    """But those that hold each against a list: `Recipe.but`, `sweep`, what looks at names."""
    assert function.args.kwarg is None or function.name in HOLD_THEM


def test_no_class_is_there_only_to_be_the_base_of_a_single_other():
    """A base that is used itself, as Adam is beside AdamW, may have one child.

    `Answering`, `Pictures`, `Exports` and `Playing` are parts of the facade, and `Outcome` is the
    half of `Training` that answers, in files of their own: these have room for training then.
    """
    nodes = [node for tree in TREES.values() for node in ast.walk(tree)]
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    bases = [base.id for node in classes for base in node.bases if isinstance(base, ast.Name)]
    named = Counter(node.id for node in nodes if isinstance(node, ast.Name))
    alone = [node.name for node in classes if bases.count(node.name) == 1]
    parts = ["Answering", "Exports", "Pictures", "Playing", "Outcome"]
    assert [name for name in alone if named[name] == 1] == parts


def test_functions_are_short_as_a_rule():
    lengths = [len(ast.unparse(function.values[0].body).splitlines()) for function in FUNCTIONS]
    assert np.median(lengths) <= 8
