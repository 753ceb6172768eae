"""The page in a notebook: one module, one run, the same messages."""

import queue
import shutil
import subprocess
import threading

import pytest

pytest.importorskip("anywidget")

from trainfcnn import TrainFCNN
from trainfcnn.playground import widget as widgets
from trainfcnn.playground.frames import decode
from trainfcnn.playground.widget import EXPORT, IMPORT, STATIC, joined_modules


@pytest.fixture
def shown(monkeypatch):
    """A widget whose messages come into a queue."""
    answers = queue.Queue()
    one = TrainFCNN("xor", n_samples=100).play(widget=True)
    monkeypatch.setattr(one, "send", lambda _, buffers: answers.put(decode(buffers[0])[0]))
    one.answers = answers
    yield one
    one.close()


def test_a_view_greets_and_is_answered(shown):
    shown._receive(shown, {"kind": "hello", "version": 1}, [])
    kinds = [shown.answers.get(timeout=10) for _ in range(3)]
    assert [head["kind"] for head in kinds] == ["welcome", "fresh", "frame"]
    assert kinds[1]["settings"]["n_samples"] == 100
    shown._receive(shown, "garbage", [])
    assert shown.answers.get(timeout=10)["kind"] == "refused"


def test_a_view_that_is_shown_again_begins_anew_and_one_that_is_gone_ends_its_run(shown):
    for _ in range(2):
        shown._receive(shown, {"kind": "hello", "version": 1}, [])
        heads = [shown.answers.get(timeout=10) for _ in range(3)]
        assert heads[0]["kind"] == "welcome"
    shown._receive(shown, {"kind": "bye"}, [])
    for thread in threading.enumerate():
        if thread.name == "playground":
            thread.join(5)
            assert not thread.is_alive()


def test_all_modules_are_one(tmp_path):
    source = joined_modules()
    assert not IMPORT.search(source)
    assert not EXPORT.search(source)
    assert "import " not in [line[:7] for line in source.splitlines()]
    assert source.count("export default") == 1
    if node := shutil.which("node"):
        path = tmp_path / "widget.mjs"
        path.write_text(source)
        subprocess.run([node, "--check", path], check=True)


def test_names_of_modules_do_not_meet(tmp_path):
    (tmp_path / "a.js").write_text("const N = 1;\nexport const one = N;\n")
    (tmp_path / "b.js").write_text(
        'import {one as first} from "./a.js";\nconst N = 2;\n'
        "export function both() { return [first, N]; }\n"
    )
    (tmp_path / "widget.js").write_text(
        '// bundle: a.js b.js\nimport {both} from "./b.js";\nexport default {render: both};\n'
    )
    source = joined_modules(tmp_path)
    assert "const {one: first} = module_a;" in source
    assert "return {both};" in source
    assert source.endswith("const {both} = module_b;\nexport default {render: both};\n")


def test_every_module_that_the_page_imports_is_in_the_bundle():
    found = widgets.BUNDLE.match((STATIC / "widget.js").read_text("utf-8"))[1].split()
    for place, name in enumerate(found):
        source = (STATIC / name).read_text("utf-8")
        before = {other.removesuffix(".js") for other in found[:place]}
        assert {match[2] for match in IMPORT.finditer(source)} <= before, name


def test_without_anywidget_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "trainfcnn.playground.widget", None)
    with pytest.raises(ValueError, match=r'pip install "trainfcnn\[notebook\]"'):
        TrainFCNN().play(widget=True)
