"""Thirty recipes whose results are known: a change that must not change them shows it here.

``scripts/frozen --write`` trains them and notes what came out in ``tests/frozen.json``; without it,
they are trained again and held against that. Weights, histories, predictions, pictures and films
must be the same bytes on one machine. Processors differ in the last bits: there, and in the tests,
the figures must agree within 1e-5.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NOTES = Path(__file__).resolve().parents[1] / "tests" / "frozen.json"
TOYS = (
    "prod", "sum_squares", "polynom", "and", "or", "xor", "stripe", "square", "circle", "squares",
    "circles", "quadrants", "blobs", "moons", "spiral", "gauss", "plane", "gauss_regression",
)  # fmt: skip
SIX: dict[str, Any] = {"dims": [6], "lr": 0.01, "epochs": 20, "batch_size": 100}
# A data set (a key of `SOURCES`), and the recipe; what is not said is as recommended.
RECIPES: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: (name, {}) for name in TOYS},
    "tutorial": ("xor", SIX | {"activation": "relu", "schedule": "constant", "shuffle": False}),
    "nesterov": ("prod", SIX | {"optimizer": "sgd", "momentum": 0.9, "nesterov": True}),
    "rmsprop": ("circles", SIX | {"optimizer": "rmsprop", "momentum": 0.5, "schedule": "step"}),
    "adagrad": ("quadrants", SIX | {"optimizer": "adagrad", "weight_decay": 0.01}),
    "dropout": ("xor", SIX | {"optimizer": "adamw", "weight_decay": 0.1, "dropout": 0.3}),
    "stopped": ("moons", SIX | {"validation": 0.2, "patience": 3, "epochs": 60, "lr": 0.1}),
    "restarts": ("xor", SIX | {"dims": [4], "restarts": 8, "init": "pytorch"}),
    "own activation": ("xor", SIX | {"activation": "own", "dims": [5, 4]}),
    "far away": ("own numbers", {"dims": [8], "epochs": 30, "dtype": "float64"}),
    "own labels": ("own labels", {"dims": [8, 8], "activation": "gelu", "schedule": "one_cycle"}),
    "sine": ("gauss_regression", SIX | {"activation": "sine", "init": "lecun", "dims": [9, 7]}),
    "images": ("digits", {"dims": [32], "epochs": 3, "rotate": 10.0, "shift": 1.0, "scale": 0.1}),
}
PICTURES = {
    "xor": ("plot", "plot_error", "plot_space", "plot_calibration", "plot_roc", "plot_score"),
    "prod": ("plot", "plot_residuals"),
    "circles": ("plot_network", "plot_confusion", "plot_precision_recall"),
    "own labels": ("plot_network", "plot_score"),
    "images": ("plot", "plot_rotation"),
}
FILMS = {"xor": "gif", "stopped": "webp"}
SWEEPS: dict[str, dict[str, Any]] = {
    "grid": {"dims": [[2], [4]], "lr": [0.01, 0.1], "dropout": [0.0, 0.2], "epochs": 10},
    "folds": {"folds": 3, "dims": [[3], [6]], "epochs": 10, "seeds": 2},
    "resampled": {"resample": True, "seeds": 3, "activation": ["relu", "tanh"], "epochs": 10},
}


def source(name: str) -> Any:
    """Return a data set by its name here."""
    import numpy as np

    x = np.random.default_rng(0).normal(size=(300, 2))
    if name == "own numbers":
        return 1e5 + 10 * x, 1e4 + x[:, 0] * x[:, 1]  # far from 0, as seen from their spread
    if name == "own labels":
        wide = np.column_stack([x, x[:, ::-1] ** 2])
        return wide, np.array(["ham", "spam", "egg"])[(x[:, 0] > 0) + (x[:, 1] > 0) * 1]
    return name


def trained(name: str, engine: str = "torch") -> Any:
    """Return a trainer after the recipe of that name; torch takes the steps, unless told not to."""
    import torch

    from trainfcnn import TrainFCNN

    data, recipe = RECIPES[name]
    # Named in the table, since torch is not imported there.
    own = {"activation": torch.atan} if recipe.get("activation") == "own" else {}
    return TrainFCNN(source(data), seed=0, engine=engine).train(**recipe | own, progress=False)


def digest(*parts: bytes) -> str:
    """Return a short hash of bytes."""
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def bits(value: Any) -> bytes:
    """Return an array's or a tensor's bytes, with its type and shape."""
    import numpy as np

    array = np.ascontiguousarray(value)
    return f"{array.dtype.str}{array.shape}".encode() + array.tobytes()


def of_a_training(trainer: Any) -> dict[str, Any]:
    """Return hashes and figures of a trainer: weights, history, results."""
    history = trainer.history
    weights = [parameter.detach().numpy() for parameter in trainer.network.parameters()]
    seen = history.loss, history.score, history.validation_loss, history.validation_score
    results = trainer.results()
    # what is never twice the same, and what took the steps
    for name in ("seconds", "engine", "engine_reason"):
        del results[name]
    return {
        "weights": digest(*map(bits, weights)),
        "history": digest(*map(bits, (*seen, history.restart_losses, history.best_epoch))),
        "predictions": digest(bits(trainer.predict(trainer.dataset.x_test))),
        "results": digest(json.dumps(results, sort_keys=True).encode()),
        "figures": [
            float(results["loss"]), float(results["score"]), float(results["test_score"]),
            float(history.loss[0]), float(history.loss[-1]), float(len(history)),
            *(float(abs(weight.astype("f8")).mean()) for weight in weights),
        ],
    }  # fmt: skip


def of_a_sweep(fields: dict[str, Any]) -> dict[str, Any]:
    """Return hash and figures of all networks of a sweep."""
    from trainfcnn import sweep

    found = sweep("xor", n_samples=300, progress=False, engine="torch", **fields)
    records = found.records()
    return {
        "records": digest(json.dumps(records, sort_keys=True, default=str).encode()),
        "figures": [float(record["loss"]) for record in records]  # type: ignore[arg-type]
        + [float(record["test_score"]) for record in records],  # type: ignore[arg-type]
    }


def of_a_picture(trainer: Any, method: str) -> dict[str, Any]:
    """Return the hash of a picture, without the seconds that a training took."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()  # whatever style its user prefers
        # How many other seeds there are depends on the seconds that a training took.
        drawn = trainer.plot(seeds=0) if method == "plot" else getattr(trainer, method)()
        figure = drawn if isinstance(drawn, Figure) else drawn.figure
        if isinstance(drawn, Figure):
            figure.texts[-1].set_text("")  # the overview's last line has the seconds in it
        file = BytesIO()
        figure.savefig(file, format="png", dpi=60)
    return {"picture": digest(file.getvalue())}


