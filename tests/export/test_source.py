"""The source that is written is such as somebody would have written it."""

import ast
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from exported import cases
from hypothesis import given
from hypothesis import strategies as st

from trainfcnn import FCNN, TrainFCNN
from trainfcnn.export.blueprint import blueprint_of
from trainfcnn.export.numpy_source import FUNCTIONS, numpy_source
from trainfcnn.export.onnx_graph import ACTIVATIONS as OF_ONNX
from trainfcnn.export.source import WIDTH, assigned, rows
from trainfcnn.export.torch_source import CALLS, torch_source
from trainfcnn.nn.activations import ACTIVATIONS, LAST_ACTIVATIONS

WRITE = {"numpy": numpy_source, "torch": torch_source}
each_source = pytest.mark.parametrize("write", WRITE.values(), ids=WRITE)


def sources(write):
    return {name: write(blueprint_of(case.what)) for name, case in cases().items()}


def test_all_activations_can_be_written():
    assert {*FUNCTIONS} == {*CALLS} == {*OF_ONNX} == {*LAST_ACTIVATIONS}
    assert {*ACTIVATIONS} <= {*CALLS}


@each_source
@pytest.mark.parametrize("config", ["default", "strict", "own"])
def test_linter_and_formatter_find_nothing_to_say(write, config, tmp_path):
    for number, text in enumerate(sources(write).values()):
        (tmp_path / f"network_{number}.py").write_text(text, "utf-8")
    rules = {
        "default": ["--isolated"],
        # all but what asks for types, a licence, a package, or a docstring of __init__
        "strict": [
            *("--isolated", "--select", "A,B,C4,D,E,F,I,N,PERF,PIE,RET,RUF,SIM,UP,W"),
            *("--ignore", "D107,D203,D213"),
        ],
        "own": ["--isolated", "--line-length", "100", "--select", "E,F,I,W"],
    }[config]
    of_lines = rules[:1] + (rules[1:3] if config == "own" else [])
    for command in (["check", *rules, "--no-cache"], ["format", "--check", *of_lines]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]


@each_source
def test_a_file_says_what_it_is_and_where_it_is_from_and_never_when(write):
    trainer = TrainFCNN("xor", n_samples=200).train([6, 3], "tanh", epochs=3, dropout=0.1)
    text = write(blueprint_of(trainer.run))
    told = " ".join(ast.get_docstring(ast.parse(text)).split())
    assert told.startswith("A network that tells 2 classes of 'xor' apart, for ")
    assert "2-6-3-1 tanh; adam lr=0.01 cosine, 3 epochs, dropout 0.1: " in told
    assert "% right on 2,500 new points. Trained by trainfcnn." in told
    assert "Inputs are rows of x1, x2, in the units of the data." in told
    again = TrainFCNN("xor", n_samples=200).train([6, 3], "tanh", epochs=3, dropout=0.1)
    assert write(blueprint_of(again.run)) == text


@each_source
def test_only_functions_that_are_used_are_written(write):
    text = write(blueprint_of(TrainFCNN("xor", n_samples=50).train([3], "relu", epochs=1).run))
    assert "relu" in text
    assert not any(name in text for name in ("gelu", "softmax", "silu", "math"))


@pytest.mark.parametrize("name", ["words", "table", "digits", "far from 0"])
@each_source
def test_names_of_the_data_do_not_leave_their_quotes(write, name):
    case = cases()[name]
    evil = '"""\nimport os\nos.abort()\n\\'
    tree = ast.parse(write(replace(blueprint_of(case.what), title=evil, origin=evil, inputs=evil)))
    imported = {one.names[0].name for one in tree.body if isinstance(one, ast.Import)}
    assert imported <= {"numpy", "torch", "math"}
    called = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
    assert "abort" not in called
    values = {one.targets[0].id: one.value for one in tree.body if isinstance(one, ast.Assign)}
    if "CLASSES" in values:
        assert tuple(ast.literal_eval(values["CLASSES"])) == case.what.dataset.classes


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_that_are_written_are_read_as_the_same_bits(values):
    for dtype in (np.float32, np.float64):
        given_ = np.array(values, dtype)
        for array in (given_, given_[None], given_[:, None]):
            read = np.array(ast.literal_eval(rows(array)), dtype)
            assert read.tobytes() == array.tobytes()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.booleans()))
def test_names_that_are_written_are_read_as_the_same(names):
    text = assigned("NAMES", names)
    (statement,) = ast.parse(text).body
    assert ast.literal_eval(statement.value) == names
    assert max(map(len, text.splitlines()[:1])) <= WIDTH
    assert json.dumps(names) == json.dumps(ast.literal_eval(statement.value))


@each_source
def test_a_million_numbers_are_too_many_for_source(write):
    network = FCNN([1000, 1000, 1])
    told = r"^a network in a source file must have 1,000,000 parameters at most, got 1,002,001: use"
    with pytest.raises(ValueError, match=told):
        write(blueprint_of(network))


def test_the_module_in_a_file_takes_other_weights_of_the_same_network():
    trainer = TrainFCNN("squares", n_samples=100).train([4, 3], epochs=2)
    space = {}
    exec(torch_source(blueprint_of(trainer.run)), space)
    other = TrainFCNN("squares", n_samples=100).train([4, 3], epochs=5).network
    network = space["Network"]()
    network.load_state_dict(other.state_dict())
    x = torch.tensor([[0.5, -1.0]])
    assert torch.equal(network(x), other(x))
    assert torch.equal(space["trained"]()(x), trainer.network(x))
