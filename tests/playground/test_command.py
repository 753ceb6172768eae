"""``trainfcnn play`` from a shell: its address comes first, and Ctrl-C ends it."""

import json
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("websockets")

from websockets.sync.client import connect

from trainfcnn import TrainFCNN, cli
from trainfcnn.playground import command, server
from trainfcnn.playground.command import serve, worker_for
from trainfcnn.playground.frames import decode

BLOCKED = """
import sys
import trainfcnn.playground.server as server
from trainfcnn.playground.command import worker_for
worker_for("xor")
assert "torch" not in sys.modules, "the address would wait for it"
assert "matplotlib" not in sys.modules
"""


def started(*arguments):
    command = [sys.executable, "-m", "trainfcnn", "play", "--no-browser", "--port", "0"]
    return subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_nothing_that_the_address_waits_for_imports_torch():
    subprocess.run([sys.executable, "-c", BLOCKED], check=True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another signal there")
def test_it_says_where_trains_there_and_ends_at_ctrl_c():
    with started("and") as process:
        address = process.stdout.readline().removeprefix("playground: ").strip()
        base, token = address.split("/?token=")
        live = f"{base.replace('http', 'ws')}/live?token={token}"
        with connect(live, origin=base, max_size=None) as socket:
            socket.send(json.dumps({"kind": "hello", "version": 1}))
            heads = [decode(socket.recv(timeout=60))[0] for _ in range(3)]
        assert [head["kind"] for head in heads] == ["welcome", "fresh", "frame"]
        assert heads[1]["settings"]["dataset"] == "and"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
        assert process.returncode == 0
        assert errors == "\nplayground: ended\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["xorr"], "did you mean 'xor'"),
        (["nothing.csv"], "nothing.csv"),
        (["digits"], "must lie in a plane, got images"),
        (["--port", "99999"], "port must be from 0"),
    ],
)
def test_what_cannot_be_played_with_is_told_before_anything_is_served(arguments, words, capsys):
    assert cli.main(["play", "--no-browser", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_file_is_read_before_it_is_served(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("a,b,c\n" + "1,2,x\n2,1,y\n" * 20)
    worker = worker_for(str(path))
    assert worker.settings == {"dataset": "csv"}
    assert worker.own.load(0).n_features == 2
    path.write_text("a,c\n" + "1,x\n2,y\n" * 20)
    with pytest.raises(ValueError, match="two columns of numbers"):
        worker_for(str(path))


def test_without_websockets_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "trainfcnn.playground.server", None)
    monkeypatch.delattr("trainfcnn.playground.server", raising=False)
    with pytest.raises(ValueError, match=r'pip install "trainfcnn\[play\]"'):
        serve(command.Worker({}))


def test_other_machines_and_taken_ports_are_said(capsys, monkeypatch):
    opened = []
    monkeypatch.setattr(server.webbrowser, "open", opened.append)
    address = "http://0.0.0.0:8643/?token=x"
    server._opened(address, 8642, "0.0.0.0", True, lambda: opened.append("warm"))
    captured = capsys.readouterr()
    assert "port 8642 is taken: this is 8643" in captured.err
    assert "whoever reaches this machine" in captured.err
    assert captured.out == f"playground: {address}\n"
    time.sleep(0.1)
    assert set(opened) == {address, "warm"}


def test_a_trainer_serves_its_own_data(monkeypatch):
    served = []
    monkeypatch.setattr(server, "play", lambda *given: served.append(given))
    assert TrainFCNN("spiral", n_samples=100).play(open_browser=False, port=0) is None
    worker, host, port, open_browser, _ = served[0]
    assert (host, port, open_browser) == ("127.0.0.1", 0, False)
    assert worker.settings["n_samples"] == 100
    worker.warm_up()
    with pytest.raises(ValueError, match="plane"):
        TrainFCNN("digits", n_samples=100).play()
    with pytest.raises(ValueError, match="widget must be"):
        TrainFCNN().play(widget="yes")
