"""What a week's report says: gathered once for all servers, and made into a message for each."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import discord

from bot.forecasts import Forecasts
from bot.guilds import Wish
from bot.messages.scores import scores_alt_text
from bot.messages.weekly import weekly_embed
from bot.texts import Texts
from forecasting import ForecastReport, NoForecastYet, Symbol, Theme

PICTURE: Final = "errors.png"


@dataclass(frozen=True)
class Edition:
    """The newest forecasts, with their overview (PNG); this week's training could not do ``not_retrained``."""

    reports: tuple[ForecastReport, ...]
    picture: bytes | None
    not_retrained: tuple[Symbol, ...]


@dataclass(frozen=True)
class WeeklyPost:
    """One server's message."""

    embed: discord.Embed
    picture: bytes | None
    alt_text: str

    def arguments(self) -> dict[str, Any]:
        """For discord.py's ``send``. New ones each time: sending uses a file up."""
        if self.picture is None:
            return {"embed": self.embed}
        return {
            "embed": self.embed,
            "file": discord.File(io.BytesIO(self.picture), PICTURE, description=self.alt_text),
        }


class Newsroom:
    """Makes reports; posts none."""

    def __init__(self, forecasts: Forecasts, theme: Theme, now: Callable[[], datetime]) -> None:
        self._forecasts = forecasts
        self._theme = theme
        self._now = now

    async def edition(self, not_retrained: tuple[Symbol, ...] = ()) -> Edition:
        """All that any server's report can say now."""
        reports, picture = await self._forecasts.all_with_scores_chart(self._theme)
        return Edition(reports, picture, not_retrained)

    async def post_for(self, server_id: int, wish: Wish, edition: Edition, texts: Texts) -> WeeklyPost:
        """The message for a server.

        Raises:
            NoForecastYet: of what it wants nothing has a forecast.
        """
        reports = tuple(r for r in edition.reports if not wish.symbols or r.symbol in wish.symbols)
        if not reports:
            symbol = wish.symbols[0] if wish.symbols else self._forecasts.universe.symbols[0]
            raise NoForecastYet(symbol, self._forecasts.source)
        picture = edition.picture if reports == edition.reports else None
        embed = weekly_embed(reports, edition.not_retrained, None if picture is None else PICTURE, self._now())
        return WeeklyPost(embed, picture, scores_alt_text(reports))
