"""The playground in a browser, beside TensorFlow Playground's own page in the same one."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from scripts.benchmarks.report import Block, Result, Target, table, target
from scripts.benchmarks.timing import fresh_python, in_turn, timed
from scripts.browsing import Served, find_browser, opened_browser, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RIVAL = "https://github.com/tensorflow/playground"
RIVAL_PLACE = "TENSORFLOW_PLAYGROUND"  # the environment's name for a clone that is at hand
RIVAL_BRANCH = "gh-pages"  # where its page lies as it is served
RIVAL_SETTINGS = (
    "activation=tanh&batchSize=10&dataset=xor&networkShape=8,8&noise=0&percTrainData=50"
)
CLICKING = 600.0  # seconds
PLAYGROUND = "document.getElementById('play').playground"
SECONDS = 4.0  # that a training is watched
OURS = {
    "8-8, 250 points, batch 10": "dims=8,8",
    "64 networks, 6 units": "dims=6&networks=64",
    "64 networks, 8-8": "dims=8,8&networks=64",
}


class Watched(NamedTuple):
    """What a page shows while it trains, in a second, and how large its messages are."""

    epochs: float
    pictures: float
    bytes: float
    pause: float  # milliseconds until it rests


def play(rounds: int, quick: bool) -> Result:
    """Watch trainings, time the first picture, and click at random.

    Raises
    ------
    FileNotFoundError
        If there is no browser.
    """
    path = find_browser()
    if path is None:
        raise FileNotFoundError("no Chromium among the system's programs: apt-get install chromium")
    first = first_picture(path, rounds)
    with served("xor") as running, opened_browser(path) as browser:
        measure = {name: partial(watched, browser, running, text) for name, text in OURS.items()}
        with rival_page(browser) as rival:
            laps = in_turn({name: ignoring_lap(call) for name, call in measure.items()}, rounds)
            rival_epochs = median(rival() for _ in range(rounds)) if rival else None
        idle = idle_share(browser, running)
        clicks = clicked(browser, running, 10.0 if quick else CLICKING)
    rows: list[list[str | float]] = []
    if rival_epochs is not None:
        rows.append(["TensorFlow Playground, 8-8", rival_epochs, rival_epochs, "", ""])
    middle = {name: Watched(*map(median, zip(*lap, strict=True))) for name, lap in laps.items()}
    rows += [[name, *each] for name, each in middle.items()]
    columns = {
        "": "", "epochs / s": ",.0f", "pictures / s": ".0f", "bytes a picture": ",.0f",
        "ms to a pause": ".0f",
    }  # fmt: skip
    targets = targets_of(middle, rival_epochs, first, idle, clicks)
    notes = [] if rival_epochs is not None else [f"Without {RIVAL}, which could not be fetched."]
    return Result([table(columns, rows)], targets, notes)


def ignoring_lap(call: Callable[[], Watched]) -> Callable[[int], Watched]:
    return lambda _: call()


def targets_of(
    middle: dict[str, Watched],
    rival_epochs: float | None,
    first: float,
    idle: float,
    clicks: dict[str, float],
) -> list[Target]:
    """Return what was promised, and what was found."""
    ours, many, _ = middle.values()
    largest = max(each.bytes for each in middle.values())
    slowest = max(each.pause for each in middle.values())
    targets = [
        target("the playground, 8-8: pictures a second", ours.pictures, "≥", 30, ".0f"),
        target("64 networks at once: pictures a second", many.pictures, "≥", 30, ".0f"),
        target("the largest picture, kB", largest / 1000, "≤", 64, ".1f"),
        target("pause answered, ms", slowest, "≤", 100, ".0f"),
        target("first picture / `import torch`", first, "≤", 1.5, ".2f"),
        target("an idle page, share of a core", idle, "≤", 0.01, ".3f"),
        target(
            f"errors in {clicks['seconds']:.0f} s of random clicking",
            clicks["errors"],
            "≤",
            0,
            ".0f",
        ),
        target("the server after it, MB", clicks["megabytes"], "≤", 400, ".0f"),
        target("of these gained in its second half, MB", clicks["growth"], "≤", 20, ".0f"),
    ]
    if rival_epochs is not None:
        times = ours.epochs / rival_epochs
        targets.insert(0, target("epochs, 8-8 / TensorFlow Playground's", times, "≥", 40, ".0f"))
    return targets


# --- ours ---


@contextmanager
def opened(browser: "Browser", running: Served, fragment: str) -> Iterator["Page"]:
    """Open a page, and wait for its first picture."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{running.address}#{fragment}")
    wait(page, f"{PLAYGROUND}?.run.frame")
    try:
        yield page
    finally:
        context.close()


def wait(page: "Page", script: str) -> None:
    """Wait until a script gives something true."""
    for _ in range(6000):
        if page.evaluate(f"() => Boolean({script})"):
            return
        page.wait_for_timeout(5)
    raise RuntimeError(f"the page never came to {script}")


