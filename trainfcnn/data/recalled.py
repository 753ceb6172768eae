"""Data whose samples are elsewhere: fetched when first asked for, or left out where they cannot be.

All that describes them is here at once, so that a network which was saved without its data answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trainfcnn._support.checks import check_memory
from trainfcnn._support.container import checksum_of
from trainfcnn.data.dataset import Dataset, Law, Origin
from trainfcnn.data.images import IMAGES, load_images
from trainfcnn.data.toy import make_dataset

SAMPLES = ("x", "y", "x_test", "y_test")


class RecalledDataset(Dataset):
    """A `Dataset` without its samples, which are fetched when they are first asked for.

    Attributes
    ----------
    sizes : (int, int, int)
        Samples to train and to test on, and features.
    fetch : callable
        Returns the whole data set, or raises a ValueError that says why it cannot.
    """

    sizes: tuple[int, int, int]
    fetch: Callable[[], Dataset]

    @classmethod
    def of(
        cls, described: dict[str, Any], sizes: tuple[int, int, int], fetch: Callable[[], Dataset]
    ) -> "RecalledDataset":
        """Return data of which all fields but the samples are described."""
        recalled = cls.__new__(cls)
        vars(recalled).update(described, sizes=sizes, fetch=fetch)
        return recalled

    def __getattr__(self, name: str) -> object:
        if name not in SAMPLES or "fetch" not in vars(self):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        whole = self.fetch()
        vars(self).update({sample: getattr(whole, sample) for sample in SAMPLES})
        return vars(self)[name]

    @property
    def is_here(self) -> bool:
        """Whether the samples are here, or can be fetched."""
        return not isinstance(vars(self).get("fetch"), LeftOut)

    @property
    def n_samples(self) -> int:
        """How many there are to train on, wherever they are."""
        return len(self.x) if "x" in vars(self) else self.sizes[0]

    @property
    def n_test(self) -> int:
        """How many there are in the test sample, wherever they are."""
        return len(self.x_test) if "x_test" in vars(self) else self.sizes[1]

    @property
    def n_features(self) -> int:
        """How many columns the inputs have."""
        return int(self.x.shape[1]) if "x" in vars(self) else self.sizes[2]


@dataclass(frozen=True)
class LeftOut:
    """Samples that were not saved.

    Attributes
    ----------
    name, todo : str
        Of the data, and what can be done.
    """

    name: str
    todo: str

    def __call__(self) -> Dataset:
        """Say that they are not there."""
        raise ValueError(
            f"this needs the samples of {self.name!r}, which were not saved with the network: "
            f"{self.todo}"
        )


@dataclass(frozen=True)
class Again:
    """Samples that can be drawn or found again, and are held against what they were.

    Attributes
    ----------
    source : str or Law
        A key of `IMAGES`, or the law of toy data.
    origin : Origin
        How they were drawn or found.
    noise : float
        Of the draw.
    checksum : str
        Of the samples, see `checksum_of_samples`.
    """

    source: str | Law
    origin: Origin
    noise: float
    checksum: str

    def __call__(self) -> Dataset:
        """Return the data set.

        Raises
        ------
        ValueError
            If other samples come of it.
        """
        origin = self.origin
        if isinstance(self.source, Law):
            n_samples = 0 if origin.n_samples is None else origin.n_samples
            n_bytes = 8 * n_samples * (self.source.domain.n_features + 1)
            check_memory(n_bytes, f"the samples of {self.source.name!r}", "draw fewer")
            found = make_dataset(self.source, n_samples, self.noise, origin.seed)
        else:
            found = load_images(
                self.source, origin.n_samples, origin.seed, data_home=origin.data_home
            )
        if checksum_of_samples(found) != self.checksum:
            raise ValueError(
                f"the samples of {found.name!r} must be those that the network was trained on, and "
                "here others come of the same seed: save with data=True where they are the same"
            )
        return found


def checksum_of_samples(dataset: Dataset) -> str:
    """Return a sum over all samples, for training and for the test."""
    return checksum_of({name: getattr(dataset, name) for name in SAMPLES})


def again(dataset: Dataset) -> Again | None:
    """Return how to have the samples again, if they can be: of what is drawn it is tried.

    A stale origin, of data that were changed by hand, is found out there; images are believed.
    """
    fetch = vars(dataset).get("fetch")
    if isinstance(fetch, Again):
        return fetch
    if dataset.origin is None or not dataset.is_here:
        return None
    if dataset.validation is not None or dataset.weights is not None:
        return None  # nobody could draw them again
    source = dataset.name if dataset.law is None else dataset.law
    if dataset.law is None and source not in IMAGES:
        return None
    found = Again(source, dataset.origin, dataset.noise, checksum_of_samples(dataset))
    try:
        return found if dataset.law is None or found() else None
    except ValueError:
        return None
