"""The VIX out of a price source. It is an input of the models and no ETF, so it has rules of its own."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from forecasting.errors import ForecastingError, PricesNotReady, UnknownSymbol
from forecasting.prices.findings import Finding
from forecasting.prices.history import Panel, PriceHistory, PriceSource
from forecasting.prices.store.stored import KeptPrices, StoredPrices
from forecasting.sessions import close_time, exchange_of, known_in_new_york, session_on_or_before
from forecasting.universe import VIX, Symbol

LARGEST: Final = 200.0
"""The VIX has closed below 83 since 1990. It may double in a day, so nothing else about a number is suspicious."""

WAIT: Final = timedelta(hours=3)
"""After the close, how long a refresh waits for the VIX of its session before it uses an older one."""

log = logging.getLogger(__name__)


def load_vix(source: PriceSource, until: date) -> tuple[pd.Series | None, tuple[Finding, ...]]:
    """Closes of the VIX by session until ``until``, and what was wrong with them. Never fails.

    Returns:
        None instead of the closes if the source has no VIX, or gives none.
    """
    try:
        history = _history(source, until)
    except UnknownSymbol:
        return None, ()
    except ForecastingError as error:
        log.warning("Forecasts do without the VIX. %s", error)
        return None, (Finding(VIX, None, "unreadable", "refused", {"error": str(error)}),)
    closes = history.frame["close"]
    absurd = closes >= LARGEST
    findings = [
        Finding(VIX, day.date(), "impossible value", "dropped", {"close": float(close)})
        for day, close in zip(history.sessions[absurd], closes[absurd], strict=True)
    ]
    return closes[~absurd], (*history.findings, *findings)


def late_vix(panel: Panel, symbol: Symbol, now: datetime) -> PricesNotReady | None:
    """The error to raise instead of forecasting while the VIX of the ETF's last session is still to come; else None.

    Args:
        panel: with the ETF's history.
        now: aware. WAIT after the close, an older VIX has to do.
    """
    if panel.vix is None or panel.vix.empty:
        return None
    last = session_on_or_before(known_in_new_york(exchange_of(symbol), panel[symbol].last_session))
    if last <= pd.Timestamp(panel.vix.index[-1]).date() or now >= close_time(last) + WAIT:
        return None
    return PricesNotReady(f"{symbol}: the VIX of {last} is not out yet. Try again in an hour.")


def _history(source: PriceSource, until: date) -> PriceHistory:
    try:
        return source.history(VIX, until)
    except PricesNotReady:
        if not isinstance(source, StoredPrices):
            raise
        return KeptPrices(source.store).history(VIX, until)  # all but the newest session, which may do
