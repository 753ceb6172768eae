"""Files of images are read as they are, or refused with their path; missing ones are fetched."""

import gzip
import os
import re
import socket
import struct
import sys
import tracemalloc
import zlib
from dataclasses import replace
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from unittest.mock import Mock, patch

import numpy as np
import pooch
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_digits

from trainfcnn import TrainFCNN, make_dataset
from trainfcnn.data.idx import IdxFile
from trainfcnn.data.images import HOME_VARIABLE, IMAGES, check_images, load_images

SHAPES = {
    "train-images-idx3-ubyte": (20, 4, 3),
    "train-labels-idx1-ubyte": (20,),
    "t10k-images-idx3-ubyte": (10, 4, 3),
    "t10k-labels-idx1-ubyte": (10,),
}
IMAGES_FILE, LABELS_FILE, TEST_IMAGES_FILE, TEST_LABELS_FILE = SHAPES


def drawn(seed):
    """Return what the four files hold: any pixels, and labels from 0 to 9."""
    rng = np.random.default_rng(seed)
    return {
        name: rng.integers(0, 256 if len(shape) == 3 else 10, shape, np.uint8)
        for name, shape in SHAPES.items()
    }


def idx(values):
    """Return an IDX file of bytes: type, number of axes, their lengths, and what it is about."""
    header = struct.pack(">HBB", 0, 8, values.ndim)
    return header + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def pack(content):
    return gzip.compress(content, mtime=0)


def hash_of(content):
    return sha256(content).hexdigest()


def toy(name, contents):
    """Return a set as it is, but of other files, and without a place to fetch them from."""
    files = tuple(
        IdxFile(file, values.shape, hash_of(pack(idx(values))), hash_of(idx(values)))
        for file, values in contents.items()
    )
    return replace(IMAGES[name], files=files, mirrors=())


DIGITS, CLOTHES = drawn(0), drawn(1)
PLAIN = {name: idx(values) for name, values in DIGITS.items()}
PACKED = {f"{name}.gz": pack(content) for name, content in PLAIN.items()}
PACKED_CLOTHES = {f"{name}.gz": pack(idx(values)) for name, values in CLOTHES.items()}
TOYS = {
    "mnist": toy("mnist", DIGITS),
    "fashion_mnist": toy("fashion_mnist", CLOTHES),
}


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """Small sets, and neither a shared folder, nor the user's cache, nor Debian's, nor a proxy."""
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / "cache" / project)
    monkeypatch.setattr("trainfcnn.data.images.DEBIAN", str(tmp_path / "debian"))
    for name, images in TOYS.items():
        monkeypatch.setitem(IMAGES, name, images)


def write(home, files, name="mnist"):
    """Write files to a set's folder, and return the path of the last."""
    (home / name).mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (home / name / file).write_bytes(content)
    return home / name / file


@pytest.fixture
def home(tmp_path):
    write(tmp_path / "home", PACKED)
    return tmp_path / "home"


def load(home=None, **arguments):
    return load_images("mnist", data_home=home, **arguments)


def assert_holds(data, contents):
    """Hold a data set against the four arrays that it should consist of."""
    images, labels, test_images, test_labels = contents.values()
    for found, expected in ((data.x, images), (data.x_test, test_images)):
        np.testing.assert_array_equal(found, expected.reshape(len(expected), -1), strict=True)
    for found, expected in ((data.y, labels), (data.y_test, test_labels)):
        np.testing.assert_array_equal(found, expected.astype(np.int64), strict=True)


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# reading


@pytest.mark.parametrize("packed", list(product([True, False], repeat=4)), ids=str)
def test_packed_and_unpacked_files_are_read_alike_in_their_official_split(packed, tmp_path):
    for name, is_packed in zip(SHAPES, packed, strict=True):
        suffix = ".gz" if is_packed else ""
        write(tmp_path, {name + suffix: (PACKED if is_packed else PLAIN)[name + suffix]})
    assert_holds(load(tmp_path), DIGITS)


@given(
    sizes=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4)),
    data=st.data(),
)
def test_images_of_any_size_come_back_as_they_were_written(sizes, data):
    n, n_test, *shape = sizes
    contents = {
        name: data.draw(arrays(np.uint8, size, elements=st.integers(0, most)))
        for name, size, most in (
            (IMAGES_FILE, (n, *shape), 255),
            (LABELS_FILE, (n,), 9),
            (TEST_IMAGES_FILE, (n_test, *shape), 255),
            (TEST_LABELS_FILE, (n_test,), 9),
        )
    }
    with TemporaryDirectory() as home, patch.dict(IMAGES, mnist=toy("mnist", contents)):
        write(Path(home), {f"{name}.gz": pack(idx(values)) for name, values in contents.items()})
        loaded = load(home)
    assert loaded.image_shape == tuple(shape)
    assert_holds(loaded, contents)


