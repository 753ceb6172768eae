"""What one page asks for, and a thread that trains meanwhile.

Only this thread touches the networks. It trains in slices as long as a picture, or until a command
is there; then it shows what there is to the pages that have drawn the pictures before.
"""

import traceback
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from threading import Thread
from time import monotonic

from trainfcnn._support.checks import look_up, short
from trainfcnn.playground import exports, pictures
from trainfcnn.playground.asked import real, whole
from trainfcnn.playground.experiment import Experiment
from trainfcnn.playground.frames import Message, encode
from trainfcnn.playground.mailbox import Mailbox
from trainfcnn.playground.material import OwnData, own_text
from trainfcnn.playground.pace import Pace
from trainfcnn.playground.settings import DEFAULTS, Settings

MOST_STEPS = 1000  # epochs that one command steps
SPEEDS = (0.5, 10_000)  # epochs a second, where it is not as fast as possible
PATIENCE = 30 * 60.0  # seconds that it plays on with nobody there,
UNSEEN = 60.0  # and with a page that draws nothing
MOST_UPLOADED = 5_000_000  # characters of a file
PLAIN_SETTINGS = Settings()


class Session:
    """One page: its runs, and what it asked for.

    Parameters
    ----------
    mailbox : Mailbox
        Where its commands come in.
    send : callable
        Takes a message to the page; it must not wait.
    settings : Settings
        To begin with.
    own : OwnData, optional
        The data set 'csv', where one was named.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        send: Callable[[bytes], object],
        settings: Settings = PLAIN_SETTINGS,
        own: OwnData | None = None,
    ) -> None:
        self._mailbox = mailbox
        self._send = send
        self._settings = settings
        self._own = own
        self._runs: dict[str, Experiment] = {}
        self._shown: dict[str, tuple[int, bool]] = {}  # epoch, and whether it was playing
        self._dirty: set[str] = set()
        self._reels: dict[str, exports.Reel] = {}
        self._n_frames = 0
        self._playing = False
        self._pace = Pace()
        self._upload: list[str] = []
        self._drawing = Thread()  # of a film; none yet
        self._last_input = monotonic()
        self._last_seen = monotonic()
        self._obey: dict[str, Callable[[Message], object]] = {
            "hello": self._hello,
            "set": self._set,
            "play": self._play,
            "pause": self._pause,
            "step": self._step,
            "reset": self._reset,
            "speed": self._set_speed,
            "stop_at": self._set_stop,
            "select": self._select,
            "edit": self._edit,
            "compare": self._compare,
            "upload": self._take_upload,
            "detail": self._detail,
            "export": self._export,
        }

    def run(self) -> None:
        """Obey, train and show until the page is gone."""
        while True:
            commands = self._mailbox.take(self._wait())
            if self._mailbox.is_closed:
                return
            for command in _merged(commands):
                self._guarded(partial(self._answer, command), command)
            if self._playing:
                self._guarded(self._train)
            self._guarded(self._show)

    def _wait(self) -> float | None:
        """Return how long nothing has to be done; None until somebody asks."""
        if not self._playing:
            can_show = any(self._mailbox.has_room(run) for run in self._dirty)
            return 0.0 if can_show else None
        return self._pace.wait(self._epoch)

    def _guarded(self, do: Callable[[], object], command: Message | None = None) -> None:
        """Do something; what a command asks in vain is refused, and all else that fails is told."""
        try:
            do()
        except Exception as error:  # the page goes on, whatever it was
            if command is not None and isinstance(error, ValueError):
                self._refuse(str(error), command)
                return
            traceback.print_exc()
            self._playing = False
            self._dirty.clear()  # or it would fail for ever
            self._send(encode({"kind": "failed", "text": f"{type(error).__name__}: {error}"}))

    def _refuse(self, text: str, command: Message) -> None:
        run = command.get("run", "a")
        experiment = self._runs.get(run) if isinstance(run, str) else None
        head = {
            "kind": "refused",
            "text": text,
            "run": run if experiment else None,
            "of": short(command.get("kind")).strip("'"),
            "field": _field(text, command),
            "settings": experiment.settings.plain() if experiment else None,
        }
        self._send(encode(head))

    def _answer(self, command: Message) -> None:
        self._last_input = monotonic()
        kind = command.get("kind")
        if not isinstance(kind, str):
            raise ValueError(f"a message must have a kind that is a text, got {short(kind)}")
        obey = look_up(self._obey, kind, "kind of message")
        if not self._runs and kind != "hello":
            raise ValueError(f"the first message must be 'hello', got {short(kind)}")
        obey(command)

    # what a page may ask

    def _hello(self, command: Message) -> None:
        if self._runs:
            raise ValueError("'hello' was said before: it is the first message of a page")
        if command.get("version") != 1:
            raise ValueError(f"version must be 1, got {short(command.get('version'))}: reload")
        self._send(pictures.welcome())
        asked = command.get("settings")
        try:
            settings = self._settings if asked is None else self._settings.but(asked)
            self._begin("a", Experiment(settings, self._own), "hello")
        except ValueError:
            # of an address that somebody mistyped: the page must begin somehow, and is told
            self._begin("a", Experiment(self._settings, self._own), "hello")
            raise

    def _set(self, command: Message) -> None:
        run, experiment = self._asked(command)
        changes = command.get("changes")
        settings = experiment.settings.but(changes)
        if settings == experiment.settings:
            self._tell_state()
        elif experiment.change(dict(changes)):  # type: ignore[arg-type]
            self._dirty.add(run)
            self._tell_state()
        else:
            new = Experiment(settings, experiment.own)
            new.member = min(experiment.member, settings.networks - 1)
            others = {name: one.begin_again() for name, one in self._runs.items() if name != run}
            self._begin(run, new, "set")
            for name, other in others.items():  # so that both stand at the same epoch
                self._begin(name, other, "set")

    def _play(self, command: Message) -> None:
        self._playing = not all(one.is_over for one in self._runs.values())
        self._pace.start(self._epoch)
        self._last_seen = monotonic()
        self._tell_state()

    def _pause(self, command: Message) -> None:
        self._rest()
        self._tell_state()

    def _step(self, command: Message) -> None:
        n = whole("epochs of a step", command.get("epochs", 1), 1, MOST_STEPS)
        self._play(command)
        self._pace.until = self._epoch + n

    def _reset(self, command: Message) -> None:
        self._playing = False
        for run, experiment in [*self._runs.items()]:
            self._begin(run, experiment.begin_again(), "reset")

    def _set_speed(self, command: Message) -> None:
        speed = command.get("epochs_per_second")
        self._pace.speed = None if speed is None else real("epochs_per_second", speed, *SPEEDS)
        self._pace.start(self._epoch)
        self._tell_state()

    def _set_stop(self, command: Message) -> None:
        epoch = command.get("epoch")
        loss = command.get("loss")
        stop = None if epoch is None else whole("epoch to stop at", epoch, 1, inf)
        self._pace.stop_loss = None if loss is None else real("loss to stop at", loss, 0, inf)
        self._pace.stop_epoch = stop
        self._tell_state()

    def _select(self, command: Message) -> None:
        run, experiment = self._asked(command)
        experiment.select(command.get("member"))
        self._tell_fresh(run, "select")

    def _edit(self, command: Message) -> None:
        run, experiment = self._asked(command)
        experiment.edit(*(command.get(name) for name in ("layer", "to", "from", "value")))
        self._dirty.add(run)
        self._tell_state()

    def _compare(self, command: Message) -> None:
        on = command.get("on")
        if not isinstance(on, bool):
            raise ValueError(f"on must be true or false, got {short(on)}")
        if not on:
            for known in (self._runs, self._shown, self._reels):
                known.pop("b", None)
            self._dirty.discard("b")
            self._tell_fresh("a", "compare")
            return
        first = self._runs["a"].begin_again()
        self._begin("a", first, "compare")
        self._begin("b", first.begin_again(), "compare")

    def _take_upload(self, command: Message) -> None:
        text = command.get("text")
        name = command.get("name")
        if not isinstance(text, str) or not isinstance(name, str):
            self._upload = []
            raise ValueError("an upload must have a name and a text, and these are no texts")
        self._upload.append(text)
        # a chunk counts even if it is empty
        if sum(map(len, self._upload)) + len(self._upload) > MOST_UPLOADED:
            self._upload = []
            raise ValueError(
                f"a file must have {MOST_UPLOADED:,} characters at most: take rows out"
            )
        if command.get("last") is not True:
            return
        whole = "".join(self._upload)
        self._upload = []
        own = own_text(name, whole)
        settings = self._runs["a"].settings.but({"dataset": "csv"})
        self._begin("a", Experiment(settings, own), "csv")
        self._own = own
        if "b" in self._runs:  # so that both stand at the same epoch
            self._begin("b", self._runs["b"].begin_again(), "csv")

    def _detail(self, command: Message) -> None:
        run, experiment = self._asked(command)
        self._send(pictures.detail(experiment, run, command.get("layer"), command.get("unit")))

    def _export(self, command: Message) -> None:
        run, experiment = self._asked(command)
        if command.get("what") != "film":
            self._send(exports.export(experiment, command.get("what")))
            return
        if self._drawing.is_alive():
            raise ValueError("one film at a time: the last one is still being drawn")
        draw = exports.film(experiment, self._reels[run])
        # it takes seconds, in which the training goes on
        drawing = partial(self._guarded, lambda: self._send(draw()))
        self._drawing = Thread(target=drawing, daemon=True, name="playground film")
        self._drawing.start()

    # what it does by itself

    def _asked(self, command: Message) -> tuple[str, Experiment]:
        run = command.get("run", "a")
        if not isinstance(run, str):
            raise ValueError(f"run must be 'a' or 'b', got {short(run)}")
        return run, look_up(self._runs, run, "run")

    def _begin(self, run: str, experiment: Experiment, reason: str) -> None:
        self._runs[run] = experiment
        self._reels[run] = exports.Reel.of(experiment)
        self._pace.start(0)
        self._pace.rate = None
        self._tell_fresh(run, reason)

    @property
    def _epoch(self) -> int:
        """The epoch of the run that is behind, of those that go on."""
        going = [one.epoch for one in self._runs.values() if not one.is_over]
        return min(going or [one.epoch for one in self._runs.values()])

    def _train(self) -> None:
        self._train_slice()
        now = monotonic()
        if any(self._mailbox.has_room(run) for run in self._runs):
            self._last_seen = now
        if now - self._last_input > PATIENCE or now - self._last_seen > UNSEEN:
            self._rest()
        if not self._playing:
            self._tell_state()

    def _train_slice(self) -> None:
        """Train until it is time for a picture, or a command is there."""
        pace = self._pace
        end = pace.slice_end()
        while self._playing and monotonic() < end and not self._mailbox.has_command:
            target = pace.target(self._epoch, end - monotonic())
            if target <= self._epoch:
                break
            self._advance_to(target)
            losses = [float(one.latest()[0][one.member]) for one in self._runs.values()]
            is_over = all(one.is_over for one in self._runs.values())
            if is_over or pace.is_end(self._epoch, losses):
                self._rest()
        pace.measure(self._epoch)

    def _advance_to(self, target: int) -> None:
        """Train all runs up to an epoch."""
        start = monotonic()
        before = self._epoch
        for run, experiment in self._runs.items():
            while not experiment.is_over and experiment.epoch < target:
                experiment.advance(target - experiment.epoch)
            self._reels[run].look(experiment)
            self._dirty.add(run)
        self._pace.spend(monotonic() - start, self._epoch - before)

    def _rest(self) -> None:
        self._playing = False
        self._pace.until = None
        self._dirty |= self._runs.keys()  # at rest there is more to say

    # what it says

    def _show(self) -> None:
        for run in sorted(self._dirty):
            if not self._mailbox.has_room(run):
                continue
            experiment = self._runs[run]
            self._n_frames += 1
            since, _ = self._shown.get(run, (0, False))
            head = {
                "run": run,
                "frame": self._n_frames,
                "playing": self._playing,
                "state": self._state(experiment),
                "epochs_per_second": self._pace.rate,
            }
            message = pictures.frame(experiment, head, since, quickly=self._playing)
            self._shown[run] = (experiment.epoch, self._playing)
            self._dirty.discard(run)
            self._mailbox.sent(run, self._n_frames)
            self._send(message)

    def _state(self, experiment: Experiment) -> str:
        if experiment.diverged[experiment.member] and experiment.is_over:
            return "diverged"
        if experiment.is_over:
            return "done"
        if self._playing:
            return "playing"
        return "paused" if experiment.epoch else "ready"

    def _tell_fresh(self, run: str, reason: str) -> None:
        experiment = self._runs[run]
        first = self._runs["a"].settings
        other = self._runs.get("b")
        differences = [] if other is None else first.differences(other.settings)
        self._shown[run] = (experiment.epoch, False)
        self._dirty.add(run)
        self._send(pictures.fresh(experiment, run, reason, differences))

    def _tell_state(self) -> None:
        first = self._runs["a"]
        runs = {
            run: {
                "settings": one.settings.plain(),
                "epoch": one.epoch,
                "by_hand": one.by_hand,
                "state": self._state(one),
            }
            for run, one in self._runs.items()
        }
        head = {
            "kind": "state",
            "playing": self._playing,
            "state": self._state(first),
            "epoch": first.epoch,
            "note": first.note([]),
            "python": first.python().plain(),
            "speed": self._pace.speed,
            "stop_at": {"epoch": self._pace.stop_epoch, "loss": self._pace.stop_loss},
            "runs": runs,
        }
        self._send(encode(head))


def _merged(commands: list[Message]) -> list[Message]:
    """Return commands in which settings that follow each other are set at once.

    A slider sends ten a second, of which the last one counts.

    Examples
    --------
    >>> sets = [{"kind": "set", "changes": {"lr": lr}} for lr in (0.1, 0.2)]
    >>> _merged(sets)
    [{'kind': 'set', 'changes': {'lr': 0.2}}]
    """
    merged: list[Message] = []
    for command in commands:
        if merged and _is_setting(command) and _is_setting(merged[-1]):
            last = merged[-1]
            if last.get("run", "a") == command.get("run", "a") and (
                last["changes"].keys() <= command["changes"].keys()
            ):
                merged.pop()
        merged.append(command)
    return merged


def _is_setting(command: Message) -> bool:
    return command.get("kind") == "set" and isinstance(command.get("changes"), Mapping)


def _field(text: str, command: Message) -> str | None:
    """Return which of the settings that were to be changed a message is about."""
    changes = command.get("changes")
    named = [*changes] if isinstance(changes, Mapping) else []
    known = [name for name in DEFAULTS if text.startswith(name)]
    if known:
        return max(known, key=len)
    return named[0] if len(named) == 1 and named[0] in DEFAULTS else None
