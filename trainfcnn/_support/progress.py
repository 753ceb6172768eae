"""A progress bar that shows itself only where somebody waits and looks."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm


def progress_bar(total: int, unit: str, progress: bool | None) -> "tqdm[Any]":
    """Return a bar that shows itself after a second; by default in a terminal only."""
    from tqdm import tqdm

    hidden = None if progress is None else not progress  # None hides it unless in a terminal
    return tqdm(total=total, unit=unit, leave=False, delay=1.0, disable=hidden)
