"""The playground's page in a real browser: what is drawn, what is said, what is asked for."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest

from scripts.browsing import Served, find_browser, opened_browser, served
from trainfcnn import TrainFCNN

pytest.importorskip("websockets", reason="the page is served by websockets")
pytest.importorskip("playwright", reason="the browser is driven by playwright")

from playwright.sync_api import Browser
from screens import PLAYGROUND, Screen

from scripts.clicking import click_at_random

CHROMIUM = find_browser()
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium among the system's programs"),
    pytest.mark.no_cover,
]
LEARNT = "dataset=xor&dims=6&activation=relu"
OpenPage = Callable[..., Screen]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("xor") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser(str(CHROMIUM)) as opened:
        yield opened


@pytest.fixture
def open_page(server: Served, browser: Browser) -> Iterator[OpenPage]:
    """Open pages; all of them must end without an error, and ask nobody else for anything."""
    screens = []
    contexts = []

    def opened(fragment: str = "", width: int = 1280, height: int = 900, **context: str) -> Screen:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **context))
        contexts[-1].set_default_timeout(5000)
        screens.append(Screen(contexts[-1].new_page(), server.address))
        return screens[-1].open(fragment)

    yield opened
    for context in contexts:
        context.close()
    assert [screen.errors for screen in screens] == [[]] * len(screens)
    assert [screen.foreign for screen in screens] == [[]] * len(screens)
    assert not [line for line in server.said if "Traceback" in line]


# --- the training ---


def test_play_trains_and_pause_holds_it(open_page: OpenPage) -> None:
    screen = open_page()
    assert "press Play" in screen.text(".sentence")
    screen.press("Play")
    screen.wait(f"{PLAYGROUND}.run.frame.head.epoch > 20")
    start = time.monotonic()
    screen.press("Pause")
    screen.wait(f"!{PLAYGROUND}.isPlaying")
    assert time.monotonic() - start < 1
    screen.wait(f"!{PLAYGROUND}.run.frame.head.playing && !{PLAYGROUND}.isWaiting")
    epoch = screen.frame["epoch"]
    time.sleep(0.4)
    assert screen.frame["epoch"] == epoch
    assert screen.text(".epoch b").replace(",", "") == str(epoch)


def test_a_step_is_one_epoch_and_reset_takes_the_same_weights_and_batches(
    open_page: OpenPage,
) -> None:
    screen = open_page()
    at_first = screen.array("w1")
    losses = []
    for _ in range(2):
        screen.press("Step")
        screen.wait_for_epoch(1)
        screen.step(19)
        losses.append(screen.ask("p.run.curves.loss.training.values"))
        screen.press("Reset")
        screen.wait_for_epoch(0)
        assert screen.array("w1") == at_first
    assert losses[0] == losses[1]
    assert len(losses[0]) == 20


def test_new_weights_are_others(open_page: OpenPage) -> None:
    screen = open_page()
    at_first = screen.array("w1")
    screen.press("New weights")
    screen.wait_for_setting("weight_seed", "1")
    assert screen.array("w1") != at_first


@pytest.mark.parametrize("fragment", ["", "dataset=circle&dims=3&optimizer=sgd&lr=0.1", "dims="])
def test_the_program_reproduces_the_loss_to_the_last_digit(
    open_page: OpenPage, fragment: str
) -> None:
    screen = open_page(fragment)
    screen.step(7)
    names = run_program(screen.text(".code code"))
    assert screen.ask("p.run.python.exact")
    assert np.float32(names["trainer"].history.loss[-1]) == np.float32(screen.frame["loss"])


def run_program(text: str) -> dict:
    """Run a program that the page shows, and return its names."""
    names: dict = {}
    with redirect_stdout(StringIO()):
        exec(text, names)
    return names


def test_a_changed_rate_goes_on_and_says_so(open_page: OpenPage) -> None:
    screen = open_page()
    screen.step(5)
    screen.choose("Learning rate", "0.1")
    screen.wait_for_setting("lr", "0.1")
    screen.step(1)
    assert screen.frame["epoch"] == 6
    assert screen.frame["by_hand"]
    assert "by hand" in screen.text(".told")


def test_a_rate_that_is_none_is_refused_at_its_field(open_page: OpenPage) -> None:
    screen = open_page()
    screen.choose("Learning rate", "-1")
    field = screen.page.locator(".field", has=screen.page.get_by_label("Learning rate"))
    field.locator(".refusal").wait_for()
    assert "got -1" in field.locator(".refusal").inner_text()
    assert screen.settings["lr"] == 0.01


def test_a_divergence_is_said_in_words_and_reset_helps(open_page: OpenPage) -> None:
    screen = open_page("dataset=prod&optimizer=sgd&lr=900&activation=relu")
    screen.press("Play")
    screen.page.locator(".told", has_text="diverged").wait_for()
    assert "NaN" not in screen.page.locator("#play").inner_text()
    screen.press("Reset")
    screen.wait_for_epoch(0)
    assert screen.frame["state"] == "ready"


# --- what is drawn ---


def test_the_prediction_is_that_of_the_network(open_page: OpenPage) -> None:
    screen = open_page(LEARNT)
    screen.step(30)
    trainer = run_program(screen.text(".code code"))["trainer"]
    n = 100
    low, high = screen.ask("[p.run.data.view_low, p.run.data.view_high]")
    axes = [low[k] + (high[k] - low[k]) * (np.arange(n) + 0.5) / n for k in (0, 1)]
    points = np.stack(np.meshgrid(*axes), -1).reshape(-1, 2)
    expected = 255 * trainer.predict_proba(points)[:, 1]
    np.testing.assert_allclose(screen.array("out"), expected, atol=1)
    # The pixels are these bytes: white in the middle, orange above, blue below; from above.
    pixels = screen.ask(
        "Array.from(p.prediction.plane.map.getContext('2d').getImageData(0, 0, 100, 100).data)"
    )
    rows = np.reshape(pixels, (n, n, 4))[::-1].reshape(-1, 4).astype(int)
    assert (rows[expected > 140, 0] > rows[expected > 140, 2]).all()
    assert (rows[expected < 115, 2] > rows[expected < 115, 0]).all()


def test_weights_are_those_of_the_network_and_a_hand_can_change_one(open_page: OpenPage) -> None:
    screen = open_page("dims=3")
    screen.step(4)
    network = run_program(screen.text(".code code"))["trainer"].network
    weights = network.linears[0].weight.detach().numpy().ravel()
    np.testing.assert_array_equal(np.float32(screen.array("w1")), weights)
    screen.page.locator(".unit[data-at='1 2']").click()
    field = screen.page.get_by_label("from x₂ of layer 1, unit 3")
    assert float(field.input_value()) == pytest.approx(weights[5], rel=1e-4)
    field.fill("-1.5")
    field.press("Enter")
    screen.wait(f"{PLAYGROUND}.run.frame.arrays.w1.values[5] === -1.5")


def test_a_link_says_its_weight_under_the_pointer(open_page: OpenPage) -> None:
    screen = open_page("dims=1&features=x1")
    start, end = screen.ask("[p.net.ends[0].start, p.net.ends[0].end]")
    box = screen.page.locator(".net").bounding_box()
    assert box
    middle = (start["x"] + start["size"] + end["x"]) / 2
    height = (start["y"] + end["y"] + start["size"]) / 2
    screen.page.mouse.move(box["x"] + middle, box["y"] + height)
    weight = screen.array("w1")[0]
    said = screen.text(".peek .what").replace("−", "-")
    assert float(said.rpartition(" ")[2]) == pytest.approx(weight, rel=1e-2)


def test_misses_are_ringed_only_where_there_are_any(open_page: OpenPage) -> None:
    screen = open_page(LEARNT)
    misses = "p.prediction.plane.train.y.reduce((n, _, k) => n + p.missed(k), 0)"
    screen.ask("void (p.missed = (k) => p.prediction.plane.misses(p.prediction.plane.train, k))")
    at_first = screen.ask(misses)
    screen.step(200)
    n = screen.ask("p.run.data.n")
    assert screen.ask(misses) < at_first
    assert abs(screen.ask(misses) - n * (1 - screen.frame["score"])) <= 2


@pytest.mark.parametrize("dataset", ["quadrants", "prod", "spiral"])
def test_each_kind_of_data_is_drawn(open_page: OpenPage, dataset: str) -> None:
    screen = open_page()
    screen.page.get_by_role("radio", name=dataset, exact=True).click()
    screen.wait_for_setting("dataset", f'"{dataset}"')
    screen.step(3)
    drawn = (
        "new Set(p.prediction.plane.map.getContext('2d').getImageData(0, 0, 100, 100).data).size"
    )
    assert screen.ask(drawn) > 4
    assert screen.page.get_by_role("radio", name=dataset).get_attribute("aria-checked") == "true"


# --- the network ---


def test_units_layers_and_inputs_come_and_go(open_page: OpenPage) -> None:
    screen = open_page()
    screen.press("add a unit in layer 1")
    screen.wait_for_setting("dims", "[5,2]")
    screen.press("remove a hidden layer")
    screen.wait_for_setting("dims", "[5]")
    screen.page.get_by_title("input x₁x₂").click()
    screen.wait_for_setting("features", '["x1","x2","x1*x2"]')
    assert len(screen.array("w1")) == 15
    assert screen.page.locator(".unit:not(.input)").count() == 6
    screen.press("remove a hidden layer")
    screen.wait_for_setting("dims", "[]")
    screen.step(2)
    assert len(screen.array("w1")) == 3


# --- many seeds ---


def test_marked_tiles_sentence_and_picture_count_alike(open_page: OpenPage) -> None:
    screen = open_page("dims=4&networks=64&threshold=0.9")
    screen.step(100)
    n = screen.frame["success"]["n"]
    assert 0 < n <= 64
    assert screen.page.locator(".tiles [data-solved=true]").count() == n
    assert screen.text(".sentence").startswith(f"{n} of 64 seeds")
    assert screen.text(".success .rate") == f"{n} of 64 solve it"
    assert sum(score >= 0.9 for score in screen.array("member_score")) == n


def test_a_tile_that_is_clicked_is_shown_large(open_page: OpenPage) -> None:
    screen = open_page("dims=4&networks=16")
    screen.step(20)
    screen.page.locator(".tiles button").nth(11).click()
    screen.wait(f"{PLAYGROUND}.run.frame?.head.member === 11")
    side = screen.ask("p.run.frame.arrays.tiles.shape[2]")
    tile = np.reshape(screen.array("tiles"), (16, side, side))[11]
    large = np.reshape(screen.array("out"), (100, 100))
    at = ((np.arange(side) + 0.5) / side * 100).astype(int)
    assert np.abs(large[np.ix_(at, at)].astype(float) - tile).mean() < 4
    screen.page.keyboard.press("ArrowRight")
    screen.wait(f"{PLAYGROUND}.run.frame?.head.member === 12")


# --- own data ---


def test_a_function_becomes_data_and_code_does_not(open_page: OpenPage) -> None:
    screen = open_page()
    screen.choose("Your own function of x1, x2", "sin(3*x1) > x2")
    screen.wait_for_setting("dataset", '"formula"')
    x, y = screen.ask(
        "[Array.from(p.run.fresh.arrays.x.values), Array.from(p.run.fresh.arrays.y.values)]"
    )
    x1, x2 = np.reshape(x, (-1, 2)).T
    assert ((np.sin(3 * x1) > x2) == np.array(y, dtype=bool)).mean() > 0.98
    screen.choose("Your own function of x1, x2", "__import__('os')")
    screen.page.locator(".field .refusal:visible").wait_for()
    assert screen.settings["formula"] == "sin(3*x1) > x2"


def test_a_file_becomes_data_and_a_broken_one_is_refused_in_words(
    open_page: OpenPage, tmp_path: Path
) -> None:
    rows = np.random.default_rng(0).normal(size=(60, 2)).round(3)
    lines = ["height,width,sort", *(f"{a},{b},{'big' if a + b > 0 else 'small'}" for a, b in rows)]
    (tmp_path / "own.csv").write_text("\n".join(lines))
    (tmp_path / "broken.csv").write_text("a,b\n1\n")
    screen = open_page()
    chooser = screen.page.locator("input[type=file]")
    chooser.set_input_files(tmp_path / "own.csv")
    screen.wait_for_setting("dataset", '"csv"')
    assert screen.ask("p.run.data.classes") == ["big", "small"]
    screen.step(3)
    chooser.set_input_files(tmp_path / "broken.csv")
    screen.page.locator(".refusal:visible, .warning:visible").first.wait_for()
    assert screen.settings["dataset"] == "csv"


def test_a_click_adds_a_point_and_it_is_learnt_from(open_page: OpenPage) -> None:
    screen = open_page("n_samples=20")
    before = screen.ask("p.run.data.n")
    box = screen.page.locator(".right .over").bounding_box()
    assert box
    screen.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    screen.wait_for_setting("dataset", '"points"')
    assert len(screen.settings["points"]) == screen.ask("p.run.data.n") >= before
    screen.step(2)


# --- the address ---


def test_the_address_keeps_the_settings_and_not_the_token(
    open_page: OpenPage, server: Served
) -> None:
    screen = open_page()
    screen.press("add a unit in layer 2")
    screen.wait_for_setting("dims", "[4,3]")
    screen.step(5)
    loss = screen.frame["loss"]
    address = screen.page.url
    assert "dims=4,3" in address
    assert "token" not in address
    screen.page.reload()
    screen.wait_for_setting("dims", "[4,3]")
    screen.step(5)
    assert screen.frame["loss"] == loss


def test_back_and_forward_go_through_the_settings(open_page: OpenPage) -> None:
    screen = open_page()
    screen.press("remove a hidden layer")
    screen.wait_for_setting("dims", "[4]")
    screen.choose("Activation", "relu")
    screen.wait_for_setting("activation", '"relu"')
    screen.page.go_back()
    screen.wait_for_setting("activation", '"tanh"')
    screen.page.go_back()
    screen.wait_for_setting("dims", "[4,2]")
    screen.page.go_forward()
    screen.wait_for_setting("dims", "[4]")


def test_the_page_and_the_server_have_the_same_defaults(server: Served) -> None:
    from trainfcnn.playground.settings import Settings

    with urlopen(f"{server.origin}/state.js") as answer:
        text = answer.read().decode()
    body = re.search(r"DEFAULTS = (\{.*?\});", text, re.DOTALL)
    assert body
    as_json = re.sub(r"(\w+):", r'"\1":', re.sub(r",\s*\}", "}", body.group(1)))
    assert json.loads(as_json) == Settings().plain()


# --- side by side, tabs, faults ---


def test_two_settings_train_side_by_side(open_page: OpenPage) -> None:
    screen = open_page("dims=2")
    screen.press("Compare")
    screen.wait(f"{PLAYGROUND}.current === 'b' && {PLAYGROUND}.runs.b.frame")
    screen.press("add a unit in layer 1")
    screen.wait_for_setting("dims", "[3]")
    screen.step(6)
    screen.wait(f"{PLAYGROUND}.runs.a.frame?.head.epoch === 6")
    assert "dims: 2 → 3" in screen.text("[aria-label='Side by side']")
    assert "b.dims=3" in screen.page.url
    screen.press("End comparison")
    screen.wait_for_setting("dims", "[2]")


def test_two_tabs_do_not_disturb_each_other(open_page: OpenPage) -> None:
    one = open_page("dims=3")
    other = open_page("dims=5")
    one.press("Play")
    other.step(4)
    one.wait(f"{PLAYGROUND}.run.frame.head.epoch > 10")
    assert other.frame["epoch"] == 4
    assert (one.settings["dims"], other.settings["dims"]) == ([3], [5])
    one.press("Pause")


def test_garbage_changes_nothing(open_page: OpenPage) -> None:
    screen = open_page()
    before = screen.settings
    for garbage in (
        "17",
        "[]",
        "{kind: 'set'}",
        "{kind: 'launch'}",
        "{kind: 'select', member: 1e9}",
    ):
        screen.ask(f"p.send({garbage})")
    screen.step(1)
    assert screen.settings == before
    assert screen.frame["epoch"] == 1


def test_a_lost_connection_is_said_and_comes_back_with_the_settings(
    browser: Browser, server: Served
) -> None:
    page = browser.new_context().new_page()
    routes: list = []

    def keep(route: object) -> None:
        routes.append(route)
        route.connect_to_server()  # type: ignore[attr-defined]

    page.route_web_socket(re.compile("/live"), keep)
    screen = Screen(page, server.address).open("dims=7")
    routes[0].close(code=1012, reason="")
    page.get_by_role("alert").filter(has_text="Trying again").wait_for()
    screen.wait(f"{PLAYGROUND}.run.frame.head.epoch === 0 && !document.querySelector('.lost')")
    assert screen.settings["dims"] == [7]
    assert len(routes) == 2
    page.context.close()


def test_a_server_that_ends_and_a_wrong_token_are_said(browser: Browser) -> None:
    with served() as running:
        page = browser.new_page()
        page.goto(f"{running.origin}/")
        page.get_by_role("alert").filter(has_text="address").wait_for()
        page.close()
        page = browser.new_page()
        Screen(page, running.address).open()
        running.process.kill()
        page.get_by_role("alert").filter(has_text="server has ended").wait_for()
        page.close()


# --- to take away ---


def test_weights_and_pictures_can_be_saved_and_opened(open_page: OpenPage, tmp_path: Path) -> None:
    screen = open_page("dims=3")
    screen.step(3)
    for name in ("Weights", "Picture (PNG)", "Film (GIF)"):
        with screen.page.expect_download() as download:
            screen.press(name)
        download.value.save_as(tmp_path / download.value.suggested_filename)
    suffixes = sorted(path.suffix for path in tmp_path.iterdir())
    assert suffixes == [".gif", ".png", ".safetensors"]
    [weights] = tmp_path.glob("*.safetensors")
    first = TrainFCNN.load(weights).network.linears[0].weight.detach().numpy()
    np.testing.assert_array_equal(first.ravel(), np.float32(screen.array("w1")))
    assert next(tmp_path.glob("*.png")).read_bytes().startswith(b"\x89PNG")
    assert next(tmp_path.glob("*.gif")).read_bytes().startswith(b"GIF8")


# --- for everybody ---


def test_keyboard_alone_trains_xor(open_page: OpenPage) -> None:
    screen = open_page("dims=8&activation=relu")
    keyboard = screen.page.keyboard
    keyboard.press("Tab")
    assert screen.page.evaluate("() => document.activeElement.textContent") == "Play"
    keyboard.press("Space")
    screen.wait(f"{PLAYGROUND}.run.frame.head.test_score > 0.9", 20)
    keyboard.press("Space")
    screen.wait(f"!{PLAYGROUND}.isPlaying && !{PLAYGROUND}.run.frame.head.playing")
    epoch = screen.frame["epoch"]
    keyboard.press("s")
    screen.wait_for_epoch(epoch + 1)
    keyboard.press("r")
    screen.wait_for_epoch(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(open_page: OpenPage, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the rules are axe's")
    screen = open_page("dims=4&networks=16", color_scheme=scheme)
    screen.step(3)
    for summary in screen.page.locator("summary").all():
        summary.click()
    results = axe.Axe().run(screen.page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [360, 760, 1920])
def test_no_width_scrolls_sideways(open_page: OpenPage, width: int) -> None:
    screen = open_page("dims=8,8,8,8,8,8&networks=16", width=width)
    assert screen.overflow() <= 0
    edges = "[...document.querySelectorAll('button')].map(one => one.getBoundingClientRect().right)"
    assert max(screen.ask(edges)) <= width


def test_little_motion_is_a_picture_a_second(open_page: OpenPage) -> None:
    screen = open_page("dims=8,8", reduced_motion="reduce")
    screen.ask("p.drawn = 0, p.plainDraw = p.draw, p.draw = () => { p.drawn += 1; p.plainDraw(); }")
    screen.press("Play")
    screen.wait(f"{PLAYGROUND}.isPlaying")
    before = screen.ask("p.drawn")
    time.sleep(1.5)
    assert 1 <= screen.ask("p.drawn") - before <= 3
    screen.press("Pause")


def test_what_is_drawn_is_said(open_page: OpenPage) -> None:
    screen = open_page(LEARNT)
    screen.step(50)
    score = f"{100 * screen.frame['test_score']:.1f} %"
    canvas = screen.page.locator(".right .over")
    assert canvas.get_attribute("role") == "img"
    assert score in str(canvas.get_attribute("aria-label"))
    screen.page.locator("p[role=status]", has_text=score).wait_for(state="attached")


@pytest.mark.slow
def test_random_clicks_do_no_harm(open_page: OpenPage) -> None:
    screen = open_page()
    n = click_at_random(screen.page, 10.0, 1, lambda: None)
    assert n > 20
    screen.press("Reset")
    screen.wait_for_epoch(0)
