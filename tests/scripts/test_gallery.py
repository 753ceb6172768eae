"""The gallery is in step with its scripts, and the runner that draws it keeps its word."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scripts import gallery as runner
from scripts import gallery_page

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "gallery").glob("*.py"))
ALLOWED = {"trainfcnn", "numpy", "matplotlib", "pathlib", "functools", "itertools", "sklearn"}
FAST = ("18", "25")  # scripts that are drawn again in each run of the tests
GOOD = '''"""A {colour} square.

It is {colour}
all over.
"""

from pathlib import Path

from PIL import Image

Image.new("RGB", (20, 10), "{colour}").save(Path(__file__).with_suffix(".png"))
'''
MOVING = '''"""Frames.

They change.
"""

from pathlib import Path

from PIL import Image

first, *rest = [Image.new("RGB", (20, 10), colour) for colour in {colours}]
first.save(Path(__file__).with_suffix(".gif"), save_all=True, append_images=rest)
'''
FAILING = '''"""Half.

A picture.
"""

from pathlib import Path

Path(__file__).with_suffix(".png").write_text("half")
1 / 0
'''
HOMELESS = '"""No data.\n\nHere."""\nraise FileNotFoundError("there are no files")\n'


@pytest.fixture
def folder(tmp_path):
    """A gallery of two scripts, drawn."""
    for number, colour in enumerate(["red", "blue"], 1):
        (tmp_path / f"0{number}_{colour}.py").write_text(GOOD.format(colour=colour))
    assert runner.main([], tmp_path) == 0
    return tmp_path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*.*")}


# --- the gallery itself ---


def test_page_and_pictures_are_in_step_with_the_scripts():
    assert runner.check_page(ROOT / "gallery") == []


def test_every_script_of_the_folder_is_run():
    assert runner.scripts(ROOT / "gallery") == SCRIPTS


def test_every_script_is_in_one_group():
    grouped = [
        script for group in gallery_page.grouped(ROOT / "gallery").values() for script in group
    ]
    assert sorted(grouped) == SCRIPTS
    assert gallery_page.OTHERS not in gallery_page.grouped(ROOT / "gallery")


def test_thumbnails_are_small():
    sizes = {one.name: one.stat().st_size for one in (ROOT / "gallery/thumbnails").iterdir()}
    assert max(sizes.values()) < 60_000
    assert np.mean([*sizes.values()]) < 20_000


def test_some_fast_scripts_draw_the_pictures_that_are_kept(monkeypatch, capsys):
    """The others are held to the code that they were drawn by: `drawn.json` has its checksum."""
    monkeypatch.setattr("torch.set_num_threads", lambda n: None)
    assert runner.main(["--check", *FAST]) == 0, capsys.readouterr().out


@pytest.mark.slow
def test_the_scripts_draw_the_pictures_that_are_kept():
    command = [sys.executable, "-m", "scripts.gallery", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
class TestScript:
    def test_is_short(self, script):
        assert 15 <= len(script.read_text("utf-8").splitlines()) <= 40

    def test_has_a_title_and_a_caption(self, script):
        title, caption = gallery_page.title_and_caption(script)
        assert title
        assert caption.endswith(".")

    def test_uses_the_public_api_alone(self, script):
        for node in ast.walk(ast.parse(script.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = [name.name for name in node.names]
                assert {name.partition(".")[0] for name in names} <= ALLOWED
                assert not any(name.startswith("trainfcnn.") for name in names)
            elif isinstance(node, ast.ImportFrom):
                assert node.module.partition(".")[0] in ALLOWED
                assert not node.module.startswith("trainfcnn.")
            elif isinstance(node, ast.Attribute):
                assert not node.attr.startswith("_")

    def test_saves_one_picture_under_its_own_name(self, script):
        text = script.read_text("utf-8")
        saved = text.count('.with_suffix(".png")'), text.count('.with_suffix(".gif")')
        assert sorted(saved) == [0, 1]
        assert [picture.stem for picture in runner.pictures(script.parent, script.stem)] == [
            script.stem
        ]


# --- the runner ---


def test_the_page_shows_thumbnails_and_below_them_each_caption_and_script(folder):
    page = (folder / "README.md").read_text("utf-8")
    assert (
        '### <a id="01_red"></a>A red square\n\nIt is red all over.\n\n[the picture](01_red.png), '
        "[01_red.py](01_red.py)\n\n<details><summary>Script</summary>\n\n```python\nfrom pathlib"
    ) in page
    thumbnail = 'src="thumbnails/01_red.webp" width="260" alt="A red square"'
    assert page.index("## Decision boundaries") < page.index(thumbnail) < page.index("### <a id")
    assert 'href="#01_red"' in page
    assert sorted(contents(folder)) == [
        "01_red.png", "01_red.py", "01_red.webp", "02_blue.png", "02_blue.py", "02_blue.webp",
        "README.md", "drawn.json",
    ]  # fmt: skip


def test_a_check_changes_nothing_and_finds_all_in_step(folder, capsys):
    before = contents(folder)
    assert runner.main(["--check"], folder) == 0
    assert contents(folder) == before
    assert capsys.readouterr().err == ""


def test_drawing_twice_gives_the_same_bytes(folder):
    before = contents(folder)
    assert runner.main([], folder) == 0
    assert contents(folder) == before


def test_a_changed_picture_is_told_and_not_overwritten(folder, capsys):
    script = folder / "02_blue.py"
    script.write_text(script.read_text().replace('"blue"', '"green"'))
    before = contents(folder)
    assert runner.main(["--check"], folder) == 1
    assert "02_blue.py changed: differs by" in capsys.readouterr().err
    assert contents(folder) == before
    assert runner.main(["--check", "--page"], folder) == 1
    assert "02_blue.png was drawn by another 02_blue.py: draw it anew" in capsys.readouterr().err


def test_another_size_is_told(folder, capsys):
    script = folder / "02_blue.py"
    script.write_text(script.read_text().replace("(20, 10)", "(20, 11)"))
    assert runner.main(["--check", "02"], folder) == 1
    assert "02_blue.py changed: another size" in capsys.readouterr().err


def test_a_small_difference_is_allowed(folder):
    script = folder / "02_blue.py"
    script.write_text(script.read_text().replace('"blue"', '"#0400ff"'))
    assert runner.run([script], runner.compare) == []


@pytest.mark.parametrize(
    ("colours", "status"),
    [(("red", "blue", "red"), 0), (("red", "blue"), 1), (("red", "blue", "green"), 1)],
)
def test_of_a_moving_picture_number_and_ends_of_the_frames_count(colours, status, tmp_path):
    script = tmp_path / "01_frames.py"
    script.write_text(MOVING.format(colours=["red", "green", "red"]))
    assert runner.main([], tmp_path) == 0
    script.write_text(MOVING.format(colours=list(colours)))
    assert len(runner.run([script], runner.compare)) == status


def test_a_picture_of_another_kind_takes_the_place_of_the_old_one(folder):
    (folder / "02_blue.py").write_text(MOVING.format(colours=["red", "blue"]))
    assert runner.main(["02"], folder) == 0
    assert [path.name for path in runner.pictures(folder)] == ["01_red.png", "02_blue.gif"]


def test_a_failing_script_keeps_its_picture_and_the_others_go_on(folder, capsys):
    before = contents(folder)
    (folder / "01_red.py").write_text(FAILING)
    (folder / "02_blue.png").unlink()
    assert runner.main([], folder) == 1
    assert "01_red.py failed: ZeroDivisionError" in capsys.readouterr().err
    after = contents(folder)
    assert after["01_red.png"] == before["01_red.png"]
    assert after["02_blue.png"] == before["02_blue.png"]
    assert after.keys() == before.keys()


def test_a_script_without_its_data_is_skipped(folder, capsys):
    before = contents(folder)
    (folder / "01_red.py").write_text(HOMELESS)
    assert runner.main([], folder) == 0
    assert "skipped: there are no files" in capsys.readouterr().out
    assert contents(folder)["01_red.png"] == before["01_red.png"]


def test_a_file_that_a_script_misses_itself_is_a_failure(folder):
    (folder / "01_red.py").write_text('"""A.\n\nB."""\nopen("nowhere/at_all")\n')
    assert runner.main(["01"], folder) == 1


@pytest.mark.parametrize("name", ["other.png", "01_red.txt"])
def test_a_script_that_saves_something_else_fails(name, folder, capsys):
    script = folder / "01_red.py"
    script.write_text(script.read_text() + f'Path(__file__).with_name("{name}").touch()\n')
    assert runner.main(["01"], folder) == 1
    assert "must save 01_red.png or .gif and nothing else" in capsys.readouterr().err


def test_an_interrupt_that_a_script_swallows_ends_the_run(folder):
    before = contents(folder)["01_red.png"]
    script = folder / "01_red.py"
    swallow = "import signal\ntry:\n    signal.raise_signal(signal.SIGINT)\nexcept BaseException:\n"
    script.write_text(GOOD.format(colour="green") + swallow + "    pass\n")
    with pytest.raises(KeyboardInterrupt):
        runner.main([], folder)
    assert contents(folder)["01_red.png"] == before


def test_neither_figures_nor_settings_leak_into_the_next_script(folder):
    from matplotlib import pyplot, rcParams

    size, script = rcParams["font.size"], folder / "01_red.py"
    leak = "from matplotlib import pyplot\npyplot.figure()\npyplot.rcParams['font.size'] = 30\n"
    script.write_text(GOOD.format(colour="red") + leak)
    assert runner.main(["01"], folder) == 0
    assert (pyplot.get_fignums(), rcParams["font.size"]) == ([], size)


def test_only_what_is_asked_for_is_run(folder, capsys):
    capsys.readouterr()
    assert runner.main(["02"], folder) == 0
    told = capsys.readouterr().out
    assert "02_blue" in told
    assert "01_red" not in told


def test_an_unknown_script_is_told_with_what_there_is(folder, capsys):
    with pytest.raises(SystemExit) as ended:
        runner.main(["07"], folder)
    assert ended.value.code == 2
    assert "no script starts with '07': there are 01_red, 02_blue" in capsys.readouterr().err


def test_a_stale_page_is_told(folder, capsys):
    script = folder / "01_red.py"
    script.write_text(script.read_text().replace("all over", "everywhere"))
    assert runner.main(["--check", "--page"], folder) == 1
    assert "README.md is not what the scripts say" in capsys.readouterr().err
    assert runner.main(["--page"], folder) == 0
    assert runner.main(["--check", "--page"], folder) == 0


def test_a_picture_without_script_and_a_script_without_picture_are_told(folder, capsys):
    (folder / "01_red.png").rename(folder / "03_red.png")
    assert runner.main(["--check", "--page"], folder) == 1
    told = capsys.readouterr().err
    assert "01_red.py must have one picture, and has none" in told
    assert "03_red.png has no script" in told


@pytest.mark.parametrize("text", ["1\n", '"""Title alone."""\n', '"""A.\n'])
def test_without_a_docstring_the_page_stays_as_it_was(text, folder, capsys):
    before = contents(folder)["README.md"]
    (folder / "01_red.py").write_text(text)
    assert runner.main(["--page"], folder) == 1
    assert "01_red.py" in capsys.readouterr().err
    assert contents(folder)["README.md"] == before
