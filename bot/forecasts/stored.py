"""What jobs have stored, as the bot shows it. All methods block on the database: call them in a thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.forecasts.symbols import KnownSymbols
from forecasting import (
    Alarm,
    ForecastReport,
    NoForecastYet,
    NoPastReturns,
    PastReturns,
    Record,
    ReportStore,
    Symbol,
    Theme,
    Universe,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrackRecord:
    """The record of issued forecasts: of one ETF with its picture, if any, or of all.

    Attributes:
        records: live before replayed of each ETF; at least one.
        alarms: of these ETFs, what monitoring has found.
        head: of the chain, as the weekly report shows it.
    """

    records: tuple[Record, ...]
    alarms: tuple[Alarm, ...]
    head: str
    chart: bytes | None = None


class StoredForecasts:
    """Forecasts and records of one price source."""

    def __init__(self, store: ReportStore, source: str, universe: Universe, now: Callable[[], datetime]) -> None:
        self._store = store
        self._source = source
        self._universe = universe
        self.symbols = KnownSymbols(universe, self.names, now)

    def names(self) -> dict[Symbol, str]:
        """The name of every ETF that has a forecast; its ticker if the report cannot be read."""
        try:
            return {report.symbol: report.name for report in self._store.all_latest(self._source)}
        except (KeyError, TypeError, ValueError):
            log.exception("A stored report cannot be read")
            return {symbol: str(symbol) for symbol in self._store.symbols(self._source)}

    def track_record(self, text: str | None, theme: Theme) -> TrackRecord:
        """How issued forecasts did: those of the ETF that ``text`` means, or of all. Raises as ``latest``."""
        track = self._store.track(self._source)
        symbol = None if text is None else self.resolve(text)
        records = track.records(symbol)
        if not records:
            raise NoForecastYet(symbol or self._universe.symbols[0], self._source)
        chart = None if symbol is None else track.chart(symbol, theme)
        return TrackRecord(records, track.alarms(symbol), str(track.head()), chart)

    def past_returns(self, symbol: Symbol) -> PastReturns:
        """The daily log returns of its past sessions.

        Raises:
            NoPastReturns: an older program stored its forecast.
        """
        returns = self._store.past_returns(symbol, self._source)
        if returns is None:
            raise NoPastReturns(symbol)
        return returns

    def resolve(self, text: str) -> Symbol:
        """The ETF that ``text`` means.

        Raises:
            UnknownSymbol: it means none that is served or has a forecast.
        """
        return self.symbols.resolve(text, self._store.symbols(self._source))

    def latest(self, text: str) -> ForecastReport:
        """The newest forecast of the ETF that ``text`` means.

        Raises:
            UnknownSymbol: it means none.
            NoForecastYet: no job has stored one.
        """
        symbol = self.resolve(text)
        report = self._store.latest(symbol, self._source)
        if report is None:
            raise NoForecastYet(symbol, self._source, self._store.runs.failure_message(symbol, self._source))
        return self._flagged(report)

    def _flagged(self, report: ForecastReport) -> ForecastReport:
        """The report, with a note if its forecasts do worse than the backtest promised."""
        alarms = self._store.track(self._source).alarms(report.symbol)
        return replace(report, notes=(*(alarm.sentence for alarm in alarms), *report.notes)) if alarms else report

    def with_chart(self, text: str, theme: Theme) -> tuple[ForecastReport, bytes | None]:
        """The same and the picture (PNG) that a job drew, if any. Raises as ``latest``."""
        found = self._store.with_chart(self.resolve(text), self._source, theme)
        return (self.latest(text), None) if found is None else (self._flagged(found[0]), found[1])
