"""What stands between the page and the thread that trains: commands in, pictures acknowledged.

It imports next to nothing, so that the server answers before torch is there.
"""

from collections import deque
from threading import Condition
from typing import Any

MOST_WAITING = 1000  # commands; a page that sends more without a pause is no page of ours
MOST_UNSEEN = 2  # pictures on their way, of each run


class Mailbox:
    """Commands of one page, in their order, and how many pictures it has not drawn yet.

    Attributes
    ----------
    is_closed : bool
        Whether the page is gone.
    """

    def __init__(self) -> None:
        self.is_closed = False
        self._commands: deque[dict[str, Any]] = deque()
        self._sent: dict[str, list[int]] = {}
        self._changed = Condition()
        self._is_woken = False

    def put(self, command: dict[str, Any]) -> bool:
        """Take a command, or return False where too many wait."""
        if command.get("kind") == "ack":  # which ends no slice of training
            self.acknowledge(command.get("run", "a"), command.get("frame"))
            return True
        with self._changed:
            if len(self._commands) >= MOST_WAITING:
                return False
            self._commands.append(command)
            self._changed.notify()
        return True

    def acknowledge(self, run: object, frame: object) -> None:
        """Note that a picture, and all of that run before it, are drawn."""
        if not isinstance(run, str) or not isinstance(frame, int):
            return
        with self._changed:
            unseen = self._sent.get(run, [])
            self._sent[run] = [number for number in unseen if number > frame]
            self._is_woken = True
            self._changed.notify()

    def sent(self, run: str, frame: int) -> None:
        """Note that a picture is on its way."""
        with self._changed:
            self._sent.setdefault(run, []).append(frame)

    def has_room(self, run: str) -> bool:
        """Whether the page can take one more picture of a run."""
        return len(self._sent.get(run, [])) < MOST_UNSEEN

    @property
    def has_command(self) -> bool:
        """Whether a command waits."""
        return bool(self._commands) or self.is_closed

    def take(self, seconds: float | None = 0.0) -> list[dict[str, Any]]:
        """Return the commands that wait; where there are none, wait so long for one.

        None waits until there is a command, an acknowledgement, or the page is gone.
        """
        with self._changed:
            if not self.has_command and seconds != 0:
                self._changed.wait_for(lambda: self.has_command or self._is_woken, seconds)
            self._is_woken = False
            taken = [*self._commands]
            self._commands.clear()
        return taken

    def close(self) -> None:
        """Say that the page is gone."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()
