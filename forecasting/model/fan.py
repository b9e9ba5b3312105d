"""From predicted volatility to the fan of coming closes.

Bands come from the shapes, the median from the guarded drift, and both are averaged with climatology.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import numpy as np
import pandas as pd

from forecasting.forecast import STEPS, Forecast
from forecasting.model.band_shapes import Shapes
from forecasting.model.baselines import fan, require_history
from forecasting.model.drift import Rows, guard_weights, sharpes
from forecasting.model.features import to_steps
from forecasting.model.market import Market, MarketView
from forecasting.model.mixture import Mixture
from forecasting.model.volatility import Volatility
from forecasting.prices.history import Array, Mask, Panel
from forecasting.quantiles import MEDIAN
from forecasting.universe import Symbol

_BELIEVABLE = (np.log(1e-5), np.log(0.5))
"""Bounds of a predicted daily log volatility. Values outside come from damaged prices, and must stay finite."""


class VolatilityModel(Protocol):
    """What a fan follows from: a predicted volatility, the shapes of past moves, and climatology's part."""

    @property
    def shapes(self) -> Shapes: ...

    @property
    def mixture(self) -> Mixture | None: ...

    def log_sigma_at(self, state: Volatility, view: MarketView, origins: Rows) -> Array:
        """Predicted log volatility at TARGET_STEPS, shape (origins, 5)."""
        ...


class VolatilityPredictor(Protocol):
    """A predictor of two models: one for sessions whose VIX is known, and a plain one for all others.

    The plain one is the same to the last bit as if there had never been a VIX.
    """

    @property
    def plain(self) -> VolatilityModel: ...

    @property
    def with_vix(self) -> VolatilityModel | None: ...


def forecast_last(predictor: VolatilityPredictor, symbol: Symbol, panel: Panel) -> Forecast:
    """The forecast from the end of ``panel``.

    Raises:
        NotEnoughHistory: the ETF has under 60 sessions.
    """
    history = panel[symbol]
    require_history(history)
    quantiles = forecasts_at(predictor, symbol, panel, np.array([len(history) - 1]))[0]
    return Forecast(symbol, history.last_session, float(history.adjusted[-1]), quantiles)


def forecasts_of_days(predictor: VolatilityPredictor, symbol: Symbol, panel: Panel, cutoffs: Sequence[date]) -> Array:
    """As ``ManyAtOnce.predict_at``: nothing in a forecast depends on later sessions or on the other cut-offs."""
    history = panel[symbol]
    origins = history.sessions.searchsorted(pd.DatetimeIndex(list(cutoffs)))
    require_history(history.until(cutoffs[0]))
    return forecasts_at(predictor, symbol, panel, origins)


def uses_vix(predictor: VolatilityPredictor, view: MarketView, origins: Rows) -> Mask:
    """Whether the forecast from each origin uses the VIX, shape (origins,)."""
    return view.knows_vix(origins) & (predictor.with_vix is not None)


def forecasts_at(
    predictor: VolatilityPredictor, symbol: Symbol, panel: Panel, origins: Rows, market: Market | None = None
) -> Array:
    """Forecasts at several cut-offs in one pass, shape (origins, HORIZON, len(LEVELS)), adjusted USD.

    Everything that goes into a forecast is prefix-stable, so each equals the forecast from the panel cut there, to the
    last bit.

    Args:
        origins: indices of the cut-offs in the ETF's history.
        market: the panel's; computed if not given.
    """
    state = Volatility.of(panel[symbol])
    view = (market or Market.of(panel)).at(state)
    chosen = uses_vix(predictor, view, origins)
    # Each model forecasts from all origins, used or not: a sum over other rows may differ in its last bit.
    if predictor.with_vix is None or not chosen.any():
        return fans_of(predictor.plain, symbol, state, view, origins)
    informed = fans_of(predictor.with_vix, symbol, state, view, origins)
    if chosen.all():
        return informed
    return np.where(chosen[:, None, None], informed, fans_of(predictor.plain, symbol, state, view, origins))


def fans_of(model: VolatilityModel, symbol: Symbol, state: Volatility, view: MarketView, origins: Rows) -> Array:
    """One model's forecasts, as ``forecasts_at``. Without meaning at origins whose inputs the model lacks."""
    log_sigma = np.clip(model.log_sigma_at(state, view, origins), *_BELIEVABLE)
    sigma = to_steps(log_sigma) * model.shapes.scale(state, origins, log_sigma)
    # The drift is a ratio to risk: calm markets drift less in price.
    drift = sharpes(state, origins, view.correlation)[:, None] * sigma * np.sqrt(STEPS)
    last = np.exp(state.log_close[origins])
    fans = fan(last, drift, sigma, model.shapes.of(symbol))
    fans = guarded(fans, last, guard_weights(state, origins, view.correlation))
    return fans if model.mixture is None else model.mixture.of(fans, symbol, state, origins)


def guarded(fans: Array, last: Array, weights: Array) -> Array:
    """The fans with each median moved towards the last close, but not past the neighbouring quantiles.

    The bands stay: they are measured on past moves, and the guard is about the median only.

    Args:
        fans: shape (origins, HORIZON, len(LEVELS)), USD.
        last: closes at the cut-offs, shape (origins,), USD.
        weights: fraction of the median's move that is kept, shape (origins,), see ``guard_weights``.
    """
    kept = last[:, None] * (fans[..., MEDIAN] / last[:, None]) ** weights[:, None]
    result = fans.copy()
    result[..., MEDIAN] = np.clip(kept, fans[..., MEDIAN - 1], fans[..., MEDIAN + 1])
    return result