@pytest.mark.parametrize(
    "repack",
    [
        lambda content: gzip.compress(content, mtime=1),
        lambda content: gzip.compress(content, compresslevel=1),
        lambda content: gzip.compress(content, compresslevel=0),
        lambda content: gzip.compress(content[:9]) + gzip.compress(content[9:]),
        lambda content: gzip.compress(content) + bytes(512),
    ],
    ids=["later", "faster", "stored", "in_two_parts", "padded"],
)
def test_repacked_files_are_taken_where_their_content_is_known(repack, tmp_path):
    write(tmp_path, {f"{name}.gz": repack(content) for name, content in PLAIN.items()})
    assert not {content.read_bytes() for content in tmp_path.rglob("*.gz")} & set(PACKED.values())
    assert_holds(load(tmp_path), DIGITS)


def test_a_large_file_that_was_packed_without_compression_is_taken(monkeypatch, tmp_path):
    contents = DIGITS | {IMAGES_FILE: np.zeros((20, 1000, 700), np.uint8)}
    monkeypatch.setitem(IMAGES, "mnist", toy("mnist", contents))
    stored = {f"{n}.gz": gzip.compress(idx(values), 0) for n, values in contents.items()}
    write(tmp_path, PACKED | stored | {TEST_IMAGES_FILE: PLAIN[TEST_IMAGES_FILE]})
    assert load(tmp_path).image_shape == (1000, 700)


def test_unpacked_files_are_held_against_their_content_in_either_set(tmp_path):
    write(tmp_path, {n: idx(values) for n, values in CLOTHES.items()}, "fashion_mnist")
    assert_holds(load_images("fashion_mnist", data_home=tmp_path), CLOTHES)
    write(tmp_path, {IMAGES_FILE: idx(CLOTHES[IMAGES_FILE] ^ 1)}, "fashion_mnist")
    with pytest.raises(ValueError, match="other content, perhaps damaged"):
        load_images("fashion_mnist", data_home=tmp_path)


@pytest.mark.parametrize("path_type", [str, Path])
@pytest.mark.parametrize("normalize", ["unit", "standard", None])
def test_a_set_of_images_says_what_it_is(path_type, normalize, home):
    data = load(path_type(home), normalize=normalize)
    assert (data.name, data.kind, data.classes) == ("mnist", "multiclass", tuple(range(10)))
    assert (data.image_shape, data.normalize, data.law) == ((4, 3), normalize, None)
    assert data.recommended == IMAGES["mnist"].recommended
    text = "Dataset('mnist'): multiclass, 20 images of 4 x 3 pixels, 10 for the test, 10 classes"
    assert repr(data) == text


def test_what_is_trained_on_are_the_loaded_images_and_they_stay_bytes(home):
    trainer = TrainFCNN("mnist", data_home=home, normalize="standard")
    assert trainer.dataset.normalize == "standard"
    trainer.train(dims=[4], epochs=2, batch_size=5)
    assert_holds(trainer.dataset, DIGITS)


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_what_is_known_of_a_set_fits_together(name, monkeypatch):
    monkeypatch.undo()
    images = IMAGES[name]
    assert [file.name for file in images.files] == list(SHAPES)
    assert [file.shape[0] for file in images.files] == [60_000, 60_000, 10_000, 10_000]
    assert all(file.shape[1:] in ((28, 28), ()) for file in images.files)
    known = [known for file in images.files for known in (file.packed, file.unpacked)]
    assert len(set(known)) == len(known) == 8
    assert all(re.fullmatch("[0-9a-f]{64}", known) for known in known)
    assert len(images.classes) == len(set(images.classes)) == 10
    assert len(images.mirrors) >= 2
    assert all(re.fullmatch("https://.*/", mirror) for mirror in images.mirrors)


# refusing


def flipped(content, place):
    """Return it with one bit changed, that of the number `place`."""
    changed = bytearray(content)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


PAGE = b"\n<!DOCTYPE html>\n<html><body>404: not found</body></html>"
PIXELS, LABELS = DIGITS[IMAGES_FILE], DIGITS[LABELS_FILE]
PACKED_IMAGES, PACKED_LABELS = PACKED[f"{IMAGES_FILE}.gz"], PACKED[f"{LABELS_FILE}.gz"]
LAST_IS_11 = idx(np.append(LABELS[1:], np.uint8(11)))
WRONG_MAGIC = b"\0\0\x0d" + PLAIN[IMAGES_FILE][3:]
HUNDRED = b"\0" * 100

