"""What is built holds all that it should, and works where the repository is not."""

import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from sysconfig import get_path
from venv import EnvBuilder
from zipfile import ZipFile

import pytest

import trainfcnn

ROOT = Path(__file__).parents[1]
IGNORED = (ROOT / ".gitignore").read_text("utf-8").split()  # such as the picture of scripts/demo
NOT_SOURCE = (".git", *(name.strip("/") for name in IGNORED))
TRAIN = """
from pathlib import Path

import trainfcnn
from trainfcnn import TrainFCNN

xor = TrainFCNN("xor").train(dims=[6], epochs=60)
xor.plot().savefig("xor.png")
print(Path(trainfcnn.__file__).parent)
print(xor.score() > 0.9)
"""
pytestmark = pytest.mark.slow


def run(*command, cwd):
    """Return what a command prints, in a folder from which the repository is not seen."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with the sdist, and the wheel that was built from it.

    The source is copied first: setuptools takes over what an older build noted beside it.
    """
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(ROOT, folder / "source", ignore=shutil.ignore_patterns(*NOT_SOURCE))
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist"]
    run(*build, folder / "source", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = (built / "dist").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def unpacked(built):
    """What the sdist holds."""
    (path,) = (built / "dist").glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(built / "unpacked", filter="data")
    (folder,) = (built / "unpacked").iterdir()
    return folder


@pytest.fixture(scope="module")
def installed(built, wheel):
    """The programs of a fresh environment with the wheel in it, which borrows what it needs."""
    builder = EnvBuilder(symlinks=os.name != "nt")
    builder.create(built / "fresh")
    programs = Path(builder.ensure_directories(built / "fresh").bin_path)
    pip = [sys.executable, "-m", "pip", "--python", programs / "python", "--quiet"]
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=built)
    place = run(
        programs / "python",
        "-c",
        "import sysconfig; print(sysconfig.get_path('purelib'))",
        cwd=built,
    )
    # a path in a .pth file is looked into after what is installed, and its own .pth files are not
    # read, so that an editable trainfcnn stays out
    borrowed = {get_path("purelib"), get_path("platlib")}
    Path(place.strip(), "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return programs


def test_the_wheel_holds_every_module_stub_and_page_and_nothing_else(wheel):
    package = Path(trainfcnn.__file__).parent
    expected = {
        path.relative_to(package.parent).as_posix()
        for pattern in ("*.py", "*.pyi", "py.typed", "static/*")
        for path in package.rglob(pattern)
    }
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        libraries = [name for name in held if name.endswith((".so", ".pyd"))]
        sizes = [archive.getinfo(name).file_size for name in libraries]
    assert held - set(libraries) == expected
    assert len(held) > 50
    # where there is a compiler, for each kind of processor, and nothing else is compiled
    kinds = {"x86_64": 2, "AMD64": 2}.get(platform.machine(), 1)
    has_compiler = shutil.which("cc") is not None and sys.platform != "win32"
    assert len(libraries) == kinds * has_compiler
    assert sum(sizes) < 200_000


def test_the_sdist_holds_all_of_the_repository(built, unpacked):
    def files(folder):
        paths = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix() for path in paths}

    source = {name for name in files(built / "source") if "egg-info" not in name}
    assert source <= files(unpacked)


def test_the_wheel_trains_where_the_repository_is_not(installed, tmp_path):
    place, has_learnt = run(installed / "python", "-c", TRAIN, cwd=tmp_path).splitlines()
    assert Path(place).is_relative_to(installed.parent)
    assert has_learnt == "True"
    assert (tmp_path / "xor.png").stat().st_size > 10_000
    told = run(installed / "trainfcnn", "train", "blobs", cwd=tmp_path)
    assert told.startswith("TrainFCNN('blobs')")


def test_pytest_finds_the_plugin_of_what_is_installed(installed, tmp_path):
    (tmp_path / "test_it.py").write_text(
        "def test_it(toy_data):\n    assert len(toy_data()) == 2\n"
    )
    told = run(installed / "python", "-m", "pytest", "-p", "no:cacheprovider", cwd=tmp_path)
    assert "1 passed" in told


def test_without_a_compiler_it_is_built_and_trains_on_torch(unpacked, tmp_path):
    shutil.copytree(unpacked, tmp_path / "source")
    shutil.rmtree(tmp_path / "source" / "build", ignore_errors=True)
    build = [sys.executable, "setup.py", "-q", "build", "--build-lib", tmp_path / "lib"]
    environment = os.environ | {"CC": "/nonexistent"}
    subprocess.run(build, cwd=tmp_path / "source", env=environment, check=True)
    assert not [*(tmp_path / "lib").rglob("_fused*.so")]
    train = "from trainfcnn import TrainFCNN; print(TrainFCNN().train(epochs=2).results())"
    told = run(sys.executable, "-c", train, cwd=tmp_path / "lib")
    assert "'engine': 'torch'" in told
    assert "the kernel is not built" in told


def test_the_sdist_passes_tests_of_its_own(unpacked, installed):
    """Those that read most beside the package: pages and scripts."""
    tests = ["tests/test_layers.py", "tests/test_readme.py", "tests/scripts"]
    pytest_ = [installed / "python", "-m", "pytest", "-p", "no:cacheprovider"]
    told = run(*pytest_, *tests, "-m", "not slow", cwd=unpacked)
    assert " passed" in told
