"""Pictures as data: MNIST, Fashion-MNIST and scikit-learn's digits, as the same `Dataset`.

Pixels stay as small as they are in the files, one byte each, until a batch is made of them. A file
is held against the known sha256 of its content before anybody trains on it (see `idx`), however it
was packed; a missing one is downloaded.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainfcnn._support.checks import check_seed, is_whole, look_up
from trainfcnn._support.seeds import numpy_generator
from trainfcnn.data.dataset import Dataset, Origin
from trainfcnn.data.idx import IdxFile, Known, OtherFileError, Pixels, read_idx
from trainfcnn.data.splits import holdout_mask

Home = str | os.PathLike[str]

Samples = tuple[Pixels, Pixels]  # images (n, height, width) and labels (n,)

HOME_VARIABLE = "TRAINFCNN_DATA"
NORMALIZATIONS = ("unit", "standard", None)
DEBIAN = "/usr/share/datasets"  # where its package dataset-fashion-mnist puts a folder
SHARED = ("raw", "")  # of torchvision, and the home itself: the files there may be of any set
TEST_SHARE = 0.2  # of a set without an official test sample
TIMEOUT = 30  # seconds without a byte
DIGITS = tuple(range(10))

CLOTHES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
)  # fmt: skip


@dataclass(frozen=True)
class ImageSet:
    """A set of labelled images.

    Attributes
    ----------
    name, title, formula : str
        Its key in `IMAGES`, its name in a sentence, and what is on the images.
    classes : tuple
        Labels, in the order of the indices.
    recommended : mapping
        Fields of a `Recipe` that suit it.
    files : tuple of IdxFile
        Training images and labels, test images and labels; empty where it comes with a library.
    mirrors : tuple of str
        Folders from which the packed files can be had, tried in turn.
    folders : tuple of str
        Those of this set alone, beside the one of its name, in which others put its files.
    kind : str
        The task.
    """

    name: str
    title: str
    formula: str
    classes: tuple[object, ...]
    recommended: Mapping[str, object]
    files: tuple[IdxFile, ...] = ()
    mirrors: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    kind: str = "multiclass"


def _idx_files(*hashes: tuple[str, str]) -> tuple[IdxFile, ...]:
    """Return the four files that MNIST and Fashion-MNIST consist of, given their hashes."""
    shapes = {
        "train-images-idx3-ubyte": (60_000, 28, 28),
        "train-labels-idx1-ubyte": (60_000,),
        "t10k-images-idx3-ubyte": (10_000, 28, 28),
        "t10k-labels-idx1-ubyte": (10_000,),
    }
    return tuple(
        IdxFile(name, shape, *known)
        for (name, shape), known in zip(shapes.items(), hashes, strict=True)
    )


# Chosen on validation samples; mnist's takes about a minute on two cores, digits' half a second.
_FEW_IMAGES = {"dims": (128, 64), "schedule": "cosine", "epochs": 60, "dropout": 0.3}

_MANY_IMAGES = {
    "dims": (512, 512),
    "activation": "gelu",
    "optimizer": "adamw",
    "lr": 0.003,
    "weight_decay": 0.1,
    "schedule": "one_cycle",
    "epochs": 20,
    "batch_size": 256,
    "dropout": 0.3,
}

IMAGES: dict[str, ImageSet] = {
    images.name: images
    for images in (
        ImageSet(
            "digits", "the digits", "1,797 handwritten digits, 8 x 8 pixels", DIGITS, _FEW_IMAGES
        ),
        ImageSet(
            "mnist",
            "MNIST",
            "70,000 handwritten digits, 28 x 28 pixels",
            DIGITS,
            _MANY_IMAGES,
            _idx_files(
                (
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                ),
                (
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                ),
                (
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                ),
                (
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
                ),
            ),
            (
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
            ),
            ("MNIST/raw", "MNIST"),
        ),
        ImageSet(
            "fashion_mnist",
            "Fashion-MNIST",
            "70,000 pieces of clothing, 28 x 28 pixels",
            CLOTHES,
            _MANY_IMAGES,
            _idx_files(
                (
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                ),
                (
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                ),
                (
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                ),
                (
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
                ),
            ),
            (
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            ),
            ("FashionMNIST/raw", "FashionMNIST", "fashion-mnist", "fashion"),
        ),
    )
}


def load_images(
    name: str,
    n_samples: int | None = None,
    seed: int = 0,
    *,
    data_home: Home | None = None,
    normalize: str | None = "unit",
) -> Dataset:
    """Return a set of images, with its official test sample.

    The files of MNIST and Fashion-MNIST are looked for, packed or not, in `data_home`, then in
    ``$TRAINFCNN_DATA``, then in the user's cache, then where Debian has Fashion-MNIST: in a folder
    of the set's name, in those of torchvision ('MNIST/raw', 'FashionMNIST/raw'), and right there.
    What is in none of them is downloaded to the first of these that is given.

    Parameters
    ----------
    name : str
        A key of `IMAGES`.
    n_samples : int, optional
        Images to train on, drawn at random from the training sample; by default all of them.
    seed : int
        Of that draw, and of the split of a set without a test sample ('digits').
    data_home : str or path, optional
        Where to look first.
    normalize : {'unit', 'standard', None}
        What training does to the pixels, all of them alike: bring them to the range from 0 to 1, or
        to mean 0 and standard deviation 1, or leave them.

    Returns
    -------
    Dataset
        Pixels are uint8, one row an image.

    Raises
    ------
    ValueError
        If a file is damaged or not the one it should be; with its path.
    FileNotFoundError
        If a file is nowhere and cannot be downloaded.

    Examples
    --------
    >>> load_images("digits")
    Dataset('digits'): multiclass, 1,438 images of 8 x 8 pixels, 359 for the test, 10 classes
    """
    images = look_up(IMAGES, name, "set of images")
    seed = check_seed(seed)
    check_normalize(normalize)
    _check_home(data_home)
    if images.files:
        (x, y), (x_test, y_test) = _read_set(images, data_home)
    else:
        (x, y), (x_test, y_test) = _read_digits(seed)
    if n_samples is not None:
        chosen = _choose(n_samples, len(x), seed)
        x = x[chosen]
        y = y[chosen]
    height, width = x.shape[1:]
    return Dataset(
        name=images.name,
        kind=images.kind,
        x=x.reshape(len(x), -1),
        y=y.astype(np.int64),
        x_test=x_test.reshape(len(x_test), -1),
        y_test=y_test.astype(np.int64),
        classes=images.classes,
        recommended=images.recommended,
        image_shape=(height, width),
        normalize=normalize,
        origin=Origin(n_samples, seed, None if data_home is None else str(data_home)),
    )


def check_normalize(normalize: object) -> None:
    """Say what `normalize` may be, if it is something else."""
    if normalize not in NORMALIZATIONS:
        raise ValueError(
            f"normalize must be 'unit', 'standard' or None, got {normalize!r}: try 'unit'"
        )


def _check_home(data_home: object) -> None:
    # "" would be the current folder, which is ".", and is rather a setting that was never made.
    if not isinstance(data_home, str | os.PathLike | None) or data_home == "":
        raise ValueError(f"data_home must be the path of a folder, got {data_home!r}: leave it out")
    if data_home is not None and os.path.isfile(os.path.expanduser(data_home)):
        folder = os.path.dirname(data_home) or os.curdir
        raise ValueError(
            f"data_home must be the path of a folder, got that of a file, {str(data_home)!r}: try "
            f"{folder!r}"
        )


def check_images(dataset: Dataset) -> tuple[int, int]:
    """Return height and width of the images, or say that there are none."""
    if dataset.image_shape is None:
        raise ValueError(
            f"the data set must be one of images, and {dataset.name!r} has points: try "
            "TrainFCNN('digits')"
        )
    return dataset.image_shape


def _choose(n_samples: int, there: int, seed: int) -> NDArray[np.int64]:
    if not is_whole(n_samples) or not 1 <= n_samples <= there:
        raise ValueError(
            f"n_samples must be an integer from 1 to the {there:,} images there are, got "
            f"{n_samples!r}: leave it out for all of them"
        )
    # The start of one permutation: with the same seed, a larger sample holds the smaller one.
    return np.sort(numpy_generator(seed, "data").permutation(there)[:n_samples])


def _read_digits(seed: int) -> tuple[Samples, Samples]:
    """Return scikit-learn's digits (pixels from 0 to 16), all but a fifth, and that fifth."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    test = holdout_mask(digits.target, TEST_SHARE, numpy_generator(seed, "split"))
    pixels = digits.images.astype(np.uint8)
    return (pixels[~test], digits.target[~test]), (pixels[test], digits.target[test])