# a file, what it holds, and what is told of it
REFUSED = {
    "packed_empty": (f"{IMAGES_FILE}.gz", b"", "an empty file"),
    "packed_text": (f"{IMAGES_FILE}.gz", b"to be done", "a file that is cut short"),
    "packed_page": (f"{IMAGES_FILE}.gz", PAGE, "a web page"),
    "packed_xml": (f"{IMAGES_FILE}.gz", b"<?xml version='1.0'?><Error/>", "a web page"),
    "packed_short": (f"{IMAGES_FILE}.gz", PACKED_IMAGES[:-20], "a file that is cut short"),
    "packed_flip": (f"{IMAGES_FILE}.gz", flipped(PACKED_IMAGES, 999), "a damaged gzip file"),
    "packed_and_more": (f"{IMAGES_FILE}.gz", PACKED_IMAGES + b"?", "a damaged gzip file"),
    "packed_twice": (f"{IMAGES_FILE}.gz", pack(PACKED_IMAGES), "the magic number 0x1f8b"),
    "packed_magic": (
        f"{IMAGES_FILE}.gz",
        pack(WRONG_MAGIC),
        "the magic number 0x00000d03, not 0x00000803",
    ),
    "packed_long": (f"{IMAGES_FILE}.gz", pack(PLAIN[IMAGES_FILE] + b"?"), "more than 256 bytes"),
    "packed_label": (f"{LABELS_FILE}.gz", pack(LAST_IS_11), "the label 11, where 9 is last"),
    "packed_pixels": (f"{IMAGES_FILE}.gz", pack(idx(PIXELS ^ 1)), "other content"),
    "empty": (IMAGES_FILE, b"", "an empty file"),
    "text": (IMAGES_FILE, b"to be done soon, or later", "the magic number 0x746f2062"),
    "page": (IMAGES_FILE, PAGE, "a web page"),
    "magic": (IMAGES_FILE, WRONG_MAGIC, "the magic number 0x00000d03, not 0x00000803"),
    "header_only": (IMAGES_FILE, PLAIN[IMAGES_FILE][:16], "16 bytes instead of 256 bytes"),
    "short": (IMAGES_FILE, PLAIN[IMAGES_FILE][:-20], "236 bytes instead of 256 bytes"),
    "long": (IMAGES_FILE, PLAIN[IMAGES_FILE] + b"?", "more than 256 bytes"),
    "flip": (IMAGES_FILE, flipped(PLAIN[IMAGES_FILE], 999), "other content"),
    "label": (LABELS_FILE, LAST_IS_11, "the label 11, where 9 is last"),
    "few": (IMAGES_FILE, idx(PIXELS[1:]), "the sizes [19, 4, 3], not [20, 4, 3]"),
    "turned": (IMAGES_FILE, idx(PIXELS.swapaxes(-1, -2)), "the sizes [20, 3, 4], not [20, 4, 3]"),
    "many_labels": (LABELS_FILE, idx(np.tile(LABELS, 2)), "the sizes [40], not [20]"),
    "lying": (LABELS_FILE, PLAIN[LABELS_FILE][:8] + HUNDRED, "more than 28 bytes"),
    "labels_for_images": (f"{IMAGES_FILE}.gz", PACKED_LABELS, f"{LABELS_FILE} of MNIST"),
    "images_for_labels": (f"{LABELS_FILE}.gz", PACKED_IMAGES, f"{IMAGES_FILE} of MNIST"),
    "test_for_training": (
        f"{IMAGES_FILE}.gz",
        PACKED[f"{TEST_IMAGES_FILE}.gz"],
        f"{TEST_IMAGES_FILE} of MNIST",
    ),
    "fashion": (
        f"{IMAGES_FILE}.gz",
        PACKED_CLOTHES[f"{IMAGES_FILE}.gz"],
        f"{IMAGES_FILE} of Fashion-MNIST",
    ),
    "fashion_labels": (
        f"{TEST_LABELS_FILE}.gz",
        PACKED_CLOTHES[f"{TEST_LABELS_FILE}.gz"],
        f"{TEST_LABELS_FILE} of Fashion-MNIST",
    ),
}


# What nobody can use may go; any other file may be dear to somebody.
BROKEN = re.compile("empty|cut short|web page|damaged gzip|bytes")
DELETE = ": delete it, so that it is downloaded anew, or put the right one there"
MOVE = ": move it away, so that the right one is downloaded, or put that there"


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_the_file_is_refused_with_path_and_advice(case, home):
    file, content, told = REFUSED[case]
    path = write(home, {file: content})
    with pytest.raises(ValueError, match="must be") as no:
        TrainFCNN("mnist", data_home=home)
    message = str(no.value)
    name = file.removesuffix(".gz")
    assert message.startswith(f"{str(path)!r} must be {name} of MNIST, got {told}")
    assert message.endswith(DELETE if BROKEN.search(told) else MOVE)
    assert "\n" not in message


@pytest.mark.parametrize("file", [LABELS_FILE, f"{LABELS_FILE}.gz"])
def test_a_file_that_ends_too_early_is_refused_wherever_it_ends(file, home):
    content = (PLAIN | PACKED)[file]
    for length in range(len(content)):
        path = write(home, {file: content[:length]})
        with pytest.raises(ValueError, match=re.escape(repr(str(path)))):
            load(home)


def test_every_bit_of_an_unpacked_file_matters(home):
    content = PLAIN[LABELS_FILE]
    for place in range(8 * len(content)):
        path = write(home, {LABELS_FILE: flipped(content, place)})
        with pytest.raises(ValueError, match=re.escape(repr(str(path)))):
            load(home)


def loaded_or_told(home):
    try:
        return load(home)
    except ValueError as error:
        return str(error)


def test_a_packed_file_with_any_bit_flipped_is_refused_or_its_content_is_the_same(home):
    content, refused = PACKED[f"{LABELS_FILE}.gz"], 0
    for place in range(8 * len(content)):
        path = write(home, {f"{LABELS_FILE}.gz": flipped(content, place)})
        outcome = loaded_or_told(home)
        if isinstance(outcome, str):
            assert outcome.startswith(repr(str(path)))
            refused += 1
        else:
            assert_holds(outcome, DIGITS)
    assert refused > 0.7 * 8 * len(content)  # some bits say when it was packed, and on what


