"""How a trainer shows itself in a notebook: a picture, and a table with that picture in it."""

from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from trainfcnn import TrainFCNN, make_dataset, sweep
from trainfcnn.analysis.relevance import telling_pair
from trainfcnn.plotting import film, notebook
from trainfcnn.plotting.notebook import DPI, MOST_LINES, as_html, as_png, text_as_html
from trainfcnn.plotting.style import OVERVIEW_SIZE
from trainfcnn.report import as_line
from trainfcnn.wording import format_setting

PREFIX = "data:image/png;base64,"


class Page(HTMLParser):
    """The cells of a table, its caption, and the pictures."""

    def __init__(self, text):
        super().__init__()
        self.texts = {"caption": [], "th": [], "td": [], "p": [], "pre": []}
        self.images, self.open = [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.images.append(dict(attrs))
        else:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts[self.open[-1]][-1] += data

    @property
    def rows(self):
        return dict(zip(self.texts["th"], self.texts["td"], strict=True))


def xor(**recipe):
    made = TrainFCNN("xor", n_samples=60)
    return made.train([3], **{"epochs": 2} | recipe) if recipe else made


def with_features(n):
    points = np.random.default_rng(0).normal(size=(40, n))
    return TrainFCNN((points, [0, 1] * 20))


def pixels(png):
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    with Image.open(BytesIO(png)) as image:
        return np.array(image)


@pytest.fixture
def drawn(monkeypatch):
    """The figures that were made into pictures, which takes no time then."""
    figures = []

    def draw(figure):
        figures.append(figure)
        return f"picture {len(figures)}".encode()

    monkeypatch.setattr(notebook, "as_png", draw)
    return figures


def test_a_figure_becomes_a_png_of_its_size():
    figure = Figure(figsize=(3, 2))
    figure.patch.set_facecolor("#0072B2")
    drawn = pixels(as_png(figure))
    assert drawn.shape == (2 * DPI, 3 * DPI, 4)
    assert (drawn == (0, 0x72, 0xB2, 255)).all()


@given(title=st.text(), rows=st.dictionaries(st.text(), st.text()), picture=st.binary())
def test_a_page_says_whatever_it_is_given(title, rows, picture):
    newline = str.maketrans({"\r": " ", "\0": " "})  # which no page can hold
    title = title.translate(newline)
    rows = {name.translate(newline): value.translate(newline) for name, value in rows.items()}
    page = Page(as_html(title, rows, picture))
    assert page.texts["caption"] == [title]
    assert page.rows == rows
    ((image),) = page.images
    assert image["alt"] == title
    assert b64decode(image["src"].removeprefix(PREFIX)) == picture


def test_a_page_without_a_picture_has_none():
    assert Page(as_html("xor", {"loss": 1})).images == []


def test_the_picture_is_the_overview():
    made = xor(epochs=2)
    drawn = pixels(made._repr_png_())
    assert drawn.shape[:2] == tuple(round(side * DPI) for side in OVERVIEW_SIZE[::-1])
    np.testing.assert_array_equal(drawn, pixels(as_png(made.plot(seeds=0))))


def test_the_page_holds_the_picture_and_what_is_known():
    made = xor(epochs=2)
    page = Page(made._repr_html_())
    (image,) = page.images
    assert b64decode(image["src"].removeprefix(PREFIX)) == made._repr_png_()
    assert page.texts["caption"] == ["TrainFCNN('xor')"]
    results, rows = made.results(), page.rows
    assert list(rows) == [
        "data", "network", "recipe", "training", "ended", "loss", "accuracy",
        "best constant answer",
    ]  # fmt: skip
    assert rows["recipe"].startswith(f"{format_setting(made.recipe.dims)} relu, adam lr=")
    assert rows["data"] == repr(made.dataset)
    assert rows["network"] == repr(made.network)
    assert rows["training"] == repr(made.history)
    assert rows["ended"] == "done"
    assert rows["loss"] == f"{results['loss_name']} {results['loss']:#.3g}"
    assert rows["accuracy"] == (
        f"{results['score']:.1%} (training), {results['test_score']:.1%} (test), "
        f"{results['exact_score']:.1%} (truth)"
    )
    assert rows["best constant answer"] == f"accuracy {made.baseline:.4f}"


def test_a_regression_tells_its_own_scores(drawn):
    made = TrainFCNN("prod", n_samples=60).train([3], epochs=2)
    rows = Page(made._repr_html_()).rows
    assert rows["R²"].startswith(f"{made.score(made.dataset.x, made.dataset.y):.4f} (training)")
    assert rows["best constant answer"].startswith("MSE ")


def test_a_training_that_diverged_is_shown_too():
    with pytest.warns(RuntimeWarning, match="diverged"):
        made = TrainFCNN("prod", n_samples=60).train([3], optimizer="sgd", lr=1e9, epochs=5)
    page = Page(made._repr_html_())
    assert page.rows["ended"] == "diverged after 5 of 5 epochs"
    assert len(page.images) == 1


def test_before_training_it_is_the_data(drawn):
    made = xor()
    page = Page(made._repr_html_())
    assert page.rows == {"data": repr(made.dataset)}
    assert drawn[0].axes[0].get_title() == "xor: 60 points"


@pytest.mark.parametrize("train", [False, True])
def test_images_are_shown(train, drawn):
    made = TrainFCNN("digits", n_samples=60)
    if train:
        made.train([4], epochs=1)
    assert made._repr_png_() == b"picture 1"
    assert len(drawn[0].axes) == (6 if train else 1)


def test_of_many_features_it_is_the_plane_of_those_that_tell_most(drawn):
    made = with_features(4)
    first, second = telling_pair(made.dataset)
    made._repr_png_()
    made.train([3], epochs=1)._repr_png_()
    for figure in drawn:
        assert figure.axes[0].get_xlabel().startswith(f"feature {first}")
        assert figure.axes[0].get_ylabel() == f"feature {second}"


def test_one_feature_is_shown_as_a_curve(drawn):
    made = with_features(1)
    assert len(Page(made._repr_html_()).images) == 1
    made.train([3], epochs=3)
    assert len(Page(made._repr_html_()).images) == 1
    assert [figure.axes[0].get_xlabel() for figure in drawn] == ["x", "x"]
    assert [len(figure.axes) for figure in drawn] == [1, 3]


def test_the_picture_is_drawn_once_for_all_forms_and_anew_after_training(drawn):
    made = xor()
    for expected in (b"picture 1", b"picture 2"):
        for _ in range(2):
            page = Page(made._repr_html_())
            assert made._repr_png_() == expected
            assert b64decode(page.images[0]["src"].removeprefix(PREFIX)) == expected
        made.train([3], epochs=1)


def test_a_film_makes_the_picture_anew(drawn, monkeypatch, tmp_path):
    monkeypatch.setattr(film, "draw_film", lambda *given: [])
    monkeypatch.setattr(film, "write_film", lambda *given: None)
    made = xor(epochs=1)
    made._repr_png_()
    made.animate(tmp_path / "xor.gif")
    assert made._repr_png_() == b"picture 2"


@pytest.mark.parametrize("folds", [{}, {"folds": 2}], ids=["sweep", "folds"])
def test_what_a_sweep_found_has_a_picture_of_its_own(folds, drawn):
    found = sweep("xor", n_samples=60, dims=[[2], [3]], epochs=2, **folds)
    best = found.best()
    assert best._repr_png_() == b"picture 1"
    assert drawn[0].texts[-1].get_text() == as_line(best.run, with_loss=False)


def test_a_trainer_that_holds_another_training_has_a_picture_of_its_own(drawn):
    made = xor(epochs=1)
    made._repr_png_()
    data = make_dataset("and", 50)
    held = TrainFCNN.from_run(replace(made.run, ended="stopped", dataset=data, seed=3))
    assert held._repr_png_() == b"picture 2"
    assert drawn[1].get_suptitle().startswith("and: ")
    assert made._repr_png_() == b"picture 1"


def test_names_are_no_markup(drawn):
    data = replace(make_dataset("xor", 50), name="<b>&\"'")
    text = TrainFCNN(data)._repr_html_()
    assert "<b>" not in text
    page = Page(text)
    assert page.texts["caption"] == [f"TrainFCNN({data.name!r})"]
    assert page.images[0]["alt"] == f"TrainFCNN({data.name!r})"


def found(**fields):
    return sweep("xor", 2, n_samples=60, **{"dims": [[2], [3]], "epochs": 2} | fields)


@pytest.mark.parametrize(
    ("fields", "method"), [({}, "plot_parallel"), ({"dims": [2]}, "plot_losses")]
)
def test_a_sweep_is_shown_by_its_table_and_the_picture_that_suits(fields, method):
    made = found(**fields)
    page = Page(made._repr_html_())
    assert page.texts["p"] == [repr(made)]
    assert page.texts["pre"] == [made.table()]
    (image,) = page.images
    picture = b64decode(image["src"].removeprefix(PREFIX))
    expected = pixels(as_png(getattr(made, method)().figure))
    for drawn in (picture, made._repr_png_()):
        np.testing.assert_array_equal(pixels(drawn), expected)


def test_a_sweep_without_a_network_is_shown_in_words():
    made = replace(found(), runs=[], rows=[])
    page = Page(made._repr_html_())
    assert (page.texts["p"], page.texts["pre"], page.images) == ([repr(made)], [""], [])
    assert made._repr_png_() is None


def test_of_a_long_table_the_start_is_shown_with_how_to_see_the_rest():
    lines = [f"<{number}>" for number in range(MOST_LINES + 1)]
    (shown,) = Page(text_as_html("xor", "\n".join(lines))).texts["pre"]
    assert shown.splitlines() == [*lines[:-1], "and 1 more: print(sweep.table())"]
    (shown,) = Page(text_as_html("xor", "\n".join(lines[:-1]))).texts["pre"]
    assert shown.splitlines() == lines[:-1]