def watched(browser: "Browser", running: Served, fragment: str) -> Watched:
    """Train at full speed, and return what is seen."""
    sizes: list[int] = []
    with opened(browser, running, fragment) as page:
        page.evaluate(
            f"""() => {{
              const p = {PLAYGROUND};
              p.nDrawn = 0;
              const draw = p.draw;
              p.draw = () => {{ p.nDrawn += 1; draw.call(p); }};
              p.largest = 0;
              const take = p.takeFrame;
              p.takeFrame = (message) => {{
                p.largest = Math.max(p.largest, message.arrays.out.values.buffer.byteLength);
                take.call(p, message);
              }};
            }}"""
        )
        page.get_by_label("Speed").select_option("full speed")
        page.get_by_role("button", name="Play", exact=True).click()
        wait(page, f"{PLAYGROUND}.run.frame.head.epoch > 10")
        seen = f"() => [performance.now(), {PLAYGROUND}.run.frame.head.epoch, {PLAYGROUND}.nDrawn]"
        start = page.evaluate(seen)
        page.wait_for_timeout(1000 * SECONDS)
        end = page.evaluate(seen)
        pause = page.evaluate(
            f"""() => new Promise((resolve) => {{
              const p = {PLAYGROUND};
              const start = performance.now();
              const take = p.takeState;
              p.takeState = (head) => {{
                take.call(p, head);
                if (!head.playing) resolve(performance.now() - start);
              }};
              p.play();
            }})"""
        )
        sizes.append(page.evaluate(f"() => {PLAYGROUND}.largest"))
    seconds = (end[0] - start[0]) / 1000
    return Watched(
        (end[1] - start[1]) / seconds,
        (end[2] - start[2]) / seconds,
        float(max(sizes)),
        float(pause),
    )


def first_picture(path: str, rounds: int) -> float:
    """Return how many times as long the first picture takes as `import torch`.

    From the command to the picture, in a browser that is open.
    """
    ratios = []
    with opened_browser(path) as browser:
        for _ in range(1 + rounds):
            torch = timed(fresh_python, "import torch")
            start = time.perf_counter()
            with served("xor") as running, opened(browser, running, "dataset=xor"):
                ratios.append((time.perf_counter() - start) / torch)
    return median(ratios[1:])  # the first read from disk


def cpu_seconds(pid: int) -> float:
    """Return what a process has used of a core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """Return how much memory a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def idle_share(browser: "Browser", running: Served) -> float:
    """Return how much of a core the server uses while a page rests."""
    with opened(browser, running, "dims=8,8&networks=64") as page:
        page.wait_for_timeout(1000)
        before = cpu_seconds(running.process.pid)
        page.wait_for_timeout(4000)
        return (cpu_seconds(running.process.pid) - before) / 4


def clicked(browser: "Browser", running: Served, seconds: float) -> dict[str, float]:
    """Click at random, and return how many errors there were and what memory it took."""
    from scripts.clicking import click_at_random

    errors: list[str] = []
    memory: list[float] = []

    def listen(said: Any) -> None:
        if said.type == "error":
            errors.append(said.text)

    with opened(browser, running, "") as page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", listen)
        note = partial(note_memory, running.process.pid, memory)
        click_at_random(page, seconds, 0, note)
        note()
    errors += [line for line in running.said if "Traceback" in line]
    print(*errors[:5], sep="\n", end="\n" * bool(errors))
    growth = memory[-1] - memory[len(memory) // 2]
    return {
        "seconds": seconds, "errors": len(errors), "megabytes": memory[-1], "growth": growth,
    }  # fmt: skip


def note_memory(pid: int, memory: list[float]) -> None:
    memory.append(megabytes(pid))


# --- theirs ---


@contextmanager
def rival_page(browser: "Browser") -> Iterator[Callable[[], float] | None]:
    """Give what measures TensorFlow Playground's epochs a second; None where there is none."""
    with TemporaryDirectory() as folder:
        if not fetched(Path(folder)):
            yield None
            return
        handler = partial(QuietHandler, directory=folder)
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/#{RIVAL_SETTINGS}"
        try:
            yield lambda: rival_epochs(browser, address)
        finally:
            server.shutdown()
            server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def fetched(folder: Path) -> bool:
    """Put its page into a folder: from a clone that is at hand, or from where it is kept."""
    clone = os.environ.get(RIVAL_PLACE)
    if clone:
        command = ["git", "-C", clone, "archive", "--format=tar", RIVAL_BRANCH]
        packed = subprocess.run(command, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)
        return True
    command = [
        "git",
        "clone",
        "--quiet",
        "--depth",
        "1",
        "--branch",
        RIVAL_BRANCH,
        RIVAL,
        str(folder),
    ]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def rival_epochs(browser: "Browser", address: str) -> float:
    """Return how many epochs a second it trains, each of which it draws."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        # What it wants from elsewhere, letters and statistics, is left out.
        page.route(lambda url: "127.0.0.1" not in url, lambda route: route.abort())
        page.goto(address)
        page.locator("#play-pause-button").click()
        epoch = "document.querySelector('#iter-number').innerText.replace(/,/g, '')"
        read = f"() => [performance.now(), Number({epoch})]"
        page.wait_for_timeout(1000)
        start = page.evaluate(read)
        page.wait_for_timeout(1000 * SECONDS)
        end = page.evaluate(read)
        return float(1000 * (end[1] - start[1]) / (end[0] - start[0]))
    finally:
        context.close()


BLOCK = Block(
    title="The playground",
    text=(
        "`trainfcnn play xor` in headless Chromium, at full speed, beside TensorFlow Playground's "
        "own page in the same browser: 8-8 tanh, 250 points, batches of 10. A picture is what the "
        "page draws of a training that goes on."
    ),
    measure=play,
    needs=("playwright", "websockets"),
)