@pytest.mark.parametrize("repack", [lambda content: content, gzip.decompress], ids=["as_is", "un"])
def test_mnist_in_the_folder_of_fashion_mnist_is_told_packed_or_not(repack, tmp_path):
    write(tmp_path, PACKED_CLOTHES, "fashion_mnist")
    content = repack(PACKED_IMAGES)
    file = f"{IMAGES_FILE}.gz" if content == PACKED_IMAGES else IMAGES_FILE
    path = write(tmp_path, {file: content}, "fashion_mnist")
    told = f"{str(path)!r} must be {IMAGES_FILE} of Fashion-MNIST, got {IMAGES_FILE} of MNIST: "
    with pytest.raises(ValueError, match=re.escape(told)):
        load_images("fashion_mnist", data_home=tmp_path)


def test_a_file_is_known_to_be_packed_by_its_first_bytes_whatever_its_name(home):
    expected = load(home).x
    for name, content in ((IMAGES_FILE, PACKED_IMAGES), (f"{IMAGES_FILE}.gz", PLAIN[IMAGES_FILE])):
        write(home, {name: content})
        np.testing.assert_array_equal(load(home).x, expected)


def test_a_repacked_file_of_unknown_content_is_refused(tmp_path):
    write(tmp_path, PACKED_CLOTHES, "fashion_mnist")
    again = gzip.compress(idx(CLOTHES[IMAGES_FILE] ^ 1))
    write(tmp_path, {f"{IMAGES_FILE}.gz": again}, "fashion_mnist")
    with pytest.raises(ValueError, match="other content, perhaps damaged"):
        load_images("fashion_mnist", data_home=tmp_path)


def gzip_bomb(start, megabytes):
    """Return a gzip file of `start` and then zeros; its end, which nobody should meet, is cut."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    zeros = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + zeros * megabytes


def peak_while_refusing(home, told):
    """Return how much memory it takes, at most, to refuse the files."""
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=told):
            load(home)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_gzip_bomb_is_refused_without_being_unpacked(monkeypatch, tmp_path):
    contents = DIGITS | {IMAGES_FILE: np.zeros((20, 200, 100), np.uint8)}
    monkeypatch.setitem(IMAGES, "mnist", toy("mnist", contents))
    bomb = gzip_bomb(idx(contents[IMAGES_FILE])[:16], megabytes=200)
    assert len(bomb) < contents[IMAGES_FILE].size
    write(tmp_path, PACKED | {f"{IMAGES_FILE}.gz": bomb})
    assert peak_while_refusing(tmp_path, "more than 400,016 bytes") < 5e6


def test_a_file_that_is_much_too_long_is_refused_without_being_read(home):
    path = write(home, {IMAGES_FILE: PLAIN[IMAGES_FILE]})
    os.truncate(path, 200_000_000)
    assert peak_while_refusing(home, "more than 256 bytes") < 5e6


# searching


@pytest.fixture
def homes(monkeypatch, tmp_path):
    """The places where files are looked for, in their order; nothing is there yet."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "variable"))
    return [tmp_path / "given", tmp_path / "variable", tmp_path / "cache" / "trainfcnn"]


@pytest.mark.parametrize("first", range(3))
@pytest.mark.parametrize("file", [LABELS_FILE, f"{LABELS_FILE}.gz"])
def test_data_home_comes_first_then_the_variable_then_the_cache(first, file, homes):
    for home in homes:
        write(home, PACKED)
    for home in homes[:first]:
        (home / "mnist" / f"{LABELS_FILE}.gz").unlink()
    path = write(homes[first], {file: b"not this"})
    with pytest.raises(ValueError, match=re.escape(repr(str(path)))):
        load(homes[0])


@pytest.mark.parametrize("place", range(3))
def test_files_are_found_in_any_of_the_places(place, homes):
    write(homes[place], PACKED)
    assert_holds(load(homes[0]), DIGITS)


def test_the_files_of_a_set_may_lie_in_different_places(homes):
    for place, file in zip([0, 1, 2, 1], SHAPES, strict=True):
        write(homes[place], {file: PLAIN[file]})
    assert_holds(load(homes[0]), DIGITS)


def test_an_empty_variable_is_none(monkeypatch, homes, tmp_path):
    monkeypatch.setenv(HOME_VARIABLE, "")
    monkeypatch.chdir(tmp_path)
    write(tmp_path, dict.fromkeys(PACKED, b"not these"))
    write(homes[2], PACKED)
    assert_holds(load(), DIGITS)


def test_each_set_has_its_own_folder(home):
    write(home, PACKED_CLOTHES, "fashion_mnist")
    assert_holds(load(home), DIGITS)
    clothes = load_images("fashion_mnist", data_home=home)
    assert_holds(clothes, CLOTHES)
    assert clothes.classes[:2] == ("T-shirt/top", "Trouser")


