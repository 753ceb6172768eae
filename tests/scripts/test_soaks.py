"""What is done to the package for long is done for a moment here."""

import signal
from pathlib import Path
from random import Random

import pytest

from scripts.benchmarks import soak as block
from scripts.soaks import files, kills
from scripts.soaks.mutations import BLIND, mutated
from trainfcnn import TrainFCNN


@pytest.fixture
def packed(tmp_path):
    trainer = TrainFCNN("xor", 50).train(dims=[4], epochs=2, progress=False)
    return trainer.save(tmp_path / "xor.safetensors").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nobody can be killed here")
def test_six_trainings_that_are_killed_end_with_the_same_bits():
    found = list(kills.kills(6, seed=3))
    assert [kill for kill in found if not kill.is_right] == []
    assert any(0 < epoch < kills.RECIPE["epochs"] for kill in found for epoch in kill.epochs)


def test_two_trainings_that_differ_are_told_apart():
    trainer = TrainFCNN("xor", 50)
    first = trainer.train(dims=[4], epochs=2, progress=False).run
    other = TrainFCNN.from_run(first).train(dims=[4], epochs=2, lr=0.5, progress=False)
    assert kills.compared(TrainFCNN.from_run(first), TrainFCNN.from_run(first)) == "equal"
    assert "history of loss" in kills.compared(TrainFCNN.from_run(first), other)


@pytest.mark.parametrize("change", BLIND, ids=lambda change: change.__name__)
def test_a_blind_change_is_one(change, packed):
    assert any(change(packed, Random(seed)) != packed for seed in range(3))


def test_damage_is_the_same_for_the_same_seed(packed):
    first, second = ([mutated(packed, Random(seed)) for seed in range(30)] for _ in range(2))
    assert first == second
    assert {one.is_blind for one in first} == {True, False}


def test_a_load_that_goes_wrong_is_found(packed, tmp_path, monkeypatch):
    path = tmp_path / "xor.safetensors"
    original = TrainFCNN.load(path)
    other = TrainFCNN("xor", 50).train(dims=[4], epochs=1, progress=False)

    def verdict_of(load):
        monkeypatch.setattr(TrainFCNN, "load", load)
        return files.judged(path, original, is_blind=True)

    def fail(error):
        raise error

    assert verdict_of(lambda path: other) == "loads other numbers"
    assert verdict_of(lambda path: original) == "loaded right"
    assert verdict_of(lambda path: fail(ValueError(f"{path} is bad"))) == "refused"
    assert "does not name" in verdict_of(lambda path: fail(ValueError("it is bad")))
    assert "KeyError" in verdict_of(lambda path: fail(KeyError("x")))


def test_both_parts_give_rows_and_targets(monkeypatch):
    found = {
        "kills": {"trainings": 2, "equal": 2, "kills": 3, "left over": 0},
        "files": {"files": 100, "refused": 90, "loaded": 10, "wrong": 0, "slowest": 0.1},
    }
    monkeypatch.setattr(block, "in_a_process", lambda module, n: found[module])
    result = block.soaked(["kill", "files"], quick=True)
    assert all(target.is_met for target in result.targets)
    assert "| files damaged | 100 | 100 | 90 |" in result.markdown()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is not told here")
def test_damaged_files_take_less_than_a_gigabyte():
    assert block.in_a_process("files", 60)["wrong"] == 0
