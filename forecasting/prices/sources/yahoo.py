"""YahooPrices: prices from Yahoo Finance through yfinance, which this file alone knows.

Yahoo's terms allow personal use and no redistribution of its prices. docs/prices.md lists every way in which it fails.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pandas as pd
import yfinance
from curl_cffi.requests.exceptions import HTTPError, RequestException
from yfinance.data import YfData
from yfinance.exceptions import YFPricesMissingError, YFRateLimitError, YFTzMissingError

from forecasting.errors import BadPrices, ForecastingError, PricesUnavailable, RateLimited, UnknownSymbol
from forecasting.prices.history import YAHOO_COLUMNS, PriceHistory
from forecasting.prices.quality.gate import sound_history
from forecasting.prices.quality.rows import keep
from forecasting.prices.sources.fetching import Fetched, last_session, require_complete
from forecasting.prices.store.identity import Security
from forecasting.universe import Symbol

TIMEOUT: Final = 30.0
"""Seconds that one answer may take."""

_COLUMNS: Final = {**YAHOO_COLUMNS, "Dividends": "dividend", "Stock Splits": "split"}


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
    timeout: float = TIMEOUT

    name = "yahoo"

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As ``PriceSource.history`` says; SymbolEnded is raised where prices stopped long ago."""
        wanted = last_session(until, self.now())
        fetched = self.fetch(symbol, None, until)
        require_complete(symbol, self.name, pd.DatetimeIndex(fetched.rows.index), wanted)
        history = sound_history(symbol, self.name, fetched.rows, wanted, fetched.security.currency)
        return replace(history, security=fetched.security)

    def fetch(self, symbol: Symbol, since: date | None, until: date) -> Fetched:
        """As ``Fetcher.fetch`` says. One request, with the symbol's time zone in the cache."""
        wanted = last_session(until, self.now())
        try:
            rows, security = self._ask(symbol, since, wanted)
        except ForecastingError:
            raise
        except Exception as error:  # whatever libraries raise that read a server's answer becomes one of ours
            raise _translated(symbol, error) from error
        frame = _in_our_columns(rows)
        frame = frame[frame.index <= pd.Timestamp(wanted)]
        frame = keep(frame, frame[["close", "adjusted"]].notna().all(axis=1).to_numpy())
        has_prices = (frame[["close", "adjusted"]] > 0).all(axis=1).any()
        if not has_prices:  # garbage must not take the place of what is stored
            raise BadPrices(f"{symbol}: Yahoo's answer holds no prices until {wanted}. Try again later.")
        return Fetched(security, frame)

    def _ask(self, symbol: Symbol, since: date | None, until: date) -> tuple[pd.DataFrame, Security]:
        _configure(self.cache_folder)
        # An answer for a past range is kept for the life of the process: asked again, a bad one would come back.
        YfData.cache_get.cache_clear()
        ticker = yfinance.Ticker(symbol, session=self.session)
        span = {"period": "max"} if since is None else {"start": since.isoformat()}
        end = (until + timedelta(days=1)).isoformat()  # yfinance excludes it
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # yfinance's use of pandas: nothing that an operator can act on
            rows = ticker.history(**span, end=end, auto_adjust=False, actions=True, timeout=self.timeout)
            return rows, _security(symbol, ticker.get_history_metadata())


@lru_cache(maxsize=1)
def _configure(cache_folder: Path) -> None:
    """yfinance keeps its settings per process, and the caches where they were first used."""
    cache_folder.mkdir(parents=True, exist_ok=True)
    yfinance.set_tz_cache_location(str(cache_folder.absolute()))  # the process may change its folder later
    yfinance.config.debug.hide_exceptions = False
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # what it would say is raised as well


def _in_our_columns(rows: pd.DataFrame) -> pd.DataFrame:
    frame = rows.rename(columns=_COLUMNS)
    if "Capital Gains" in frame:
        frame["dividend"] = frame["dividend"] + frame["Capital Gains"]  # paid out, and adjusted for, like dividends
    frame = frame[list(_COLUMNS.values())].astype(float)
    frame.index = pd.DatetimeIndex(frame.index).tz_localize(None).as_unit("ns").normalize()  # New York's midnights
    return frame


def _security(symbol: Symbol, meta: Mapping[str, Any]) -> Security:
    # Read key by key: to go through all of them makes yfinance ask for one that it lacks.
    first = meta.get("firstTradeDate")
    if isinstance(first, (int, float)):
        first = pd.Timestamp(first, unit="s", tz="UTC").tz_convert(meta.get("exchangeTimezoneName", "America/New_York"))
    return Security(
        name=str(meta.get("longName") or meta.get("shortName") or symbol),
        kind=str(meta.get("instrumentType") or ""),
        currency=str(meta.get("currency") or "USD"),
        exchange=str(meta.get("fullExchangeName") or meta.get("exchangeName") or ""),
        first_traded=pd.Timestamp(first).date() if first is not None else None,
    )


def _translated(symbol: Symbol, error: Exception) -> ForecastingError:
    """The error of ours that ``error``, raised by yfinance or below it, means."""
    match error:
        case YFRateLimitError():
            return RateLimited(f"{symbol}: Yahoo limits the rate of requests. Try again in an hour.")
        case YFTzMissingError():
            return UnknownSymbol(symbol)
        case YFPricesMissingError(yahoo_reason=str(reason)):
            if "no data found" in reason.lower():
                return UnknownSymbol(symbol)
            return PricesUnavailable(f"{symbol}: Yahoo refused the request ({reason}). Try again in an hour.")
        case HTTPError(response=response) if response is not None and response.status_code == 404:
            return UnknownSymbol(symbol)
        case RequestException() | OSError() if not isinstance(error, json.JSONDecodeError):
            return PricesUnavailable(f"{symbol}: Yahoo cannot be reached ({type(error).__name__}). Try again later.")
        case _:
            return PricesUnavailable(
                f"{symbol}: Yahoo's answer holds no prices ({type(error).__name__}). Try again in an hour; "
                "if it stays so, yfinance needs an update."
            )
