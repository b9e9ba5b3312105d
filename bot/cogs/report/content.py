"""What a week's report says: gathered once for all servers, and made into a message for each."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import discord

from bot.cogs.report.changes import Changes, ChangesReader
from bot.cogs.report.details import details_view
from bot.cogs.report.subscriptions import ReportOptions
from bot.cogs.report.weekly import weekly_alt_text, weekly_embed
from bot.cogs.watch.store import Watches
from bot.forecasts.door import Forecasts
from bot.texts import Texts
from forecasting import ForecastReport, NoForecastYet, Symbol, Theme

PICTURE: Final = "overview.png"


@dataclass(frozen=True)
class ReportContent:
    """The newest forecasts and the week's changes; this week's training could not do ``not_retrained``."""

    reports: tuple[ForecastReport, ...]
    changes: Changes
    not_retrained: tuple[Symbol, ...]
    followed: frozenset[Symbol]
    """ETFs outside the universe that any server follows: only the reports of those servers show them."""

    def for_server(self, options: ReportOptions, own: Collection[Symbol]) -> tuple[ForecastReport, ...]:
        """What its report is about: what it chose, else all but what only others follow."""
        if options.symbols:
            return tuple(report for report in self.reports if report.symbol in options.symbols)
        hidden = self.followed.difference(own)
        return tuple(report for report in self.reports if report.symbol not in hidden)


@dataclass(frozen=True)
class WeeklyPost:
    """One server's message."""

    reports: tuple[ForecastReport, ...]
    embed: discord.Embed
    picture: bytes | None
    texts: Texts

    def arguments(self) -> dict[str, Any]:
        """For discord.py's ``send``. New ones each time: sending uses a file up."""
        arguments: dict[str, Any] = {"embed": self.embed, "view": details_view(self.texts, self.reports)}
        if self.picture is not None:
            words = weekly_alt_text(self.texts, self.reports)
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

    async def content(self, not_retrained: tuple[Symbol, ...] = ()) -> ReportContent:
        """All that any server's report can say now.

        Raises:
            NoForecastYet: there is nothing to report.
        """
        reports = await self._forecasts.all_latest()
        if not reports:
            raise NoForecastYet(self._forecasts.universe.symbols[0], self._forecasts.source)
        changes = await asyncio.to_thread(self._changes, reports, self._now())
        followed = await asyncio.to_thread(self._watches.all)
        return ReportContent(reports, changes, not_retrained, followed.difference(self._forecasts.universe.symbols))

    async def post_for(
        self, server_id: int, options: ReportOptions, content: ReportContent, texts: Texts
    ) -> WeeklyPost:
        """The message for a server.

        Raises:
            NoForecastYet: of what it wants nothing has a forecast.
        """
        own = await asyncio.to_thread(self._watches.of, server_id)
        reports = content.for_server(options, own)
        if not options.symbols:
            reports = self._forecasts.current(reports)
        if not reports:
            raise NoForecastYet((*options.symbols, *self._forecasts.universe.symbols)[0], self._forecasts.source)
        picture = await self._forecasts.overview(reports, self._theme)
        name = None if picture is None else PICTURE
        embed = weekly_embed(texts, reports, content.not_retrained, name, self._now(), content.changes)
        return WeeklyPost(reports, embed, picture, texts)