def find_files(images: ImageSet, data_home: Home | None = None) -> list[Path]:
    """Return those files of a set that are there, in the first place that has one of that name."""
    places = (_places(images, file, homes(data_home)) for file in images.files)
    found = (next(some, None) for some in places)
    return [place[0] for place in found if place is not None]


def homes(data_home: Home | None) -> list[Path]:
    """Return the folders in which files are looked for, one after the other."""
    from pooch import os_cache

    given = [data_home, os.environ.get(HOME_VARIABLE), os_cache("trainfcnn"), DEBIAN]
    return [Path(os.path.expanduser(home)) for home in given if home]


def _read_set(images: ImageSet, data_home: Home | None) -> tuple[Samples, Samples]:
    """Return the samples to train and to test on, from files that are found or downloaded."""
    where = homes(data_home)
    x, y, x_test, y_test = (_read(images, file, where) for file in images.files)
    return (x, y), (x_test, y_test)


def _read(images: ImageSet, file: IdxFile, homes: Sequence[Path]) -> Pixels:
    """Return what one file holds, from the first place that has it, or downloaded."""
    read = partial(
        read_idx, file=file, title=images.title, n_classes=len(images.classes), known=_known_files()
    )
    passed = []
    for path, is_shared in _places(images, file, homes):
        try:
            return read(path)
        except OtherFileError as error:
            # The files of all sets have the same names: in a shared folder, another's are no fault.
            if not is_shared or error.belongs_to in (None, images.title):
                raise
            passed.append(f"{str(path)!r} is of {error.belongs_to}")
    return read(_download(images, file, homes[0] / images.name, passed))


