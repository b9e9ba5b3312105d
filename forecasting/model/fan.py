"""From predicted volatility to the fan of coming closes.

Bands come from the shapes, the median from the guarded drift, and both are averaged with climatology.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from forecasting.forecast import STEPS, Forecast
from forecasting.model.band_shapes import Shapes
from forecasting.model.baselines import fan, require_history
from forecasting.model.drift import Rows, guard_weights, shrunk_sharpes
from forecasting.model.features import Market, to_steps
from forecasting.model.mixture import Mixture
from forecasting.model.volatility import Volatility
from forecasting.prices.history import Array, Panel
from forecasting.quantiles import MEDIAN
from forecasting.universe import Symbol

_BELIEVABLE = (np.log(1e-5), np.log(0.5))
"""Bounds of a predicted daily log volatility. Values outside come from damaged prices, and must stay finite."""


class VolatilityPredictor(Protocol):
    """A predictor whose fan follows from a predicted volatility and the shapes of past moves."""

    @property
    def shapes(self) -> Shapes: ...

    @property
    def mixture(self) -> Mixture | None: ...

    def log_sigma_at(self, state: Volatility, market: Array, origins: Rows) -> Array:
        """Predicted log volatility at TARGET_STEPS, shape (origins, 5). ``market`` is aligned with the sessions."""
        ...


def forecast_last(predictor: VolatilityPredictor, symbol: Symbol, panel: Panel) -> Forecast:
    """The forecast from the end of ``panel``.

    Raises:
        NotEnoughHistory: the ETF has under 60 sessions.
    """
    history = panel[symbol]
    require_history(history)
    quantiles = forecasts_at(predictor, symbol, panel, np.array([len(history) - 1]))[0]
    return Forecast(symbol, history.last_session, float(history.adjusted[-1]), quantiles)


def forecasts_at(
    predictor: VolatilityPredictor, symbol: Symbol, panel: Panel, origins: Rows, market: Market | None = None
) -> Array:
    """Forecasts at several cut-offs in one pass, shape (origins, HORIZON, len(LEVELS)), adjusted USD.

    Everything that goes into a forecast is prefix-stable, so each equals the forecast from the panel cut there.

    Args:
        origins: indices of the cut-offs in the ETF's history.
        market: the panel's; computed if not given.
    """
    state = Volatility.of(panel[symbol])
    at = (market or Market.of(panel)).at(state)
    log_sigma = np.clip(predictor.log_sigma_at(state, at, origins), *_BELIEVABLE)
    sigma = to_steps(log_sigma) * predictor.shapes.scale(state, origins, log_sigma)
    shape = predictor.shapes.of(symbol)
    # The drift is a ratio to risk: calm markets drift less in price.
    drift = shrunk_sharpes(state.returns, origins)[:, None] * sigma * np.sqrt(STEPS)
    last = np.exp(state.log_close[origins])
    fans = np.stack([fan(last[i], drift[i], sigma[i], shape) for i in range(len(origins))])
    fans = guarded(fans, last, guard_weights(state, origins))
    return fans if predictor.mixture is None else predictor.mixture.of(fans, symbol, state, origins)


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
