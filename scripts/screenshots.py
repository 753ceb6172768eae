"""Take the pictures of gallery/playground.md in headless Chromium.

scripts/screenshots              take them all
scripts/screenshots seeds dark   take these two only
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scripts.browsing import find_browser, opened_browser, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).resolve().parents[1] / "gallery" / "playground"
PLAYGROUND = "document.getElementById('play').playground"
LOOKS = 50  # at a training on the way, for its test curve


class Shot(NamedTuple):
    """What to show, for how many epochs, in which window."""

    fragment: str
    epochs: int
    width: int = 1440
    height: int = 1000
    scheme: str = "light"
    presses: tuple[str, ...] = ()


SHOTS = {
    "playground": Shot(
        "dataset=spiral&n_samples=500&dims=8,8&activation=relu&weight_seed=1", 300, height=960
    ),
    "seeds": Shot("dims=4&networks=64", 1000, height=960),
    "dark": Shot("dataset=circles&n_samples=1000&dims=8,8&activation=relu", 200, scheme="dark"),
    "compare": Shot(
        "dataset=circle&noise=0.3&n_samples=100&dims=8,8&compare=b"
        "&b.dataset=circle&b.noise=0.3&b.n_samples=100&b.dims=8,8&b.weight_decay=0.01",
        600,
        height=1210,
    ),
    "narrow": Shot("dims=6&activation=relu", 100, width=390, height=1180),
}


def main(given: Sequence[str] | None = None) -> int:
    """Take what is asked for; return 1 where there is no browser."""
    summary = (__doc__ or "").split("\n")[0]
    parser = argparse.ArgumentParser("scripts/screenshots", description=summary)
    parser.add_argument("names", nargs="*", choices=[[], *SHOTS], help="by default all of them")
    asked = parser.parse_args(given)
    path = find_browser()
    if path is None:
        print("no Chromium among the system's programs: apt-get install chromium", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with served("xor") as running, opened_browser(path) as browser:
        for name in asked.names or SHOTS:
            take(browser, running.address, SHOTS[name], FOLDER / f"{name}.png")
            print(f"{name}.png")
    return 0


def take(browser: "Browser", address: str, shot: Shot, place: Path) -> None:
    """Train as a shot says, and save what is to be seen."""
    from PIL import Image

    size = {"width": shot.width, "height": shot.height}
    scheme = "dark" if shot.scheme == "dark" else "light"
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}#{shot.fragment}")
    is_ready = f"{PLAYGROUND}?.run.frame && !{PLAYGROUND}.wantsCompare"
    while not page.evaluate(f"() => Boolean({is_ready})"):
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)
    step = shot.epochs // LOOKS
    for epoch in range(step, shot.epochs + 1, step):
        page.evaluate(f"() => {PLAYGROUND}.send({{kind: 'step', epochs: {step}}})")
        is_there = f"!r.fresh || r.frame?.head.epoch === {epoch} && !r.frame.head.playing"
        while not page.evaluate(f"() => Object.values({PLAYGROUND}.runs).every(r => {is_there})"):
            page.wait_for_timeout(10)
    page.wait_for_timeout(300)
    page.screenshot(path=place)
    context.close()
    with Image.open(place) as image:
        image.convert("RGB").quantize(256, kmeans=2, dither=Image.Dither.NONE).save(
            place, optimize=True
        )


if __name__ == "__main__":
    sys.exit(main())
