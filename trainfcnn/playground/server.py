"""The page and its live connection, served to this machine alone.

Nothing here imports torch: the address is there at once, and what takes long is imported by the
threads that train while somebody opens it.
"""

import asyncio
import json
import secrets
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from errno import EADDRINUSE
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from trainfcnn.playground.mailbox import Mailbox

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LIVE = "/live"
MOST_PAGES = 8
PORTS_TRIED = 20  # behind the one that is taken; then any
MOST_BYTES = 64_000  # of a message from the page
MOST_ANSWERS = 500  # that wait for a page which does not read
TOO_MANY = "8 pages are open already: close one, and reload this one"
# A tab that is closed says so at once; of a machine that fell asleep one has to ask. While torch is
# imported this thread hears little, and must not take that for silence.
PING_SECONDS = 5.0
PONG_SECONDS = 30.0

# What trains for a page: it takes its mailbox, and where its messages go.
Work = Callable[[Mailbox, Callable[[bytes], object]], None]


def token_of(path: str) -> str | None:
    """Return the token in an address, or None."""
    found = parse_qs(urlsplit(path).query).get("token", [])
    return found[0] if len(found) == 1 else None


def static_files(folder: Path = STATIC) -> dict[str, tuple[str, bytes]]:
    """Return what may be asked for: from its address to its type and content, read once."""
    files = {
        f"/{path.name}": (TYPES[path.suffix], path.read_bytes())
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix in TYPES
    }
    return {**files, "/": files["/index.html"]} if "/index.html" in files else files


