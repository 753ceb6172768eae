"""Principal components of layers, against scikit-learn's, and what straight cuts reach."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from trainfcnn import TrainFCNN
from trainfcnn.analysis.components import Components
from trainfcnn.analysis.network import hidden_outputs


@pytest.fixture(scope="module")
def spiral():
    return TrainFCNN("spiral", 200).train(dims=[8, 6, 2], activation="tanh", epochs=60)


@pytest.mark.parametrize("layer", ["inputs", 0, 1])
def test_components_are_those_of_scikit_learn_but_for_signs(layer, spiral):
    run, x = spiral.run, spiral.dataset.x
    seen = x if layer == "inputs" else hidden_outputs(run.network, x)[layer]
    found = PCA(2)
    expected = found.fit_transform(seen)
    components = Components.of(run, layer)
    np.testing.assert_allclose(np.abs(components.points), np.abs(expected), atol=1e-5)
    assert components.explained == pytest.approx(found.explained_variance_ratio_.sum(), rel=1e-5)


def test_the_last_layer_comes_first_and_two_units_are_all_of_it(spiral):
    components = Components.of(spiral.run)
    assert components.layer == "hidden layer 2"
    assert components.explained == pytest.approx(1)
    assert components.shown == pytest.approx(components.probe, abs=0.01)
    assert components.lines.shape[0] > 0


def test_straight_cuts_get_half_of_a_spiral_and_all_that_the_network_gets(spiral):
    first, last = (Components.of(spiral.run, layer).probe for layer in ("inputs", 2))
    assert first < 0.7
    assert last >= spiral.score() - 0.02


def test_a_single_unit_has_a_second_component_of_0():
    xor = TrainFCNN("xor", 60).train(dims=[1], epochs=2)
    assert not Components.of(xor.run).points[:, 1].any()


def test_of_images_there_are_no_lines_and_of_values_a_score_of_values():
    digits = TrainFCNN("digits", 200).train(dims=[6], epochs=1)
    assert Components.of(digits.run).lines.size == 0
    prod = TrainFCNN("prod", 200).train(dims=[8], epochs=20)
    assert Components.of(prod.run, "inputs").probe < 0.1
    assert Components.of(prod.run).probe > 0.5


@pytest.mark.parametrize("layer", [3, -1, "last", True, 0.5])
def test_a_layer_that_is_not_there_is_refused_with_those_that_are(layer, spiral):
    with pytest.raises(ValueError, match=r"index of one of 3 hidden layers, got .* try layer=2"):
        Components.of(spiral.run, layer)
