"""Forecasts: the bot's only door to forecasting. Reads what jobs have stored, and has jobs started."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from types import MappingProxyType

from bot.worker import Job, JobKind, JobResult, Progress, Worker, WorkerState
from forecasting import (
    ForecastReport,
    NoForecastYet,
    ReportStore,
    Run,
    Symbol,
    Theme,
    Universe,
    last_completed_session,
)


class Forecasts:
    """What members may ask about. Every method that meets the database does so in a thread, off the event loop."""

    def __init__(
        self, store: ReportStore, worker: Worker, universe: Universe, source: str, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._worker = worker
        self.now = now
        self.universe = universe
        self.source = source
        self._known = universe

    @property
    def job_state(self) -> WorkerState:
        return self._worker.state

    def suggest(self, text: str) -> tuple[tuple[Symbol, str], ...]:
        """Ticker and name of the ETFs that ``text`` may be the beginning of, at most 25, from memory."""
        return tuple((symbol, self._known.name(symbol)) for symbol in self._known.search(text))

    async def remember_symbols(self) -> None:
        """Learn which ETFs beyond the universe have a forecast, for ``suggest``."""
        stored = await asyncio.to_thread(self._store.symbols, self.source)
        names = {symbol: symbol for symbol in stored} | dict(self.universe.names)
        self._known = Universe(MappingProxyType(names))

    async def latest(self, text: str) -> ForecastReport:
        """The newest forecast of the ETF that ``text`` means.

        Raises:
            UnknownSymbol: it means none.
            NoForecastYet: no job has stored one.
        """
        return await asyncio.to_thread(self._latest, text)

    async def with_chart(self, text: str, theme: Theme) -> tuple[ForecastReport, bytes | None]:
        """The same and its picture (PNG), where the job has drawn one for this background. Raises as ``latest``."""
        return await asyncio.to_thread(self._with_chart, text, theme)

    async def all_latest(self) -> tuple[ForecastReport, ...]:
        """The newest forecast of every ETF that has one: the universe in its order, then the others."""
        reports = await asyncio.to_thread(self._store.all_latest, self.source)
        order = {symbol: place for place, symbol in enumerate(self.universe.symbols)}
        return tuple(sorted(reports, key=lambda report: (order.get(report.symbol, len(order)), report.symbol)))

    async def all_with_scores_chart(self, theme: Theme) -> tuple[tuple[ForecastReport, ...], bytes | None]:
        """The same and the picture (PNG) of their errors, where a job has drawn it and any of them has errors to show.

        All of them, not the universe alone, because the picture has them all: what is said beside it and in its place
        must be about the same ETFs.
        """
        reports = await self.all_latest()
        return reports, await self._scores_chart(reports, theme)

    async def with_scores_chart(self, text: str, theme: Theme) -> tuple[ForecastReport, bytes | None]:
        """The newest forecast of the ETF that ``text`` means and the picture of its errors. Raises as ``latest``."""
        report = await self.latest(text)
        return report, await self._scores_chart((report,), theme, report.symbol)

    async def missing(self) -> tuple[Symbol, ...]:
        """The ETFs of the universe for which nothing is stored."""
        return await asyncio.to_thread(self.missing_now)

    def missing_now(self) -> tuple[Symbol, ...]:
        """The same for a caller that is in a thread of its own: it blocks on the database."""
        stored = self._store.symbols(self.source)
        return tuple(symbol for symbol in self.universe.symbols if symbol not in stored)

    async def last_run(self, kind: JobKind) -> Run | None:
        """The job of this kind that ended last, whoever started it."""
        return await asyncio.to_thread(self._store.last_run, kind, self.source)

    async def retrain(
        self, symbols: Iterable[Symbol] | None = None, on_progress: Callable[[Progress], None] | None = None
    ) -> JobResult:
        """Train, score and forecast ``symbols``, or the universe, up to the last completed session.

        Raises:
            JobFailed: the job came to no proper end.
        """
        return await self._run("retrain", symbols, on_progress)

    async def refresh(self, symbols: Iterable[Symbol] | None = None) -> JobResult:
        """Forecast anew with the models at hand, up to the last completed session. Raises as ``retrain``."""
        return await self._run("refresh", symbols, None)

    async def _run(
        self, kind: JobKind, symbols: Iterable[Symbol] | None, on_progress: Callable[[Progress], None] | None
    ) -> JobResult:
        as_of = await asyncio.to_thread(last_completed_session, self.now())
        chosen = self.universe.symbols if symbols is None else tuple(symbols)
        result = await self._worker.run(Job(kind, chosen, as_of), on_progress)
        await self.remember_symbols()
        return result

    async def _scores_chart(
        self, reports: Iterable[ForecastReport], theme: Theme, symbol: Symbol | None = None
    ) -> bytes | None:
        if not any(report.scores for report in reports):  # a job draws a picture of no errors too: a sentence is better
            return None
        return await asyncio.to_thread(self._store.scores_chart, self.source, theme, symbol)

    def _resolve(self, text: str) -> Symbol:
        return self.universe.resolve(text, also=self._store.symbols(self.source))

    def _latest(self, text: str) -> ForecastReport:
        symbol = self._resolve(text)
        report = self._store.latest(symbol, self.source)
        if report is None:
            raise NoForecastYet(symbol, self.source)
        return report

    def _with_chart(self, text: str, theme: Theme) -> tuple[ForecastReport, bytes | None]:
        found = self._store.with_chart(self._resolve(text), self.source, theme)
        return (self._latest(text), None) if found is None else found
