"""The compiled library is the best that runs here, or it is said why there is none."""

import ctypes
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from oracle import small_dataset

from trainfcnn.engine import backend
from trainfcnn.engine import kernel as compiled
from trainfcnn.engine.kernel import LIBRARIES, Job, built_for, draw_orders, kernel, load
from trainfcnn.recipe import Recipe
from trainfcnn.training.loop import Training

FOLDER = Path(compiled.__file__).parent
END = EXTENSION_SUFFIXES[0]
built = pytest.mark.skipif(kernel().library is None, reason=f"no compiler: {kernel().reason}")


def library(size=None, runs=1, permutes=True):
    """Stand in for one that was built from these sources, or others."""
    size = size or ctypes.sizeof(Job)
    draw = kernel().library.permute if permutes and kernel().library else lambda *_: None
    return SimpleNamespace(size_of_job=lambda: size, runs_here=lambda: runs, permute=draw)


def test_a_folder_without_the_library_says_so(tmp_path):
    assert load(tmp_path).library is None
    assert "not built" in load(tmp_path).reason


def test_a_file_that_is_no_library_says_so(tmp_path):
    (tmp_path / f"_fused{END}").write_text("no library")
    assert "cannot be loaded" in load(tmp_path).reason


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"size": 1}, "from other sources"),
        ({"runs": 0}, "has no AVX2"),
        ({"permutes": False}, "does not know the generator of torch"),
    ],
)
def test_a_library_that_is_not_for_this_place_is_not_used(options, reason, tmp_path, monkeypatch):
    (tmp_path / f"_fused{END}").touch()
    monkeypatch.setattr(ctypes, "CDLL", lambda path: library(**options))
    assert load(tmp_path).library is None
    assert reason in load(tmp_path).reason


@built
def test_where_the_faster_one_does_not_run_the_plain_one_is_taken(tmp_path, monkeypatch):
    for name in LIBRARIES:
        (tmp_path / (name + END)).touch()
    both = {f"_fused{END}": library(runs=0), f"_fused_plain{END}": library()}
    monkeypatch.setattr(ctypes, "CDLL", lambda path: both[Path(path).name])
    assert load(tmp_path).library is both[f"_fused_plain{END}"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_each_library_that_is_built_trains_as_torch_does(dtype, monkeypatch):
    recipe = Recipe(dims=(5, 3), activation="gelu", epochs=20, batch_size=7, dtype=dtype, lr=0.01)

    def weights(engine):
        training = Training(small_dataset("multiclass", 40), recipe, engine=engine)
        assert len([*training]) == 20
        return training.stack.parameters

    oracle = weights("torch")
    for name in LIBRARIES:
        one = load(FOLDER, [name])
        if one.library is None:
            assert "not built" in one.reason or "no AVX2" in one.reason
            continue
        assert built_for(one.library) in ("AVX2 and FMA", "NEON", "any processor")
        monkeypatch.setattr(backend, "kernel", lambda one=one: one)
        near = 1e-9 if dtype == "float64" else 1e-4
        torch.testing.assert_close(weights("fused"), oracle, rtol=near, atol=near)


@built
@pytest.mark.parametrize("n", [1, 2, 3, 623, 624, 625, 1247, 5000])
@pytest.mark.parametrize("before", [0, 1, 623])
def test_orders_are_those_that_torch_draws(n, before):
    chance, oracle = (torch.Generator().manual_seed(n) for _ in range(2))
    for generator in (chance, oracle):
        torch.randint(9, (before,), generator=generator)
    orders = torch.empty(3, n, dtype=torch.int64)
    draw_orders(kernel().library, chance, orders)
    for order in orders:
        assert torch.equal(order, torch.randperm(n, generator=oracle))
    assert torch.equal(chance.get_state()[:5016], oracle.get_state()[:5016])


def test_large_samples_are_permuted_by_torch(monkeypatch):
    monkeypatch.setattr(compiled, "MOST_PERMUTED", 10)
    orders = torch.empty(2, 11, dtype=torch.int64)
    draw_orders(None, torch.Generator().manual_seed(3), orders)
    oracle = torch.Generator().manual_seed(3)
    assert torch.equal(orders[1], [torch.randperm(11, generator=oracle) for _ in range(2)][1])
