"""What a forecast is, what makes one, and what is trained to make one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

import numpy as np

from forecasting.prices.history import Array, Panel
from forecasting.quantiles import HORIZON
from forecasting.universe import Symbol

STEPS: Final = np.arange(1, HORIZON + 1, dtype=np.float64)
"""Sessions ahead, shape (HORIZON,)."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """Quantiles of the coming sessions' adjusted closes.

    Attributes:
        symbol: the ETF.
        cutoff: last session whose close it knows.
        last: adjusted close of that session, in the units of the history it was made from, USD.
        quantiles: shape (HORIZON, len(LEVELS)), USD, positive, non-decreasing along the last axis.
    """

    symbol: Symbol
    cutoff: date
    last: float
    quantiles: Array


class Predictor(Protocol):
    """A trained thing. It holds what it learnt and nothing of what it is asked about."""

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        """Forecast ``symbol`` from the end of ``panel``, which holds at least that symbol's history."""
        ...


class Forecaster(Protocol):
    """A recipe. ``fit`` sees the panel it is given and nothing else."""

    @property
    def name(self) -> str: ...

    def fit(self, panel: Panel) -> Predictor: ...
