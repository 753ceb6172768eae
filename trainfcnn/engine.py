"""How operations are run: without book-keeping, and small ones on one thread."""

import torch

# Below so many multiplications a step, a second thread costs more than it brings.
SMALL_WORK = 2_000_000


class engine:  # noqa: N801  (a verb used in `with`, written as a class since it runs every epoch)
    """Run without autograd's book-keeping, and small work on one thread.

    Grad mode and thread count are as before on leaving.

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
