"""Where operations run, and how: without book-keeping, and small ones on one thread."""

import torch

# Below so many multiplications a step, a second thread costs more than it brings.
SMALL_WORK = 2_000_000


class ExecutionContext:
    """Run without autograd's book-keeping, and small work on one thread.

    Grad mode and thread count are as before on leaving. It is a class, and no generator, since it
    is entered at every epoch.

    Parameters
    ----------
    work : int
        Multiplications a step.
    """

    def __init__(self, work: int) -> None:
        self._single = work < SMALL_WORK
        self._mode = torch.inference_mode()

    def __enter__(self) -> None:
        self._threads = torch.get_num_threads()
        self._mode.__enter__()
        if self._single and self._threads > 1:
            torch.set_num_threads(1)

    def __exit__(self, *error: object) -> None:
        if self._single and self._threads > 1:
            torch.set_num_threads(self._threads)
        self._mode.__exit__(*error)


def check_device(device: str) -> str:
    """Return `device` if it is there.

    Raises
    ------
    ValueError
        If it is neither 'auto', nor the name of a device that torch sees.
    """
    if device == "auto":
        return "auto"
    try:
        wanted = torch.device(device)
    except (RuntimeError, TypeError):
        wanted = None
    if wanted is None or wanted.type not in ("cpu", "cuda"):
        raise ValueError(
            f"device must be 'auto', 'cpu', 'cuda' or 'cuda:1', got {device!r}: try 'auto'"
        )
    there = torch.cuda.device_count()
    if wanted.type == "cuda" and (wanted.index or 0) >= there:
        raise ValueError(
            f"device {str(wanted)!r} is not there: torch sees {there} CUDA devices; try 'auto'"
        )
    return str(wanted)


def choose_device(device: torch.device | str, work: int) -> torch.device | str:
    """Return where to run `work` multiplications a step: 'auto' takes CUDA where it gains by it."""
    if device != "auto":
        return device
    return "cuda" if work >= SMALL_WORK and torch.cuda.is_available() else "cpu"