class Playground:
    """A server of pages, each with a thread of its own that trains.

    Parameters
    ----------
    work : callable
        What trains for one page, until its mailbox is closed.
    host : str
        Where to listen. Other machines reach it where that is no loopback address.
    port : int
        The next free one is taken where this is not free; 0 takes any.

    Attributes
    ----------
    token : str
        Of 128 bits: who has not been told it is refused.
    address : str
        With the token; known once it listens.
    threads : dict
        From a page's connection to its thread.
    """

    def __init__(self, work: Work, host: str, port: int) -> None:
        self.token = secrets.token_hex(16)
        self.address = ""
        self.threads: dict[ServerConnection, Thread] = {}
        self._work = work
        self._host = host
        self._wanted_port = port
        self._port = port
        self._files = static_files()

    async def serve(self, opened: Callable[[str], object], stop: asyncio.Event) -> None:
        """Listen until `stop` is set; `opened` is called with the address.

        Raises
        ------
        ValueError
            If this machine has no such address, or does not let anybody listen there.
        """
        server = await self._listen()
        try:
            self._port = server.sockets[0].getsockname()[1]
            host = f"[{self._host}]" if ":" in self._host else self._host
            self.address = f"http://{host}:{self._port}/?token={self.token}"
            opened(self.address)
            await stop.wait()
        finally:
            server.close()  # which tells all pages, by code 1001
            await server.wait_closed()

    async def _listen(self) -> Server:
        port = self._wanted_port
        while True:
            try:
                return await serve(
                    self._page,
                    self._host,
                    port,
                    process_request=self._answer,
                    max_size=MOST_BYTES,
                    compression=None,
                    ping_interval=PING_SECONDS,
                    ping_timeout=PONG_SECONDS,
                    server_header=None,
                )
            except OSError as error:
                if error.errno != EADDRINUSE:
                    raise ValueError(
                        f"there must be such an address to listen on, got {self._host!r} and port "
                        f"{port} ({error}): leave out host and port"
                    ) from None
            port = port + 1 if port - self._wanted_port < PORTS_TRIED else 0

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Return a file or a refusal; None lets a page of ours connect."""
        path = urlsplit(request.path).path
        if not self._is_our_host(request.headers.get("Host", "")):
            return _response(HTTPStatus.MISDIRECTED_REQUEST, "this is another host's address\n")
        if path == LIVE:
            return self._refusal(request)
        token = token_of(request.path)
        if token is not None and not self._is_ours(token):
            return _response(HTTPStatus.FORBIDDEN, "the address is an old one: see the terminal\n")
        if path not in self._files:
            return _response(HTTPStatus.NOT_FOUND, "there is no such page\n")
        type_, content = self._files[path]
        return _response(HTTPStatus.OK, content, type_)

    def _refusal(self, request: Request) -> Response | None:
        """Return why a connection is refused, if it is: our own page knows token and origin."""
        origins = request.headers.get_all("Origin")
        ours = f"http://{request.headers.get('Host', '')}"
        if origins != [ours]:
            return _response(HTTPStatus.FORBIDDEN, "another site has no business here\n")
        if not self._is_ours(token_of(request.path) or ""):
            return _response(HTTPStatus.FORBIDDEN, "the address is an old one: see the terminal\n")
        return None

    def _is_ours(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.token.encode())

    def _is_our_host(self, host: str) -> bool:
        """Whether a request names this server, and no name that somebody points at it."""
        with suppress(ValueError):
            parts = urlsplit(f"//{host}")
            if parts.port != self._port:
                return False
            name = parts.hostname or ""
            if name in ("localhost", self._host):
                return True
            # by a number there is no name to rebind; other ones are asked for with --host alone
            return not _is_loopback(self._host) and ip_address(name) is not None
        return False

    async def _page(self, connection: ServerConnection) -> None:
        """Let one page talk to a thread of its own, until it is gone."""
        if len(self.threads) >= MOST_PAGES:
            await connection.close(1013, TOO_MANY)
            return
        loop = asyncio.get_running_loop()
        mailbox = Mailbox()
        answers: asyncio.Queue[bytes] = asyncio.Queue()

        def send(message: bytes) -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody listens
                loop.call_soon_threadsafe(answers.put_nowait, message)

        thread = Thread(target=self._work, args=(mailbox, send), daemon=True, name="playground")
        self.threads[connection] = thread
        thread.start()
        sender = asyncio.create_task(_send_all(connection, answers))
        try:
            await _receive_all(connection, mailbox, answers)
        finally:
            mailbox.close()
            sender.cancel()
            # a thread that is in the middle of something is not waited for: it sees that it ends
            self.threads.pop(connection)


async def _receive_all(
    connection: ServerConnection, mailbox: Mailbox, answers: asyncio.Queue[bytes]
) -> None:
    with suppress(ConnectionClosed):
        async for message in connection:
            is_kept = mailbox.put(as_command(message))
            if not is_kept or answers.qsize() > MOST_ANSWERS:
                await connection.close(1008, "too many messages at once: reload")


async def _send_all(connection: ServerConnection, answers: asyncio.Queue[bytes]) -> None:
    with suppress(ConnectionClosed):
        while True:
            await connection.send(await answers.get())


def as_command(message: str | bytes) -> dict[str, Any]:
    """Return a message as a command; what is none is one that will be refused.

    Examples
    --------
    >>> as_command('{"kind": "play"}')
    {'kind': 'play'}
    >>> as_command("[1]")
    {'kind': None}
    """
    try:
        command = json.loads(message)
    except (ValueError, RecursionError):
        return {"kind": None}
    return command if isinstance(command, dict) else {"kind": None}


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def _response(status: HTTPStatus, content: str | bytes, type_: str = "text/plain") -> Response:
    body = content.encode() if isinstance(content, str) else content
    headers = {
        "Content-Type": type_,
        "Content-Length": str(len(body)),
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Connection": "close",
    }
    return Response(status, status.phrase, Headers(headers), body)


def play(
    work: Work,
    host: str,
    port: int,
    open_browser: bool,
    warm_up: Callable[[], object],
) -> None:
    """Serve until Ctrl-C, and say where.

    Parameters
    ----------
    work, host, port
        As of `Playground`.
    open_browser : bool
        Whether to open the address in a browser.
    warm_up : callable
        What to do in a thread meanwhile: to import what the first page will ask for.
    """
    playground = Playground(work, host, port)
    opened = partial(_opened, port=port, host=host, open_browser=open_browser, warm_up=warm_up)
    with suppress(KeyboardInterrupt):
        asyncio.run(_until_interrupted(playground, opened))
    print("\nplayground: ended", file=sys.stderr)  # noqa: T201


async def _until_interrupted(playground: Playground, opened: Callable[[str], object]) -> None:
    await playground.serve(opened, asyncio.Event())


def _opened(
    address: str,
    port: int,
    host: str,
    open_browser: bool,
    warm_up: Callable[[], object],
) -> None:
    """Say where it listens, and open it."""
    got = urlsplit(address).port
    if port not in (0, got):
        print(f"port {port} is taken: this is {got}", file=sys.stderr)  # noqa: T201
    if not _is_loopback(host):
        warning = "warning: whoever reaches this machine and knows the address can train on it"
        print(f"playground: {warning}", file=sys.stderr)  # noqa: T201
    print(f"playground: {address}", flush=True)  # noqa: T201
    if open_browser:
        Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    Thread(target=warm_up, daemon=True).start()
