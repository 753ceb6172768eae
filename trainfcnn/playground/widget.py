"""The page in a notebook: the same modules, joined to one, and the same session under them."""

import re
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import anywidget

from trainfcnn.playground.mailbox import Mailbox

STATIC = Path(__file__).parent / "static"
BUNDLE = re.compile(r"// bundle: (.*)")
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?function\*?|class|const|let) (\w+)", re.MULTILINE)


def joined_modules(folder: Path = STATIC) -> str:
    """Return the page's modules as one, as a notebook takes them.

    The first line of ``widget.js`` says which there are, each behind those that it imports. Every
    one has a scope of its own, so that names may repeat.
    """
    source = (folder / "widget.js").read_text("utf-8")
    found = BUNDLE.match(source)
    names = found[1].split() if found else []
    parts = [_scoped(name, (folder / name).read_text("utf-8")) for name in names]
    return "\n".join([*parts, _with_imports(source)])


def _scoped(name: str, source: str) -> str:
    """Return a module as a function that is called once, and returns what is exported."""
    exported = ", ".join(match[2] for match in EXPORT.finditer(source))
    body = EXPORT.sub(r"\1 \2", _with_imports(source))
    return f"const {_module(name)} = (() => {{\n{body}\nreturn {{{exported}}};\n}})();"


def _with_imports(source: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        names = re.sub(r"(\w+) as (\w+)", r"\1: \2", match[1])
        return f"const {{{names}}} = {_module(match[2])};"

    return IMPORT.sub(replaced, source)


def _module(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name.removesuffix(".js"))


class PlayWidget(anywidget.AnyWidget):
    """A playground under a cell.

    Parameters
    ----------
    work : callable
        What trains for one page: it takes its mailbox, and where its messages go.
    """

    _esm = joined_modules()
    _css = (STATIC / "play.css").read_text("utf-8")

    def __init__(self, work: Callable[[Mailbox, Callable[[bytes], object]], None]) -> None:
        # before anything that may fail, since a widget is closed in any case
        self._mailbox = Mailbox()
        self._work = work
        super().__init__()
        self.on_msg(self._receive)

    def _receive(self, _: object, message: Any, buffers: object) -> None:
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind in ("hello", "bye"):  # a view that is shown again begins anew
            self._mailbox.close()
        if kind == "hello":
            self._mailbox = Mailbox()
            args = (self._mailbox, lambda answer: self.send({}, buffers=[answer]))
            Thread(target=self._work, args=args, daemon=True, name="playground").start()
        self._mailbox.put(message if isinstance(message, dict) else {"kind": None})

    def close(self) -> None:
        """End its run."""
        self._mailbox.close()
        super().close()