def of_a_film(trainer: Any, ending: str) -> dict[str, Any]:
    """Return the hash of a film."""
    with TemporaryDirectory() as folder:
        film = Path(folder, f"film.{ending}")
        trainer.animate(film, frames=6, progress=False)
        return {"film": digest(film.read_bytes())}


def measured(pictures: bool = True) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what every recipe gives, with its name."""
    for name in RECIPES:
        trainer = trained(name)
        yield name, of_a_training(trainer)
        if pictures:
            for method in PICTURES.get(name, ()):
                yield f"{name}: {method}", of_a_picture(trainer, method)
            if name in FILMS:
                yield f"{name}: {FILMS[name]}", of_a_film(trainer, FILMS[name])
    for name, fields in SWEEPS.items():
        yield f"sweep {name}", of_a_sweep(fields)


def differences(noted: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Return which of the hashes differ."""
    return [key for key in noted if key != "figures" and noted[key] != found[key]]


def check(noted: dict[str, Any], tell: Callable[[str], object] = print) -> int:
    """Hold all against the notes; return how many differ."""
    changed = 0
    for name, found in measured():
        wrong = differences(noted[name], found)
        changed += bool(wrong)
        tell(f"{name}: {', '.join(wrong) + ' changed' if wrong else 'the same bytes'}")
    return changed


def main() -> int:
    """Write the notes, or hold this machine's results against them."""
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser("scripts/frozen", description=summary)
    parser.add_argument("--write", action="store_true", help="note what comes out now")
    parser.add_argument("--notes", type=Path, default=NOTES, help="by default tests/frozen.json")
    asked = parser.parse_args()
    if asked.write:
        asked.notes.write_text(json.dumps(dict(measured()), indent=1) + "\n", encoding="utf-8")
        return 0
    changed = check(json.loads(asked.notes.read_text(encoding="utf-8")))
    print(f"{changed} of {len(RECIPES)} recipes and their pictures changed")
    return int(changed > 0)


if __name__ == "__main__":
    sys.exit(main())
