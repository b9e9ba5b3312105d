"""A stand-in for Yahoo on 127.0.0.1, and the session that takes the unmodified yfinance client there."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd

from forecasting.prices.sources.yahoo import YahooSession

CRUMB = "testCrumb01"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer.

    Attributes:
        cut: the connection ends amid the body.
        late: it doesn't come while the test runs.
        dated: the server's time (aware; default: the real one).
    """

    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    cut: bool = False
    late: bool = False
    dated: datetime | None = None

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Answer:
        return cls(json.dumps(value).encode())


Script = Callable[[str, Mapping[str, str]], Answer]
"""What answers a chart request, given the symbol and the query."""

UNKNOWN = Answer(
    b'{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}', 404
)


@dataclass
class YahooServer:
    """Answers chart requests from ``script``, the rest (cookie, crumb, consent) as Yahoo does."""

    address: str
    script: Script = lambda symbol, query: UNKNOWN
    charts: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    """Every chart request: symbol and query."""
    crumb: Answer = Answer(CRUMB.encode(), kind="text/plain")
    closing: Event = field(default_factory=Event)

    def session(self) -> YahooSession:
        return _LocalSession(self.address)

    @property
    def price_requests(self) -> list[tuple[str, Mapping[str, str]]]:
        """Chart requests for prices: those for a time zone ask for one day."""
        return [(symbol, query) for symbol, query in self.charts if query.get("range") != "1d"]

    def answer(self, path: str, query: Mapping[str, str]) -> Answer:
        if path.startswith("/v8/finance/chart/"):
            symbol = path.rsplit("/", 1)[1]
            self.charts.append((symbol, query))
            return self.script(symbol, query)
        if path.endswith("/getcrumb"):
            return self.crumb
        if path.startswith("/v10/"):
            return UNKNOWN
        return Answer(b"<html></html>", kind="text/html")


class _LocalSession(YahooSession):
    """Sends every host's requests to the server: cookie, crumb and consent addresses are literals in yfinance."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:
        path = url.split("://", 1)[1].partition("/")[2]
        return super().request(method, f"{self._address}/{path}", *args, **kwargs)


@contextmanager
def yahoo_server() -> Iterator[YahooServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: sent apart, the second waits 40 ms for the first's receipt

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            answer = server.answer(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})
            if answer.late:
                server.closing.wait()
                self.close_connection = True
                return
            self.dated = answer.dated
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body) + (1000 if answer.cut else 0)))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = answer.cut

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(self.dated.timestamp() if self.dated else timestamp)

        do_POST = do_GET  # noqa: N815 - the name is the base's

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base's
            """Nothing: requests are kept in ``charts``."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server = YahooServer(f"http://127.0.0.1:{listener.server_port}")
    thread = Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


@dataclass(frozen=True, eq=False)
class Quotes:
    """What the server's Yahoo knows of one symbol: a frame with the columns of ``PriceHistory``."""

    frame: pd.DataFrame
    name: str = "Test ETF"
    kind: str = "ETF"
    currency: str = "USD"
    exchange: str = "NYSEArca"
    first_traded: date | None = None
    zone: str = "America/New_York"
    gains: Mapping[date, float] = field(default_factory=dict)
    """Capital gains by ex-date, beside the frame's dividends."""

    def until(self, day: date) -> Quotes:
        return replace(self, frame=self.frame[self.frame.index <= pd.Timestamp(day)])

    def chart(self, symbol: str, query: Mapping[str, str]) -> Answer:
        """The chart body for the span of ``query``; only the newest row where there is none."""
        opens = pd.DatetimeIndex(self.frame.index).tz_localize(self.zone) + pd.Timedelta(hours=9.5)
        stamps = np.array([int(stamp.timestamp()) for stamp in opens])
        if "period1" in query:
            chosen = (stamps >= int(query["period1"])) & (stamps < int(query["period2"]))
        else:
            chosen = np.arange(len(stamps)) == len(stamps) - 1
        rows, stamps = self.frame[chosen], stamps[chosen]
        first = pd.Timestamp(self.first_traded or self.frame.index[0].date(), tz=self.zone)
        meta = {
            "currency": self.currency,
            "symbol": symbol,
            "exchangeName": "PCX",
            "fullExchangeName": self.exchange,
            "instrumentType": self.kind,
            "firstTradeDate": int(first.timestamp()) + 34_200,
            "exchangeTimezoneName": self.zone,
            "timezone": "EST",
            "gmtoffset": -18_000,
            "longName": self.name,
            "priceHint": 2,
            "dataGranularity": "1d",
            "validRanges": ["1d", "5d", "1mo", "max"],
        }
        result: dict[str, Any] = {"meta": meta, "indicators": {"quote": [{}], "adjclose": [{}]}}
        if len(rows):
            quote = {column: _numbers(rows[column]) for column in ("open", "high", "low", "close", "volume")}
            result |= {"timestamp": stamps.tolist(), "events": self._events(rows, stamps)}
            result["indicators"] = {"quote": [quote], "adjclose": [{"adjclose": _numbers(rows["adjusted"])}]}
        return Answer.of({"chart": {"result": [result], "error": None}})

    def _events(self, rows: pd.DataFrame, stamps: np.ndarray) -> dict[str, Any]:
        days = [stamp.date() for stamp in pd.DatetimeIndex(rows.index)]
        gains = [self.gains.get(day, 0.0) for day in days]
        splits = {
            str(stamp): {"date": int(stamp), "numerator": ratio, "denominator": 1, "splitRatio": f"{ratio:g}:1"}
            for stamp, ratio in zip(stamps.tolist(), rows["split"].tolist(), strict=True)
            if ratio > 0
        }
        dividends = _payments(stamps, rows["dividend"].tolist())
        return {"dividends": dividends, "splits": splits, "capitalGains": _payments(stamps, gains)}


def _payments(stamps: np.ndarray, amounts: list[float]) -> dict[str, Any]:
    paid = zip(stamps.tolist(), amounts, strict=True)
    return {str(stamp): {"amount": amount, "date": int(stamp)} for stamp, amount in paid if amount > 0}


def _numbers(column: pd.Series) -> list[float | None]:
    return [None if np.isnan(value) else value for value in column.tolist()]


def serving(quotes: Mapping[str, Quotes]) -> Script:
    """A script of symbols that work; the others are unknown."""
    return lambda symbol, query: quotes[symbol].chart(symbol, query) if symbol in quotes else UNKNOWN


def in_turn(*answers: Answer | Script) -> Script:
    """One answer after the other; the last one for ever."""
    waiting = deque(answers)

    def script(symbol: str, query: Mapping[str, str]) -> Answer:
        answer = waiting.popleft() if len(waiting) > 1 else waiting[0]
        return answer(symbol, query) if callable(answer) else answer

    return script
