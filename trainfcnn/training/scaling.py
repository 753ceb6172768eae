"""Inputs and targets brought to a common scale for the training, and a network back from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from trainfcnn._support.types import Array, Values
from trainfcnn.engine.passes import Op
from trainfcnn.nn.network import FCNN

FAR_FROM_ZERO = 1000  # standard deviations
SINGLE_PRECISION = 30  # powers of ten: a float32 reaches to 38, and weights need some of them
LARGEST = 1e150  # a double reaches to 1e308, and variances are squares
ROWS = 4096  # of bytes that become floats at once, which bounds the memory


@dataclass(frozen=True)
class Scaling:
    """What is taken off inputs and a regression's targets, and what they are then divided by.

    Of several targets each has its own, (targets,).
    """

    x_shift: Array
    x_scale: Array
    y_shift: float | Array = 0.0
    y_scale: float | Array = 1.0

    @classmethod
    def of(
        cls,
        x: Values,
        y: Values,
        weights: Array | None = None,
        *,
        inputs: str | None,
        target: bool,
    ) -> "Scaling":
        """Return the scaling of a sample (n, d), (n,): of inputs by a key of `INPUT_SCALES`.

        Samples count by their weights (n,), where they have some; targets may be (n, targets).
        """
        _check_size("X", x)
        found = INPUT_SCALES[inputs](x, weights)
        x_shift, x_scale = (np.broadcast_to(part, x.shape[1]) for part in found)
        _check_scale("X", x_scale)
        if not target:
            return cls(x_shift, x_scale)
        _check_size("y", y)
        y_shift, y_scale = _each_standard(y.reshape(len(y), -1), weights)
        _check_scale("y", y_scale)
        if y.ndim == 1:
            return cls(x_shift, x_scale, float(y_shift[0]), float(y_scale[0]))
        return cls(x_shift, x_scale, y_shift, y_scale)

    @property
    def units(self) -> tuple[float, ...]:
        """What each target is divided by, so that a loss sees them alike."""
        return tuple(np.atleast_1d(self.y_scale).tolist())

    def prepare(self, inputs: Tensor) -> list[Op]:
        """Return the operations that scale `inputs` (m, d) in place."""
        shift, scale = (inputs.new_tensor(part) for part in (self.x_shift, self.x_scale))
        ops: list[Op] = [partial(inputs.div_, scale)]
        return [partial(inputs.sub_, shift), *ops] if shift.any() else ops

    def undo(self, network: FCNN) -> None:
        """Change the parameters so that the network takes and gives the original units.

        Where these lie far from 0, seen from their spread, it becomes double: in single precision
        the shifts would drown what was learnt. So it does where they are so large or small that
        its weights would leave what single precision can hold.
        """
        shifts = np.append(np.abs(self.x_shift) / self.x_scale, np.abs(self.y_shift) / self.y_scale)
        scales = np.abs(np.log10(np.append(self.x_scale, self.y_scale)))
        if shifts.max() > FAR_FROM_ZERO or scales.max() > SINGLE_PRECISION:
            network.double()
        first = network.linears[0]
        last = network.linears[-1]
        with torch.no_grad():
            # W (x - shift) / scale + b = (W / scale) x + (b - (W / scale) shift), in this order
            first.weight.div_(first.weight.new_tensor(self.x_scale))
            first.bias.sub_(first.weight @ first.weight.new_tensor(self.x_shift))
            shift, scale = (last.bias.new_tensor(part) for part in (self.y_shift, self.y_scale))
            last.weight.mul_(scale.reshape(-1, 1))
            last.bias.mul_(scale).add_(shift)

    def redo(self, network: FCNN, dtype: torch.dtype) -> FCNN:
        """Return a copy that takes and gives what is scaled, of one in the original units."""
        scaled = network.twin().double()  # in which hardly a digit is lost on the way
        first = scaled.linears[0]
        last = scaled.linears[-1]
        with torch.no_grad():
            # the reverse of `undo`, in the reverse order
            shift, scale = (last.bias.new_tensor(part) for part in (self.y_shift, self.y_scale))
            last.bias.sub_(shift).div_(scale)
            last.weight.div_(scale.reshape(-1, 1))
            first.bias.add_(first.weight @ first.weight.new_tensor(self.x_shift))
            first.weight.mul_(first.weight.new_tensor(self.x_scale))
        return scaled.to(dtype)


def _check_size(name: str, values: Values) -> None:
    """Refuse numbers whose squares no float can hold."""
    if values.size and values.dtype.kind == "f":
        largest = float(np.abs(values).max())
        if largest > LARGEST:
            raise ValueError(
                f"{name} must hold numbers up to {LARGEST:g}, got {largest:g}: divide it by a "
                "power of ten"
            )


def _check_scale(name: str, scale: Array | float) -> None:
    """Refuse numbers so close together that the squares of their distances are 0."""
    least = float(np.min(scale))
    if least < 1 / LARGEST:
        raise ValueError(
            f"{name} must vary by {1 / LARGEST:g} or more, and varies by less: multiply it by a "
            "power of ten"
        )


def _each_standard(x: Values, weights: Array | None = None) -> tuple[Array, Array]:
    """Return mean and standard deviation of each feature; 1 for a constant one's deviation."""
    mean, variance = moments(x, weights)
    return mean, np.where(np.ptp(x, axis=0) > 0, np.sqrt(variance), 1.0)  # rounding hides a 0


def _all_standard(x: Values, weights: Array | None = None) -> tuple[Array, Array]:
    """Return mean and standard deviation of all features together."""
    mean, variance = moments(x, weights)
    return mean.mean(), np.sqrt(variance.mean() + mean.var()) if np.ptp(x) else np.ones(())


def _all_to_unit(x: Values, weights: Array | None = None) -> tuple[Array, Array]:
    """Return the least value, and the width of the range, whatever the weights."""
    low = np.float64(x.min())
    high = np.float64(x.max())
    return np.array(low), np.array(high - low if high > low else 1.0)


def moments(x: Values, weights: Array | None = None) -> tuple[Array, Array]:
    """Return mean and variance of each feature (d,) of inputs (n, d), of any dtype.

    Samples count by their weights (n,), where they have some.
    """
    counts = np.ones((len(x), 1)) if weights is None else weights[:, None]
    # two passes: the mean of squares minus the squared mean would cancel far from 0
    starts = range(0, len(x), ROWS)
    parts = [(x[start : start + ROWS], counts[start : start + ROWS]) for start in starts]
    mean = sum((part * count).sum(0) for part, count in parts) / counts.sum()
    return mean, sum(((part - mean) ** 2 * count).sum(0) for part, count in parts) / counts.sum()


INPUT_SCALES: dict[str | None, Callable[..., tuple[Array, Array]]] = {
    None: lambda x, weights=None: (np.zeros(1), np.ones(1)),
    "unit": _all_to_unit,
    "standard": _all_standard,
    "each": _each_standard,
}
