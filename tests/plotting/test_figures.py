"""Figures that show themselves: who gets a window, and that nobody else is left with one."""

import copy
import os
import pickle
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

import trainfcnn
from trainfcnn import TrainFCNN, sweep
from trainfcnn.plotting.figures import Picture, PictureAxes
from trainfcnn.plotting.style import figure_of, new_axes

# A backend with windows, as far as `pyplot` can tell, that says what it would show.
WINDOWS = """
from matplotlib import cbook
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

cbook._get_running_interactive_framework = lambda: None  # as if there were a display


class Manager(FigureManagerBase):
    def show(self):
        figure = self.canvas.figure
        print(f"window {self.num}: {len(figure.axes)} axes, {figure.get_suptitle()[:9]}.")


class FigureCanvas(FigureCanvasAgg):
    required_interactive_framework = "windows"
    manager_class = Manager
"""
WINDOWED = "module://windows"
TRAINED = """
from trainfcnn import TrainFCNN, compare, sweep
t = TrainFCNN("xor", n_samples=60).train([3], epochs=2)
found = sweep("xor", n_samples=60, dims=[[2], [3]], epochs=2, progress=False)
"""
DRAWN = """
figure = t.plot()
ax = t.plot_loss()
both = compare([t, found.best()])
ax = found.plot_parallel()
"""
TO_BE_SAVED = """
from threading import Thread
path = t.animate("film.gif", frames=2, progress=False)
pages = t._repr_html_(), found._repr_html_(), ax._repr_mimebundle_()
own = Thread(target=t.plot_loss)
own.start()
own.join()
"""
OPEN = "print('open:', plt.get_fignums())\n"
IMPORTED = "import matplotlib.pyplot as plt\n"


def environment(folder, backend):
    usual = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    found = os.pathsep.join([str(folder), str(Path(trainfcnn.__file__).parents[1])])
    # A plain prompt, whose output holds no codes of colours.
    plain = {"PYTHONPATH": found, "TERM": "dumb", "PYTHON_BASIC_REPL": "1", "NO_COLOR": "1"}
    return usual | plain | {"MPLBACKEND": backend}


@pytest.fixture
def typed(tmp_path):
    """A function that types lines at the prompt of a pseudo-terminal, and returns what is said."""
    pty = pytest.importorskip("pty")
    (tmp_path / "windows.py").write_text(WINDOWS)

    def run(lines, backend):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-q"],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=tmp_path,
            env=environment(tmp_path, backend),
            text=True,
        )
        os.close(theirs)
        for line in lines.strip().splitlines():
            os.write(ours, line.encode() + b"\n")
        os.write(ours, b"exit()\n")
        try:
            said, _ = process.communicate(timeout=120)
        finally:
            process.kill()
            os.close(ours)
        assert "Error" not in said, said
        return [line for line in said.splitlines() if line]

    return run


def said_by_a_script(code, backend, folder):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env=environment(folder, backend),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def told(said, what):
    """What is said with these words, without the prompts."""
    return [line[line.index(what) :] for line in said if what in line]


@pytest.mark.slow
def test_plt_show_opens_what_was_drawn_at_a_prompt_and_nothing_that_is_only_saved(typed):
    lines = IMPORTED + TRAINED + OPEN + DRAWN + TO_BE_SAVED + OPEN + "plt.show()\n"
    said = typed(lines + "plt.close('all')\nax = t.plot_loss(plt.subplots()[1])\n" + OPEN, WINDOWED)
    assert told(said, "open:") == ["open: []", "open: [1, 2, 3, 4]", "open: [1]"]
    windows = [line.split(":")[1].split()[0] for line in told(said, "window ")]
    assert windows == ["4", "1", "4", "1"]


@pytest.mark.slow
def test_at_a_prompt_with_windows_pyplot_may_come_last(typed):
    """That of the browser, which runs everywhere; `plt.show()` would serve it."""
    pytest.importorskip("tornado")
    said = typed(TRAINED + "ax = t.plot_loss()\n" + IMPORTED + OPEN, "webagg")
    assert told(said, "open:") == ["open: [1]"]


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["gtk4agg", "module://nowhere"])
def test_a_backend_that_is_not_installed_is_no_reason_to_fail(backend, typed):
    there = "import windows  # there is a display\n"
    save = "ax = t.plot_loss()\nax.figure.savefig('loss.png')\nprint('saved')\n"
    said = typed(TRAINED + there + IMPORTED + save, backend)
    assert told(said, "saved")[-1] == "saved"


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["agg", ""], ids=["agg", "none chosen"])
def test_a_script_without_windows_leaves_nothing_open_and_keeps_its_backend(backend, tmp_path):
    code = IMPORTED + TRAINED + DRAWN + TO_BE_SAVED + OPEN + "print(plt.get_backend())"
    assert said_by_a_script(code, backend, tmp_path) == ["open: []", "agg"]


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["webagg", ""], ids=["windows", "none chosen"])
def test_a_script_that_draws_loads_no_pyplot(backend, tmp_path):
    code = TRAINED + DRAWN + TO_BE_SAVED + "import sys; print('matplotlib.pyplot' in sys.modules)"
    assert said_by_a_script(code, backend, tmp_path) == ["False"]


@pytest.fixture(scope="module")
def trained():
    return TrainFCNN("xor", n_samples=60).train([3], epochs=2)


def png(figure):
    file = BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def test_a_picture_is_a_figure_that_is_saved_pickled_and_copied_like_any_other(trained):
    figure = trained.plot()
    assert isinstance(figure, Figure)
    for other in (pickle.loads(pickle.dumps(figure)), copy.deepcopy(figure)):
        assert type(other) is Picture
        assert png(other) == png(figure)
    ax = pickle.loads(pickle.dumps(trained.plot_loss()))
    assert type(ax) is PictureAxes
    assert figure_of(ax)._repr_png_() == png(ax.figure)
    assert plt.get_fignums() == []


def test_to_be_shown_changes_nothing_about_a_figure():
    figure = new_axes((3, 2)).figure
    figure.set_dpi(50)
    canvas = figure.canvas
    with Image.open(BytesIO(figure._repr_png_())) as image:
        assert image.size == (150, 100)
    assert (figure.dpi, figure.canvas) == (50, canvas)


def test_axes_that_are_given_stay_what_they_are(trained):
    figure = Figure()
    ax = figure.subplots()
    before = type(figure), type(ax), figure.canvas, figure.dpi
    assert trained.plot_loss(ax) is ax
    assert (type(figure), type(ax), figure.canvas, figure.dpi) == before
    assert before[:2] == (Figure, Axes)


def test_outside_of_ipython_axes_have_nothing_to_say(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert new_axes()._repr_mimebundle_() == ({}, {})


def test_all_figures_come_from_one_place(trained):
    found = sweep("xor", n_samples=60, dims=[[2], [3]], epochs=2, progress=False)
    draw = (found.plot_parallel, found.plot_extremes, trained.plot_space, trained.plot)
    drawn = [one() for one in draw]
    assert {type(figure_of(one)) for one in drawn} == {Picture}


def test_pixels_are_those_of_a_plain_figure():
    plain = Figure(figsize=(3, 2), layout="constrained")
    shown = new_axes((3, 2)).figure
    for ax in (plain.subplots(), shown.axes[0]):
        ax.plot(np.arange(4))
    assert png(plain) == png(shown)
