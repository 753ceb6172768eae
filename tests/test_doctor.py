"""What is installed is told, and what does not work is found."""

import sys

import pytest
import torch

from trainfcnn import IMAGES, doctor
from trainfcnn.cli import main
from trainfcnn.engine import kernel as compiled
from trainfcnn.engine.kernel import Kernel, built_for, kernel


def found(check, name="it"):
    return list(doctor.CHECKS[check](name))


@pytest.fixture
def seen(capsys):
    """Call the doctor, and return its exit status and its lines."""

    def call():
        status = main(["doctor"])
        return status, capsys.readouterr().out.splitlines()

    return call


def test_all_is_well_here(seen):
    status, lines = seen()
    assert status == 0
    assert lines[-1] == "  all is well"
    assert not [line for line in lines if line.startswith("!")]
    names = [line[2:24].strip() for line in lines]
    assert {"trainfcnn", "python", "torch", "numpy", "device", "threads", "engine"} < set(names)
    assert {"images mnist", "self-test xor", "both engines", "gradients"} < set(names)
    assert len({line[24:25] == " " for line in lines[:-1]}) == 1  # aligned
    assert max(map(len, names[:-1])) < 22


def test_a_score_below_the_stored_one_is_marked_and_ends_with_1(seen, monkeypatch):
    monkeypatch.setattr(doctor, "STORED", {"xor": 1.1})
    status, lines = seen()
    assert status == 1
    (marked, last) = [line for line in lines if line.startswith("!")]
    assert marked.startswith("! self-test xor")
    assert last == "! 1 to look at, marked with !"


def test_a_check_that_fails_is_a_line_like_any_other(seen, monkeypatch):
    def broken(name):
        raise ImportError("no such library")

    monkeypatch.setattr(doctor, "CHECKS", {"device": broken, "threads": doctor._threads})
    status, lines = seen()
    assert status == 1
    assert "! device                ImportError: no such library" in lines
    assert lines[-2].startswith("  threads")


def test_a_package_that_is_missing_is_marked_and_an_extra_is_not(monkeypatch):
    wanted = ["torch>=2.6", "nowhere>=1", 'nothing>=2; extra == "film"', "x; extra == 'test'"]
    monkeypatch.setattr(doctor, "requires", lambda name: wanted)
    lines = {one.name: one for one in doctor._packages()}
    assert set(lines) == {"torch", "nowhere", "extra film"}
    assert lines["torch"].told == torch.__version__
    assert not lines["nowhere"].is_well
    assert lines["extra film"].told == 'not there: pip install "trainfcnn[film]"'
    assert lines["extra film"].is_well


def test_without_the_kernel_the_reason_is_told_and_that_is_no_fault(monkeypatch):
    monkeypatch.setattr(compiled, "kernel", lambda: Kernel(None, "the kernel is not built: do"))
    (engine,) = found("engine")
    assert engine.told == "torch, since the kernel is not built: do"
    (both,) = found("both engines")
    assert engine.is_well
    assert both.is_well


@pytest.mark.skipif(kernel().library is None, reason="no kernel")
def test_the_kernel_says_for_what_it_was_built():
    (engine,) = found("engine")
    assert engine.told.startswith("fused, built for ")
    assert built_for(kernel().library) in ("AVX2 and FMA", "NEON", "any processor")


@pytest.mark.parametrize("check", ["both engines", "gradients"])
def test_what_is_not_near_enough_is_marked(check, monkeypatch):
    monkeypatch.setattr(doctor, "NEAR", -1.0)
    if check == "gradients" or kernel().library is not None:
        assert not found(check)[0].is_well


def test_images_are_told_with_the_folder_they_are_in(monkeypatch, tmp_path):
    monkeypatch.setenv("TRAINFCNN_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    for file in IMAGES["mnist"].files:
        (tmp_path / "mnist" / f"{file.name}.gz").touch()
    mnist, fashion = found("images", "images")
    assert mnist.told == f"found in {tmp_path / 'mnist'}"
    assert (fashion.name, fashion.is_well) == ("images fashion_mnist", True)
    assert str(tmp_path) in fashion.told


def test_the_doctor_itself_imports_nothing_that_may_be_broken(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # so that its import fails
    lines = list(doctor.examine())
    assert {one.name for one in lines if not one.is_well} >= {"device", "threads"}
