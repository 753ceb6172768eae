"""Networks that several pictures are made of."""

import pytest
from parametrized import OF_ONE_TARGET
from pictures import ONE_OF_EACH_KIND
from sklearn.datasets import load_iris
from sweep_pictures import RATES

from trainfcnn import TrainFCNN, sweep


@pytest.fixture(scope="module", params=OF_ONE_TARGET)
def trained(request):
    return TrainFCNN(ONE_OF_EACH_KIND[request.param], n_samples=300).train(epochs=20)


@pytest.fixture(scope="module")
def iris():
    return TrainFCNN(load_iris(return_X_y=True)).train(epochs=5)


@pytest.fixture(scope="module")
def found():
    dims = [[2], [6, 6]]
    return sweep(
        "xor", 3, n_samples=200, dims=dims, lr=RATES, activation=["relu", "tanh"], epochs=8
    )
