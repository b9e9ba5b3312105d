"""The mixture of a model's forecast with climatology's: their quantiles averaged in logs of price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from forecasting.forecast import STEPS
from forecasting.model.drift import Rows, shrunk_sharpes
from forecasting.model.serialization import Arrays
from forecasting.model.volatility import Volatility, reverting_sigma
from forecasting.prices.history import Array
from forecasting.quantiles import GAUSSIAN
from forecasting.universe import Symbol

_gaussian: Final = np.array(GAUSSIAN)


@dataclass(frozen=True, eq=False)
class Mixture:
    """How much of a forecast is the model's, and what climatology needs for the rest.

    Attributes:
        share: the model's, from 0 (climatology alone) to 1 (the model alone).
        shapes: climatology's, by ETF, each of shape (HORIZON, len(LEVELS)); an ETF that has none gets the Gaussian.
    """

    share: float
    shapes: Mapping[Symbol, Array]

    def of(self, fans: Array, symbol: Symbol, state: Volatility, origins: Rows) -> Array:
        """The model's ``fans`` with climatology's for the rest; both (origins, HORIZON, len(LEVELS)), USD."""
        if self.share == 1.0:
            return fans
        rest = climatology_fans(self.shapes.get(symbol, _gaussian), state, origins)
        mixed = np.exp(self.share * np.log(fans) + (1.0 - self.share) * np.log(rest))
        return np.maximum.accumulate(mixed, axis=-1)

    def only(self, symbol: Symbol) -> Mixture:
        """The same without what belongs to other ETFs."""
        return replace(self, shapes={s: shape for s, shape in self.shapes.items() if s == symbol})

    def arrays(self) -> dict[str, Any]:
        """What ``from_arrays`` rebuilds this from."""
        shapes = {f"mixture.shape.{symbol}": shape for symbol, shape in self.shapes.items()}
        return {"mixture.share": np.array([self.share]), **shapes}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Mixture:
        prefix = "mixture.shape."
        shapes = {Symbol(name.removeprefix(prefix)): array for name, array in arrays.items() if name.startswith(prefix)}
        return cls(float(arrays["mixture.share"][0]), shapes)


def climatology_fans(shape: Array, state: Volatility, origins: Rows) -> Array:
    """Climatology's forecasts at several cut-offs in one pass, shape (origins, HORIZON, len(LEVELS)), USD.

    Args:
        shape: standardised quantiles, (HORIZON, len(LEVELS)) or (len(LEVELS),).
    """
    past = state.returns[1:]  # the first session has no return
    mean, squares = (np.cumsum(values)[origins - 1] / origins for values in (past, past**2))
    overall = np.sqrt(np.maximum(squares - mean**2, 0.0))
    drift = (shrunk_sharpes(state.returns, origins) * overall)[:, None] * STEPS
    sigma = reverting_sigma(state.fast[origins][:, None], state.slow[origins][:, None], STEPS) * np.sqrt(STEPS)
    log_fans = state.log_close[origins][:, None, None] + drift[..., None] + sigma[..., None] * shape
    return np.asarray(np.maximum.accumulate(np.exp(log_fans), axis=-1))
