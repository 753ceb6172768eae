"""Random clicks on a playground's page, the same for the same seed."""

import random
import time
from collections.abc import Callable

from playwright.sync_api import Page

# Every control that is there to be used, in the order of the page. Files are not saved: hundreds of
# them would be made.
CONTROLS = """() => {
  const all = [...document.querySelectorAll(
    "#play :is(button, select, input:not([type=file]), summary, .draws)")];
  return window.controls = all.filter(one =>
    !one.disabled && one.checkVisibility() && !one.closest(".take")), window.controls.length;
}"""
USE = """([index, share, text]) => {
  const one = window.controls[index];
  if (!one.isConnected) return; // it was replaced meanwhile
  const tell = (name) => one.dispatchEvent(new Event(name, {bubbles: true}));
  if (one.matches("select")) {
    one.selectedIndex = Math.floor(share * one.options.length);
    tell("change");
  } else if (one.matches("[type=range]")) {
    one.value = one.min + share * (one.max - one.min);
    tell("input");
  } else if (one.matches("[type=text], [type=number]")) {
    one.value = text;
    tell("change");
  } else if (one.matches(".draws")) {
    const box = one.getBoundingClientRect();
    one.dispatchEvent(new MouseEvent("click", {bubbles: true, shiftKey: share > 0.5,
      clientX: box.x + share * box.width, clientY: box.y + (1 - share) * box.height}));
  } else one.click();
}"""
TEXTS = (
    "0.01", "0.3", "1", "0", "-1", "1e9", "17", "0.5", "", "abc", "x1 > x2", "sin(9*x1)*x2",
    "__import__('os')", "1000", "3", "∞",
)  # fmt: skip


def click_at_random(
    page: Page, seconds: float, seed: int, now_and_then: Callable[[], object]
) -> int:
    """Use controls of a page at random, about ten a second; return how many times.

    Parameters
    ----------
    page : Page
        Where a playground is open.
    seconds : float
        How long.
    seed : int
        Of what is chosen.
    now_and_then : callable
        Called after every hundred clicks.
    """
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    n = 0
    while time.monotonic() < end:
        index = int(chance.random() * int(page.evaluate(CONTROLS)))
        page.evaluate(USE, [index, chance.random(), chance.choice(TEXTS)])
        if chance.random() < 0.1:
            page.keyboard.press(chance.choice([" ", "s", "r", "n", "Tab", "ArrowRight", "ArrowUp"]))
        if chance.random() < 0.02:
            page.evaluate(chance.choice(["() => history.back()", "() => history.forward()"]))
        page.wait_for_timeout(60)
        n += 1
        if n % 100 == 0:
            now_and_then()
    return n
