"""The mixture of a model's forecast with climatology's: their quantiles are averaged in logs of price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from forecasting.forecast import STEPS
from forecasting.model.drift import Rows, shrunk_sharpes
from forecasting.model.serialization import Arrays, without_prefix
from forecasting.model.volatility import Volatility, reverting_sigma
from forecasting.prices.history import Array
from forecasting.quantiles import GAUSSIAN
from forecasting.universe import Symbol

_gaussian: Final = np.array(GAUSSIAN)
_SHAPE: Final = "mixture.shape."


@dataclass(frozen=True, eq=False)
class Mixture:
    """A weighted average of a model's forecast and climatology's.

    Attributes:
        weight: the model's, from 0 (only climatology) to 1 (only the model).
        shapes: climatology's, by ETF, each of shape (HORIZON, len(LEVELS)); an ETF without one gets the Gaussian.
    """

    weight: float
    shapes: Mapping[Symbol, Array]

    def of(self, fans: Array, symbol: Symbol, state: Volatility, origins: Rows) -> Array:
        """The average of the model's ``fans`` and climatology's; both (origins, HORIZON, len(LEVELS)), USD."""
        if self.weight == 1.0:
            return fans
        rest = climatology_fans(self.shapes.get(symbol, _gaussian), state, origins)
        mixed = np.exp(self.weight * np.log(fans) + (1.0 - self.weight) * np.log(rest))
        return np.maximum.accumulate(mixed, axis=-1)

    def only(self, symbol: Symbol) -> Mixture:
        """The same for one ETF."""
        return replace(self, shapes={s: shape for s, shape in self.shapes.items() if s == symbol})

    def arrays(self) -> dict[str, Any]:
        """The arrays for ``from_arrays``."""
        return {"mixture.share": np.array([self.weight])} | {f"{_SHAPE}{s}": shape for s, shape in self.shapes.items()}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Mixture:
        shapes = {Symbol(name): array for name, array in without_prefix(_SHAPE, arrays).items()}
        return cls(float(arrays["mixture.share"][0]), shapes)


def climatology_fans(shape: Array, state: Volatility, origins: Rows) -> Array:
    """Climatology's forecasts at several cut-offs at once, shape (origins, HORIZON, len(LEVELS)), USD.

    Args:
        shape: standardised quantiles, (HORIZON, len(LEVELS)) or (len(LEVELS),).
        origins: indices of the cut-offs in the ETF's history.
    """
    past = state.returns[1:]  # the first session has no return
    mean, squares = (np.cumsum(values)[origins - 1] / origins for values in (past, past**2))
    overall = np.sqrt(np.maximum(squares - mean**2, 0.0))
    drift = (shrunk_sharpes(state.returns, origins) * overall)[:, None] * STEPS
    sigma = reverting_sigma(state.fast[origins][:, None], state.slow[origins][:, None], STEPS) * np.sqrt(STEPS)
    log_fans = state.log_close[origins][:, None, None] + drift[..., None] + sigma[..., None] * shape
    return np.asarray(np.maximum.accumulate(np.exp(log_fans), axis=-1))
