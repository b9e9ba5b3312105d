"""YahooPrices: prices from Yahoo Finance through yfinance, which this file alone knows.

Yahoo's terms allow personal use and no redistribution of its prices.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd
import yfinance
from curl_cffi.requests.exceptions import HTTPError, RequestException
from yfinance.data import YfData
from yfinance.exceptions import YFException, YFRateLimitError, YFTickerMissingError

from forecasting.errors import BadPrices, PricesNotReady, PricesUnavailable, UnknownSymbol
from forecasting.prices.history import PriceHistory
from forecasting.sessions import last_completed_session, session_on_or_before
from forecasting.universe import Symbol

_TIMEOUT: Final = 30  # seconds that one answer may take

_COLUMNS: Final = {
    "Adj Close": "adjusted",
    "Close": "close",
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Volume": "volume",
    "Dividends": "dividend",
    "Stock Splits": "split",
}


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class YahooPrices:
    """Daily prices as Yahoo shows them: quoted closes are split-adjusted, adjusted ones re-based at each dividend.

    Attributes:
        cache_folder: where yfinance keeps time zones and cookies; without it every symbol costs one more request.
        now: clock, aware; a session that is not over by it is cut off.
        session: the HTTP session that yfinance uses instead of its own, for tests.
    """

    cache_folder: Path
    now: Callable[[], datetime] = utc_now
    session: Any = None

    name = "yahoo"

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As ``PriceSource.history`` says."""
        self.cache_folder.mkdir(parents=True, exist_ok=True)
        yfinance.set_tz_cache_location(str(self.cache_folder))
        yfinance.config.debug.hide_exceptions = False
        # Answers to a range in the past are kept for the life of the process: asking again would get a bad one again.
        YfData.cache_get.cache_clear()
        ticker = yfinance.Ticker(symbol, session=self.session)
        end = until + timedelta(days=1)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # yfinance's own use of pandas; nothing a person can act on
                rows = ticker.history(
                    period="max", end=end.isoformat(), auto_adjust=False, actions=True, timeout=_TIMEOUT
                )
        except Exception as error:  # whatever a library of this kind raises becomes one of ours
            raise _translated(symbol, error) from error
        return self._finished(symbol, rows, until, ticker.history_metadata.get("currency") or "USD")

    def _finished(self, symbol: Symbol, rows: pd.DataFrame, until: date, currency: str) -> PriceHistory:
        last = min(session_on_or_before(until), last_completed_session(self.now()))
        if rows.empty:
            raise BadPrices(f"{symbol}: Yahoo's answer holds no prices until {last}. Check the ticker, or ask later.")
        frame = rows.rename(columns=_COLUMNS)
        frame.index = pd.DatetimeIndex(frame.index).tz_localize(None)  # New York's midnight stamps
        history = PriceHistory.of(symbol, self.name, frame.dropna(subset=["close"]), currency).until(last)
        if history.last_session < last:
            raise PricesNotReady(
                f"{symbol}: Yahoo has prices until {history.last_session}, and {last} is over. Try again in an hour."
            )
        return history


def _translated(symbol: Symbol, error: Exception) -> Exception:
    """One of our errors for ``error``; what yfinance and curl raise is listed in docs/prices.md."""
    match error:
        case YFRateLimitError():
            return PricesUnavailable(f"{symbol}: Yahoo limits the rate of requests. Try again in an hour.")
        case YFTickerMissingError():
            return UnknownSymbol(symbol)
        case json.JSONDecodeError() | HTTPError() | YFException():
            return PricesUnavailable(f"{symbol}: Yahoo's answer was not a list of prices. Try again in an hour.")
        case RequestException() | OSError():
            return PricesUnavailable(f"{symbol}: Yahoo cannot be reached ({type(error).__name__}). Try again later.")
        case _:
            return BadPrices(f"{symbol}: Yahoo's answer cannot be read ({type(error).__name__}: {error}).")
