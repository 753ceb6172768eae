"""Every diagnosis is a small value, made of predictions or of a run, that draws itself."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from trainfcnn import TrainFCNN
from trainfcnn.analysis.classification import Calibration, Confusion, Mistakes
from trainfcnn.analysis.feature_space import HiddenSpace
from trainfcnn.analysis.network import Portrait
from trainfcnn.analysis.prediction import ErrorMap
from trainfcnn.analysis.regression import Residuals
from trainfcnn.analysis.separation import PrecisionRecall, Roc

DIAGNOSES = {
    "confusion": ("xor", Confusion.from_run),
    "calibration": ("xor", Calibration.from_run),
    "roc": ("xor", Roc.from_run),
    "precision_recall": ("xor", PrecisionRecall.from_run),
    "network": ("xor", Portrait.of),
    "space": ("xor", HiddenSpace.of),
    "error": ("xor", ErrorMap.from_run),
    "residuals": ("prod", Residuals.from_run),
    "mistakes": ("digits", lambda run: Mistakes.from_run(run, 24)),
}


@pytest.mark.parametrize("picture", DIAGNOSES)
def test_a_diagnosis_draws_what_the_trainer_does(picture):
    data, diagnose = DIAGNOSES[picture]
    trainer = TrainFCNN(data).train(dims=[4, 2], epochs=1)
    ax = Figure().subplots()
    assert diagnose(trainer.run).plot(ax) is ax
    same = getattr(trainer, f"plot_{picture}")(Figure().subplots())
    assert ax.get_title() == same.get_title()
    for one, other in zip(ax.lines, same.lines, strict=True):
        np.testing.assert_array_equal(one.get_xydata(), other.get_xydata())


def test_curves_need_a_name_for_each_column():
    with pytest.raises(ValueError, match="classes must name all 2 columns of probabilities, got 1"):
        Roc.from_predictions([[0.9, 0.1], [0.3, 0.7]], [0, 1], ["cat"])


def test_mistakes_without_their_images_are_not_drawn():
    found = Mistakes.from_predictions(np.eye(2), np.array([1, 1]), n=5)
    with pytest.raises(ValueError, match="use Mistakes"):
        found.plot()
