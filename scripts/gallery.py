"""Draw the pictures of the gallery and write its page, or see whether both are up to date.

    scripts/gallery                  draw them all, write gallery/README.md
    scripts/gallery 04 11            draw these two only
    scripts/gallery --check          draw them elsewhere, and compare
    scripts/gallery --check --page   compare the page only, which takes no time

A script that fails leaves its picture as it was, and the others go on. One whose data are not
there, and cannot be downloaded, is skipped.
"""

import argparse
import ast
import runpy
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from trainfcnn._support.files import written_whole

# What takes long to import is imported by the function that needs it: --help needs none of it.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parents[1] / "gallery"
KINDS = ".png", ".gif"
INTRODUCTION = """\
# Gallery

Each picture is drawn by the script that is linked below it, from the public API alone.
`scripts/gallery` runs them all and writes this page. What one can touch has a page of its own: [the
playground](playground.md).
"""
# Root mean square difference of pixels, which go from 0 to 255. With a processor's plainest
# instructions, hence other rounding, pictures differed by 17 at most; with another seed mostly by
# more than 23.
TOLERANCE = 20.0

Use = Callable[[Path, Path], str]  # takes a script and its new picture, and says what is wrong


def scripts(folder: Path, starts: Sequence[str] = ("",)) -> list[Path]:
    """Return the scripts whose names start so, in order."""
    found = sorted(folder.glob("[0-9][0-9]_*.py"))
    for start in starts:
        if not any(script.name.startswith(start) for script in found):
            there = ", ".join(script.stem for script in found)
            raise LookupError(f"no script starts with {start!r}: there are {there or 'none'}")
    return [script for script in found if script.name.startswith(tuple(starts))]


def pictures(folder: Path, stem: str = "*") -> list[Path]:
    """Return the pictures of one script, or all of them."""
    return sorted(path for kind in KINDS for path in folder.glob(stem + kind))


# --- the page ---


def page(folder: Path) -> str:
    """Return the page as markdown: title, picture, caption and code of each script."""
    parts = [INTRODUCTION]
    for script in scripts(folder):
        title, caption = title_and_caption(script)
        for picture in pictures(folder, script.stem):
            parts += [f"## {title}\n", f"![{title}]({picture.name})\n", f"{caption}\n"]
            parts += [f"[{script.name}]({script.name})\n"]
    return "\n".join(parts)


def title_and_caption(script: Path) -> tuple[str, str]:
    """Return the first line and the rest of a script's docstring."""
    docstring = ast.get_docstring(ast.parse(script.read_text("utf-8"), script.name)) or ""
    title, _, caption = docstring.partition("\n\n")
    if not caption or "\n" in title:
        raise ValueError(f"{script.name} must start with a docstring of a title and a caption")
    return title.removesuffix("."), " ".join(caption.split())


def write_page(folder: Path) -> None:
    """Write the page, all of it or nothing."""
    text = page(folder)
    with written_whole(folder / "README.md") as place:
        place.write_text(text, encoding="utf-8")


def check_page(folder: Path) -> list[str]:
    """Return what is wrong with the page, or with which pictures there are."""
    stems = [script.stem for script in scripts(folder)]
    wrong = []
    for stem in stems:
        names = [picture.name for picture in pictures(folder, stem)]
        if len(names) != 1:
            wrong.append(
                f"{stem}.py must have one picture, and has {' and '.join(names) or 'none'}"
            )
    wrong += [f"{one.name} has no script" for one in pictures(folder) if one.stem not in stems]
    written = folder / "README.md"
    if not written.exists() or written.read_text("utf-8") != page(folder):
        wrong.append("README.md is not what the scripts' docstrings say")
    return wrong


# --- the pictures ---


def replace_picture(script: Path, picture: Path) -> str:
    """Put a new picture in place of the one that is kept, which may be of another kind."""
    with written_whole(script.with_suffix(picture.suffix)) as place:
        shutil.copyfile(picture, place)
    for other in pictures(script.parent, script.stem):
        if other.suffix != picture.suffix:
            other.unlink()
    return ""


