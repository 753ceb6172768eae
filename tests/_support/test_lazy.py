"""What the package says of names that it has not."""

import subprocess
import sys

import pytest

import trainfcnn


@pytest.mark.parametrize("name", ["trainFCNN", "TrainFcnn", "FCNNTrainer", "trainfcnn", "Trainer"])
def test_an_import_that_fails_says_which_name_was_meant(name):
    told = f"trainfcnn has no '{name}': did you mean 'TrainFCNN'\\?"
    with pytest.raises(ImportError, match=told):
        exec(f"from trainfcnn import {name}")
    with pytest.raises(AttributeError, match=told):
        getattr(trainfcnn, name)
    assert not hasattr(trainfcnn, name)


def test_an_import_of_what_nobody_means_is_an_ordinary_error():
    with pytest.raises(ImportError, match="cannot import name 'zzz' from 'trainfcnn'"):
        exec("from trainfcnn import zzz")
    with pytest.raises(AttributeError, match="No trainfcnn attribute zzz"):
        _ = trainfcnn.zzz


@pytest.mark.parametrize("name", ["sweeps", "recipe", "trainer", "plotting", "nn"])
def test_modules_whose_names_resemble_others_are_imported(name):
    code = f"from trainfcnn import {name}; print({name}.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"trainfcnn.{name}\n"
