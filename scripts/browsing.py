"""A playground that is served, and a browser without a window to look at it.

The browser is the system's Chromium, driven by playwright, which downloads none.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
QUIET = (
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*")


def find_browser() -> str | None:
    """Return where the system's Chromium is, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Served(NamedTuple):
    """A playground in a process of its own: its address with the token, what it has said."""

    address: str
    process: "subprocess.Popen[str]"
    said: list[str]

    @property
    def origin(self) -> str:
        """The address without path and token."""
        return self.address.partition("/?")[0]


@contextmanager
def served(*arguments: str) -> Iterator[Served]:
    """Serve a playground, and end it by Ctrl-C.

    Raises
    ------
    RuntimeError
        If it ends without an address.
    """
    command = [sys.executable, "-m", "trainfcnn", "play", "--no-browser", "--port", "0", *arguments]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    said: list[str] = []
    found = None
    while not found:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"no address from {' '.join(command[2:])}: {''.join(said)}")
        said.append(line)
        found = ADDRESS.search(line)
    # Read on, so that it never waits for somebody to read.
    reader = Thread(target=said.extend, args=(process.stdout,), daemon=True)
    reader.start()
    try:
        yield Served(found.group().partition("#")[0], process, said)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join()
        process.stdout.close()


@contextmanager
def opened_browser(path: str) -> Iterator["Browser"]:
    """Open a browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET])
        try:
            yield browser
        finally:
            browser.close()