@pytest.mark.parametrize("data_home", ["~/pictures", Path("~/pictures"), None], ids=repr)
def test_a_tilde_is_the_users_home(data_home, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    if data_home is None:
        monkeypatch.setenv(HOME_VARIABLE, "~/pictures")
    write(tmp_path / "pictures", PACKED)
    assert_holds(load(data_home), DIGITS)


NAMED = {
    "mnist": ["mnist", "MNIST/raw", "MNIST"],
    "fashion_mnist": [
        "fashion_mnist", "FashionMNIST/raw", "FashionMNIST", "fashion-mnist", "fashion",
    ],
}  # fmt: skip
CONTENTS = {"mnist": DIGITS, "fashion_mnist": CLOTHES}
FOLDERS = [
    (name, folder) for name, folders in NAMED.items() for folder in (*folders, "raw", "anywhere")
]
DOTTED = {
    "train-images.idx3-ubyte": IMAGES_FILE,
    "train-labels.idx1-ubyte": LABELS_FILE,
    "t10k-images.idx3-ubyte": TEST_IMAGES_FILE,
    "t10k-labels.idx1-ubyte": TEST_LABELS_FILE,
}


@pytest.mark.parametrize("repack", [bytes, pack], ids=["unpacked", "packed"])
@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize(("name", "folder"), FOLDERS)
def test_the_folders_and_names_that_others_give_are_found(name, folder, dotted, repack, tmp_path):
    end = "" if repack is bytes else ".gz"
    files = {
        (plain, dot)[dotted] + end: repack(idx(CONTENTS[name][plain]))
        for dot, plain in DOTTED.items()
    }
    write(tmp_path / "home", files, folder)
    if folder != "anywhere":
        found = load_images(name, data_home=tmp_path / "home")
        assert_holds(found, CONTENTS[name])
    # and the folder itself, or the one above it, is a home as well
    inner = tmp_path / "home" / folder
    assert_holds(load_images(name, data_home=inner), CONTENTS[name])
    if inner.name == "raw":
        assert_holds(load_images(name, data_home=inner.parent), CONTENTS[name])


def test_debians_files_are_found_last_and_nothing_is_written_there(homes, tmp_path):
    repacked = {f"{n}.gz": gzip.compress(idx(v), 1, mtime=0) for n, v in CLOTHES.items()}
    assert not set(repacked.values()) & set(PACKED_CLOTHES.values())
    write(tmp_path / "debian", repacked, "fashion-mnist")
    assert_holds(load_images("fashion_mnist"), CLOTHES)
    write(homes[2], {IMAGES_FILE: b"not this"}, "fashion_mnist")
    with pytest.raises(ValueError, match=re.escape(str(homes[2]))):
        load_images("fashion_mnist")
    assert files_in(tmp_path / "debian") == sorted(repacked)


def test_in_a_folder_without_a_name_the_files_of_another_set_are_passed_by(homes):
    write(homes[0], PACKED_CLOTHES, "")
    write(homes[1], PACKED)
    assert_holds(load(homes[0]), DIGITS)
    assert_holds(load_images("fashion_mnist", data_home=homes[0]), CLOTHES)


def test_what_was_passed_by_is_told_where_nothing_else_is_found(tmp_path):
    path = write(tmp_path, {IMAGES_FILE: idx(CLOTHES[IMAGES_FILE])}, "")
    with pytest.raises(FileNotFoundError, match="could not be downloaded") as no:
        load(tmp_path)
    assert f"({str(path)!r} is of Fashion-MNIST)" in str(no.value)


@pytest.mark.parametrize("folder", ["mnist", "MNIST/raw", "raw", ""])
@pytest.mark.parametrize("file", [IMAGES_FILE, f"{LABELS_FILE}.gz"])
def test_a_damaged_file_is_named_wherever_it_lies(folder, file, tmp_path):
    write(tmp_path, PACKED, folder)
    content = (PLAIN | PACKED)[file]
    for damaged in (content[:-9], flipped(content, 8 * len(content) - 99)):
        path = write(tmp_path, {file: damaged}, folder)
        with pytest.raises(ValueError, match=re.escape(repr(str(path)))):
            load(tmp_path)


def test_a_file_that_cannot_be_read_is_not_to_be_deleted(home, monkeypatch):
    path = home / "mnist" / f"{IMAGES_FILE}.gz"
    monkeypatch.setattr(Path, "open", Mock(side_effect=PermissionError(13, "Permission denied")))
    with pytest.raises(ValueError, match="Permission denied") as no:
        load(home)
    assert str(no.value) == (
        f"{str(path)!r} must be {IMAGES_FILE} of MNIST, got a file that cannot be read (Permission "
        "denied): make it readable"
    )


@pytest.mark.parametrize("data_home", [3, True, b"pictures", ["pictures"], ""])
def test_a_data_home_that_is_no_path_is_refused(data_home):
    told = f"data_home must be the path of a folder, got {data_home!r}: leave it out"
    with pytest.raises(ValueError, match=re.escape(told)):
        TrainFCNN("mnist", data_home=data_home)


# fetching


@pytest.fixture
def mirror():
    """Return what starts a server of one's own and returns its address."""
    servers = []

    def start(handler):
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def folder_of(files, folder):
    """Return a handler that serves these files, and 404 for others."""
    write(folder, files, "")
    return partial(SimpleHTTPRequestHandler, directory=str(folder))


def hang_up(request, address, server):
    """Promise a file, and send no more than its beginning."""
    request.recv(1000)
    request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + PACKED_IMAGES[:50])


