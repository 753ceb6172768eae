"""What a page asks for is done, told or refused, while the training goes on."""

import queue
import time
from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainfcnn import TrainFCNN, as_dataset
from trainfcnn.playground import pictures, session
from trainfcnn.playground.experiment import Experiment
from trainfcnn.playground.frames import decode
from trainfcnn.playground.mailbox import MOST_UNSEEN, Mailbox
from trainfcnn.playground.material import OwnData
from trainfcnn.playground.session import Session
from trainfcnn.playground.settings import DEFAULTS, NETWORKS, OWN_DATA, Settings


class Page:
    """A page without a browser: it draws nothing, and acknowledges what it is told to."""

    def __init__(self, acknowledges=True, **choice):
        self.mailbox = Mailbox()
        self.acknowledges = acknowledges
        self._answers = queue.Queue()
        self.thread = Thread(target=Session(self.mailbox, self._answers.put).run)
        self.thread.start()
        self.tell("hello", version=1, settings=choice)
        self.fresh = self.get("fresh")
        self.frame = self.get("frame")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.mailbox.close()
        self.thread.join(5)
        assert not self.thread.is_alive()

    def tell(self, kind, **more):
        self.mailbox.put({"kind": kind, **more})

    def next(self, seconds=10):
        head, arrays = decode(self._answers.get(timeout=seconds))
        if self.acknowledges and head["kind"] == "frame":
            self.mailbox.put({"kind": "ack", "run": head["run"], "frame": head["frame"]})
        return head | arrays

    def get(self, kind, **like):
        """Return the next answer of that kind, whatever comes before."""
        for _ in range(1000):
            answer = self.next()
            if answer["kind"] == kind and like.items() <= answer.items():
                return answer
        raise AssertionError(f"no {kind} came")

    def ask(self, kind, answer="state", **more):
        self.tell(kind, **more)
        return self.get(answer)

    def drain(self, seconds):
        """Return all that comes in so much time."""
        answers = []
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                answers.append(self.next(left))
            except queue.Empty:
                break
        return answers

    def step(self, epochs):
        """Train so many epochs, and return the state then."""
        self.ask("step", epochs=epochs)
        return self.get("state", playing=False)

    def curve_after(self, epochs):
        """Return the losses of so many epochs."""
        self.step(epochs)
        return self.ask("select", "fresh", member=0)["curve_loss"]


def test_it_begins_with_all_there_is_to_choose_and_a_picture_of_the_first_weights():
    with Page(dataset="quadrants", dims=[3]) as page:
        assert page.fresh["layers"] == [2, 3, 4]
        assert page.fresh["settings"].keys() == DEFAULTS.keys()
        assert page.fresh["data"]["n"] == 250
        assert page.frame["state"] == "ready"
        assert page.frame["epoch"] == 0
        assert page.frame["out"].shape == (2, 100, 100)
        assert page.frame["units1"].shape == (3, 32, 32)
        assert page.frame["test_n"] == 2500
        assert page.frame["w2"].shape == (4, 3)


def test_it_plays_at_once_and_pauses_at_once():
    with Page(dims=[8, 8]) as page:
        page.tell("play")
        assert page.get("frame", state="playing")["epoch"] > 0
        start = time.monotonic()
        epoch = page.ask("pause")["epoch"]
        assert time.monotonic() - start < 0.5
        assert page.get("frame", playing=False)["epoch"] == epoch
        assert page.drain(0.2) == []


def test_it_never_sends_more_than_two_pictures_unseen_and_then_the_newest():
    with Page() as page:
        page.acknowledges = False
        page.tell("play")
        seen = page.drain(0.5)
        frames = [one for one in seen if one["kind"] == "frame"]
        assert len(frames) == MOST_UNSEEN
        for _ in range(5):  # answers are no pictures, and always come
            epoch = page.ask("speed", epochs_per_second=None)["epoch"]
        page.tell("ack", frame=frames[-1]["frame"])
        newest = page.get("frame")
        assert newest["epoch"] >= epoch > frames[-1]["epoch"]
        assert newest["since"] == frames[-1]["epoch"]


def test_a_page_that_draws_nothing_for_long_is_not_played_for(monkeypatch):
    monkeypatch.setattr(session, "UNSEEN", 0.2)
    with Page() as page:
        page.acknowledges = False
        page.tell("play")
        assert not page.get("state", state="paused")["playing"]


