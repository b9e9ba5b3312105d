"""Forecasts, the predictors that make them, and the forecasters that fit predictors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol, runtime_checkable

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
    """A fitted model. It holds what was fitted, and none of the prices that it forecasts from."""

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        """Forecast ``symbol`` from the end of ``panel``, which holds at least that symbol's history.

        Raises:
            NotEnoughHistory: the history is too short.
        """
        ...


@runtime_checkable
class ManyAtOnce(Protocol):
    """A predictor whose forecasts from many cut-offs cost little more than one."""

    def predict_at(self, symbol: Symbol, panel: Panel, cutoffs: Sequence[date]) -> Array:
        """The quantiles of ``predict`` from the panel cut at each of ``cutoffs``, to the last bit.

        Returns:
            Shape (cutoffs, HORIZON, len(LEVELS)), as in Forecast.
        """
        ...


class Forecaster(Protocol):
    """A recipe of a model, under the name that it has in frames and in ``forecasting.models``."""

    @property
    def name(self) -> str: ...

    def fit(self, panel: Panel) -> Predictor:
        """Fit on all sessions of ``panel``, and on nothing else."""
        ...
