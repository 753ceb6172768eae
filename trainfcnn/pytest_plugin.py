"""What pytest finds where this package is installed: a fixture `toy_data` and a mark `learns`.

The fixture draws data whose truth is known, as `trainfcnn.testing.toy_data` does:

    def test_my_scaler_keeps_the_shape(toy_data):
        X, y = toy_data("moons", n_samples=200)
        assert MyScaler().fit_transform(X).shape == X.shape

A test with the mark returns a model (a torch module, a scikit-learn estimator, or a function
``fit(X, y)`` that returns ``predict``), and passes if that learns each of the data sets that the
mark names; what else the mark is given is for `trainfcnn.testing.assert_model_learns`:

    @pytest.mark.learns("xor", "moons")
    def test_my_network():
        return MyNetwork(hidden=16)

It is called once for each seed, so that each has initial weights of its own. Neither torch nor
NumPy is imported before a test asks for them.
"""

from collections.abc import Callable
from inspect import signature
from typing import Any

import pytest

MARK = "learns"
DATA = "learnt"  # the parameter that a marked test gets, for its id
HELP = (
    "learns(*datasets, at_least=..., seeds=3): the test returns a model, which must learn these "
    "toy data sets; see trainfcnn.testing.assert_model_learns"
)


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the mark, which it would warn of."""
    config.addinivalue_line("markers", HELP)


@pytest.fixture
def toy_data() -> Callable[..., Any]:
    """Draw toy data as arrays: ``X, y = toy_data("xor", n_samples=200, seed=0)``."""
    from trainfcnn import testing

    draw: Callable[..., Any] = testing.toy_data
    return draw


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each data set that a mark names."""
    mark = metafunc.definition.get_closest_marker(MARK)
    if mark is not None:
        metafunc.fixturenames.append(DATA)  # or pytest would miss it among the arguments
        metafunc.parametrize(DATA, mark.args or ("xor",), ids=_name)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Call a marked test for models, and see whether they learn; of other tests nothing."""
    __tracebackhide__ = True
    mark = pyfuncitem.get_closest_marker(MARK)
    if mark is None:
        return None
    from trainfcnn.testing import assert_model_learns

    dataset: Any = pyfuncitem.callspec.params[DATA]
    test = pyfuncitem.obj
    wanted = signature(test).parameters
    given = {name: value for name, value in pyfuncitem.funcargs.items() if name in wanted}

    def make() -> Any:
        model = test(**given)
        if model is None:
            pytest.fail(
                f"{pyfuncitem.name} must return a model, got None: return it", pytrace=False
            )
        return model

    assert_model_learns(make, dataset, **mark.kwargs)
    return True


def _name(data: object) -> str:
    """Return what a data set is called in the id of a test."""
    return str(getattr(data, "name", data))
