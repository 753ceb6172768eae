"""A network written to a file: as source, or as an ONNX model."""

import os
from importlib.util import find_spec
from pathlib import Path

from trainfcnn._support.files import check_writable, written_whole
from trainfcnn.export.blueprint import blueprint_of
from trainfcnn.export.numpy_source import numpy_source
from trainfcnn.export.onnx_graph import onnx_model
from trainfcnn.export.torch_source import torch_source
from trainfcnn.nn.network import FCNN
from trainfcnn.training.run import Run


def to_torch_source(what: Run | FCNN, path: str | os.PathLike[str]) -> Path:
    """Write a network as Python source that needs PyTorch alone; see `Exports.to_torch_source`."""
    place = check_export(path, ".py")
    return _write(torch_source(blueprint_of(what)).encode(), place)


def to_numpy_source(what: Run | FCNN, path: str | os.PathLike[str]) -> Path:
    """Write a network as Python source that needs NumPy alone; see `Exports.to_numpy_source`."""
    place = check_export(path, ".py")
    return _write(numpy_source(blueprint_of(what)).encode(), place)


def to_onnx(what: Run | FCNN, path: str | os.PathLike[str]) -> Path:
    """Write a network as an ONNX model; see `Exports.to_onnx`."""
    place = check_export(path, ".onnx")
    return _write(onnx_model(blueprint_of(what)).SerializeToString(deterministic=True), place)


def check_export(path: str | os.PathLike[str], *endings: str) -> Path:
    """Return a path, or say what is wrong with it before any work is done.

    Raises
    ------
    ValueError
        If it has another ending, cannot be written to, or needs a package that is not there.
    """
    place = Path(path)
    if place.suffix.lower() not in endings:
        must = " or ".join(endings)
        raise ValueError(
            f"the file must end in {must}, got {place.name!r}: try "
            f"{place.with_suffix(endings[0]).name if place.name else 'network' + endings[0]!r}"
        )
    if place.suffix.lower() == ".onnx" and find_spec("onnx") is None:
        raise ValueError(
            "an ONNX file needs the package onnx, which is not there: pip install onnx, or write "
            f"{place.with_suffix('.py').name!r} instead"
        )
    check_writable(place)
    return place


def _write(content: bytes, path: Path) -> Path:
    with written_whole(path) as place:
        place.write_bytes(content)
    return path


class Exports:
    """What holds a run, as files that need no trainfcnn.

    All take the data's own units, scaling included. To go on with the weights alone:
    ``torch.save(trainer.network.state_dict(), path)``.
    """

    @property
    def run(self) -> Run:
        """What the last training left behind."""
        raise NotImplementedError

    def to_torch_source(self, path: str | os.PathLike[str]) -> Path:
        """Write the network as a Python file that needs PyTorch alone, and return its path.

        It has `predict`, for classes `predict_proba`, and `trained()`, the network as a module,
        whose `state_dict` has the names of ``trainer.network.state_dict()``.

        Parameters
        ----------
        path : str or path
            The file, which ends in .py.

        Raises
        ------
        ValueError
            If an activation is one of your own, there are over a million parameters, or the file
            cannot be written.
        """
        return to_torch_source(self.run, path)

    def to_numpy_source(self, path: str | os.PathLike[str]) -> Path:
        """Write the network as a Python file that needs NumPy alone, and return its path.

        It has `predict`, and for classes `predict_proba`. For path and errors see
        `to_torch_source`.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from trainfcnn import TrainFCNN
        >>> with TemporaryDirectory() as folder:
        ...     path = TrainFCNN("xor").train(epochs=1).to_numpy_source(f"{folder}/xor.py")
        ...     "def predict(x):" in path.read_text()
        True
        """
        return to_numpy_source(self.run, path)

    def to_onnx(self, path: str | os.PathLike[str]) -> Path:
        """Write the network as an ONNX model, and return its path.

        From ``x``, (n, d) or images (n, height, width), it gives ``label`` (n,) and
        ``probabilities`` (n, n_classes), or a regression's ``value`` (n,). It needs the package
        onnx, which the extra of that name installs.

        Parameters
        ----------
        path : str or path
            The file, which ends in .onnx.

        Raises
        ------
        ValueError
            If an activation is one of your own, onnx is missing, or the file cannot be written.
        """
        return to_onnx(self.run, path)
