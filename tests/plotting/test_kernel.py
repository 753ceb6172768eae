"""What is seen under the cells of a notebook, in a real kernel of Jupyter."""

from base64 import b64decode
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

import trainfcnn

PREPARED = """
from trainfcnn import TrainFCNN, compare, sweep
t = TrainFCNN("xor", n_samples=200).train(dims=[4], epochs=20)
other = TrainFCNN("xor", n_samples=200).train(dims=[2], epochs=20)
found = sweep("xor", 2, n_samples=200, dims=[[2], [4]], epochs=5, progress=False)
"""
# The one with axes of the user's own comes late: it loads `pyplot`, as nothing before it does.
CELLS = (
    "t",
    "t.plot()",
    "t.plot_loss()",
    "t.plot_prediction()",
    "t.plot_network()",
    "compare([t, other])",
    "found",
    "found.plot_losses()",
    "import matplotlib.pyplot as plt\nfigure, ax = plt.subplots()\nt.plot_loss(ax=ax)",
    "t.plot_error()",
)
LOADED = "import sys; print('matplotlib.pyplot' in sys.modules)"
OPEN = "import matplotlib.pyplot as plt; print(plt.get_fignums())"
IMAGES = ("image/png", "image/jpeg", "image/svg+xml")

pytestmark = pytest.mark.slow


@pytest.fixture
def outputs(tmp_path, monkeypatch):
    """A function that runs cells, and returns what stands under each."""
    monkeypatch.delenv("MPLBACKEND", raising=False)  # Jupyter sets its own where there is none
    monkeypatch.setenv("PYTHONPATH", str(Path(trainfcnn.__file__).parents[1]))
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))

    def run(*sources):
        book = new_notebook(cells=[new_code_cell(source) for source in sources])
        NotebookClient(book, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
        return [cell.outputs for cell in book.cells]

    return run


def pictures(below):
    """The kinds of pictures under a cell, of each output the richest, as a page shows it."""
    kinds = []
    for data in (output.get("data", {}) for output in below):
        html = data.get("text/html", "")
        kinds += ["text/html"] * html.count("<img ")
        if not html:
            kinds += [kind for kind in IMAGES if kind in data][:1]
    return kinds


def size(output):
    with Image.open(BytesIO(b64decode(output.data["image/png"]))) as image:
        image.load()
        return image.size


def text(below):
    return "".join(output.get("text", "") for output in below).strip()


@pytest.mark.parametrize("inline", [False, True], ids=["bare", "inline"])
def test_a_notebook_of_ten_cells_shows_ten_pictures(outputs, inline):
    first = ["%matplotlib inline"] * inline + [PREPARED]
    below = outputs(*first, LOADED, *CELLS, OPEN)
    assert text(below[len(first)]) == str(inline)
    shown = dict(zip(CELLS, below[len(first) + 1 : -1], strict=True))
    assert {source: len(pictures(one)) for source, one in shown.items()} == dict.fromkeys(CELLS, 1)
    kinds = Counter(pictures(one)[0] for one in shown.values())
    assert kinds == {"text/html": 2, "image/png": 8}
    for one in shown.values():
        assert min(size(one[-1])) > 200
    assert text(below[-1]) == "[]"


def test_axes_are_shown_in_the_format_and_the_size_that_was_asked_for(outputs):
    retina = "%config InlineBackend.figure_formats = ['retina']"
    vector = "%config InlineBackend.figure_formats = ['svg']"
    unseen = "t.plot()\nt.plot_loss()\nt.plot_score();"
    axes = "t.plot_loss()"
    below = outputs(PREPARED, "%matplotlib inline", unseen, axes, retina, axes, vector, axes)
    assert below[2] == []  # neither in the middle of a cell nor before a semicolon
    (plain,), (double,), (drawn,) = below[3::2]
    assert double.metadata["image/png"]["width"] == pytest.approx(size(plain)[0], abs=2)
    assert size(double)[0] == pytest.approx(2 * size(plain)[0], abs=2)
    assert drawn.data["image/svg+xml"].startswith("<?xml")
    assert "Axes" in drawn.data["text/plain"]
