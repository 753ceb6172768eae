"""What the commands that measure have in common: their arguments, and that Ctrl-C ends them."""

import argparse
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from trainfcnn._support.checks import look_up


def read_arguments(
    parser: argparse.ArgumentParser,
    what: str,
    names: Mapping[str, object],
    given: Sequence[str] | None,
) -> argparse.Namespace:
    """Return what was asked for, of the arguments that all measuring commands have.

    Parameters
    ----------
    parser : ArgumentParser
        With what only this command has.
    what, names
        What can be measured one by one, 'block', and what there is.
    given : sequence of str, optional
        By default the command line.
    """
    choices = ", ".join(names)
    parser.add_argument(
        "names", nargs="*", metavar=what.upper(), help=f"only these, of {choices}; by default all"
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run: its figures are none")
    parser.add_argument("--save", action="store_true", help="keep the figures, and write the page")
    parser.add_argument(
        "--render", action="store_true", help="measure nothing, write the page from what is saved"
    )
    asked = parser.parse_args(given)
    try:
        for name in asked.names:
            look_up(names, name, what)
    except ValueError as error:
        parser.error(str(error))
    if asked.quick and asked.save:
        parser.error("a quick run's figures are not for saving: leave out --quick or --save")
    if asked.render and (asked.names or asked.quick or asked.save):
        parser.error("--render measures nothing: use it alone")
    asked.names = asked.names or list(names)
    return asked


@contextmanager
def ended_by_interrupt() -> Iterator[None]:
    """Let Ctrl-C end the program: `train` takes it for a wish to stop early, which is no figure."""

    def leave(number: int, frame: object) -> None:
        # As a shell reports it; no `except KeyboardInterrupt` gets hold of it.
        sys.exit(128 + number)

    before = signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
