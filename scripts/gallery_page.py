"""The page of the gallery: thumbnails in groups, and below them each script with its caption."""

import ast
import json
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from pathlib import Path

from trainfcnn._support.files import written_whole

KINDS = ".png", ".gif"
THUMBNAILS = "thumbnails"
DRAWN = "drawn.json"  # of which code each picture was drawn
WIDTH = 480  # pixels of a thumbnail
QUALITY = 75
COLUMNS = 3
SHOWN_WIDTH = 260  # pixels on the page
MOST_BYTES = 4_000_000  # that a browser loads for the page

# Scripts by the first two letters of their names, in the order of the page.
GROUPS = {
    "Decision boundaries": ["01", "02", "04", "09", "10", "32", "06"],
    "Inside a network": ["05", "28", "31", "34", "07"],
    "Training": ["08", "13", "12", "29", "30", "11", "14", "15", "20"],
    "Many seeds, many settings": ["26", "27", "16", "17", "18", "19", "21"],
    "Regression": ["25", "24", "03"],
    "Images": ["22", "33", "23"],
}
OTHERS = "Others"
INTRODUCTION = """\
# Gallery

Pictures of neural networks, each drawn by a script of fifteen to forty lines, from the public API
alone. A click on one leads to its script. `scripts/gallery` runs them all and writes this page.
What one can touch has a page of its own: [the playground](playground.md).
"""


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


def title_and_caption(script: Path) -> tuple[str, str]:
    """Return the first line and the rest of a script's docstring."""
    docstring = ast.get_docstring(ast.parse(script.read_text("utf-8"), script.name)) or ""
    title, _, caption = docstring.partition("\n\n")
    if not caption or "\n" in title:
        raise ValueError(f"{script.name} must start with a docstring of a title and a caption")
    return title.removesuffix("."), " ".join(caption.split())


def code_of(script: Path) -> str:
    """Return what follows a script's docstring: all that its picture hangs on."""
    text = script.read_text("utf-8")
    docstring = ast.parse(text).body[0]
    return "\n".join(text.splitlines()[docstring.end_lineno :]).strip() + "\n"


def grouped(folder: Path) -> dict[str, list[Path]]:
    """Return the scripts by the heading of their group, in the order of the page."""
    found = {script.name[:2]: script for script in scripts(folder)}
    groups = {
        heading: [found.pop(start) for start in starts if start in found]
        for heading, starts in GROUPS.items()
    }
    groups[OTHERS] = [*found.values()]
    return {heading: members for heading, members in groups.items() if members}


# --- the page ---


def page(folder: Path) -> str:
    """Return the page as markdown: thumbnails in groups, then title, caption and code of each."""
    groups = grouped(folder)
    parts = [INTRODUCTION]
    for heading, members in groups.items():
        parts += [f"## {heading}\n", f"{_table(members)}\n"]
    for heading, members in groups.items():
        parts += [f"## Scripts: {heading.lower()}\n"]
        parts += [_section(folder, script) for script in members]
    return "\n".join(parts)


def _table(members: Sequence[Path]) -> str:
    rows = [members[start : start + COLUMNS] for start in range(0, len(members), COLUMNS)]
    lines = [f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows]
    return "\n".join(["<table>", *lines, "</table>"])


def _cell(script: Path) -> str:
    title = escape(title_and_caption(script)[0])
    image = f'<img src="{THUMBNAILS}/{script.stem}.webp" width="{SHOWN_WIDTH}" alt="{title}">'
    return f'<td valign="top"><a href="#{script.stem}">{image}<br>{title}</a></td>'


def _section(folder: Path, script: Path) -> str:
    title, caption = title_and_caption(script)
    links = [f"[the picture]({one.name})" for one in pictures(folder, script.stem)]
    links += [f"[{script.name}]({script.name})"]
    code = f"<details><summary>Script</summary>\n\n```python\n{code_of(script)}```\n\n</details>\n"
    return f'### <a id="{script.stem}"></a>{title}\n\n{caption}\n\n{", ".join(links)}\n\n{code}'


def write_page(folder: Path) -> None:
    """Write the page, all of it or nothing."""
    text = page(folder)
    with written_whole(folder / "README.md") as place:
        place.write_text(text, encoding="utf-8")


# --- what belongs to a picture ---


def remember(script: Path) -> None:
    """Make the thumbnail of a script's new picture, and note of which code it was drawn."""
    (picture,) = pictures(script.parent, script.stem)
    _write_thumbnail(picture)
    drawn = {**_drawn(script.parent), script.stem: _checksum(script)}
    there = {one.stem for one in scripts(script.parent)}
    kept = {stem: drawn[stem] for stem in sorted(drawn) if stem in there}
    with written_whole(script.with_name(DRAWN)) as place:
        place.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _write_thumbnail(picture: Path) -> None:
    from PIL import Image

    folder = picture.parent / THUMBNAILS
    folder.mkdir(exist_ok=True)
    with Image.open(picture) as image:
        image.seek(getattr(image, "n_frames", 1) - 1)  # of a film, how it ends
        small = image.convert("RGB")
        small.thumbnail((WIDTH, 2 * WIDTH), Image.Resampling.LANCZOS)
    with written_whole(folder / f"{picture.stem}.webp") as place:
        small.save(place, format="WEBP", quality=QUALITY, method=6)


def _drawn(folder: Path) -> dict[str, str]:
    place = folder / DRAWN
    drawn: dict[str, str] = json.loads(place.read_text("utf-8")) if place.exists() else {}
    return drawn


def _checksum(script: Path) -> str:
    return sha256(code_of(script).encode()).hexdigest()[:16]


def check_page(folder: Path) -> list[str]:
    """Return what is wrong with the page, or with which pictures there are."""
    wrong = []
    stems = [script.stem for script in scripts(folder)]
    drawn = _drawn(folder)
    for script in scripts(folder):
        names = [picture.name for picture in pictures(folder, script.stem)]
        if len(names) != 1:
            told = " and ".join(names) or "none"
            wrong.append(f"{script.name} must have one picture, and has {told}")
        elif drawn.get(script.stem) != _checksum(script):
            wrong.append(f"{names[0]} was drawn by another {script.name}: draw it anew")
    wrong += [f"{one.name} has no script" for one in pictures(folder) if one.stem not in stems]
    small = [one.stem for one in sorted((folder / THUMBNAILS).glob("*"))]
    if small != stems:
        wrong.append(f"{THUMBNAILS}/ must hold one for each script: draw those that are missing")
    written = folder / "README.md"
    if not written.exists() or written.read_text("utf-8") != page(folder):
        wrong.append("README.md is not what the scripts say")
    if (loaded := loaded_bytes(folder)) > MOST_BYTES:
        wrong.append(f"the page must load {MOST_BYTES:,} bytes at most, got {loaded:,}")
    return wrong


def loaded_bytes(folder: Path) -> int:
    """Return how much a browser loads for the page: its text and the thumbnails."""
    shown = [folder / "README.md", *(folder / THUMBNAILS).glob("*")]
    return sum(path.stat().st_size for path in shown if path.exists())
