"""A page of the playground in a browser, and what a user does with it."""

import time
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

PLAYGROUND = "document.getElementById('play').playground"


class Screen:
    """A page, and what went wrong on it.

    Attributes
    ----------
    errors : list of str
        What the page's console calls an error, and what nobody caught.
    foreign : list of str
        Addresses that are not of this machine.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        page.on("request", lambda request: self._look_at(request.url))

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.errors.append(said.text)

    def _look_at(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
            self.foreign.append(url)

    def open(self, fragment: str = "") -> "Screen":
        """Open the page with settings in its address, and wait for the first picture."""
        self.page.goto(f"{self.address}#{fragment}")
        self.wait(f"{PLAYGROUND}?.run.frame")
        return self

    def wait(self, script: str, seconds: float = 10.0) -> Any:
        """Wait until a script gives something true, and return it.

        `wait_for_function` would evaluate text in the page, which its own rules forbid.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.page.evaluate(
                f"() => {{ try {{ return {script} }} catch {{ return 0 }} }}"
            )
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {script}")

    def ask(self, script: str) -> Any:
        """Return what a script gives of the playground, `p`."""
        return self.page.evaluate(f"() => {{ const p = {PLAYGROUND}; return {script} }}")

    def press(self, name: str) -> None:
        """Press a button by its name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, label: str, value: str) -> None:
        """Type into a field and leave it, or take one of a list."""
        field = self.page.get_by_label(label, exact=True)
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
            field.press("Tab")

    @property
    def frame(self) -> dict[str, Any]:
        """The head of the last picture."""
        return self.ask("p.run.frame.head")  # type: ignore[no-any-return]

    @property
    def settings(self) -> dict[str, Any]:
        """What is set."""
        return self.ask("p.run.settings")  # type: ignore[no-any-return]

    def array(self, name: str) -> list[float]:
        """Return an array of the last picture."""
        return self.ask(f"Array.from(p.run.frame.arrays['{name}'].values)")  # type: ignore[no-any-return]

    def step(self, epochs: int = 1) -> None:
        """Train exactly so many epochs, and wait for their picture."""
        target = self.frame["epoch"] + epochs
        self.ask(f"p.send({{kind: 'step', epochs: {epochs}}})")
        self.wait_for_epoch(target)

    def wait_for_epoch(self, epoch: int) -> None:
        """Wait for the picture of an epoch, at rest."""
        self.wait(
            f"{PLAYGROUND}.run.frame?.head.epoch === {epoch} "
            f"&& !{PLAYGROUND}.run.frame.head.playing && !{PLAYGROUND}.isWaiting"
        )

    def wait_for_setting(self, name: str, value: str) -> None:
        """Wait until a setting is so, as JSON has it, and there is a picture of it."""
        self.wait(
            f"JSON.stringify({PLAYGROUND}.run.settings['{name}']) === '{value}' "
            f"&& {PLAYGROUND}.run.frame"
        )

    def text(self, selector: str) -> str:
        """Return what is written in an element."""
        return self.page.locator(selector).first.inner_text()

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))
