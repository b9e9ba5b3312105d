"""Forecasts: the bot's only door to forecasting. Reads what jobs have stored; ``ForecastJobs`` has jobs started."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.forecasts.chart_process import ENGLISH, CannotDraw, ChartProcess
from bot.forecasts.jobs import ForecastJobs
from bot.forecasts.stored import StoredForecasts, TrackRecord
from bot.jobs.job import Job, JobResult
from bot.jobs.worker import Worker
from bot.texts import Texts
from forecasting import (
    HORIZON,
    ForecastReport,
    MixForecast,
    ModelCard,
    PriceOdds,
    ReportStore,
    Symbol,
    Theme,
    Universe,
    current,
    forecast_mix,
    price_odds,
)

log = logging.getLogger(__name__)

Cards = Callable[[str, Symbol, str], ModelCard | None]
"""The card of a model by source, symbol and version. It blocks on disk and database: to be called in a thread."""


class Forecasts(ForecastJobs):
    """What members may ask about. Every method that meets the database does so in a thread, off the event loop."""

    def __init__(
        self,
        store: ReportStore,
        worker: Worker,
        universe: Universe,
        source: str,
        now: Callable[[], datetime],
        cards: Cards,
        chart_process: ChartProcess,
    ) -> None:
        super().__init__(store, worker, universe, source, now)
        self._stored = StoredForecasts(store, source, universe, now)
        self._symbols = self._stored.symbols
        self._cards = cards
        self._chart_process = chart_process

    def suggest(self, text: str) -> tuple[tuple[Symbol, str], ...]:
        """Ticker and name of the ETFs that ``text`` may be the beginning of, at most 25, from memory."""
        return self._symbols.suggest(text)

    def knows(self, ticker: str) -> bool:
        """Whether it is the ticker of an ETF that is known here, from memory."""
        return self._symbols.has(ticker)

    async def remember_symbols(self) -> None:
        """Look up the names of ETFs that have a forecast but are not in the universe, for ``suggest``."""
        await self._symbols.renew()

    async def run(self, job: Job) -> JobResult:
        """As ``ForecastJobs.run``. The ETFs that it trains are suggested from then on."""
        result = await super().run(job)
        await self.remember_symbols()
        return result

    async def resolve(self, text: str) -> Symbol:
        """The ETF that ``text`` means.

        Raises:
            UnknownSymbol: it means none that is served or has a forecast.
        """
        return await asyncio.to_thread(self._stored.resolve, text)

    async def latest(self, text: str) -> ForecastReport:
        """The newest forecast of the ETF that ``text`` means.

        Raises:
            UnknownSymbol: it means none.
            NoForecastYet: no job has stored one.
        """
        report = await asyncio.to_thread(self._stored.latest, text)
        self._symbols.met(report.symbol)
        return report

    async def with_chart(
        self, text: str, theme: Theme, horizon: int = HORIZON, texts: Texts = ENGLISH
    ) -> tuple[ForecastReport, bytes | None]:
        """The same and its picture (PNG), if any. Raises as ``latest``.

        The job drew the whole forecast for both themes in English; other horizons and languages are drawn now.
        """
        if horizon != HORIZON:
            report = await self.latest(text)
            return report, await _if_drawn(self._chart_process.forecast(report, theme, horizon, texts=texts))
        report, chart = await asyncio.to_thread(self._stored.with_chart, text, theme)
        self._symbols.met(report.symbol)
        if chart is None or not texts.of_pictures:
            return report, chart
        return report, await _if_drawn(self._chart_process.forecast(report, theme, horizon, texts=texts)) or chart

    async def resolved(self, texts: Sequence[str]) -> tuple[Symbol, ...]:
        """The ETFs that ``texts`` mean, each once.

        Raises:
            UnknownSymbol: one of them means none.
        """
        return await asyncio.to_thread(lambda: tuple(dict.fromkeys(self._stored.resolve(text) for text in texts)))

    async def compared(
        self, symbols: Sequence[Symbol], theme: Theme, texts: Texts = ENGLISH
    ) -> tuple[tuple[ForecastReport, ...], bytes | None]:
        """The newest forecasts of several ETFs and their picture (PNG), drawn now. Raises as ``latest``."""
        reports = await self.several(symbols)
        return reports, await _if_drawn(self._chart_process.comparison(reports, theme, texts))

    async def several(self, symbols: Sequence[Symbol]) -> tuple[ForecastReport, ...]:
        """The newest forecasts of several ETFs. Raises as ``latest``."""
        return await asyncio.to_thread(lambda: tuple(self._stored.latest(symbol) for symbol in symbols))

    async def mixed(
        self, reports: Sequence[ForecastReport], weights: Sequence[float], theme: Theme, texts: Texts = ENGLISH
    ) -> tuple[MixForecast, bytes | None]:
        """The forecast of these ETFs held together and its picture (PNG), drawn now.

        Args:
            reports, weights: as for ``forecast_mix``.

        Raises:
            NoPastReturns: an older program stored one of the reports.
            TooLittleInCommon: the ETFs were not traded together for long enough.
        """
        mix = await asyncio.to_thread(self.mix_now, reports, weights)
        return mix, await _if_drawn(self._chart_process.portfolio(mix, theme, texts))

    def mix_now(self, reports: Sequence[ForecastReport], weights: Sequence[float]) -> MixForecast:
        """The same without the picture, for a caller in a thread of its own: it blocks. Raises as ``mixed``."""
        return forecast_mix(reports, weights, [self._stored.past_returns(report.symbol) for report in reports])

    async def odds(
        self, report: ForecastReport, price: float, sessions: int, theme: Theme, texts: Texts = ENGLISH
    ) -> tuple[PriceOdds, bytes | None]:
        """The odds of a price by a coming session, and a picture (PNG) of the forecast up to it, drawn now.

        Raises:
            NoPastReturns: an older program stored the report.
            TooLittleInCommon: the ETF is too young.
        """
        past = await asyncio.to_thread(self._stored.past_returns, report.symbol)
        found = await asyncio.to_thread(price_odds, report, price, sessions, past)
        return found, await _if_drawn(self._chart_process.forecast(report, theme, sessions, price, texts))

    async def card(self, report: ForecastReport) -> ModelCard | None:
        """The card of the model behind a forecast; None if it is not on this machine."""
        return await asyncio.to_thread(self._cards, report.source, report.symbol, report.model_version)

    async def overview(self, reports: Sequence[ForecastReport], theme: Theme, texts: Texts = ENGLISH) -> bytes | None:
        """The picture (PNG) of these forecasts, a row each, drawn now; None if that fails."""
        return await _if_drawn(self._chart_process.overview(reports, theme, texts))

    async def close(self) -> None:
        """End the process that draws."""
        await self._chart_process.close()

    async def all_latest(self) -> tuple[ForecastReport, ...]:
        """The newest forecast of every ETF that has one: the universe in its order, then the others."""
        reports = await asyncio.to_thread(self._store.all_latest, self.source)
        order = {symbol: place for place, symbol in enumerate(self.universe.symbols)}
        return tuple(sorted(reports, key=lambda report: (order.get(report.symbol, len(order)), report.symbol)))

    async def newest_sessions(self) -> Mapping[Symbol, date]:
        """The as-of session of each of them."""
        return await asyncio.to_thread(self._store.newest_sessions, self.source)

    def current(self, reports: Iterable[ForecastReport]) -> tuple[ForecastReport, ...]:
        """Those to show when no ETF was named: without ETFs that left the universe weeks ago."""
        return current(reports, self.universe.symbols)

    async def all_with_scores_chart(
        self, theme: Theme, texts: Texts = ENGLISH
    ) -> tuple[tuple[ForecastReport, ...], bytes | None]:
        """The current reports and the picture (PNG) of their errors, if a job has drawn it and any report has scores.

        The picture shows followed ETFs too, so these reports do as well: the text and the picture must agree.
        """
        reports = self.current(await self.all_latest())
        return reports, await self._scores_chart(reports, theme, texts)

    async def with_scores_chart(
        self, text: str, theme: Theme, texts: Texts = ENGLISH
    ) -> tuple[ForecastReport, bytes | None]:
        """The newest forecast of the ETF that ``text`` means and the picture of its errors. Raises as ``latest``."""
        report = await self.latest(text)
        return report, await self._scores_chart((report,), theme, texts, report.symbol)

    async def track(self, text: str | None, theme: Theme, texts: Texts = ENGLISH) -> TrackRecord:
        """How issued forecasts did: those of the ETF that ``text`` means with their picture, or those of all.

        Raises:
            UnknownSymbol: it means none.
            NoForecastYet: nothing was issued.
        """
        kept = await asyncio.to_thread(self._stored.track_record, text, theme)
        if kept.chart is None or not texts.of_pictures:
            return kept
        facts = await asyncio.to_thread(self._store.track(self.source).chart_facts, kept.records[0].symbol)
        if facts is None:
            return kept
        return replace(kept, chart=await _if_drawn(self._chart_process.track(facts, theme, texts)) or kept.chart)

    async def _scores_chart(
        self, reports: Sequence[ForecastReport], theme: Theme, texts: Texts, symbol: Symbol | None = None
    ) -> bytes | None:
        if not any(report.scores for report in reports):  # a job draws a picture of no errors too: a sentence is better
            return None
        chart = await asyncio.to_thread(self._store.scores_chart, self.source, theme, symbol)
        if chart is None or not texts.of_pictures:
            return chart
        return await _if_drawn(self._chart_process.scores(reports, theme, texts)) or chart


async def _if_drawn(picture: Awaitable[bytes]) -> bytes | None:
    """None if it could not be drawn: the answer then goes out without its picture."""
    try:
        return await picture
    except CannotDraw:
        log.exception("An answer goes out without its picture")
        return None