def compare(script: Path, picture: Path) -> str:
    """Return how a picture differs from the one that is kept; nothing if it does not."""
    import numpy as np

    if not script.with_suffix(picture.suffix).exists():
        return "changed: no such picture is kept"
    n_frames, new = ends(picture)
    n_kept, kept = ends(script.with_suffix(picture.suffix))
    if (n_frames, new.shape) != (n_kept, kept.shape):
        return "changed: another size, or number of frames"
    # The worse of first and last, which for a picture are the same one.
    difference = np.sqrt(((new - kept) ** 2).mean(axis=(1, 2, 3))).max()
    return f"changed: differs by {difference:.1f}" if difference > TOLERANCE else ""


def ends(path: Path) -> "tuple[int, NDArray[np.float64]]":
    """Return how many frames a picture has, and the first and last, (2, height, width, 3)."""
    import numpy as np
    from PIL import Image

    with Image.open(path) as image:
        n_frames: int = getattr(image, "n_frames", 1)
        frames = []
        for index in (0, n_frames - 1):
            image.seek(index)
            frames.append(np.array(image.convert("RGB"), np.float64))
    return n_frames, np.stack(frames)


@contextmanager
def drawn(script: Path) -> Iterator[Path]:
    """Run a copy of a script in a folder of its own, and give the picture that it saves there.

    Raises
    ------
    ValueError
        If it saves something else.
    """
    import matplotlib as mpl
    from matplotlib import pyplot

    with TemporaryDirectory() as place, mpl.rc_context():
        mpl.rcdefaults()  # whatever style its user prefers
        mpl.use("agg")
        # A script saves its picture beside itself: a copy leaves the one that is kept alone.
        copy = Path(shutil.copy(script, place))
        try:
            with uninterrupted():
                runpy.run_path(str(copy), run_name="__main__")
        finally:
            pyplot.close("all")
        saved = sorted(path.name for path in copy.parent.iterdir() if path != copy)
        if saved not in ([script.stem + kind] for kind in KINDS):
            must = f"must save {script.stem}.png or .gif and nothing else"
            raise ValueError(f"{script.name} {must}, and saved {' and '.join(saved) or 'nothing'}")
        yield copy.with_name(saved[0])


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Pass Ctrl-C on: `train` takes it for a wish to stop early, and half-trained is not drawn."""
    presses = 0

    def interrupt(number: int, frame: object) -> None:
        nonlocal presses
        presses += 1
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    # Nobody else raises it any more: `train` caught it and went on as if it were done.
    if presses:
        raise KeyboardInterrupt


def attempt(script: Path, use: Use) -> str:
    """Run a script and return what came of it: 'skipped', 'failed' or 'changed' and why, or ''."""
    try:
        with drawn(script) as picture:
            return use(script, picture)
    # A script may call sys.exit; only Ctrl-C ends all of them.
    except (Exception, SystemExit) as error:
        if isinstance(error, FileNotFoundError) and error.errno is None:  # not the system's own
            return f"skipped: {error}"
        traceback.print_exc()
        return f"failed: {type(error).__name__}: {error}"


def run(chosen: Sequence[Path], use: Use) -> list[str]:
    """Run scripts, print name, seconds and outcome of each, and return what went wrong."""
    import torch

    torch.set_num_threads(1)  # so that neither the number of cores nor other programs tell
    wrong = []
    total = 0.0
    for script in chosen:
        start = perf_counter()
        outcome = attempt(script, use)
        seconds = perf_counter() - start
        total += seconds
        print(f"{script.stem:<32}{seconds:6.1f} s  {outcome}".rstrip(), flush=True)
        if outcome.startswith(("failed", "changed")):
            wrong.append(f"{script.name} {outcome}")
    print(f"{'all of them':<32}{total:6.1f} s")
    return wrong


# --- the command ---


def main(given: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Draw or compare what is asked for; return 1 if something went wrong.

    Parameters
    ----------
    given : sequence of str, optional
        By default the command line.
    folder : Path
        Where the scripts and the pictures are.
    """
    summary, _, usage = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        "scripts/gallery",
        description=summary,
        epilog=usage,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("start", nargs="*", help="how the names of some scripts start: 04")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if outdated")
    parser.add_argument("--page", action="store_true", help="leave the pictures alone")
    asked = parser.parse_args(given)
    try:
        chosen = scripts(folder, asked.start or [""])
    except LookupError as error:
        parser.error(str(error))
    wrong = [] if asked.page else run(chosen, compare if asked.check else replace_picture)
    try:
        if asked.check:
            wrong += check_page(folder)
        else:
            write_page(folder)
    except (ValueError, SyntaxError) as error:
        wrong.append(str(error))
    print(*wrong, sep="\n", file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
