"""Models that learn, in the styles in which people write them."""

from functools import partial

import numpy as np
import torch
from broken_models import network, train
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from trainfcnn import FCNN, TrainFCNN


class Net(nn.Module):
    """As in torch's own tutorials."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 32)
        self.fc2 = nn.Linear(32, 32)
        self.fc3 = nn.Linear(32, 2)

    def forward(self, x):
        return self.fc3(functional.relu(self.fc2(functional.relu(self.fc1(x)))))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 32)
        self.second = nn.Linear(32, 32)
        self.last = nn.Linear(32, 1)

    def forward(self, x):
        hidden = torch.tanh(self.first(x))
        return self.last(hidden + torch.tanh(self.second(hidden)))


def flat_outputs():
    """Outputs (n,) rather than (n, 1)."""
    return nn.Sequential(network(width=32), nn.Flatten(0))


def with_batch_normalisation():
    return nn.Sequential(
        nn.Linear(2, 32),
        nn.BatchNorm1d(32),
        nn.ReLU(),
        nn.Linear(32, 32),
        nn.ReLU(),
        nn.Linear(32, 1),
    )


def with_dropout():
    return nn.Sequential(
        nn.Linear(2, 128),
        nn.ReLU(),
        nn.Dropout(0.1),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, 1),
    )


def in_double_precision():
    return network(width=32).double()


def own_loop(X, y):
    return train(network(4, width=32), X, y)


def loop_with_a_loader(X, y):
    net = network(width=32, activation=nn.Tanh)
    data = TensorDataset(torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(30):
        for x, targets in DataLoader(data, batch_size=50, shuffle=True):
            optimizer.zero_grad()
            functional.mse_loss(net(x)[:, 0], targets).backward()
            optimizer.step()
    return lambda X: net(torch.tensor(X, dtype=torch.float32))


def returns_its_network(X, y):
    net = network(width=32)
    train(net, X, y)
    return net


def least_squares(X, y):
    """NumPy alone."""
    weights = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)[0]
    return lambda X: np.column_stack([X, np.ones(len(X))]) @ weights


def ours(X, y):
    return TrainFCNN((X, y)).train(epochs=60)


def in_jax(X, y):
    import jax
    from jax import numpy as jnp

    def outputs(weights, x):
        for w, b in weights[:-1]:
            x = jnp.tanh(x @ w + b)
        w, b = weights[-1]
        return (x @ w + b)[:, 0]

    def loss(weights, x, y):
        s = outputs(weights, x)
        return jnp.mean(jnp.logaddexp(0, s) - s * y)

    @jax.jit
    def step(weights, moments, x, y):
        slopes = jax.grad(loss)(weights, x, y)
        moments = jax.tree.map(lambda m, g: 0.9 * m + g, moments, slopes)
        return jax.tree.map(lambda w, m: w - 0.1 * m, weights, moments), moments

    draw = np.random.default_rng(0)
    sizes = [(2, 32), (32, 32), (32, 1)]
    weights = [
        (jnp.asarray(draw.normal(0, n**-0.5, (n, m)), jnp.float32), jnp.zeros(m)) for n, m in sizes
    ]
    moments = jax.tree.map(jnp.zeros_like, weights)
    for _ in range(600):
        weights, moments = step(weights, moments, X.astype(np.float32), y)
    return lambda X: outputs(weights, X.astype(np.float32)) > 0


def in_skorch(X, y):
    from skorch import NeuralNetClassifier

    net = NeuralNetClassifier(
        Net, criterion=nn.CrossEntropyLoss, optimizer=torch.optim.Adam, lr=0.01, max_epochs=25,
        batch_size=50, train_split=None, verbose=0, iterator_train__shuffle=True,
    )  # fmt: skip
    net.fit(X.astype(np.float32), y)
    return lambda X: net.predict(X.astype(np.float32))


with torch.random.fork_rng():
    torch.manual_seed(0)
    AN_INSTANCE = Net()
A_PROCESS = GaussianProcessRegressor(alpha=1e-4)
forest = partial(RandomForestClassifier, n_estimators=50)

# data set, model, and what else is said of it
SOUND = {
    "torch: Sequential": ("xor", network, {}),
    "torch: a class": ("spiral", Net, {}),
    "torch: an instance": ("circle", AN_INSTANCE, {}),
    "torch: a residual network": ("xor", Residual, {}),
    "torch: flat outputs": ("prod", flat_outputs, {}),
    "torch: batch normalisation": ("stripe", with_batch_normalisation, {}),
    "torch: dropout": ("moons", with_dropout, {}),
    "torch: double precision": ("polynom", in_double_precision, {}),
    "torch: sigmoid and its loss": (
        "xor", lambda: nn.Sequential(network(width=32), nn.Sigmoid()), {"loss": nn.BCELoss()},
    ),
    "torch: SGD": ("and", network, {"optimizer": partial(torch.optim.SGD, lr=0.1, momentum=0.9)}),
    "torch: FCNN": ("blobs", lambda: FCNN([2, 8, 3], "relu", "linear"), {}),
    "torch: a loop": ("quadrants", own_loop, {}),
    "torch: a loop with a loader": ("sum_squares", loop_with_a_loader, {}),
    "torch: fit returns the network": ("or", returns_its_network, {}),
    "NumPy: least squares": ("plane", least_squares, {}),
    "scikit-learn: a forest": ("square", forest, {"at_least": 0.95}),
    "scikit-learn: neighbours": ("moons", KNeighborsClassifier(), {}),
    "scikit-learn: a pipeline": ("circles", make_pipeline(StandardScaler(), SVC(C=100)), {}),
    "scikit-learn: a Gaussian process": ("gauss_regression", A_PROCESS, {"n_samples": 300}),
    "scikit-learn: MLPClassifier": ("xor", MLPClassifier((32, 32), max_iter=80, tol=0), {}),
    "trainfcnn": ("squares", ours, {"n_samples": 2000}),
    "skorch": ("xor", in_skorch, {}),
    "jax": ("xor", in_jax, {}),
}  # fmt: skip