def test_a_step_is_as_long_as_it_says_and_ends_at_a_pause():
    with Page() as page:
        assert [page.step(n)["epoch"] for n in (1, 1, 100)] == [1, 2, 102]
        page.tell("set", changes={"dims": [32, 32], "n_samples": 10_000})
        page.ask("step", epochs=1000)
        page.tell("pause")
        assert page.get("state", playing=False)["epoch"] < 1000


def test_a_reset_brings_the_same_curve_and_new_weights_another():
    with Page() as page:
        first = page.curve_after(40)
        page.ask("reset", "fresh")
        assert np.array_equal(page.curve_after(40), first)
        page.ask("set", "fresh", changes={"weight_seed": 1})
        assert not np.array_equal(page.curve_after(40), first)


def test_a_rate_changes_while_it_plays_and_that_is_said():
    with Page() as page:
        page.step(10)
        state = page.ask("set", changes={"lr": 0.3, "batch_size": 25})
        assert state["runs"]["a"]["settings"]["lr"] == 0.3
        assert state["runs"]["a"]["by_hand"]
        assert "by hand" in state["python"]["why"]
        assert state["epoch"] == 10
        assert page.ask("set", "fresh", changes={"activation": "relu"})["epoch"] == 0


def test_before_the_first_epoch_no_change_is_by_hand():
    with Page() as page:
        fresh = page.ask("set", "fresh", changes={"lr": 0.3})
        assert fresh["python"]["exact"]
        assert "lr=0.3" in fresh["python"]["text"]


def test_what_a_slider_sends_makes_one_build(monkeypatch):
    with Page() as page:
        page.tell("play")
        page.get("frame", state="playing")
        slow = pictures.frame
        monkeypatch.setattr(pictures, "frame", lambda *a, **k: time.sleep(0.2) or slow(*a, **k))
        time.sleep(0.1)
        for tenths in range(1, 11):
            page.tell("set", changes={"noise": tenths / 10})
        fresh = [one for one in page.drain(1.0) if one["kind"] == "fresh"]
        assert len(fresh) <= 2
        assert fresh[-1]["settings"]["noise"] == 1


def test_of_64_one_is_looked_at_and_all_are_counted():
    with Page(networks=64, dims=[4]) as page:
        page.step(100)
        assert page.ask("select", "fresh", member=17)["member"] == 17
        frame = page.get("frame", member=17)
        tiles = frame["tiles"]
        side = tiles.shape[-1]
        places = ((np.arange(side) + 0.5) * 100 / side).astype(int)
        small = frame["out"][0][np.ix_(places, places)].astype(int)
        # cells of another size have their middles elsewhere, by less than a cell
        assert np.abs(small - tiles[17, 0]).mean() < 10
        assert np.abs(small - tiles[16, 0]).mean() > 10
        success = frame["success"]
        assert success["of"] == 64
        assert success["n"] == (frame["member_score"] >= 0.95).sum()
        assert success["low"] < success["share"] < success["high"]
        all_of_them = page.ask("set", "state", changes={"threshold": 0.0})
        assert page.get("frame")["success"]["n"] == 64
        assert not all_of_them["runs"]["a"]["by_hand"]


def test_two_settings_are_trained_to_the_same_epochs_from_the_same_weights():
    with Page() as page:
        page.ask("compare", "fresh", on=True)
        assert page.get("fresh", run="b")["differences"] == []
        fresh = page.ask("set", "fresh", run="b", changes={"optimizer": "sgd", "lr": 0.1})
        assert fresh["differences"] == [["optimizer", "adam", "sgd"], ["lr", 0.01, 0.1]]
        page.ask("play")
        page.drain(0.2)
        state = page.ask("pause")
        assert state["runs"]["a"]["epoch"] == state["runs"]["b"]["epoch"] > 0
        assert page.get("frame", run="b", playing=False)["epoch"] == state["epoch"]
        page.ask("compare", "fresh", on=False)
        assert page.ask("set", "refused", run="b", changes={})["text"].startswith("unknown run")


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"dataset": "plane", "optimizer": "sgd", "lr": 100.0, "dims": [8], "activation": "relu"},
         "diverged at epoch"),
        ({"lr": 1000.0, "optimizer": "adam", "activation": "relu"}, "try"),  # as rounding goes
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_in_words_and_reset_helps(choice, said):
    with Page(**choice) as page:
        page.step(40)
        frame = page.get("frame", playing=False)
        assert said in frame["note"]
        assert "lower rate" in frame["note"]
        assert page.ask("reset", "fresh")["epoch"] == 0
        page.ask("set", "fresh", changes={"lr": 0.001})
        assert page.get("frame")["note"] == ""