def hesitate(request, address, server):
    """Promise a file, and send it when nobody should wait for it any more."""
    request.recv(1000)
    length = len(PACKED_IMAGES)
    request.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode())
    request.settimeout(5)
    try:
        request.recv(1000)
    except TimeoutError:
        request.sendall(PACKED_IMAGES)


def refuse(request, address, server):
    request.recv(1000)
    request.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")


def nobody():
    """Return an address on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


BAD_MIRRORS = {
    "without_the_file": {"notes.txt": b""},
    "pages": dict.fromkeys(PACKED, PAGE),
    "damaged": {file: flipped(content, 999 % len(content)) for file, content in PACKED.items()},
    "another_set": PACKED_CLOTHES,
    "hanging_up": hang_up,
    "hesitating": hesitate,
    "out_of_service": refuse,
    "gone": None,
}


@pytest.fixture(params=BAD_MIRRORS)
def bad_mirror(request, mirror, tmp_path, monkeypatch):
    answer = BAD_MIRRORS[request.param]
    if answer is hesitate:
        monkeypatch.setattr("trainfcnn.data.images.TIMEOUT", 1)
    if answer is None:
        return nobody()
    return mirror(answer if callable(answer) else folder_of(answer, tmp_path / "bad"))


@pytest.fixture
def fetch_from(monkeypatch):
    """Return what says where MNIST is fetched from."""

    def fetch_from(*mirrors):
        monkeypatch.setitem(IMAGES, "mnist", replace(TOYS["mnist"], mirrors=mirrors))

    return fetch_from


def test_what_is_missing_is_fetched_once_and_kept_packed(mirror, fetch_from, tmp_path):
    fetch_from(mirror(folder_of(PACKED, tmp_path / "served")))
    assert_holds(load(tmp_path / "new" / "home"), DIGITS)
    folder = tmp_path / "new" / "home" / "mnist"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == PACKED
    fetch_from(nobody())
    assert_holds(load(tmp_path / "new" / "home"), DIGITS)


@pytest.mark.parametrize("with_home", [True, False])
@pytest.mark.parametrize("with_variable", [True, False])
def test_what_is_fetched_goes_to_the_first_place(
    with_home, with_variable, mirror, fetch_from, homes, monkeypatch, tmp_path
):
    fetch_from(mirror(folder_of(PACKED, tmp_path / "served")))
    if not with_variable:
        monkeypatch.delenv(HOME_VARIABLE)
    load(homes[0] if with_home else None)
    first = 0 if with_home else 1 if with_variable else 2
    assert [files_in(home) == sorted(PACKED) for home in homes] == [k == first for k in range(3)]


def test_only_what_is_missing_is_fetched(mirror, fetch_from, homes, tmp_path):
    one = f"{TEST_IMAGES_FILE}.gz"
    fetch_from(mirror(folder_of({one: PACKED[one]}, tmp_path / "served")))
    write(homes[1], {file: content for file, content in PACKED.items() if file != one})
    assert_holds(load(homes[0]), DIGITS)
    assert files_in(homes[0]) == [one]


def test_a_file_that_is_there_is_not_replaced_even_if_it_is_bad(mirror, fetch_from, home, tmp_path):
    fetch_from(mirror(folder_of(PACKED, tmp_path / "served")))
    path = write(home, {f"{IMAGES_FILE}.gz": PAGE})
    with pytest.raises(ValueError, match="delete it, so that it is downloaded anew"):
        load(home)
    path.unlink()
    assert_holds(load(home), DIGITS)


def test_behind_a_bad_mirror_the_next_one_is_asked(bad_mirror, mirror, fetch_from, home, tmp_path):
    missing = home / "mnist" / f"{IMAGES_FILE}.gz"
    missing.unlink()
    fetch_from(bad_mirror, mirror(folder_of(PACKED, tmp_path / "served")))
    assert_holds(load(home), DIGITS)
    assert missing.read_bytes() == PACKED_IMAGES
    assert files_in(home) == sorted(PACKED)


def test_without_a_good_mirror_it_is_said_what_to_do_and_nothing_is_left(
    bad_mirror, fetch_from, tmp_path
):
    mirrors = bad_mirror, nobody()
    fetch_from(*mirrors)
    with pytest.raises(FileNotFoundError) as no:
        TrainFCNN("mnist", data_home=tmp_path / "home")
    message, folder = str(no.value), str(tmp_path / "home" / "mnist")
    assert message.startswith(f"MNIST needs {IMAGES_FILE}.gz, which is not in {folder!r}")
    assert all(f" at {mirror}" in message for mirror in mirrors)
    assert message.endswith(
        ": put the four files in that folder, or use dataset='digits', which needs none"
    )
    assert "\n" not in message
    assert files_in(tmp_path / "home") == []


def test_a_data_home_that_is_a_file_is_told(mirror, fetch_from, tmp_path):
    fetch_from(mirror(folder_of(PACKED, tmp_path / "served")))
    file = tmp_path / "file"
    file.write_text("no folder")
    told = f"must be the path of a folder, got that of a file, {str(file)!r}: try {str(tmp_path)!r}"
    with pytest.raises(ValueError, match=re.escape(told)):
        load(file)
    assert file.read_text() == "no folder"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_progress_bar_is_for_terminals(
    terminal, mirror, fetch_from, monkeypatch, capsys, tmp_path
):
    fetch_from(mirror(folder_of(PACKED, tmp_path / "served")))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    load(tmp_path / "home")
    assert ("100%" in capsys.readouterr().err) == terminal


# drawing


@given(n=st.integers(1, 20), seed=st.integers(0, 2**70))
def test_a_random_part_of_the_training_images_keeps_their_labels(n, seed):
    with TemporaryDirectory() as home, patch.dict(IMAGES, TOYS):
        write(Path(home), PACKED)
        part, again, more = (
            load(home, n_samples=size, seed=seed) for size in (n, np.int64(n), min(n + 1, 20))
        )
    labels = dict(zip(map(bytes, PIXELS.reshape(20, -1)), LABELS.tolist(), strict=True))
    images = list(map(bytes, part.x))
    assert len(set(images)) == len(part.y) == n
    assert [labels[image] for image in images] == part.y.tolist()
    assert images == list(map(bytes, again.x))
    assert set(images) <= set(map(bytes, more.x))
    assert (part.x.dtype, part.y.dtype, part.x.shape) == (np.uint8, np.int64, (n, 12))
    np.testing.assert_array_equal(part.x_test, DIGITS[TEST_IMAGES_FILE].reshape(10, 12))


def test_another_seed_draws_other_images_and_all_are_all_whatever_the_seed(home):
    parts = {bytes(load(home, n_samples=10, seed=seed).x) for seed in range(5)}
    assert len(parts) == 5
    assert_holds(load(home, seed=7), DIGITS)


@pytest.mark.parametrize("n_samples", [0, -1, 21, 2.0, True, "5"])
def test_more_images_than_there_are_or_none_are_refused(n_samples, home):
    told = f"n_samples must be an integer from 1 to the 20 images there are, got {n_samples!r}: "
    with pytest.raises(ValueError, match=re.escape(told)):
        load(home, n_samples=n_samples)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            {"normalize": "z-score"},
            "normalize must be 'unit', 'standard' or None, got 'z-score': try 'unit'",
        ),
        (
            {"normalize": True},
            "normalize must be 'unit', 'standard' or None, got True: try 'unit'",
        ),
        ({"seed": -1}, "seed must be an integer of 0 or more, got -1"),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["digits", "mnist"])
def test_bad_arguments_are_refused_before_any_file_is_looked_for(name, arguments, told, tmp_path):
    with pytest.raises(ValueError, match=re.escape(told)):
        load_images(name, data_home=tmp_path, **arguments)
    assert files_in(tmp_path) == []


def test_an_unknown_set_is_refused():
    with pytest.raises(ValueError, match="unknown set of images 'mnst': did you mean 'mnist'"):
        load_images("mnst")


# digits


def test_digits_are_those_of_scikit_learn_in_bytes(tmp_path):
    data, bunch = load_images("digits"), load_digits()
    x, y = np.concatenate([data.x, data.x_test]), np.concatenate([data.y, data.y_test])
    assert (x.shape, x.dtype, x.min(), x.max(), y.dtype) == ((1797, 64), np.uint8, 0, 16, np.int64)
    found, expected = (
        sorted(zip(map(tuple, images.astype(int).tolist()), labels.tolist(), strict=True))
        for images, labels in ((x, y), (bunch.data, bunch.target))
    )
    assert found == expected
    assert (data.name, data.kind, data.classes) == ("digits", "multiclass", tuple(range(10)))
    assert (data.image_shape, data.normalize) == ((8, 8), "unit")
    assert files_in(tmp_path) == []


def test_the_test_digits_are_a_fifth_of_each_and_depend_on_the_seed_alone():
    first, again, other = (load_images("digits", seed=seed) for seed in (3, 3, 4))
    counts = np.bincount(load_digits().target)
    assert np.bincount(first.y_test).tolist() == [round(count / 5) for count in counts]
    assert np.array_equal(first.x_test, again.x_test)
    assert np.array_equal(first.x, again.x)
    assert not np.array_equal(first.x_test, other.x_test)


def test_part_of_the_digits_leaves_the_test_as_it_is():
    part, whole = (load_images("digits", n_samples=n) for n in (100, None))
    assert np.array_equal(part.x_test, whole.x_test)
    assert set(map(bytes, part.x)) <= set(map(bytes, whole.x))
    with pytest.raises(ValueError, match="from 1 to the 1,438 images there are, got 1439"):
        load_images("digits", n_samples=1439)


def test_images_have_a_shape_and_points_have_none(home):
    assert check_images(load(home)) == (4, 3)
    with pytest.raises(ValueError, match="must be one of images, and 'xor' has points: try"):
        check_images(make_dataset("xor", 10))


# the sets themselves, where they are at hand


def real_home(name):
    """Return the folder that holds a set's own files, if one is given."""
    home = os.environ.get(HOME_VARIABLE)
    folder = Path(home or "nowhere").expanduser() / name
    there = all((folder / file).is_file() or (folder / f"{file}.gz").is_file() for file in SHAPES)
    return folder.parent if home and there else None


