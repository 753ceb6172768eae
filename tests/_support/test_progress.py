"""A bar is for somebody who waits and looks."""

import sys

import pytest

from trainfcnn._support.progress import progress_bar


@pytest.mark.parametrize(
    ("progress", "terminal", "shown"),
    [
        (None, True, True),
        (None, False, False),
        (True, False, True),
        (False, True, False),
    ],
)
def test_by_default_a_bar_is_for_a_terminal(progress, terminal, shown, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with progress_bar(10, "epoch", progress) as bar:
        assert bar.disable is not shown
        if shown:
            bar.start_t -= 2  # as if it had been there for two seconds
            bar.last_print_t -= 2
        bar.update(3)
    assert ("3/10" in capsys.readouterr().err) == shown


def test_what_takes_less_than_a_second_shows_no_bar(capsys):
    with progress_bar(10, "epoch", progress=True) as bar:
        for _ in range(10):
            bar.update()
    captured = capsys.readouterr()
    assert (captured.out, captured.err.strip()) == ("", "")
