"""Networks of every sort as files, and the answers of these where there is no trainfcnn."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pandas as pd
import torch
from own_data import HALF, X

from trainfcnn import FCNN, TrainFCNN, to_numpy_source, to_onnx, to_torch_source
from trainfcnn._support.types import Values
from trainfcnn.nn.activations import ACTIVATIONS, LAST_ACTIVATIONS
from trainfcnn.training.run import Run

RNG = np.random.default_rng(0)
TOYS = {"regression": "prod", "binary": "xor", "multiclass": "squares"}
FORMATS: dict[str, tuple[str, Callable[[Run | FCNN, Path], Path]]] = {
    "numpy": (".py", to_numpy_source),
    "torch": (".py", to_torch_source),
    "onnx": (".onnx", to_onnx),
}
# What a file may not import, so that it is seen to do without.
FORBIDDEN = {
    "numpy": ["trainfcnn", "torch"],
    "torch": ["trainfcnn"],
    "onnx": ["trainfcnn", "torch"],
}

RUN = """
import importlib.util, json, sys
import numpy as np
format_, forbidden, inputs = sys.argv[1], sys.argv[2].split(), np.load("inputs.npz")
for name in forbidden:
    sys.modules[name] = None

def answers(path, x):
    if format_ == "onnx":
        import onnxruntime
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        (given,) = session.get_inputs()
        x = x.astype("f8" if given.type == "tensor(double)" else "f4")
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, {"x": x})))
    spec = importlib.util.spec_from_file_location("exported", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if hasattr(module, "predict_proba"):
        return {"label": module.predict(x), "probabilities": module.predict_proba(x)}
    if hasattr(module, "predict"):
        return {"value": module.predict(x)}
    if format_ == "numpy":
        return {"outputs": module.outputs(x)}
    import torch
    return {"outputs": module.trained()(torch.tensor(x, dtype=module.DTYPE)).detach()}

plain = lambda values: values if isinstance(values, list) else values.tolist()
found = {}
for number, path in enumerate(sys.argv[3:]):
    found[number] = {n: plain(v) for n, v in answers(path, inputs[str(number)]).items()}
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Case:
    """A network, its inputs, and what it answers."""

    what: Run | FCNN
    x: Values
    answers: dict[str, Any]


def case_of(trainer: TrainFCNN, far: float = 1.5, **recipe: Any) -> Case:
    """Return a trainer that was trained a little; inputs lie in its data and beyond."""
    if trainer._run is None:
        settings: dict[str, Any] = {"dims": [5, 4], "epochs": 2}
        trainer.train(**settings | recipe)
    data = trainer.dataset
    x = np.concatenate([data.x[:20], data.x.mean(0) + far * (data.x[:20] - data.x.mean(0))])
    if data.image_shape is not None:
        x = data.x[:20].reshape(-1, *data.image_shape)
    if not data.is_classification:
        return Case(trainer.run, x, {"value": trainer.predict(x)})
    return Case(
        trainer.run, x, {"label": trainer.predict(x), "probabilities": trainer.predict_proba(x)}
    )


def case_alone(network: FCNN) -> Case:
    x = RNG.normal(size=(20, network.dims[0]))
    with torch.inference_mode():
        answers = network(torch.tensor(x, dtype=network.linears[0].weight.dtype)).numpy()
    return Case(network, x, {"outputs": answers})


def toy(kind: str) -> TrainFCNN:
    return TrainFCNN(TOYS[kind], n_samples=60)


def steep(kind: str) -> TrainFCNN:
    """Return a trainer whose scores are so large that exp of them is none."""
    trainer = toy(kind).train([5], epochs=2)
    with torch.no_grad():
        trainer.network.linears[-1].weight.mul_(1e4)
    return trainer


def labelled(names: list[Any]) -> TrainFCNN:
    return TrainFCNN((X, np.array(names)[np.arange(len(X)) % len(names)]))


def table() -> TrainFCNN:
    frame = pd.DataFrame(X, columns=["a'\"", "b\\\n"])
    frame["town"] = np.array(["Ulm", "Trier", "Köln"])[np.arange(len(X)) % 3]
    return TrainFCNN(frame.assign(sort=np.where(HALF, "spam", "ham")), target="sort")


def numbers(n: int) -> Values:
    return np.asarray(RNG.normal(size=(50, n)))


MAKE: dict[str, Callable[[], Case]] = {
    **{
        f"{name} {kind}": lambda name=name, kind=kind: case_of(toy(kind), activation=name)  # type: ignore[misc]
        for name in ACTIVATIONS
        for kind in TOYS
    },
    **{
        f"last {name} {kind}": lambda name=name, kind=kind: case_of(  # type: ignore[misc]
            toy(kind), last_activation=name
        )
        for name in LAST_ACTIVATIONS
        for kind in TOYS
        if name != "softmax" or kind == "multiclass"
    },
    **{
        f"double {name}": lambda name=name: case_of(  # type: ignore[misc]
            toy("multiclass"), activation=name, dtype="float64"
        )
        for name in ACTIVATIONS
    },
    **{f"steep {kind}": lambda kind=kind: case_of(steep(kind)) for kind in TOYS},  # type: ignore[misc]
    **{
        f"no hidden layer {kind}": lambda kind=kind: case_of(toy(kind), dims=[])  # type: ignore[misc]
        for kind in TOYS
    },
    "several activations": lambda: case_of(toy("binary"), activation=["relu", "gelu"]),
    "deep": lambda: case_of(toy("binary"), dims=[3] * 12),
    "wide": lambda: case_of(toy("regression"), dims=[300]),
    "standardized": lambda: case_of(toy("regression"), standardize=True),
    "far from 0": lambda: case_of(TrainFCNN((1e7 + numbers(2), 1e6 + numbers(1)[:, 0]))),
    "targets": lambda: case_of(TrainFCNN((numbers(2), 1e3 * numbers(3)))),
    "labels": lambda: case_of(TrainFCNN((X, numbers(3) > 0), kind="multilabel")),
    "words": lambda: case_of(labelled(["it's", 'say "x"', "Köln\n", "a\\b", '"""'])),
    "bools": lambda: case_of(labelled([True, False])),
    "minus and plus": lambda: case_of(labelled([-1, 1])),
    "shares": lambda: case_of(labelled([0.1, 0.25]), far=2),
    "many classes": lambda: case_of(labelled([f"class number {one}" for one in range(9)])),
    "table": lambda: case_of(table()),
    "one feature": lambda: case_of(TrainFCNN(np.sinc, n_samples=60)),
    "many features": lambda: case_of(TrainFCNN((numbers(20), HALF))),
    "digits": lambda: case_of(TrainFCNN("digits", n_samples=100)),
    "own images": lambda: case_of(
        TrainFCNN((RNG.integers(0, 256, (50, 4, 3), dtype=np.uint8), HALF))
    ),
    "alone": lambda: case_alone(FCNN([3, 5, 2], "tanh", "softmax")),
    "alone, double": lambda: case_alone(FCNN([1, 5, 1], "silu", dtype=torch.float64)),
}


@cache
def cases() -> dict[str, Case]:
    return {name: make() for name, make in MAKE.items()}


@cache
def answers_elsewhere(format_: str) -> dict[str, dict[str, Any]]:
    """Return what all files answer, in a process of their own without trainfcnn."""
    folder = Path(mkdtemp())
    ending, write = FORMATS[format_]
    paths = []
    for number, case in enumerate(cases().values()):
        paths.append(f"network_{number}{ending}")
        write(case.what, folder / paths[-1])
    inputs = {str(number): case.x for number, case in enumerate(cases().values())}
    np.savez(folder / "inputs.npz", **inputs)  # type: ignore[arg-type]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", RUN, format_, " ".join(FORBIDDEN[format_]), *paths]
    done = subprocess.run(
        command, cwd=folder, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    return dict(zip(cases(), (found[str(number)] for number in range(len(found))), strict=True))


def assert_same_answers(format_: str, name: str) -> None:
    """Hold what a file answers equal to what its network does."""
    expected = cases()[name].answers
    found = answers_elsewhere(format_)[name]
    assert found.keys() == expected.keys()
    for key in found.keys() - {"label"}:
        values = np.array(expected[key])
        assert np.shape(found[key]) == values.shape
        size = max(1, float(np.abs(values).max()))
        np.testing.assert_allclose(found[key], values, rtol=0, atol=1e-6 * size)
    if "label" in found:
        shares = np.sort(expected["probabilities"], axis=1)
        sure = shares[:, -1] - shares[:, -2] > 1e-5
        labels = expected["label"].tolist()
        assert [*map(type, found["label"])] == [*map(type, labels)]
        assert sure.sum() > len(labels) / 2
        if isinstance(labels[0], float):  # of which ONNX has single precision
            np.testing.assert_allclose(
                np.array(found["label"])[sure], np.array(labels)[sure], rtol=1e-6
            )
        else:
            assert np.array(found["label"])[sure].tolist() == np.array(labels)[sure].tolist()