def _places(images: ImageSet, file: IdxFile, homes: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield where there is a file of that name, and whether the folder may be of another set."""
    # Many copies of the unpacked files have a dot in their name.
    names = [f"{name}{end}" for name in (file.name, file.dotted) for end in ("", ".gz")]
    folders = (images.name, *images.folders, *SHARED)
    for home, folder, name in product(homes, folders, names):
        path = home / folder / name
        if path.is_file():
            yield path, folder in SHARED


def _download(images: ImageSet, file: IdxFile, folder: Path, passed: Iterable[str]) -> Path:
    """Fetch the file from the first mirror that has it; a bad one is not kept.

    Say what was `passed` on the way if there is none.
    """
    from pooch import HTTPDownloader, retrieve

    name = f"{file.name}.gz"
    failures = []
    # pooch makes folders before it has a file to put there: note which ones are new.
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    bar = sys.stderr is not None and sys.stderr.isatty()  # a program without a console has none
    for mirror in images.mirrors:
        downloader = HTTPDownloader(progressbar=bar, timeout=TIMEOUT)
        try:
            return Path(retrieve(mirror + name, file.packed, name, folder, downloader=downloader))
        except ValueError:  # pooch found another hash
            failures.append(f"another file at {mirror}")
        except OSError as error:  # those of requests among them, whose text would fill a page
            failures.append(str(error) if error.filename else f"{type(error).__name__} at {mirror}")
    for place in missing:  # from the innermost
        with suppress(OSError):  # it was not made, or is not empty
            place.rmdir()
    raise FileNotFoundError(
        f"{images.title} needs {name}, which is not in {str(folder)!r} and could not be downloaded "
        f"({'; '.join([*passed, *failures])}): put the four files in that folder, or use "
        "dataset='digits', which needs none"
    )


def _known_files() -> Known:
    """Return every file by the hash of its content, with the title of its set."""
    return {
        file.unpacked: (file, images.title) for images in IMAGES.values() for file in images.files
    }
