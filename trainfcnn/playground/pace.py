"""How fast a page's training goes, and where it ends by itself."""

from time import monotonic

FRAME_SECONDS = 1 / 33  # from picture to picture; a little less than the 30th that eyes want
LEAST_SHARE = 0.3  # of them for the training, however long a picture takes
MOST_TOGETHER = 32  # epochs a call, after which there may be something to hear
MEASURED_SECONDS = 0.5  # over which the speed is measured, at least


class Pace:
    """A clock of epochs.

    Attributes
    ----------
    speed : float, optional
        Epochs a second, at most; None for as many as can be.
    until : int, optional
        The epoch at which a step ends.
    stop_epoch, stop_loss : int, float, optional
        Where to pause, if anybody asked.
    rate : float, optional
        Epochs a second, as they were measured last.
    """

    def __init__(self) -> None:
        self.speed: float | None = None
        self.until: int | None = None
        self.stop_epoch: int | None = None
        self.stop_loss: float | None = None
        self.rate: float | None = None
        self._epoch_seconds = 1e-3  # a guess, until some are done
        self._began = (0.0, 0)
        self._measured: tuple[float, int] | None = None
        self._slice_end = 0.0

    def start(self, epoch: int) -> None:
        """Count from here."""
        self.until = None
        self._began = (monotonic(), epoch)
        self._measured = None

    def wait(self, epoch: int) -> float:
        """Return how many seconds there are until the next epoch is due."""
        if self.speed is None or self.until is not None:
            return 0.0
        start, first = self._began
        return max(0.0, start + (epoch + 1 - first) / self.speed - monotonic())

    def slice_end(self) -> float:
        """Return until when to train before the next picture, which takes its time as well."""
        soon = monotonic() + LEAST_SHARE * FRAME_SECONDS
        self._slice_end = max(soon, self._slice_end + FRAME_SECONDS)
        self._slice_end = min(self._slice_end, monotonic() + FRAME_SECONDS)
        return self._slice_end

    def target(self, epoch: int, seconds: float) -> int:
        """Return up to which epoch to train in one call, for so many seconds at most."""
        # few at first, when much happens: a film shows it
        most = min(MOST_TOGETHER, 1 + epoch // 8, int(seconds / self._epoch_seconds))
        most = 1 if self.stop_loss else most
        ends = [epoch + max(1, most)]
        ends += [end for end in (self.until, self.stop_epoch) if end is not None and end > epoch]
        if self.speed is not None and self.until is None:
            start, first = self._began
            ends.append(first + int((monotonic() - start) * self.speed))
        return min(ends)

    def spend(self, seconds: float, n_epochs: int) -> None:
        """Note how long epochs took."""
        self._epoch_seconds = 0.5 * self._epoch_seconds + 0.5 * seconds / max(1, n_epochs)

    def is_end(self, epoch: int, losses: list[float]) -> bool:
        """Whether to pause at this epoch, with these losses of the runs."""
        is_stop = epoch in (self.until, self.stop_epoch)
        limit = self.stop_loss
        return is_stop or (limit is not None and any(loss <= limit for loss in losses))

    def measure(self, epoch: int) -> None:
        """Measure the speed, if the last time is long enough ago."""
        now = monotonic()
        if self._measured is None:
            self._measured = now, epoch
            return
        start, first = self._measured
        if now - start >= MEASURED_SECONDS:
            self.rate = (epoch - first) / (now - start)
            self._measured = now, epoch