def test_dead_units_are_named():
    with Page(activation="relu", dims=[4]) as page:
        page.ask("edit", layer=0, to=2, value=-100, **{"from": None})
        page.ask("step", epochs=1)
        frame = page.get("frame", epoch=1)
        assert frame["dead"] == [[0, 2]]
        assert frame["note"].startswith("1 of 4 units is dead")


def test_it_stops_where_it_was_told_and_not_faster_than_it_was_told():
    with Page() as page:
        page.ask("stop_at", epoch=70)
        page.ask("play")
        assert page.get("state", playing=False)["epoch"] == 70
        page.ask("stop_at", loss=0.1)
        page.ask("play")
        page.get("state", playing=False)
        assert page.get("frame", playing=False)["loss"] <= 0.1
        page.ask("stop_at")
        page.ask("speed", epochs_per_second=20)
        before = page.ask("play")["epoch"]
        page.drain(0.5)
        assert 5 <= page.ask("pause")["epoch"] - before <= 12


def test_a_training_with_an_end_is_done():
    with Page(epochs=12, schedule="cosine") as page:
        page.ask("play")
        state = page.get("state", playing=False)
        assert state["state"] == "done"
        assert state["epoch"] == 12
        assert page.ask("play")["state"] == "done"


def test_a_file_that_is_dropped_is_learnt():
    rows = "\n".join(f"{i % 7},{i % 5},{'yes' if i % 7 > 3 else 'no'}" for i in range(60))
    with Page() as page:
        page.tell("upload", name="../../etc/own.csv", text="size,weight,", last=False)
        fresh = page.ask("upload", "fresh", name="own.csv", text="good\n" + rows, last=True)
        assert fresh["data"]["name"] == "own"
        assert fresh["data"]["axes"] == ["size", "weight"]
        assert fresh["data"]["classes"] == ["no", "yes"]
        assert '"own.csv"' in fresh["python"]["text"].replace("'", '"')
        assert page.ask("set", "fresh", changes={"seed": 3})["settings"]["dataset"] == "csv"
        refused = page.ask("upload", "refused", name="b.csv", text="a\n1\nx\n", last=True)
        assert "b.csv" in refused["text"]
        assert "/tmp" not in refused["text"]
        assert refused["settings"]["dataset"] == "csv"


def test_a_file_is_refused_when_it_is_too_large(monkeypatch):
    monkeypatch.setattr(session, "MOST_UPLOADED", 100)
    with Page() as page:
        for _ in range(10):
            page.tell("upload", name="a.csv", text="1,2,3\n" * 2, last=False)
        assert "100 characters at most" in page.get("refused")["text"]


def test_a_unit_can_be_seen_large():
    with Page(dims=[4, 2]) as page:
        detail = page.ask("detail", "detail", layer=1, unit=0)
        assert detail["map"].shape == (128, 128)
        frame = page.frame
        assert (detail["low"], detail["high"]) == pytest.approx(frame["unit_range"][4], abs=0.05)
        assert "unit must be" in page.ask("detail", "refused", layer=1, unit=2)["text"]


def test_weights_curves_and_programs_can_be_taken_home(tmp_path):
    with Page() as page:
        page.ask("step", epochs=30)
        frame = page.get("frame", epoch=30)
        path = tmp_path / "xor.safetensors"
        path.write_bytes(page.ask("export", "file", what="weights")["bytes"].tobytes())
        trainer = TrainFCNN.load(path)
        assert trainer.history.loss[-1] == pytest.approx(frame["loss"], rel=1e-6)
        assert np.array_equal(trainer.network.linears[0].weight.detach(), frame["w1"])
        table = page.ask("export", "file", what="history")["bytes"].tobytes().decode()
        assert len(table.splitlines()) == 31
        assert b"import torch" in page.ask("export", "file", what="torch")["bytes"].tobytes()


def test_a_film_is_drawn_while_the_training_goes_on(monkeypatch):
    monkeypatch.setattr("trainfcnn.playground.exports.FILM_FRAMES", 2)
    with Page() as page:
        assert "play it first" in page.ask("export", "refused", what="film")["text"]
        page.step(3)
        page.tell("export", what="film")
        assert page.ask("step", epochs=1)["playing"]
        assert "one film" in page.ask("export", "refused", what="film")["text"]
        film = page.get("file")
        assert film["name"] == "xor.gif"
        assert film["bytes"][:3].tobytes() == b"GIF"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=3), one, max_size=2),
    max_leaves=4,
)
KINDS = ("set", "step", "speed", "stop_at", "select", "edit", "detail", "export", "upload", "ack")
KEYS = ("run", "changes", "epochs", "member", "layer", "unit", "to", "from", "value", "what",
        "epochs_per_second", "epoch", "loss", "name", "text", "last", "frame", "on")  # fmt: skip
