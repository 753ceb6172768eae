"""What may be asked of a model or a network: which data, which score, how often."""

from trainfcnn._support.checks import is_real, is_whole, look_up, short
from trainfcnn.data.dataset import Law
from trainfcnn.data.toy import DATASETS

KNOWN_TRUTH = "; own data have no truth that is known, but a law, such as blobs(centers=5), has"


def check_law(dataset: object) -> Law:
    """Return the law of a data set, or say what there is to choose from."""
    if isinstance(dataset, Law):
        return dataset
    return look_up(DATASETS, dataset, "dataset", else_=KNOWN_TRUTH)


def check_goal(at_least: float, law: Law) -> float:
    """Return a score to reach, or say what it must be."""
    if not is_real(at_least):
        raise ValueError(f"at_least must be a number, got {short(at_least)}: try at_least=0.95")
    if at_least > 1:
        share = at_least / 100 if at_least <= 100 else 0.95
        what = "an R²" if law.kind == "regression" else "a share of right answers"
        raise ValueError(
            f"at_least must be {what}, 1 at most, got {at_least!r}: try at_least={share:g}"
        )
    return float(at_least)


def check_share(share: float) -> None:
    """Refuse what is no share of the seeds."""
    if not is_real(share) or not 0 < share <= 1:
        raise ValueError(
            f"share must be a number above 0, and 1 at most, got {short(share)}: try share=0.5"
        )


def check_count(name: str, value: int) -> None:
    """Refuse a number of something that is no whole number of 1 or more."""
    if not is_whole(value) or value < 1:
        raise ValueError(
            f"{name} must be an integer of 1 or more, got {short(value)}: try {name}=5"
        )
