"""Files are written whole, or not at all."""

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


def check_writable(path: Path) -> None:
    """Say what is wrong with a place to write to, before any work is done for it.

    Raises
    ------
    ValueError
        If there is no such folder, it may not be written to, or `path` is a folder itself, or a
        disk.
    """
    path = path.resolve() if path.is_symlink() else path  # it is what the link points to
    folder = str(path.parent)
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {folder!r} to save {path.name!r} in: make it")
    if path.is_block_device() or path.is_socket():
        raise ValueError(
            f"{str(path)!r} must be a file to write, and is a device: choose another name"
        )
    if _is_stream(path):
        return
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"the folder {folder!r} may not be written to: choose another")
    if path.is_dir():
        raise ValueError(
            f"{str(path)!r} must be a file to write, and is a folder: add a name to it"
        )


def _is_stream(path: Path) -> bool:
    return path.is_fifo() or path.is_char_device()


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to, which takes its name once all went well.

    Whatever stood there before stays until then, and no half of a file is left behind, even where
    the power fails. A pipe or a device such as /dev/stdout stays what it is: it is written to, once
    the file is whole. A link stays one as well: what it points to is written.
    """
    if _is_stream(path):
        with TemporaryDirectory() as folder:
            yield Path(folder, path.name)
            with path.open("wb") as stream:
                stream.write(Path(folder, path.name).read_bytes())
        return
    target = path.resolve() if path.is_symlink() else path
    # In the same folder, hence on the same disk, where `replace` is a single step. Always by the
    # same name: what a killed process left of one goes with the next.
    beside = target.with_name(f".{target.name}.part")
    try:
        yield beside
        _flush(beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def write_records(records: Sequence[Mapping[str, object]], path: Path) -> None:
    """Write rows with the same names each as a CSV file, all of it or nothing.

    Raises
    ------
    ValueError
        If it cannot be written there.
    """
    check_writable(path)
    with written_whole(path) as place, place.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(records[0]) if records else [])
        writer.writeheader()
        writer.writerows(records)


def _flush(path: Path) -> None:
    """Wait until what was written to a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