GARBAGE = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4).flatmap(
    lambda one: (st.sampled_from((*KINDS, "hello", "compare", "x")) | VALUES).map(
        lambda kind: one | {"kind": kind}
    )
) | st.dictionaries(st.sampled_from(sorted(DEFAULTS)), VALUES, min_size=1, max_size=2).map(
    lambda changes: {"kind": "set", "changes": changes}
)
# what a page may well ask for, and is no garbage
MEANT = ("networks", "dims", "n_samples", "batch_size", "epochs")


@settings(max_examples=10)
@given(st.lists(GARBAGE, min_size=5, max_size=12))
def test_garbage_is_refused_and_the_page_goes_on(messages):
    with Page(dims=[2]) as page:
        for message in messages:
            page.mailbox.put(message)
        page.tell("the end")
        while (answer := page.next()).get("of") != "the end":
            assert answer["kind"] != "failed"
        page.ask("reset", "fresh", run="a")
        assert page.ask("pause")["epoch"] == 0
        assert page.thread.is_alive()


@given(st.sampled_from(sorted(DEFAULTS)), VALUES)
def test_a_setting_is_taken_as_it_can_be_or_refused_with_its_name(name, value):
    try:
        chosen = session.Settings().but({name: value})
    except ValueError:
        return
    known = chosen.plain()[name]
    assert known is None or isinstance(known, str | int | float | list)
    assert chosen.networks in NETWORKS
    assert chosen.dataset in {*OWN_DATA, *pictures.DATASETS}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"lr": -1}, "lr", "from 0 to"),
        ({"dataset": "xorr"}, "dataset", "did you mean 'xor'"),
        ({"formula": "__import__('os')"}, "formula", "must be made of"),
        ({"loss": "mae", "dims": [64]}, "dims", "from 1 to 32"),
        ({"networks": 64, "dims": [32] * 6, "n_samples": 10_000}, None, "fewer networks"),
        ({"dataset": "csv"}, "dataset", "drop one on the page"),
        ({"lrr": 1}, None, "did you mean 'lr'"),
    ],
)
def test_a_wrong_value_is_told_beside_its_control_and_nothing_changes(changes, field, words):
    with Page() as page:
        page.step(3)
        refused = page.ask("set", "refused", changes=changes)
        assert words in refused["text"]
        assert refused["field"] == field
        assert refused["settings"] == page.fresh["settings"]
        assert page.ask("pause")["epoch"] == 3


def test_an_address_that_was_mistyped_begins_all_the_same():
    with Page(lr=-1) as page:
        assert page.fresh["settings"]["lr"] == DEFAULTS["lr"]


def test_hello_comes_first_and_once():
    mailbox = Mailbox()
    answers = queue.Queue()
    thread = Thread(target=Session(mailbox, answers.put).run)
    thread.start()
    for message in ({"kind": "play"}, {"kind": "hello", "version": 2}):
        mailbox.put(message)
        assert decode(answers.get(timeout=5))[0]["kind"] == "refused"
    mailbox.close()
    thread.join(5)
    with Page() as page:
        assert "before" in page.ask("hello", "refused", version=1)["text"]


def test_what_nobody_foresaw_is_told_and_reset_helps(monkeypatch, capsys):
    with Page() as page:
        whole = session.Experiment.advance
        monkeypatch.setattr(session.Experiment, "advance", lambda *_: 1 / 0)
        page.tell("play")
        assert page.get("failed")["text"].startswith("ZeroDivisionError")
        monkeypatch.setattr(session.Experiment, "advance", whole)
        page.ask("reset", "fresh")
        assert page.step(2)["epoch"] == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_page_at_rest_costs_nothing_and_one_that_is_gone_ends_its_thread():
    with Page(networks=64) as page:
        page.drain(0.1)
        start = time.process_time()
        page.drain(0.4)
        assert time.process_time() - start < 0.05
        page.tell("play")
        page.drain(0.1)
        start = time.monotonic()
        page.mailbox.close()
        page.thread.join(5)
        assert time.monotonic() - start < 1


def test_several_targets_are_refused_with_what_to_do():
    X, Y = np.random.default_rng(0).normal(size=(2, 60, 2))
    two = OwnData("two", lambda seed: as_dataset((X, Y)), "")
    with pytest.raises(ValueError, match="draws one target, got 2: give one"):
        Experiment(Settings().but({"dataset": "csv"}), two)
