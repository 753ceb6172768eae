"""Thirty recipes and three sweeps give what they gave when their figures were noted.

On one machine they give the same bytes, pictures and films among them: `scripts/frozen`.
"""

import json

import pytest

from scripts import frozen
from trainfcnn.engine.kernel import kernel

NOTES = json.loads(frozen.NOTES.read_text("utf-8"))
NEAR = 1e-5  # processors differ in the last bits
FAR = {"spiral": 1e-4}  # which a long training on a hard task amplifies


def assert_is_as_noted(name, found):
    off = FAR.get(name, NEAR)
    assert found["figures"] == pytest.approx(NOTES[name]["figures"], rel=off, abs=off)


@pytest.mark.parametrize("name", frozen.RECIPES)
def test_a_recipe_gives_what_it_gave(name):
    assert_is_as_noted(name, frozen.of_a_training(frozen.trained(name)))


@pytest.mark.skipif(kernel().library is None, reason=f"no compiler: {kernel().reason}")
@pytest.mark.parametrize("name", frozen.RECIPES)
def test_the_fused_kernel_learns_a_recipe_as_well_as_it_was_learnt(name):
    trainer = frozen.trained(name, "auto")
    loss, score, test_score = NOTES[name]["figures"][:3]
    assert trainer.loss == pytest.approx(loss, rel=0.1, abs=0.01)
    results = trainer.results()
    assert results["score"] == pytest.approx(score, abs=0.01)
    assert results["test_score"] == pytest.approx(test_score, abs=0.02)


@pytest.mark.parametrize("name", frozen.SWEEPS)
def test_a_sweep_gives_what_it_gave(name):
    assert_is_as_noted(f"sweep {name}", frozen.of_a_sweep(frozen.SWEEPS[name]))


def test_all_that_is_noted_is_still_trained():
    noted = {name for name, notes in NOTES.items() if "figures" in notes}
    assert noted == {*frozen.RECIPES, *(f"sweep {name}" for name in frozen.SWEEPS)}
