"""``trainfcnn play``, and ``trainer.play()``: what to begin with, and where."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal
from typing import TYPE_CHECKING, Any

from trainfcnn._support.checks import look_up

if TYPE_CHECKING:
    from trainfcnn.playground.mailbox import Mailbox
    from trainfcnn.playground.material import OwnData
    from trainfcnn.playground.settings import Settings

HOST = "127.0.0.1"
PORT = 8642
HIGHEST_PORT = 65535


@dataclass(frozen=True)
class Worker:
    """What trains for a page; torch is imported when the first one comes.

    Attributes
    ----------
    settings : dict
        To begin with, those that are not as they are by default.
    own : OwnData, optional
        The data set 'csv'.
    """

    settings: dict[str, Any]
    own: "OwnData | None" = None

    def __call__(self, mailbox: "Mailbox", send: Callable[[bytes], object]) -> None:
        """Train for one page until it is gone."""
        from trainfcnn.playground.session import Session

        Session(mailbox, send, self._settings(), self.own).run()

    def warm_up(self) -> None:
        """Import, and make once, what the first page will ask for."""
        from trainfcnn.playground import pictures
        from trainfcnn.playground.experiment import Experiment

        pictures.welcome()
        pictures.frame(Experiment(self._settings(), self.own), {}, 0, quickly=True)

    def _settings(self) -> "Settings":
        from trainfcnn.playground.settings import Settings

        return Settings().but(self.settings)


def add_play(commands: Any) -> None:
    """Add the command to a parser of the command line."""
    parser = commands.add_parser(
        "play",
        help="train live in the browser, and look inside",
        epilog="Ctrl-C ends it. Only this machine can reach it, and only who knows the address.",
    )
    parser.add_argument(
        "dataset",
        nargs="?",
        default="xor",
        help="one of `trainfcnn list` that is drawn, or a CSV file (default: xor)",
    )
    port = f"where to listen, or the next free one; 0 takes any (default: {PORT})"
    parser.add_argument("--port", type=int, metavar="N", default=PORT, help=port)
    host = f"to listen on; any but a loopback address lets others in (default: {HOST})"
    parser.add_argument("--host", metavar="ADDRESS", default=HOST, help=host)
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address and open nothing"
    )
    parser.set_defaults(command="play", parser=parser)


def play_from_shell(given: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    serve(worker_for(given.dataset), given.host, given.port, not given.no_browser)
    signal(SIGINT, SIG_IGN)  # it has ended, and somebody who presses Ctrl-C twice wants no more
    return 0


def worker_for(dataset: str) -> Worker:
    """Return what trains on a named data set, or on a file.

    Raises
    ------
    ValueError
        If there is none, or no plane of it can be drawn.
    """
    if Path(dataset).suffix:
        from trainfcnn.playground.material import material_of, own_file
        from trainfcnn.playground.settings import Settings

        own = own_file(Path(dataset))
        material_of(Settings(dataset="csv"), own)  # refused here, and not on the page
        return Worker({"dataset": "csv"}, own)
    from trainfcnn.data.images import IMAGES
    from trainfcnn.data.toy import DATASETS

    if dataset in IMAGES:
        raise ValueError(f"data to play with must lie in a plane, got images {dataset!r}: try xor")
    look_up(DATASETS, dataset, "dataset", else_="; or give the path of a CSV file")
    return Worker({"dataset": dataset})


def serve(worker: Worker, host: str = HOST, port: int = PORT, open_browser: bool = True) -> None:
    """Serve pages until Ctrl-C, and print where.

    Raises
    ------
    ValueError
        If websockets is not installed, or there can be no such port.
    """
    if not 0 <= port <= HIGHEST_PORT:
        raise ValueError(f"port must be from 0 to {HIGHEST_PORT}, got {port}: try port={PORT}")
    try:
        from trainfcnn.playground import server
    except ImportError:
        raise ValueError(
            'play must have websockets, and it is not installed: pip install "trainfcnn[play]"'
        ) from None
    server.play(worker, host, port, open_browser, worker.warm_up)
