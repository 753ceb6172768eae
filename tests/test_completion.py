"""What a shell completes after Tab."""

import shutil
import subprocess
import sys
from functools import cache

import pytest

from trainfcnn import DATASETS
from trainfcnn.cli import main
from trainfcnn.completion import SHELLS

pytest.importorskip("shtab")
# as bash itself calls what a script has told it of
COMPLETE = """
COMP_WORDS=("$@")
COMP_CWORD=$(( $# - 1 ))
$(complete -p trainfcnn | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "${COMPREPLY[@]}"
"""


@cache
def bash_script():
    command = [sys.executable, "-m", "trainfcnn", "completion", "bash"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def completed(*words):
    command = ["bash", "-c", bash_script() + COMPLETE, "bash", "trainfcnn", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None or sys.platform == "win32", reason="no bash")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((""), {"list", "train", "sweep", "predict", "play", "resume", "doctor", "completion"}),
        (("tra",), {"train"}),
        (("train", "sp"), {"spiral"}),
        (("train", "xor", "--optim"), {"--optimizer"}),
        (("train", "xor", "--optimizer", "ada"), {"adam", "adamw", "adagrad"}),
        (("sweep", "xor", "--activation", "tan"), {"tanh"}),
        (("list", "opt"), {"optimizers"}),
        (("completion", ""), set(SHELLS)),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, tuple) else "",
)
def test_bash_completes(words, expected):
    assert set(completed(*words or ("",))) == expected


@pytest.mark.skipif(shutil.which("bash") is None or sys.platform == "win32", reason="no bash")
def test_files_are_completed_where_one_is_due(tmp_path):
    (tmp_path / "xor.png").touch()
    assert completed("train", "xor", "--plot", f"{tmp_path}/x") == [f"{tmp_path}/xor.png"]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_knows_every_data_set(shell, capsys):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "trainfcnn" in script
    assert all(name in script for name in DATASETS)


def test_without_shtab_it_is_said_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "zsh"]) == 2
    assert 'pip install "trainfcnn[completion]"' in capsys.readouterr().err


def test_another_shell_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["completion", "tcsh"])
    assert "invalid choice: 'tcsh'" in capsys.readouterr().err
