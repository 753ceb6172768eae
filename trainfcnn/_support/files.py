"""Files are written whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def check_writable(path: Path) -> None:
    """Say what is wrong with a place to write to, before any work is done for it.

    Raises
    ------
    ValueError
        If there is no such folder, it may not be written to, or `path` is a folder itself.
    """
    folder = str(path.parent)
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {folder!r} to save {path.name!r} in: make it")
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"the folder {folder!r} may not be written to: choose another")
    if path.is_dir():
        raise ValueError(
            f"{str(path)!r} must be a file to write, and is a folder: add a name to it"
        )


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to, which takes its name once all went well.

    Whatever stood there before stays until then, and no half of a file is left behind.
    """
    # In the same folder, hence on the same disk, where `replace` is a single step.
    beside = path.with_name(f".{path.name}.part")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