REAL_SETS = dict(IMAGES)
REAL_HOMES = {name: real_home(name) for name in CONTENTS}
REAL_HOME = REAL_HOMES["mnist"]


def real(name):
    """Return a set as it is, or skip the test."""
    if REAL_HOMES[name] is None:
        pytest.skip(f"needs {name}: set {HOME_VARIABLE} to a folder that holds {name}/")
    with patch.dict(IMAGES, REAL_SETS):
        return load_images(name, data_home=REAL_HOMES[name])


@pytest.fixture(scope="module")
def mnist():
    return real("mnist")


@pytest.fixture(scope="module")
def fashion():
    return real("fashion_mnist")


def real_contents(name):
    """Return what each file of a set holds, unpacked."""
    found = {}
    for file in SHAPES:
        path = REAL_HOMES[name] / name / file
        is_packed = not path.is_file()
        found[file] = (
            gzip.decompress(Path(f"{path}.gz").read_bytes()) if is_packed else path.read_bytes()
        )
    return found


def test_mnist_is_seventy_thousand_images_of_bytes(mnist):
    assert (mnist.x.shape, mnist.x_test.shape) == ((60_000, 784), (10_000, 784))
    assert (mnist.y.shape, mnist.y_test.shape) == ((60_000,), (10_000,))
    assert (mnist.x.dtype, mnist.y.dtype, mnist.image_shape) == (np.uint8, np.int64, (28, 28))


