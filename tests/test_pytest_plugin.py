"""What pytest gets where the package is installed."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from trainfcnn.testing import assert_model_learns  # noqa: F401

# What an inner run imports first is forgotten after it, and some of torch does not bear to be
# imported twice.
torch.optim.Adam(torch.nn.Linear(1, 1).parameters())
ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "gallery" / "testing.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
MESSAGE = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)[0]
NETWORK = """
from torch import nn

class MyNetwork(nn.Sequential):
    def __init__(self, activation=nn.Tanh):
        super().__init__(
            nn.Linear(2, 32), activation(), nn.Linear(32, 32), activation(), nn.Linear(32, 1)
        )
"""
# by its own name, whether it is also found by the entry point of an installed copy or not
BY_NAME = ("-p", "no:trainfcnn", "-p", "trainfcnn.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture
def ran(pytester):
    """Run tests that are given as source, as a stranger would, and count what came out."""

    def run(source, *options):
        pytester.makepyfile("import pytest\n" + source)
        return pytester.runpytest_inprocess(*BY_NAME, "--strict-markers", *options)

    return run


def test_the_entry_point_names_the_module():
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    points = settings["options.entry_points"]["pytest11"]
    assert points.strip() == "trainfcnn = trainfcnn.pytest_plugin"


def test_toy_data_are_drawn(ran):
    told = ran(
        "def test_it(toy_data):\n"
        "    X, y = toy_data('moons', n_samples=20, seed=1)\n"
        "    assert (X.shape, y.shape) == ((20, 2), (20,))\n"
    )
    told.assert_outcomes(passed=1)


def test_a_marked_test_is_one_of_each_data_set(ran):
    told = ran(
        "@pytest.mark.learns('and', 'or', at_least=0.85)\n"
        "def test_it():\n"
        "    from torch import nn\n"
        "    return nn.Linear(2, 1)\n"
        "@pytest.mark.learns\n"
        "def test_plain():\n"
        "    return lambda X, y: lambda X: X[:, 0] * X[:, 1] > 0\n",
        "-v",
    )
    told.assert_outcomes(passed=3)
    told.stdout.fnmatch_lines(["*test_it?and? PASSED*", "*test_it?or? PASSED*", "*plain?xor?*"])


def test_a_model_that_does_not_learn_fails_with_its_figures_and_no_traceback(ran):
    told = ran(
        "@pytest.mark.learns('xor')\n"
        "def test_it():\n"
        "    from torch import nn\n"
        "    return nn.Linear(2, 1)\n"
    )
    told.assert_outcomes(failed=1)
    told.stdout.fnmatch_lines(["*the model must learn 'xor'*", "*a constant answer*"])
    told.stdout.no_fnmatch_line("*models.py*")


def test_fixtures_and_parameters_go_with_the_mark(ran):
    told = ran(
        "@pytest.fixture\n"
        "def shift():\n"
        "    return 0\n"
        "class TestIt:\n"
        "    @pytest.mark.parametrize('sign', [1, -1])\n"
        "    @pytest.mark.learns('gauss')\n"
        "    def test_it(self, sign, shift):\n"
        "        return lambda X, y: lambda X: sign * X.sum(1) > shift\n"
    )
    told.assert_outcomes(passed=1, failed=1)


def test_a_marked_test_that_returns_nothing_is_told_so(ran):
    told = ran("@pytest.mark.learns\ndef test_it():\n    pass\n")
    told.assert_outcomes(failed=1)
    told.stdout.fnmatch_lines(["*must return a model, got None: return it*"])


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_what_the_page_shows_passes(block, pytester, ran):
    pytester.syspathinsert()
    pytester.makepyfile(my_package=NETWORK)
    outcomes = ran(block).parseoutcomes()
    assert outcomes.keys() == {"passed"}


def test_the_page_shows_a_failure_as_it_is(pytester, ran):
    pytester.syspathinsert()
    pytester.makepyfile(my_package=NETWORK)
    told = ran(
        "from my_package import MyNetwork, nn\n"
        "@pytest.mark.learns('moons')\n"
        "def test_it():\n"
        "    return MyNetwork(nn.Identity)\n"
    ).stdout.str()
    for line in MESSAGE.splitlines():
        parts = re.split(r"[\d.]+%", line)  # the last digits differ between processors
        assert re.search(r"[\d.]+%".join(map(re.escape, parts)), told), line


def test_other_tests_are_left_alone(ran):
    told = ran("def test_it():\n    pass\ndef test_that():\n    assert False\n")
    told.assert_outcomes(passed=1, failed=1)


def test_neither_torch_nor_numpy_is_imported_before_a_test_asks(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_it():\n"
        "    heavy = {'torch', 'numpy', 'matplotlib', 'pandas'} & set(sys.modules)\n"
        "    assert heavy == set()\n"
    )
    own = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import pytest; sys.exit(pytest.main())"
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": " ".join(BY_NAME[2:])}
    done = subprocess.run(
        [sys.executable, "-c", own],
        cwd=tmp_path,
        env=alone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
