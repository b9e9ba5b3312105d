"""What a report says: gathered once for all servers, and made into a message for each."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import discord

from bot.calendar.cadence import Cadence
from bot.cogs.portfolio.saved import mix_line
from bot.cogs.report.changes import Changes, ChangesReader
from bot.cogs.report.daily import DAYS_AHEAD, daily_embed
from bot.cogs.report.details import details_view
from bot.cogs.report.subscriptions import ReportOptions
from bot.cogs.report.weekly import weekly_alt_text, weekly_embed
from bot.cogs.watch.store import Watches
from bot.forecasts.door import Forecasts
from bot.texts import Texts
from forecasting import HORIZON, ForecastReport, NoForecastYet, Record, Symbol, Theme

PICTURE: Final = "overview.png"


@dataclass(frozen=True)
class ReportContent:
    """The newest forecasts, and what has changed since the report before; this week's training could not do
    ``not_retrained``."""

    reports: tuple[ForecastReport, ...]
    changes: Mapping[Cadence, Changes]
    not_retrained: tuple[Symbol, ...]
    followed: frozenset[Symbol]
    """ETFs outside the universe that any server follows: only the reports of those servers show them."""
    records: tuple[Record, ...] = ()
    """Of the posted forecasts, for monthly reports."""

    def for_server(self, options: ReportOptions, own: Collection[Symbol]) -> tuple[ForecastReport, ...]:
        """What its report is about: what it chose, else all but what only others follow."""
        if options.symbols:
            return tuple(report for report in self.reports if report.symbol in options.symbols)
        hidden = self.followed.difference(own)
        return tuple(report for report in self.reports if report.symbol not in hidden)


@dataclass(frozen=True)
class ReportPost:
    """One server's message."""

    reports: tuple[ForecastReport, ...]
    embed: discord.Embed
    picture: bytes | None
    texts: Texts
    rows: tuple[ForecastReport, ...]
    """Of the picture: the reports, and the portfolio as one more."""

    def arguments(self) -> dict[str, Any]:
        """For discord.py's ``send``. New ones each time: sending uses a file up."""
        arguments: dict[str, Any] = {"embed": self.embed, "view": details_view(self.texts, self.reports)}
        if self.picture is not None:
            words = weekly_alt_text(self.texts, self.rows)
            arguments["file"] = discord.File(io.BytesIO(self.picture), PICTURE, description=words)
        return arguments


class ReportBuilder:
    """Makes reports; posts none."""

    def __init__(
        self, forecasts: Forecasts, watches: Watches, changes: ChangesReader, theme: Theme, now: Callable[[], datetime]
    ) -> None:
        self._forecasts = forecasts
        self._watches = watches
        self._changes = changes
        self._theme = theme
        self._now = now

    async def content(self, cadences: Collection[Cadence], not_retrained: tuple[Symbol, ...] = ()) -> ReportContent:
        """All that any server's report of these kinds can say now.

        Raises:
            NoForecastYet: there is nothing to report.
        """
        reports = await self._forecasts.all_latest()
        if not reports:
            raise NoForecastYet(self._forecasts.universe.symbols[0], self._forecasts.source)
        now = self._now()
        changes = {cadence: await asyncio.to_thread(self._changes, reports, now, cadence) for cadence in cadences}
        followed = await asyncio.to_thread(self._watches.all)
        universe = self._forecasts.universe.symbols
        records = await self._records() if "monthly" in cadences else ()
        return ReportContent(reports, changes, not_retrained, followed.difference(universe), records)

    async def post_for(
        self,
        server_id: int,
        options: ReportOptions,
        content: ReportContent,
        texts: Texts,
        session: date | None = None,
    ) -> ReportPost:
        """The message for a server.

        Args:
            session: what a daily report is about; by default the newest.

        Raises:
            NoForecastYet: none of its ETFs has a forecast, or none has one from the close of ``session``.
        """
        own = await asyncio.to_thread(self._watches.of, server_id) if content.followed else ()
        reports = content.for_server(options, own)
        if not options.symbols:
            reports = self._forecasts.current(reports)
        newest = max((report.as_of for report in reports), default=date.min)
        if not reports or (session is not None and newest < session):
            raise NoForecastYet((*options.symbols, *self._forecasts.universe.symbols)[0], self._forecasts.source)
        changes = content.changes[options.cadence]
        rows, line = reports, None
        if options.mix is not None:
            known = {report.symbol: report for report in content.reports}
            sessions = DAYS_AHEAD if options.cadence == "daily" else HORIZON
            line = await mix_line(texts, options.mix, known, sessions, self._forecasts)
            rows = reports if line.row is None else (*reports, line.row)
        picture = None
        if options.cadence == "daily":
            embed = daily_embed(texts, reports, session or newest, changes.before)
        else:
            picture = await self._forecasts.overview(rows, self._theme, texts)
            name = None if picture is None else PICTURE
            records = content.records if options.cadence == "monthly" else None
            embed = weekly_embed(texts, reports, content.not_retrained, name, self._now(), changes, records)
        if line is not None:
            embed.insert_field_at(0, name=texts("report.mix_title"), value=line.words, inline=False)
        return ReportPost(reports, embed, picture, texts, rows)

    async def _records(self) -> tuple[Record, ...]:
        try:
            return (await self._forecasts.track(None, self._theme)).records
        except NoForecastYet:  # nothing was issued
            return ()