@pytest.mark.parametrize("name", CONTENTS)
def test_the_content_of_every_file_is_known_by_its_hash(name, request, monkeypatch):
    request.getfixturevalue({"mnist": "mnist", "fashion_mnist": "fashion"}[name])
    monkeypatch.undo()
    contents = real_contents(name)
    assert [hash_of(contents[file.name]) for file in IMAGES[name].files] == [
        file.unpacked for file in IMAGES[name].files
    ]


def test_fashion_mnist_packed_anew_is_the_same(fashion, monkeypatch, tmp_path):
    monkeypatch.undo()
    for file, content in real_contents("fashion_mnist").items():
        write(tmp_path, {f"{file}.gz": gzip.compress(content, 1, mtime=0)}, "fashion-mnist")
    again = load_images("fashion_mnist", data_home=tmp_path)
    assert np.array_equal(again.x, fashion.x)
    assert np.array_equal(again.y_test, fashion.y_test)
    assert np.bincount(again.y).tolist() == [6000] * 10
    assert np.bincount(again.y_test).tolist() == [1000] * 10


def test_the_real_sets_are_told_apart(mnist, fashion, monkeypatch, tmp_path):
    monkeypatch.undo()
    for name, other in (("mnist", "fashion_mnist"), ("fashion_mnist", "mnist")):
        path = write(tmp_path, {LABELS_FILE: real_contents(other)[LABELS_FILE]}, name)
        for file, content in real_contents(name).items():
            if file != LABELS_FILE:
                write(tmp_path, {file: content}, name)
        told = f"{str(path)!r} must be {LABELS_FILE} of {IMAGES[name].title}, got {LABELS_FILE} of "
        with pytest.raises(ValueError, match=re.escape(told + IMAGES[other].title + ": move it")):
            load_images(name, data_home=tmp_path)


def test_mnist_has_as_many_of_each_digit_as_everybody_says(mnist):
    assert np.bincount(mnist.y).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert np.bincount(mnist.y_test).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert mnist.y[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.y_test[:5].tolist() == [7, 2, 1, 0, 4]


def test_the_pixels_of_mnist_have_their_well_known_mean_and_spread(mnist):
    assert mnist.x.mean() == pytest.approx(33.318, abs=5e-4)
    assert mnist.x.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    mean_square = np.square(mnist.x, dtype=np.uint16).mean()
    assert np.sqrt(mean_square - mnist.x.mean() ** 2) / 255 == pytest.approx(0.3081, abs=5e-5)
    assert mnist.x_test.mean() == pytest.approx(33.791, abs=5e-4)


def test_mnist_cut_short_is_refused(mnist, monkeypatch, tmp_path):
    monkeypatch.undo()
    for name in SHAPES:
        for path in (REAL_HOME / "mnist").glob(f"{name}*"):
            content = path.read_bytes()
            kept = len(content) // 2 if name == IMAGES_FILE else len(content)
            write(tmp_path, {path.name: content[:kept]})
    with pytest.raises(ValueError, match=re.escape(f"must be {IMAGES_FILE} of MNIST, got ")):
        TrainFCNN("mnist", data_home=tmp_path)
