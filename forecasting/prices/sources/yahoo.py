"""YahooPrices: prices from Yahoo Finance through yfinance, which is used only here.

Yahoo's terms allow personal use and forbid redistribution. docs/prices.md lists every way in which it fails.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pandas as pd
import yfinance
from curl_cffi.requests import Session
from curl_cffi.requests.exceptions import HTTPError, RequestException
from yfinance.data import YfData
from yfinance.exceptions import YFPricesMissingError, YFRateLimitError, YFTzMissingError

from forecasting.errors import BadPrices, ForecastingError, PricesUnavailable, RateLimited, UnknownSymbol
from forecasting.prices.fetching import Fetched, last_session, require_complete
from forecasting.prices.files.adjusting import back_adjusted
from forecasting.prices.history import YAHOO_COLUMNS, PriceHistory
from forecasting.prices.quality.gate import sound_history
from forecasting.prices.quality.rows import keep
from forecasting.prices.security import Security
from forecasting.prices.sources.registry import Opening
from forecasting.sessions import shown_currency, utc_now
from forecasting.storage.failures import storage_failure
from forecasting.universe import Symbol

TIMEOUT: Final = 30.0
"""Seconds that one answer may take."""

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far this computer's clock may be ahead of Yahoo's. Beyond it, Yahoo's says which sessions are over."""

log = logging.getLogger(__name__)

_COLUMNS: Final = {**YAHOO_COLUMNS, "Dividends": "dividend", "Stock Splits": "split"}


