"""A network becomes a file, whole or not at all."""

import numpy as np
import onnx
import pytest

from trainfcnn import FCNN, TrainFCNN, to_onnx
from trainfcnn.export.files import check_export

WAYS = {"to_torch_source": ".py", "to_numpy_source": ".py", "to_onnx": ".onnx"}
each_way = pytest.mark.parametrize(("way", "ending"), WAYS.items(), ids=WAYS)


@pytest.fixture(scope="module")
def trainer():
    return TrainFCNN("xor", n_samples=50).train([3], epochs=1)


@each_way
def test_a_trainer_writes_the_file_and_says_where_it_is(way, ending, trainer, tmp_path):
    path = tmp_path / f"network{ending}"
    path.write_text("old")
    assert getattr(trainer, way)(str(path)) == path
    first = path.read_bytes()
    assert b"trainfcnn" in first
    assert list(tmp_path.iterdir()) == [path]
    getattr(trainer, way)(path)
    assert path.read_bytes() == first


@each_way
def test_who_has_not_trained_is_told_so(way, ending, tmp_path):
    with pytest.raises(RuntimeError, match="not trained yet"):
        getattr(TrainFCNN("xor"), way)(tmp_path / f"network{ending}")
    assert list(tmp_path.iterdir()) == []


@each_way
@pytest.mark.parametrize("name", ["network", "network.pt", "network.txt", ""])
def test_another_ending_is_refused_with_the_one_that_is_due(way, ending, name, trainer, tmp_path):
    path = tmp_path / name if name else ""
    told = rf"^the file must end in {ending}, got '{name}': try 'network\{ending}'$"
    with pytest.raises(ValueError, match=told):
        getattr(trainer, way)(path)


@each_way
def test_a_place_that_cannot_be_written_to_is_refused(way, ending, trainer, tmp_path):
    with pytest.raises(ValueError, match="there is no folder"):
        getattr(trainer, way)(tmp_path / "nowhere" / f"network{ending}")


def test_without_the_package_an_onnx_file_is_refused_and_another_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("trainfcnn.export.files.find_spec", lambda name: None)
    told = r"package onnx, which is not there: pip install onnx, or write 'network.py' instead"
    with pytest.raises(ValueError, match=told):
        check_export(tmp_path / "network.onnx", ".py", ".onnx")
    assert check_export(tmp_path / "network.py", ".py", ".onnx") == tmp_path / "network.py"


def test_a_model_says_what_it_is_and_names_its_layers(trainer, tmp_path):
    model = onnx.load(trainer.to_onnx(tmp_path / "network.onnx"))
    assert model.producer_name == "trainfcnn"
    assert model.doc_string.startswith("A network that tells 2 classes of 'xor' apart: 2-3-1 relu")
    names = [node.name for node in model.graph.node]
    assert [name for name in names if name.startswith("layer")] == ["layer_1", "layer_2"]
    assert [output.name for output in model.graph.output] == ["label", "probabilities"]
    weights = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    first = trainer.network.linears[0].weight.detach().numpy()
    assert np.array_equal(weights["weights_1"], first)


def test_a_network_of_a_million_numbers_is_an_onnx_file(tmp_path):
    path = to_onnx(FCNN([1000, 1000, 1]), tmp_path / "network.onnx")
    assert 4e6 < path.stat().st_size < 4.01e6
