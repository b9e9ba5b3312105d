"""From a few measured steps to all sixty, smoothly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from forecasting.forecast import STEPS
from forecasting.prices.history import Array

_DEGREE: Final = 2


def smooth_weights(measured: Sequence[int] | npt.NDArray[np.int64]) -> Array:
    """Weights that turn values at the steps ``measured`` into values at every step, shape (HORIZON, len(measured)).

    The curve is the least-squares polynomial of degree 2 in the square root of the step, the scale on which volatility
    grows. It has no kinks, keeps what is constant constant, and averages out noise of single steps.
    """
    fitted = np.vander(np.sqrt(np.asarray(measured, dtype=np.float64)), _DEGREE + 1)
    return np.asarray(np.vander(np.sqrt(STEPS), _DEGREE + 1) @ np.linalg.pinv(fitted))