class YahooSession(Session[Any]):
    """An HTTP session that remembers the server's time, and leaves out splits without a ratio, which stop yfinance.

    Attributes:
        clock: the time that the newest answer was dated with (aware); None if it was not.
    """

    clock: datetime | None = None

    def request(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().request(*args, **kwargs)
        self.clock = None
        with suppress(KeyError, TypeError, ValueError):
            self.clock = parsedate_to_datetime(answer.headers["Date"])
        if b'"splits"' in answer.content:
            with suppress(KeyError, TypeError, ValueError, AttributeError):  # yfinance says what is wrong then
                answer.content = _with_ratios(answer.content)
        return answer


def _with_ratios(content: bytes) -> bytes:
    """The body of a chart without splits of 0:0, which Yahoo has now and then."""
    body = json.loads(content)
    events = body["chart"]["result"][0]["events"]
    events["splits"] = {
        key: split for key, split in events["splits"].items() if split["numerator"] and split["denominator"]
    }
    return json.dumps(body).encode()


@dataclass(frozen=True)
class YahooPrices:
    """Daily prices as Yahoo shows them: quoted closes are split-adjusted, adjusted ones re-based at each dividend.

    Attributes:
        cache_folder: where yfinance keeps time zones and cookies, which saves one request a symbol.
        now: clock, aware; sessions that are not over by then are cut off.
        session: the HTTP session that yfinance uses instead of the process's, for tests.
        timeout: seconds that one answer may take.
    """

    cache_folder: Path
    now: Callable[[], datetime] = utc_now
    session: Any = None
    timeout: float = TIMEOUT

    name = "yahoo"

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As ``PriceSource.history``."""
        wanted = last_session(symbol, until, self.now())
        fetched = self.fetch(symbol, None, until)
        require_complete(symbol, self.name, pd.DatetimeIndex(fetched.rows.index), wanted)
        history = sound_history(symbol, self.name, fetched.rows, wanted, fetched.security.currency)
        return replace(history, security=fetched.security)

    def fetch(self, symbol: Symbol, since: date | None, until: date) -> Fetched:
        """As ``Fetcher.fetch``. One request if the symbol's time zone is in the cache, else two."""
        wanted = last_session(symbol, until, self.now())
        try:
            rows, security, clock = self._ask(symbol, since, wanted)
        except ForecastingError:
            raise
        except Exception as error:  # yfinance and the libraries below it can raise anything
            # yfinance has a small database of its own, and the disk may be full.
            failed = next(filter(None, map(storage_failure, _with_contexts(error))), None)
            raise failed or _translated(symbol, error) from error
        frame = _in_our_columns(rows)
        wanted = min(wanted, last_session(symbol, until, self._earlier(clock)))
        frame = frame[frame.index <= pd.Timestamp(wanted)]
        frame = keep(frame, frame[["close", "adjusted"]].notna().all(axis=1).to_numpy())
        has_prices = (frame[["close", "adjusted"]] > 0).all(axis=1).any()
        currency, factor = shown_currency(symbol, security.currency)  # some answers are in pounds, others in pence
        frame[["close", "adjusted", "open", "high", "low", "dividend"]] *= factor
        security = replace(security, currency=currency)
        if not has_prices:  # garbage must not replace what is stored
            raise BadPrices(f"{symbol}: Yahoo's answer contains no prices until {wanted}. Try again later.")
        return Fetched(security, frame)

    def _earlier(self, clock: datetime | None) -> datetime:
        """The time, by Yahoo's ``clock`` if this computer's is ahead of it."""
        now = self.now()
        if clock is None or now - clock <= CLOCK_TOLERANCE:
            return now
        minutes = (now - clock) // timedelta(minutes=1)
        log.warning("This computer's clock is %d minutes ahead of Yahoo's. Set it right, or turn on NTP.", minutes)
        return clock

    def _ask(self, symbol: Symbol, since: date | None, until: date) -> tuple[pd.DataFrame, Security, datetime | None]:
        """Rows, security, and the time by Yahoo's clock."""
        _configure(self.cache_folder)
        # yfinance caches answers about the past as long as the process lives, bad ones too.
        YfData.cache_get.cache_clear()
        session = self.session or _session()
        ticker = yfinance.Ticker(symbol, session=session)
        span = {"period": "max"} if since is None else {"start": since.isoformat()}
        end = (until + timedelta(days=1)).isoformat()  # yfinance excludes it
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about yfinance's use of pandas; an operator cannot do anything about them
            rows = ticker.history(**span, end=end, auto_adjust=False, actions=True, timeout=self.timeout)
            meta = ticker.get_history_metadata()
            named = str(meta.get("symbol") or symbol)
            if named.upper() != symbol:  # a mixed-up answer of a cache on the way
                raise BadPrices(
                    f"{symbol}: Yahoo answered with prices of {named}, which are not used. Try again later."
                )
            return rows, _security(symbol, meta), getattr(session, "clock", None)


def open_prices(opening: Opening) -> YahooPrices:
    return YahooPrices(cache_folder=opening.var / "yahoo")


def _session() -> Any:
    """The session that yfinance uses in this process: in place of its default one, ours, which sends the same."""
    client = YfData()
    if type(client._session) is Session:  # yfinance has no other way to ask
        client._set_session(YahooSession(impersonate="chrome"))
    return client._session


@lru_cache(maxsize=1)
def _configure(cache_folder: Path) -> None:
    """Set yfinance up, once per process: its settings are global, and its caches stay where they were first used."""
    cache_folder.mkdir(parents=True, exist_ok=True)
    yfinance.set_tz_cache_location(str(cache_folder.absolute()))  # the working directory may change
    yfinance.config.debug.hide_exceptions = False
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # it raises the same as exceptions


def _in_our_columns(rows: pd.DataFrame) -> pd.DataFrame:
    frame = rows.rename(columns=_COLUMNS)
    if "Capital Gains" in frame:
        frame["dividend"] = _payments(frame["close"], frame["dividend"], frame["Capital Gains"])
    frame = frame[list(_COLUMNS.values())].astype(float)
    frame.index = pd.DatetimeIndex(frame.index).tz_localize(None).as_unit("ns").normalize()  # midnights of the exchange
    if (frame["dividend"].iloc[1:] > 0).any() and frame["adjusted"].equals(frame["close"]):
        # Adjusted closes are missing: yfinance fills in the quoted ones.
        with suppress(ValueError):  # a dividend as large as the close: the list is wrong
            frame["adjusted"] = back_adjusted(frame["close"], frame["dividend"])
    return frame


def _payments(closes: pd.Series, dividends: pd.Series, gains: pd.Series) -> pd.Series:
    """Dividends and capital gains together. Yahoo's dividends may contain the gains: then the close falls by less."""
    fall = closes.shift(1) - closes
    contained = (gains > 0) & (dividends >= gains) & ~(fall > dividends + gains / 2)
    return pd.Series(dividends.where(contained, dividends + gains))


def _security(symbol: Symbol, meta: Mapping[str, Any]) -> Security:
    # Read key by key: iterating over all of them makes yfinance send another request.
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


def _with_contexts(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__context__


def _translated(symbol: Symbol, error: Exception) -> ForecastingError:
    """Our error for ``error``, raised by yfinance or a library below it."""
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
                f"{symbol}: Yahoo's answer contains no prices ({type(error).__name__}). Try again in an hour; "
                "if this persists, update yfinance."
            )
