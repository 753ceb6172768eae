"""The server: what it serves, to whom, and what it refuses."""

import asyncio
import json
import threading
import time
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

pytest.importorskip("websockets")

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from trainfcnn.playground import server
from trainfcnn.playground.command import Worker
from trainfcnn.playground.frames import decode
from trainfcnn.playground.server import MOST_BYTES, MOST_PAGES, STATIC, Playground

HELLO = json.dumps({"kind": "hello", "version": 1})


def echo(mailbox, send):
    """Stand for what trains: send each command back."""
    while not mailbox.is_closed:
        for command in mailbox.take(None):
            send(json.dumps(command).encode())


@asynccontextmanager
async def running(work=echo, host="127.0.0.1", port=0):
    playground = Playground(work, host, port)
    opened = asyncio.Event()
    stop = asyncio.Event()
    task = asyncio.create_task(playground.serve(lambda _: opened.set(), stop))
    await asyncio.wait({asyncio.ensure_future(opened.wait()), task}, return_when="FIRST_COMPLETED")
    try:
        yield playground
    finally:
        stop.set()
        await task


def base(playground):
    return playground.address.partition("/?")[0]


def page(playground, token=None, **options):
    address = base(playground)
    token = playground.token if token is None else token
    options = {"origin": address, "max_size": None} | options
    return connect(f"{address.replace('http', 'ws')}/live?token={token}", **options)


async def asked(playground, path, **headers):
    """Return status, headers and text of what the server says."""

    def ask():
        place = urlsplit(playground.address)
        connection = HTTPConnection(place.hostname, place.port, timeout=5)
        connection.putrequest("GET", path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()

    return await asyncio.to_thread(ask)


def on_a_server(test):
    """Let a test be an async function of a running server."""

    def run():
        async def whole():
            async with running() as playground:
                await asyncio.wait_for(test(playground), 20)

        asyncio.run(whole())

    run.__name__ = test.__name__
    return run


@on_a_server
async def test_the_page_and_its_modules_are_served_with_a_strict_policy(playground):
    for path in ("/", "/index.html", f"/?token={playground.token}"):
        status, headers, text = await asked(playground, path)
        assert status == 200
        assert text == (STATIC / "index.html").read_text("utf-8")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    for script in STATIC.glob("*.js"):
        status, headers, _ = await asked(playground, f"/{script.name}")
        assert (status, headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")


@on_a_server
async def test_nothing_else_is_served(playground):
    for path in (
        "/../server.py", "/static/index.html", "/server.py", "//etc/passwd", "/%2e%2e/server.py",
        "/index.html/", "/..%2fserver.py", "/.", "/index.htm", "/favicon.ico?x", "/live/",
    ):  # fmt: skip
        status, _, text = await asked(playground, path)
        assert (status, text) == (404, "there is no such page\n"), path


@on_a_server
async def test_a_wrong_token_is_refused(playground):
    for token in ("0" * 32, "", playground.token[:-1], "é"):
        with pytest.raises(InvalidStatus, match="403"):
            await page(playground, token)
    assert (await asked(playground, "/?token=0"))[0] == 403
    assert len(playground.token) == 32


@on_a_server
async def test_another_site_is_refused_even_with_the_token(playground):
    for origin in (
        "http://evil.example",
        "null",
        base(playground).replace("127.0.0.1", "[::1]"),
        None,
    ):
        with pytest.raises(InvalidStatus, match="403"):
            await page(playground, origin=origin)
    assert not playground.threads


@on_a_server
async def test_another_name_for_this_machine_is_refused(playground):
    port = urlsplit(playground.address).port
    for host in (
        f"evil.example:{port}",
        "127.0.0.1",
        f"127.0.0.1:{port + 1}",
        "",
        "[::1",
        f"10.0.0.7:{port}",
    ):
        assert (await asked(playground, "/", Host=host))[0] in (400, 421), host
    assert (await asked(playground, "/", Host=f"localhost:{port}"))[0] == 200


@on_a_server
async def test_messages_are_bounded_and_what_is_no_command_is_handed_on_as_none(playground):
    async with page(playground) as socket:
        for message in ("[]", "{", "5", b"\xff", "[" * 60_000, '{"kind": "x"}'):
            await socket.send(message)
        answers = [json.loads(await socket.recv()) for _ in range(6)]
        assert answers == [{"kind": None}] * 5 + [{"kind": "x"}]
        await socket.send("x" * (MOST_BYTES + 1))
        with pytest.raises(ConnectionClosed, match="1009"):
            await socket.recv()


@on_a_server
async def test_a_page_that_floods_is_closed(playground):
    async with page(playground) as socket:
        mailbox_is_full = server.Mailbox()
        assert all(mailbox_is_full.put({"kind": "x"}) for _ in range(1000))
        assert not mailbox_is_full.put({"kind": "x"})
        await socket.send('{"kind": "play"}')
        assert json.loads(await socket.recv()) == {"kind": "play"}


@on_a_server
async def test_a_ninth_page_is_told_so_and_served_when_another_is_gone(playground):
    sockets = [await page(playground) for _ in range(MOST_PAGES)]
    ninth = await page(playground)
    with pytest.raises(ConnectionClosed) as closed:
        await ninth.recv()
    assert closed.value.rcvd.code == 1013
    assert "8 pages are open" in closed.value.rcvd.reason
    threads = [*playground.threads.values()]
    await sockets[0].close()
    start = time.monotonic()
    while len(playground.threads) == MOST_PAGES or threads[0].is_alive():
        await asyncio.sleep(0.01)
        assert time.monotonic() - start < 5
    async with page(playground) as socket:
        await socket.send('{"kind": "play"}')
        assert json.loads(await socket.recv()) == {"kind": "play"}
    for socket in sockets:
        await socket.close()


@on_a_server
async def test_a_port_that_is_taken_is_left_for_the_next_free_one(playground):
    port = urlsplit(playground.address).port
    async with running(port=port) as second:
        assert port < urlsplit(second.address).port


@on_a_server
async def test_two_pages_do_not_disturb_each_other(playground):
    playground._work = Worker({"dataset": "and", "dims": []})
    async with page(playground) as first, page(playground) as second:
        for socket in (first, second):
            await socket.send(HELLO)
            kinds = [decode(await socket.recv())[0]["kind"] for _ in range(3)]
            assert kinds == ["welcome", "fresh", "frame"]
        await first.send(json.dumps({"kind": "step", "epochs": 7}))
        while decode(await first.recv())[0].get("epoch") != 7:
            pass
        await second.send(json.dumps({"kind": "pause"}))
        assert decode(await second.recv())[0]["epoch"] == 0


def test_when_the_server_ends_its_pages_are_told_and_its_threads_end():
    async def whole():
        async with running() as playground:
            socket = await page(playground)
            threads = [*playground.threads.values()]
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd.code == 1001
        return threads

    threads = asyncio.run(whole())
    # all those of the other tests, too
    for thread in (*threads, *(one for one in threading.enumerate() if one.name == "playground")):
        thread.join(5)
        assert not thread.is_alive()


def test_there_must_be_such_a_host():
    async def whole():
        await Playground(echo, "256.0.0.1", 0).serve(print, asyncio.Event())

    with pytest.raises(ValueError, match="must be such an address"):
        asyncio.run(whole())


def test_for_other_machines_only_numbers_are_names():
    playground = Playground(echo, "0.0.0.0", 80)
    playground._port = 80
    assert playground._is_our_host("192.168.0.7:80")
    assert not playground._is_our_host("evil.example:80")
